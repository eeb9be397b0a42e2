"""The string functions of FEEL, from the standard: DMN 1.5, table 74. Patterns have a file of their own."""

from __future__ import annotations

import pytest
from librarycases import assert_gives, assert_null, evaluated

from yiwang.rules.errors import BudgetExceeded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('substring("foobar", 3)', '"obar"'),
        ('substring("foobar", 3, 3)', '"oba"'),
        ('substring("foobar", -2, 1)', '"a"'),
        ('substring("foobar", -6)', '"foobar"'),
        ('substring("foobar", -6, 6)', '"foobar"'),
        ('substring("foobar", 6, 1)', '"r"'),
        ('substring("foobar", 3, null)', '"obar"'),
        ('substring("foobar", 3, 3.8)', '"oba"'),
        ('substring("\\U01F40Eab", 2)', '"ab"'),
        ('substring(string: "一网通办", start position: 3)', '"通办"'),
        ('substring(["foobar"], [3])', '"obar"'),
    ],
)
def test_a_part_is_cut_by_positions(text: str, expected: str) -> None:
    assert_gives(text, expected)


@pytest.mark.parametrize(
    "text",
    [
        'substring("foobar", 0)',
        'substring("foobar", 0.5)',
        'substring("foobar", 7)',
        'substring("foobar", -7)',
        'substring("", 1)',
        'substring("foobar", 3, 0)',
        'substring("foobar", 3, -1)',
        'substring("foobar", 3, 5)',
        'substring("foobar", -2, 3)',
        "substring(null, 1)",
        'substring("foobar", null)',
        'substring("foobar", "1")',
        'substring("foobar")',
        "substring(123, 1)",
    ],
)
def test_positions_outside_the_text_give_null(text: str) -> None:
    assert_null(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('string length("foo")', "3"),
        ('string length("")', "0"),
        ('string length("\\U01F40Eab")', "3"),
        ('upper case("aBc4")', '"ABC4"'),
        ('lower case("aBc4")', '"abc4"'),
        ('upper case("é一")', '"É一"'),
        ('substring before("foobar", "bar")', '"foo"'),
        ('substring before("foobar", "xyz")', '""'),
        ('substring before("foobar", "o")', '"f"'),
        ('substring before("foobar", "")', '""'),
        ('substring after("foobar", "ob")', '"ar"'),
        ('substring after("", "a")', '""'),
        ('substring after("foobar", "o")', '"obar"'),
        ('substring after("foobar", "")', '"foobar"'),
        ('contains("foobar", "of")', "false"),
        ('contains("foobar", "ob")', "true"),
        ('contains("foobar", "")', "true"),
        ('starts with("foobar", "fo")', "true"),
        ('starts with("foobar", "of")', "false"),
        ('ends with("foobar", "r")', "true"),
        ('ends with("foobar", "a")', "false"),
    ],
)
def test_texts_are_searched_and_changed(text: str, expected: str) -> None:
    assert_gives(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('string join(["a", "b", "c"], "_and_")', '"a_and_b_and_c"'),
        ('string join(["a", "b", "c"], "")', '"abc"'),
        ('string join(["a", "b", "c"], null)', '"abc"'),
        ('string join(["a"], "X")', '"a"'),
        ('string join(["a", null, "c"], "X")', '"aXc"'),
        ('string join([], "X")', '""'),
        ('string join(["a", null, "c"])', '"ac"'),
        ("string join([])", '""'),
        ('string join("a", "X")', '"a"'),
        ('string join([null, null], "X")', '""'),
    ],
)
def test_texts_are_joined_and_nulls_passed_over(text: str, expected: str) -> None:
    assert_gives(text, expected)


@pytest.mark.parametrize(
    "text",
    [
        'string join(["a", 1], "X")',
        'string join(null, "X")',
        'string join(["a"], 1)',
        "string length(null)",
        "string length(1)",
        "upper case(null)",
        "lower case(true)",
        'substring before(null, "a")',
        'substring after("a", null)',
        'contains(null, "a")',
        'contains("a", null)',
        'starts with("a", 1)',
        'ends with(null, "a")',
        'contains("a")',
    ],
)
def test_what_is_no_text_gives_null(text: str) -> None:
    assert_null(text)


def test_a_text_too_large_to_build_is_stopped_by_the_budget() -> None:
    with pytest.raises(BudgetExceeded):
        evaluated("string join(for i in 1..2000 return long, long)", {"long": "x" * 10_000}, steps=100_000)
