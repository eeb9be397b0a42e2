"""Taking decisions: requirements, knowledge, services, imports and every boxed expression."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from dmnfiles import DMN15, NOON, decision, file, knowledge, literal, model, number_input, table, take

from yiwang.kernel.errors import NotFound
from yiwang.rules.core.dmn.evaluating import PreparedModel
from yiwang.rules.core.dmn.folders import read_all
from yiwang.rules.core.dmn.places import DmnRefused
from yiwang.rules.core.dmn.reading import read
from yiwang.rules.core.dmn.tracing import TracedRun
from yiwang.rules.core.feel.running import Run
from yiwang.rules.errors import BudgetExceeded

ONE, TWO, THREE = Decimal(1), Decimal(2), Decimal(3)


def service(name: str, outputs: str, inputs: str = "", given: str = "", type_: str = "") -> str:
    """A service of decisions `outputs`, input data `inputs` and input decisions `given`."""
    typed = f' typeRef="{type_}"' if type_ else ""
    parts = [f'<outputDecision href="#d-{one}"/>' for one in outputs.split()]
    parts += [f'<inputDecision href="#d-{one}"/>' for one in given.split()]
    parts += [f'<inputData href="#in-{one}"/>' for one in inputs.split()]
    return f'<decisionService id="k-{name}" name="{name}"><variable name="{name}"{typed}/>{"".join(parts)}</decisionService>'


def entry(name: str, logic: str, type_: str = "") -> str:
    typed = f' typeRef="{type_}"' if type_ else ""
    return f'<contextEntry><variable name="{name}"{typed}/>{logic}</contextEntry>'


def ask(name: str, files: dict[str, bytes], inputs: dict[str, Any], run: Run | None = None) -> Any:
    models, refused = read_all(files)
    assert refused == {}
    return PreparedModel(models["main.dmn"]).decide(name, inputs, run or Run(NOON))


# Requirements -----------------------------------------------------------------------------------------------------------


def test_a_decision_rests_on_inputs_and_other_decisions() -> None:
    parts = (
        number_input("x"),
        decision("B", literal("x * 2"), inputs="x"),
        decision("A", literal("B + x"), inputs="x", decisions="B"),
    )
    assert take("A", *parts, x=5) == Decimal(15)


def test_only_what_is_required_is_in_scope() -> None:
    with pytest.raises(DmnRefused, match="no variable “x”"):
        take("A", number_input("x"), decision("A", literal("x + 1")), x=5)


def test_a_decision_that_two_others_need_is_taken_once() -> None:
    parts = (
        decision("D", literal("1")),
        decision("B", literal("D"), decisions="D"),
        decision("C", literal("D"), decisions="D"),
        decision("A", literal("B + C"), decisions="B C"),
    )
    run = TracedRun(NOON)
    assert take("A", *parts, run=run) == TWO
    assert [one.name for one in run.decisions] == ["D", "B", "C", "A"]


def test_names_with_blanks_and_signs_are_names() -> None:
    parts = (
        '<inputData id="in-1" name="Monthly Income"><variable name="Monthly Income" typeRef="number"/></inputData>',
        '<inputData id="in-2" name="税前-额"><variable name="税前-额" typeRef="number"/></inputData>',
        decision("A", literal("Monthly Income - 税前-额"), inputs="#in-1 #in-2"),
    )
    prepared = PreparedModel(model(*parts))
    assert prepared.decide("A", {"Monthly Income": Decimal(9), "税前-额": Decimal(4)}, Run(NOON)) == Decimal(5)


def test_a_decision_is_found_by_id_too_and_an_unknown_one_is_said() -> None:
    prepared = PreparedModel(model(decision("A", literal("1"))))
    assert prepared.decide("d-A", {}, Run(NOON)) == ONE
    with pytest.raises(NotFound, match="no decision"):
        prepared.decide("B", {}, Run(NOON))


def test_a_decision_without_logic_is_null_and_says_so() -> None:
    run = Run(NOON)
    assert take("A", decision("A", ""), run=run) is None
    assert "has no logic" in run.notes[0].en


def test_a_chain_of_two_thousand_decisions_needs_no_deep_stack() -> None:
    chain = [decision("c0", literal("1"))]
    chain += [
        decision(f"c{number}", literal(f"c{number - 1} + 1"), decisions=f"c{number - 1}") for number in range(1, 2000)
    ]
    assert take("c1999", *chain) == Decimal(2000)


def test_the_inputs_a_decision_rests_on_are_told() -> None:
    parts = (
        number_input("x"),
        number_input("y"),
        decision("B", literal("x"), inputs="x"),
        decision("A", literal("B"), decisions="B"),
    )
    assert PreparedModel(model(*parts)).needs("A") == ("x",)


def test_what_rests_on_a_refused_decision_is_refused_and_the_rest_runs() -> None:
    java = '<functionDefinition kind="Java"><context/></functionDefinition>'
    data = file(decision("J", java), decision("A", literal("J"), decisions="J"), decision("B", literal("1")))
    prepared = PreparedModel(read(data, "test.dmn", tolerant=True))
    with pytest.raises(DmnRefused, match="External functions"):
        prepared.decide("A", {}, Run(NOON))
    refusal = prepared.refusal("A")
    assert refusal is not None and refusal.owner == "d-J"
    assert prepared.refusal("B") is None
    assert prepared.decide("B", {}, Run(NOON)) == ONE


# Knowledge --------------------------------------------------------------------------------------------------------------


def test_knowledge_is_called_by_position_and_by_name() -> None:
    minus = knowledge("minus", {"a": "number", "b": "number"}, literal("a - b"))
    assert take("A", minus, decision("A", literal("minus(5, 3)"), knowledge="minus")) == TWO
    assert take("A", minus, decision("A", literal("minus(b: 5, a: 3)"), knowledge="minus")) == Decimal(-2)


def test_knowledge_sees_its_parameters_and_what_it_requires_only() -> None:
    parts = (
        number_input("x"),
        knowledge("f", {"a": "number"}, literal("a + x")),
        decision("A", literal("f(1)"), inputs="x", knowledge="f"),
    )
    with pytest.raises(DmnRefused, match="no variable “x”"):
        take("A", *parts, x=5)


def test_what_nothing_gives_is_null_with_a_note_in_a_file_read_with_tolerance() -> None:
    run = Run(NOON)
    data = file(number_input("x"), decision("A", literal("x + 1")))
    assert PreparedModel(read(data, "test.dmn", tolerant=True)).decide("A", {"x": TWO}, run) is None
    assert "no variable “x”" in run.notes[0].en


def test_knowledge_may_call_other_knowledge_and_itself() -> None:
    parts = (
        knowledge("double", {"n": "number"}, literal("n * 2")),
        knowledge("power", {"n": "number"}, literal("if n = 0 then 1 else double(power(n - 1))"), needs="double"),
        decision("A", literal("power(10)"), knowledge="power"),
    )
    assert take("A", *parts) == Decimal(1024)


def test_knowledge_that_calls_itself_without_end_is_stopped() -> None:
    parts = (knowledge("f", {"n": "number"}, literal("f(n + 1)")), decision("A", literal("f(0)"), knowledge="f"))
    with pytest.raises(BudgetExceeded):
        take("A", *parts)


def test_knowledge_may_be_a_table() -> None:
    logic = table(["n"], [""], ['< 5 | "few"', '- | "many"'], 'hitPolicy="FIRST"')
    parts = (knowledge("size", {"n": "number"}, logic), decision("A", literal("size(3)"), knowledge="size"))
    assert take("A", *parts) == "few"


def test_knowledge_given_the_wrong_type_is_not_called() -> None:
    parts = (knowledge("f", {"n": "number"}, literal("1")), decision("A", literal('f("x")'), knowledge="f"))
    assert take("A", *parts) is None


def test_knowledge_is_called_directly() -> None:
    prepared = PreparedModel(model(knowledge("f", {"n": "number"}, literal("n + 1"))))
    assert prepared.call("f", [ONE], Run(NOON)) == TWO
    assert prepared.call("f", [], Run(NOON)) is None


# Services ---------------------------------------------------------------------------------------------------------------

SERVICE = (
    number_input("x"),
    decision("B", literal("100")),
    decision("A", literal("B + x"), inputs="x", decisions="B"),
    decision("C", literal('"c"')),
)


def test_a_service_is_a_function_of_its_inputs_then_its_input_decisions() -> None:
    parts = (*SERVICE, service("s", "A", inputs="x", given="B"), decision("Z", literal("s(1, 2)"), knowledge="s"))
    assert take("Z", *parts) == THREE


def test_a_service_takes_named_arguments() -> None:
    parts = (*SERVICE, service("s", "A", inputs="x", given="B"), decision("Z", literal("s(B: 5, x: 2)"), knowledge="s"))
    assert take("Z", *parts) == Decimal(7)


def test_what_a_service_is_given_does_not_reach_the_decision_outside() -> None:
    parts = (
        *SERVICE,
        service("s", "A", inputs="x", given="B"),
        decision("Z", literal("[B, s(1, 2), B, x]"), inputs="x", decisions="B", knowledge="s"),
    )
    assert take("Z", *parts, x=7) == [Decimal(100), THREE, Decimal(100), Decimal(7)]


def test_a_service_of_several_outputs_gives_a_context() -> None:
    prepared = PreparedModel(model(*SERVICE, service("s", "A C", inputs="x")))
    assert prepared.decide_service("s", {"x": ONE}, Run(NOON)) == {"A": Decimal(101), "C": "c"}


def test_a_service_asked_directly_takes_input_decisions_from_the_caller_or_null() -> None:
    prepared = PreparedModel(model(*SERVICE, service("s", "A", inputs="x", given="B")))
    assert prepared.decide_service("s", {"x": ONE, "B": TWO}, Run(NOON)) == THREE
    assert prepared.decide_service("s", {"x": ONE}, Run(NOON)) is None


# Imports ----------------------------------------------------------------------------------------------------------------


def imports(prefix: str, namespace: str) -> str:
    return f'<import name="{prefix}" namespace="{namespace}" importType="{DMN15}"/>'


BASE = file(
    '<itemDefinition name="tWord"><typeRef>string</typeRef><allowedValues><text>"a","b"</text></allowedValues></itemDefinition>',
    '<inputData id="in-n" name="Person name"><variable name="Person name" typeRef="string"/></inputData>',
    decision("Hello", literal('"Hello " + Person name'), inputs="#in-n"),
    knowledge("greet", {"who": "string"}, literal('"Hi " + who')),
    namespace="urn:base",
)


def test_imported_decisions_and_knowledge_are_known_by_the_name_of_the_import() -> None:
    main = file(
        imports("Base model", "urn:base"),
        decision(
            "A",
            literal('Base model.Hello + ", " + Base model.greet("Li")'),
            decisions="urn:base#d-Hello",
            knowledge="urn:base#k-greet",
        ),
    )
    files = {"base.dmn": BASE, "main.dmn": main}
    assert ask("A", files, {"Base model": {"Person name": "Wang"}}) == "Hello Wang, Hi Li"
    assert ask("A", files, {"Base model.Person name": "Wang"}) == "Hello Wang, Hi Li"
    assert ask("A", files, {"urn:base#Person name": "Wang"}) == "Hello Wang, Hi Li"


def test_imported_inputs_are_required_by_their_import_name() -> None:
    main = file(imports("base", "urn:base"), decision("A", literal("base.Person name"), inputs="urn:base#in-n"))
    assert ask("A", {"base.dmn": BASE, "main.dmn": main}, {"base": {"Person name": "Wang"}}) == "Wang"


def test_imported_types_are_enforced() -> None:
    main = file(
        imports("base", "urn:base"),
        decision("A", literal('"c"'), type_="base.tWord"),
        decision("B", literal('"b"'), type_="base.tWord"),
    )
    files = {"base.dmn": BASE, "main.dmn": main}
    assert (ask("A", files, {}), ask("B", files, {})) == (None, "b")


def test_an_import_without_a_name_shares_its_names() -> None:
    main = file(imports("", "urn:base"), decision("A", literal('greet("Li")'), knowledge="urn:base#k-greet"))
    assert ask("A", {"base.dmn": BASE, "main.dmn": main}, {}) == "Hi Li"


def test_of_several_imports_without_a_name_the_models_own_then_the_first_count() -> None:
    other = file(decision("Hello", literal('"other"')), decision("Extra", literal('"extra"')), namespace="urn:other")
    main = file(
        imports("", "urn:base"),
        imports("", "urn:other"),
        number_input("x"),
        decision("A", literal('Hello + " " + Extra'), decisions="urn:base#d-Hello urn:other#d-Hello urn:other#d-Extra"),
        decision("B", literal("Extra"), decisions="#d-Extra urn:other#d-Extra"),
        decision("Extra", literal('"own"')),
    )
    files = {"base.dmn": BASE, "other.dmn": other, "main.dmn": main}
    assert ask("A", files, {"Person name": "Li"}) == "Hello Li extra"
    assert ask("B", files, {}) == "own"


def test_one_model_imported_on_two_ways_takes_the_inputs_of_each_way() -> None:
    def middle(namespace: str) -> bytes:
        return file(
            imports("base", "urn:base"),
            decision("Say", literal("base.Hello"), decisions="urn:base#d-Hello"),
            namespace=namespace,
        )

    main = file(
        imports("one", "urn:one"),
        imports("two", "urn:two"),
        decision("A", literal('one.Say + " / " + two.Say'), decisions="urn:one#d-Say urn:two#d-Say"),
    )
    files = {"base.dmn": BASE, "one.dmn": middle("urn:one"), "two.dmn": middle("urn:two"), "main.dmn": main}
    inputs = {"one": {"base": {"Person name": "Li"}}, "two": {"base": {"Person name": "Wu"}}}
    assert ask("A", files, inputs) == "Hello Li / Hello Wu"
    assert ask("A", files, {"one.base.Person name": "Li", "two.base.Person name": "Wu"}) == "Hello Li / Hello Wu"
    assert PreparedModel(read_all(files)[0]["main.dmn"]).needs("A") == ("one.base.Person name", "two.base.Person name")


# Boxed expressions ------------------------------------------------------------------------------------------------------


def boxed(logic: str, *parts: str, inputs: str = "", needs: str = "", **given: Any) -> Any:
    return take("A", *parts, decision("A", logic, inputs=inputs, knowledge=needs), **given)


def test_a_boxed_context_is_its_entries_or_its_result() -> None:
    entries = entry("a", literal("1")) + entry("b c", literal("a + 1"))
    assert boxed(f"<context>{entries}</context>") == {"a": ONE, "b c": TWO}
    result = f"<contextEntry>{literal('a + b c')}</contextEntry>"
    assert boxed(f"<context>{entries}{result}</context>") == THREE


def test_a_function_in_a_boxed_context_may_call_itself() -> None:
    body = f'<functionDefinition><formalParameter name="n"/>{literal("if n = 0 then 1 else n * fact(n - 1)")}</functionDefinition>'
    assert boxed(
        f"<context>{entry('fact', body)}<contextEntry>{literal('fact(5)')}</contextEntry></context>"
    ) == Decimal(120)


def test_an_entrys_function_may_be_typed_as_what_it_returns() -> None:
    body = f'<functionDefinition><formalParameter name="n"/>{literal("n")}</functionDefinition>'
    calls = literal('[f(1), f("x")]')
    logic = f"<context>{entry('f', body, 'number')}<contextEntry>{calls}</contextEntry></context>"
    assert boxed(logic) == [ONE, None]


def test_a_relation_is_a_list_of_contexts() -> None:
    rows = "".join(f"<row>{literal(a)}{literal(b)}</row>" for a, b in (("1", '"x"'), ("2", '"y"')))
    logic = f'<relation><column name="n"/><column name="the word"/>{rows}</relation>'
    assert boxed(logic) == [{"n": ONE, "the word": "x"}, {"n": TWO, "the word": "y"}]
    parts = (decision("R", logic), decision("A", literal('R[the word = "y"].n'), decisions="R"))
    assert take("A", *parts) == [TWO]


def test_a_boxed_list_holds_its_items() -> None:
    assert boxed(f"<list>{literal('1')}{literal('1 + 1')}</list>") == [ONE, TWO]


def test_an_invocation_binds_by_name() -> None:
    minus = knowledge("minus", {"a": "number", "b": "number"}, literal("a - b"))
    bindings = "".join(
        f'<binding><parameter name="{name}"/>{literal(text)}</binding>' for name, text in (("b", "x"), ("a", "10"))
    )
    logic = f"<invocation>{literal('minus')}{bindings}</invocation>"
    assert boxed(logic, number_input("x"), minus, inputs="x", needs="minus", x=3) == Decimal(7)


def test_an_invocation_with_a_parameter_nobody_has_is_null() -> None:
    f = knowledge("f", {"a": "number"}, literal("1"))
    logic = f'<invocation>{literal("f")}<binding><parameter name="z"/>{literal("1")}</binding></invocation>'
    assert boxed(logic, f, needs="f") is None


def test_an_invocation_may_call_a_built_in() -> None:
    logic = f'<invocation>{literal("abs")}<binding><parameter name="n"/>{literal("-3")}</binding></invocation>'
    assert boxed(logic) == THREE


@pytest.mark.parametrize(("condition", "expected"), [("true", ONE), ("false", TWO), ("null", TWO), ('"yes"', None)])
def test_a_boxed_conditional_wants_truth(condition: str, expected: Any) -> None:
    logic = f"<conditional><if>{literal(condition)}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>"
    assert boxed(logic) == expected


def test_a_boxed_loop_sees_its_variable_and_the_results_so_far() -> None:
    logic = (
        f'<for iteratorVariable="i"><in>{literal("[1,2,3]")}</in><return>{literal("i + count(partial)")}</return></for>'
    )
    assert boxed(logic) == [ONE, THREE, Decimal(5)]


def test_a_boxed_loop_may_return_any_boxed_expression() -> None:
    inner = f"<context>{entry('n', literal('i'))}{entry('before', literal('partial'))}</context>"
    found = boxed(f'<for iteratorVariable="i"><in>{literal("[1,2]")}</in><return>{inner}</return></for>')
    assert found[0] == {"n": ONE, "before": []}
    assert found[1] == {"n": TWO, "before": [{"n": ONE, "before": []}]}


def test_a_boxed_filter_sees_the_item_and_its_members() -> None:
    items = literal('[{word: "a", big one: 1}, {word: "b", big one: 9}]')
    logic = f"<filter><in>{items}</in><match>{literal('item.word = word and big one > 5')}</match></filter>"
    assert [one["word"] for one in boxed(logic)] == ["b"]
    assert boxed(f"<filter><in>{literal('[1,2,3]')}</in><match>{literal('item > 1')}</match></filter>") == [TWO, THREE]


@pytest.mark.parametrize("condition", ["1", '"x"'])
def test_a_boxed_filter_wants_truth_and_takes_no_position(condition: str) -> None:
    assert boxed(f"<filter><in>{literal('[1,2,3]')}</in><match>{literal(condition)}</match></filter>") is None


@pytest.mark.parametrize(
    ("word", "condition", "expected"),
    [
        ("some", "i > 2", True),
        ("every", "i > 2", False),
        ("every", "i > 0", True),
        ("some", '"x"', None),
        ("every", '"x"', None),
    ],
)
def test_boxed_quantifiers_want_truth(word: str, condition: str, expected: Any) -> None:
    logic = f'<{word} iteratorVariable="i"><in>{literal("[1,2,3]")}</in><satisfies>{literal(condition)}</satisfies></{word}>'
    assert boxed(logic) is expected


def test_tables_stand_inside_other_boxed_expressions() -> None:
    inner = table(["x"], [""], ['< 5 | "few"', '- | "many"'], 'hitPolicy="FIRST"')
    logic = f"<context>{entry('size', inner)}<contextEntry>{literal('size')}</contextEntry></context>"
    assert boxed(logic, number_input("x"), inputs="x", x=9) == "many"
