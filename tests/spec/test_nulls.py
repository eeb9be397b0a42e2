"""Every row of the null table holds, and the page of the manual is that table."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from docs.nullspec import GROUPS, NullCase, cases_read, null_page

from yiwang.rules.core.dmn.evaluating import PreparedModel
from yiwang.rules.core.dmn.reading import read
from yiwang.rules.core.feel.builtins.conversion import is_same
from yiwang.rules.core.feel.interpreter import Run, Scope, prepare, prepare_tests
from yiwang.rules.core.feel.parser import parse_expression, parse_tests
from yiwang.rules.core.feel.values import Date, DateTime, Time, Value
from yiwang.rules.errors import FeelSyntaxError

ROOT = Path(__file__).resolve().parents[2]
CASES = cases_read(ROOT / "tests/spec/nulls.tsv")
CELLS = [case for case in CASES if case.id[0] == "U"]
TABLES = [case for case in CASES if case.id[0] == "H"]
EXPRESSIONS = [case for case in CASES if case.id[0] not in "UH"]
NOW = DateTime(Date(2026, 11, 22), Time(10, 0, 0))
POLICIES = {
    "U": 'hitPolicy="UNIQUE"',
    "A": 'hitPolicy="ANY"',
    "F": 'hitPolicy="FIRST"',
    "P": 'hitPolicy="PRIORITY"',
    "R": 'hitPolicy="RULE ORDER"',
    "O": 'hitPolicy="OUTPUT ORDER"',
    "C": 'hitPolicy="COLLECT"',
    "C+": 'hitPolicy="COLLECT" aggregation="SUM"',
    "C<": 'hitPolicy="COLLECT" aggregation="MIN"',
    "C>": 'hitPolicy="COLLECT" aggregation="MAX"',
    "C#": 'hitPolicy="COLLECT" aggregation="COUNT"',
}


def value(text: str) -> Value:
    return prepare(parse_expression(text)).value(Scope({"x": None}), Run(NOW))


def same(one: Value, other: Value) -> bool:
    return is_same(Run(NOW), one, other)  # type: ignore[no-any-return]


def cell_answer(case: NullCase) -> str:
    try:
        tests = prepare_tests(parse_tests(case.feel))
    except FeelSyntaxError:
        return "refused"
    passed = tests.passes(value(case.given), Scope({"x": None}), Run(NOW))
    return {True: "match", False: "no match", None: "null"}[passed]


def table_value(case: NullCase) -> Value:
    policy, _, written = case.feel.partition(": ")
    rules = "".join(
        f"<rule><inputEntry><text>{escape(cell)}</text></inputEntry><outputEntry><text>{escape(output)}</text></outputEntry></rule>"
        for cell, _, output in (rule.partition(" -> ") for rule in written.split("; "))
    )
    ranked = '<outputValues><text>"a", "b"</text></outputValues>' if policy in "PO" else ""
    file = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:nulls" name="nulls" id="nulls">'
        '<inputData id="i" name="Given"><variable name="Given"/></inputData><decision id="d" name="Taken"><variable name="Taken"/>'
        '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
        f"<decisionTable {POLICIES[policy]}><input><inputExpression><text>Given</text></inputExpression></input>"
        f'<output name="out">{ranked}</output>{rules}</decisionTable></decision></definitions>'
    )
    model = PreparedModel(read(file.encode(), "nulls.dmn"))
    return model.decide("Taken", {"Given": value(case.given)}, Run(NOW))


@pytest.mark.parametrize("case", EXPRESSIONS, ids=[case.id for case in EXPRESSIONS])
def test_an_expression_makes_of_null_what_the_table_says(case: NullCase) -> None:
    assert same(value(case.feel), value(case.expect)), f"{value(case.feel)!r}: {case.en}"


@pytest.mark.parametrize("case", CELLS, ids=[case.id for case in CELLS])
def test_a_cell_takes_null_as_the_table_says(case: NullCase) -> None:
    assert cell_answer(case) == case.expect, case.en


@pytest.mark.parametrize("case", TABLES, ids=[case.id for case in TABLES])
def test_a_hit_policy_treats_null_as_the_table_says(case: NullCase) -> None:
    assert same(table_value(case), value(case.expect)), f"{table_value(case)!r}: {case.en}"


def test_the_table_has_every_group_and_at_least_150_cases_each_in_both_languages() -> None:
    assert len(CASES) >= 150
    assert {case.id[0] for case in CASES} == set(GROUPS)
    assert all(case.zh and case.en and case.section for case in CASES)


def test_an_expected_null_comes_with_a_reason_where_an_operation_failed() -> None:
    """Null that was passed on says nothing; null that an operation gave says why."""
    run = Run(NOW)
    assert prepare(parse_expression("sum([1, null])")).value(Scope({}), run) is None
    assert all(note.zh and note.en for note in run.notes) and run.notes


def test_the_page_of_the_manual_is_the_table_as_it_stands() -> None:
    page = (ROOT / "docs/reference/null-spec.md").read_text(encoding="utf-8")
    assert page == null_page(CASES), "run: make docs"


def test_a_table_with_other_columns_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "nulls.tsv"
    table.write_text("id\tfeel\n", encoding="utf-8")
    with pytest.raises(ValueError, match="columns"):
        cases_read(table)
