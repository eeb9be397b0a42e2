"""What the author of a new version changed in a table, rule by rule, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal as OneOf

from yiwang.rules.core.dmn.boxed import DecisionTable, Literal, Rule
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.wording import Words, expression_words, glued, joined, spaced, tests_words
from yiwang.rules.core.feel.writing import write
from yiwang.rules.core.proofs.cellchecks import reference_of
from yiwang.rules.core.proofs.dimensions import label
from yiwang.rules.core.proofs.evaluation import placeless

ANY = n.UnaryTests(0, (n.AnyTest(0),))


@dataclass(frozen=True, slots=True)
class Change:
    """`old` and `new` are the rule's numbers in the two versions, 0 where it is in none of them."""

    kind: OneOf["policy", "input", "output", "default", "added", "removed", "condition", "result", "reference"]
    old: int
    new: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Pairing:
    """Rules of both versions that are one rule, by index."""

    old: DecisionTable
    new: DecisionTable
    pairs: tuple[tuple[int, int], ...]

    @property
    def unchanged(self) -> frozenset[tuple[int, int]]:
        return frozenset(
            (one, other)
            for one, other in self.pairs
            if conditions(self.old, self.old.rules[one]) == conditions(self.new, self.new.rules[other])
            and _results(self.old, self.old.rules[one]) == _results(self.new, self.new.rules[other])
        )


def conditions(table: DecisionTable, rule: Rule) -> dict[str, n.UnaryTests]:
    """What a rule asks, by the expression of the input; cells that ask nothing are left out."""
    asked = {
        write(column.expression.node): placeless(cell.tests)
        for column, cell in zip(table.inputs, rule.inputs, strict=True)
    }
    return {text: tests for text, tests in asked.items() if tests != ANY}


def _results(table: DecisionTable, rule: Rule) -> dict[str, n.Node]:
    return {output_name(table, at): placeless(cell.node) for at, cell in enumerate(rule.outputs)}


def output_name(table: DecisionTable, at: int) -> str:
    return table.outputs[at].label or table.outputs[at].name or "结果"


def paired(old: DecisionTable, new: DecisionTable) -> Pairing:
    """Rules that kept their id are one rule; then those most alike, if at least half of what they say is the same."""
    ids = {rule.place.id: at for at, rule in enumerate(new.rules) if rule.place.id}
    pairs = {at: ids[rule.place.id] for at, rule in enumerate(old.rules) if rule.place.id in ids}
    taken = set(pairs.values())
    scored = sorted(
        (
            (-_alike(old, a, new, b), abs(one - other), one, other)
            for one, a in enumerate(old.rules)
            for other, b in enumerate(new.rules)
            if one not in pairs and other not in taken
        ),
    )
    for score, _, one, other in scored:
        if -score >= 0.5 and one not in pairs and other not in taken:
            pairs[one] = other
            taken.add(other)
    return Pairing(old, new, tuple(sorted(pairs.items())))


def _alike(old: DecisionTable, one: Rule, new: DecisionTable, other: Rule) -> float:
    a: dict[str, object] = {**conditions(old, one), **{f"→ {k}": v for k, v in _results(old, one).items()}}
    b: dict[str, object] = {**conditions(new, other), **{f"→ {k}": v for k, v in _results(new, other).items()}}
    names = a.keys() | b.keys()
    # A cell that is in both with another value is still nearer than one that is in one only.
    points = sum(1.0 if a.get(name) == b.get(name) else 0.4 if name in a and name in b else 0.0 for name in names)
    return points / len(names) if names else 1.0


def changes(pairing: Pairing) -> Iterator[Change]:
    """Everything that was changed, the table's own matters first, then by rule."""
    old, new = pairing.old, pairing.new
    yield from _of_table(old, new)
    kept = dict(pairing.pairs)
    for one, rule in enumerate(old.rules):
        if one in kept:
            yield from _of_rule(old, one, new, kept[one])
        else:
            said = rule_words(old, rule)
            yield Change("removed", one + 1, 0, f"删除规则 {one + 1}：{said.zh}", f"Rule {one + 1} removed: {said.en}")
    for other, rule in enumerate(new.rules):
        if other not in kept.values():
            said = rule_words(new, rule)
            yield Change(
                "added", 0, other + 1, f"新增规则 {other + 1}：{said.zh}", f"Rule {other + 1} added: {said.en}"
            )


