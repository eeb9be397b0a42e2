"""What a write leaves in the tables, collected in one batch; only what others name by its number is written before."""

from __future__ import annotations

from yiwang.flow.clocks import due_of, rung_dues
from yiwang.flow.errors import CaseMoved
from yiwang.flow.events import WORK_OPENED
from yiwang.flow.models import Case, CaseClock, Due, Pause, Wait, Work
from yiwang.flow.turns import Turn
from yiwang.flow.waiting import hears, waits_of
from yiwang.kernel.service import Batch

# A task's own limit reminds those who hold it and tells their leader when it is over; a case's ladder is its item's.
WORK_RUNGS = (
    {"key": "soon", "kind": "reminder", "when": "75%", "role": "staff", "department": ""},
    {"key": "late", "kind": "breach", "when": "0", "role": "leader", "department": ""},
)


def record(turn: Turn, batch: Batch) -> None:
    """Everything the turn changed, with the case's own row first: nothing touched there means that somebody else moved it."""
    _case(turn, batch)
    batch.insert(turn.changes.steps)
    _closed_works(turn, batch)
    _changed_works(turn, batch)
    _new_works(turn, batch)
    _timers(turn, batch)
    batch.insert(turn.changes.notes)
    if turn.changes.ended is not None:
        _close(turn, batch)
    if hears(turn.definition):
        _waits(turn, batch)


def write(turn: Turn, batch: Batch) -> None:
    """Raises CaseMoved when the case is no longer as it was when the write began."""
    if batch.write():
        return
    case = turn.case
    raise CaseMoved(
        zh=f"办件 {case.number} 在此期间已被别人办理",
        en=f"somebody else has moved case {case.number} on meanwhile",
        where=f"case {case.number}",
        hint_zh="请重新打开后再办。",
        hint_en="Open it again first.",
    )


def _case(turn: Turn, batch: Batch) -> None:
    case = turn.case
    before, case.events = case.events, case.events + len(turn.changes.steps)
    case.state = turn.state.dumps()
    if batch.holds(case):
        return
    said = {
        "sealed_state": case.sealed_state,
        "events": case.events,
        "status": case.status,
        "closed_at": case.closed_at,
    }
    batch.update(Case, {"id": case.pk, "events": before}, said)


def _closed_works(turn: Turn, batch: Batch) -> None:
    gone: dict[str, list[int]] = {}
    for number, how in turn.changes.closed.items():
        made = turn.changes.works.get(number)
        if made is not None:
            made.closed_at, made.closed_how, made.closed_by = turn.now, how, turn.actor.id
        else:
            gone.setdefault(how, []).append(number)
    for how, numbers in gone.items():
        said = {"closed_at": turn.now, "closed_how": how, "closed_by": turn.actor.id, "is_waiting": False}
        batch.update(Work, {"case_id": turn.case.pk, "number": tuple(numbers)}, said)
    numbers = [number for several in gone.values() for number in several]
    if not numbers:
        return
    clocks = _running_clocks(turn, numbers)
    if clocks:
        batch.update(CaseClock, {"id": clocks}, {"stopped_at": turn.now})
        batch.delete(Due, {"clock_id": clocks})


def _running_clocks(turn: Turn, numbers: list[int]) -> tuple[int, ...]:
    """Of works that are closed. The clock of the one that was done is known."""
    known = turn.standing
    if numbers == [known.work]:
        return (known.work_clock.pk,) if known.work_clock is not None else ()
    running = CaseClock.objects.filter(case_id=turn.case.pk, stopped_at=None, work__number__in=numbers)
    return tuple(running.values_list("pk", flat=True))


def _changed_works(turn: Turn, batch: Batch) -> None:
    for number, changed in turn.changes.updates.items():
        made = turn.changes.works.get(number)
        if made is None:
            batch.update(Work, {"case_id": turn.case.pk, "number": number}, changed)
        else:
            for name, value in changed.items():
                setattr(made, name, value)


def _new_works(turn: Turn, batch: Batch) -> None:
    works = list(turn.changes.works.values())
    if not works:
        return
    case = turn.case
    earlier = _earlier(turn)
    pauses, clock = turn.standing.pauses, turn.standing.clock
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
    batch.insert_numbered(works)
    for one in clocks:
        # The work has its number only now.
        one.work = one.work
    batch.insert_numbered(clocks)
    running = [one for one in clocks if one.stopped_at is None]
    batch.insert(due for one in running for due in _rungs(one, pauses, turn))
    for work in works:
        payload = {"case": case.pk, "number": case.number, "work": work.pk, "node": work.node, "kind": work.kind}
        told = {"department": work.department, "assignee": work.assignee, "round": work.round}
        turn.changes.events.append((WORK_OPENED, payload | told))


def _rungs(clock: CaseClock, pauses: tuple[Pause, ...], turn: Turn) -> list[Due]:
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


def _timers(turn: Turn, batch: Batch) -> None:
    gone = turn.changes.dropped | set(turn.changes.timers)
    if gone:
        batch.delete(Due, {"case_id": turn.case.pk, "kind": Due.Kind.TIMER, "key": tuple(sorted(gone))})
    batch.insert(turn.changes.timers.values())


def _close(turn: Turn, batch: Batch) -> None:
    """Nothing of an ended case is owed or looked for any more."""
    case = turn.case
    cancelled = {"closed_at": turn.now, "closed_how": "cancelled", "closed_by": turn.actor.id}
    batch.update(Work, {"case_id": case.pk, "closed_at": None}, cancelled)
    batch.delete(Due, {"case_id": case.pk})
    batch.update(CaseClock, {"case_id": case.pk, "stopped_at": None}, {"stopped_at": turn.now})
    batch.update(Pause, {"case_id": case.pk, "end": None}, {"end": turn.now})


def _waits(turn: Turn, batch: Batch) -> None:
    wanted = waits_of(turn.definition, turn.state)
    rows = {(row.kind, row.name, row.key): row.pk for row in Wait.objects.filter(case_id=turn.case.pk)}
    gone = [pk for heard, pk in rows.items() if heard not in wanted]
    if gone:
        batch.delete(Wait, {"id": tuple(gone)})
    fresh = sorted(wanted - set(rows))
    if fresh:
        batch.insert(Wait(case_id=turn.case.pk, kind=k, name=n, key=key) for k, n, key in fresh)
