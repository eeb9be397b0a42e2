"""Cases and works as they are read: by those in scope, or by the applicant with number and code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet

from yiwang.flow.answers import CaseDetail, CaseRow, FileRow, NoteRow, StepRow, StuckRow, Tracking, WorkDetail, WorkRow
from yiwang.flow.applicants import case_file_seen, content_seen
from yiwang.flow.asking import says_of
from yiwang.flow.casework import moment
from yiwang.flow.core.process.nodes import UserTask
from yiwang.flow.core.process.state import State
from yiwang.flow.definitions import definition_of
from yiwang.flow.models import Case, CaseNote, CaseStep, Pause, Rating, Work
from yiwang.flow.rows import (
    CASE_PARTS,
    CASE_SETS,
    case_row,
    file_row,
    note_row,
    pause_row,
    rating_row,
    step_row,
    work_row_of,
)
from yiwang.flow.scopes import cases_seen, covered, demand_case, demand_code, demand_work, handling, stands_for
from yiwang.flow.turns import APPLICANT
from yiwang.flow.works import work_row
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound, Refused
from yiwang.kernel.paging import Page, paged
from yiwang.kernel.selectors import city_calendar, department_name, file_open
from yiwang.kernel.service import audit

# The applicant may say how it went once the case has ended by itself.
RATED = (Case.Status.COMPLETED, Case.Status.TERMINATED, Case.Status.FAILED)


@dataclass(frozen=True)
class CaseFilter:
    """What a list is narrowed to; empty is everything. `search` looks in numbers and titles."""

    department: str = ""
    status: str = ""
    item: str = ""
    process: str = ""
    topic: str = ""
    channel: str = ""
    division: str = ""
    search: str = ""
    opened_from: datetime | None = None
    opened_until: datetime | None = None


ALL = CaseFilter()


def case_get(actor: Actor, number: str, *, purpose: str = "") -> CaseDetail:
    """A case whole. What was said in it leaves a line the person concerned reads: for whoever deals with the case that is the purpose,
    others have to give one. Who the applicant is comes only with a purpose given.

    Raises NotFound, Refused.
    """
    case = case_whole(number)
    rule = demand_case(actor, "case.read", case)
    if purpose.strip() and case.applicant:
        with transaction.atomic():
            audit(
                actor=actor,
                act="case.applicant",
                object_kind="case",
                object_id=number,
                rule=rule,
                purpose=purpose.strip(),
                details={"fields": sorted(case.applicant)},
            )
            content_seen(actor, case, purpose.strip(), applicant=True)
    told = _told(actor, case, purpose.strip())
    now, calendar = moment(), city_calendar()
    pauses = list(case.pauses.all())
    state = State.loads(case.state)
    rating = Rating.objects.filter(case=case).select_related("follow_up").first()
    return CaseDetail(
        case=case_row(case, calendar, now),
        applicant=case.applicant if purpose.strip() else None,
        is_told=told,
        answers=case.answers if told else {},
        values=state.values if told else {},
        place=(case.longitude, case.latitude)
        if told and case.longitude is not None and case.latitude is not None
        else None,
        works=_works(case),
        notes=tuple(note_row(note) for note in case.notes.order_by("at", "id")) if told else (),
        files=tuple(file_row(file) for file in case.files.order_by("id")) if told else (),
        pauses=tuple(pause_row(pause) for pause in pauses),
        stuck=tuple(_stuck(case, state)),
        rating=rating_row(rating) if told else None,
        parent=case.parent.number if case.parent else "",
        calls=tuple(case.calls.order_by("id").values_list("number", flat=True)),
        opened_by=case.opened_by,
    )


def case_head(actor: Actor, number: str) -> CaseRow:
    """What a list says of a case, nothing of what was said in it. Raises NotFound, Refused."""
    case = case_whole(number)
    demand_case(actor, "case.read", case)
    return case_row(case, city_calendar(), moment())


def case_works(actor: Actor, number: str) -> tuple[WorkRow, ...]:
    """The pieces of work of a case, the first first. Raises NotFound, Refused."""
    case = case_whole(number)
    demand_case(actor, "case.read", case)
    return _works(case)


def _works(case: Case) -> tuple[WorkRow, ...]:
    now, calendar, pauses = moment(), city_calendar(), list(case.pauses.all())
    works = case.works.select_related("clock").order_by("number")
    return tuple(work_row_of(work, case, pauses, calendar, now) for work in works)


def _told(actor: Actor, case: Case, purpose: str) -> bool:
    """Whether the reader is told what was said; the line about it stands before this returns."""
    purpose = purpose or handling(actor, case)
    if purpose:
        content_seen(actor, case, purpose)
    return bool(purpose)


def case_file_open(actor: Actor, number: str, digest: str) -> tuple[FileRow, BinaryIO]:
    """A file given with a case, for whoever may read the case; the line about it stands before this returns.

    Raises NotFound, also for a file of another case, Refused.
    """
    case = case_whole(number)
    demand_case(actor, "case.read", case)
    found = case.files.filter(digest=digest).first()
    if found is None:
        raise NotFound(zh="办件没有这个文件", en="the case has no such file", where=digest)
    case_file_seen(actor, case, found.question)
    return file_row(found), file_open(digest)


def case_track(number: str, code: str) -> Tracking:
    """What the applicant reads without signing in: states and public messages. Raises NotFound for a wrong code too."""
    return tracking_of(demand_code(_cases().filter(number=number.strip().upper()).first(), code))


def tracking_of(case: Case) -> Tracking:
    """A case as its applicant reads it, for whoever checked that they are."""
    now, calendar = moment(), city_calendar()
    row = case_row(case, calendar, now)
    rating = Rating.objects.filter(case=case).select_related("follow_up").first()
    asked = case.works.filter(assignee=APPLICANT, closed_at=None).select_related("clock").order_by("number")
    pauses = list(case.pauses.all())
    return Tracking(
        number=case.number,
        title=case.title,
        item_title=row.item_title,
        status=case.status,
        department=department_name(case.department),
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        due=row.clock.due if row.clock else None,
        notes=tuple(_public(note) for note in case.notes.filter(is_public=True).order_by("at", "id")),
        rating=rating_row(rating),
        may_rate=rating is None and case.status in RATED,
        asked=tuple(work_row_of(work, case, pauses, calendar, now) for work in asked),
        says=says_of(case),
    )


def case_list(actor: Actor, filters: CaseFilter = ALL, *, page: int = 1, per_page: int = 50) -> Page[CaseRow]:
    """The cases the actor may read, the newest first. Raises Refused for somebody without any such right."""
    if not (actor.is_system or covered(actor, "case.read") or actor.id):
        demand(actor, "case.read")
    rows = _cases().filter(cases_seen(actor)).filter(_narrowed(filters)).order_by("-opened_at", "-id")
    now, calendar = moment(), city_calendar()
    return paged(rows, lambda case: case_row(case, calendar, now), page=page, per_page=per_page)


def case_steps(actor: Actor, number: str, *, purpose: str = "") -> tuple[StepRow, ...]:
    """The history of a case, from its first event; empty for who does not deal with it and gives no purpose. Raises NotFound, Refused."""
    case = case_whole(number)
    demand_case(actor, "case.read", case)
    if not _told(actor, case, purpose.strip()):
        return ()
    return tuple(
        step_row(step) for step in CaseStep.objects.filter(case=case).select_related("process").order_by("number")
    )


def work_get(actor: Actor, work_id: int) -> WorkDetail:
    """A piece of work and what its reader may do with it. Raises NotFound, Refused."""
    work = work_row(work_id)
    case = case_whole(work.case.number)
    demand_case(actor, "case.read", case)
    told = _told(actor, case, "")
    now, calendar = moment(), city_calendar()
    definition = definition_of(case.process)
    node = definition.nodes.get(work.node)
    back = node.send_back if isinstance(node, UserTask) else ()
    try:
        may, reason = True, Text(zh=demand_work(actor, work, case), en=demand_work(actor, work, case))
    except Refused as refused:
        may, reason = False, Text(zh=refused.zh, en=refused.en)
    names = {one: definition.nodes[one].name for one in back if one in definition.nodes}
    return WorkDetail(
        work=work_row_of(work, case, list(case.pauses.all()), calendar, now),
        case=case_row(case, calendar, now),
        values=State.loads(case.state).values if told else {},
        send_back={one: Text(zh=name.zh, en=name.en) if name else Text(zh=one, en=one) for one, name in names.items()},
        may_work=may,
        reason=reason,
    )


def work_list(
    actor: Actor, *, mine: bool = True, department: str = "", page: int = 1, per_page: int = 50
) -> Page[WorkRow]:
    """Open works by due date. `mine`: given to the actor, or to somebody the actor stands for, or begun by the actor; else
    those of one department, or of all the actor covers. Raises Refused.
    """
    rows = Work.objects.filter(closed_at=None)
    if mine:
        rows = rows.filter(Q(assignee__in=stands_for(actor)) | Q(begun_by=actor.id, assignee=""))
    elif department:
        demand(actor, "case.read", department)
        rows = rows.filter(department=department)
    else:
        demand(actor, "case.read")
        where = covered(actor, "case.read")
        rows = rows if where is None else rows.filter(department__in=where)
    rows = rows.select_related("case", "clock").prefetch_related(
        Prefetch("case__pauses", Pause.objects.order_by("begin"))
    )
    now, calendar = moment(), city_calendar()
    return paged(
        rows.order_by("sort_due", "id"),
        lambda work: work_row_of(work, work.case, list(work.case.pauses.all()), calendar, now),
        page=page,
        per_page=per_page,
    )


def _cases() -> QuerySet[Case]:
    return Case.objects.select_related(*CASE_PARTS, "parent").prefetch_related(*CASE_SETS)


def case_whole(number: str) -> Case:
    """The row with all a page needs. Raises NotFound."""
    case = _cases().filter(number=number).first()
    if case is None:
        raise NotFound(zh=f"没有办件 {number}", en=f"there is no case {number}", where="case")
    return case


def _narrowed(wanted: CaseFilter) -> Q:
    by = {
        "department": wanted.department,
        "status": wanted.status,
        "item__item_id": wanted.item,
        "process__process_id": wanted.process,
        "topic": wanted.topic,
        "channel": wanted.channel,
        "division": wanted.division,
    }
    found = Q(**{name: value for name, value in by.items() if value})
    if wanted.search:
        found &= Q(number__istartswith=wanted.search) | Q(title__icontains=wanted.search)
    if wanted.opened_from:
        found &= Q(opened_at__gte=wanted.opened_from)
    if wanted.opened_until:
        found &= Q(opened_at__lt=wanted.opened_until)
    return found


def _public(note: CaseNote) -> NoteRow:
    """Without the name of whoever wrote it."""
    return replace(note_row(note), by="")


def _stuck(case: Case, state: State) -> list[StuckRow]:
    """What went wrong is told by the newest note about each."""
    definition = definition_of(case.process)
    found = []
    for token in state.tokens.values():
        if token.stuck is not None:
            name = definition.nodes[token.node].name
            said = Text(zh=name.zh, en=name.en) if name else Text(zh=token.node, en=token.node)
            found.append(StuckRow(token.id, token.node, said))
    return found
