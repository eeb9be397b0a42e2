"""Which decisions are taken together: a decision that rests on a table's result waits for the next stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from yiwang.rules.core.dmn.boxed import DecisionTable, Literal
from yiwang.rules.core.feel.types import Type
from yiwang.rules.core.feel.values import DateTime, Value
from yiwang.rules.core.feel.writing import write
from yiwang.rules.core.plan.asked import Asked
from yiwang.rules.core.plan.columns import Column, Facts
from yiwang.rules.core.plan.entering import enter
from yiwang.rules.core.plan.guessing import valued_column
from yiwang.rules.core.plan.names import reads
from yiwang.rules.core.plan.plan import Account, Valued
from yiwang.rules.core.plan.refusal import PlanRefused
from yiwang.rules.core.plan.universe import Definition, Universe


@dataclass(frozen=True)
class Opening:
    """A stage before its tables are read: what its expressions may name.

    `valued` are definitions taken by distinct values: columns of `universe`, not of `base`, which is the table as it comes.
    """

    number: int
    decisions: tuple[Asked, ...]
    base: Universe
    universe: Universe
    valued: tuple[Valued, ...]
    accounts: tuple[Account, ...]
    numbers: Mapping[str, int] = field(default_factory=dict)

    def widened(self, valued: Sequence[Valued]) -> Universe:
        columns = {**self.universe.columns, **{one.feel_name: one.column for one in valued}}
        return replace(self.universe, columns=columns)


class Openings:
    """Opens stage after stage; the results of one become columns of the next."""

    def __init__(
        self, decisions: Sequence[Asked], facts: Facts, parameters: Mapping[str, Value], now: DateTime
    ) -> None:
        self.by_id = {one.id: one for one in decisions}
        if len(self.by_id) < len(decisions):
            raise PlanRefused(zh="同一决策给了两次。", en="A decision is given twice.")
        self.facts = facts
        self.parameters = parameters
        self.now = now
        self.levels: dict[str, int] = {}
        for one in decisions:
            self._level(one)

    def _level(self, one: Asked) -> int:
        if one.id not in self.levels:
            missing = [name for name in one.rests_on if name not in self.by_id]
            if missing:
                raise PlanRefused(
                    zh=f"决策“{one.id}”依据的“{missing[0]}”没有给出。",
                    en=f"The decision {one.id} rests on {missing[0]}, which is not given.",
                )
            below = [self.by_id[name] for name in one.rests_on]
            self.levels[one.id] = max(
                (self._level(each) + isinstance(each.logic, DecisionTable) for each in below), default=0
            )
        return self.levels[one.id]

    def open(self, number: int, earlier: Mapping[str, Column]) -> Opening:
        """`earlier` are the columns of tables decided before, by FEEL name."""
        here = tuple(one for one in self.by_id.values() if self.levels[one.id] == number)
        numbers = {name: at for at, name in enumerate(self.by_id)}
        columns = {**self.facts.columns, **earlier}
        # literals of earlier stages stand again: an expression costs less than a column carried along
        literals = [
            one for one in self.by_id.values() if isinstance(one.logic, Literal) and self.levels[one.id] <= number
        ]
        definitions = (
            *(Definition(name, node) for name, node in self.facts.derived.items()),
            *map(_definition, literals),
        )
        base = universe = Universe(columns, _ordered(definitions), self.parameters, self.now)
        valued: list[Valued] = []
        accounts: list[Account] = []
        while (found := universe.unlowerable()) is not None:
            one, why = found
            made = _valued(one, base, len(valued), number)
            valued.append(made)
            accounts.append(Account(one.name, "", write(one.node), "by distinct values", why.zh, why.en))
            universe = replace(universe, columns={**universe.columns, one.name: made.column})
        return Opening(number, here, base, universe, tuple(valued), tuple(accounts), numbers)


def _definition(one: Asked) -> Definition:
    assert isinstance(one.logic, Literal)
    return Definition(one.variable, one.logic.node, one.entries, one.type)


def _ordered(definitions: Sequence[Definition]) -> tuple[Definition, ...]:
    """Each after those it reads. Raises PlanRefused for a circle."""
    waiting, done = list(definitions), list[Definition]()
    names = {one.name for one in definitions}
    while waiting:
        known = {one.name for one in done}
        ready = [one for one in waiting if set(reads(one.node, names)) - {one.name} <= known]
        if not ready:
            circle = "、".join(one.name for one in waiting)
            raise PlanRefused(zh=f"名称互相依据：{circle}。", en=f"Names rest on one another: {circle}.")
        done += ready
        waiting = [one for one in waiting if one not in ready]
    return tuple(done)


def _valued(one: Definition, universe: Universe, at: int, stage: int) -> Valued:
    column = valued_column(f"_d{stage}_{at}", one.node, one.type)
    sources = universe.sources(one.node)
    scope_of = universe.evaluator(one.entries, [one.node])
    expression = one.prepared()
    types: tuple[Type, ...] = () if one.type is None else (one.type,)

    def evaluate(values: Mapping[str, Value]) -> Value:
        scope, run = scope_of(values)
        return enter(expression.value(scope, run), types, run)

    return Valued(one.name, column, sources, evaluate)


def openings(decisions: Sequence[Asked], facts: Facts, parameters: Mapping[str, Value], now: DateTime) -> Openings:
    return Openings(decisions, facts, parameters, now)
