"""One way in for every kind of file: CSV, TSV, spreadsheets, JSON, plain or gzipped, in any of the encodings met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import duckdb

from yiwang.data.core import sql
from yiwang.data.core.foreign import refuse_other_kinds
from yiwang.data.core.framing import Framed, Look, Progress, delimiters, first_lines, look, unpack
from yiwang.data.core.headers import HEADER_SEARCH_ROWS, LONGEST_NAME, MOST_COLUMNS, find_header
from yiwang.data.core.jsonrows import is_json, json_items
from yiwang.data.core.records import DAMAGED, Broken, Rewriter, checked, first_rows, lines_of, records_of
from yiwang.data.core.sheets import Unfolded, is_sheet, sheet_unfold
from yiwang.data.errors import SourceError
from yiwang.data.schema import ResourceFile

SAMPLE_ROWS = 20


@dataclass(frozen=True)
class Source:
    """A file ready to be framed: what was found out about it before a mapping is settled.

    `sample` holds up to 20 rows of text under `headers`, for a person who confirms the mapping. `skip` counts physical
    lines of text, rows of a sheet. With `plain_head` every reader agrees where the records begin.
    """

    path: Path
    name: str
    kind: str
    headers: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    look: Look | None = None
    delimiter: str = ","
    skip: int = 0
    plain_head: bool = True
    unfolded: Unfolded | None = None
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
        return _open_sheet(plain, name, resource, scratch)
    refuse_other_kinds(plain, name)
    if is_json(plain, name):
        return _open_json(plain, name)
    return _open_text(plain, name, resource, progress)


def _open_sheet(path: Path, name: str, resource: ResourceFile, scratch: Path) -> Source:
    unfolded = sheet_unfold(path, scratch)
    rows = list(islice(unfolded.rows(), HEADER_SEARCH_ROWS + SAMPLE_ROWS))
    at, _ = find_header(rows, resource)
    if at < 0:
        raise _no_header(resource, name)
    return Source(
        path,
        name,
        "sheet",
        _clean(rows[at]),
        _sample(rows[at + 1 :]),
        skip=at,
        unfolded=unfolded,
        notes=unfolded.notes,
    )


def _open_text(path: Path, name: str, resource: ResourceFile, progress: Progress | None) -> Source:
    seen = look(path, progress)
    lines = first_lines(path, seen.encoding)
    cuts = [(d, first_rows(lines, d)) for d in delimiters(lines)]
    headers = [find_header([row for row, _ in cut], resource) for _, cut in cuts]
    # the delimiter that gives names the resource knows; where none does, the one that looks best
    best = max(range(len(cuts)), key=lambda i: (headers[i][1], headers[i][0] >= 0, -i))
    (delimiter, cut), (at, _) = cuts[best], headers[best]
    if at < 0:
        raise _no_header(resource, name)
    skip = cut[at][1]
    plain = skip == at + 1 and not any(line.count('"') % 2 for line in lines[:skip])
    rows = [row for row, _ in cut]
    return Source(
        path, name, "text", _clean(rows[at]), _sample(rows[at + 1 :]), seen, delimiter, skip, plain_head=plain
    )


def _no_header(resource: ResourceFile, name: str) -> SourceError:
    return SourceError(
        zh="找不到表头行",
        en="no header line was found",
        where=name,
        hint_zh="第一行应写列名，例如：" + "、".join(f.title.zh for f in resource.fields[:4]),
        hint_en="The first line should name the columns, for example: "
        + ", ".join(f.title.en for f in resource.fields[:4]),
    )


def _clean(cells: Sequence[str]) -> tuple[str, ...]:
    """Header texts; trailing unnamed columns go, a name that stands twice gets a number."""
    names = [" ".join(c.replace("\x00", DAMAGED).removeprefix("\ufeff").split()) for c in cells]
    while names and not names[-1]:
        names.pop()
    found: dict[str, None] = {}
    for index, text in enumerate(names):
        text, number = text or f"column {index + 1}", 1
        while (shown := text if number == 1 else f"{text} ({number})") in found:
            number += 1
        found[shown] = None
    return tuple(found)


def _sample(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    cut = [tuple(c[:200].replace("\x00", DAMAGED) for c in row) for row in rows]
    return tuple(row for row in cut if any(c.strip() for c in row))[:SAMPLE_ROWS]


def _open_json(path: Path, name: str) -> Source:
    keys: dict[str, None] = {}
    sample: list[dict[str, str]] = []
    for item in json_items(path, name):
        if not isinstance(item, Broken):
            keys.update(dict.fromkeys(item))
            if len(sample) < SAMPLE_ROWS:
                sample.append(item)
            if len(keys) > MOST_COLUMNS or max(map(len, item), default=0) > LONGEST_NAME:
                raise SourceError(
                    zh=f"对象的名称太多或太长（至多 {MOST_COLUMNS} 个，每个 {LONGEST_NAME} 字）",
                    en=f"the objects have too many names or too long ones (at most {MOST_COLUMNS} of {LONGEST_NAME})",
                    where=name,
                    hint_zh="每个对象应是一行记录：名称是列名，值是单元格。",
                    hint_en="Each object should be one record: names are columns, values are cells.",
                )
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


def frame(source: Source, scratch: Path) -> Framed:
    """The records of a source, in place when the file is regular, else rewritten with care.

    In a file of one column the fast reader takes blank lines for records.
    """
    if source.look is not None and source.look.regular and source.plain_head and len(source.headers) > 1:
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
    if source.unfolded is not None:
        yield from _sheet_records(source.unfolded, source.skip, width)
    elif source.kind == "json":
        for number, item in enumerate(json_items(source.path, source.name), 1):
            if isinstance(item, Broken):
                yield item
            else:
                cells = [item.get(key, "") for key in source.headers]
                yield checked(number, cells, width, " | ".join(cells))
    else:
        assert source.look is not None  # a text source always was looked at
        lines = lines_of(source.path, source.look.encoding)
        yield from records_of(islice(lines, source.skip, None), source.delimiter, width)


def _sheet_records(unfolded: Unfolded, skip: int, width: int) -> Iterator[list[str] | Broken]:
    filled = (row for row in islice(unfolded.rows(), skip + 1, None) if any(cell.strip() for cell in row))
    for number, row in enumerate(filled, 1):
        yield checked(number, [*row, *[""] * (width - len(row))], width, " | ".join(row))
