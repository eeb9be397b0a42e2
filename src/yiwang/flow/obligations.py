"""What is owed, by whom and by when, across all packs; who is late, since when and why; as a list and as a calendar file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Prefetch, QuerySet
from icalendar import Calendar as CalendarFile
from icalendar import Event as CalendarEvent

from yiwang.flow.answers import Late, Obligation, PauseRow, Waited
from yiwang.flow.casework import moment
from yiwang.flow.clocks import due_of, uncovered
from yiwang.flow.models import Case, CaseClock, CaseStep, Leave, Pause, Work
from yiwang.flow.rows import pause_row
from yiwang.flow.scopes import covered, stands_for
from yiwang.flow.turns import APPLICANT
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.calendar import Calendar
from yiwang.kernel.core.clock import Standing
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Refused
from yiwang.kernel.paging import Page, paged
from yiwang.kernel.selectors import city_calendar, department_below, department_names

# A calendar file holds what comes next, not everything there is.
MOST_EVENTS = 1000
MOST_LATE = 500
LAST_PART = 4
# What a list reads: a row of a case is long, a page has many.
READ = (
    *("case_id", "title_zh", "title_en", "department", "assignee", "opened_at"),
    *("case__number", "case__title", "case__status", "case__item__item_id", "case__process__process_id"),
    *("clock__work_id", "clock__budget", "clock__rungs", "clock__extended", "clock__started_at"),
)
CLOCK_READ = ("case_id", "work_id", "budget", "rungs", "extended", "started_at")
BOUNCES = ("sent_back", "handed_over")


@dataclass(frozen=True)
class _Known:
    """What a whole list needs, asked once."""

    calendar: Calendar
    deputies: Mapping[str, str]
    now: datetime


def obligation_list(
    actor: Actor,
    *,
    department: str = "",
    account: str = "",
    until: datetime | None = None,
    page: int = 1,
    per_page: int = 50,
) -> Page[Obligation]:
    """Everything owed, the earliest due first: by a department and those below it, by an account and those it stands for,
    or (neither named) by all the actor covers. Raises Refused.
    """
    rows = _owed(_works(actor, department, account), until)
    known = _known()
    return paged(rows, lambda work: _obligation(work, known), page=page, per_page=per_page)


def obligation_calendar(
    actor: Actor, *, department: str = "", account: str = "", until: datetime | None = None
) -> bytes:
    """The same as an iCalendar file, an entry at each due moment. What has no due moment is not in it. Raises Refused."""
    known = _known()
    found = CalendarFile()
    found.add("prodid", "-//yiwang//obligations//")
    found.add("version", "2.0")
    for work in _owed(_works(actor, department, account), until)[:MOST_EVENTS]:
        owed = _obligation(work, known)
        if owed.due is None:
            continue
        entry = CalendarEvent()
        entry.add("uid", f"work-{owed.work}@{owed.case}")
        entry.add("dtstamp", known.now)
        entry.add("dtstart", owed.due)
        entry.add("dtend", owed.due)
        entry.add("summary", f"{owed.title.zh}：{owed.case_title}")
        entry.add("description", f"{owed.case} {owed.title.en}")
        entry.add("categories", [owed.department])
        found.add_component(entry)
    return bytes(found.to_ical())


def late_list(actor: Actor, *, department: str = "", account: str = "") -> tuple[Late, ...]:
    """Whoever is late, the longest first, at most 500: since when, and why, from the history of the case. Raises Refused."""
    known = _known()
    works = list(_owed(_works(actor, department, account), known.now)[:MOST_LATE])
    owed = [(work, _obligation(work, known)) for work in works]
    late = [(work, one) for work, one in owed if one.due is not None and one.due < known.now]
    steps, history = _steps(late), _history(late)
    names = department_names() if late else {}
    return tuple(_late(work, one, steps[work.case_id], history[work.case_id], known, names) for work, one in late)


def _works(actor: Actor, department: str, account: str) -> QuerySet[Work]:
    rows = Work.objects.filter(closed_at=None).exclude(assignee=APPLICANT)
    if account:
        return rows.filter(assignee__in=_accounts(actor, account))
    if department:
        demand(actor, "case.read", department)
        below = department_below(department)
        where = below if actor.is_system else below & (covered(actor, "case.read") or frozenset())
        return rows.filter(department__in=where) if len(where) > 1 else rows.filter(department=department)
    demand(actor, "case.read")
    where_all = covered(actor, "case.read")
    return rows if where_all is None else rows.filter(department__in=where_all)


def _accounts(actor: Actor, account: str) -> tuple[str, ...]:
    """One's own with those one stands for, or somebody's whose department one covers."""
    if account == actor.id:
        return stands_for(actor)
    if not actor.is_system and account not in stands_for(actor):
        where = set(Work.objects.filter(assignee=account, closed_at=None).values_list("department", flat=True))
        if not where <= (covered(actor, "case.read") or frozenset()):
            raise Refused(
                zh="这个人的待办不在您的部门范围内",
                en="what this person owes is outside your departments",
                where=account,
            )
        demand(actor, "case.read")
    return (account,)


def _owed(rows: QuerySet[Work], until: datetime | None) -> QuerySet[Work]:
    if until is not None:
        rows = rows.filter(sort_due__lt=until)
    parts = rows.select_related("case__item", "case__process", "clock").prefetch_related(
        Prefetch("case__pauses", Pause.objects.order_by("begin")),
        Prefetch("case__clocks", CaseClock.objects.filter(work=None).only(*CLOCK_READ), to_attr="whole"),
    )
    return parts.only(*READ).order_by(F("sort_due").asc(nulls_last=True), "id")


def _known() -> _Known:
    now = moment()
    away = Leave.objects.filter(first__lte=now.date()).exclude(last__lt=now.date())
    return _Known(city_calendar(), dict(away.values_list("account", "deputy")), now)


def _obligation(work: Work, known: _Known) -> Obligation:
    case = work.case
    pauses = list(case.pauses.all())
    rows = [*case.whole, getattr(work, "clock", None)]  # type: ignore[attr-defined]
    clocks = [row for row in rows if row is not None]
    ends = [end for row in clocks if (end := due_of(row, pauses, known.calendar)) is not None]
    due = min(ends, default=None)
    problem = None
    if clocks and due is None:
        problem = next((found for row in clocks if (found := uncovered(row, pauses, known.calendar))), None)
    return Obligation(
        work=work.pk,
        case=case.number,
        case_title=case.title,
        title=Text(zh=work.title_zh, en=work.title_en),
        department=work.department,
        assignee=work.assignee,
        deputy=known.deputies.get(work.assignee, ""),
        status=case.status,
        opened_at=work.opened_at,
        due=due,
        standing=_standing(due, min((row.started_at for row in clocks), default=known.now), case.status, known.now),
        overdue=max(known.now - due, timedelta()) if due else timedelta(),
        problem=problem,
        item=case.item.item_id if case.item else "",
        process=case.process.process_id,
    )


def _standing(due: datetime | None, began: datetime, status: str, now: datetime) -> str:
    """In the kernel's words. A list says due soon in the last quarter of the time; the case itself says which rung came."""
    if due is not None and now > due:
        return Standing.BREACHED
    if status == Case.Status.SUSPENDED:
        return Standing.SUSPENDED
    if due is None:
        return ""
    return Standing.DUE_SOON if (due - now) * LAST_PART <= due - began else Standing.RUNNING


