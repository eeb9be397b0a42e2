"""Two versions of a table, told in words: what was changed, and for whom something else comes out."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given, settings
from prooftables import case
from test_proofs_brute import SPACES, hits, tables

from yiwang.rules.core.dmn.boxed import DecisionTable
from yiwang.rules.core.feel.values import Date
from yiwang.rules.core.proofs.difference import Difference, difference
from yiwang.rules.core.proofs.evaluation import Judge
from yiwang.rules.core.proofs.outcomes import Outcomes
from yiwang.rules.core.proofs.results import Answers

BASE: dict[str, Any] = {
    "name": "补助",
    "inputs": {"收入": "number >= 0", "户籍": 'string "本地", "外地" null'},
    "outputs": {"补助": "number"},
    "rules": ['< 900 | "本地" | 300', '< 900 | "外地" | 100'],
}


def told(*, base: dict[str, Any] | None = None, **changed: Any) -> Difference:
    old, new = case(base or BASE), case({**(base or BASE), **changed})
    return difference(old.table, new.table, {**old.domains, **new.domains})


def test_a_moved_threshold_names_the_cell_and_who_gains() -> None:
    found = told(rules=['< 1000 | "本地" | 300', '< 900 | "外地" | 100'])
    assert [change.zh for change in found.changes] == ["规则 1：“收入”由“小于 900”改为“小于 1000”"]
    assert [change.en for change in found.changes] == ['Rule 1: "收入" less than 1000 instead of less than 900']
    assert [effect.zh for effect in found.effects] == [
        "收入大于等于 900 且小于 1000（如 900）、户籍为“本地”：原来没有结果，现在补助为 300"
    ]
    assert found.whole


def test_a_changed_amount_is_told_for_all_who_get_it() -> None:
    found = told(rules=['< 900 | "本地" | 350', '< 900 | "外地" | 100'])
    assert [change.zh for change in found.changes] == ["规则 1：“补助”由 300 改为 350"]
    assert [effect.zh for effect in found.effects] == [
        "收入小于 900（如 0）、户籍为“本地”：原来补助为 300，现在补助为 350"
    ]


def test_an_added_and_a_removed_rule_are_told_whole() -> None:
    found = told(rules=['< 900 | "本地" | 300', ">= 5000 | null | 7"])
    assert [change.zh for change in found.changes] == [
        "删除规则 2：收入小于 900、户籍为“外地”时，补助为 100",
        "新增规则 2：收入大于等于 5000、户籍为空时，补助为 7",
    ]
    assert {effect.zh for effect in found.effects} == {
        "收入小于 900（如 0）、户籍为“外地”：原来补助为 100，现在没有结果",
        "收入大于等于 5000（如 5000）、户籍为空：原来没有结果，现在补助为 7",
    }


def test_another_order_of_the_same_rules_changes_nothing_where_only_one_may_hold() -> None:
    found = told(rules=list(reversed(BASE["rules"])), articles={"1": "第2条", "2": "第1条"})
    assert found.changes == ()
    assert found.effects == ()


def test_another_order_counts_where_the_first_wins() -> None:
    base = {**BASE, "policy": "F", "rules": ["< 900 | - | 300", "< 1500 | - | 100"]}
    found = told(base=base, rules=["< 1500 | - | 100", "< 900 | - | 300"])
    assert [effect.zh for effect in found.effects] == ["收入小于 900（如 0）：原来补助为 300，现在补助为 100"]


def test_a_default_and_a_policy_are_changes_of_the_table() -> None:
    found = told(policy="F", default="0")
    assert [change.zh for change in found.changes] == [
        "命中策略由 UNIQUE 改为 FIRST",
        "没有规则成立时，“补助”由没有结果改为 0",
    ]
    assert all("原来没有结果，现在补助为 0" in effect.zh for effect in found.effects)
    assert {effect.witness[1][1] for effect in found.effects} >= {None}


def test_a_new_input_is_told_with_its_effect() -> None:
    found = told(
        inputs={**BASE["inputs"], "残疾": "boolean"}, rules=['< 900 | "本地" | - | 300', '< 900 | "外地" | true | 100']
    )
    assert [change.kind for change in found.changes] == ["input", "condition"]
    assert found.changes[1].zh == "规则 2：“残疾”由“不限”改为“为是”"
    assert [effect.zh for effect in found.effects] == [
        "收入小于 900（如 0）、户籍为“外地”、残疾为否：原来补助为 100，现在没有结果"
    ]


def test_a_law_that_is_named_otherwise_is_a_change_without_effect() -> None:
    found = told(articles={"2": "第九条"})
    assert [change.zh for change in found.changes] == ["规则 2：依据由“第2条”改为“第九条”"]
    assert found.effects == ()


def test_a_sum_changes_only_where_its_parts_do() -> None:
    base = {**BASE, "policy": "C sum", "rules": ["< 900 | - | 300", '- | "本地" | 50']}
    found = told(base=base, rules=["< 900 | - | 300", '- | "本地" | 60'])
    assert {effect.zh for effect in found.effects} == {
        "收入小于 900（如 0）、户籍为“本地”：原来补助为 350，现在补助为 360",
        "收入大于等于 900（如 900）、户籍为“本地”：原来补助为 50，现在补助为 60",
    }


def test_what_is_too_much_work_is_said() -> None:
    old, new = case(BASE), case({**BASE, "policy": "F"})
    found = difference(old.table, new.table, old.domains, budget=5)
    assert not found.whole
    assert found.reason.zh and found.reason.en


def answers(table: DecisionTable) -> dict[tuple[Any, ...], str]:
    said = Answers(table, Outcomes(table, Judge({}, Date(2000, 1, 1))))
    names = sorted(SPACES)
    full = {}
    for row, rules in hits(table):
        others = [SPACES[name][1] if name not in row else [row[name]] for name in names]
        for values in product(*others):
            full[values] = said.of([rule - 1 for rule in sorted(rules)]).key
    return full


@settings(max_examples=60, deadline=None, derandomize=True)
@given(tables(), tables())
def test_an_effect_is_told_exactly_when_some_point_has_another_answer(one: DecisionTable, other: DecisionTable) -> None:
    found = difference(one, other, {name: domain for name, (domain, _) in SPACES.items()})
    before, after = answers(one), answers(other)
    assert bool(found.effects) is any(before[point] != after[point] for point in before)
