"""The expressions of the conformance kit with their literals lifted into columns: what is a constant there is a column here.

An expression that reads no input is taken from its file, every number, text, truth value and date in it becomes a column of a table with one row,
and the plan's value is compared with the interpreter's value of the expression as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from bench.agreement.comparing import NOW, Executor
from yiwang.kernel.errors import YiwangError
from yiwang.rules.core.dmn.boxed import Literal
from yiwang.rules.core.dmn.model import Model, Source
from yiwang.rules.core.dmn.reading import read
from yiwang.rules.core.dmn.typing import Types
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.functionnames import FUNCTION_NAMES
from yiwang.rules.core.feel.interpreter import Run, Scope, prepare
from yiwang.rules.core.feel.temporal import temporal_read
from yiwang.rules.core.feel.types import ANY
from yiwang.rules.core.feel.values import Date, Value
from yiwang.rules.core.plan.asked import Asked
from yiwang.rules.core.plan.columns import Column, Facts, kind_of, stored_of, value_of
from yiwang.rules.core.plan.compiling import compile_population
from yiwang.rules.core.plan.names import mentioned
from yiwang.rules.core.plan.refusal import PlanRefused

_ARROW: dict[str, pa.DataType] = {
    "string": pa.string(), "boolean": pa.bool_(), "date": pa.date32(), "months": pa.int64(), "span": pa.int64(),
}  # fmt: skip


@dataclass
class Lifted:
    """`skipped`: expressions that read inputs, have no literal, or whose value no column can hold."""

    compared: Counter[str] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)
    skipped: int = 0
    refused: int = 0
    differences: list[str] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        return {
            "compared": dict(self.compared),
            "ways": dict(self.ways),
            "skipped": self.skipped,
            "refused": self.refused,
        }


class _Lifter:
    """Replaces literals by names; `values` are what stood there."""

    def __init__(self) -> None:
        self.values: list[Value] = []

    def lift(self, item: Any) -> Any:
        if isinstance(item, tuple):
            return tuple(self.lift(each) for each in item)
        if isinstance(item, (n.Number, n.String, n.Boolean, n.Temporal)):
            return self._column(item)
        if isinstance(item, (n.FunctionLiteral, n.InstanceOf)) or not is_dataclass(item) or isinstance(item, type):
            return item
        changed = {
            each.name: self.lift(getattr(item, each.name))
            for each in fields(item)
            if isinstance(getattr(item, each.name), tuple) or is_dataclass(getattr(item, each.name))
        }
        return replace(item, **changed)

    def _column(self, item: Any) -> n.Node:
        value = temporal_read(item.text) if isinstance(item, n.Temporal) else item.value
        if kind_of(value) in (None, "null", "strings") or (isinstance(value, Date) and not 1 <= value.year <= 9999):
            return item
        if isinstance(value, Decimal) and not _fits(value):
            return item
        self.values.append(value)
        return n.Name(item.at, f"c{len(self.values) - 1}")


def _fits(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and -12 <= exponent <= 12 and abs(value) < 10**12


def run(folder: Path, executors: dict[str, Executor], say: Callable[[str], None]) -> Lifted:
    found = Lifted()
    for file in sorted(folder.rglob("*.dmn")):
        try:
            model = read(file.read_bytes(), file.name, tolerant=True)
        except YiwangError:
            continue  # files that import others: their expressions read inputs
        for decision in model.decisions:
            if isinstance(decision.logic, Literal) and decision.refused is None:
                _compare(f"{file.stem} {decision.name}", decision.logic, model, executors, found)
    say(f"conformance kit: {found.told()}")
    return found


def _compare(where: str, logic: Literal, model: Model, executors: dict[str, Executor], found: Lifted) -> None:
    lifter = _Lifter()
    lifted = lifter.lift(logic.node)
    if not lifter.values or _reads(logic.node, model):
        found.skipped += 1
        return
    wanted = prepare(logic.node).value(Scope({}), Run(NOW))
    columns = {f"c{at}": _column_of(f"c{at}", value) for at, value in enumerate(lifter.values)}
    asked = Asked("x", "x", replace(logic, node=lifted), ANY, Types(model), {})
    try:
        plan = compile_population([asked], Facts("person", columns), as_of=NOW.date)
        row = pa.table(
            {
                "person": pa.array([1]),
                **{name: _array(one, lifter.values[at]) for at, (name, one) in enumerate(columns.items())},
            }
        )
        for name, executor in executors.items():
            wide, _ = executor(plan, row)
            value = value_of(plan.taken[0].outputs[0].kind, wide.column("x").to_pylist()[0])
            found.compared[name] += 1
            if value != wanted or type(value) is not type(wanted):
                found.differences.append(f"{name}, {where} `{logic.text}`: interpreter {wanted}, plan {value}")
    except PlanRefused:
        found.refused += 1
        return
    found.ways.update({plan.accounts[-1].how if plan.accounts else "constant": 1})


def _reads(node: n.Node, model: Model) -> bool:
    """Whether it names anything but built-in functions and its own variables."""
    known = {one.variable.name for one in model.elements() if not isinstance(one, Source)}
    return bool(mentioned(node) & known - FUNCTION_NAMES)


def _column_of(name: str, value: Value) -> Column:
    kind = kind_of(value)
    assert kind is not None
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        places = max(-exponent, 0) if isinstance(exponent, int) else 0
        whole = len(str(abs(int(value))))
        return Column(name, "number", whole + places, places)
    return Column(name, kind)


def _array(column: Column, value: Value) -> pa.Array:
    if column.kind == "number":
        return pa.array([value], pa.decimal128(column.digits, column.places))
    return pa.array([stored_of(value)], _ARROW[column.kind])
