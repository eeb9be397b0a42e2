"""A unit in a header counts: money is read in it, another measure than the field's is asked about."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from datacity import Core, one_field, resource

from yiwang.data.core.headers import match_headers, open_fields, read_in_header_units, unit_in

FIELDS = [
    one_field("code"),
    one_field("amount", "money"),
    one_field("area", "decimal", unit="亩"),
]


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("注册资本(万元)", "万元"),
        ("注册资本（万元）", "万元"),
        ("注册资本【单位：万美元】", "万美元"),
        ("姓名(必填)", ""),
        ("姓名", ""),
    ],
)
def test_the_unit_of_a_header_is_what_stands_in_its_brackets(header: str, unit: str) -> None:
    assert unit_in(header) == unit


def test_bare_figures_under_a_unit_are_in_that_unit_and_others_keep_their_own(tmp_path: Path) -> None:
    core = Core(tmp_path, resource(fields=FIELDS, rules=[]))
    core.load("code,amount(万元)\na,5\nb,1.5\nc,300元\nd,30(万美元)\n")
    assert [row[1:3] for row in core.rows()] == [
        (Decimal("50000.00"), "CNY"),
        (Decimal("15000.00"), "CNY"),
        (Decimal("300.00"), "CNY"),
        (Decimal("300000.00"), "USD"),
    ]


def test_the_unit_of_one_file_does_not_stay_for_the_next(tmp_path: Path) -> None:
    core = Core(tmp_path, resource(fields=FIELDS, rules=[]))
    core.load("code,amount(万元)\na,5\n")
    core.load("code,amount\nb,5\n")
    assert [row[1] for row in core.rows()] == [Decimal("50000.00"), Decimal("5.00")]


def test_a_measure_in_another_unit_is_asked_about() -> None:
    file = resource(fields=FIELDS, rules=[])
    asked = {h: open_fields(match_headers(["code", h], file), file) for h in ("area(亩)", "area(公顷)", "area(必填)")}
    assert asked == {"area(亩)": (), "area(公顷)": ("area",), "area(必填)": ()}


def test_a_header_without_a_known_unit_changes_nothing() -> None:
    file = resource(fields=FIELDS, rules=[])
    assert read_in_header_units(file, ["code", "amount(含税)"], {0: "code", 1: "amount"}) == file
