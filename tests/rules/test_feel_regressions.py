"""What broke FEEL once, found by mutated texts: each with the way it ended then."""

from __future__ import annotations

from decimal import Decimal

import pytest

from yiwang.rules.core.feel.interpreter import Run, Scope, prepare
from yiwang.rules.core.feel.parser import parse_expression
from yiwang.rules.core.feel.values import Date, DateTime, Time, Value
from yiwang.rules.errors import BudgetExceeded, FeelSyntaxError

NOW = DateTime(Date(2026, 11, 22), Time(10, 0, 0))
# Lists that hold one list twice, forty levels deep: small in memory, endless to walk.
SHARED = "{l: for i in 1..40 return if i = 1 then [{a: 1}] else [partial[-1], partial[-1]], big: l[-1], r: %}.r"


def value(text: str) -> Value:
    return prepare(parse_expression(text)).value(Scope({}), Run(NOW))


@pytest.mark.parametrize(
    "text", ["(" * 300 + "1", "[" * 300, "{a:" * 300, "not(" * 300, "function(x) " * 300 + "1", "1" + "+1" * 300]
)
def test_nesting_deeper_than_the_stack_is_refused_not_a_recursion_error(text: str) -> None:
    with pytest.raises(FeelSyntaxError, match="deep"):
        parse_expression(text)


def test_a_long_chain_of_else_if_is_no_nesting() -> None:
    chain = "".join(f"if 7 = {number} then {number} else " for number in range(100))
    assert value(chain + "null") == Decimal(7)


def test_a_range_that_ends_in_a_text_that_is_no_date_ends_in_null_and_does_not_crash() -> None:
    assert value('[@"2026-01-01"..@"26-12-31"].end') is None
    assert value('@"2026-01-01" in [@"2026-01-01"..@"26-12-31"]') is None


def test_filters_within_filters_evaluate_their_condition_once() -> None:
    nested = "[1]" + "[[1]" * 40 + "[1]" + "]" * 40
    assert prepare(parse_expression(nested)).value(Scope({}), Run(NOW, steps=5_000)) in (
        [],
        [Decimal(1)],
        Decimal(1),
        None,
    )


@pytest.mark.parametrize(
    "question",
    [
        "big = big", "big != big", "big in l", "big in (big, 1)", "big.a.a", "big instance of list<list<number>>", "is(big, big)",
        "string(big)", "flatten(big)", "distinct values(big)", "list contains(l, big)", "big in (= big)", "(= big) = (= big)",
    ],
)  # fmt: skip
def test_a_list_that_holds_itself_many_times_is_paid_for(question: str) -> None:
    with pytest.raises(BudgetExceeded):
        value(SHARED.replace("%", question))


def test_equals_ranges_within_one_another_are_looked_at_once() -> None:
    nested = "(" * 45 + "= " + "3" + ")" * 45
    deep = nested.replace("((", "(= (", 44)
    assert value(f"{deep} = {deep}") is True


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1..1e30 return i",
        "for i in 1..100000 return i ** 0.5",
        "for i in 1..100000 return exp(i) + log(i)",
        "{f: function(n) if n = 0 then 1 else f(n - 1) + f(n - 1), r: f(40)}.r",
        "{f: function(n) f(n + 1), r: f(0)}.r",
        "distinct values(for i in 1..20000 return @\"00:00:00\" + @\"PT1S\" * i)",
        "{l: for i in 1..9000 return i, r: for i in 1..9000 return stddev(l)}.r",
        "{l: for i in 1..9000 return {a: i}, r: for i in 1..9000 return l.a}.r",
        "for i in 1..60 return if i = 1 then \"a\" else partial[-1] + partial[-1]",
    ],
)  # fmt: skip
def test_work_without_end_is_stopped_by_its_budget(text: str) -> None:
    with pytest.raises(BudgetExceeded):
        value(text)


def test_distinct_values_of_many_lists_and_contexts_are_found_within_the_budget() -> None:
    assert value("count(distinct values(for i in 1..9000 return [modulo(i, 100), null]))") == Decimal(100)
    assert value("count(distinct values(for i in 1..9000 return {a: modulo(i, 100)}))") == Decimal(100)


def test_lists_with_the_same_items_of_other_types_are_distinct() -> None:
    assert value('count(distinct values([[1], ["1"], [true], [null], [[1]], 1]))') == Decimal(6)


def test_a_loop_over_dates_runs_down_as_well_as_up() -> None:
    assert value('for d in @"2026-03-01"..@"2026-02-27" return d.day') == [Decimal(1), Decimal(28), Decimal(27)]


@pytest.mark.parametrize(
    "text",
    [
        "f(" + ", ".join(f"p{n}: 1" for n in range(9000)) + ")",
        "function(" + ", ".join(f"p{n}" for n in range(9000)) + ") 1",
    ],
)
def test_thousands_of_parameters_are_read(text: str) -> None:
    assert parse_expression(text) is not None


def test_a_loop_between_numbers_that_have_no_next_one_is_null() -> None:
    assert value("for i in -1e6144..1 return count(partial)") is None
    assert value("for i in 1e30..1e30 + 1 return i - 1e30") == [Decimal(0), Decimal(1)]
