"""`string`, `number`, `not` and `is` of FEEL, from the standard: DMN 1.5, tables 72, 73 and 77."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from librarycases import assert_gives, assert_null, evaluated

from yiwang.rules.core.feel.values import Date, MonthsDuration, TimeDuration, Value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("string(1.1)", "1.1"),
        ("string(1.10)", "1.1"),
        ("string(100)", "100"),
        ("string(-0.5)", "-0.5"),
        ("string(10**20)", "100000000000000000000"),
        ("string(10**-8)", "0.00000001"),
        ("string(0.0)", "0"),
        ('string("a\\"b")', 'a"b'),
        ('string("")', ""),
        ("string(true)", "true"),
        ('string(@"2026-01-02")', "2026-01-02"),
        ('string(@"10:00:00Z")', "10:00:00Z"),
        ('string(@"2026-01-02T10:00:00@Asia/Shanghai")', "2026-01-02T10:00:00@Asia/Shanghai"),
        ('string(@"P14M")', "P1Y2M"),
        ('string(@"PT36H")', "P1DT12H"),
        ('string([1, "a", null, true])', '[1, "a", null, true]'),
        ("string([])", "[]"),
        ('string({a: 1, "b c": "x"})', '{a: 1, "b c": "x"}'),
        ('string({"if": 1, "1a": 2, "": 3, "姓名": 4})', '{"if": 1, "1a": 2, "": 3, 姓名: 4}'),
        ('string({a: [@"2026-01-02", {b: @"P1D"}]})', '{a: [@"2026-01-02", {b: @"P1D"}]}'),
        ("string([1..5))", "[1..5)"),
        ('string(["a".."b"])', '["a".."b"]'),
        ("string((< 5))", "(<5)"),
        ("string((>= 5))", "(>=5)"),
        ('string([@"2026-01-01"..@"2026-12-31"])', '[@"2026-01-01"..@"2026-12-31"]'),
        ('string("a\\nb")', "a\nb"),
        ('string(["a\\nb\\"\\\\"])', '["a\\nb\\"\\\\"]'),
        ("string(function(a, b) a)", "function(a, b)"),
        ('string(from: "x")', "x"),
    ],
)
def test_every_kind_of_value_has_a_text(text: str, expected: str) -> None:
    found, _ = evaluated(text)
    assert found == expected


def test_null_has_no_text() -> None:
    assert evaluated("string(null)")[0] is None


def test_a_value_nested_too_deep_has_no_text() -> None:
    deep: Value = []
    for _ in range(300):
        deep = [deep]
    found, run = evaluated("string(deep)", {"deep": deep})
    assert found is None
    assert [note.en for note in run.notes] == ["It is nested too deep to be written as a string."]


leaves = (
    st.none()
    | st.booleans()
    | st.decimals(allow_nan=False, allow_infinity=False, places=4).map(lambda found: found.normalize() + 0)
    | st.text(max_size=8)
    | st.dates().map(lambda found: Date(found.year, found.month, found.day))
    | st.integers(-1000, 1000).map(MonthsDuration)
    | st.integers(-(10**15), 10**15).map(TimeDuration)
)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
)


@given(values)
def test_the_text_of_a_list_read_as_feel_gives_the_list_again(value: Value) -> None:
    text, _ = evaluated("string([given])", {"given": value})
    assert isinstance(text, str)
    assert evaluated(text)[0] == [value]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('number("1 000,0", " ", ",")', "1000"),
        ('number("1,000.0", ",", ".")', "1000"),
        ('number("1.000.000,01", ".", ",")', "1000000.01"),
        ('number("1000.5", null, null)', "1000.5"),
        ('number("1,000.5", ",", null)', "1000.5"),
        ('number("1000,5", null, ",")', "1000.5"),
        ('number("-1", null, null)', "-1"),
        ('number(".5", null, null)', "0.5"),
        ('number("1e3", null, null)', "1000"),
        ('number(from: "1,5", grouping separator: null, decimal separator: ",")', "1.5"),
        ('number("12345678901234567890123456789012345", null, null)', "12345678901234567890123456789012340"),
    ],
)
def test_a_text_is_read_as_a_number(text: str, expected: str) -> None:
    found, wanted = evaluated(text)[0], evaluated(expected)[0]
    assert isinstance(found, Decimal)
    assert found == wanted


@pytest.mark.parametrize(
    "text",
    [
        'number("1", ";", ".")',
        'number("1", ",", ":")',
        'number("1", ".", ".")',
        'number("1", ",", ",")',
        'number("1,000.0", " ", ".")',
        'number("", null, null)',
        'number(" 1", null, null)',
        'number("1.", null, null)',
        'number("+1", null, null)',
        'number("１", null, null)',
        'number("NaN", null, null)',
        'number("Infinity", null, null)',
        'number("1e9999", null, null)',
        'number(null, ",", ".")',
        'number(1, ",", ".")',
        'number("1", 1, ".")',
        'number("1", ".")',
        "not(1)",
        'not("true")',
        "not(true, true)",
        "is()",
        "is(1, 2, 3)",
    ],
)
def test_outside_its_domain_a_conversion_is_null(text: str) -> None:
    assert_null(text)


def test_not_turns_truth_round_and_keeps_null() -> None:
    assert [evaluated(f"not({given})")[0] for given in ("true", "false", "null")] == [False, True, None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('is(date("2012-12-25"), time("23:00:50"))', "false"),
        ('is(date("2012-12-25"), date("2012-12-25"))', "true"),
        ('is(time("23:00:50Z"), time("23:00:50"))', "false"),
        ('is(time("23:00:50Z"), time("23:00:50+00:00"))', "true"),
        ('is(@"10:00:00Z", @"11:00:00+01:00")', "false"),
        ('is(@"2026-01-01", @"2026-01-01T00:00:00Z")', "false"),
        ('is(@"P0D", @"P0M")', "false"),
        ("is(1, 1.0)", "true"),
        ("is(1, true)", "false"),
        ("is(null, null)", "true"),
        ("is(1, null)", "false"),
        ("is([1, [2]], [1, [2.0]])", "true"),
        ("is([1], [1, 2])", "false"),
        ('is([@"10:00:00Z"], [@"11:00:00+01:00"])', "false"),
        ("is({a: 1, b: 2}, {b: 2, a: 1})", "true"),
        ("is({a: 1}, {a: 2})", "false"),
        ("is([1..2], [1..2])", "true"),
        ("is([1..2], [1..2))", "false"),
        ("is([true], [1])", "false"),
    ],
)
def test_is_asks_for_one_and_the_same_element(text: str, expected: str) -> None:
    assert_gives(text, expected)
