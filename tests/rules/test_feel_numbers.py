"""The numeric functions of FEEL, from the standard: DMN 1.5, table 76."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from librarycases import assert_gives, assert_null, evaluated

from yiwang.rules.core.feel.builtins import numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("decimal(1/3, 2)", "0.33"),
        ("decimal(1.5, 0)", "2"),
        ("decimal(2.5, 0)", "2"),
        ("decimal(-2.5, 0)", "-2"),
        ("decimal(0.515, 2)", "0.52"),
        ("decimal(1234, -2)", "1200"),
        ("decimal(1250, -2)", "1200"),
        ("decimal(50, -3)", "0"),
        ("decimal(1.25, 40)", "1.25"),
        ("decimal(1.25, 6176)", "1.25"),
        ("decimal(5, -6111)", "0"),
        ("decimal([1.26], 1)", "1.3"),
        ("decimal(1/3, 2.5)", "0.33"),
        ("floor(1.5)", "1"),
        ("floor(-1.5)", "-2"),
        ("floor(-1.56, 1)", "-1.6"),
        ("floor(1234, -2)", "1200"),
        ("floor(n: 1.56, scale: 1)", "1.5"),
        ("ceiling(1.5)", "2"),
        ("ceiling(-1.5)", "-1"),
        ("ceiling(-0.3)", "0"),
        ("ceiling(-1.56, 1)", "-1.5"),
        ("round up(5.5, 0)", "6"),
        ("round up(-5.5, 0)", "-6"),
        ("round up(1.121, 2)", "1.13"),
        ("round up(-1.126, 2)", "-1.13"),
        ("round down(5.5, 0)", "5"),
        ("round down(-5.5, 0)", "-5"),
        ("round down(1.121, 2)", "1.12"),
        ("round down(-1.126, 2)", "-1.12"),
        ("round half up(5.5, 0)", "6"),
        ("round half up(-5.5, 0)", "-6"),
        ("round half up(1.121, 2)", "1.12"),
        ("round half up(-1.126, 2)", "-1.13"),
        ("round half down(5.5, 0)", "5"),
        ("round half down(-5.5, 0)", "-5"),
        ("round half down(1.121, 2)", "1.12"),
        ("round half down(-1.126, 2)", "-1.13"),
        ("round half down(5.51, 0)", "6"),
    ],
)
def test_a_number_is_rounded(text: str, expected: str) -> None:
    assert_gives(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abs(10)", "10"),
        ("abs(-10)", "10"),
        ('abs(@"PT5H")', '@"PT5H"'),
        ('abs(@"-PT5H")', '@"PT5H"'),
        ('abs(@"-P1Y2M")', '@"P1Y2M"'),
        ("modulo(12, 5)", "2"),
        ("modulo(-12, 5)", "3"),
        ("modulo(12, -5)", "-3"),
        ("modulo(-12, -5)", "-2"),
        ("modulo(10.1, 4.5)", "1.1"),
        ("modulo(-10.1, 4.5)", "3.4"),
        ("modulo(10.1, -4.5)", "-3.4"),
        ("modulo(-10.1, -4.5)", "-1.1"),
        ("modulo(0, -5)", "0"),
        ("modulo(10**30, 7)", "1"),
        ("modulo(1, 10**100)", "1"),
        ("modulo(-1, 10**100)", "10**100"),
        ("sqrt(16)", "4"),
        ("sqrt(0)", "0"),
        ("sqrt(2)", "1.414213562373095048801688724209698"),
        ("log(1)", "0"),
        ("decimal(log(10), 11)", "2.30258509299"),
        ("exp(0)", "1"),
        ("decimal(exp(5), 12)", "148.413159102577"),
        ("exp(-10**9)", "0"),
        ("odd(5)", "true"),
        ("odd(2)", "false"),
        ("odd(-3)", "true"),
        ("odd(0)", "false"),
        ("even(5)", "false"),
        ("even(2)", "true"),
        ("even(-2.0)", "true"),
        ("even(10**300)", "true"),
        ("odd(2.5)", "false"),
        ("even(2.5)", "false"),
    ],
)
def test_a_number_is_computed(text: str, expected: str) -> None:
    assert_gives(text, expected)


@pytest.mark.parametrize(
    "text",
    [
        "decimal(1, 6177)",
        "decimal(1, -6112)",
        "round up(5.5, 6177)",
        "round up(5.5, -6112)",
        "floor(null)",
        "floor(1.5, null)",
        "floor(null, 1)",
        'floor("1.5")',
        'floor(1.5, "1")',
        "floor(1.5, 1, 2)",
        "floor()",
        "floor(n: 1.5, digits: 1)",
        "round up(5.5)",
        "decimal(1.5)",
        "ceiling([1, 2])",
        "abs(null)",
        'abs("1")',
        "abs(true)",
        'abs(@"2026-01-01")',
        "modulo(1, 0)",
        "modulo(1, null)",
        "modulo(null, 1)",
        "sqrt(-1)",
        "log(0)",
        "log(-1)",
        "exp(10**9)",
        'exp(@"P1D")',
        "odd(null)",
        'even("2")',
    ],
)
def test_outside_its_domain_a_number_is_null(text: str) -> None:
    assert_null(text)


def test_rounding_cannot_make_a_number_too_large() -> None:
    largest = Decimal("9.999999999999999999999999999999999E+6144")
    assert numbers.round_down(largest, Decimal(-6111)) == largest
    found, _ = evaluated("round up(x, -6111)", {"x": Decimal(1)})
    assert found == Decimal("1E+6111")


@given(
    st.integers(-(10**33), 10**33),
    st.integers(-40, 40),
    st.integers(1, 10**33),
    st.integers(-40, 40),
    st.booleans(),
)
def test_modulo_agrees_with_whole_numbers(upper: int, first: int, lower: int, second: int, negative: bool) -> None:
    lower = -lower if negative else lower
    exact = (upper * 10 ** (first + 40)) % (lower * 10 ** (second + 40))
    found = numbers.modulo(Decimal(f"{upper}E{first}"), Decimal(f"{lower}E{second}"))
    assert found == numbers.ARITHMETIC.scaleb(numbers.ARITHMETIC.create_decimal(exact), -40)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20))
def test_the_four_roundings_stand_in_their_order(number: Decimal) -> None:
    scale = Decimal(2)
    down, up = numbers.floor(number, scale), numbers.ceiling(number, scale)
    assert down <= number <= up
    for rounded in (
        numbers.decimal,
        numbers.round_half_up,
        numbers.round_half_down,
        numbers.round_up,
        numbers.round_down,
    ):
        assert rounded(number, scale) in (down, up)
