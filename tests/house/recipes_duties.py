"""For each service over duties, refusals, routers, links, client keys and the weekly report, a call that must leave a line."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

from smallcity import SYSTEM, Recipe, World, pack
from sources import ROOT

from yiwang.flow import service as flow
from yiwang.flow.dutyfile import DutyFile
from yiwang.flow.models import Case, ItemVersion, Process, ProcessVersion, Work
from yiwang.flow.schema import ItemFile
from yiwang.flow.selectors import Filing, client_of, duty_basis
from yiwang.kernel.service import file_put, pack_install

LAW = duty_basis(law="公路法", article="第八条")
SAID = {"zh": "试", "en": "A trial"}
DUTY = {"from": "2020-01-01", "department": "civil", "basis": {"law": "公路法", "article": "第八条"}}
DIAGRAM = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:yw="urn:yiwang:bpmn:1" targetNamespace="urn:t">
<process id="house-ticket" name="\xe8\xaf\x95" yw:en="A trial" isExecutable="true"><startEvent id="start"/>
<userTask id="dispatch" name="\xe6\xb4\xbe" yw:en="Dispatch"/><userTask id="handle" name="\xe5\x8a\x9e" yw:en="Handle" yw:sendBack="dispatch"/>
<endEvent id="end"/><sequenceFlow id="a" sourceRef="start" targetRef="dispatch"/>
<sequenceFlow id="b" sourceRef="dispatch" targetRef="handle"/><sequenceFlow id="c" sourceRef="handle" targetRef="end"/>
</process></definitions>"""
LIST = DutyFile.model_validate(
    {
        "id": "house-duties",
        "title": SAID,
        "intake": {"item": "house-ticket"},
        "gap": {"item": "house-ticket", "department": "city"},
        "open311": {"jurisdiction": "house.example", "contact": SAID, "keys": SAID},
        "topics": [
            {"id": "road", "title": SAID, "duties": [DUTY], "examples": ["马路有个大坑", "路面塌陷了", "人行道破损"]},
            {"id": "lamp", "title": SAID, "duties": [DUTY], "examples": ["路灯不亮了", "路灯坏了没人修", "路灯太暗"]},
        ],
    }
)
ITEM: dict[str, Any] = {
    "id": "house-ticket",
    "title": SAID,
    "summary": SAID,
    "kind": "request",
    "department": "civil",
    "open_to": ["public", "staff"],
    "channels": ["counter", "mobile"],
    "limit": {"budget": "5wd", "law": "某办法", "article": "第五条"},
    "results": [{"title": SAID, "kind": "reply"}],
    "process": "house-ticket",
    "valid_from": "2020-01-01",
}


def installed(world: World) -> None:
    """A hotline of one process and two topics."""
    world.departments()
    pack_install(actor=SYSTEM, folder=ROOT / "packs/foundation/calendar")
    stored = file_put(actor=SYSTEM, source=io.BytesIO(DIAGRAM), name="house-ticket.bpmn")
    process = Process.objects.create(
        id="house-ticket", title_zh="试", title_en="A trial", department="civil", pack_id="house"
    )
    process.published = ProcessVersion.objects.create(
        process=process, number=1, state="published", digest=stored.digest, author="house", author_name="house"
    )
    process.save()
    flow.item_install(actor=SYSTEM, file=ItemFile.model_validate(ITEM), pack=pack())
    flow.duties_install(actor=SYSTEM, file=LIST, pack=pack())
    assert ItemVersion.objects.count() == 1


def ticket(topic: str = "road") -> Case:
    opened = flow.case_open(actor=SYSTEM, item_id="house-ticket", title="试", topic=topic, answers={"content": "试"})
    return Case.objects.get(number=opened.number)


def handled() -> int:
    """A ticket that a department has in hand: the number of the work."""
    case = ticket()
    flow.work_done(actor=SYSTEM, work_id=Work.objects.get(case=case).pk)
    return int(Work.objects.get(case=case, node="handle").pk)


def refusing(work_id: int) -> partial[object]:
    return partial(
        flow.work_refuse,
        actor=SYSTEM,
        work_id=work_id,
        basis=LAW,
        proposed_department="city",
        reason="不属于本部门职责",
    )


def case_link(world: World) -> partial[object]:
    installed(world)
    one, other = ticket().number, ticket().number
    return partial(flow.case_link, actor=world.actor, number=one, other=other, kind="duplicate")


def client_key_make(world: World) -> partial[object]:
    world.departments()
    return partial(flow.client_key_make, actor=world.actor, title="随手拍", department="civil")


def client_key_revoke(world: World) -> partial[object]:
    made = client_key_make(world)()
    return partial(flow.client_key_revoke, actor=world.actor, key_id=made.row.id)  # type: ignore[attr-defined]


def duties_install(world: World) -> partial[object]:
    world.departments()
    return partial(flow.duties_install, actor=world.actor, file=LIST, pack=pack())


def duty_rule(world: World) -> partial[object]:
    installed(world)
    gaps = [refusing(handled())().gap for _ in range(2)]  # type: ignore[attr-defined]
    return partial(flow.duty_rule, actor=world.actor, topic="road", department="city", basis=LAW, case=gaps[-1])


def open_request_file(world: World) -> partial[object]:
    installed(world)
    made = flow.client_key_make(actor=SYSTEM, title="随手拍", department="civil")
    return partial(flow.open_request_file, actor=client_of(made.key), filing=Filing(topic="lamp", address="东风路"))


def router_train(world: World) -> partial[object]:
    duties_install(world)()
    return partial(flow.router_train, actor=world.actor, duty_list="house-duties")


def week_report_file(world: World) -> partial[object]:
    installed(world)
    return partial(flow.week_report_file, actor=world.actor)


def work_refuse(world: World) -> partial[object]:
    installed(world)
    return refusing(handled())


RECIPES: dict[str, Recipe] = {
    one.__name__: one
    for one in (
        case_link,
        client_key_make,
        client_key_revoke,
        duties_install,
        duty_rule,
        open_request_file,
        router_train,
        week_report_file,
        work_refuse,
    )
}
