"""The difference of two versions of a table: what was changed, and for whom something else comes out now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from yiwang.rules.core.dmn.boxed import Cell, DecisionTable
from yiwang.rules.core.feel.values import Date, Value
from yiwang.rules.core.feel.wording import Words, glued
from yiwang.rules.core.feel.writing import write
from yiwang.rules.core.proofs.checks import merged
from yiwang.rules.core.proofs.cover import Box, OutOfWork, Work, bits, uncovered
from yiwang.rules.core.proofs.dimensions import label
from yiwang.rules.core.proofs.domains import Domain
from yiwang.rules.core.proofs.evaluation import Judge
from yiwang.rules.core.proofs.findings import Assumption, Unprovable
from yiwang.rules.core.proofs.outcomes import Outcomes
from yiwang.rules.core.proofs.results import Answer, Answers
from yiwang.rules.core.proofs.rulechanges import ANY, Change, Pairing, changes, paired
from yiwang.rules.core.proofs.sentences import where
from yiwang.rules.core.proofs.space import Space, space_of
from yiwang.rules.core.proofs.witnesses import Finder

BUDGET = 400_000
MAX_BOXES = 60
MAX_TOLD = 30
_ANY_DAY = Date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Effect:
    """A part of the space in which the answer changed, with a row of it."""

    witness: tuple[tuple[str, Value], ...]
    before: Words
    after: Words
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Difference:
    """`whole` False: the effects were not, or not all, worked out; `reason` says why."""

    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]
    whole: bool = True
    reason: Words = Words("", "")
    assumptions: tuple[Assumption, ...] = ()


def difference(
    old: DecisionTable,
    new: DecisionTable,
    domains: Mapping[str, Domain] | None = None,
    parameters: Mapping[str, Value] | None = None,
    day: Date = _ANY_DAY,
    budget: int = BUDGET,
) -> Difference:
    """What is different, with the values the parameters have on `day` in both versions."""
    pairing = paired(old, new)
    told = tuple(changes(pairing))
    judge = Judge(parameters or {}, day)
    left, right = _widened(old, new), _widened(new, old, like=old)
    try:
        space = space_of([left, right], domains or {}, judge, Work(budget))
        comparison = _Comparison(space, left, right, pairing)
        effects, whole = comparison.effects()
    except OutOfWork:
        reason = Words(
            "计算量超过上限，没有算出影响", "it takes more work than allowed; the effects were not worked out"
        )
        return Difference(told, (), False, reason)
    except Unprovable as error:
        return Difference(told, (), False, Words(error.zh, error.en))
    reason = Words("", "") if whole else Words("影响太多，只列出一部分", "too many effects; some are left out")
    return Difference(told, effects, whole, reason, tuple(space.notes))


def _widened(table: DecisionTable, other: DecisionTable, like: DecisionTable | None = None) -> DecisionTable:
    """The table with the other's further inputs, of which its rules ask nothing; in the order of `like`."""
    own = {write(column.expression.node): at for at, column in enumerate(table.inputs)}
    theirs = {write(column.expression.node): column for column in other.inputs}
    columns = list(table.inputs) + [column for text, column in theirs.items() if text not in own]
    texts = list(own) + [text for text in theirs if text not in own]
    if like is not None:
        first = [write(column.expression.node) for column in like.inputs]
        texts.sort(key=lambda text: first.index(text) if text in first else len(first))
        columns = [next(c for c in columns if write(c.expression.node) == text) for text in texts]
    rules = tuple(
        replace(
            rule, inputs=tuple(rule.inputs[own[text]] if text in own else Cell(rule.place, "-", ANY) for text in texts)
        )
        for rule in table.rules
    )
    return replace(table, inputs=tuple(columns), rules=rules)


