"""Cells of literals take a short way; on every value it says what the interpreter says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from dmnfiles import NOON

from yiwang.rules.core.dmn.cells import passing, simple
from yiwang.rules.core.feel.interpreter import prepare_tests
from yiwang.rules.core.feel.parser import parse_tests
from yiwang.rules.core.feel.running import Run, Scope
from yiwang.rules.core.feel.values import Date

SHORT = (
    "5", "-5", "5.0", "< 5", "<= 5", "> 5", ">= 5", "= 5", "!= 5", "[1..5]", "(1..5)", "]1..5[", "[5..5]", "1, 5, > 9", "[1..3], 5",
    "not(5)", "not(< 5)", "not([1..5], 9)", '"a"', '"a", "b"', 'not("a")', 'not("a", "b")',
)  # fmt: skip
LONG = (
    "-",
    "[5..1]",
    '5, "a"',
    "null",
    "true",
    '< "b"',
    "? > 5",
    "x",
    "[x..5]",
    "[1,5]",
    "not(null)",
    'date("2026-07-01")',
)
VALUES: tuple[Any, ...] = (
    None, True, False, "a", "b", "c", "", Date(2026, 7, 1), [Decimal(5)], ["a"], {}, *map(Decimal, ("-5", "0", "1", "3", "5", "5.00", "9.1")),
)  # fmt: skip


@pytest.mark.parametrize("text", SHORT + LONG)
def test_the_short_way_says_what_the_interpreter_says(text: str) -> None:
    tests, scope = parse_tests(text, frozenset({"x"})), Scope({"x": Decimal(3)})
    short, general = passing(tests), prepare_tests(tests)
    assert [short(value, scope, Run(NOON)) for value in VALUES] == [
        general.passes(value, scope, Run(NOON)) for value in VALUES
    ]


@pytest.mark.parametrize("text", SHORT)
def test_cells_of_literals_have_a_short_way(text: str) -> None:
    assert simple(parse_tests(text)) is not None


@pytest.mark.parametrize("text", LONG)
def test_other_cells_have_none(text: str) -> None:
    assert simple(parse_tests(text, frozenset({"x"}))) is None
