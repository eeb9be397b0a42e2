"""For each service over cases and works, a call that must leave an audit line."""

from __future__ import annotations

import io
from datetime import date
from functools import partial

from smallcity import SYSTEM, Recipe, World
from sources import ROOT

from yiwang.flow import service as flow
from yiwang.flow.models import Case, ItemVersion, Process, ProcessVersion, Work
from yiwang.flow.schema import ItemFile
from yiwang.kernel.core.actor import Role
from yiwang.kernel.selectors import account_get
from yiwang.kernel.service import account_create, file_put, pack_install, role_grant

EXEMPT: dict[str, str] = {
    "tick_until": "a loop that calls dues_tick, which leaves the line of each round that fired something",
}
DIAGRAM = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:yw="urn:yiwang:bpmn:1" targetNamespace="urn:t">
<message id="m" name="paid"/><signal id="s" name="flood"/>
<process id="house-case" name="试" yw:en="A trial" isExecutable="true"><startEvent id="start"/>
{body}<endEvent id="end"/></process></definitions>"""
TASKS = """<userTask id="first" name="初审" yw:en="First"/><userTask id="second" name="复审" yw:en="Second" yw:sendBack="first"/>
<sequenceFlow id="a" sourceRef="start" targetRef="first"/><sequenceFlow id="b" sourceRef="first" targetRef="second"/>
<sequenceFlow id="c" sourceRef="second" targetRef="end"/>"""
ACTION = """<serviceTask id="call" name="转" yw:en="Move"><extensionElements><yw:action name="case.department_set">
<yw:input name="department" value="&quot;nowhere&quot;"/></yw:action></extensionElements></serviceTask>
<sequenceFlow id="a" sourceRef="start" targetRef="call"/><sequenceFlow id="b" sourceRef="call" targetRef="end"/>"""
MESSAGE = """<receiveTask id="wait" name="等" yw:en="Wait" messageRef="m"/>
<sequenceFlow id="a" sourceRef="start" targetRef="wait"/><sequenceFlow id="b" sourceRef="wait" targetRef="end"/>"""


def prepared(world: World, body: str = TASKS) -> None:
    """A calendar, a process and an item of it with one working day."""
    world.departments()
    pack_install(actor=SYSTEM, folder=ROOT / "packs/foundation/calendar")
    data = DIAGRAM.format(body=body).encode()
    stored = file_put(actor=SYSTEM, source=io.BytesIO(data), name="house-case.bpmn")
    process = Process.objects.create(
        id="house-case", title_zh="试", title_en="A trial", department="civil", pack_id="house"
    )
    process.published = ProcessVersion.objects.create(
        process=process, number=1, state="published", digest=stored.digest, author="house", author_name="house"
    )
    process.save()
    file = ItemFile.model_validate(
        {
            "id": "house-item",
            "title": {"zh": "试", "en": "A trial"},
            "summary": {"zh": "试", "en": "A trial"},
            "kind": "request",
            "department": "civil",
            "open_to": ["public"],
            "channels": ["counter", "web"],
            "limit": {
                "budget": "1wd",
                "law": "试行办法",
                "article": "第一条",
                "rungs": [{"key": "late", "kind": "breach", "when": "0", "role": "staff"}],
            },
            "results": [{"title": {"zh": "答复", "en": "Reply"}, "kind": "reply"}],
            "process": "house-case",
            "valid_from": date(2020, 1, 1),
        }
    )
    ItemVersion.objects.create(
        item_id="house-item",
        number=1,
        digest="0" * 64,
        body=file.model_dump(mode="json"),
        title_zh="试",
        title_en="A trial",
        department="civil",
        pack_id="house",
        pack_digest="0" * 64,
        valid_from=date(2020, 1, 1),
    )


def opened(world: World, body: str = TASKS, **more: object) -> Case:
    prepared(world, body)
    found = flow.case_open(actor=world.actor, item_id="house-item", title="试", **more)  # type: ignore[arg-type]
    return Case.objects.get(number=found.number)


def work(world: World) -> int:
    return int(Work.objects.get(case=opened(world), closed_at=None).pk)


def second(world: World) -> int:
    """The number of the second task's work, the first being done."""
    case = opened(world)
    flow.work_done(actor=world.actor, work_id=Work.objects.get(case=case, closed_at=None).pk)
    return int(Work.objects.get(case=case, closed_at=None).pk)


def person(name: str) -> str:
    made = account_create(
        actor=SYSTEM, username=name, display_name=name, password="a-long-and-rare-one", department="civil"
    )
    role_grant(actor=SYSTEM, account=made.pk, role=Role.STAFF, department="civil", on=date(2020, 1, 1))
    return f"account:{account_get(SYSTEM, made.pk).id}"


def action_retry(world: World) -> partial[object]:
    case = opened(world, ACTION)
    return partial(flow.action_retry, actor=world.actor, number=case.number, token=2)


def case_extend(world: World) -> partial[object]:
    number = opened(world).number
    return partial(
        flow.case_extend, actor=world.actor, number=number, budget="2wd", reason="复杂", basis="试行办法第二条"
    )


