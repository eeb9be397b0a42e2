"""What differs between two diagrams is told part by part; what is only drawn elsewhere is no difference."""

from __future__ import annotations

from dataclasses import fields

from bpmnfiles import CODES, END, START, between, diagram, file_of, flow, line, process, read_one

from yiwang.flow.core.bpmn.reading import read
from yiwang.flow.core.process import nodes as n
from yiwang.flow.core.process.differing import _ELSEWHERE, _KINDS, _PARTS, differences


def task(more: str = "", inner: str = "", tag: str = "userTask") -> n.Definition:
    return read_one(between(f'<{tag} id="work" name="办理" yw:en="Work" {more}>{inner}</{tag}>', "work"))


def told(old: n.Definition, new: n.Definition) -> list[str]:
    return [f"{one.part}: {one.text.en}" for one in differences(old, new)]


def test_parts_of_a_task_are_told_with_before_and_after() -> None:
    old, new = task('yw:form="a" yw:budget="5wd"'), task('yw:form="b" yw:role="staff" yw:samePasses="true"')
    assert told(old, new) == [
        "form: form of the task “Work”: a becomes b",
        "role: role of the task “Work”: nothing becomes staff",
        "budget: budget of the task “Work”: 5wd becomes nothing",
        "same_passes: same approver passes of the task “Work”: no becomes yes",
    ]


def test_a_node_of_another_kind_is_told_as_such() -> None:
    assert told(task(), task(tag="manualTask")) == ["kind: the task “Work” becomes a manual task instead of a task"]


def test_a_timer_and_a_condition_are_told() -> None:
    def gate(wait: str, condition: str) -> n.Definition:
        timer = f"<timerEventDefinition><timeDuration>{wait}</timeDuration></timerEventDefinition>"
        gate = '<exclusiveGateway id="gate" default="gate-end"/>'
        waits = f'<intermediateCatchEvent id="wait">{timer}</intermediateCatchEvent>'
        ways = line("start", "gate", "end") + flow("gate", "wait", condition) + line("wait", "end")
        return read_one(START + gate + waits + END + ways)

    assert told(gate("P1D", "a"), gate("5wd", "b")) == [
        "trigger: trigger of the waiting event “wait”: timer duration P1D becomes timer budget 5wd",
        "condition: condition of the flow from “gate” to “wait”: a becomes b",
    ]


def test_countersigning_loops_and_data_are_told() -> None:
    sign = '<extensionElements><yw:sign mode="all" who="list" agree="ok"/></extensionElements>'
    each = '<multiInstanceLoopCharacteristics yw:over="list" yw:item="one"/>'
    assert told(task(), task(inner=sign)) == [
        "signing: countersigning of the task “Work”: nothing becomes mode all, who list, agree ok"
    ]
    assert told(task(), task(inner=each)) == [
        "loop: loop of the task “Work”: nothing becomes sequential False, over list, item one"
    ]
    old, new = read_one(between("")), read_one(between('<dataObject id="d" name="total"/>'))
    assert told(old, new) == [": added the data object “total”"]


def test_what_is_only_drawn_elsewhere_is_no_difference() -> None:
    lanes = '<laneSet id="ls"><lane id="l1" name="窗口"><flowNodeRef>start</flowNodeRef></lane></laneSet>'
    old = read(diagram(between("")), "a.bpmn").definitions[0]
    new = read(file_of(CODES + process(lanes + between(""))), "a.bpmn").definitions[0]
    assert old.digest != new.digest and differences(old, new) == ()


def test_every_kind_and_part_of_a_node_has_its_words() -> None:
    kinds = {kind for kind in vars(n).values() if isinstance(kind, type) and issubclass(kind, n.Node)}
    kinds -= {n.Node, n.Activity}
    assert set(_KINDS) == kinds
    assert {field.name for kind in kinds for field in fields(kind)} - _ELSEWHERE <= set(_PARTS)
