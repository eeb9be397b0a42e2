"""Relations of points and ranges, and ranges from texts, from the standard: DMN 1.5, tables 70 and 78."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.rules.core.feel.builtins import ranges
from yiwang.rules.core.feel.interpreter import Run, Scope, prepare
from yiwang.rules.core.feel.parser import parse_expression
from yiwang.rules.core.feel.values import Date, DateTime, NoValue, Range, Time, Value


def value(text: str) -> Value:
    run = Run(DateTime(Date(2026, 11, 22), Time(10, 0, 0)))
    return prepare(parse_expression(text)).value(Scope({}), run)


# Relations --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "before(1, 2)",
        "before(1, [2..5])",
        "before(2, (2..5])",
        "before([1..2], 3)",
        "before([1..2), 2)",
        "before([1..2), [2..3])",
        "before([1..2], (2..3])",
        "before((< 2), 2)",
        "after(2, 1)",
        "after(6, [1..5])",
        "after(5, [1..5))",
        "after([3..4], 2)",
        "after((2..3], [1..2])",
        "after((> 2), 2)",
        "meets([1..2], [2..3])",
        "met by([2..3], [1..2])",
        "overlaps([1..3], [2..4])",
        "overlaps([1..2], [2..4])",
        "overlaps([2..3], [1..4])",
        "overlaps((> 1), (< 5))",
        "overlaps before([1..3], [2..4])",
        "overlaps before([1..2], [2..4])",
        "overlaps before([1..3], (1..3])",
        "overlaps after([2..4], [1..3])",
        "overlaps after((1..3], [1..3))",
        "finishes(5, [1..5])",
        "finishes([3..5], [1..5])",
        "finishes([1..5), [1..5))",
        "finished by([1..5], 5)",
        "finished by([1..5], [3..5])",
        "includes([1..5], 1)",
        "includes([1..5], [2..3])",
        "includes([1..5], (1..5))",
        "includes((> 1), [2..3])",
        "during(1, [1..5])",
        "during((1..5), [1..5])",
        "starts(1, [1..5])",
        "starts([1..3], [1..5])",
        "starts((1..5), (1..5])",
        "started by([1..5], 1)",
        "started by((1..5], (1..3])",
        "coincides(5, 5)",
        "coincides([1..5), [1..5))",
        "coincides((< 5), (< 5))",
        'before("a", ["b".."c"])',
        'during(@"2026-11-22", [@"2026-01-01"..@"2026-12-31"])',
        'includes([@"P1D"..@"P3D"], @"PT36H")',
        'before(@"10:00:00Z", @"10:00:00-01:00")',
        "before(point: 0, range: [1..2])",
        "before(range1: [1..2], range2: [3..4])",
        "after(point1: 2, point2: 1)",
    ],
)
def test_a_relation_holds(text: str) -> None:
    assert value(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "before(2, 2)",
        "before(2, [2..5])",
        "before([1..2], 2)",
        "before([1..2], [2..3])",
        "before([1..4], [3..5])",
        "after(2, 2)",
        "after([2..3], [1..2])",
        "meets([1..2), [2..3])",
        "meets([1..2], (2..3])",
        "meets([1..2], [3..4])",
        "met by([2..3], [1..2))",
        "overlaps([1..2), [2..4])",
        "overlaps([1..2], [3..4])",
        "overlaps before([1..5], [2..4])",
        "overlaps before([2..4], [1..3])",
        "overlaps after([1..3], [2..4])",
        "finishes(5, [1..5))",
        "finishes([0..5], [1..5])",
        "finishes([3..5), [1..5])",
        "finished by([1..5), 5)",
        "includes((1..5], 1)",
        "includes((1..5], [1..5])",
        "includes([2..3], (> 1))",
        "during(6, [1..5])",
        "starts(1, (1..5])",
        "starts([1..6], [1..5])",
        "starts([1..3], (1..5])",
        "started by([1..5], [1..6])",
        "coincides(5, 6)",
        "coincides([1..5), [1..5])",
    ],
)
def test_a_relation_does_not_hold(text: str) -> None:
    assert value(text) is False


@pytest.mark.parametrize(
    "text",
    [
        "before(null, 1)",
        "before(1, null)",
        "before([1..null], 2)",
        'before(1, "a")',
        'before(1, [@"2026-01-01"..@"2026-02-01"])',
        'before(@"10:00:00", @"11:00:00Z")',
        "before(true, false)",
        "before(1)",
        "before(1, 2, 3)",
        "before(point: 1, point2: 2)",
        "meets(1, [1..2])",
        "overlaps(1, 1)",
        "includes(1, [1..2])",
        "during([1..2], 1)",
        "finishes([1..2], 2)",
        "starts([1..2], 1)",
        "started by(1, [1..2])",
        "coincides(1, [1..1])",
        "before((!= 5), 6)",
    ],
)
def test_a_relation_of_what_cannot_be_compared_is_null(text: str) -> None:
    assert value(text) is None


NUMBERS = st.integers(-3, 3).map(Decimal)


@st.composite
def spans(draw: Any) -> Range:
    """A range between two different ends, or of one closed point; no empty ones, which the formulas do not foresee."""
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    if low == high:
        return Range(low, high, True, True)
    return Range(low, high, draw(st.booleans()), draw(st.booleans()))


def starts_no_later(one: Range, other: Range) -> bool:
    if one.low == other.low:
        return one.low_closed or not other.low_closed
    return bool(one.low < other.low)  # type: ignore[operator]


def ends_no_earlier(one: Range, other: Range) -> bool:
    if one.high == other.high:
        return one.high_closed or not other.high_closed
    return bool(one.high > other.high)  # type: ignore[operator]


def touches(one: Range, other: Range) -> bool:
    """The first ends where the second starts or later."""
    if one.high == other.low:
        return one.high_closed and other.low_closed
    return bool(one.high > other.low)  # type: ignore[operator]


@given(spans(), spans())
def test_relations_of_two_ranges_are_the_standards_formulas(one: Range, other: Range) -> None:
    same_start = (one.low, one.low_closed) == (other.low, other.low_closed)
    same_end = (one.high, one.high_closed) == (other.high, other.high_closed)
    assert ranges.before(one, other) is not touches(one, other)
    assert ranges.after(one, other) is not touches(other, one)
    assert ranges.meets(one, other) is (one.high == other.low and one.high_closed and other.low_closed)
    assert ranges.met_by(one, other) is ranges.meets(other, one)
    assert ranges.overlaps(one, other) is (touches(one, other) and touches(other, one))
    first = not starts_no_later(other, one)
    assert ranges.overlaps_before(one, other) is (first and touches(one, other) and ends_no_earlier(other, one))
    assert ranges.overlaps_after(one, other) is ranges.overlaps_before(other, one)
    assert ranges.finishes(one, other) is (same_end and starts_no_later(other, one))
    assert ranges.finished_by(one, other) is ranges.finishes(other, one)
    assert ranges.includes(one, other) is (starts_no_later(one, other) and ends_no_earlier(one, other))
    assert ranges.during(one, other) is ranges.includes(other, one)
    assert ranges.starts(one, other) is (same_start and ends_no_earlier(other, one))
    assert ranges.started_by(one, other) is ranges.starts(other, one)
    assert ranges.coincides(one, other) is (same_start and same_end)


@given(spans(), NUMBERS)
def test_a_range_includes_a_point_that_lies_in_it(span: Range, point: Decimal) -> None:
    above = point >= span.low if span.low_closed else point > span.low  # type: ignore[operator]
    below = point <= span.high if span.high_closed else point < span.high  # type: ignore[operator]
    assert ranges.includes(span, point) is (above and below)
    assert ranges.before(point, span) is not above
    assert ranges.after(point, span) is not below


# From a text ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("[1..3]", "[1..3]"),
        ("(1..3)", "(1..3)"),
        ("]1..3[", "(1..3)"),
        (" [ -1.5 .. .5 ) ", "[-1.5..0.5)"),
        ("[1e2..1E+3]", "[100..1000]"),
        ("[1..1]", "[1..1]"),
        (r"[\"a\"..\"b\\n\"]", r'["a".."b\n"]'),
        (r"[@\"2026-01-01\"..@\"2026-12-31\"]", '[@"2026-01-01"..@"2026-12-31"]'),
        (r"[date(\"2026-01-01\")..date( \"2026-12-31\" ))", '[@"2026-01-01"..@"2026-12-31")'),
        (r"[time(\"10:00:00\")..@\"11:00:00\"]", '[@"10:00:00"..@"11:00:00"]'),
        (r"(duration(\"P1D\")..@\"P2D\"]", '(@"P1D"..@"P2D"]'),
        (
            r"[date and time(\"2026-01-01T00:00:00\")..@\"2026-01-02T00:00:00\"]",
            '[@"2026-01-01T00:00:00"..@"2026-01-02T00:00:00"]',
        ),
        ("(..3]", "(<= 3)"),
        ("(3..)", "(> 3)"),
    ],
)
def test_a_text_gives_the_range_it_spells(text: str, literal: str) -> None:
    assert value(f'range("{text}") = {literal}') is True


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1..3",
        "[1..3",
        "[1.3]",
        "[..]",
        "(..)",
        "[..3]",
        "[1..]",
        "[3..1]",
        "[null..null]",
        "[true..true]",
        "[1..1+1]",
        "[x..y]",
        ">=10",
        r"[1..\"b\"]",
        r"[\"b\"..\"a\"]",
        r"[@\"2026-01-01\"..@\"2026-01-02T00:00:00\"]",
        r"[@\"10:00:00\"..@\"11:00:00Z\"]",
        r"[@\"P1Y\"..@\"P400D\"]",
        r"[@\"2026-02-30\"..@\"2026-03-01\"]",
        r"[date(2026, 1, 1)..date(2026, 2, 1)]",
        r"[date(string(\"2026-01-01\"))..date(\"2026-02-01\")]",
        "[1e99999..2e99999]",
    ],
)
def test_a_text_that_spells_no_range_is_null(text: str) -> None:
    assert value(f'range("{text}")') is None


@given(st.text(alphabet='[]()., 0123456789-"@\\eEdate', max_size=24))
def test_no_text_breaks_the_reader_of_ranges(text: str) -> None:
    try:
        found = ranges.range_(text)
    except NoValue as refused:
        assert refused.zh
        assert refused.en
    else:
        assert isinstance(found, Range)


def test_only_a_text_becomes_a_range() -> None:
    assert value("range([1..3])") is None
    assert value("range()") is None
    assert value("range(null)") is None
    assert value('range("[1..3]", 1)') is None
    assert value('range(from: "[1..3]") = [1..3]') is True
