"""Careful reading, one record at a time: for files that are not plain UTF-8 with one kind of line end.

Every record of the source comes out exactly once, numbered: either as a row of the rewritten file or as a broken record
with its reason. An unclosed quote costs its own line, not the rest of the file.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from yiwang.data.core.framing import BLOCK, MAX_LINE

MAX_RECORD = 4 << 20
MAX_RECORD_LINES = 2_000
KEPT_TEXT = 4_000
# A cell may not be longer than this anywhere in the house; a record with a longer one is broken, not cut.
MAX_CELL = 500_000
csv.field_size_limit(MAX_RECORD)


@dataclass(frozen=True)
class Broken:
    """A record that is no row: its number, as much of its text as is kept, and why."""

    number: int
    text: str
    reason: str


@dataclass(frozen=True)
class Line:
    text: str
    fault: str = ""


def lines_of(path: Path, encoding: str) -> Iterator[Line]:
    """Physical lines, decoded. A line that is endless, undecodable or holds NUL comes with its fault."""
    if encoding == "utf-16":
        yield from _utf16_lines(path)
        return
    with path.open("rb") as file:
        first = True
        while raw := file.readline(MAX_LINE):
            if first:
                raw, first = raw.removeprefix(codecs.BOM_UTF8), False
            if len(raw) >= MAX_LINE and not raw.endswith(b"\n"):
                kept = raw[:KEPT_TEXT]
                while raw and not raw.endswith(b"\n"):
                    raw = file.readline(BLOCK)
                yield Line(kept.decode("utf-8" if encoding == "mixed" else encoding, "replace"), "line_too_long")
                continue
            # a lone CR also ends a line (old Macintosh exports)
            for part in raw.rstrip(b"\r\n").split(b"\r"):
                yield _decoded(part, encoding)


def _decoded(raw: bytes, encoding: str) -> Line:
    for candidate in ("utf-8", "gb18030") if encoding == "mixed" else (encoding,):
        try:
            text = raw.decode(candidate)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            return Line(text.replace("\x00", "\ufffd")[:KEPT_TEXT], "nul_character")
        return Line(text)
    return Line(raw.decode("utf-8", "replace")[:KEPT_TEXT], "undecodable")


def _utf16_lines(path: Path) -> Iterator[Line]:
    with open(path, encoding="utf-16", errors="replace", newline=None) as file:
        while text := file.readline(MAX_LINE):
            if len(text) >= MAX_LINE and not text.endswith("\n"):
                while text and not text.endswith("\n"):
                    text = file.readline(MAX_LINE)
                yield Line("", "line_too_long")
            elif "\x00" in text:
                yield Line(text.replace("\x00", "\ufffd")[:KEPT_TEXT], "nul_character")
            else:
                yield Line(text.rstrip("\n"))


def records_of(lines: Iterator[Line], delimiter: str, width: int) -> Iterator[list[str] | Broken]:
    """Records of exactly `width` cells, or Broken. Blank lines are not records."""
    number = 0
    again: list[Line] = []

    def next_line() -> Line | None:
        return again.pop() if again else next(lines, None)

    while (line := next_line()) is not None:
        if not line.fault and not line.text.strip():
            continue
        number += 1
        if line.fault:
            yield Broken(number, line.text, line.fault)
            continue
        held = [line]
        open_quote = line.text.count('"') % 2 == 1
        size = len(line.text)
        while open_quote and len(held) < MAX_RECORD_LINES and size < MAX_RECORD:
            following = next_line()
            if following is None or following.fault:
                if following is not None:
                    held.append(following)
                break
            held.append(following)
            size += len(following.text) + 1
            open_quote ^= following.text.count('"') % 2 == 1
        if open_quote:
            again.extend(reversed(held[1:]))
            yield Broken(number, line.text[:KEPT_TEXT], "unclosed_quote")
            continue
        yield _record(number, "\n".join(part.text for part in held), delimiter, width)


def _record(number: int, text: str, delimiter: str, width: int) -> list[str] | Broken:
    try:
        cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return Broken(number, text[:KEPT_TEXT], "bad_quote")
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if len(cells) != width:
        return Broken(number, text[:KEPT_TEXT], "too_few_cells" if len(cells) < width else "too_many_cells")
    if any(len(cell) > MAX_CELL for cell in cells):
        return Broken(number, text[:KEPT_TEXT], "cell_too_long")
    return [str(number), *cells]


class Rewriter:
    """Writes rows and broken records side by side and counts both."""

    def __init__(self, scratch: Path) -> None:
        self.rows_path, self.broken_path = scratch / "rows.csv", scratch / "broken.csv"
        self._rows = self.rows_path.open("w", encoding="utf-8", newline="")
        self._broken = self.broken_path.open("w", encoding="utf-8", newline="")
        self._row_writer, self._broken_writer = (
            csv.writer(self._rows, lineterminator="\n"),
            csv.writer(self._broken, lineterminator="\n"),
        )
        self.rows = self.broken = 0

    def put(self, record: list[str] | Broken) -> None:
        if isinstance(record, Broken):
            self.broken += 1
            self._broken_writer.writerow([record.number, record.reason, record.text.replace("\x00", "\ufffd")])
        else:
            self.rows += 1
            self._row_writer.writerow(record)

    def close(self) -> None:
        self._rows.close()
        self._broken.close()
