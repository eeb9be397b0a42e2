"""Every rule of the closed list that looks at one row says in SQL what its FEEL text says to the interpreter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import hypothesis.strategies as st
import pytest
from datacity import AS_OF, one_field, resource, rule
from hypothesis import HealthCheck, given, seed, settings

from yiwang.data.core import sql
from yiwang.data.core.checks import Checks, column_types
from yiwang.data.core.conditions.asking import verdict
from yiwang.data.core.conditions.kinds import READERS, kind_of_column
from yiwang.data.core.conditions.reading import condition_of
from yiwang.data.core.conditions.texts import rule_feel
from yiwang.data.core.rules import DIMENSION_OF_KIND, SET_KINDS, row_rules
from yiwang.data.core.semantics.checkdigits import resident_id_check
from yiwang.data.schema import ResourceFile, RuleFile

FIELDS = [
    one_field("code"),
    one_field("a"),
    one_field("b"),
    one_field("n", "integer"),
    one_field("m", "decimal"),
    one_field("k", "integer"),
    one_field("day", "date"),
    one_field("end", "date"),
    one_field("at", "datetime"),
    one_field("sex"),
    one_field("person", "resident-id"),
    one_field("place", "division-code"),
    one_field("ok", "boolean"),
]
RULES: dict[str, list[dict[str, Any]]] = {
    "not_null": [rule("r", "not_null", "a", "n"), rule("r", "not_null", "day"), rule("r", "not_null", "ok")],
    "range": [
        rule("r", "range", "n", min=1, max=5),
        rule("r", "range", "m", min=0.5),
        rule("r", "range", "m", max="2.25"),
        rule("r", "range", "day", min="2020-01-01", max=date(2020, 12, 31)),
        rule("r", "range", "at", min="2020-01-01"),
        rule("r", "range", "n", min=5, max=1),
        rule("r", "range", "n", min=3, max=3),
        rule("r", "range", "a", min="甲", max="乙"),
    ],
    "in_list": [
        rule("r", "in_list", "sex", values=["男", "女", 'say "x"', "it's"]),
        rule("r", "in_list", "n", values=["1", "2"]),
        rule("r", "in_list", "day", values=["2020-01-01"]),
        rule("r", "in_list", "ok", values=["true"]),
    ],
    "pattern": [
        rule("r", "pattern", "a", pattern=text)
        for text in (
            "[0-9]{3}",
            r"\d+|x",
            "9.*",
            r"[^\d\s]+",
            r"a\.b",
            r"\w*-\w",
            "(?:甲|乙).?",
            r"[a\-z]]?",
            r"\S\D",
            "a{b}",
        )
    ],
    "check_digit": [
        rule("r", "check_digit", "a", check=check)
        for check in ("resident-id", "credit-code", "organisation-code", "bank-card")
    ],
    "date_order": [rule("r", "date_order", "day", "end")],
    "compare": [
        *(rule("r", "compare", "n", "k", compare=sign) for sign in ("eq", "ne", "lt", "le", "gt", "ge")),
        *(rule("r", "compare", "a", "b", compare=sign) for sign in ("eq", "ne", "lt", "ge")),
        *(rule("r", "compare", "n", "m", compare=sign) for sign in ("eq", "le")),
        rule("r", "compare", "sex", "person", compare="sex_of_id"),
        rule("r", "compare", "sex", "a", compare="sex_of_id"),
        rule("r", "compare", "day", "person", compare="birth_of_id"),
        rule("r", "compare", "day", "a", compare="birth_of_id"),
        rule("r", "compare", "place", "person", compare="division_of_id"),
        rule("r", "compare", "a", "b", compare="division_of_id"),
    ],
}
DAYS = st.dates(date(2019, 12, 30), date(2021, 1, 2))


def _resident(place: str, born: date, serial: int) -> str:
    body = f"{place}{born:%Y%m%d}{serial:03}"
    return body + resident_id_check(body)


RESIDENTS = st.builds(_resident, st.sampled_from(["110101", "230881"]), DAYS, st.integers(0, 999))
NUMBERS = st.sampled_from(
    ["912399019362896657", "512399015239901039", "9999000002871839239", "730000007", "73000000-7"]
)
TEXTS = st.one_of(
    st.sampled_from(
        ["x", "123", "甲", "乙b", "a.b", "9", "9\n9", "9\r9", "ab-c", "３", "é", "a]", "a{b}", "\x0b", "男 ", "𠀀a"]
    ),
    st.text("0129axX甲-. \n\t٣", min_size=1, max_size=20).filter(str.strip),
    RESIDENTS,
    NUMBERS,
    st.builds(lambda text, sign: text[:-1] + sign, st.one_of(RESIDENTS, NUMBERS), st.sampled_from("0123456789Xx")),
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "code": st.just("1"),
    "a": TEXTS,
    "b": TEXTS,
    "n": st.one_of(st.integers(-1, 7), st.sampled_from([2**63 - 1, -(2**63)])),
    "k": st.integers(-1, 7),
    "m": st.one_of(st.sampled_from(["0.5", "0.499999", "2.25", "2.250001", "1"]), st.just("9" * 32)).map(Decimal),
    "day": DAYS,
    "end": DAYS,
    "at": st.datetimes(datetime.fromisoformat("2019-12-31"), datetime.fromisoformat("2020-01-02")),
    "sex": st.sampled_from(["男", "女", "未知", 'say "x"', "it's"]),
    "person": RESIDENTS,
    "place": st.sampled_from(["110101000000", "230881100000"]),
    "ok": st.booleans(),
}
ROWS = st.lists(
    st.fixed_dictionaries({name: st.one_of(st.none(), values) for name, values in VALUES.items()}),
    min_size=1,
    max_size=30,
)
CASES = [(kind, number) for kind, given_rules in RULES.items() for number in range(len(given_rules))]


def world(one: dict[str, Any]) -> tuple[ResourceFile, RuleFile, dict[str, str]]:
    file = resource(fields=FIELDS, rules=[one])
    return file, file.rules[0], column_types(file)


def in_sql(file: ResourceFile, rows: list[dict[str, Any]]) -> list[bool]:
    """The rule's verdict over typed rows, as an intake takes it; outcomes of check digits are worked out as it does."""
    types, checks = column_types(file), Checks(file, AS_OF)
    (found,) = row_rules(file, types, AS_OF)
    with duckdb.connect(config={"threads": 1, "disabled_optimizers": "common_subexpressions"}) as connection:
        columns = ", ".join(f"{sql.name(name)} {kind}" for name, kind in types.items())
        connection.execute(f"CREATE TABLE typed (_row BIGINT, {columns})")
        marks = ", ".join("?" for _ in types)
        connection.executemany(
            f"INSERT INTO typed VALUES (?, {marks})", [[n, *(row[f] for f in types)] for n, row in enumerate(rows)]
        )
        source = "typed"
        for name, (field, check) in found.checks.items():
            steps = checks._digit_steps(field, check)
            for stage in steps.parse:
                source = f"(SELECT *{''.join(f', {text} AS {own}' for own, text in stage.items())} FROM {source})"
            source = f"(SELECT *, {steps.fail} AS {sql.name(name)} FROM {source})"
        for name, text in found.derived.items():
            source = f"(SELECT *, {text} AS {sql.name(name)} FROM {source})"
        told = connection.execute(f"SELECT coalesce({found.broken}, FALSE) FROM {source} ORDER BY _row").fetchall()
    return [bool(said) for (said,) in told]


