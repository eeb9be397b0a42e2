"""Hit policies, each checked strictly: what hits, what comes out, and what is a violation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from dmnfiles import NOON, decision, model, number_input, table, take

from yiwang.rules.core.dmn.evaluating import PreparedModel
from yiwang.rules.core.dmn.tracing import TracedRun
from yiwang.rules.core.feel.running import Run


def result(x: Any, rules: list[str], policy: str, outputs: list[str] | None = None, run: Run | None = None) -> Any:
    """A table over the one input x."""
    logic = table(["x"], outputs or [""], rules, policy)
    return take("A", number_input("x", "Any"), decision("A", logic, inputs="x"), run=run, x=x)


def note(run: Run) -> str:
    return run.notes[-1].en


UNIQUE, ANY, FIRST, RULES = (f'hitPolicy="{one}"' for one in ("UNIQUE", "ANY", "FIRST", "RULE ORDER"))
PRIORITY, OUTPUTS, COLLECT = (f'hitPolicy="{one}"' for one in ("PRIORITY", "OUTPUT ORDER", "COLLECT"))
BANDS = ['< 10 | "low"', '>= 10 | "high"', '20 | "twenty"']


def test_unique_gives_the_one_hit() -> None:
    assert result(5, BANDS, UNIQUE) == "low"


def test_unique_with_two_hits_is_null_and_names_the_rules() -> None:
    run = Run(NOON)
    assert result(20, BANDS, UNIQUE, run=run) is None
    assert note(run) == "The hit policy UNIQUE is violated: rules 2, 3 match, yet only one may match."


def test_unique_is_the_policy_of_a_table_that_names_none() -> None:
    assert result(20, BANDS, "") is None


def test_any_gives_what_all_hits_agree_on() -> None:
    assert result(20, ['> 1 | "yes"', '> 2 | "yes"'], ANY) == "yes"


def test_any_with_hits_that_differ_is_null() -> None:
    run = Run(NOON)
    assert result(20, ['> 1 | "yes"', '> 2 | "no"'], ANY, run=run) is None
    assert "rules 1, 2" in note(run)


def test_any_takes_two_nulls_for_agreement() -> None:
    run = Run(NOON)
    assert result(20, ["> 1 | null", "> 2 | null"], ANY, run=run) is None
    assert run.notes == []


def test_first_gives_the_topmost_hit() -> None:
    assert result(20, BANDS, FIRST) == "high"


def test_rule_order_lists_hits_as_the_rules_stand() -> None:
    assert result(20, BANDS, RULES) == ["high", "twenty"]


def test_priority_gives_the_hit_whose_output_is_listed_first() -> None:
    rules = ['> 1 | "Approve"', '> 2 | "Decline"', '> 3 | "Refer"']
    assert result(20, rules, PRIORITY, ['|"Decline", "Refer", "Approve"']) == "Decline"


def test_output_order_lists_hits_by_priority() -> None:
    rules = ['> 1 | "Approve"', '> 2 | "Decline"', '> 3 | "Refer"']
    assert result(20, rules, OUTPUTS, ['|"Decline", "Refer", "Approve"']) == ["Decline", "Refer", "Approve"]


def test_priority_of_several_outputs_goes_from_left_to_right() -> None:
    rules = ['> 1 | "B" | "p"', '> 2 | "A" | "q"', '> 3 | "A" | "p"']
    assert result(20, rules, PRIORITY, ['one | "A", "B"', 'two | "p", "q"']) == {"one": "A", "two": "p"}


def test_priority_may_come_from_the_allowed_values_of_the_type() -> None:
    kind = '<itemDefinition name="tWord"><typeRef>string</typeRef><allowedValues><text>"no","yes"</text></allowedValues></itemDefinition>'
    logic = table(["x"], [""], ['> 1 | "yes"', '> 2 | "no"'], PRIORITY)
    assert take("A", kind, number_input("x"), decision("A", logic, inputs="x", type_="tWord"), x=5) == "no"


def test_collect_lists_every_hit() -> None:
    assert result(20, BANDS, COLLECT) == ["high", "twenty"]


@pytest.mark.parametrize(
    ("aggregation", "expected"),
    [("SUM", Decimal("35.5")), ("MIN", Decimal(5)), ("MAX", Decimal("20.5")), ("COUNT", Decimal(4))],
)
def test_collect_aggregates_all_hits_equal_ones_too(aggregation: str, expected: Decimal) -> None:
    rules = ["> 1 | 20.5", "> 2 | 5", "> 3 | 5", "> 4 | 5", "> 100 | 7"]
    assert result(20, rules, f'{COLLECT} aggregation="{aggregation}"') == expected


def test_collect_finds_the_least_and_greatest_of_dates_and_words() -> None:
    dates = ['> 1 | date("2026-03-01")', '> 2 | date("2025-12-31")']
    assert str(result(20, dates, f'{COLLECT} aggregation="MIN"').year) == "2025"
    assert result(20, ['> 1 | "a"', '> 2 | "b"'], f'{COLLECT} aggregation="MAX"') == "b"


@pytest.mark.parametrize("aggregation", ["SUM", "MIN", "MAX"])
def test_aggregating_a_null_is_null_with_the_reason(aggregation: str) -> None:
    run = Run(NOON)
    assert result(20, ["> 1 | 5", "> 2 | null"], f'{COLLECT} aggregation="{aggregation}"', run=run) is None
    assert "null" in note(run)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (UNIQUE, None),
        (ANY, None),
        (FIRST, None),
        (RULES, []),
        (COLLECT, []),
        (f'{COLLECT} aggregation="COUNT"', Decimal(0)),
        (f'{COLLECT} aggregation="SUM"', None),
    ],
)
def test_without_a_hit_one_result_is_null_and_a_list_is_empty(policy: str, expected: Any) -> None:
    assert result(0, ["> 1 | 5"], policy) == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [(UNIQUE, Decimal(9)), (FIRST, Decimal(9)), (RULES, [Decimal(9)]), (f'{COLLECT} aggregation="SUM"', Decimal(9))],
)
def test_without_a_hit_the_default_output_stands(policy: str, expected: Any) -> None:
    assert result(0, ["> 1 | 5"], policy, ["| |9"]) == expected


def test_several_default_outputs_make_one_context() -> None:
    found = result(0, ["> 1 | 5 | 6"], FIRST, ["a | | 1", "b"])
    assert found == {"a": Decimal(1), "b": None}


def test_several_outputs_make_a_context_by_name() -> None:
    assert result(5, ["> 1 | 1 | 2"], UNIQUE, ["a", "b c"]) == {"a": Decimal(1), "b c": Decimal(2)}
    assert result(5, ["> 1 | 1 | 2"], COLLECT, ["a", "b c"]) == [{"a": Decimal(1), "b c": Decimal(2)}]


def test_an_output_outside_its_values_is_null_and_said() -> None:
    run = Run(NOON)
    assert result(5, ["> 1 | 3"], FIRST, ["|1, 2"], run=run) is None
    assert "rule 1 is not among the output values" in note(run)


def test_an_input_outside_its_values_is_null_and_said() -> None:
    run = Run(NOON)
    logic = table(['x | "a", "b"'], [""], ["- | 1"], FIRST)
    parts = (number_input("x", "string"), decision("A", logic, inputs="x"))
    assert take("A", *parts, run=run, x="c") is None
    assert "not among its allowed values" in note(run)
    assert take("A", *parts, x="a") == Decimal(1)


def test_an_input_that_is_null_goes_to_the_cells_whatever_the_input_values() -> None:
    logic = table(['x | "a", "b"'], [""], ['"a" | 1', "null | 2"], FIRST)
    assert take("A", number_input("x", "string"), decision("A", logic, inputs="x"), x=None) == Decimal(2)


def test_a_null_input_matches_no_comparison_and_is_let_through_by_a_dash() -> None:
    assert result(None, ["< 10 | 1", ">= 10 | 2", "not(5) | 3", "- | 4"], COLLECT) == [Decimal(3), Decimal(4)]


def test_cells_may_name_inputs_and_the_value_tested() -> None:
    logic = table(["x", "y"], [""], ["> y | - | 1", "- | ? + x = 10 | 2"], COLLECT)
    parts = (number_input("x"), number_input("y"), decision("A", logic, inputs="x y"))
    assert take("A", *parts, x=7, y=3) == [Decimal(1), Decimal(2)]


def test_a_table_without_inputs_hits_all_its_rules() -> None:
    assert take("A", decision("A", table([], [""], ["1"], FIRST))) == Decimal(1)


def test_columns_and_crosstabs_are_the_same_rules() -> None:
    for orientation in ("Rule-as-Row", "Rule-as-Column", "CrossTable"):
        assert result(5, BANDS, f'{UNIQUE} preferredOrientation="{orientation}"') == "low"


def test_a_trace_tells_inputs_hits_and_the_first_failing_cell_of_each_miss() -> None:
    logic = table(["x", "y"], [""], ["> 5 | > 5 | 1", "> 5 | < 5 | 2", "< 5 | - | 3", "- | > 0 | 4"], FIRST)
    run = TracedRun(NOON)
    prepared = PreparedModel(model(number_input("x"), number_input("y"), decision("A", logic, inputs="x y")))
    assert prepared.decide("A", {"x": Decimal(6), "y": Decimal(1)}, run) == Decimal(2)
    (taken,) = run.decisions
    assert (taken.name, dict(taken.inputs), taken.result) == ("A", {"x": Decimal(6), "y": Decimal(1)}, Decimal(2))
    (seen,) = taken.tables
    assert (seen.inputs, seen.hits, seen.misses) == ((Decimal(6), Decimal(1)), (1, 3), ((0, 1), (2, 0)))
