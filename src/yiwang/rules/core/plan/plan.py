"""What a plan is: for each stage, what is computed, how columns are coded, where bits lie and what profiles mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from typing import Literal as OneOf

from yiwang.rules.core.feel.values import DateTime, Value
from yiwang.rules.core.plan.asked import Asked
from yiwang.rules.core.plan.buckets import Buckets
from yiwang.rules.core.plan.columns import Column, Facts
from yiwang.rules.core.plan.outcomes import Judge, Outcome, Rows
from yiwang.rules.core.plan.places import Segment
from yiwang.rules.core.plan.universe import Definition, Universe

How = OneOf["coded column", "computed boolean", "lowered", "by distinct values", "constant", "refused"]

# Word → the bits of it that a value lets pass.
Masks = Mapping[int, int]


@dataclass(frozen=True)
class Account:
    """How one expression runs, and why not faster where it could not be."""

    decision: str
    place: str
    text: str
    how: How
    zh: str = ""
    en: str = ""


@dataclass(frozen=True)
class Coded:
    """A column of codes. `expression` is None for a column of the table, else the Ibis expression it is coded from.

    `masks[code]` are the words that code lets pass; `words` are those any code touches.
    """

    name: str
    buckets: Buckets
    expression: Any
    words: tuple[int, ...]
    masks: tuple[Masks, ...]


@dataclass(frozen=True)
class Flag:
    """A cell that is a condition: a computed boolean. Where it is not true the bits of `fails` are off."""

    name: str
    expression: Any
    words: tuple[int, ...]
    masks: tuple[Masks, ...]


@dataclass(frozen=True)
class Looked:
    """Cells taken by distinct values: `decide` gives the words for one tuple of the columns (FEEL names)."""

    name: str
    reads: tuple[str, ...]
    words: tuple[int, ...]
    decide: Callable[[Mapping[str, Value]], Masks]


@dataclass(frozen=True)
class Valued:
    """A column taken by distinct values of others: `evaluate` gives its value for one tuple of them (FEEL names)."""

    feel_name: str
    column: Column
    reads: tuple[str, ...]
    evaluate: Callable[[Mapping[str, Value]], Value]


@dataclass(frozen=True)
class Taken:
    """One decision in its stage. `outputs` are its columns when later stages, or a wide table, want them.

    `judged` keeps what each profile came to: the same on every run.
    """

    asked: Asked
    segments: tuple[Segment, ...]
    judge: Judge
    rows: Rows
    outputs: tuple[Column, ...]
    judged: dict[tuple[int, ...], Outcome] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Stage:
    """`memo` keeps expressions as text once they are written."""

    universe: Universe
    valued: tuple[Valued, ...]
    coded: tuple[Coded, ...]
    flags: tuple[Flag, ...]
    looked: tuple[Looked, ...]
    taken: tuple[Taken, ...]
    words: tuple[int, ...]
    full: Masks
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def sources(self) -> tuple[Coded | Flag, ...]:
        """Everything that has codes."""
        return (*self.coded, *self.flags)


@dataclass(frozen=True)
class Plan:
    """Compiled once, run on any engine, any number of times. `limit` is how many distinct tuples are worked out one by one."""

    facts: Facts
    stages: tuple[Stage, ...]
    now: DateTime
    accounts: tuple[Account, ...]
    limit: int
    digest: str
    definitions: tuple[Definition, ...] = field(default=())

    @property
    def taken(self) -> tuple[Taken, ...]:
        return tuple(one for stage in self.stages for one in stage.taken)

    def decision(self, name: str) -> Taken:
        return next(one for one in self.taken if name in (one.asked.id, one.asked.variable))


def explain_plan(plan: Plan, decision: str | None = None) -> Sequence[Account]:
    """How each expression of a decision (or of all) runs."""
    return [one for one in plan.accounts if decision is None or one.decision == decision]
