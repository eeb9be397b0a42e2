"""What FEEL means: structures, loops, functions, types and ranges, as the standard has them (DMN 1.5, 10.3.2)."""

from __future__ import annotations

from typing import Any

import pytest

from yiwang.rules.core.feel.builtins.conversion import is_same
from yiwang.rules.core.feel.interpreter import Run, Scope, prepare, prepare_tests
from yiwang.rules.core.feel.parser import parse_expression, parse_tests
from yiwang.rules.core.feel.values import Date, DateTime, Time, Value
from yiwang.rules.errors import BudgetExceeded

NOW = DateTime(Date(2026, 11, 22), Time(10, 0, 0))


def value(text: str, scope: dict[str, Any] | None = None) -> Value:
    given = scope or {}
    return prepare(parse_expression(text, frozenset(given))).value(Scope(given), Run(NOW))


def holds(text: str, expected: str) -> bool:
    return bool(is_same(Run(NOW), value(text), value(expected)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 + 0.2", "0.3"),
        ("1 / 3 * 3 = 1", "false"),
        ("10 / 4", "2.5"),
        ("2 ** 3 ** 2", "64"),
        ("-2 ** 2", "4"),
        ('"foo" + "bar"', '"foobar"'),
        ('@"2026-01-31" + @"P1M"', '@"2026-02-28"'),
        ('@"2026-03-31" - @"2026-03-01"', '@"P30D"'),
        ('@"P1Y" / @"P3M"', "4"),
        ('@"PT1H" * 24', '@"P1D"'),
        ('@"2026-01-01" < @"2026-01-02"', "true"),
        ('"a" < "b"', "true"),
        ("2 between 1 and 3", "true"),
    ],
)
def test_operators_calculate_and_compare(text: str, expected: str) -> None:
    assert holds(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{a: 1, b: a + 1}.b", "2"),
        ("{a: {b: {c: 3}}}.a.b.c", "3"),
        ('{"key with blanks": 1}.key with blanks', "1"),
        ("[{a: 1}, {a: 2}].a", "[1, 2]"),
        ("[1, 2, 3][2]", "2"),
        ("[1, 2, 3][-1]", "3"),
        ("[1, 2, 3][item > 1]", "[2, 3]"),
        ("[{a: 1, b: 5}, {a: 2, b: 6}][a = 2].b", "[6]"),
        ("[[1, 2], [3]][1][2]", "2"),
        ("5[1]", "5"),
        ("5[item > 3]", "[5]"),
        ("[{item: 1}, {item: 2}][item = 2]", "[{item: 2}]"),
        ('@"2026-11-22".weekday', "7"),
        ('@"P1DT2H".hours', "2"),
        ("[1..5).end included", "false"),
        ("(< 5).end", "5"),
    ],
)
def test_paths_and_filters_find_their_parts(text: str, expected: str) -> None:
    assert holds(text, expected)


def test_a_filter_sees_the_members_of_an_item_before_outer_variables() -> None:
    assert holds("{a: 9, l: [{a: 1}, {a: 2}], r: l[a = 2]}.r", "[{a: 2}]")
    assert holds("{limit: 1, l: [{a: 1}, {a: 2}], r: l[a > limit]}.r", "[{a: 2}]")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("for i in [1, 2] return i * 10", "[10, 20]"),
        ("for i in 3..1 return i", "[3, 2, 1]"),
        ("for i in [1..4) return i", "[1, 2, 3]"),
        ("for i in 1..2, j in i..2 return [i, j]", "[[1, 1], [1, 2], [2, 2]]"),
        ("for i in 0..5 return if i < 2 then 1 else partial[-1] + partial[-2]", "[1, 1, 2, 3, 5, 8]"),
        ("for i in 1..3 return count(partial)", "[0, 1, 2]"),
        ("for i in 5 return i", "[5]"),
        ("some x in [1, 2] satisfies x > 1", "true"),
        ("every x in [1, 2], y in [3, 4] satisfies x < y", "true"),
        ("every x in [1, 2] satisfies x > 1", "false"),
    ],
)
def test_loops_and_quantifiers_run_over_lists_and_ranges(text: str, expected: str) -> None:
    assert holds(text, expected)


