"""Conditions in FEEL: a row breaks one where it is false; null says nothing; both ways of running them judge alike."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from datacity import AS_OF, Core, one_field, resource, rule
from pydantic import ValidationError

from yiwang.data.core.checks import Checks, column_types
from yiwang.data.core.conditions.asking import BATCH, broken_hold
from yiwang.data.core.conditions.errors import ConditionUnsound
from yiwang.data.core.conditions.functions import QUALITY_FUNCTIONS, function_values
from yiwang.data.core.conditions.reading import condition_of
from yiwang.data.core.rules import DIMENSION_OF_KIND
from yiwang.data.resources import rules_digest
from yiwang.data.rowcheck import RowVerdict, rows_check
from yiwang.data.schema import ResourceFile
from yiwang.rules.core.feel.builtins.registry import BUILTINS
from yiwang.rules.core.feel.values import Date
from yiwang.rules.errors import BudgetExceeded

# Made by hand: the check digits are right, the people do not exist.
BOY, GIRL = "110101199003070011", "110101199003070046"
FIRM, CARD = "912399019362896657", "9999000002871839239"
FIELDS = [
    one_field("code"),
    one_field("a"),
    one_field("b"),
    one_field("n", "integer"),
    one_field("m", "decimal"),
    one_field("day", "date"),
    one_field("at", "datetime"),
    one_field("month", "month"),
    one_field("ok", "boolean"),
    one_field("pay", "money"),
    one_field("sex"),
    one_field("person", "resident-id"),
]


def condition(test: str, **more: Any) -> dict[str, Any]:
    return rule("r", "feel", test=test, **more)


def listed(*rules: dict[str, Any]) -> ResourceFile:
    return resource(fields=FIELDS, rules=list(rules))


def verdicts(file: ResourceFile, *rows: dict[str, str], as_of: date = AS_OF) -> list[RowVerdict]:
    return rows_check(file, [{"code": str(number)} | row for number, row in enumerate(rows)], as_of)


def accepted(test: str, *rows: dict[str, str], as_of: date = AS_OF) -> list[bool]:
    return [v.accepted for v in verdicts(listed(condition(test)), *rows, as_of=as_of)]


def is_asked(test: str) -> bool:
    """Whether the condition is asked of the interpreter, for each distinct combination of values."""
    (found,) = Checks(listed(condition(test)), AS_OF).row_rules
    return found.asked is not None


def test_a_row_breaks_a_condition_that_is_false_and_no_other() -> None:
    rows = [{"n": "0"}, {"n": "1"}, {"n": "20"}, {"n": "21"}, {"n": ""}]
    assert accepted("n in [1..20]", *rows) == [False, True, True, False, True]
    assert not is_asked("n in [1..20]")


def test_null_says_nothing_but_equality_with_null_is_false() -> None:
    rows: list[dict[str, str]] = [{}, {"a": "x"}, {"b": "x"}, {"a": "x", "b": "x"}, {"a": "x", "b": "y"}]
    assert accepted("a < b", *rows) == [True, True, True, False, True]
    assert accepted("a = b", *rows) == [True, False, False, True, False]
    assert accepted("a = null or b = null or a = b", *rows) == [True, True, True, True, False]


@pytest.mark.parametrize(
    ("test", "rows", "fits"),
    [
        ('matches(a, "^[0-9]+$")', [{"a": "1"}, {"a": "x"}, {}], [True, False, True]),
        ("pay / n < 100", [{"pay": "1000", "n": "1"}, {"pay": "9", "n": "1"}, {"pay": "9", "n": "0"}], [False, True, True]),
        ('at < @"2020-01-01T00:00:00"', [{"at": "2020-01-02 10:00"}, {"at": "2019-01-02 10:00"}, {}], [False, True, True]),
        ("m * n = 3", [{"m": "1.5", "n": "2"}, {"m": "1.5", "n": "3"}], [True, False]),
        ("upper case(a) = a", [{"a": "X"}, {"a": "x"}], [True, False]),
        ("some x in [n, 5] satisfies x > 6", [{"n": "7"}, {"n": "1"}], [True, False]),
        ("if ok then upper case(a) = a else true", [{"ok": "是", "a": "x"}, {"ok": "否", "a": "x"}, {"a": "x"}], [False, True, True]),
        ('valid credit code(upper case(a))', [{"a": FIRM}, {"a": FIRM[:-1] + "8"}, {}], [True, False, True]),
    ],
)  # fmt: skip
def test_what_has_no_exact_sql_is_asked_of_the_interpreter(
    test: str, rows: list[dict[str, str]], fits: list[bool]
) -> None:
    assert is_asked(test)
    assert accepted(test, *rows) == fits


@pytest.mark.parametrize(
    ("test", "rows", "fits"),
    [
        ("pay + 1 <= m", [{"pay": "1元", "m": "2"}, {"pay": "1.01", "m": "2"}, {"m": "2"}], [True, False, True]),
        ("day <= today()", [{"day": "2025-12-31"}, {"day": "2026-01-01"}], [True, True]),
        ("day.year >= 2020", [{"day": "2019-12-31"}, {"day": "2020-01-01"}], [False, True]),
        ("month <= day", [{"month": "2020-02", "day": "2020-01-31"}, {"month": "2020-01", "day": "2020-01-31"}], [False, True]),
        ("ok or n > 1", [{"ok": "是"}, {"ok": "否", "n": "1"}, {"ok": "否"}, {"n": "1"}], [True, False, True, True]),
        ('if sex = "男" then n > 1 else n > 2', [{"sex": "男", "n": "2"}, {"sex": "女", "n": "2"}, {"n": "2"}], [True, False, False]),
        ("sex = sex of id(person)", [{"sex": "男", "person": BOY}, {"sex": "男", "person": GIRL}], [True, False]),
        ("day = birth date of id(person)", [{"day": "1990-03-07", "person": BOY}, {"day": "1990-03-08", "person": BOY}], [True, False]),
        ('division of id(person) = "110101"', [{"person": BOY}], [True]),
        ("valid resident id(person)", [{"person": BOY}, {}], [True, True]),
        ("valid resident id(a) or valid credit code(a)", [{"a": BOY}, {"a": FIRM}, {"a": FIRM[:-1] + "8"}, {}], [True, True, False, True]),
        ("valid bank card(a) and valid organisation code(b)", [{"a": CARD}, {"b": "93628966-5"}, {"a": "1"}], [True, True, False]),
    ],
)  # fmt: skip
def test_what_sql_says_exactly_runs_there(test: str, rows: list[dict[str, str]], fits: list[bool]) -> None:
    assert not is_asked(test)
    assert accepted(test, *rows) == fits


def test_today_is_the_day_of_the_load_either_way() -> None:
    rows, later = [{"a": "x", "n": "1", "day": "2025-06-30"}], date(2025, 6, 29)
    for test in ("day <= today()", 'day <= today() or upper case(a) = "Y"'):
        assert accepted(test, *rows) == [True]
        assert accepted(test, *rows, as_of=date(2025, 6, 30)) == [True]
    file = resource(
        fields=[*FIELDS, one_field("due", "date", options={"allow_future": True})], rules=[condition("due <= today()")]
    )
    assert [verdicts(file, {"due": "2025-06-30"}, as_of=day)[0].accepted for day in (later, date(2025, 6, 30))] == [
        False,
        True,
    ]


def test_a_condition_blames_the_fields_it_names_and_warns_where_it_says_so() -> None:
    file = listed(condition("n < m or sum([n]) > 9", severity="warn"))
    assert file.rules[0].fields == ("n", "m")
    assert [v.flags for v in verdicts(file, {"n": "2", "m": "1"}, {"n": "1", "m": "2"})] == [(("r", "n,m"),), ()]


def test_a_check_digit_rule_and_conditions_may_check_one_field_together() -> None:
    file = listed(
        rule("d", "check_digit", "a", check="resident-id"), condition("valid credit code(a) or valid resident id(a)")
    )
    assert [v.reasons for v in verdicts(file, {"a": BOY}, {"a": FIRM}, {"a": "1"})] == [
        (),
        (("d", "a"),),
        (("d", "a"), ("r", "a")),
    ]


def test_a_load_sifts_judges_and_counts_conditions_of_both_kinds(tmp_path: Path) -> None:
    rules = [
        rule("short", "feel", test="string length(name) <= 3", dimension="completeness"),
        rule("small", "feel", test="lower case(name) = name", dimension="consistency", severity="warn"),
    ]
    core = Core(tmp_path, resource(rules=rules))
    lines = "\n".join(
        f"{number},{'abcd' if number % 50 == 0 else 'Ab' if number % 40 == 0 else 'ab'},男" for number in range(1, 1001)
    )
    prepared, _ = core.load(f"编号,姓名,性别\n{lines}\n")
    assert (prepared.accepted, prepared.rejected, dict(prepared.reasons), dict(prepared.flags)) == (
        980,
        20,
        {"short": 20},
        {"small": 20},
    )
    parts = {part.dimension: part.total - part.good for part in prepared.parts}
    assert parts == {"accuracy": 0, "consistency": 20, "completeness": 20}
    assert len(core.rows()) == 980


def test_each_combination_is_asked_once_in_batches_and_missing_values_are_values() -> None:
    read = condition_of('upper case(a) = "X" or n > 3', {"a": "string", "n": "number"})
    texts, numbers = "CASE WHEN i % 3 > 0 THEN 'y' END AS a", "CASE WHEN i % 2 = 0 THEN i END AS n"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE typed AS SELECT {texts}, {numbers} FROM range({2 * BATCH + 10}) t(i)")
        broken_hold(connection, "SELECT * FROM typed", read, AS_OF, "found")
        found = connection.execute("SELECT * FROM found ORDER BY ALL").fetchall()
    # a missing text equals no text, a missing number is above none
    assert found == [("y", 2), (None, 0)]


def test_a_condition_that_asks_for_too_much_work_stops_the_load_and_says_so() -> None:
    test = "count(for i in 1..n return i) >= 0"
    assert accepted(test, {"n": "3"}) == [True]
    with pytest.raises(BudgetExceeded):
        accepted(test, {"n": "1000000000"})


def test_an_unsound_condition_names_rule_and_place_when_it_is_to_run() -> None:
    with pytest.raises(ConditionUnsound, match=r"people\.r: at character 5") as caught:
        accepted("n > nothing", {"n": "1"})
    assert "第 5 个字符" in caught.value.zh


def test_quality_functions_are_no_functions_of_feel() -> None:
    assert not QUALITY_FUNCTIONS.keys() & BUILTINS.keys()
    functions = function_values(AS_OF)
    assert functions["birth date of id"].call(None, [BOY]) == Date(1990, 3, 7)
    assert functions["birth date of id"].call(None, ["11010119900230001X"]) is None
    assert functions["sex of id"].call(None, ["1"]) is None
    assert [functions[name].call(None, [None]) for name in sorted(functions)] == [None] * len(functions)


@pytest.mark.parametrize(
    "given",
    [
        rule("r", "feel"),
        rule("r", "feel", test="  "),
        rule("r", "feel", test="n > 1", dimension="timeliness"),
        rule("r", "in_list", "a", values=["x"], test="n > 1"),
        rule("r", "in_list", "a", values=["x"], dimension="accuracy"),
        rule("r", "not_null"),
    ],
)
def test_a_rule_takes_what_its_kind_needs_and_nothing_else(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        listed(given)


def test_the_digest_of_rules_changes_with_a_test_and_a_definition_reads_back_as_it_was() -> None:
    one, other = listed(condition("n > 1")), listed(condition("n > 2"))
    assert rules_digest(one) != rules_digest(other)
    assert ResourceFile.model_validate(one.model_dump(mode="json")) == one
    assert column_types(one)["n"] == "BIGINT" and DIMENSION_OF_KIND["feel"] == "accuracy"
