"""One way in for every kind of file: CSV, TSV, spreadsheets, JSON, plain or gzipped, in any of the encodings met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from yiwang.data.core import sql
from yiwang.data.core.framing import Framed, Look, Progress, first_rows, look, unpack
from yiwang.data.core.headers import find_header
from yiwang.data.core.records import MAX_CELL, Broken, Line, Rewriter, lines_of, records_of
from yiwang.data.core.sheets import is_json, is_sheet, json_items, sheet_rows
from yiwang.data.errors import SourceError
from yiwang.data.schema import ResourceFile


@dataclass(frozen=True)
class Source:
    """A file ready to be framed: what was found out about it before a mapping is settled.

    `sample` holds up to 20 rows of text under `headers`, for a person who confirms the mapping.
    """

    path: Path
    name: str
    kind: str
    headers: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    look: Look | None = None
    delimiter: str = ","
    skip: int = 0
    notes: tuple[str, ...] = ()


def open_source(
    path: Path, name: str, resource: ResourceFile, scratch: Path, progress: Progress | None = None
) -> Source:
    """Find out what a file is and where its header stands. Raises SourceError when it is no table at all."""
    plain = unpack(path, scratch)
    if plain.stat().st_size == 0:
        raise SourceError(
            zh="文件是空的",
            en="the file is empty",
            where=name,
            hint_zh="请检查导出步骤。",
            hint_en="Check how it was exported.",
        )
    if is_sheet(plain):
        rows, notes = sheet_rows(plain)
        at = _header_at(rows, resource, name)
        return Source(plain, name, "sheet", _clean(rows[at]), _sample(rows[at + 1 :]), skip=at, notes=tuple(notes))
    if is_json(plain, name):
        return _open_json(plain, name)
    seen = look(plain, progress)
    rows, delimiter, ends = first_rows(plain, seen.encoding)
    at = _header_at(rows, resource, name)
    headers = _clean(rows[at])
    return Source(plain, name, "text", headers, _sample(rows[at + 1 :]), seen, delimiter, ends[at])


def _header_at(rows: Sequence[Sequence[str]], resource: ResourceFile, name: str) -> int:
    at = find_header(rows, resource)
    if at < 0:
        raise SourceError(
            zh="找不到表头行",
            en="no header line was found",
            where=name,
            hint_zh="第一行应写列名，例如：" + "、".join(f.title.zh for f in resource.fields[:4]),
            hint_en="The first line should name the columns, for example: "
            + ", ".join(f.title.en for f in resource.fields[:4]),
        )
    return at


def _clean(cells: Sequence[str]) -> tuple[str, ...]:
    """Header texts; trailing unnamed columns go, a name that stands twice gets a number."""
    names = [c.strip().removeprefix("\ufeff") for c in cells]
    while names and not names[-1]:
        names.pop()
    seen: dict[str, int] = {}
    out = []
    for index, text in enumerate(names):
        text = text or f"column {index + 1}"
        seen[text] = seen.get(text, 0) + 1
        out.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
    return tuple(out)


def _sample(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(str(c)[:200] for c in row) for row in rows[:20] if any(str(c).strip() for c in row))


def _open_json(path: Path, name: str) -> Source:
    keys: dict[str, None] = {}
    sample: list[dict[str, str]] = []
    for item in json_items(path, _json_lines(path)):
        if not isinstance(item, Broken):
            keys.update(dict.fromkeys(item))
            if len(sample) < 20:
                sample.append(item)
    if not keys:
        raise SourceError(
            zh="没有找到任何 JSON 对象",
            en="no JSON object was found",
            where=name,
            hint_zh='每行应是一个对象，如 {"姓名": "…"}。',
            hint_en='Each line should be one object, such as {"name": "…"}.',
        )
    headers = tuple(keys)
    return Source(path, name, "json", headers, tuple(tuple(s.get(k, "")[:200] for k in headers) for s in sample))


def _json_lines(path: Path) -> Iterator[Line]:
    return lines_of(path, look(path).encoding)


def frame(source: Source, scratch: Path) -> Framed:
    """The records of a source, in place when the file is regular, else rewritten with care."""
    if source.kind == "text" and source.look is not None and source.look.regular:
        framed = _in_place(source)
        if _reads_cleanly(framed):
            return framed
    return _rewritten(source, scratch)


def _in_place(source: Source) -> Framed:
    encoding = source.look.encoding if source.look else "utf-8"
    return Framed(
        source.path, source.headers, source.delimiter, source.skip, encoding, numbered=False, notes=source.notes
    )


def read_csv_sql(framed: Framed) -> str:
    """The table function over the records: one VARCHAR column per header, named c0, c1, … (and `_row` when numbered)."""
    names = [f"c{i}" for i in range(len(framed.headers))]
    if framed.numbered:
        names = ["_row", *names]
    columns = ", ".join(f"{sql.text(n)}: 'VARCHAR'" for n in names)
    return (
        f"read_csv({sql.text(str(framed.path))}, auto_detect = false, header = false, skip = {framed.skip}, "
        f"columns = {{{columns}}}, delim = {sql.text(framed.delimiter)}, quote = '\"', escape = '\"', "
        f"strict_mode = true, null_padding = false, max_line_size = {8 << 20}, buffer_size = {32 << 20})"
    )


def _reads_cleanly(framed: Framed) -> bool:
    """Can the fast reader take the first megabytes? A fault further on surfaces when the file is staged."""
    with duckdb.connect(config={"threads": 1}) as connection:
        try:
            connection.execute(f"SELECT * FROM {read_csv_sql(framed)} LIMIT 1000").fetchall()
        except duckdb.Error:
            return False
    return True


def careful(source: Source, scratch: Path) -> Framed:
    """Rewrite record by record, whatever the file looks like: the way out when the fast reader finds a fault."""
    return _rewritten(source, scratch)


def _rewritten(source: Source, scratch: Path) -> Framed:
    writer = Rewriter(scratch)
    try:
        for record in _records(source):
            writer.put(record)
    finally:
        writer.close()
    encoding = source.look.encoding if source.look else source.kind
    framed = Framed(
        writer.rows_path, source.headers, ",", 0, encoding, numbered=True, broken=writer.broken_path, notes=source.notes
    )
    return replace(framed, broken_count=writer.broken)


def _records(source: Source) -> Iterator[list[str] | Broken]:
    width = len(source.headers)
    if source.kind == "sheet":
        yield from _sheet_records(source, width)
    elif source.kind == "json":
        for number, item in enumerate(json_items(source.path, _json_lines(source.path)), 1):
            if isinstance(item, Broken):
                yield item
            else:
                cells = [item.get(key, "").replace("\x00", "\ufffd") for key in source.headers]
                yield _checked(number, cells)
    else:
        assert source.look is not None  # a text source always was looked at
        lines = lines_of(source.path, source.look.encoding)
        for _ in range(source.skip):
            next(lines, None)
        yield from records_of(lines, source.delimiter, width)


def _sheet_records(source: Source, width: int) -> Iterator[list[str] | Broken]:
    rows, _ = sheet_rows(source.path)
    number = 0
    for row in rows[source.skip + 1 :]:
        if not any(cell.strip() for cell in row):
            continue
        number += 1
        extra = [c for c in row[width:] if c.strip()]
        if extra:
            yield Broken(number, " | ".join(row)[:4000], "too_many_cells")
        else:
            yield _checked(number, [*row[:width], *[""] * (width - len(row))])


def _checked(number: int, cells: list[str]) -> list[str] | Broken:
    if any(len(cell) > MAX_CELL for cell in cells):
        return Broken(number, " | ".join(c[:200] for c in cells)[:4000], "cell_too_long")
    return [str(number), *cells]
