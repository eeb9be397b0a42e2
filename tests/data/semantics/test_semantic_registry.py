"""The list of types, its errors, and the check digits others import."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from agreement import OPTIONS, connect
from hypothesis import given
from hypothesis import strategies as st

from yiwang.data.core.semantics import (
    Field,
    SemanticType,
    UnknownSemanticType,
    identifier,
    literal,
    semantic_type,
    semantic_types,
    typed_select,
)
from yiwang.data.core.semantics.checkdigits import (
    credit_code_check,
    luhn_check,
    organisation_code_check,
    resident_id_check,
)
from yiwang.data.core.semantics.errors import UnknownUnit

KINDS = [pytest.param(kind, id=kind.id) for kind in semantic_types()]
PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "semantic-types.md"


def test_an_unknown_type_is_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(UnknownSemanticType) as caught:
        semantic_type("resident_id")
    assert caught.value.code == "unknown_semantic_type"
    assert "resident-id" in caught.value.hint_zh
    assert "Did you mean resident-id?" in caught.value.hint_en
    assert all(kind.id in caught.value.hint_en for kind in semantic_types())


def test_an_unknown_unit_of_money_is_refused_when_the_steps_are_made() -> None:
    with pytest.raises(UnknownUnit) as caught:
        semantic_type("money").steps('"v"', replace(OPTIONS, unit="万圆整"))
    assert "万" in caught.value.hint_zh


@pytest.mark.parametrize("kind", KINDS)
def test_each_type_says_what_it_is_in_both_languages(kind: SemanticType) -> None:
    assert re.fullmatch("[a-z]+(-[a-z]+)*", kind.id)
    assert kind.title_zh and kind.title_en.isascii()
    assert 1 <= kind.grade <= 4
    assert kind.grade >= 3 or not kind.personal
    assert kind.outputs[0].suffix == ""
    assert set(kind.warnings) <= set(kind.reasons) or kind.id == "money"


@pytest.mark.parametrize("kind", KINDS)
def test_each_reason_says_what_is_wrong_and_what_to_do(kind: SemanticType) -> None:
    for reason in (*kind.reasons, *kind.warnings):
        assert reason.code.startswith(kind.id.replace("-", "_") + "_")
        assert reason.zh.endswith("。") and ("；" in reason.zh or "，" in reason.zh)
        assert reason.en.endswith(".") and reason.en[0].isascii()


def test_no_two_reasons_share_a_code() -> None:
    codes = [reason.code for kind in semantic_types() for reason in kind.reasons]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("kind", KINDS)
def test_the_engine_gives_the_declared_column_types(kind: SemanticType) -> None:
    connection = connect()
    connection.execute("CREATE TABLE given (v VARCHAR)")
    query = typed_select("given", [Field('"v"', kind.steps('"v"', OPTIONS))])
    described = {row[0]: row[1] for row in connection.execute(f"DESCRIBE {query}").fetchall()}
    for output in kind.columns(OPTIONS):
        assert described["v" + output.suffix] == output.sql_type
    assert described["v~fail"] == "UTINYINT"


def test_a_decimal_column_has_the_scale_of_its_field() -> None:
    assert semantic_type("decimal").columns(replace(OPTIONS, scale=2))[0].sql_type == "DECIMAL(38,2)"


def test_many_fields_with_awkward_names_are_read_in_one_query() -> None:
    names = ['a"b', "身份证~号", "select", "x y", "a"]
    connection = connect()
    columns = ", ".join(f"{identifier(name)} VARCHAR" for name in names)
    connection.execute(f"CREATE TABLE given (_row INTEGER, {columns})")
    connection.execute(
        "INSERT INTO given VALUES (1, '11010519491231002X', '2012年1-2月', '5(万元)', '230881', '1,234')"
    )
    kinds = ["resident-id", "month", "money", "division-code", "integer"]
    fields = [
        Field(identifier(name), semantic_type(kind).steps(identifier(name), OPTIONS))
        for name, kind in zip(names, kinds, strict=True)
    ]
    [row] = connection.execute(typed_select("given", fields, keep=["_row"])).fetchall()
    assert row[:2] == (1, "11010519491231002X")
    assert [str(value) for value in row if value is not None and not isinstance(value, int)][1:] == [
        "2012-02-01",
        "2012-01-01",
        "50000.00",
        "CNY",
        "230881000000",
    ]
    assert row[-3:] == (1234, 0, 0)


@given(st.text())
def test_a_literal_comes_back_as_it_was(text: str) -> None:
    assert duckdb.sql(f"SELECT {literal(text)}").fetchall() == [(text,)]


@pytest.mark.parametrize(
    ("check", "body", "expected"),
    [
        (resident_id_check, "11010519491231002", "X"),  # the example of GB 11643
        (resident_id_check, "44052418800101001", "4"),
        (organisation_code_check, "D2143569", "X"),  # the example of GB 11714
        (credit_code_check, "91350100M000100Y4", "3"),  # the example of GB 32100
        (luhn_check, "411111111111111", "1"),
        (luhn_check, "7992739871", "3"),
    ],
)
def test_the_published_examples_check(check: object, body: str, expected: str) -> None:
    assert callable(check) and check(body) == expected


@pytest.mark.parametrize("check", [resident_id_check, credit_code_check, organisation_code_check])
def test_a_body_of_the_wrong_length_is_an_error_of_the_caller(check: object) -> None:
    assert callable(check)
    with pytest.raises(ValueError, match="expected"):
        check("12345")


@given(st.text(alphabet="0123456789", min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 9))
def test_any_one_wrong_digit_changes_the_check_of_an_identity_number(body: str, place: int, shift: int) -> None:
    wrong = body[:place] + str((int(body[place]) + shift) % 10) + body[place + 1 :]
    assert resident_id_check(wrong) != resident_id_check(body)


def test_the_reference_page_names_every_type_reason_and_column() -> None:
    page = PAGE.read_text(encoding="utf-8")
    names = [kind.id for kind in semantic_types()]
    names += [reason.code for kind in semantic_types() for reason in (*kind.reasons, *kind.warnings)]
    names += [output.suffix for kind in semantic_types() for output in kind.outputs if output.suffix]
    assert [name for name in names if f"`{name}`" not in page] == []
