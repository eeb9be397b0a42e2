"""A column of literal cells as a look-up gives what each cell gives when it is asked by itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from dmnfiles import NOON

from yiwang.rules.core.dmn.cells import passing
from yiwang.rules.core.dmn.lookups import lookup
from yiwang.rules.core.feel.parser import parse_tests
from yiwang.rules.core.feel.running import Run, Scope

NUMBERS = [
    "< 10",
    "[10..20)",
    "(20..30]",
    "5, 7.5, null",
    "not(5, null)",
    "null",
    "not(null)",
    "!= 12",
    ">= 0.01",
    "= 30",
]
TEXTS = ['"甲"', '"甲", "乙", null', 'not("甲")', "null", 'not("乙", null)', '""']
VALUES = [
    None,
    *map(Decimal, ("-1", "0", "0.005", "0.01", "5", "5.0", "7.5", "9.999", "10", "12", "20", "25", "30", "31")),
]


def _asked(cells: list[str], value: Any) -> int:
    found = [passing(parse_tests(cell))(value, Scope({}), Run(NOON)) for cell in cells]
    return sum(1 << at for at, one in enumerate(found) if one is True)


def _looked(cells: list[str], value: Any) -> int | None:
    column = lookup([(tests, passing(tests)) for tests in map(parse_tests, cells)])
    assert column is not None
    return column(value)


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_a_number_passes_the_cells_it_passes_by_itself(value: Decimal | None) -> None:
    assert _looked(NUMBERS, value) == _asked(NUMBERS, value)


@pytest.mark.parametrize("value", [None, "甲", "乙", "", "丙", "甲乙."], ids=str)
def test_a_text_passes_the_cells_it_passes_by_itself(value: str | None) -> None:
    assert _looked(TEXTS, value) == _asked(TEXTS, value)


@pytest.mark.parametrize("value", [True, "5", [Decimal(5)], {"a": Decimal(1)}], ids=str)
def test_a_value_of_another_kind_is_asked_of_the_cells(value: Any) -> None:
    assert _looked(NUMBERS, value) is None


@pytest.mark.parametrize("cells", [["< 5", '"甲"'], ["< 5", "> limit"], ["? > 3"]], ids=str)
def test_a_column_that_is_more_than_literals_of_one_kind_has_no_look_up(cells: list[str]) -> None:
    assert lookup([(tests, passing(tests)) for tests in map(parse_tests, cells)]) is None
