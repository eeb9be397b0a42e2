"""Every value of the hand lists is read as written there, by the reference and by SQL alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from agreement import OPTIONS, by_sql, connect, disagreements
from values import HAND, HOSTILE

from yiwang.data.core.semantics import SemanticType, semantic_type, semantic_types

KINDS = [pytest.param(kind, id=kind.id) for kind in semantic_types()]
VARIED = {
    "credit-code": [replace(OPTIONS, inner_check="warn")],
    "text": [replace(OPTIONS, max_length=3), replace(OPTIONS, missing=())],
    "person-name": [replace(OPTIONS, max_length=2)],
    "resident-id": [replace(OPTIONS, as_of=date(1949, 12, 31)), replace(OPTIONS, min_year=1950)],
    "date": [replace(OPTIONS, excel_serial=False, allow_future=True, min_year=1000, max_year=9999)],
    "month": [replace(OPTIONS, excel_serial=False, as_of=date(2012, 2, 29), max_year=2012)],
    "datetime": [replace(OPTIONS, year=2026), replace(OPTIONS, year=2024, excel_serial=False, allow_future=True)],
    "money": [replace(OPTIONS, unit="万元"), replace(OPTIONS, unit="亿美元"), replace(OPTIONS, missing=("0",))],
    "decimal": [replace(OPTIONS, scale=scale, percent=scale % 2 == 0) for scale in (0, 2, 9, 10, 20)],
    "boolean": [replace(OPTIONS, missing=("是", "无", "否"))],
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_reference_reads_each_value_as_expected(kind: SemanticType) -> None:
    wrong = []
    for text, expected in HAND[kind.id].items():
        parsed = kind.parse(text, OPTIONS)
        got = parsed.reason.code if parsed.reason else None if parsed.values[0] is None else parsed.values
        if got != expected:
            wrong.append(f"{text!r:.80}: {got}, expected {expected}")
    assert wrong == []


@pytest.mark.parametrize("kind", KINDS)
def test_sql_and_reference_agree_on_the_hand_list_and_on_hostile_values(kind: SemanticType) -> None:
    values = [*HAND[kind.id], *HOSTILE]
    assert [
        line for o in (OPTIONS, *VARIED.get(kind.id, [])) for line in disagreements(connect(), kind, values, o)
    ] == []


@pytest.mark.parametrize("kind", KINDS)
def test_sql_and_reference_agree_on_the_values_of_every_other_type(kind: SemanticType) -> None:
    values = [text for listed in HAND.values() for text in listed]
    assert disagreements(connect(), kind, values) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_hand_list_is_long_enough_and_meets_every_reason(kind: SemanticType) -> None:
    listed = HAND[kind.id]
    assert len(listed) >= 25
    assert {expected for expected in listed.values() if isinstance(expected, str)} == {r.code for r in kind.reasons}
    assert any(isinstance(expected, tuple) for expected in listed.values())


def test_the_engine_reads_a_combined_month_with_both_ends() -> None:
    rows = by_sql(connect(), semantic_type("month"), ["2012年1-2月"], OPTIONS)
    assert rows == [(date(2012, 2, 1), date(2012, 1, 1), 0, 0)]


def test_a_moment_without_a_year_takes_the_year_of_the_delivery() -> None:
    given = replace(OPTIONS, year=2026)
    assert str(semantic_type("datetime").parse("08-21 20:00", given).values[0]) == "2026-08-21 20:00:00"


def test_a_failing_inner_check_of_a_credit_code_can_be_a_mere_warning() -> None:
    code = "91990283876543217Q"
    parsed = semantic_type("credit-code").parse(code, replace(OPTIONS, inner_check="warn"))
    assert parsed.values == (code,)
    assert parsed.reason is None
    assert parsed.warning is not None and parsed.warning.code == "credit_code_organisation_check"


def test_an_amount_below_the_cent_is_rounded_and_flagged() -> None:
    parsed = semantic_type("money").parse("66.66666667(万元)", OPTIONS)
    assert str(parsed.values[0]) == "666666.67"
    assert parsed.warning is not None and parsed.warning.code == "money_rounded"
