"""Declared types: what conforms, what is converted on the way, and what becomes null with a note."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from dmnfiles import NOON, decision, knowledge, literal, model, number_input, table, take

from yiwang.kernel.errors import InputError
from yiwang.rules.core.dmn.outside import inputs_from, plain, value_from
from yiwang.rules.core.dmn.typing import Types
from yiwang.rules.core.feel.running import Run
from yiwang.rules.core.feel.types import Type, conforms
from yiwang.rules.core.feel.values import Date, DateTime, MonthsDuration, Range, Time, TimeDuration, Zone

ONE, TWO = Decimal(1), Decimal(2)
MIDNIGHT = Time(0, 0, 0, 0, Zone(offset=0))


def item(name: str, base: str = "", *parts: str, many: bool = False, allowed: str = "", constraint: str = "") -> str:
    inside = f"<typeRef>{base}</typeRef>" if base else ""
    inside += f"<allowedValues><text>{allowed}</text></allowedValues>" if allowed else ""
    inside += f"<typeConstraint><text>{constraint}</text></typeConstraint>" if constraint else ""
    listed = ' isCollection="true"' if many else ""
    return f'<itemDefinition name="{name}"{listed}>{inside}{"".join(parts)}</itemDefinition>'


def member(name: str, base: str, many: bool = False) -> str:
    listed = ' isCollection="true"' if many else ""
    return f'<itemComponent name="{name}"{listed}><typeRef>{base}</typeRef></itemComponent>'


TYPES = (
    item("tNumbers", "number", many=True),
    item("tGrade", "string", allowed='"A","B"'),
    item("tGrades", "string", many=True, allowed='"A","B"'),
    item("tPair", "number", many=True, constraint="count(?) = 2"),
    item("tPercent", "number", allowed="[0..100]"),
    item("tPerson", "", member("name", "string"), member("age", "number")),
    item("tTree", "", member("value", "number"), member("below", "tTree", many=True)),
    item("tRanked", "tGrade"),
    item("tDouble", "", '<functionItem outputTypeRef="number"><parameters name="n" typeRef="number"/></functionItem>'),
)


def decided(text: str, type_: str, run: Run | None = None) -> Any:
    return take("A", *TYPES, decision("A", literal(text), type_=type_), run=run)


@pytest.mark.parametrize(
    ("text", "type_", "expected"),
    [
        ("1", "number", ONE),
        ('"1"', "number", None),
        ("null", "number", None),
        ("[1]", "number", ONE),
        ('["x"]', "number", None),
        ("[1, 2]", "number", None),
        ("1", "tNumbers", [ONE]),
        ('"x"', "tNumbers", None),
        ("[1, 2]", "tNumbers", [ONE, TWO]),
        ('[1, "x"]', "tNumbers", None),
        ("[]", "tNumbers", []),
        ('date("2026-07-01")', "date and time", DateTime(Date(2026, 7, 1), MIDNIGHT)),
        ('"A"', "tGrade", "A"),
        ('"C"', "tGrade", None),
        ('"C"', "tRanked", None),
        ('["A", "B"]', "tGrades", ["A", "B"]),
        ('["A", "C"]', "tGrades", None),
        ('"A"', "tGrades", ["A"]),
        ("[1, 2]", "tPair", [ONE, TWO]),
        ("[1, 2, 3]", "tPair", None),
        ("100", "tPercent", Decimal(100)),
        ("100.1", "tPercent", None),
        ('{name: "Li", age: 1}', "tPerson", {"name": "Li", "age": ONE}),
        ('{name: "Li", age: 1, more: 2}', "tPerson", {"name": "Li", "age": ONE, "more": TWO}),
        ('{name: "Li"}', "tPerson", None),
        ('{name: "Li", age: null}', "tPerson", {"name": "Li", "age": None}),
        ('{name: "Li", age: "old"}', "tPerson", None),
        ("{value: 1, below: []}", "tTree", {"value": ONE, "below": []}),
        ('{value: 1, below: [{value: "x", below: []}]}', "tTree", None),
        ("1", "Any", ONE),
        ("[1..2]", "range<number>", Range(ONE, TWO, True, True)),
        ("[1]", "list<number>", [ONE]),
        ('["x"]', "list<number>", None),
    ],
)
def test_a_decisions_value_is_brought_to_its_type(text: str, type_: str, expected: Any) -> None:
    typed = type_.replace("<", "&lt;").replace(">", "&gt;")
    assert decided(text, typed) == expected


def test_a_value_that_does_not_conform_leaves_a_note_with_the_decisions_name() -> None:
    run = Run(NOON)
    assert decided('"x"', "number", run) is None
    assert run.notes[-1].zh == "决策“A”：值的类型是 string，此处要求 number。"


def test_a_members_allowed_values_may_name_its_siblings() -> None:
    span = item(
        "tSpan",
        "",
        member("low", "number"),
        '<itemComponent name="high"><typeRef>number</typeRef><allowedValues><text>&gt;= low</text></allowedValues></itemComponent>',
        '<itemComponent name="steps" isCollection="true"><typeRef>number</typeRef><allowedValues><text>[low..high]</text>'
        "</allowedValues></itemComponent>",
    )

    def held(text: str) -> bool:
        return take("A", span, decision("A", literal(text), type_="tSpan")) is not None

    assert held("{low: 1, high: 5, steps: [2, 3]}")
    assert held("{low: 1, high: null, steps: null}")
    assert not held("{low: 6, high: 5, steps: []}")
    assert not held("{low: 1, high: 5, steps: [2, 9]}")


def test_functions_conform_by_parameters_and_result() -> None:
    parts = (
        *TYPES,
        knowledge("twice", {"f": "tDouble"}, literal("f(f(1))")),
        decision("A", literal("twice(function(n: number) n * 2)"), knowledge="twice"),
        decision("B", literal("twice(function(n: string) n)"), knowledge="twice"),
        decision("C", literal("twice(function(n: number, m: number) n)"), knowledge="twice"),
        decision("D", literal("twice(abs)"), knowledge="twice"),
    )
    assert [take(name, *parts) for name in "ABCD"] == [Decimal(4), None, None, ONE]


def test_an_input_of_the_wrong_type_is_null() -> None:
    parts = (*TYPES, number_input("g", "tGrade"), decision("A", literal("g = null"), inputs="g"))
    assert take("A", *parts, g="C") is True
    assert take("A", *parts, g="B") is False


def test_a_tables_typed_input_and_output_are_enforced() -> None:
    logic = table(["x"], ["|"], ["- | x"], 'hitPolicy="FIRST"')
    typed = logic.replace("<inputExpression>", '<inputExpression typeRef="number">').replace(
        "<output>", '<output typeRef="tPercent">'
    )
    parts = (*TYPES, number_input("x", "Any"), decision("A", typed, inputs="x"))
    assert take("A", *parts, x=50) == Decimal(50)
    assert take("A", *parts, x=500) is None


def test_instance_of_knows_item_definitions_without_their_allowed_values() -> None:
    assert decided('"C" instance of tGrade', "boolean") is True
    assert decided("1 instance of tGrade", "boolean") is False
    assert decided('{name: "x", age: 1} instance of tPerson', "boolean") is True


def test_types_may_stand_in_any_order_and_hold_one_another() -> None:
    found = Types(model(item("tOuter", "tInner"), item("tInner", "number", allowed="&gt; 0"))).of("tOuter")
    assert (conforms(ONE, found), conforms(Decimal(-1), found)) == (True, False)


# From outside and back --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "type_", "expected"),
    [
        (1, "number", ONE),
        (0.1, "number", Decimal("0.1")),
        ("2026-07-01", "date", Date(2026, 7, 1)),
        ("2026-07-01T08:00:00Z", "date and time", DateTime(Date(2026, 7, 1), Time(8, 0, 0, 0, Zone(offset=0)))),
        ("2026-07-01", "date and time", Date(2026, 7, 1)),
        ("P1Y", "years and months duration", MonthsDuration(12)),
        ("PT1S", "days and time duration", TimeDuration(1_000_000_000)),
        ("2026-07-01", "string", "2026-07-01"),
        ("2026-07-01", "Any", "2026-07-01"),
        (None, "number", None),
        (True, "boolean", True),
        ([1, {"a": 2}], "Any", [ONE, {"a": TWO}]),
    ],
)
def test_json_becomes_what_the_type_says(given: Any, type_: str, expected: Any) -> None:
    assert value_from(given, Type(type_)) == expected


@pytest.mark.parametrize(
    ("given", "type_"), [("2026-02-30", "date"), ("soon", "time"), (float("nan"), "number"), (object(), "Any")]
)
def test_json_that_cannot_be_read_is_refused_with_its_place(given: Any, type_: str) -> None:
    with pytest.raises(InputError) as caught:
        value_from([given], Type("Any") if type_ == "Any" else Types(model(item("t", type_, many=True))).of("t"), "x")
    assert caught.value.where == "x[1]"


def test_facts_are_read_by_the_declared_types_and_unknown_ones_are_refused() -> None:
    found = model(*TYPES, number_input("born", "date"), number_input("p", "tPerson"))
    assert inputs_from(found, {"born": "2000-01-02", "p": {"name": "Li", "age": 3}}) == {
        "born": Date(2000, 1, 2),
        "p": {"name": "Li", "age": Decimal(3)},
    }
    with pytest.raises(InputError, match="Its inputs are: born, p"):
        inputs_from(found, {"bron": "2000-01-02"})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (ONE, 1),
        (Decimal("0.1"), 0.1),
        (Decimal("0.1234567890123456789012345678901234"), "0.1234567890123456789012345678901234"),
        (Decimal(10) ** 20, 10**20),
        (Decimal("1e6000"), "1E+6000"),
        (Date(2026, 7, 1), "2026-07-01"),
        ([MonthsDuration(14)], ["P1Y2M"]),
        ({"a": Range(ONE, None, False, False, ">")}, {"a": "(>1)"}),
        (None, None),
    ],
)
def test_values_go_out_as_json(value: Any, expected: Any) -> None:
    shown = plain(value)
    assert (str(shown) if isinstance(expected, str) else shown) == expected