def _steps(late: Sequence[tuple[Work, Obligation]]) -> Mapping[int, list[str]]:
    """The kinds of all steps of each case that bounced it."""
    found: dict[int, list[str]] = defaultdict(list)
    cases = {work.case_id for work, _ in late}
    for case, kind in CaseStep.objects.filter(case_id__in=cases, kind__in=BOUNCES).values_list("case_id", "kind"):
        found[case].append(kind)
    return found


def _history(late: Sequence[tuple[Work, Obligation]]) -> Mapping[int, list[Work]]:
    found: dict[int, list[Work]] = defaultdict(list)
    for work in Work.objects.filter(case_id__in={work.case_id for work, _ in late}):
        found[work.case_id].append(work)
    return found


def _late(
    work: Work,
    owed: Obligation,
    bounces: Sequence[str],
    history: Sequence[Work],
    known: _Known,
    names: Mapping[str, Text],
) -> Late:
    assert owed.due is not None  # only what is past due is late
    pauses = tuple(pause_row(one) for one in work.case.pauses.all())
    suspended = sum(((one.end or known.now) - one.begin for one in pauses), timedelta())
    waited = _waited(history, known.now)
    clock = next(iter(work.case.whole), None)  # type: ignore[attr-defined]
    extended = len(clock.extended) if clock is not None else 0
    return Late(
        obligation=owed,
        since=owed.due,
        overdue=known.now - owed.due,
        suspended=suspended,
        suspensions=pauses,
        bounced=len(bounces),
        extended=extended,
        waited=waited,
        why=_why(waited, pauses, len(bounces), extended, names),
    )


def _waited(history: Sequence[Work], now: datetime) -> tuple[Waited, ...]:
    spent: dict[tuple[str, str], timedelta] = defaultdict(timedelta)
    titles: dict[tuple[str, str], Text] = {}
    for work in history:
        where = work.node, work.department
        spent[where] += (work.closed_at or now) - work.opened_at
        titles[where] = Text(zh=work.title_zh, en=work.title_en)
    ordered = sorted(spent, key=lambda where: (-spent[where], where))
    return tuple(Waited(node, titles[node, code], code, spent[node, code]) for node, code in ordered)


def _why(
    waited: Sequence[Waited], pauses: Sequence[PauseRow], bounced: int, extended: int, names: Mapping[str, Text]
) -> Text:
    """In words, from the figures beside it."""
    zh, en = [], []
    if waited:
        top = waited[0]
        at = names.get(top.department, Text(zh=top.department, en=top.department))
        zh.append(f"在“{top.title.zh}”（{at.zh}）停留 {top.time.days} 天")
        en.append(f"{top.time.days} days at {top.title.en} ({at.en})")
    if bounced:
        zh.append(f"退回或转办 {bounced} 次")
        en.append(f"sent back or handed over {bounced} times")
    if pauses:
        zh.append(f"暂停 {len(pauses)} 次")
        en.append(f"suspended {len(pauses)} times")
    if extended:
        zh.append(f"延期 {extended} 次")
        en.append(f"extended {extended} times")
    return Text(zh="，".join(zh) or "没有记录", en=", ".join(en) or "nothing recorded")
