"""The questions asked of a table over one span of days, each answered with findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from yiwang.rules.core.dmn.boxed import DecisionTable, HitPolicy
from yiwang.rules.core.feel.values import Value
from yiwang.rules.core.feel.wording import Words, glued
from yiwang.rules.core.proofs.cover import Box, meet, uncovered
from yiwang.rules.core.proofs.dimensions import label
from yiwang.rules.core.proofs.findings import Finding
from yiwang.rules.core.proofs.outcomes import Outcomes
from yiwang.rules.core.proofs.sentences import INDEPENDENT, numbers, where
from yiwang.rules.core.proofs.space import Space
from yiwang.rules.core.proofs.witnesses import Claim, Finder, Shown

MAX_TOLD = 20
_NOTHING = Words("", "")


@dataclass(slots=True)
class Checks:
    """`complete` and `disjoint` are filled in by the checks; None: not proved."""

    table: DecisionTable
    space: Space
    outcomes: Outcomes
    complete: bool | None = None
    disjoint: bool | None = None
    held: list[list[Box]] = field(default_factory=list)
    cannot: list[Box] = field(default_factory=list)
    dead: set[int] = field(default_factory=set)
    finder: Finder = field(init=False)

    def __post_init__(self) -> None:
        self.finder = Finder(self.table, self.space)
        self.held = [self.space.rule(number) for number in range(len(self.table.rules))]
        self.cannot = self.space.cannot()

    def all(self) -> Iterator[Finding]:
        yield from self.dead_rules()
        yield from self.identical_rules()
        yield from self.gaps()
        yield from self.overlaps()
        yield from self.masked_rules()

    # Completeness ------------------------------------------------------------------------------------------------------

    def gaps(self) -> Iterator[Finding]:
        if any(output.default is not None for output in self.table.outputs):
            self.complete = True
            return
        boxes = [box for rule in self.held for box in rule]
        left = merged(uncovered(self.space.whole(), [*boxes, *self.cannot], self.space.work))
        shown = [(box, self.finder.find(box, lambda met: not any(met))) for box in left]
        self.complete = not left or (False if any(each.proved for _, each in shown) else None)
        # Where several results are collected, none is a result too.
        strict = not self.table.policy.many
        for box, found in sorted(shown, key=lambda each: not each[1].proved)[:MAX_TOLD]:
            words = self._where(box, found)
            doubt = _NOTHING if found.proved else INDEPENDENT
            zh = glued("当", words.zh, f"时没有规则可用{doubt.zh}") if words.zh else "没有一条规则能够成立"
            en = f"No rule holds when {words.en}{doubt.en}" if words.en else "No rule ever holds"
            yield Finding("gap", "error" if found.proved and strict else "warning", (), self._witness(found), zh, en)
        if len(shown) > MAX_TOLD:
            more = len(shown) - MAX_TOLD
            yield Finding(
                "gap", "warning", (), (), f"另有 {more} 处没有规则可用", f"No rule holds in {more} more places"
            )

    # Disjointness ------------------------------------------------------------------------------------------------------

    def overlaps(self) -> Iterator[Finding]:
        """Rules that hold together: never fine under U, fine under A while the results are the same."""
        told = 0
        self.disjoint = True
        strict = self.table.policy in (HitPolicy.UNIQUE, HitPolicy.ANY)
        for one, other in combinations(range(len(self.held)), 2):
            # Nothing more can be learnt: the verdict is known and enough has been told.
            if self.disjoint is False and (not strict or told >= MAX_TOLD):
                return
            self.space.work.spend()
            found = self._overlap(one, other)
            if found is None:
                continue
            self.disjoint = False if found[1].proved else (None if self.disjoint else self.disjoint)
            finding = self._clash(one, other, *found) if strict and told < MAX_TOLD else None
            if finding is not None:
                told += 1
                yield finding

    def _overlap(self, one: int, other: int) -> tuple[Box, Shown] | None:
        first: tuple[Box, Shown] | None = None
        for a in self.held[one]:
            for b in self.held[other]:
                shared = meet(a, b)
                if shared is None:
                    continue
                claim: Claim = lambda met: met[one] and met[other]  # noqa: E731
                for box in merged(uncovered(shared, self.cannot, self.space.work)):
                    found = self.finder.find(box, claim)
                    if found.proved:
                        return box, found
                    first = first or (box, found)
        return first

    def _clash(self, one: int, other: int, box: Box, found: Shown) -> Finding | None:
        policy = self.table.policy
        if policy not in (HitPolicy.UNIQUE, HitPolicy.ANY):
            return None
        same = self.outcomes.same(one, other)
        if policy is HitPolicy.ANY and same:
            return None
        pair = numbers((one + 1, other + 1))
        words = self._where(box, found)
        zh, en = (glued("在", words.zh, "时"), f" when {words.en}") if words.zh else ("总是", " always")
        doubt = _NOTHING if found.proved else INDEPENDENT
        result = {
            True: Words("，结果相同，但只允许一条成立", "; they give the same, but only one may hold"),
            False: Words("但结果不同", " and give different results"),
            None: Words("，结果可能不同", "; their results may differ"),
        }[same]
        sure = found.proved and (policy is HitPolicy.UNIQUE or same is False)
        return Finding(
            "overlap" if same else "conflict",
            "error" if sure else "warning",
            (one + 1, other + 1),
            self._witness(found),
            glued(pair.zh, zh, f"同时成立{result.zh}{doubt.zh}"),
            f"{pair.en.capitalize()} both hold{en}{result.en}{doubt.en}",
        )

    # Rules that say nothing --------------------------------------------------------------------------------------------

    def dead_rules(self) -> Iterator[Finding]:
        for number, rule in enumerate(self.table.rules):
            boxes = self.held[number]
            if any(uncovered(box, self.cannot, self.space.work) for box in boxes):
                continue
            self.dead.add(number)
            named = numbers((number + 1,))
            empty = [at for at in range(len(rule.inputs)) if not self.space.cells[number][at][0]]
            if empty:
                column = label(self.table.inputs[empty[0]])
                text = rule.inputs[empty[0]].text
                zh = f"{named.zh} 永远不会成立：“{column}”一格（{text}）与该输入可取的值没有交集"
                en = f'{named.en.capitalize()} never holds: no value "{column}" may take passes its cell ({text})'
            else:
                zh, en = (
                    f"{named.zh} 永远不会成立：各格的条件互相矛盾",
                    f"{named.en.capitalize()} never holds: its cells contradict one another",
                )
            yield Finding("dead", "error", (number + 1,), (), zh, en)

    def identical_rules(self) -> Iterator[Finding]:
        """Rules with the same conditions and the same results, where the policy would not already say so."""
        if self.table.policy in (HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.PRIORITY):
            return
        for one in range(len(self.held)):
            for other in range(one + 1, len(self.held)):
                alike = one not in self.dead and sorted(self.held[one]) == sorted(self.held[other])
                if alike and self.outcomes.same(one, other):
                    pair = numbers((one + 1, other + 1))
                    zh, en = (
                        f"{pair.zh} 的条件和结果完全相同",
                        f"{pair.en.capitalize()} have the same conditions and the same results",
                    )
                    yield Finding("identical", "warning", (one + 1, other + 1), (), zh, en)

    def masked_rules(self) -> Iterator[Finding]:
        """Under F rules that earlier ones cover wholly, under P those that rules of a higher priority do."""
        for number in range(len(self.held)):
            if number in self.dead:
                continue
            before = self._before(number)
            covering = [each for each in before if each not in self.dead]
            cover = [box for each in covering for box in self.held[each]]
            if not cover or any(uncovered(box, [*cover, *self.cannot], self.space.work) for box in self.held[number]):
                continue
            least = self._least(number, covering)
            named, others = numbers((number + 1,)), numbers([each + 1 for each in least])
            zh = glued(f"{named.zh} 永远轮不到：它成立时，{others.zh}", "总是先被采用")
            en = f"{named.en.capitalize()} is never used: whenever it holds, {others.en} come{'' if len(least) > 1 else 's'} first"
            rules = (number + 1, *(each + 1 for each in least))
            yield Finding("masked", "error", rules, (), zh, en)

    def _before(self, number: int) -> list[int]:
        if self.table.policy is HitPolicy.FIRST:
            return list(range(number))
        if self.table.policy is HitPolicy.PRIORITY:
            own = self.outcomes.priority(number)
            ranks = [(each, self.outcomes.priority(each)) for each in range(len(self.held)) if each != number]
            return [each for each, rank in ranks if own is not None and rank is not None and rank < own]
        return []

    def _least(self, number: int, covering: Sequence[int]) -> list[int]:
        """Few rules that together cover one: each that can be spared is left out, the latest first."""
        kept = list(covering)
        for each in reversed(covering):
            rest = [box for other in kept if other != each for box in self.held[other]]
            if not any(uncovered(box, [*rest, *self.cannot], self.space.work) for box in self.held[number]):
                kept.remove(each)
        return kept

    # Words -------------------------------------------------------------------------------------------------------------

    def _where(self, box: Box, found: Shown) -> Words:
        return where(self.space.dimensions, self.space.whole(), box, found.row)

    def _witness(self, found: Shown) -> tuple[tuple[str, Value], ...]:
        return tuple(
            (label(column), found.row.get(self.space.columns[at])) for at, column in enumerate(self.table.inputs)
        )


def merged(boxes: Sequence[Box]) -> list[Box]:
    """The same space in fewer boxes: two that differ in one dimension become one."""
    left = list(boxes)
    changed = True
    while changed:
        changed = False
        for at, one in enumerate(left):
            for other in left[at + 1 :]:
                apart = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
                if len(apart) == 1:
                    whole = list(one)
                    whole[apart[0]] |= other[apart[0]]
                    left[at] = tuple(whole)
                    left.remove(other)
                    changed = True
                    break
            if changed:
                break
    return left
