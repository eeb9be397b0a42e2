"""Cases and the world: messages, signals, called cases, actions and decisions, each once and in the write's own transaction."""

from __future__ import annotations

import pytest
from bpmnfiles import flow
from casecity import SYSTEM, CaseCity, finish, open_works, straight, task, work_at
from pydantic import BaseModel

from yiwang.flow.errors import NotWaiting
from yiwang.flow.models import Case, CaseNote, Wait
from yiwang.flow.selectors import case_get, case_track
from yiwang.flow.service import action_retry, case_open, message_to_case, signal_send
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError
from yiwang.kernel.selectors import audit_list, message_list
from yiwang.kernel.service import action_declare, events_deliver

PAID = '<message id="m" name="paid"/>'
FLOOD = '<signal id="s" name="flood"/>'
WAITS = (
    '<startEvent id="start"/><receiveTask id="wait" messageRef="m" yw:key="bill"/>'
    + task("after")
    + '<endEvent id="end"/>'
    + flow("start", "wait")
    + flow("wait", "after")
    + flow("after", "end")
)


class Told(BaseModel):
    text: str


def service(name: str, action: str, inputs: dict[str, str], result: str = "") -> str:
    given = "".join(f'<yw:input name="{key}" value="{value}"/>' for key, value in inputs.items())
    kept = f' yw:result="{result}"' if result else ""
    inside = f'<extensionElements><yw:action name="{action}">{given}</yw:action></extensionElements>'
    return f'<serviceTask id="{name}" name="{name}" yw:en="{name}"{kept}>{inside}</serviceTask>'


def test_a_message_reaches_the_one_case_with_its_key(cases: CaseCity) -> None:
    cases.process("bill", WAITS, around=PAID)
    one, two = cases.opened("bill", answers={"bill": "A1"}), cases.opened("bill", answers={"bill": "A2"})
    assert message_to_case(actor=SYSTEM, name="paid", key="A2", values={"sum": 5}) == two.number
    assert open_works(one) == [] and [work.node for work in open_works(two)] == ["after"]
    assert case_get(SYSTEM, two.number).values["sum"] == 5
    with pytest.raises(NotWaiting):
        message_to_case(actor=SYSTEM, name="paid", key="A2")
    assert Wait.objects.count() == 1


def test_a_message_of_a_process_is_delivered_after_it_and_a_lost_one_is_noted(cases: CaseCity) -> None:
    cases.process("bill", WAITS, around=PAID)
    send = '<sendTask id="pay" name="付款" yw:en="Pay" messageRef="m" yw:key="bill"/>'
    cases.process("payer", straight(send), around=PAID)
    waiting = cases.opened("bill", answers={"bill": "A1"})
    cases.opened("payer", answers={"bill": "A1"})
    lost = cases.opened("payer", answers={"bill": "A9"})
    events_deliver(1000)
    assert [work.node for work in open_works(waiting)] == ["after"]
    assert CaseNote.objects.filter(case=lost, kind="unheard").count() == 1


def test_a_signal_reaches_every_case_that_waits(cases: CaseCity) -> None:
    body = (
        '<startEvent id="start"/><intermediateCatchEvent id="wait"><signalEventDefinition signalRef="s"/>'
        '</intermediateCatchEvent><endEvent id="end"/>' + flow("start", "wait") + flow("wait", "end")
    )
    cases.process("listen", body, around=FLOOD)
    waiting = [cases.opened("listen") for _ in range(3)]
    assert signal_send(actor=SYSTEM, name="flood") == 3
    assert {Case.objects.get(pk=case.pk).status for case in waiting} == {"completed"}
    assert signal_send(actor=SYSTEM, name="flood") == 0


