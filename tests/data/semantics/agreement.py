"""Runs a semantic type over values both ways, as SQL and as the Python reference."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb
import pyarrow as pa

from yiwang.data.core.semantics import Field, Options, Parsed, SemanticType, typed_select

AS_OF = date(2026, 11, 22)
OPTIONS = Options(as_of=AS_OF)
Row = tuple[object, ...]


def connect() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET disabled_optimizers = 'common_subexpressions'")
    return connection


def by_sql(
    connection: duckdb.DuckDBPyConnection, kind: SemanticType, values: Sequence[str | None], options: Options
) -> list[Row]:
    """One row per value: the outputs, the place of the reason, the place of the warning."""
    connection.register("given", pa.table({"_n": range(len(values)), "v": pa.array(values, pa.string())}))
    query = typed_select("given", [Field('"v"', kind.steps('"v"', options))], keep=["_n"])
    return [row[1:] for row in connection.execute(f"SELECT * FROM ({query}) ORDER BY _n").fetchall()]


def by_reference(kind: SemanticType, value: str | None, options: Options) -> Row:
    parsed = kind.parse(value, options)
    return (*parsed.values, reason_place(kind, parsed), warning_place(kind, parsed))


def reason_place(kind: SemanticType, parsed: Parsed) -> int:
    return kind.reasons.index(parsed.reason) + 1 if parsed.reason else 0


def warning_place(kind: SemanticType, parsed: Parsed) -> int:
    return kind.warnings.index(parsed.warning) + 1 if parsed.warning else 0


def disagreements(
    connection: duckdb.DuckDBPyConnection, kind: SemanticType, values: Sequence[str | None], options: Options = OPTIONS
) -> list[str]:
    """One line for each value on which SQL and reference differ."""
    rows = by_sql(connection, kind, values, options)
    return [
        f"{value!r:.200}: SQL {row}, reference {expected}"
        for value, row in zip(values, rows, strict=True)
        if row != (expected := by_reference(kind, value, options))
    ]
