"""Over small domains every point can be tried: the proof says exactly what trying all of them shows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from prooftables import PLACE, literal, value_of

from yiwang.rules.core.dmn.boxed import Cell, DecisionTable, HitPolicy, Input, Output, Rule
from yiwang.rules.core.feel.interpreter import prepare_tests
from yiwang.rules.core.feel.parser import parse_tests
from yiwang.rules.core.feel.running import Run, Scope
from yiwang.rules.core.feel.values import Date, DateTime, Time, Value
from yiwang.rules.core.proofs.domains import Domain
from yiwang.rules.core.proofs.findings import Proof
from yiwang.rules.core.proofs.proving import prove

NAMES = frozenset({"数", "字", "问", "比"})
NUMBERS: list[Value] = [value_of(str(number)) for number in range(7)]
SPACES: dict[str, tuple[Domain, list[Value]]] = {
    "数": (Domain("number", parse_tests("[0..6]"), True, NUMBERS[1]), [None, *NUMBERS]),  # type: ignore[arg-type]
    "字": (Domain("string", parse_tests('"甲", "乙", "丙"'), False), ["甲", "乙", "丙"]),
    "问": (Domain("boolean", None, True), [None, True, False]),
    "比": (Domain("number", parse_tests("[0..6]"), False, NUMBERS[1]), list(NUMBERS)),  # type: ignore[arg-type]
}
small = st.integers(-1, 7)
signs = st.sampled_from(["<", "<=", ">", ">=", "=", "!="])
numeric = st.one_of(
    st.sampled_from(
        [
            "-",
            "-",
            "null",
            "not(null)",
            "even(?)",
            "not(3, null)",
            "< 比",
            ">= 比",
            "比",
            "? + 1 > 比",
            "? in (1, [4..5])",
        ]
    ),
    st.builds("{} {}".format, signs, small),
    st.builds("{}{}..{}{}".format, st.sampled_from("[("), small, small, st.sampled_from("])")),
    st.builds("not({} {}, {})".format, signs, small, small),
    st.builds("? > {} and ? != {}".format, small, small),
    st.builds("{}, [{}..6]".format, small, small),
)
CELLS = {
    "数": numeric,
    "字": st.sampled_from(
        ["-", '"甲"', '"乙", "丙"', 'not("甲")', '> "丙"', 'contains(?, "甲")', '"丁"', '["乙", "甲"]']
    ),
    "问": st.sampled_from(["-", "-", "true", "false", "null", "not(true)", "not(?)", "null, false"]),
    "比": st.sampled_from(["-", "-", "< 3", ">= 3", "[2..4)", "not(2)", "> 数", "数"]),
}
policies = st.sampled_from([HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST, HitPolicy.PRIORITY, HitPolicy.COLLECT])


@st.composite
def tables(draw: st.DrawFn) -> DecisionTable:
    names = draw(st.lists(st.sampled_from(sorted(NAMES)), min_size=1, max_size=3, unique=True))
    if "比" not in names:
        names.append("比")
    rules = []
    for _ in range(draw(st.integers(1, 5))):
        texts = [draw(CELLS[name]) for name in names]
        texts = ["-" if "数" in text and "数" not in names else text for text in texts]
        cells = tuple(Cell(PLACE, text, parse_tests(text, NAMES)) for text in texts)
        rules.append(Rule(PLACE, cells, (literal(draw(st.sampled_from(["1", "2", "3"]))),), ("第一条",)))
    inputs = tuple(Input(PLACE, name, literal(name, NAMES, SPACES[name][0].type)) for name in names)
    output = Output(PLACE, "果", "果", "number", parse_tests("1, 2, 3"))
    return DecisionTable(PLACE, None, draw(policies), None, inputs, (output,), tuple(rules), ("依据",))


def hits(table: DecisionTable) -> list[tuple[dict[str, Value], frozenset[int]]]:
    """Every point of the domains with the rules that hold there."""
    names = [column.label for column in table.inputs]
    run = Run(DateTime(Date(2000, 1, 1), Time(12, 0, 0)), 10**9)
    made = [[prepare_tests(cell.tests) for cell in rule.inputs] for rule in table.rules]
    found = []
    for values in product(*(SPACES[name][1] for name in names)):
        row = dict(zip(names, values, strict=True))
        scope = Scope(dict(row))
        held = (
            number
            for number, cells in enumerate(made, 1)
            if all(cell.passes(value, scope, run) is True for cell, value in zip(cells, values, strict=True))
        )
        found.append((row, frozenset(held)))
    return found


def before(table: DecisionTable, number: int) -> set[int]:
    """The rules that win over a rule where both hold."""
    if table.policy is HitPolicy.FIRST:
        return set(range(1, number))
    results = [rule.outputs[0].text for rule in table.rules]
    return {
        other
        for other, result in enumerate(results, 1)
        if table.policy is HitPolicy.PRIORITY and result < results[number - 1]
    }


def rules_of(proof: Proof, *kinds: str) -> set[tuple[int, ...]]:
    return {finding.rules for finding in proof.findings if finding.kind in kinds}


def clashing(table: DecisionTable, held: Sequence[frozenset[int]]) -> set[tuple[int, ...]]:
    pairs = {(one, other) for rules in held for one in rules for other in rules if one < other}
    if table.policy is HitPolicy.UNIQUE:
        return set(pairs)
    results = [rule.outputs[0].text for rule in table.rules]
    return {
        (one, other) for one, other in pairs if table.policy is HitPolicy.ANY and results[one - 1] != results[other - 1]
    }


@settings(max_examples=250, deadline=None, derandomize=True)
@given(tables())
def test_the_proof_says_what_trying_every_point_shows(table: DecisionTable) -> None:
    proof = prove(table, {name: domain for name, (domain, _) in SPACES.items()})
    points = hits(table)
    held = [rules for _, rules in points]
    assert not rules_of(proof, "unproved")
    assert proof.complete is all(held)
    assert bool(rules_of(proof, "gap")) is not all(held)
    assert rules_of(proof, "overlap", "conflict") == clashing(table, held)
    numbers = range(1, len(table.rules) + 1)
    assert rules_of(proof, "dead") == {(number,) for number in numbers if not any(number in rules for rules in held)}
    masked = {
        number
        for number in numbers
        if any(number in rules for rules in held)
        and all(rules & before(table, number) for rules in held if number in rules)
        and before(table, number)
    }
    assert {rules[0] for rules in rules_of(proof, "masked")} == masked
    assert proof.disjoint is all(len(rules) < 2 for rules in held)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(tables())
def test_every_witness_is_a_point_that_shows_the_fault(table: DecisionTable) -> None:
    proof = prove(table, {name: domain for name, (domain, _) in SPACES.items()})
    points = hits(table)
    for finding in proof.findings:
        if not finding.witness:
            continue
        at = next(rules for row, rules in points if row == dict(finding.witness))
        assert not at if finding.kind == "gap" else set(finding.rules) <= at
