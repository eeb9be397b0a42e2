"""What a DMN file must not hold: each is refused with the file, the element and the reason."""

from __future__ import annotations

import pytest
from dmnfiles import DMN15, decision, file, knowledge, literal, model, number_input, table

from yiwang.rules.core.dmn import boxed
from yiwang.rules.core.dmn.folders import read_all
from yiwang.rules.core.dmn.places import DmnRefused, Refusal
from yiwang.rules.core.dmn.reading import read
from yiwang.rules.core.dmn.xmlfile import MODELS

JAVA = '<functionDefinition kind="Java"><context/></functionDefinition>'
ONE = literal("1")


def refused(data: bytes) -> Refusal:
    with pytest.raises(DmnRefused) as caught:
        read(data, "city.dmn")
    return caught.value.refusals[0]


@pytest.mark.parametrize(
    ("code", "tag", "part"),
    [
        ("external_function", "functionDefinition", decision("A", JAVA)),
        ("external_function", "literalExpression", decision("A", literal("function(a) external {java: {class: 'x'}}"))),
        (
            "expression_language",
            "literalExpression",
            decision("A", '<literalExpression expressionLanguage="urn:groovy"><text>1</text></literalExpression>'),
        ),
        ("hit_policy", "decisionTable", decision("A", table(["1"], [""], ["1 | 2"], 'hitPolicy="LAST"'))),
        (
            "aggregation",
            "decisionTable",
            decision("A", table(["1"], [""], ["1 | 2"], 'hitPolicy="COLLECT" aggregation="AVG"')),
        ),
        (
            "aggregation",
            "decisionTable",
            decision("A", table(["1"], [""], ["1 | 2"], 'hitPolicy="FIRST" aggregation="SUM"')),
        ),
        (
            "aggregation",
            "decisionTable",
            decision("A", table(["1"], ["a", "b"], ["1 | 2 | 3"], 'hitPolicy="COLLECT" aggregation="SUM"')),
        ),
        ("no_priority", "decisionTable", decision("A", table(["1"], [""], ["1 | 2"], 'hitPolicy="PRIORITY"'))),
        ("duplicate_name", "decisionTable", decision("A", table(["1"], ["a", "a"], ["1 | 2 | 3"]))),
        ("no_output", "decisionTable", decision("A", "<decisionTable/>")),
        ("no_expression", "input", decision("A", "<decisionTable><input/><output/></decisionTable>")),
        ("row_width", "rule", decision("A", table(["1"], ["a", "b"], ["1 | 2"]))),
        ("unknown_element", "script", decision("A", "<script>1</script>")),
        ("two_expressions", "literalExpression", decision("A", ONE + ONE)),
        ("bad_feel", "literalExpression", decision("A", literal("1 +"))),
        ("bad_feel", "inputEntry", decision("A", table(["1"], [""], ["< | 2"]))),
        ("unknown_type", "variable", decision("A", ONE, type_="tNowhere")),
        ("broken_href", "requiredInput", decision("A", ONE, inputs="nowhere")),
        ("broken_href", "requiredInput", decision("A", ONE, inputs="urn:elsewhere#in-x")),
        ("broken_href", "decision", decision("A", ONE, inputs="#d-B") + "\n" + decision("B", ONE)),
        ("cycle", "decision", decision("A", ONE, decisions="B") + "\n" + decision("B", ONE, decisions="A")),
        ("cycle", "decision", decision("A", ONE, decisions="A")),
        ("cycle", "businessKnowledgeModel", knowledge("f", {}, ONE, "g") + "\n" + knowledge("g", {}, ONE, "f")),
        ("duplicate_name", "decision", decision("A", ONE) + '<decision name="A" id="other"/>'),
        ("duplicate_id", "inputData", decision("A", ONE) + '<inputData name="B" id="d-A"/>'),
        ("no_name", "decision", '<decision id="a"/>'),
        ("duplicate_name", "itemDefinition", '<itemDefinition name="t"/><itemDefinition name="t"/>'),
        ("cyclic_type", "itemDefinition", '<itemDefinition name="t"><typeRef>t</typeRef></itemDefinition>'),
        ("no_output", "decisionService", '<decisionService id="s" name="s"/>'),
        ("no_expression", "conditional", decision("A", f"<conditional><if>{ONE}</if></conditional>")),
        ("no_expression", "contextEntry", decision("A", "<context><contextEntry/></context>")),
        ("no_name", "for", decision("A", f"<for><in>{ONE}</in><return>{ONE}</return></for>")),
        ("no_name", "binding", decision("A", f"<invocation>{literal('abs')}<binding>{ONE}</binding></invocation>")),
        ("row_width", "row", decision("A", f'<relation><column name="a"/><row>{ONE}{ONE}</row></relation>')),
        ("import_type", "import", '<import name="p" namespace="urn:pmml" importType="http://www.dmg.org/PMML-4_2"/>'),
        ("missing_import", "import", f'<import name="p" namespace="urn:gone" importType="{DMN15}"/>'),
        ("unknown_element", "surprise", "<surprise/>"),
        (
            "bad_type",
            "allowedValues",
            '<itemDefinition name="t"><typeRef>date</typeRef><allowedValues><text>today()</text></allowedValues></itemDefinition>',
        ),
        (
            "expression_language",
            "itemDefinition",
            '<itemDefinition name="t" typeLanguage="urn:xsd"><typeRef>x</typeRef></itemDefinition>',
        ),
    ],
)
def test_a_fault_is_refused_with_file_element_and_reason(code: str, tag: str, part: str) -> None:
    found = refused(file("", part))
    assert (found.code, found.place.tag, found.place.file, found.place.line) == (code, tag, "city.dmn", 3)
    assert found.zh and found.en


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("doctype", b'<!DOCTYPE x [<!ENTITY a "b">]><definitions/>'),
        ("doctype", '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><definitions/>'.encode("utf-16")),
        ("bad_xml", b"<definitions>"),
        ("bad_xml", b""),
        ("bad_xml", b"\x00\x01"),
        ("not_dmn", b"<definitions/>"),
        ("not_dmn", f'<decision xmlns="{DMN15}"/>'.encode()),
        ("too_deep", file("<list>" * 150 + "</list>" * 150)),
    ],
)
def test_what_is_no_dmn_file_is_refused_before_it_is_read(code: str, data: bytes) -> None:
    assert refused(data).code == code


