"""The step of an intake that asks the interpreter: once for each distinct combination of values, a batch at a time.

Always right, and bounded in memory; what it finds broken stands in a table that the rule's SQL looks into.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb

from yiwang.data.core import sql
from yiwang.data.core.conditions.functions import function_values
from yiwang.data.core.conditions.kinds import READERS
from yiwang.data.core.conditions.lowering import moment_of
from yiwang.data.core.conditions.reading import Condition
from yiwang.rules.core.feel.interpreter import Run, Scope
from yiwang.rules.core.feel.values import Value

BATCH = 20_000
# A condition of one row needs few; a loop over what a cell says must not hold up a load.
STEPS = 5_000


def verdict(condition: Condition, values: Mapping[str, Value], as_of: date) -> Value:
    """True, false or null of one row's values. Raises BudgetExceeded."""
    scope = Scope(dict(values), Scope(dict(function_values(as_of))))
    return condition.expression.value(scope, Run(moment_of(as_of), STEPS))


def broken_hold(
    connection: duckdb.DuckDBPyConnection, typed: str, condition: Condition, as_of: date, table: str
) -> None:
    """Fill `table` with the combinations of which the condition is false. `typed` is SQL with its fields' typed columns.

    Raises BudgetExceeded when one combination asks for too much work.
    """
    listed = ", ".join(sql.name(name) for name in condition.fields)
    connection.execute(f"CREATE OR REPLACE TABLE asked AS SELECT DISTINCT {listed} FROM ({typed})")
    connection.execute(f"CREATE OR REPLACE TABLE {sql.name(table)} AS SELECT * FROM asked LIMIT 0")
    count = connection.execute("SELECT count(*) FROM asked").fetchone()
    assert count is not None  # an aggregate always returns a row
    for start in range(0, int(count[0]), BATCH):
        batch = connection.execute(
            f"SELECT rowid, {listed} FROM asked WHERE rowid >= {start} AND rowid < {start + BATCH}"
        ).fetchall()
        broken = _broken(condition, batch, as_of)
        if broken:
            places = f"SELECT unnest([{', '.join(map(str, broken))}]::BIGINT[])"
            connection.execute(f"INSERT INTO {sql.name(table)} SELECT {listed} FROM asked WHERE rowid IN ({places})")
    connection.execute("DROP TABLE asked")


def _broken(condition: Condition, rows: list[tuple[Any, ...]], as_of: date) -> list[int]:
    fields = [(name, READERS[kind]) for name, kind in condition.fields.items()]
    functions = Scope(dict(function_values(as_of)))
    now, expression, found = moment_of(as_of), condition.expression, []
    for place, *row in rows:
        values = {
            name: None if stored is None else read(stored) for (name, read), stored in zip(fields, row, strict=True)
        }
        if expression.value(Scope(values, functions), Run(now, STEPS)) is False:
            found.append(place)
    return found