@dataclass(slots=True)
class _Comparison:
    """Walks the space with the boxes of both tables at once; where the two answers are known to be the same it looks no further."""

    space: Space
    old: DecisionTable
    new: DecisionTable
    pairing: Pairing
    boxes: list[Box] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    admits: list[list[int]] = field(default_factory=list)
    full_from: list[int] = field(default_factory=list)
    changed: int = 0
    steady: bool = False
    answers: tuple[Answers, Answers] = field(init=False)
    known: dict[tuple[int, int], list[tuple[Answer, Answer, Box]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        judge = self.space.judge
        self.answers = (Answers(self.old, Outcomes(self.old, judge)), Answers(self.new, Outcomes(self.new, judge)))
        self.steady = self._is_steady()
        same = self._same_rules() if self.steady else set()
        for number in range(len(self.space.cells)):
            for box in self.space.rule(number):
                if number not in same:
                    self.changed |= 1 << len(self.boxes)
                self.boxes.append(box)
                self.owners.append(number)
        full = (1 << len(self.boxes)) - 1
        self.full_from = [full]
        for place in range(len(self.space.dimensions) - 1, -1, -1):
            whole = self.space.dimensions[place].all
            full &= sum(1 << at for at, box in enumerate(self.boxes) if box[place] == whole)
            self.full_from.append(full)
            self.admits.append(
                [
                    sum(1 << at for at, box in enumerate(self.boxes) if box[place] >> region & 1)
                    for region in range(len(self.space.dimensions[place].regions))
                ]
            )
        self.full_from.reverse()
        self.admits.reverse()

    def _is_steady(self) -> bool:
        """Whether the same rules holding gives the same answer in both versions."""
        if (self.old.policy, self.old.aggregation) != (self.new.policy, self.new.aggregation):
            return False
        if self.answers[0].of([]).key != self.answers[1].of([]).key or _outputs(self.old) != _outputs(self.new):
            return False
        later = [other for _, other in sorted(self.pairing.unchanged)]
        return later == sorted(later)

    def _same_rules(self) -> set[int]:
        """Rules that make no difference by themselves, by their place in the space."""
        pairs = self.pairing.unchanged
        return {one for one, _ in pairs} | {len(self.old.rules) + other for _, other in pairs}

    def effects(self) -> tuple[tuple[Effect, ...], bool]:
        found: dict[tuple[str, str], tuple[Answer, Answer, list[Box]]] = {}
        parts = self._walk(0, (1 << len(self.boxes)) - 1)
        for before, after, box in parts:
            found.setdefault((before.key, after.key), (before, after, []))[2].append(box)
        told = [
            self._effect(before, after, possible)
            for before, after, boxes in found.values()
            for box in merged(boxes)
            for possible in merged(uncovered(box, self.space.cannot(), self.space.work))
        ]
        return tuple(told[:MAX_TOLD]), len(told) <= MAX_TOLD and len(parts) < MAX_BOXES

    def _effect(self, before: Answer, after: Answer, box: Box) -> Effect:
        dimensions, whole = self.space.dimensions, self.space.whole()
        shown = Finder(self.new, self.space).find(box, lambda met: True)
        said = where(dimensions, whole, box, shown.row)
        witness = tuple(
            (label(column), shown.row.get(self.space.columns[at])) for at, column in enumerate(self.new.inputs)
        )
        place = said if said.zh else Words("任何情况", "Always")
        zh = glued(place.zh, f"：原来{before.words.zh}，现在{after.words.zh}")
        return Effect(
            witness,
            before.words,
            after.words,
            zh,
            f"{place.en}: before, {before.words.en}; now, {_now(after.words.en)}",
        )

    def _walk(self, depth: int, alive: int) -> list[tuple[Answer, Answer, Box]]:
        if self.steady and not alive & self.changed:
            return []
        if not alive & ~self.full_from[depth]:
            return self._leaf(depth, alive)
        key = (depth, alive)
        if key not in self.known:
            self.space.work.spend()
            self.known[key] = self._split(depth, alive)
        return self.known[key]

    def _leaf(self, depth: int, alive: int) -> list[tuple[Answer, Answer, Box]]:
        hits = sorted({self.owners[at] for at in bits(alive)})
        count = len(self.old.rules)
        before = self.answers[0].of([rule for rule in hits if rule < count])
        after = self.answers[1].of([rule - count for rule in hits if rule >= count])
        if before.key == after.key:
            return []
        return [(before, after, tuple(each.all for each in self.space.dimensions[depth:]))]

    def _split(self, depth: int, alive: int) -> list[tuple[Answer, Answer, Box]]:
        groups: dict[int, int] = {}
        for region, admitted in enumerate(self.admits[depth]):
            groups[alive & admitted] = groups.get(alive & admitted, 0) | 1 << region
        rests: dict[tuple[tuple[str, str, Box], ...], tuple[int, Sequence[tuple[Answer, Answer, Box]]]] = {}
        for still, regions in groups.items():
            rest = self._walk(depth + 1, still)
            if rest:
                known = tuple((before.key, after.key, box) for before, after, box in rest)
                rests[known] = (rests.get(known, (0, rest))[0] | regions, rest)
        return [(before, after, (regions, *box)) for regions, rest in rests.values() for before, after, box in rest][
            :MAX_BOXES
        ]


def _outputs(table: DecisionTable) -> list[tuple[str, str]]:
    return [(each.name, write(each.values) if each.values is not None else "") for each in table.outputs]


def _now(en: str) -> str:
    return en.replace("there was", "there is")
