"""What a decision rests on: the inputs, decisions and tables it reaches, and how its result reads."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from yiwang.rules.core.dmn.boxed import Boxed, DecisionTable
from yiwang.rules.core.dmn.model import Decision, InputData, Knowledge, Link, Model, Service
from yiwang.rules.core.feel.values import ARITHMETIC, Value


@dataclass(frozen=True, slots=True)
class Reached:
    """Everything a decision needs, each once, those first that others rest on."""

    inputs: tuple[tuple[Model, InputData], ...]
    decisions: tuple[tuple[Model, Decision], ...]
    knowledge: tuple[tuple[Model, Knowledge], ...]


def top_decision(model: Model, name: str = "") -> Decision | None:
    """The decision of that name (or id); without a name the only one that no other rests on."""
    if name:
        found = model.named(name)
        return found if isinstance(found, Decision) else None
    below = {link.id for one in model.decisions for link in one.requires.decisions if link.prefix is None}
    tops = [one for one in model.decisions if one.id not in below]
    return tops[0] if len(tops) == 1 else None


def reached(model: Model, decision: Decision) -> Reached:
    inputs: dict[tuple[str, str], tuple[Model, InputData]] = {}
    decisions: dict[tuple[str, str], tuple[Model, Decision]] = {}
    knowledge: dict[tuple[str, str], tuple[Model, Knowledge]] = {}

    def follow(home: Model, links: Sequence[Link]) -> None:
        for link in links:
            where, found = home.find(link)
            key = (where.namespace, found.id)
            if isinstance(found, InputData):
                inputs.setdefault(key, (where, found))
            elif isinstance(found, Decision) and key not in decisions:
                visit(where, found)
            elif isinstance(found, Knowledge) and key not in knowledge:
                knowledge[key] = (where, found)
                follow(where, (*found.requires.knowledge, *found.requires.inputs, *found.requires.decisions))
            elif isinstance(found, Service):
                follow(where, (*found.inputs, *found.outputs))

    def visit(home: Model, one: Decision) -> None:
        follow(home, (*one.requires.inputs, *one.requires.decisions, *one.requires.knowledge))
        decisions[(home.namespace, one.id)] = (home, one)

    visit(model, decision)
    return Reached(tuple(inputs.values()), tuple(decisions.values()), tuple(knowledge.values()))


def tables_in(part: Any) -> Iterator[DecisionTable]:
    """Every decision table in a boxed expression, nested ones too."""
    if isinstance(part, DecisionTable):
        yield part
    elif isinstance(part, Boxed):
        for field in dataclasses.fields(part):
            yield from tables_in(getattr(part, field.name))
    elif isinstance(part, tuple | list):
        for item in part:
            yield from tables_in(item)
    elif dataclasses.is_dataclass(part) and hasattr(part, "expression"):
        yield from tables_in(part.expression)


def all_tables(found: Reached) -> Iterator[tuple[str, DecisionTable]]:
    """(name of the decision or function, table) of everything reached."""
    for _, decision in found.decisions:
        yield from ((decision.name, table) for table in tables_in(decision.logic))
    for _, function in found.knowledge:
        yield from ((function.name, table) for table in tables_in(function.function))


def output_names(model: Model, decision: Decision) -> tuple[str, ...]:
    """The members of the result; empty when it is one value."""
    if isinstance(decision.logic, DecisionTable) and len(decision.logic.outputs) > 1:
        return tuple(output.name for output in decision.logic.outputs)
    item = model.items.get(decision.variable.type or "")
    return tuple(part.name for part in item.components) if item is not None else ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How a result reads: `granted` and `amount` name members of it, empty for the result itself or for none."""

    granted: str = ""
    grants: tuple[Value, ...] = ()
    amount: str = ""

    def member(self, value: Value, name: str) -> Value:
        if isinstance(value, dict):
            found: Value = value.get(name)
            return found
        return value

    def amount_of(self, value: Value) -> Decimal | None:
        """The amount; of several results their sum. None when there is none."""
        if isinstance(value, list):
            parts = [part for part in (self.amount_of(one) for one in value) if part is not None]
            return sum_of(parts) if parts else None
        found = self.member(value, self.amount) if self.amount or not isinstance(value, dict) else None
        return found if isinstance(found, Decimal) and not isinstance(found, bool) else None

    def is_granted(self, value: Value) -> bool:
        """Whether the result says yes; of several results whether one does. Null says no."""
        if isinstance(value, list):
            return any(self.is_granted(one) for one in value)
        if value is None:
            return False
        if self.granted or self.grants:
            return self.member(value, self.granted) in (self.grants or (True,))
        amount = self.amount_of(value)
        return amount > 0 if amount is not None else value is True


def sum_of(parts: Sequence[Decimal]) -> Decimal:
    total = Decimal(0)
    for part in parts:
        total = ARITHMETIC.add(total, part)
    return total