def test_a_signal_of_a_process_reaches_them_each_in_its_own_transaction(cases: CaseCity) -> None:
    listen = (
        '<startEvent id="start"/><intermediateCatchEvent id="wait"><signalEventDefinition signalRef="s"/>'
        '</intermediateCatchEvent><endEvent id="end"/>' + flow("start", "wait") + flow("wait", "end")
    )
    cry = (
        '<startEvent id="start"/><intermediateThrowEvent id="cry"><signalEventDefinition signalRef="s"/>'
        '</intermediateThrowEvent><endEvent id="end"/>' + flow("start", "cry") + flow("cry", "end")
    )
    cases.process("listen", listen, around=FLOOD)
    cases.process("crier", cry, around=FLOOD)
    waiting = [cases.opened("listen") for _ in range(2)]
    cases.opened("crier")
    events_deliver(1000)
    events_deliver(1000)
    assert {Case.objects.get(pk=case.pk).status for case in waiting} == {"completed"}


def test_a_called_case_tells_its_caller_when_it_ends(cases: CaseCity) -> None:
    cases.process("inner", straight(task("deep", department="&quot;water&quot;")))
    call = (
        '<callActivity id="call" name="调用" yw:en="Call" calledElement="inner"><extensionElements>'
        '<yw:input name="sum" value="sum"/><yw:output name="answer" value="found"/></extensionElements></callActivity>'
    )
    cases.process("outer", straight(call, task("last")))
    above = cases.opened("outer", answers={"sum": 7})
    below = Case.objects.get(parent=above)
    assert case_get(SYSTEM, below.number).values["sum"] == 7
    finish(below, "deep", found="yes")
    assert below.status == Case.Status.COMPLETED
    assert [work.node for work in open_works(above)] == ["last"]
    assert case_get(SYSTEM, above.number).values["answer"] == "yes"


def test_a_diagram_tells_the_applicant_moves_the_case_and_opens_another(cases: CaseCity) -> None:
    cases.process("next", straight(task("follow")))
    body = straight(
        service("move", "case.department_set", {"department": "&quot;water&quot;"}, "department"),
        service("tell", "case.note", {"text": "&quot;已转水务局&quot;"}),
        service("more", "case.open", {"process": "&quot;next&quot;", "answers": "{sum: 3}"}, "next"),
        service(
            "say", "message.role", {"role": "&quot;leader&quot;", "title": "&quot;请看&quot;", "en": "&quot;Look&quot;"}
        ),
        task("work"),
    )
    cases.process("acting", body)
    leader = cases.person("boss", "water", Role.LEADER)
    found = case_open(actor=SYSTEM, process_id="acting", title="试办")
    case = Case.objects.get(number=found.number)
    assert case.department == "water" and work_at(case, "work").department == "water"
    assert "已转水务局" in [note.text.zh for note in case_track(found.number, found.code).notes]
    follow = Case.objects.get(process__process_id="next")
    assert case_get(SYSTEM, follow.number).values["of"] == case.number
    assert [row.title.en for row in message_list(leader).items] == ["Look"]
    assert case_get(SYSTEM, case.number).values["next"] == follow.number


def test_an_action_that_fails_stops_the_case_there_until_it_is_tried_again(cases: CaseCity) -> None:
    working: list[bool] = []

    def act(actor: Actor, said: Told) -> str:
        if not working:
            raise InputError(zh="外部系统不通", en="the other side is away", where="test")
        return said.text.upper()

    action_declare("test.away", Told, act, Text(zh="试", en="a trial"))
    cases.process("away", straight(service("call", "test.away", {"text": "&quot;hi&quot;"}, "answer"), task("work")))
    case = cases.opened("away")
    (stuck,) = case_get(SYSTEM, case.number).stuck
    assert stuck.node == "call" and open_works(case) == []
    assert CaseNote.objects.get(case=case, kind="stuck").text_zh.count("外部系统不通") == 1
    working.append(True)
    action_retry(actor=SYSTEM, number=case.number, token=stuck.token)
    assert [work.node for work in open_works(case)] == ["work"]
    assert case_get(SYSTEM, case.number).values["answer"] == "HI"


def test_an_action_runs_once_for_its_key_and_leaves_the_processs_name(cases: CaseCity) -> None:
    cases.process("noted", straight(service("tell", "case.note", {"text": "&quot;好&quot;"})))
    case = cases.opened("noted")
    assert CaseNote.objects.filter(case=case, kind="message").count() == 1
    (line,) = audit_list(SYSTEM, act="action.run").items
    assert line.actor_id == "system:process:noted"