def case_hand_over_all(world: World) -> partial[object]:
    work_id = work(world)
    anna, ben = person("anna"), person("ben")
    flow.work_hand_over(actor=world.actor, work_id=work_id, to=anna, reason="试")
    return partial(flow.case_hand_over_all, actor=world.actor, from_account=anna, to=ben, reason="调离")


def case_note(world: World) -> partial[object]:
    return partial(flow.case_note, actor=world.actor, number=opened(world).number, text="试", public=True)


def case_answer(world: World) -> partial[object]:
    prepared(world, MESSAGE.replace("messageRef", 'yw:from="applicant" messageRef'))
    found = flow.case_open(actor=world.actor, item_id="house-item", title="试")
    return partial(flow.case_answer, actor=world.actor, number=found.number, code=found.code, node="wait")


def case_open(world: World) -> partial[object]:
    prepared(world)
    return partial(flow.case_open, actor=world.actor, item_id="house-item", title="试")


def case_rate(world: World) -> partial[object]:
    prepared(world)
    found = flow.case_open(actor=world.actor, item_id="house-item", title="试")
    for node in ("first", "second"):
        flow.work_done(actor=world.actor, work_id=Work.objects.get(node=node).pk)
    return partial(flow.case_rate, actor=world.actor, number=found.number, code=found.code, grade=5)


def ended(world: World) -> str:
    """A case that has run to its end, of an item that says how long it is kept."""
    prepared(world)
    item = ItemVersion.objects.get()
    basis = {"law": "试行办法", "article": "第三条"}
    item.body = {**item.body, "retention": {"completed": "30y", "otherwise": "10y", "basis": basis}}
    item.save()
    found = flow.case_open(actor=world.actor, item_id="house-item", title="试")
    for node in ("first", "second"):
        flow.work_done(actor=world.actor, work_id=Work.objects.get(node=node).pk)
    return found.number


def case_archive(world: World) -> partial[object]:
    return partial(flow.case_archive, actor=world.actor, number=ended(world))


def cases_archive(world: World) -> partial[object]:
    ended(world)
    return partial(flow.cases_archive, actor=world.actor, closed_before=date(2999, 1, 1))


def case_resume(world: World) -> partial[object]:
    number = opened(world).number
    flow.case_suspend(actor=world.actor, number=number, reason="hearing")
    return partial(flow.case_resume, actor=world.actor, number=number)


def case_supervise(world: World) -> partial[object]:
    return partial(flow.case_supervise, actor=world.actor, number=opened(world).number, text="快", budget="2h")


def case_suspend(world: World) -> partial[object]:
    return partial(flow.case_suspend, actor=world.actor, number=opened(world).number, reason="hearing")


def case_withdraw(world: World) -> partial[object]:
    return partial(flow.case_withdraw, actor=world.actor, number=opened(world).number, reason="修好了")


def dues_tick(world: World) -> partial[object]:
    case = opened(world)
    return partial(flow.dues_tick, actor=world.actor, now=case.dues.get().look_at)


def leave_save(world: World) -> partial[object]:
    world.departments()
    return partial(
        flow.leave_save, actor=world.actor, account=person("anna"), deputy=person("ben"), first=date(2026, 1, 1)
    )


def message_to_case(world: World) -> partial[object]:
    opened(world, MESSAGE)
    return partial(flow.message_to_case, actor=world.actor, name="paid")


def signal_send(world: World) -> partial[object]:
    return partial(flow.signal_send, actor=world.actor, name="flood")


def work_assist_ask(world: World) -> partial[object]:
    work_id = work(world)
    return partial(flow.work_assist_ask, actor=world.actor, work_id=work_id, helpers=["city"], must=False, reason="试")


def work_begin(world: World) -> partial[object]:
    return partial(flow.work_begin, actor=world.actor, work_id=work(world))


def work_done(world: World) -> partial[object]:
    return partial(flow.work_done, actor=world.actor, work_id=work(world), answers={"ok": True})


def work_hand_over(world: World) -> partial[object]:
    return partial(flow.work_hand_over, actor=world.actor, work_id=work(world), department="city", reason="试")


def work_send_back(world: World) -> partial[object]:
    return partial(flow.work_send_back, actor=world.actor, work_id=second(world), to="first", redo=True, reason="不清")


def work_sign_add(world: World) -> partial[object]:
    return partial(
        flow.work_sign_add, actor=world.actor, work_id=work(world), signer="city", before=True, reason="请审"
    )


def work_take_back(world: World) -> partial[object]:
    second(world)
    done = Work.objects.get(node="first").pk
    return partial(flow.work_take_back, actor=world.actor, work_id=done, reason="漏了")


RECIPES: dict[str, Recipe] = {
    recipe.__name__: recipe
    for recipe in (
        action_retry,
        case_archive,
        cases_archive,
        case_extend,
        case_hand_over_all,
        case_note,
        case_open,
        case_answer,
        case_rate,
        case_resume,
        case_supervise,
        case_suspend,
        case_withdraw,
        dues_tick,
        leave_save,
        message_to_case,
        signal_send,
        work_assist_ask,
        work_begin,
        work_done,
        work_hand_over,
        work_send_back,
        work_sign_add,
        work_take_back,
    )
}
