"""The files of a release: made once from one version of a resource, kept by the digest of their bytes."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from django.conf import settings

from yiwang.data.adapters.engine import engine
from yiwang.data.core import sql
from yiwang.data.core.checks import column_types, output_columns
from yiwang.data.core.formulas import guarded_sql
from yiwang.data.errors import Block
from yiwang.data.exports import write_text
from yiwang.data.loads import the_lake
from yiwang.data.models import Resource
from yiwang.data.opening.blocks import blocks_raise, definition_blocks, value_blocks
from yiwang.data.opening.cells import TooFine, protected
from yiwang.data.opening.plans import FORMATS, Plan
from yiwang.data.resources import definition
from yiwang.data.schema import ResourceFile
from yiwang.data.versions import version_files
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.service import file_put

SHOWN_ROWS = 20
COUNT_COLUMNS = (
    {"id": "kind", "title": {"zh": "类别", "en": "Kind"}, "type": "VARCHAR", "unit": ""},
    {"id": "count", "title": {"zh": "数量", "en": "Count"}, "type": "BIGINT", "unit": ""},
    {"id": "hidden", "title": {"zh": "已隐藏", "en": "Hidden"}, "type": "BOOLEAN", "unit": ""},
)


@dataclass(frozen=True)
class Written:
    """What a release holds. `columns`: id, title, type, unit; `files`: format, digest, size."""

    version: int
    columns: list[dict[str, Any]]
    preview: list[list[Any]]
    rows: int
    suppressed: int
    files: list[dict[str, Any]]


def release_write(
    *, actor: Actor, resource: Resource, plan: Plan, version: int | None, name: str, as_of: date
) -> Written:
    """Check and write what leaves of a version (the newest by default). Raises OpenBlocked, NoData, NotFound."""
    blocks_raise(definition_blocks(resource, plan), resource.pk)
    file = definition(resource)
    number, paths = version_files(the_lake().table("standard", resource.pk), resource.pk, version)
    with workplace() as folder, engine(folder) as connection:
        source = sql.table_of(paths, output_columns(file))
        blocks_raise(value_blocks(connection, source, file, plan, as_of), resource.pk)
        columns, suppressed = (_count if plan.counts else _take)(connection, source, file, plan, resource.pk)
        rows = connection.execute("SELECT count(*) FROM leaving").fetchone()
        preview = connection.execute(f"SELECT * FROM leaving LIMIT {SHOWN_ROWS}").fetchall()
        files = files_keep(actor, connection, columns, folder, name)
    shown = [[v if isinstance(v, bool | int) or v is None else str(v) for v in row] for row in preview]
    return Written(number, columns, shown, int(rows[0]) if rows else 0, suppressed, files)


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder that is gone afterwards, whatever happens."""
    root = Path(settings.PLACE.scratch)
    root.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=root) as folder:
        yield Path(folder)


def _take(
    connection: duckdb.DuckDBPyConnection, source: str, file: ResourceFile, plan: Plan, where: str
) -> tuple[list[dict[str, Any]], int]:
    """The chosen fields of every row. Ordered by what leaves alone: the order must not tell what stays."""
    types = column_types(file)
    fields = [f for f in file.fields if f.id in plan.fields]
    listed = ", ".join(sql.name(f.id) for f in fields)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE leaving AS SELECT {listed} FROM {source} ORDER BY ALL")
    return [{"id": f.id, "title": f.title.model_dump(), "type": types[f.id], "unit": f.unit} for f in fields], 0


def _count(
    connection: duckdb.DuckDBPyConnection, source: str, file: ResourceFile, plan: Plan, where: str
) -> tuple[list[dict[str, Any]], int]:
    """Rows counted by the chosen fields, small counts hidden, each number with its kind."""
    listed = ", ".join(f"coalesce(CAST({sql.name(f)} AS VARCHAR), '')" for f in plan.fields)
    found = connection.execute(f"SELECT {listed}, count(*) FROM {source} GROUP BY ALL").fetchall()
    try:
        counts = protected(
            Counter({tuple(row[:-1]): int(row[-1]) for row in found}),
            threshold=plan.threshold,
            rounding=plan.rounding,
        )
    except TooFine as error:
        zh = f"统计太细，小于 {plan.threshold} 的数会被推算出来，请换更粗的分类"
        blocks_raise(
            (Block("", "cells", Text(zh=zh, en=f"the counts are too fine: {error}; use broader ones")),), where
        )
        raise
    names = ", ".join(f"{sql.name(f)} VARCHAR" for f in plan.fields)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE leaving ({names}, kind VARCHAR, count BIGINT, hidden BOOLEAN)")
    marks = ", ".join("?" for _ in range(len(plan.fields) + 3))
    connection.executemany(
        f"INSERT INTO leaving VALUES ({marks})", [[*c.keys, c.kind, c.value, c.value is None] for c in counts]
    )
    titles = {f.id: f.title.model_dump() for f in file.fields}
    columns = [{"id": f, "title": titles[f], "type": "VARCHAR", "unit": ""} for f in plan.fields]
    return [*columns, *COUNT_COLUMNS], sum(c.value is None for c in counts)


def files_keep(
    actor: Actor, connection: duckdb.DuckDBPyConnection, columns: list[dict[str, Any]], folder: Path, name: str
) -> list[dict[str, Any]]:
    """The table `leaving` in every format, kept: format, digest, size."""
    return [
        _kept(actor, _write(connection, columns, format, folder / f"{name}.{format}"), format) for format in FORMATS
    ]


def _write(connection: duckdb.DuckDBPyConnection, columns: list[dict[str, Any]], format: str, target: Path) -> Path:
    if format != "csv":
        more = ", ARRAY true" if format == "json" else ""
        connection.execute(f"COPY (SELECT * FROM leaving) TO {sql.text(str(target))} (FORMAT {format}{more})")
        return target
    safe = ", ".join(guarded_sql(sql.name(c["id"])) if c["type"] == "VARCHAR" else sql.name(c["id"]) for c in columns)
    body = target.with_suffix(".body")
    connection.execute(f"COPY (SELECT {safe} FROM leaving) TO {sql.text(str(body))} (FORMAT csv, HEADER false)")
    write_text(target, [c["title"]["zh"] for c in columns], ())
    with body.open("rb") as source, target.open("ab") as out:
        shutil.copyfileobj(source, out)
    return target


def _kept(actor: Actor, path: Path, format: str) -> dict[str, Any]:
    row = file_put(actor=actor, source=path, name=path.name, media_type=FORMATS[format])
    return {"format": format, "digest": row.digest, "size": row.size}


def rows_read(path: Path, *, search: str = "", offset: int = 0, limit: int = 100) -> tuple[int, list[dict[str, Any]]]:
    """Rows of a release's Parquet file that hold `search` anywhere: how many, and a page of them as JSON values."""
    with workplace() as folder, engine(folder) as connection:
        scan = sql.rows_of([str(path)])
        where = f"WHERE contains(lower(CAST(to_json(r) AS VARCHAR)), {sql.text(search.lower())})" if search else ""
        total = connection.execute(f"SELECT count(*) FROM {scan} AS r {where}").fetchone()
        page = connection.execute(
            f"SELECT CAST(to_json(r) AS VARCHAR) FROM {scan} AS r {where} LIMIT {int(limit)} OFFSET {int(offset)}"
        ).fetchall()
    return int(total[0]) if total else 0, [json.loads(line) for (line,) in page]
