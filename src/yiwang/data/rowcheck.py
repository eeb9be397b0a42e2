"""Checking a handful of rows given by hand: rule examples, pack tests, the studio's try-out. Touches no table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from yiwang.data.core import sql
from yiwang.data.core.checks import Checks
from yiwang.data.core.staging import conditions_asked, judge, raw_of_rows
from yiwang.data.schema import ResourceFile


@dataclass(frozen=True)
class RowVerdict:
    """One row: accepted or not, its reasons and remarks as (code, field), and the typed values of an accepted row."""

    row: int
    accepted: bool
    reasons: tuple[tuple[str, str], ...]
    flags: tuple[tuple[str, str], ...]
    values: dict[str, object]


def rows_check(
    resource: ResourceFile,
    rows: list[dict[str, str]],
    as_of: date,
    known: Mapping[str, list[str]] | None = None,
) -> list[RowVerdict]:
    """Judge rows of raw text (field id -> text). `known` gives, for "resource.field", the values a reference may take."""
    checks = Checks(resource, as_of)
    with duckdb.connect(config={"threads": 1, "disabled_optimizers": "common_subexpressions"}) as connection:
        raw = raw_of_rows(connection, resource, rows)
        references = _reference_tables(connection, resource, known or {})
        conditions_asked(connection, raw, checks)
        judge(connection, raw, checks, references)
        said = connection.execute("SELECT DISTINCT _row, code, field, rejects FROM reasons ORDER BY ALL").fetchall()
        refused = {r[0] for r in connection.execute("SELECT _row FROM refused").fetchall()}
        columns = [name for name, _ in checks.output_columns()]
        listed = ", ".join(sql.name(c) for c in columns)
        typed = connection.execute(
            f"SELECT _row, {listed} FROM ({checks.typed_sql(raw.scan, outcomes=False)}) ORDER BY _row"
        ).fetchall()
    return [
        RowVerdict(
            number,
            number not in refused,
            tuple((code, field) for row, code, field, rejects in said if row == number and rejects),
            tuple((code, field) for row, code, field, rejects in said if row == number and not rejects),
            {} if number in refused else dict(zip(columns, values, strict=True)),
        )
        for number, *values in typed
    ]


def _reference_tables(
    connection: duckdb.DuckDBPyConnection, resource: ResourceFile, known: Mapping[str, list[str]]
) -> dict[str, str]:
    """Resource id -> a table of the connection with one column for each field that is referred to."""
    wanted: dict[str, dict[str, list[str]]] = {}
    for reference in {r.references for r in resource.rules if r.kind == "foreign_key" and r.references in known}:
        other, column = reference.split(".")
        wanted.setdefault(other, {})[column] = known[reference]
    tables = {other: f"known_{number}" for number, other in enumerate(wanted)}
    for other, columns in wanted.items():
        listed = ", ".join(f"{sql.name(c)} VARCHAR" for c in columns)
        connection.execute(f"CREATE TABLE {tables[other]} ({listed})")
        for column, values in columns.items():
            if values:
                insert = f"INSERT INTO {tables[other]} ({sql.name(column)}) VALUES (?)"
                connection.executemany(insert, [[v] for v in values])
    return tables