def test_a_feel_fault_names_the_place_inside_the_cell() -> None:
    found = refused(file(decision("A", table(["1"], [""], ["1 | 20 + * 3"]))))
    assert found.at == 5
    assert "20 + * 3" in found.zh


def test_every_fault_of_a_file_is_told_at_once() -> None:
    with pytest.raises(DmnRefused) as caught:
        read(file(decision("A", literal("1 +")), decision("B", JAVA), decision("C", ONE)), "city.dmn")
    assert [(one.owner, one.code) for one in caught.value.refusals] == [
        ("d-A", "bad_feel"),
        ("d-B", "external_function"),
    ]
    assert "另有 1 处" in caught.value.zh


def test_a_tolerant_reader_refuses_only_the_decision_that_is_at_fault() -> None:
    found = read(file(decision("A", JAVA), decision("B", ONE)), "city.dmn", tolerant=True)
    assert [(one.name, one.refused is not None) for one in found.decisions] == [("A", True), ("B", False)]


def test_a_tolerant_reader_still_refuses_what_concerns_the_whole_file() -> None:
    with pytest.raises(DmnRefused):
        read(file("<surprise/>", decision("B", ONE)), "city.dmn", tolerant=True)


@pytest.mark.parametrize("namespace", sorted(MODELS))
def test_every_version_from_1_1_to_1_5_is_read(namespace: str) -> None:
    feel = MODELS[namespace]
    found = model(
        decision("A", literal("1"), type_="feel:number"),
        dmn=namespace,
        more=f'xmlns:feel="{feel}" expressionLanguage="{feel}"',
    )
    assert found.decisions[0].variable.type == "number"


def test_extensions_and_diagrams_are_passed_over() -> None:
    found = model(
        '<x:tool xmlns:x="urn:tool"/>',
        "<textAnnotation><text>note</text></textAnnotation>",
        decision("A", '<x:more xmlns:x="urn:tool"/>' + ONE),
        '<d:DMNDI xmlns:d="https://www.omg.org/spec/DMN/20230324/DMNDI/"/>',
    )
    assert isinstance(found.decisions[0].logic, boxed.Literal)


def test_a_table_keeps_labels_ids_lines_and_annotations() -> None:
    logic = (
        '<decisionTable id="t"><input id="i" label="年龄"><inputExpression><text>age</text></inputExpression></input><output/>'
        '<annotation name="依据"/>\n<rule id="r"><description>老人</description><inputEntry><text>&gt;= 60</text></inputEntry>'
        "<outputEntry><text>1</text></outputEntry><annotationEntry><text>办法第三条</text></annotationEntry></rule></decisionTable>"
    )
    found = model(number_input("age"), decision("A", logic, inputs="age")).decisions[0].logic
    assert isinstance(found, boxed.DecisionTable)
    assert (found.inputs[0].label, found.annotations) == ("年龄", ("依据",))
    rule = found.rules[0]
    assert (rule.place.id, rule.place.line, rule.annotations, rule.description) == ("r", 4, ("办法第三条",), "老人")
    assert rule.inputs[0].text == ">= 60"


def test_an_empty_input_cell_lets_everything_pass_and_an_empty_output_is_null() -> None:
    found = model(decision("A", table(["1"], [""], [" | "]))).decisions[0].logic
    assert isinstance(found, boxed.DecisionTable)
    assert type(found.rules[0].inputs[0].tests.tests[0]).__name__ == "AnyTest"
    assert type(found.rules[0].outputs[0].node).__name__ == "Null"


def test_files_are_read_after_those_they_import_whatever_their_names() -> None:
    imports = f'<import name="base" namespace="urn:base" importType="{DMN15}"/>'
    models, refusals = read_all(
        {
            "a.dmn": file(imports, decision("A", literal("base.B + 1"), decisions="urn:base#d-B")),
            "z.dmn": file(decision("B", ONE), namespace="urn:base"),
        }
    )
    assert (sorted(models), refusals) == (["a.dmn", "z.dmn"], {})
    assert models["a.dmn"].imports[0].model is models["z.dmn"]


def test_an_import_may_not_share_its_name_with_an_element() -> None:
    imports = f'<import name="B" namespace="urn:base" importType="{DMN15}"/>'
    files = {"a.dmn": file(imports, decision("B", ONE)), "b.dmn": file(decision("B", ONE), namespace="urn:base")}
    assert read_all(files)[1]["a.dmn"].refusals[0].code == "duplicate_name"


def test_files_that_import_one_another_in_a_circle_are_refused() -> None:
    def one(own: str, other: str) -> bytes:
        return file(f'<import name="p" namespace="{other}" importType="{DMN15}"/>', namespace=own)

    models, refusals = read_all({"a.dmn": one("urn:a", "urn:b"), "b.dmn": one("urn:b", "urn:a")})
    assert models == {}
    assert {why.refusals[0].code for why in refusals.values()} == {"import_cycle"}
