"""A pack rehearses its processes: given, walk, then. What the rehearsal says is what the reducer did, and nothing is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from packfolder import departments, item, pack

from yiwang.flow.rehearsal import walk_verb
from yiwang.kernel.core.pack import View, pack_objects
from yiwang.kernel.errors import PackError

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:yw="urn:yiwang:bpmn:1" id="d"'
    ' targetNamespace="urn:test">'
)
ALLOWANCE = f"""{HEAD}
  <bpmn:message id="m" name="papers"/>
  <bpmn:process id="allowance" name="津贴" yw:en="Allowance" isExecutable="true">
    <bpmn:startEvent id="filed" name="提出" yw:en="Filed"/>
    <bpmn:userTask id="check" name="核对" yw:en="Check" yw:department="&quot;civil&quot;" yw:requiresRecording="true"/>
    <bpmn:userTask id="approve" name="审批" yw:en="Approve" yw:department="&quot;civil&quot;" yw:sendBack="check"/>
    <bpmn:intermediateCatchEvent id="wait" name="等待" yw:en="Wait">
      <bpmn:timerEventDefinition id="t"><bpmn:timeDuration>5wd</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent>
    <bpmn:endEvent id="paid" name="发放" yw:en="Paid"/>
    <bpmn:sequenceFlow id="f1" sourceRef="filed" targetRef="check"/>
    <bpmn:sequenceFlow id="f2" sourceRef="check" targetRef="approve"/>
    <bpmn:sequenceFlow id="f3" sourceRef="approve" targetRef="wait"/>
    <bpmn:sequenceFlow id="f4" sourceRef="wait" targetRef="paid"/>
  </bpmn:process>
</bpmn:definitions>"""
FILED = {"at": "2026-03-02T09:00", "item": "allowance"}


@pytest.fixture
def view(tmp_path: Path) -> View:
    made = pack(
        tmp_path, departments__city=departments(), processes__allowance=ALLOWANCE, items__allowance=item(form="")
    )
    return View(made, pack_objects(made)[0], {})


def walked(view: View, *steps: dict[str, Any], **given: Any) -> dict[str, Any]:
    return walk_verb(FILED | given, {"process": "allowance", "steps": list(steps)}, view)


def test_a_walk_says_what_is_open_and_when_the_case_is_due(view: View) -> None:
    said = walked(view, {"done": "check", "with": {"age": 80}})
    assert (said["open"], said["values"], said["ended"], said["due"]) == (["approve"], {"age": 80}, None, "2026-03-09")


def test_a_timer_is_let_go_by_the_name_of_its_event(view: View) -> None:
    said = walked(view, {"done": "check"}, {"done": "approve"}, {"timer": "wait"})
    assert (said["open"], said["timers"], said["ended"]) == ([], [], "completed")


def test_sending_back_keeps_the_clock_of_intake(view: View) -> None:
    back = {"at": "2026-03-05T09:00", "send_back": "approve", "to": "check", "redo": True, "reason": "缺页"}
    said = walked(view, {"done": "check"}, back)
    assert (said["open"], said["due"]) == (["check"], "2026-03-09")
    assert said["closings"] == ["check: done", "approve: sent-back"]


def test_a_suspension_moves_the_due_day_and_an_open_one_leaves_it_unknown(view: View) -> None:
    still = walked(view, {"at": "2026-03-03T09:00", "suspend": "supplement"})
    on = walked(view, {"at": "2026-03-03T09:00", "suspend": "supplement"}, {"at": "2026-03-05T09:00", "resume": True})
    assert (still["due"], on["due"]) == (None, "2026-03-12")


def test_a_step_done_without_the_recording_it_takes_is_a_gap(view: View) -> None:
    assert walked(view)["gaps"] == []
    assert walked(view, {"done": "check"})["gaps"] == ["check"]
    assert walked(view, {"done": "check"}, {"record": "approve"})["gaps"] == ["check"]
    said = walked(view, {"record": "check"}, {"done": "check"})
    assert (said["gaps"], said["open"]) == ([], ["approve"])


def test_a_step_the_diagram_forbids_is_answered_by_its_code(view: View) -> None:
    said = walked(view, {"send_back": "check", "to": "approve", "redo": True, "reason": "试试"})
    assert (said["refused"], said["open"]) == ("step_forbidden", ["check"])


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ({"done": "approve"}, "no work is open at approve; open: check"),
        ({"timer": "wait"}, "no timer is set at wait"),
        ({"message": "papers"}, "nothing waits for"),
        ({"record": "wait"}, "there is no task wait"),
        ({"signed": "check"}, "a step says exactly one of"),
        ({"done": "check", "timer": "wait"}, "a step says exactly one of"),
    ],
)
def test_a_step_that_cannot_be_is_a_fault_of_the_pack(view: View, step: dict[str, Any], reason: str) -> None:
    with pytest.raises(PackError) as caught:
        walked(view, step)
    assert reason in caught.value.en


def test_a_walk_names_a_process_and_an_item_that_are_there(view: View) -> None:
    with pytest.raises(PackError, match="no process"):
        walk_verb(FILED, {"process": "nothing"}, view)
    with pytest.raises(PackError, match="no item"):
        walked(view, item="nothing")
