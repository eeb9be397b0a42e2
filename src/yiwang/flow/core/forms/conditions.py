"""FEEL over the answers of a form: read once, its names known to be questions, its value taken for one moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from yiwang.rules.core.facts import NotAFact, fact_value
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.freenames import free_names
from yiwang.rules.core.feel.interpreter import Expression, Run, Scope, prepare
from yiwang.rules.core.feel.parser import parse_expression
from yiwang.rules.core.feel.types import Type
from yiwang.rules.core.feel.values import Date, DateTime, Time, Value
from yiwang.rules.core.plan.names import mentioned
from yiwang.rules.errors import FeelSyntaxError

MAX_CONDITION = 2_000
_ANY = Type("Any")


class ConditionWrong(ValueError):
    """A condition that cannot be read, or that names no question."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Condition:
    """`heads`: the first word of every name it reads."""

    text: str
    node: n.Node

    @property
    def heads(self) -> frozenset[str]:
        return frozenset(word.partition(".")[0] for word in mentioned(self.node))

    @cached_property
    def expression(self) -> Expression:
        return prepare(self.node)

    def holds(self, values: Mapping[str, Any], now: datetime) -> bool | None:
        """True or false; None when the answers do not decide it."""
        found = self.expression.value(Scope(feel_values(values)), Run(feel_moment(now)))
        return found if isinstance(found, bool) else None


def condition_read(text: str, names: Iterable[str]) -> Condition:
    """A condition as form-js writes it (`=age < 18`) or without the sign. Raises ConditionWrong."""
    known = frozenset(names)
    plain = text.strip().removeprefix("=").strip()
    if not plain or len(plain) > MAX_CONDITION:
        raise ConditionWrong(
            f"条件须有 1 至 {MAX_CONDITION} 个字符", f"a condition has 1 to {MAX_CONDITION} characters"
        )
    try:
        node = parse_expression(plain, known)
    except FeelSyntaxError as error:
        raise ConditionWrong(f"条件读不懂：{error.zh}", f"the condition cannot be read: {error.en}") from error
    strange = sorted({name.name for name in free_names(node, known)})
    if strange:
        raise ConditionWrong(
            f"条件里的 {'、'.join(strange)} 不是这里能用的问题",
            f"the condition names what is no question here: {', '.join(strange)}",
        )
    return Condition(plain, node)


def feel_values(values: Mapping[str, Any]) -> dict[str, Value]:
    """JSON answers as FEEL sees them: numbers exact, dates as text, what JSON cannot say as null."""
    found: dict[str, Value] = {}
    for name, value in values.items():
        try:
            found[name] = fact_value(value, _ANY)
        except NotAFact:
            found[name] = None
    return found


def feel_moment(now: datetime) -> DateTime:
    """The city's own date and time of the day."""
    return DateTime(Date(now.year, now.month, now.day), Time(now.hour, now.minute, now.second))
