"""What a plan takes by distinct values: the interpreter decides each combination once, and the answers are joined back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from yiwang.rules.core.plan.columns import Column, stored_of, value_of
from yiwang.rules.core.plan.plan import Looked, Stage, Valued
from yiwang.rules.core.plan.refusal import PlanRefused
from yiwang.rules.core.plan.statements import Statements, words_table
from yiwang.rules.core.plan.tables import arrow_type

if TYPE_CHECKING:
    from yiwang.rules.adapters.population import Population


def _tuples(
    population: Population, statement: str, columns: Sequence[Column], names: Sequence[str]
) -> tuple[pa.Table, list[dict[str, Any]]]:
    """The distinct tuples and their FEEL values. Raises PlanRefused when there are too many."""
    if not names:
        return pa.table({"_one": pa.array([1])}), [{}]
    table = population.engine.arrow(f"SELECT * FROM ({statement}) AS d LIMIT {population.plan.limit + 1}")
    if table.num_rows > population.plan.limit:
        listed = "、".join(names)
        raise PlanRefused(
            zh=f"{listed} 的不同取值超过 {population.plan.limit} 种，不能逐一计算；请改写表达式，见 rules explain-plan。",
            en=f"{listed} have more than {population.plan.limit} distinct values, too many to take one by one; see rules explain-plan.",
        )
    stored = [table.column(at).to_pylist() for at in range(len(names))]
    kinds = [column.kind for column in columns]
    values = [
        {name: value_of(kind, one) for name, kind, one in zip(names, kinds, row, strict=True)}
        for row in zip(*stored, strict=True)
    ]
    return table, values


def hold_looked(population: Population, stage: Stage, statements: Statements, looked: Looked, facts: str) -> None:
    columns = [stage.universe.columns[name] for name in looked.reads]
    table, values = _tuples(population, statements.distinct(facts, looked.reads), columns, looked.reads)
    masks = [looked.decide(one) for one in values]
    held = {name: table.column(name) for name in table.column_names}
    population.hold(f"{statements.prefix}{looked.name}", words_table(held, looked.words, masks))


def hold_valued(population: Population, stage: Stage, statements: Statements, one: Valued, source: str) -> None:
    columns = [stage.universe.columns[name] for name in one.reads]
    names = ", ".join(population.name(column.name) for column in columns)
    table, values = _tuples(population, f"SELECT DISTINCT {names} FROM {source} AS b", columns, one.reads)
    kind = arrow_type(one.column)
    found = pa.array([_stored(one, value) for value in map(one.evaluate, values)], kind)
    population.hold(f"{statements.prefix}{one.column.name}", table.append_column(one.column.name, found))


def _stored(one: Valued, value: Any) -> Any:
    column = one.column
    if value is None:
        return None
    try:
        kept = stored_of(value)
        if column.kind == "number" and (
            kept != round(kept, column.places) or abs(kept) >= 10 ** (column.digits - column.places)
        ):
            raise ValueError("does not fit")
        pa.scalar(kept, arrow_type(column))
    except (ValueError, TypeError, ArithmeticError, pa.ArrowException) as why:
        raise PlanRefused(
            zh=f"“{one.feel_name}”的结果 {value} 放不进它的列；数字请先用 decimal() 舍入。",
            en=f"The result {value} of {one.feel_name} does not fit its column; round numbers with decimal().",
        ) from why
    return kept
