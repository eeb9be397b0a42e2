"""The 21 diagrams of the model interchange group: each is read without loss as a drawing, or refused with its elements named.

Twice each: as it is, and as if it had to run. None runs here as it stands: they leave out what an engine must know, or say it for
another engine.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from yiwang.flow.core.bpmn.reading import Reading, read
from yiwang.flow.core.bpmn.xmlfile import MODEL
from yiwang.flow.selectors import process_get
from yiwang.flow.service import process_draft_save
from yiwang.kernel.core.actor import system_actor

# File → the processes that are only drawn, and of the executable ones what is refused: reason and element.
DRAWN: dict[str, int] = {
    "A.1.0": 1, "A.2.0": 1, "A.2.1": 1, "A.3.0": 1, "A.4.0": 2, "A.4.1": 2, "B.1.0": 4, "B.2.0": 4, "C.2.0": 4, "C.4.0": 4,
    "C.5.0": 2, "C.6.0": 1, "C.7.0": 1, "C.8.0": 1,
}  # fmt: skip
REFUSED: dict[str, set[str]] = {
    "C.1.0": {
        "other_engine userTask",
        "not_supported potentialOwner",
        "language conditionExpression",
        "missing serviceTask",
    },
    "C.1.1": {
        "other_engine userTask",
        "not_supported ioSpecification",
        "language conditionExpression",
        "missing serviceTask",
    },
    "C.3.0": {
        "attribute_value userTask",
        "not_supported potentialOwner",
        "no_start subProcess",
        "no_condition sequenceFlow",
    },
    "C.8.1": {
        "other_engine taskDefinition",
        "not_supported transformation",
        "bad_feel conditionExpression",
        "bad_name dataObject",
    },
    "C.9.0": {
        "other_engine ioMapping",
        "missing messageEventDefinition",
        "other_engine calledElement",
        "missing sendTask",
    },
    "C.9.1": {"other_engine sendTask", "other_engine process", "missing sendTask"},
    "C.9.2": {"other_engine loopCharacteristics", "loop_terms multiInstanceLoopCharacteristics", "missing sendTask"},
}
# What would stand against running those that are drawn, one reason of each.
WOULD_BE: dict[str, str] = {
    "A.1.0": "not_supported task", "A.2.0": "no_condition sequenceFlow", "A.2.1": "language conditionExpression",
    "A.3.0": "missing messageEventDefinition", "A.4.0": "not_supported task", "A.4.1": "not_supported task",
    "B.1.0": "wrong_kind callActivity", "B.2.0": "not_supported linkEventDefinition", "C.2.0": "missing endEvent",
    "C.4.0": "not_supported ioSpecification", "C.5.0": "bad_name dataObject", "C.6.0": "bad_timer timeDate",
    "C.7.0": "not_supported performer", "C.8.0": "other_engine taskHeaders",
}  # fmt: skip


@pytest.fixture
def folder(shared_data: Path) -> Path:
    found = shared_data / "vectors/bpmn-miwg"
    if not found.is_dir():
        pytest.skip("the diagrams of the model interchange group are absent")
    return found


def reading(folder: Path, name: str) -> Reading:
    return read((folder / f"{name}.bpmn").read_bytes(), f"{name}.bpmn")


def told(findings: object) -> set[str]:
    """`code tag` of each error."""
    assert isinstance(findings, tuple)
    return {
        f"{one.code} {one.where.partition('<')[2].split()[0].rstrip('>')}" for one in findings if one.level == "error"
    }


def test_every_diagram_is_told_of_here(folder: Path) -> None:
    assert sorted(path.stem for path in folder.glob("*.bpmn")) == sorted([*DRAWN, *REFUSED])
    assert len(DRAWN) + len(REFUSED) == 21 and set(WOULD_BE) == set(DRAWN)


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_is_read_without_loss(folder: Path, name: str) -> None:
    found = reading(folder, name)
    assert (found.findings, found.definitions, len(found.drawings)) == ((), (), DRAWN[name])
    tree = ElementTree.fromstring((folder / f"{name}.bpmn").read_bytes())
    held = [one for one in tree.iter() if one.tag.startswith(f"{{{MODEL}}}") and one.get("id")]
    assert {one.get("id") for one in held if one.tag.partition("}")[2] not in ("text", "target")} <= set(found.places)


@pytest.mark.parametrize("name", DRAWN)
def test_what_would_keep_a_drawing_from_running_is_told(folder: Path, name: str) -> None:
    faults = tuple(fault for drawing in reading(folder, name).drawings for fault in drawing.findings)
    assert WOULD_BE[name] in told(faults)
    assert all(fault.zh and fault.en and fault.line > 1 for fault in faults)


@pytest.mark.parametrize("name", REFUSED)
def test_an_executable_one_is_refused_with_its_elements_named(folder: Path, name: str) -> None:
    found = reading(folder, name)
    assert found.definitions == () and REFUSED[name] <= told(found.findings)
    assert all(one.element and one.where.startswith(f"{name}.bpmn:") for one in found.findings)


@pytest.mark.usefixtures("home")
def test_a_drawing_that_is_kept_comes_back_byte_by_byte(db: None, folder: Path) -> None:
    data = (folder / "B.2.0.bpmn").read_bytes()
    actor = system_actor("designer")
    process_draft_save(actor=actor, process_id="WFP-6-1", bpmn=data, department="civil")
    assert process_get(actor, "WFP-6-1", number=1).bpmn == data