def _of_table(old: DecisionTable, new: DecisionTable) -> Iterator[Change]:
    before, after = _policy(old), _policy(new)
    if before != after:
        yield Change(
            "policy", 0, 0, f"命中策略由 {before} 改为 {after}", f"The hit policy is {after} instead of {before}"
        )
    was = {write(column.expression.node): label(column) for column in old.inputs}
    now = {write(column.expression.node): label(column) for column in new.inputs}
    for name in [was[text] for text in was if text not in now]:
        yield Change("input", 0, 0, f"不再看“{name}”", f'The input "{name}" is no longer looked at')
    for name in [now[text] for text in now if text not in was]:
        yield Change("input", 0, 0, f"新增输入“{name}”", f'The input "{name}" is new')
    outputs = [output_name(old, at) for at in range(len(old.outputs))]
    results = [output_name(new, at) for at in range(len(new.outputs))]
    for name in [name for name in outputs if name not in results]:
        yield Change("output", 0, 0, f"不再给出“{name}”", f'The output "{name}" is no longer given')
    for name in [name for name in results if name not in outputs]:
        yield Change("output", 0, 0, f"新增输出“{name}”", f'The output "{name}" is new')
    for at, name in enumerate(results):
        if name in outputs:
            one, other = old.outputs[outputs.index(name)].default, new.outputs[at].default
            if _text(one) != _text(other):
                zh = f"没有规则成立时，“{name}”由{spaced(_said(one).zh)}改为{spaced(_said(other).zh)}"
                en = f'When no rule holds, "{name}" is {_said(other).en} instead of {_said(one).en}'
                yield Change("default", 0, 0, zh, en)


def _policy(table: DecisionTable) -> str:
    return table.policy.name + (f" {table.aggregation}" if table.aggregation else "")


def _text(literal: Literal | None) -> str:
    return "" if literal is None else write(literal.node)


def _said(literal: Literal | None) -> Words:
    return Words("没有结果", "nothing") if literal is None else expression_words(literal.node)


def _of_rule(old: DecisionTable, one: int, new: DecisionTable, other: int) -> Iterator[Change]:
    was, now = conditions(old, old.rules[one]), conditions(new, new.rules[other])
    head = Words(f"规则 {other + 1}", f"Rule {other + 1}")
    if one != other:
        head = Words(f"规则 {other + 1}（原规则 {one + 1}）", f"Rule {other + 1} (was rule {one + 1})")
    names = {write(column.expression.node): label(column) for column in (*old.inputs, *new.inputs)}
    for text, name in names.items():
        before, after = was.get(text, ANY), now.get(text, ANY)
        if before != after:
            a, b = tests_words(before), tests_words(after)
            zh = f"{head.zh}：“{name}”由“{a.zh}”改为“{b.zh}”"
            yield Change("condition", one + 1, other + 1, zh, f'{head.en}: "{name}" {b.en} instead of {a.en}')
    gave, gives = _results(old, old.rules[one]), _results(new, new.rules[other])
    for name in [name for name in gives if name in gave and gives[name] != gave[name]]:
        a, b = expression_words(gave[name]), expression_words(gives[name])
        zh = glued(f"{head.zh}：“{name}”由", spaced(a.zh), "改为", spaced(b.zh))
        yield Change("result", one + 1, other + 1, zh, f'{head.en}: "{name}" is {b.en} instead of {a.en}')
    before_law, after_law = reference_of(old, old.rules[one]), reference_of(new, new.rules[other])
    if before_law != after_law:
        zh = f"{head.zh}：依据由“{before_law or '空'}”改为“{after_law or '空'}”"
        en = f'{head.en}: it rests on "{after_law or "nothing"}" instead of "{before_law or "nothing"}"'
        yield Change("reference", one + 1, other + 1, zh, en)


def rule_words(table: DecisionTable, rule: Rule) -> Words:
    """A rule in one sentence: 年龄大于等于 80、户籍为“本地”时，津贴为 300."""
    asked = []
    for column, cell in zip(table.inputs, rule.inputs, strict=True):
        if placeless(cell.tests) != ANY:
            said = tests_words(cell.tests)
            asked.append(Words(glued(label(column), said.zh), f"{label(column)} {said.en}"))
    given = results_words(table, [cell.node for cell in rule.outputs])
    if not asked:
        return Words(f"任何情况下，{given.zh}", f"whatever comes, {given.en}")
    when = joined(asked, "、", " and ")
    return Words(glued(when.zh, f"时，{given.zh}"), f"when {when.en}, {given.en}")


def results_words(table: DecisionTable, results: Sequence[n.Node]) -> Words:
    parts = []
    for at, node in enumerate(results):
        said, name = expression_words(node), output_name(table, at)
        parts.append(Words(glued(name, f"为{spaced(said.zh)}"), f"{name} is {said.en}"))
    return joined(parts, "、", ", ")
