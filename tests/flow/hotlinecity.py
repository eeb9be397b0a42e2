"""A hotline that runs: tickets are dispatched, worked on, called back; bounced topics are ruled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bpmnfiles import flow
from casecity import SYSTEM, CaseCity, finish, task, work_at
from dutycity import departments, install

from yiwang.flow.models import Case
from yiwang.flow.selectors import RefusalMade, duty_basis
from yiwang.flow.service import case_open, work_refuse
from yiwang.kernel.core.actor import Actor

HOTLINE = "&quot;hotline&quot;"
TICKET = (
    '<startEvent id="start"/><endEvent id="end"/><exclusiveGateway id="again" default="again-end"/>'
    + task("dispatch", department=HOTLINE)
    + task("handle", department="department", sendBack="dispatch")
    + task("callback", department=HOTLINE)
    + flow("start", "dispatch")
    + flow("dispatch", "handle")
    + flow("handle", "callback")
    + flow("callback", "again")
    + flow("again", "end")
    + flow("again", "handle", "solved = false")
)
RULING = (
    '<startEvent id="start"/><endEvent id="end"/>'
    + task("rule", department=HOTLINE, role="leader")
    + '<serviceTask id="effect" name="生效" yw:en="Make it effective"><extensionElements><yw:action name="duty.rule">'
    + "".join(
        f'<yw:input name="{name}" value="{value}"/>'
        for name, value in (
            ("topic", "topic"),
            ("department", "department"),
            ("law", "law"),
            ("article", "article"),
            ("case", "case.number"),
        )
    )
    + "</yw:action></extensionElements></serviceTask>"
    + flow("start", "rule")
    + flow("rule", "effect")
    + flow("effect", "end")
)
LAW = duty_basis(law="公路法", article="第八条")


@dataclass
class Hotline:
    city: CaseCity

    def build(self, body: dict[str, Any] | None = None) -> None:
        departments()
        self.city.process("ticket", TICKET, department="hotline")
        self.city.process("duty-gap", RULING, department="hotline")
        more = {"department": "hotline", "channels": ["phone", "web", "mobile", "counter"]}
        self.city.item("hotline-ticket", "ticket", **more)
        self.city.item("duty-gap", "duty-gap", **more, kind="internal")
        install(body)

    def ticket(
        self, topic: str = "lamp", text: str = "路灯坏了一个月没人修", actor: Actor = SYSTEM, **more: Any
    ) -> Case:
        opened = case_open(
            actor=actor,
            item_id="hotline-ticket",
            title=text[:20],
            answers={"content": text},
            channel="phone",
            topic=topic,
            **more,
        )
        return Case.objects.get(number=opened.number)

    def at(self, topic: str, department: str, **more: Any) -> Case:
        """A ticket sent on to a department."""
        case = self.ticket(topic, **more)
        finish(case, "dispatch", department=department)
        return case

    def refused(self, case: Case, to: str, **more: Any) -> RefusalMade:
        said = {"basis": LAW, "reason": "不属于本部门职责"} | more
        return work_refuse(actor=SYSTEM, work_id=work_at(case, "handle").pk, proposed_department=to, **said)

    def solved(self, topic: str, department: str, solved: bool = True, **answers: Any) -> Case:
        """A ticket that was answered and called back."""
        case = self.at(topic, department)
        finish(case, "handle", **answers)
        finish(case, "callback", solved=solved)
        return case