def in_feel(file: ResourceFile, one: RuleFile, rows: list[dict[str, Any]]) -> list[bool]:
    kinds = {name: kind_of_column(kind) for name, kind in column_types(file).items()}
    condition = condition_of(rule_feel(one, kinds), kinds)

    def value(name: str, stored: Any) -> Any:
        read: Callable[[Any], Any] = READERS[kinds[name]]
        return None if stored is None else read(stored)

    return [verdict(condition, {f: value(f, row[f]) for f in condition.fields}, AS_OF) is False for row in rows]


@pytest.mark.parametrize(("kind", "number"), CASES)
@seed(20261122)
@settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(rows=ROWS)
def test_sql_and_the_feel_text_judge_random_rows_alike(kind: str, number: int, rows: list[dict[str, Any]]) -> None:
    file, one, _ = world(RULES[kind][number])
    assert in_sql(file, rows) == in_feel(file, one, rows), rule_feel(
        one, {name: kind_of_column(stored) for name, stored in column_types(file).items()}
    )


CONDITIONS = [
    "sex of id(a) = sex",
    "birth date of id(a) = day or birth date of id(b) != end",
    "division of id(a) < division of id(person)",
    "valid resident id(a) or valid credit code(b)",
    "not(valid bank card(a)) and valid resident id(person)",
    "n + k <= 8 and not(m > 1)",
    "m > n or n between k and 5",
    'day + @"P1M" <= end or day.month = 12',
    'years and months duration(day, end) >= @"P1M"',
    'if ok then a < b else starts with(a, "9") or string length(a) = 18',
    'day in [today() - @"P6Y"..end]',
    "n in (< 2, [4..6], 7) or sex != null",
    "ok = (n > k)",
]


@pytest.mark.parametrize("test", CONDITIONS)
@seed(20261122)
@settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(rows=ROWS)
def test_a_condition_judges_random_rows_in_sql_as_the_interpreter_does(test: str, rows: list[dict[str, Any]]) -> None:
    file, one, _ = world(rule("r", "feel", test=test))
    assert Checks(file, AS_OF).row_rules[0].asked is None
    assert in_sql(file, rows) == in_feel(file, one, rows)


def test_every_kind_that_looks_at_one_row_is_tried() -> None:
    assert set(RULES) == set(DIMENSION_OF_KIND) - set(SET_KINDS) - {"feel"}


def test_rules_over_many_rows_have_no_feel_text() -> None:
    for one in (rule("r", "unique", "a"), rule("r", "foreign_key", "a", references="others.code")):
        assert rule_feel(world(one)[1], {"a": "string"}) == ""


def test_a_pattern_that_feel_cannot_say_has_no_text() -> None:
    for text in ("(?i)ab", r"\bx", "[[:alpha:]]", r"\pL"):
        assert rule_feel(world(rule("r", "pattern", "a", pattern=text))[1], {"a": "string"}) == ""


@pytest.mark.parametrize(
    ("given_rule", "text"),
    [
        (rule("r", "not_null", "day"), "day != null"),
        (rule("r", "range", "n", min=1, max=20), "n in [1..20]"),
        (rule("r", "in_list", "sex", values=["男", "女"]), 'sex = null or sex in ("男", "女")'),
        (rule("r", "date_order", "day", "end"), "day <= end"),
        (rule("r", "check_digit", "a", check="credit-code"), "valid credit code(a)"),
    ],
)
def test_the_text_reads_as_an_official_would_write_it(given_rule: dict[str, Any], text: str) -> None:
    file, one, types = world(given_rule)
    assert rule_feel(one, {name: kind_of_column(kind) for name, kind in types.items()}) == text
