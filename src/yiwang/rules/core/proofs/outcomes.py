"""What the rules of a table give: whether two give the same, which comes first, and whether they may give it at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from yiwang.rules.core.dmn.boxed import DecisionTable
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.comparing import equal, kind
from yiwang.rules.core.feel.values import Value
from yiwang.rules.core.feel.wording import spaced, value_words
from yiwang.rules.core.proofs.dimensions import BASIC
from yiwang.rules.core.proofs.evaluation import Judge, placeless
from yiwang.rules.core.proofs.findings import Finding

KINDS = {
    "boolean": "是否", "number": "数字", "string": "文字", "date": "日期", "time": "时刻", "date and time": "日期时间",
    "years and months duration": "年月时长", "days and time duration": "天时时长", "list": "列表", "context": "结构", "range": "范围",
    "function": "函数",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcomes:
    table: DecisionTable
    judge: Judge

    def same(self, one: int, other: int) -> bool | None:
        """Whether two rules give the same; None where that depends on the row."""
        answer: bool | None = True
        for left, right in zip(self.table.rules[one].outputs, self.table.rules[other].outputs, strict=True):
            alike = self._alike(left.node, right.node)
            if alike is False:
                return False
            answer = answer and alike
        return answer

    def _alike(self, left: n.Node, right: n.Node) -> bool | None:
        if placeless(left) == placeless(right):
            return True
        if self.judge.constant(left) and self.judge.constant(right):
            return equal(self.judge.value(left), self.judge.value(right)) is True
        return None

    def priority(self, number: int) -> tuple[int, ...] | None:
        """The rank of a rule under P, smaller first; None where an output is no constant of its list."""
        ranks: list[int] = []
        for output, cell in zip(self.table.outputs, self.table.rules[number].outputs, strict=True):
            if output.values is None:
                continue
            rank = self._rank(output.values, cell.node)
            if rank is None:
                return None
            ranks.append(rank)
        return tuple(ranks) if ranks else None

    def _rank(self, values: n.UnaryTests, node: n.Node) -> int | None:
        if not self.judge.constant(node):
            return None
        value = self.judge.value(node)
        for rank, test in enumerate(values.tests):
            if self.judge.passes(n.UnaryTests(0, (test,)), value) is True:
                return rank
        return None

    def findings(self) -> Iterator[Finding]:
        """Results of a type or with a value the output may not have."""
        for number, rule in enumerate(self.table.rules, 1):
            for output, cell in zip(self.table.outputs, rule.outputs, strict=True):
                if not self.judge.constant(cell.node):
                    continue
                value = self.judge.value(cell.node)
                name = output.label or output.name or "结果"
                shown = value_words(value)
                if output.values is not None and self.judge.passes(output.values, value) is not True:
                    zh = f"规则 {number} 的“{name}”给出{spaced(shown.zh)}，不在该输出可取的值之内"
                    en = f'Rule {number} gives {shown.en} as "{name}", which is none of the values that output may have'
                    yield Finding("output", "error", (number,), (), zh, en)
                elif value is not None and output.type in BASIC and kind(value) != output.type:
                    yield _wrong_type(number, name, output.type or "", value)


def _wrong_type(number: int, name: str, wanted: str, value: Value) -> Finding:
    shown = value_words(value)
    zh = f"规则 {number} 的“{name}”给出{KINDS[kind(value)]}{spaced(shown.zh)}，该输出应为{KINDS[wanted]}"
    en = f'Rule {number} gives the {kind(value)} {shown.en} as "{name}", which is to be a {wanted}'
    return Finding("output", "error", (number,), (), zh, en)
