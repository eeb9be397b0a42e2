"""What a diagram may ask the flow engine to do with its own case: actions of the kernel's closed list.

`case` is the number of the case that asks unless another is named.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from yiwang.flow.cases import clocks_refresh, extend
from yiwang.flow.casework import case_locked, moment
from yiwang.flow.clocks import rung_dues
from yiwang.flow.items import item_file
from yiwang.flow.models import Case, CaseClock, CaseNote, Due, note_words
from yiwang.flow.opening import case_open
from yiwang.flow.schema import LimitFile
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.selectors import city_calendar, department_get
from yiwang.kernel.service import RoleAt, action_declare, audit, message_send


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")

    case: str


class NoteArguments(_Arguments):
    """`text` is read by the applicant unless `public` is false; `en` is the same in English."""

    text: str = Field(min_length=1)
    en: str = ""
    public: bool = True


class DepartmentArguments(_Arguments):
    department: str = Field(min_length=1)


class TopicArguments(_Arguments):
    topic: str = Field(max_length=80)


class OpenArguments(_Arguments):
    """A follow-up case of `item` or `process`; what `answers` holds its process knows by name, and `of`, the case that opened it."""

    item: str = ""
    process: str = ""
    title: str = ""
    department: str = ""
    topic: str = ""
    answers: dict[str, Any] = Field(default_factory=dict)


class ExtendArguments(_Arguments):
    budget: str
    reason: str = Field(min_length=1)
    basis: str = Field(min_length=1)


class MessageArguments(_Arguments):
    role: Role
    department: str = ""
    title: str = Field(min_length=1, max_length=200)
    en: str = Field(min_length=1, max_length=200)


def _note(actor: Actor, said: NoteArguments) -> None:
    case = case_locked(number=said.case)
    CaseNote.objects.create(
        case=case,
        at=moment(),
        kind="message" if said.public else "note",
        **note_words(zh=said.text, en=said.en or said.text),
        is_public=said.public,
        by=actor.name[:120],
    )


def _department(actor: Actor, said: DepartmentArguments) -> str:
    """Who is accountable from now on. Works that are open stay where they are."""
    department_get(said.department)
    case = case_locked(number=said.case)
    before, case.department = case.department, said.department
    case.save(update_fields=["department"])
    audit(
        actor=actor,
        act="case.department-set",
        object_kind="case",
        object_id=case.number,
        details={"from": before, "to": said.department},
    )
    return said.department


def _topic(actor: Actor, said: TopicArguments) -> str:
    case = case_locked(number=said.case)
    topic_set(case, said.topic, actor)
    return said.topic


def topic_set(case: Case, topic: str, actor: Actor) -> None:
    """What the case is about; where its item has limits by topic, the topic's limit holds, still from intake."""
    before, case.topic = case.topic, topic
    case.save(update_fields=["topic"])
    audit(
        actor=actor,
        act="case.topic-set",
        object_kind="case",
        object_id=case.number,
        details={"from": before, "to": topic},
    )
    clock = CaseClock.objects.filter(case=case, work=None, stopped_at=None).first()
    if case.item is None or clock is None:
        return
    limit = item_file(case.item).limit_of({**case.answers, "topic": topic})
    if limit.budget != clock.budget:
        _limit_change(clock, limit)
        clocks_refresh(case, moment())


def _limit_change(clock: CaseClock, limit: LimitFile) -> None:
    """A rung that has fired does not come back under the new limit."""
    waiting = set(Due.objects.filter(clock=clock).values_list("spec__rung", flat=True))
    fired = {rung["key"] for rung in clock.rungs} - waiting
    clock.budget, clock.basis = limit.budget, limit.basis[:300]
    clock.rungs = [rung.model_dump(mode="json") for rung in limit.rungs]
    clock.save(update_fields=["budget", "basis", "rungs"])
    Due.objects.filter(clock=clock).delete()
    dues = rung_dues(clock, list(clock.case.pauses.all()), city_calendar(), moment())
    Due.objects.bulk_create(due for due in dues if due.spec["rung"] not in fired)


def _open(actor: Actor, said: OpenArguments) -> str:
    above = Case.objects.get(number=said.case)
    opened = case_open(
        actor=actor,
        item_id=said.item or None,
        process_id=said.process or None,
        title=said.title or above.title,
        answers={**said.answers, "of": above.number},
        department=said.department,
        channel="system",
        topic=said.topic or above.topic,
        division=above.division,
    )
    return opened.number


def _extend(actor: Actor, said: ExtendArguments) -> None:
    extend(case_locked(number=said.case), actor, said.budget, said.reason, said.basis, moment())


def _message(actor: Actor, said: MessageArguments) -> int:
    """How many it reached."""
    case = Case.objects.get(number=said.case)
    to = RoleAt(said.role, said.department or case.department)
    link = f"/work/cases/{case.number}/"
    return len(message_send(actor=actor, to=to, title=Text(zh=said.title, en=said.en), link=link))


def actions_register() -> None:
    """Called once when the program starts."""
    action_declare("case.note", NoteArguments, _note, Text(zh="给申请人留言", en="tell the applicant"), act="case.work")
    action_declare(
        "case.department_set",
        DepartmentArguments,
        _department,
        Text(zh="改变责任部门", en="change the accountable department"),
        act="case.work",
    )
    action_declare(
        "case.topic_set", TopicArguments, _topic, Text(zh="改变主题", en="change the topic"), act="case.work"
    )
    action_declare(
        "case.open", OpenArguments, _open, Text(zh="开启后续办件", en="open a follow-up case"), act="case.open"
    )
    action_declare(
        "case.extend", ExtendArguments, _extend, Text(zh="延长时限", en="extend the limit"), act="case.supervise"
    )
    action_declare(
        "message.role", MessageArguments, _message, Text(zh="给岗位发消息", en="message a role"), act="case.work"
    )
