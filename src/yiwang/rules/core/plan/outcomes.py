"""What a profile (the rules that hit) comes to under a hit policy, for results that are constants and for those computed per row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from typing import Literal as OneOf

import ibis

from yiwang.rules.core.dmn import aggregation
from yiwang.rules.core.dmn.boxed import DecisionTable, HitPolicy
from yiwang.rules.core.feel.comparing import equal
from yiwang.rules.core.feel.types import Type
from yiwang.rules.core.feel.values import NoValue
from yiwang.rules.core.plan.entering import enter, kind_named
from yiwang.rules.core.plan.loweredcalls import FUNCTIONS
from yiwang.rules.core.plan.refusal import PlanRefused
from yiwang.rules.core.plan.typed import Typed, as_type, constant

State = OneOf["hit", "none", "violated", "unsound"]
Row = tuple[Typed, ...]


@dataclass(frozen=True)
class Rows:
    """The outputs of each rule, one Typed per output; None for a rule whose outputs are not allowed. `default` likewise.

    `ranks[rule]` is its place by priority. `wide` is the type of each output whatever the profile.
    """

    rules: tuple[Row | None, ...]
    default: Row | None
    ranks: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Outcome:
    """`rules` are those that count (0-based); `values` one row of outputs, `listed` one row per rule where several are a list.

    `values` None is null for the whole decision.
    """

    state: State
    rules: tuple[int, ...] = ()
    values: Row | None = None
    listed: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Judge:
    """The hit policy of one decision over profiles. `sound` is the bit that says its inputs were allowed, None when all are.

    `entry` is the type the result enters as, of the context when there are several outputs.
    """

    table: DecisionTable | None
    rows: Rows
    sound: int | None
    entry: Type

    @property
    def many(self) -> bool:
        return self.table is not None and self.table.policy.many and self.table.aggregation is None

    def outcome(self, bits: tuple[int, ...]) -> Outcome:
        if self.table is None:
            return self._typed(Outcome("hit", (), self.rows.rules[0]))
        if self.sound is not None and self.sound not in bits:
            return Outcome("unsound")
        hits = tuple(one for one in bits if one != self.sound)
        if not hits:
            nothing = self._nothing()
            if self.many:
                return Outcome("none", (), None, () if nothing is None else (nothing,))
            return self._typed(Outcome("none", (), nothing))
        policy = self.table.policy
        if policy is HitPolicy.UNIQUE and len(hits) > 1:
            return Outcome("violated", hits)
        if policy is HitPolicy.FIRST:
            hits = hits[:1]
        rows = [self.rows.rules[one] for one in hits]
        kept = [row for row in rows if row is not None]
        if len(kept) < len(rows):
            return Outcome("hit", hits)
        if policy is HitPolicy.ANY and not all(_same(kept[0], row) for row in kept[1:]):
            return self._disagreeing(hits, kept)
        if policy.ordered:
            order = sorted(range(len(hits)), key=lambda at: self.rows.ranks[hits[at]])
            hits, kept = tuple(hits[at] for at in order), [kept[at] for at in order]
        return self._typed(self._result(hits, kept))

    def _disagreeing(self, hits: tuple[int, ...], rows: list[Row]) -> Outcome:
        """Constants that differ violate ANY; whether computed results do is another question on every row."""
        if any(not one.constant for row in rows for one in row):
            named = ", ".join(str(one + 1) for one in hits)
            raise PlanRefused(
                zh=f"规则 {named} 同时成立，结果由列算出，是否相同逐行才知；请把命中方式 ANY 改为 UNIQUE 或 FIRST。",
                en=f"Rules {named} match together and compute their results, so whether they agree differs by row; use UNIQUE or FIRST for ANY.",
            )
        return Outcome("violated", hits)

    def _result(self, hits: tuple[int, ...], rows: list[Row]) -> Outcome:
        assert self.table is not None
        if self.table.aggregation is not None:
            return Outcome("hit", hits, (aggregated(self.table.aggregation, [row[0] for row in rows]),))
        if self.many:
            return Outcome("hit", hits, None, tuple(rows))
        return Outcome("hit", hits if self.table.policy is HitPolicy.ANY else hits[:1], rows[0])

    def _nothing(self) -> Row | None:
        assert self.table is not None
        if self.rows.default is not None:
            return self.rows.default
        if self.table.aggregation == "COUNT":
            return (constant(aggregation.count([])),)
        return None

    def _typed(self, found: Outcome) -> Outcome:
        """The outcome as the decision's own type takes it: constants by the interpreter, computed columns by their kind."""
        if self.entry.name == "Any" or self.many or found.values is None:
            return found
        row = found.values
        names = [one.name for one in self.table.outputs] if self.table is not None else [""]
        if len(row) > 1:
            members = dict(getattr(self.entry, "members", ()))
            fits = self.entry.name == "context" and all(
                _conforms(one, members.get(name)) for one, name in zip(row, names, strict=True)
            )
            return found if fits else Outcome(found.state, found.rules)
        return found if _conforms(row[0], self.entry) else Outcome(found.state, found.rules)


def _conforms(one: Typed, wanted: Type | None) -> bool:
    if wanted is None or wanted.name == "Any" or one.kind == "null":
        return True
    if one.constant:
        return _entering(one, wanted) is not None
    return kind_named(wanted) == one.kind


def _entering(one: Typed, wanted: Type) -> Any:
    return enter(one.value, (wanted,), _Silent())  # type: ignore[arg-type]


class _Silent:
    """A run that keeps no notes: what a constant is worth was said when the table was checked."""

    def note(self, zh: str, en: str, at: int = 0) -> None:
        return None


def _same(one: Row, other: Row) -> bool:
    return all(
        left is right or (left.constant and right.constant and equal(left.value, right.value) is True)
        for left, right in zip(one, other, strict=True)
    )


def aggregated(how: str, values: Sequence[Typed]) -> Typed:
    """COLLECT's sum, least, greatest or number of one output. Raises Unlowerable."""
    if how == "COUNT" or all(one.constant for one in values):
        try:
            return constant(aggregation.AGGREGATIONS[how]([one.value for one in values]))
        except NoValue:
            return constant(None)
    kinds = {one.kind for one in values}
    if "null" in kinds or len(kinds) > 1 or (how == "SUM" and kinds != {"number"}):
        return constant(None)
    if len(values) == 1:
        return values[0]
    return FUNCTIONS[how.lower()](list(values))


def list_of(rows: Sequence[Typed], kind: Typed) -> Any:
    """An Ibis array of one output of several rows."""
    return ibis.array([as_type(one, kind) for one in rows])
