"""Each kind of quality rule refuses what it says and nothing else, and a missing value breaks none but not_null."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from datacity import AS_OF, one_field, resource, rule
from pydantic import ValidationError

from yiwang.data.core.rules import DIMENSION_OF_KIND
from yiwang.data.rowcheck import RowVerdict, rows_check
from yiwang.data.schema import ResourceFile

# Made by hand: the check digits are right, the people do not exist.
BOY, GIRL = "110101199003070011", "110101199003070046"
FIELDS = [
    one_field("code"),
    one_field("a"),
    one_field("b"),
    one_field("n", "decimal"),
    one_field("m", "decimal"),
    one_field("day", "date"),
    one_field("end", "date"),
    one_field("sex"),
    one_field("person", "resident-id"),
    one_field("born", "date"),
    one_field("place", "division-code"),
]


def listed(*rules: dict[str, Any]) -> ResourceFile:
    return resource(fields=FIELDS, rules=list(rules))


def verdicts(file: ResourceFile, *rows: dict[str, str], **known: list[str]) -> list[RowVerdict]:
    numbered = [{"code": str(number)} | row for number, row in enumerate(rows)]
    return rows_check(file, numbered, AS_OF, {"others.code": known["others"]} if known else None)


def accepted(given: dict[str, Any], *rows: dict[str, str], **known: list[str]) -> list[bool]:
    return [v.accepted for v in verdicts(listed(given), *rows, **known)]


def test_not_null_refuses_what_is_empty_or_only_looks_filled() -> None:
    given = rule("r", "not_null", "a", "b")
    rows = [{"a": "x", "b": "y"}, {"a": "x"}, {"a": "", "b": "y"}, {"a": " ", "b": "无"}]
    assert accepted(given, *rows) == [True, False, False, False]


def test_range_refuses_what_is_below_or_above_and_takes_both_ends() -> None:
    values = ["0", "1", "5", "5.01", "-1", ""]
    assert accepted(rule("r", "range", "n", min=1, max=5), *({"n": v} for v in values)) == [
        False,
        True,
        True,
        False,
        False,
        True,
    ]
    assert accepted(rule("r", "range", "n", min=0.5), {"n": "0.4"}, {"n": "1000000"}) == [False, True]


def test_range_of_days_compares_days() -> None:
    given = rule("r", "range", "day", min="2020-01-01", max=date(2020, 12, 31))
    rows = [{"day": d} for d in ("2019-12-31", "2020/1/1", "20201231", "2021-01-01", "")]
    assert accepted(given, *rows) == [False, True, True, False, True]


def test_in_list_takes_only_what_is_in_the_list() -> None:
    given = rule("r", "in_list", "sex", values=["男", "女", "it's"])
    assert accepted(given, {"sex": "男"}, {"sex": " 女 "}, {"sex": "it's"}, {"sex": "无名"}, {}) == [
        True,
        True,
        True,
        False,
        True,
    ]


def test_pattern_must_fit_the_whole_value() -> None:
    given = rule("r", "pattern", "a", pattern="[0-9]{3}")
    assert accepted(given, {"a": "123"}, {"a": "1234"}, {"a": "x123"}, {"a": "１２３"}, {}) == [
        True,
        False,
        False,
        False,
        True,
    ]


def test_check_digit_proves_a_number_in_a_text_field() -> None:
    given = rule("r", "check_digit", "a", check="resident-id")
    assert accepted(given, {"a": BOY}, {"a": BOY[:-1] + "2"}, {"a": "110101900307001"}, {}) == [True, False, True, True]


def test_date_order_refuses_an_end_before_its_beginning() -> None:
    given = rule("r", "date_order", "day", "end")
    rows = [
        {"day": "2020-01-01", "end": "2020-01-01"},
        {"day": "2020-01-02", "end": "2020-01-01"},
        {"day": "2020-01-02"},
        {"end": "2020-01-01"},
    ]
    assert accepted(given, *rows) == [True, False, True, True]


def test_unique_refuses_all_but_the_first_and_takes_empty_ones() -> None:
    given = rule("r", "unique", "a", "b")
    rows = [{"a": "x", "b": "1"}, {"a": "x", "b": "2"}, {"a": " x", "b": "1"}, {"a": "x"}, {"a": "x"}]
    assert accepted(given, *rows) == [True, True, False, True, True]


def test_a_row_that_is_refused_already_does_not_make_another_one_a_duplicate() -> None:
    file = listed(rule("r", "unique", "a"), rule("known", "in_list", "sex", values=["男"]))
    assert [v.accepted for v in verdicts(file, {"a": "x", "sex": "?"}, {"a": "x", "sex": "男"})] == [False, True]


def test_a_foreign_key_must_stand_in_the_other_resource() -> None:
    given = rule("r", "foreign_key", "a", references="others.code")
    assert accepted(given, {"a": "1"}, {"a": "9"}, {}, others=["1", "2"]) == [True, False, True]
    assert accepted(given, {"a": "9"}) == [True]


@pytest.mark.parametrize(
    ("compare", "fits"),
    [
        ("eq", [False, True, False]),
        ("ne", [True, False, True]),
        ("lt", [True, False, False]),
        ("le", [True, True, False]),
        ("gt", [False, False, True]),
        ("ge", [False, True, True]),
    ],
)
def test_two_fields_compare_as_numbers(compare: str, fits: list[bool]) -> None:
    rows = [{"n": "9", "m": "10"}, {"n": "10", "m": "10.0"}, {"n": "11", "m": "10"}, {"n": "1"}, {"m": "1"}]
    assert accepted(rule("r", "compare", "n", "m", compare=compare), *rows) == [*fits, True, True]


def test_sex_follows_the_seventeenth_digit() -> None:
    given = rule("r", "compare", "sex", "person", compare="sex_of_id")
    rows = [
        {"sex": "男", "person": BOY},
        {"sex": "女", "person": BOY},
        {"sex": "女", "person": GIRL},
        {"sex": "男", "person": GIRL},
        {"sex": "未知", "person": BOY},
        {"sex": "男"},
        {"person": BOY},
    ]
    assert accepted(given, *rows) == [True, False, True, False, True, True, True]


def test_the_day_of_birth_follows_the_number() -> None:
    given = rule("r", "compare", "born", "person", compare="birth_of_id")
    rows = [{"born": "1990-03-07", "person": BOY}, {"born": "1990-03-08", "person": BOY}, {"person": BOY}]
    assert accepted(given, *rows) == [True, False, True]


def test_the_division_follows_the_first_six_digits() -> None:
    given = rule("r", "compare", "place", "person", compare="division_of_id")
    rows = [{"place": "110101", "person": BOY}, {"place": "230881", "person": BOY}, {"person": BOY}]
    assert accepted(given, *rows) == [True, False, True]


def test_a_rule_that_warns_keeps_the_row_and_says_so() -> None:
    found = verdicts(listed(rule("r", "in_list", "sex", values=["男"], severity="warn")), {"sex": "女"}, {"sex": "男"})
    assert [(v.accepted, v.reasons, v.flags) for v in found] == [(True, (), (("r", "sex"),)), (True, (), ())]


@pytest.mark.parametrize(
    "given",
    [
        rule("r", "unique", "a", severity="warn"),
        rule("r", "foreign_key", "a", references="others.code", severity="warn"),
    ],
)
def test_rules_over_many_rows_can_warn_as_well(given: dict[str, Any]) -> None:
    found = verdicts(listed(given), {"a": "1"}, {"a": "1"}, {"a": "9"}, others=["1"])
    assert all(v.accepted for v in found) and sum(len(v.flags) for v in found) == 1


def test_all_reasons_of_a_row_are_told() -> None:
    file = listed(rule("known", "in_list", "sex", values=["男"]), rule("small", "range", "n", max=1))
    assert verdicts(file, {"sex": "?", "n": "2", "day": "2020-13-01"})[0].reasons == (
        ("date_impossible", "day"),
        ("known", "sex"),
        ("small", "n"),
    )


def test_a_number_that_stands_in_the_column_beside_is_a_shifted_row() -> None:
    fields = [one_field("code"), one_field("name"), one_field("person", "resident-id"), one_field("tail")]
    file = resource(fields=fields, rules=[])
    rows = [
        {"code": "1", "name": "a", "person": BOY, "tail": "x"},
        {"code": "2", "name": BOY, "person": "x", "tail": ""},
        {"code": "3", "name": "a", "person": "b", "tail": GIRL},
        {"code": "4", "name": "a", "person": "b", "tail": "c"},
    ]
    said = [{code for code, _ in v.reasons} for v in rows_check(file, rows, AS_OF)]
    assert said[0] == set() and "row_shifted" in said[1] and "row_shifted" in said[2] and "row_shifted" not in said[3]


@pytest.mark.parametrize(
    "given",
    [
        rule("r", "range", "n"),
        rule("r", "in_list", "a"),
        rule("r", "pattern", "a"),
        rule("r", "check_digit", "a"),
        rule("r", "date_order", "day"),
        rule("r", "foreign_key", "a", references="others"),
        rule("r", "compare", "n", "m"),
        rule("r", "range", "nothing", min=1),
        rule("r", "no_such_kind", "a"),
        rule("r", "range", "n", min=1, bad=[]),
    ],
)
def test_a_rule_that_does_not_say_what_it_needs_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        listed(given)


def test_every_kind_counts_against_a_dimension() -> None:
    assert set(DIMENSION_OF_KIND.values()) == {"accuracy", "consistency", "completeness"}
