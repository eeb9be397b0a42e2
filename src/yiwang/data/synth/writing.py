"""The files of the lists, written a block at a time in the format each department uses."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from yiwang.data.synth.shapes import ListSpec
from yiwang.data.synth.sheet import Sheet


class ListFile(Protocol):
    def add(self, rows: Iterable[Sequence[str]]) -> None: ...

    def close(self) -> None: ...


class _Delimited:
    """CSV or TSV; the header is written on opening."""

    def __init__(self, path: Path, spec: ListSpec) -> None:
        self._raw = path.open("wb")
        # An empty name and a zero time keep the bytes the same wherever and whenever they are written.
        self._out: IO[bytes] = (
            gzip.GzipFile("", "wb", 6, self._raw, mtime=0) if spec.gzip else self._raw  # type: ignore[assignment]
        )
        self._encoding = spec.encoding.removesuffix("-sig")
        self._delimiter = "\t" if spec.form == "tsv" else ","
        if spec.encoding.endswith("-sig"):
            self._out.write(b"\xef\xbb\xbf")
        self.add([[field.header for field in spec.fields]])

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        text = io.StringIO()
        csv.writer(text, delimiter=self._delimiter, lineterminator="\r\n").writerows(rows)
        self._out.write(text.getvalue().encode(self._encoding))

    def close(self) -> None:
        self._out.close()
        self._raw.close()


class _JsonLines:
    """One object a line; an empty optional value is left out."""

    def __init__(self, path: Path, spec: ListSpec) -> None:
        self._out = path.open("wb")
        self._headers = [field.header for field in spec.fields]
        self._optional = [not field.required for field in spec.fields]

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        lines = []
        for row in rows:
            pairs = zip(self._headers, row, self._optional, strict=True)
            record = {header: text for header, text, optional in pairs if text or not optional}
            lines.append(json.dumps(record, ensure_ascii=False) + "\n")
        self._out.write("".join(lines).encode())

    def close(self) -> None:
        self._out.close()


def list_open(path: Path, spec: ListSpec) -> ListFile:
    if spec.form == "jsonl":
        return _JsonLines(path, spec)
    if spec.form == "xlsx":
        return Sheet(path, [f.header for f in spec.fields], spec.heading, [f.kind for f in spec.fields])
    return _Delimited(path, spec)


class TableFile:
    """A Parquet file of equal-sized blocks; opened by the first block, whose columns are the schema."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: Any = None
        self.rows = 0

    def add(self, table: pa.Table) -> None:
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema, compression="zstd")
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))
        self.rows += int(table.num_rows)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()
