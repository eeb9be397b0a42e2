"""Every hit policy over a population: what each row comes to, and how violations are found."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from tableworld import Residents, literal, model, residents, table

from yiwang.rules.adapters import duck
from yiwang.rules.core.plan.refusal import PlanRefused

AGES = pa.array([5, 17, 18, 65, None], pa.int16())


@pytest.fixture
def town(tmp_path: Path) -> Residents:
    return residents(tmp_path, age=AGES, income=pa.array([Decimal("100.50")] * 4 + [None], pa.decimal128(12, 2)))


def test_unique_gives_the_one_rule_and_null_where_two_match(town: Residents) -> None:
    plan = town.plan(model(["age"], d=table(["age"], ['< 18 | "child"', '>= 17 | "adult"'])))
    assert town.results(plan, "d") == ["child", None, "adult", "adult", None]
    (count,) = duck.counts(plan, town.relation)
    assert (count.hits, count.violated, count.none) == (3, 1, 1)


def test_violations_stand_in_the_hit_list_with_the_rules_that_clash(town: Residents) -> None:
    plan = town.plan(model(["age"], d=table(["age"], ['< 18 | "child"', '>= 17 | "adult"'])))
    reasons = duck.hits(plan, town.relation, town.folder / "h.parquet")
    violated = [hit for hit in town.hits(plan) if hit["violated"]]
    assert [(hit["subject"], hit["result"]) for hit in violated] == [(1, None)]
    assert reasons[violated[0]["reason"]].rules == (1, 2)


def test_first_takes_the_first_rule_in_order(town: Residents) -> None:
    plan = town.plan(model(["age"], d=table(["age"], ['> 60 | "old"', '- | "any"'], "FIRST")))
    assert town.results(plan, "d") == ["any", "any", "any", "old", "any"]


def test_any_gives_null_where_rules_disagree(town: Residents) -> None:
    plan = town.plan(model(["age"], d=table(["age"], ["< 18 | 1", "< 10 | 1", "> 16 | 2"], "ANY")))
    assert town.results(plan, "d") == [1, None, 2, 2, None]


def test_any_over_computed_results_is_refused_and_not_guessed(town: Residents) -> None:
    plan = town.plan(model(["age", "income"], d=table(["age"], ["< 18 | income", "< 10 | income + 0"], "ANY")))
    with pytest.raises(PlanRefused, match="compute their results"):
        town.results(plan, "d")


def test_priority_follows_the_order_of_the_output_values(town: Residents) -> None:
    rules = ['>= 0 | "low"', '> 60 | "high"', '> 17 | "middle"']
    plan = town.plan(model(["age"], d=table(["age"], rules, "PRIORITY", values='"high", "middle", "low"')))
    assert town.results(plan, "d") == ["low", "low", "middle", "high", None]


@pytest.mark.parametrize(
    ("aggregation", "expected"),
    [
        ("SUM", [Decimal("110.50"), Decimal("110.50"), 10, 17, None]),
        ("MIN", [10, 10, 10, 7, None]),
        ("MAX", [Decimal("100.50"), Decimal("100.50"), 10, 10, None]),
        ("COUNT", [2, 2, 1, 2, 0]),
    ],
)
def test_collect_sums_counts_and_takes_extremes(town: Residents, aggregation: str, expected: list[object]) -> None:
    rules = [">= 0 | 10", "> 60 | 7", "< 18 | income"]
    plan = town.plan(model(["age", "income"], d=table(["age"], rules, "COLLECT", aggregation=aggregation)))
    assert town.results(plan, "d") == expected


def test_a_null_among_the_summed_outputs_gives_null(town: Residents) -> None:
    plan = town.plan(model(["age"], d=table(["age"], ["- | 1", "> 60 | null"], "COLLECT", aggregation="SUM")))
    assert town.results(plan, "d") == [1, 1, 1, None, 1]


@pytest.mark.parametrize(
    ("policy", "expected"), [("RULE ORDER", [2, 1]), ("OUTPUT ORDER", [1, 2]), ("COLLECT", [2, 1])]
)
def test_several_results_are_several_hits_in_their_order(town: Residents, policy: str, expected: list[int]) -> None:
    plan = town.plan(model(["age"], d=table(["age"], ["> 60 | 2", "> 18 | 1"], policy, values="1, 2")))
    with duck.Taking(plan, town.relation) as taking:
        taking.counts()
        profiles = taking.profiles(plan.taken[0])
    outcome = next(one.outcome for one in profiles if len(one.outcome.listed) == 2)
    assert [row[0].value for row in outcome.listed] == expected
    assert sorted(hit["amount"] for hit in town.hits(plan)) == [1, 2]
    with pytest.raises(PlanRefused):
        town.results(plan, "d")


def test_the_default_stands_where_no_rule_matches(town: Residents) -> None:
    plan = town.plan(model(["age"], d=table(["age"], ['> 60 | "old"'], default='"not old"')))
    assert town.results(plan, "d") == ["not old", "not old", "not old", "old", "not old"]


def test_a_decision_may_rest_on_another_table_and_on_an_expression(town: Residents) -> None:
    decisions = model(
        ["age", "income"],
        grade=table(["age"], ["< 18 | 1", ">= 18 | 2"]),
        half=literal("income / 2"),
        paid=table(["grade", "half"], ["1 | > 50 | half + grade", "2 | - | grade * 100"]),
    )
    plan = town.plan(decisions)
    assert len(plan.stages) == 2
    assert town.results(plan, "paid") == [Decimal("51.250"), Decimal("51.250"), 200, 200, None]


def test_a_table_of_more_rules_than_a_word_has_bits(tmp_path: Path) -> None:
    town = residents(tmp_path, n=pa.array(range(150), pa.int16()))
    rules = [f"{at} | {at * 2}" for at in range(140)]
    plan = town.plan(model(["n"], d=table(["n"], rules)))
    assert town.results(plan, "d") == [at * 2 if at < 140 else None for at in range(150)]
