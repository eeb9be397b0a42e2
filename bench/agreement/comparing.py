"""One world, decided row by row by the interpreter and at once by a plan: every value that differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa

from bench.agreement.worlds import World
from yiwang.rules.core.dmn.evaluating import PreparedModel
from yiwang.rules.core.dmn.reading import read
from yiwang.rules.core.feel.interpreter import Run
from yiwang.rules.core.feel.values import Date, DateTime, Time, Value
from yiwang.rules.core.plan.asked import asked
from yiwang.rules.core.plan.columns import Column, Facts, value_of
from yiwang.rules.core.plan.compiling import compile_population
from yiwang.rules.core.plan.plan import Plan
from yiwang.rules.core.plan.refusal import PlanRefused

AS_OF = Date(2026, 11, 1)
NOW = DateTime(AS_OF, Time(0, 0, 0))


@dataclass
class Agreement:
    """`pairs` of decision and row were compared; `refused` decisions were not taken by the plan, with the reason."""

    pairs: int = 0
    differences: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    ways: dict[str, int] = field(default_factory=dict)


# Takes a plan over a world's rows; gives the wide table, and the hit list of each decision that gives lists, sorted as it likes.
Executor = Callable[[Plan, pa.Table], tuple[pa.Table, dict[str, pa.Table]]]


def columns_of(table: pa.Table) -> dict[str, Column]:
    found = {}
    for one in table.schema:
        if pa.types.is_decimal(one.type):
            found[one.name] = Column(one.name, "number", one.type.precision, one.type.scale)
        elif pa.types.is_integer(one.type):
            found[one.name] = Column(
                one.name, "number", {8: 3, 16: 5, 32: 10}.get(one.type.bit_width, 19), 0, whole=True
            )
        elif pa.types.is_list(one.type):
            found[one.name] = Column(one.name, "strings")
        elif pa.types.is_boolean(one.type):
            found[one.name] = Column(one.name, "boolean")
        else:
            found[one.name] = Column(one.name, "date" if pa.types.is_date(one.type) else "string")
    return found


def compare(world: World, executor: Executor) -> Agreement:
    model = read(world.dmn.encode(), f"world-{world.seed}.dmn")
    columns = columns_of(world.rows)
    facts = Facts("person", {name: one for name, one in columns.items() if name != "person"})
    agreement = Agreement()
    kept = []
    for name in world.decisions:
        try:
            compile_population(asked(model, [name]), facts, as_of=AS_OF)
            kept.append(name)
        except PlanRefused as why:
            agreement.refused.append(f"{name}: {why}")
    if not kept:
        return agreement
    plan = compile_population(asked(model, kept), facts, as_of=AS_OF)
    for said in plan.accounts:
        agreement.ways[said.how] = agreement.ways.get(said.how, 0) + 1
    wide, hits = executor(plan, world.rows)
    expected = _expected(PreparedModel(model), kept, columns, world.rows)
    _compare_wide(agreement, plan, wide, expected)
    _compare_hits(agreement, plan, hits, expected)
    return agreement


def _expected(
    prepared: PreparedModel, names: list[str], columns: dict[str, Column], rows: pa.Table
) -> dict[tuple[int, str], Value]:
    found = {}
    for row in rows.to_pylist():
        values = {name: value_of(one.kind, row[name]) for name, one in columns.items() if name != "person"}
        for name in names:
            found[row["person"], name] = prepared.decide(name, values, Run(NOW))
    return found


def _compare_wide(agreement: Agreement, plan: Plan, wide: pa.Table, expected: dict[tuple[int, str], Value]) -> None:
    persons = wide.column("subject").to_pylist()
    for taken in plan.taken:
        if not taken.outputs:
            continue
        kind = taken.outputs[0].kind
        for person, stored in zip(persons, wide.column(taken.asked.id).to_pylist(), strict=True):
            agreement.pairs += 1
            wanted, found = expected[person, taken.asked.id], value_of(kind, stored)
            if wanted != found or type(wanted) is not type(found):
                agreement.differences.append(f"{taken.asked.id}, row {person}: interpreter {wanted}, plan {found}")


def _compare_hits(
    agreement: Agreement, plan: Plan, hits: dict[str, pa.Table], expected: dict[tuple[int, str], Value]
) -> None:
    """Lists are compared by the hit list: as many hits as items, and the same amounts or results in order of rank."""
    listed: dict[tuple[int, str], list[Any]] = {}
    for row in (row for table in hits.values() for row in table.to_pylist()):
        listed.setdefault((row["subject"], row["decision"]), []).append(row)
    for taken in plan.taken:
        if taken.judge.table is None or not taken.judge.many:
            continue
        for (person, name), wanted in expected.items():
            if name != taken.asked.id or not isinstance(wanted, list):
                continue
            agreement.pairs += 1
            found = [
                row["result"] if row["amount"] is None else row["amount"] for row in listed.get((person, name), [])
            ]
            default = not found and taken.rows.default is not None
            if not default and sorted(map(str, map(_plain, found))) != sorted(map(str, map(_plain, wanted))):
                agreement.differences.append(f"{name}, row {person}: interpreter {wanted}, plan {found}")


def _plain(value: Any) -> Any:
    return value.normalize() + 0 if isinstance(value, Decimal) else value