def test_what_a_loop_keeps_of_partial_does_not_grow_afterwards() -> None:
    assert holds("for i in 1..3 return partial", "[[], [[]], [[], [[]]]]")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(function(a, b) a - b)(5, 3)", "2"),
        ("(function(a, b) a - b)(b: 5, a: 3)", "-2"),
        ("{f: function(n) if n = 0 then 1 else n * f(n - 1), r: f(20)}.r", "2432902008176640000"),
        ("{x: 1, f: function(y) x + y, r: {x: 100, r: f(1)}.r}.r", "2"),
        ("{twice: function(f, x) f(f(x)), r: twice(function(n) n * 3, 2)}.r", "18"),
        ("(function(a: list<number>) count(a))(7)", "1"),
        ("(function(a: number) a)([7])", "7"),
        ('(function(a: date and time) a.hour)(@"2026-01-01")', "0"),
        ("{f: sum, r: f([1, 2])}.r", "3"),
        ('substring(start position: 2, string: "abc")', '"bc"'),
        ("sort(list: [2, 1], precedes: function(x, y) x < y)", "[1, 2]"),
        ("{sum: function(x) 7, r: sum(1)}.r", "7"),
    ],
)
def test_functions_are_called_by_position_and_by_name(text: str, expected: str) -> None:
    assert holds(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 instance of number", "true"),
        ('"1" instance of number', "false"),
        ("[1, 2] instance of list<number>", "true"),
        ('[1, "a"] instance of list<number>', "false"),
        ("{a: 1, b: 2} instance of context<a: number>", "true"),
        ("[1..2] instance of range<number>", "true"),
        ("sum instance of function<list<number>> -> number", "true"),
        ("(function(a: number) a) instance of function<string> -> Any", "false"),
        ('@"P1D" instance of days and time duration', "true"),
        ('@"P1D" instance of years and months duration', "false"),
        ("1 instance of Any", "true"),
    ],
)
def test_instance_of_asks_for_the_type_of_a_value(text: str, expected: str) -> None:
    assert holds(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 in [1..5]", "true"),
        ("5 in [1..5)", "false"),
        ("1 in ]1..5]", "false"),
        ("5 in (> 3)", "true"),
        ("5 in (< 3, [4..6])", "true"),
        ("5 in [1, 5]", "true"),
        ("5 in ([1..2], 5)", "true"),
        ("[1..5] in [[1..5], 7]", "true"),
        ('"b" in ["a".."c"]', "true"),
        ("5 in (!= 5)", "false"),
        ("(< 5) = (< 5)", "true"),
        ("[5..1]", "null"),
    ],
)
def test_ranges_hold_what_lies_between_their_ends(text: str, expected: str) -> None:
    assert holds(text, expected)


def test_a_variable_is_given_by_its_name_with_blanks() -> None:
    assert value("monthly income * 2", {"monthly income": value("600")}) == value("1200")


def test_a_cell_sees_its_input_as_a_question_mark_and_the_variables() -> None:
    tests = prepare_tests(parse_tests("? > limit and ? < 10"))
    scope = Scope({"limit": value("3")})
    assert [tests.passes(value(each), scope, Run(NOW)) for each in ("2", "5", "11", "null")] == [
        False,
        True,
        False,
        None,
    ]


def test_null_comes_with_its_reason_and_place_in_both_languages() -> None:
    run = Run(NOW)
    assert prepare(parse_expression('1 + "a"')).value(Scope({}), run) is None
    assert run.notes[0].at == 2
    assert "number" in run.notes[0].en and "number" in run.notes[0].zh


def test_a_prepared_expression_is_used_again_with_other_variables() -> None:
    expression = prepare(parse_expression("x + 1"))
    assert [expression.value(Scope({"x": value(each)}), Run(NOW)) for each in ("1", "2")] == [value("2"), value("3")]


def test_now_is_the_moment_of_the_run_and_not_of_the_machine() -> None:
    assert holds("today()", '@"2026-11-22"') and holds("now()", '@"2026-11-22T10:00:00"')


def test_recursion_without_end_is_stopped_and_gives_no_answer() -> None:
    with pytest.raises(BudgetExceeded) as caught:
        value("{f: function(n) f(n + 1), r: f(0)}.r")
    assert caught.value.zh and caught.value.hint_en


def test_a_run_with_fewer_steps_stops_earlier() -> None:
    expression = prepare(parse_expression("for i in 1..1000 return i"))
    with pytest.raises(BudgetExceeded):
        expression.value(Scope({}), Run(NOW, steps=100))
