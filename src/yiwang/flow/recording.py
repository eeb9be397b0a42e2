"""What a write leaves in the tables: as few statements as there are kinds of rows."""

from __future__ import annotations

from datetime import datetime

from yiwang.flow.clocks import due_of, rung_dues
from yiwang.flow.errors import CaseMoved
from yiwang.flow.events import WORK_OPENED
from yiwang.flow.models import Case, CaseClock, CaseNote, CaseStep, Due, Pause, Wait, Work
from yiwang.flow.turns import Turn
from yiwang.flow.waiting import hears, waits_of

# A task's own limit reminds those who hold it and tells their leader when it is over; a case's ladder is its item's.
WORK_RUNGS = (
    {"key": "soon", "kind": "reminder", "when": "75%", "role": "staff", "department": ""},
    {"key": "late", "kind": "breach", "when": "0", "role": "leader", "department": ""},
)


def record(turn: Turn) -> None:
    """Raises CaseMoved when the case is no longer as it was when the write began."""
    _case(turn)
    CaseStep.objects.bulk_create(turn.changes.steps)
    _closed_works(turn)
    _changed_works(turn)
    _new_works(turn)
    _timers(turn)
    CaseNote.objects.bulk_create(turn.changes.notes)
    if turn.changes.ended is not None:
        _close(turn)
    if hears(turn.definition):
        _waits(turn)


def _case(turn: Turn) -> None:
    case = turn.case
    before, case.events = case.events, case.events + len(turn.changes.steps)
    case.state = turn.state.dumps()
    kept = Case.objects.filter(pk=case.pk, events=before).update(
        state=case.state, events=case.events, status=case.status, closed_at=case.closed_at
    )
    if not kept:
        raise CaseMoved(
            zh=f"办件 {case.number} 在此期间已被别人办理",
            en=f"somebody else has moved case {case.number} on meanwhile",
            where=f"case {case.number}",
            hint_zh="请重新打开后再办。",
            hint_en="Open it again first.",
        )


def _closed_works(turn: Turn) -> None:
    gone: dict[str, list[int]] = {}
    for number, how in turn.changes.closed.items():
        made = turn.changes.works.get(number)
        if made is not None:
            made.closed_at, made.closed_how, made.closed_by = turn.now, how, turn.actor.id
        else:
            gone.setdefault(how, []).append(number)
    for how, numbers in gone.items():
        Work.objects.filter(case_id=turn.case.pk, number__in=numbers).update(
            closed_at=turn.now, closed_how=how, closed_by=turn.actor.id, is_waiting=False
        )
    numbers = [number for several in gone.values() for number in several]
    if numbers and _stop(turn.case, turn.now, work__number__in=numbers):
        Due.objects.filter(case_id=turn.case.pk, clock__work__number__in=numbers).delete()


def _stop(case: Case, now: datetime, **which: object) -> int:
    return CaseClock.objects.filter(case_id=case.pk, stopped_at=None, **which).update(stopped_at=now)


def _changed_works(turn: Turn) -> None:
    for number, changed in turn.changes.updates.items():
        made = turn.changes.works.get(number)
        if made is None:
            Work.objects.filter(case_id=turn.case.pk, number=number).update(**changed)
        else:
            for name, value in changed.items():
                setattr(made, name, value)


def _new_works(turn: Turn) -> None:
    works = list(turn.changes.works.values())
    if not works:
        return
    case = turn.case
    earlier = _earlier(turn)
    pauses = list(Pause.objects.filter(case_id=case.pk))
    clock = CaseClock.objects.filter(case_id=case.pk, work=None).first()
    end = due_of(clock, pauses, turn.calendar) if clock else None
    clocks = []
    for work in works:
        before = earlier.get(turn.changes.again.get(work.number, 0))
        if before is not None and not work.assignee and work.department == before.department:
            work.assignee = before.closed_by if before.closed_by.startswith("account:") else before.assignee
        work.sort_due = end
        made = _work_clock(turn, work, before)
        if made is not None:
            clocks.append(made)
            own = due_of(made, pauses, turn.calendar)
            work.sort_due = min((one for one in (own, end) if one), default=None)
    Work.objects.bulk_create(works)
    CaseClock.objects.bulk_create(clocks)
    running = [one for one in clocks if one.stopped_at is None]
    Due.objects.bulk_create(due for one in running for due in _rungs(one, pauses, turn))
    for work in works:
        payload = {"case": case.pk, "number": case.number, "work": work.pk, "node": work.node, "kind": work.kind}
        told = {"department": work.department, "assignee": work.assignee, "round": work.round}
        turn.changes.events.append((WORK_OPENED, payload | told))


def _rungs(clock: CaseClock, pauses: list[Pause], turn: Turn) -> list[Due]:
    """Work done once more goes on with its clock; what that clock has told already it does not tell again."""
    dues = rung_dues(clock, pauses, turn.calendar, turn.now)
    goes_on = clock.started_at < turn.now
    return [one for one in dues if not goes_on or one.look_at is None or one.look_at > turn.now]


def _earlier(turn: Turn) -> dict[int, Work]:
    """The works done before that come once more, by number."""
    wanted = set(turn.changes.again.values())
    if not wanted:
        return {}
    rows = Work.objects.filter(case_id=turn.case.pk, number__in=wanted).select_related("clock")
    return {row.number: row for row in rows}


def _work_clock(turn: Turn, work: Work, before: Work | None) -> CaseClock | None:
    clock = CaseClock(case_id=turn.case.pk, work=work, rungs=list(WORK_RUNGS), stopped_at=work.closed_at)
    earlier = getattr(before, "clock", None) if before is not None else None
    if earlier is not None:
        clock.budget, clock.basis, clock.extended = earlier.budget, earlier.basis, earlier.extended
        clock.started_at = earlier.started_at
        return clock
    budget = turn.changes.budgets.get(work.number)
    if budget is None:
        return None
    clock.budget, clock.started_at = budget, turn.now
    return clock


def _timers(turn: Turn) -> None:
    gone = turn.changes.dropped | set(turn.changes.timers)
    if gone:
        Due.objects.filter(case_id=turn.case.pk, kind=Due.Kind.TIMER, key__in=gone).delete()
    Due.objects.bulk_create(turn.changes.timers.values())


def _close(turn: Turn) -> None:
    """Nothing of an ended case is owed or looked for any more."""
    case = turn.case
    Work.objects.filter(case_id=case.pk, closed_at=None).update(
        closed_at=turn.now, closed_how="cancelled", closed_by=turn.actor.id
    )
    Due.objects.filter(case_id=case.pk).delete()
    _stop(case, turn.now)
    Pause.objects.filter(case_id=case.pk, end=None).update(end=turn.now)


def _waits(turn: Turn) -> None:
    wanted = waits_of(turn.definition, turn.state)
    rows = {(row.kind, row.name, row.key): row.pk for row in Wait.objects.filter(case_id=turn.case.pk)}
    gone = [pk for heard, pk in rows.items() if heard not in wanted]
    if gone:
        Wait.objects.filter(pk__in=gone).delete()
    fresh = sorted(wanted - set(rows))
    if fresh:
        Wait.objects.bulk_create(Wait(case_id=turn.case.pk, kind=k, name=n, key=key) for k, n, key in fresh)
