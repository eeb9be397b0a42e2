"""The rows a grant covers: a FEEL condition over a row's columns, read once, asked of one row or of a whole table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from yiwang.kernel.core.closest import closest_hint
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.freenames import free_names
from yiwang.rules.core.feel.interpreter import Expression, Run, Scope, prepare
from yiwang.rules.core.feel.parser import parse_expression
from yiwang.rules.core.feel.values import Date, DateTime, Time, Value
from yiwang.rules.core.plan.names import mentioned
from yiwang.rules.errors import BudgetExceeded, FeelSyntaxError

LONGEST = 2000
# A filter of one row needs few; a loop over what a cell says must not hold up an answer.
STEPS = 5_000


class FilterWrong(Exception):
    """The filter cannot be used; `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class RowFilter:
    """`types`: the SQL type of each column the text names. `text` is FEEL."""

    text: str
    types: tuple[tuple[str, str], ...]
    expression: Expression

    def passes(self, row: Mapping[str, Any], on: date) -> bool:
        """Whether a row is covered on a day: only what is surely true passes. Values are as stored or as JSON says them.

        Raises FilterWrong for a value that is none of its column's type, or a row that asks for too much work.
        """
        values = {name: _value(kind, row.get(name), name) for name, kind in self.types}
        try:
            return self.expression.value(Scope(values), Run(_midnight(on), STEPS)) is True
        except BudgetExceeded as error:
            raise FilterWrong(error.zh, error.en) from error

    def sql(self, on: date) -> str:
        """The same condition as a DuckDB boolean over the columns by their bare names. Raises FilterWrong."""
        return _lowered(self.text, self.types, on)


def row_filter(text: str, types: Mapping[str, str]) -> RowFilter:
    """Read a filter over columns of these SQL types. Raises FilterWrong with what is not readable, unknown or no condition.

    What cannot be asked of a whole table exactly as of one row is refused too, so that a batch and a query never differ.
    """
    found = _read(text.strip(), tuple(sorted(types.items())))
    found.sql(date(2020, 1, 1))
    return found


@lru_cache(maxsize=512)
def row_filter_held(text: str, types: tuple[tuple[str, str], ...]) -> RowFilter:
    """A filter that was read and lowered when its grant was made; compiled once in a process."""
    return _read(text, types)


def _read(text: str, types: tuple[tuple[str, str], ...]) -> RowFilter:
    if not text or len(text) > LONGEST:
        raise FilterWrong(f"筛选条件须有 1 至 {LONGEST} 个字符", f"a row filter has 1 to {LONGEST} characters")
    known = dict(types)
    try:
        node = parse_expression(text, frozenset(known))
    except FeelSyntaxError as error:
        raise FilterWrong(error.zh, error.en) from error
    strange = sorted({name.name for name in free_names(node, frozenset(known))})
    if strange:
        hint_zh, hint_en = closest_hint(strange[0], known)
        raise FilterWrong(f"没有信息项“{strange[0]}”。{hint_zh}", f"there is no field {strange[0]}. {hint_en}")
    said = {word.partition(".")[0] for word in mentioned(node)}
    named = tuple((name, kind) for name, kind in types if name in said)
    if not named:
        raise FilterWrong("筛选条件没有提到任何信息项", "the row filter names no field")
    return RowFilter(text, named, prepare(node))


@lru_cache(maxsize=512)
def _lowered(text: str, types: tuple[tuple[str, str], ...], on: date) -> str:
    # only here: the compiler of FEEL takes longer to import than most who check a grant take
    from yiwang.trust.core.rowlowering import lowered

    node: n.Node = parse_expression(text, frozenset(dict(types)))
    return lowered(node, types, _midnight(on))


def _midnight(on: date) -> DateTime:
    return DateTime(Date(on.year, on.month, on.day), Time(0, 0, 0))


def _value(kind: str, stored: Any, name: str) -> Value:
    if stored is None:
        return None
    try:
        return _typed(kind, stored)
    except (ValueError, TypeError, InvalidOperation) as error:
        raise FilterWrong(f"{name} 的值不是 {kind}", f"the value of {name} is no {kind}") from error


def _typed(kind: str, stored: Any) -> Value:
    if kind == "VARCHAR":
        return str(stored)
    if kind == "BOOLEAN":
        if not isinstance(stored, bool):
            raise ValueError("no boolean")
        return stored
    if kind == "DATE":
        day = stored if isinstance(stored, date) else date.fromisoformat(str(stored)[:10])
        day = day.date() if isinstance(day, datetime) else day
        return Date(day.year, day.month, day.day)
    if isinstance(stored, bool):
        raise ValueError("no number")
    return Decimal(str(stored))
