"""Whatever cannot run is refused where it is loaded: with file, line, element and reason, in both languages, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from bpmnfiles import START, WORK, between, codes, diagram, line, reading
from bpmnrefusals import ENTITY, EXAMPLES, MORE

from yiwang.flow.core.bpmn.faults import REASONS, UNREADABLE
from yiwang.flow.core.bpmn.reading import read
from yiwang.flow.core.bpmn.vocabulary import ATTRIBUTES, CHILDREN, EVERY, PASSED, REFUSED, SUPPORTED

ROOT = Path(__file__).resolve().parents[2]

WARNINGS = {"no_english", "no_default", "idle_start"}


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_every_reason_refuses_its_example(code: str) -> None:
    found = read(EXAMPLES[code], "a.bpmn")
    (fault, *_) = [one for one in found.findings if one.code == code]
    assert fault.where.startswith("a.bpmn:") and fault.zh and fault.en and fault.zh != fault.en
    assert fault.level == ("warning" if code in WARNINGS else "error")
    assert bool(found.definitions) == (code in WARNINGS)


def test_every_reason_has_an_example_and_the_other_way_round() -> None:
    assert set(EXAMPLES) == set(REASONS)


@pytest.mark.parametrize("code", sorted(set(EXAMPLES) - UNREADABLE))
def test_an_example_is_refused_for_its_own_reason_only(code: str) -> None:
    # Some faults bring another with them.
    also = {
        "no_start": {"unreachable"},
        "no_id": {"unreachable"},
        "missing": {"no_english"},
        "no_condition": {"no_default"},
    }
    assert set(codes(EXAMPLES[code])) | set(codes(EXAMPLES[code], "warning")) <= {code} | also.get(code, set())


@pytest.mark.parametrize(("code", "named", "data"), MORE, ids=[f"{code}-{named}" for code, named, _ in MORE])
def test_a_refusal_names_what_it_refuses(code: str, named: str, data: bytes) -> None:
    found = read(data, "a.bpmn")
    told = [f"{one.where} {one.en}" for one in found.findings if one.code == code]
    assert any(named in one for one in told), [f"{one.code}: {one.where} {one.en}" for one in found.findings]
    assert found.definitions == ()


def test_a_fault_says_file_line_element_and_reason() -> None:
    (fault,) = reading(
        "\n\n"
        + between(
            '<scriptTask id="sum" name="合计" scriptFormat="feel" yw:result="t"><script>1 + </script></scriptTask>',
            "sum",
        )
    ).findings
    assert fault.where == "a.bpmn:3 <script>" and (fault.line, fault.element) == (3, "sum")
    assert fault.at == 3
    assert fault.en.startswith("script is not FEEL:") and "第 4 个字符" in fault.zh


def test_all_faults_of_a_file_are_told_at_once() -> None:
    script = '<scriptTask id="t" scriptFormat="python"><script>x</script></scriptTask>'
    body = START + f'<task id="a"/><userTask id="b"/>{script}<endEvent id="end"/>' + line("start", "a", "b", "t")
    found = {(one.code, one.element) for one in reading(body).findings if one.level == "error"}
    assert found == {
        ("not_supported", "a"),
        ("missing", "b"),
        ("language", "t"),
        ("missing", "t"),
        ("unreachable", "end"),
    }


def test_a_loop_with_somebody_to_wait_for_is_fine() -> None:
    gate = '<exclusiveGateway id="gate" default="gate-end"/>'
    again = '<sequenceFlow id="again" sourceRef="gate" targetRef="work"><conditionExpression>bad</conditionExpression></sequenceFlow>'
    assert codes(diagram(between(WORK + gate, "work", "gate") + again)) == []


def test_an_automatic_loop_with_a_way_out_is_fine() -> None:
    script = '<scriptTask id="sum" scriptFormat="feel" yw:result="t"><script>t + 1</script></scriptTask>'
    gate = '<exclusiveGateway id="gate" default="gate-end"/>'
    again = '<sequenceFlow id="again" sourceRef="gate" targetRef="sum"><conditionExpression>t &lt; 9</conditionExpression></sequenceFlow>'
    assert codes(diagram(between(script + gate, "sum", "gate") + again)) == []


def test_no_entity_is_ever_read() -> None:
    assert codes(ENTITY) == ["doctype"]
    utf16 = ENTITY.decode().replace('<?xml version="1.0"?>', '<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16")
    assert codes(utf16) == ["doctype"]


def test_a_file_nested_too_deep_or_of_too_many_elements_is_refused() -> None:
    deep = '<subProcess id="s">' * 150 + "</subProcess>" * 150
    assert codes(diagram(deep)) == ["too_large"]
    assert codes(diagram("<group/>" * 200_001)) == ["too_large"]


def test_every_element_of_the_vocabulary_has_one_meaning() -> None:
    runs = set(CHILDREN) - {"dataInputAssociation", "dataOutputAssociation"}
    assert not runs & set(PASSED) and not set(REFUSED) & set(PASSED)
    assert set(REFUSED) & runs == {"completionCondition"}  # of an ad-hoc sub-process, which does not run
    assert {child for held in CHILDREN.values() for child in held} <= EVERY


def test_the_page_of_the_manual_tells_every_construct_and_every_reason() -> None:
    page = (ROOT / "docs/reference/bpmn.md").read_text(encoding="utf-8")
    rows = {line.split(" | ")[-1].strip(" |") for line in page.splitlines() if line.startswith("| ")}
    assert {f"`test_reads_{name}`" for name in SUPPORTED} <= rows
    assert [code for code in REASONS if f"| `{code}` |" not in page] == []
    assert [tag for tag in REFUSED if tag not in ATTRIBUTES and f"`{tag}`" not in page] == []
