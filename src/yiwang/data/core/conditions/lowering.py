"""A condition as SQL over the typed columns of an intake, or the reason why it has no exact equal there.

Functions of quality rules become columns of their own, worked out one step before the condition: FEEL's compiler knows nothing of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import ibis
from ibis.common.exceptions import IbisError

from yiwang.data.core import sql
from yiwang.data.core.conditions.functions import QUALITY_FUNCTIONS, QualityFunction
from yiwang.data.core.conditions.reading import Condition
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.values import Date, DateTime, Time
from yiwang.rules.core.plan.columns import Column
from yiwang.rules.core.plan.dialects import DUCKDB
from yiwang.rules.core.plan.lowering import Setting, lower, truth
from yiwang.rules.core.plan.names import mentioned
from yiwang.rules.core.plan.typed import Unlowerable, column_type, column_typed
from yiwang.rules.errors import BudgetExceeded

# Fields whose typed value is the cleaned text itself, so that a check of the one is a check of the other.
PLAIN_TEXTS = ("text", "person-name", "address")


@dataclass(frozen=True)
class Lowered:
    """`test` is SQL, three-valued. `derived`: columns to work out a step before; `checks`: those of check digits, (field, check)."""

    test: str
    derived: Mapping[str, str]
    checks: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Distinct:
    """It is asked of the interpreter, once for each distinct combination of values."""

    zh: str
    en: str


def moment_of(as_of: date) -> DateTime:
    """Midnight of the day a load is judged on: what `now()` is to a condition."""
    return DateTime(Date(as_of.year, as_of.month, as_of.day), Time(0, 0, 0))


def lowered(
    condition: Condition, types: Mapping[str, str], semantics: Mapping[str, str], as_of: date
) -> Lowered | Distinct:
    """`types` and `semantics` of the fields it names: the DuckDB type of the column, the semantic type of the field."""
    return _lowered(condition.node, tuple((name, types[name], semantics[name]) for name in condition.fields), as_of)


@lru_cache(maxsize=512)
def _lowered(node: n.Node, columns: tuple[tuple[str, str, str], ...], as_of: date) -> Lowered | Distinct:
    types = {name: kind for name, kind, _ in columns}
    if "TIMESTAMP" in types.values():
        return Distinct("含时刻的比较由解释器计算。", "Comparisons of moments are taken by the interpreter.")
    taken = _Taken(types, {name: semantic for name, _, semantic in columns})
    node = taken.without_functions(node)
    if mentioned(node) & QUALITY_FUNCTIONS.keys():
        return Distinct(
            "质量函数的参数不是信息项，由解释器计算。",
            "A quality function is asked of something other than a field; taken by the interpreter.",
        )
    stored = {**{name: _column(name, kind) for name, kind in types.items()}, **taken.columns}
    table = ibis.table({name: column_type(column) for name, column in stored.items()}, name="typed")
    setting = Setting({name: column_typed(column, table) for name, column in stored.items()}, {}, moment_of(as_of))
    try:
        found = truth(lower(node, setting))
        test = DUCKDB.expressions(table, {"test": found})["test"].text
    except Unlowerable as why:
        return Distinct(why.zh, why.en)
    except (IbisError, ValueError, BudgetExceeded):
        return Distinct("没有精确的等价写法。", "There is no exact equal of it in SQL.")
    return Lowered(test, taken.derived, taken.checks)


def _column(name: str, kind: str) -> Column:
    if kind.startswith("DECIMAL"):
        digits, places = kind.removeprefix("DECIMAL(").removesuffix(")").split(",")
        return Column(name, "number", int(digits), int(places))
    if kind == "BIGINT":
        return Column(name, "number", 19, 0, whole=True)
    return Column(name, {"VARCHAR": "string", "BOOLEAN": "boolean", "DATE": "date"}[kind])  # type: ignore[arg-type]


class _Taken:
    """The functions taken out of a tree, as columns."""

    def __init__(self, types: Mapping[str, str], semantics: Mapping[str, str]) -> None:
        self.types, self.semantics = types, semantics
        self.columns: dict[str, Column] = {}
        self.derived: dict[str, str] = {}
        self.checks: dict[str, tuple[str, str]] = {}

    def without_functions(self, node: Any) -> Any:
        """The tree with each function of a field replaced by the name of its column."""
        if isinstance(node, n.Call):
            name = self._column_for(node)
            if name is not None:
                return n.Name(node.at, name)
        if isinstance(node, tuple):
            return tuple(self.without_functions(each) for each in node)
        if not is_dataclass(node) or isinstance(node, type):
            return node
        changed = {each.name: self.without_functions(getattr(node, each.name)) for each in fields(node)}
        return replace(node, **changed)

    def _column_for(self, call: n.Call) -> str | None:
        function = QUALITY_FUNCTIONS.get(call.function.name) if isinstance(call.function, n.Name) else None
        if function is None or len(call.arguments) != 1:
            return None
        (argument,) = call.arguments
        if not isinstance(argument, n.Name) or argument.name not in self.types:
            return None
        name = f"{function.name} {argument.name}"
        if name not in self.columns:
            derived = self._sql(function, argument.name)
            if derived is None:
                return None
            self.derived[name] = derived
            self.columns[name] = Column(name, function.result)  # type: ignore[arg-type]
        return name

    def _sql(self, function: QualityFunction, field: str) -> str | None:
        column, semantic = sql.name(field), self.semantics[field]
        if function.sql:
            return function.sql.format(column)
        if semantic == function.check == "resident-id":
            # none but valid ones get that far
            return f"CASE WHEN {column} IS NOT NULL THEN TRUE END"
        if semantic not in PLAIN_TEXTS:
            return None
        check = f"check:{field}:{function.check}"
        self.checks[check] = (field, function.check)
        return f"CASE WHEN {column} IS NOT NULL THEN {sql.name(check)} = 0 END"
