"""What the fields of a table look like. Values of sensitive fields are never kept, only counts."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from yiwang.data.core import sql
from yiwang.data.core.checks import output_columns
from yiwang.data.schema import ResourceFile

SHOWN_GRADE = 2
TOP = 10
SMALLEST_SHOWN = 5
SAMPLE = 50_000


@dataclass(frozen=True)
class Profile:
    """`distinct` is approximate (HyperLogLog, about 2 %); `top` comes from a sample and leaves out rare values."""

    field: str
    rows: int
    nulls: int
    distinct: int
    minimum: str
    maximum: str
    average_length: float
    top: tuple[tuple[str, int], ...]


def profile_table(
    connection: duckdb.DuckDBPyConnection, resource: ResourceFile, files: list[str]
) -> tuple[Profile, ...]:
    """Profile every field of the table in these files, in one pass plus one over a sample."""
    if not files:
        return ()
    scan = sql.table_of(files, output_columns(resource))
    parts = ["count(*)"]
    for field in resource.fields:
        column = sql.name(field.id)
        open_values = field.effective_grade <= SHOWN_GRADE
        parts += [
            f"count({column})",
            f"approx_count_distinct({column})",
            f"CAST(min({column}) AS VARCHAR)" if open_values else "''",
            f"CAST(max({column}) AS VARCHAR)" if open_values else "''",
            f"coalesce(avg(length(CAST({column} AS VARCHAR))), 0)" if field.semantic == "text" else "0",
        ]
    values = connection.execute(f"SELECT {', '.join(parts)} FROM {scan}").fetchone()
    assert values is not None  # an aggregate always returns a row
    rows, found = int(values[0]), []
    connection.execute(f"CREATE OR REPLACE TEMP TABLE sampled AS SELECT * FROM {scan} LIMIT {SAMPLE}")
    for index, field in enumerate(resource.fields):
        filled, distinct, low, high, length = values[1 + index * 5 : 6 + index * 5]
        found.append(
            Profile(
                field.id,
                rows,
                rows - int(filled),
                min(int(distinct), int(filled)),
                str(low or "")[:200],
                str(high or "")[:200],
                round(float(length), 1),
                _top(connection, field.id) if field.effective_grade <= SHOWN_GRADE else (),
            )
        )
    return tuple(found)


def _top(connection: duckdb.DuckDBPyConnection, field: str) -> tuple[tuple[str, int], ...]:
    column = sql.name(field)
    found = connection.execute(
        f"SELECT left(CAST({column} AS VARCHAR), 60) AS value, count(*) AS times FROM sampled WHERE {column} IS NOT NULL "
        f"GROUP BY ALL HAVING times >= {SMALLEST_SHOWN} ORDER BY times DESC, value LIMIT {TOP}"
    ).fetchall()
    return tuple((str(v), int(n)) for v, n in found)
