"""What a table answers when certain rules hold, as far as it can be said without a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from yiwang.rules.core.dmn.boxed import DecisionTable, HitPolicy
from yiwang.rules.core.feel.values import ARITHMETIC
from yiwang.rules.core.feel.wording import Words, glued, joined, plain_number
from yiwang.rules.core.feel.writing import write
from yiwang.rules.core.proofs.outcomes import Outcomes
from yiwang.rules.core.proofs.rulechanges import output_name, results_words

NOTHING = Words("没有结果", "there was no result")


@dataclass(frozen=True, slots=True)
class Answer:
    """Answers with the same `key` are the same answer."""

    key: str
    words: Words


@dataclass(frozen=True, slots=True)
class Answers:
    table: DecisionTable
    outcomes: Outcomes

    def of(self, hits: Sequence[int]) -> Answer:
        """The answer when exactly these rules hold (by index, in order)."""
        policy = self.table.policy
        if not hits:
            return self._default()
        if policy is HitPolicy.FIRST:
            return self._single(hits[0])
        if policy is HitPolicy.PRIORITY:
            return self._single(min(hits, key=lambda rule: (self.outcomes.priority(rule) or (), rule)))
        if policy is HitPolicy.COLLECT and self.table.aggregation is not None:
            return self._aggregated(hits)
        if policy.many:
            answers = [self._single(rule) for rule in hits]
            if policy is HitPolicy.COLLECT:
                answers.sort(key=lambda answer: answer.key)
            return Answer(" + ".join(answer.key for answer in answers), joined([a.words for a in answers], "；", "; "))
        if all(self.outcomes.same(hits[0], other) for other in hits[1:]) and (
            policy is HitPolicy.ANY or len(hits) == 1
        ):
            return self._single(hits[0])
        return Answer("conflict", Words("规则相互冲突", "the rules contradict one another"))

    def _single(self, rule: int) -> Answer:
        nodes = [cell.node for cell in self.table.rules[rule].outputs]
        key = ", ".join(f"{output_name(self.table, at)}: {self._text(rule, at)}" for at in range(len(nodes)))
        return Answer(key, results_words(self.table, nodes))

    def _text(self, rule: int, at: int) -> str:
        """A number by its value, so that 100 and 100.0 are one; anything else by its text."""
        node = self.table.rules[rule].outputs[at].node
        value = self.outcomes.judge.value(node) if self.outcomes.judge.constant(node) else None
        return plain_number(value.normalize()) if isinstance(value, Decimal) else write(node)

    def _default(self) -> Answer:
        given = [output.default for output in self.table.outputs]
        if all(default is None for default in given):
            return Answer("", NOTHING)
        key = ", ".join(
            f"{output_name(self.table, at)}: {write(d.node) if d else 'null'}" for at, d in enumerate(given)
        )
        nodes = [default.node for default in given if default is not None]
        words = (
            results_words(self.table, nodes)
            if len(nodes) == len(given)
            else Words("给出缺省结果", "the default was given")
        )
        return Answer(key, words)

    def _aggregated(self, hits: Sequence[int]) -> Answer:
        judge = self.outcomes.judge
        nodes = [self.table.rules[rule].outputs[0].node for rule in hits]
        values = [judge.value(node) for node in nodes if judge.constant(node)]
        numbers = [value for value in values if isinstance(value, Decimal)]
        name = output_name(self.table, 0)
        if self.table.aggregation == "COUNT":
            total = Decimal(len(hits))
        elif len(numbers) < len(hits):
            texts = sorted(write(node) for node in nodes)
            listed = ", ".join(texts)
            words = Words(f"{name}由 {listed} 汇总", f"{name} is made of {listed}")
            return Answer(f"{self.table.aggregation} {listed}", words)
        elif self.table.aggregation == "SUM":
            total = _added(numbers)
        else:
            total = min(numbers) if self.table.aggregation == "MIN" else max(numbers)
        shown = plain_number(total.normalize())
        return Answer(f"{name}: {shown}", Words(glued(name, f"为 {shown}"), f"{name} is {shown}"))


def _added(numbers: Sequence[Decimal]) -> Decimal:
    total = Decimal(0)
    for number in numbers:
        total = ARITHMETIC.add(total, number)
    return total
