"""A case and a work of it as they stand for a write, read in two prepared statements: the lock, then what lies under it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.db import OperationalError, connection

from yiwang.flow.errors import CaseMoved
from yiwang.flow.models import Case, CaseClock, Pause, ProcessVersion, Work
from yiwang.kernel.errors import NotFound
from yiwang.kernel.selectors import columns, fetch, made, packs_column

# What people said is long and no step asks for it.
UNREAD = frozenset(("sealed_applicant", "sealed_answers"))


@dataclass(frozen=True)
class Standing:
    """What a step goes by besides the state: the case's own clock, the running one of the work that is done, all pauses."""

    clock: CaseClock | None
    work: int
    work_clock: CaseClock | None
    pauses: tuple[Pause, ...]
    # The packs whose notices make the calendar, where they were read along.
    packs: str | None = None


def standing_of(case_id: int) -> Standing:
    """As it is for a case that no work brought here."""
    clock = CaseClock.objects.filter(case_id=case_id, work=None).first()
    return Standing(clock, 0, None, tuple(Pause.objects.filter(case_id=case_id)))


def work_locked(work_id: int) -> tuple[Case, Work, Standing]:
    """The case locked until the transaction ends, its work and their clocks. Raises NotFound, CaseMoved."""
    try:
        locked = fetch(_lock_sql(connection.features.has_select_for_update), [work_id])
    except OperationalError as error:
        raise moved_on() from error
    if not locked:
        raise NotFound(zh=f"没有待办 {work_id}", en=f"there is no work {work_id}", where="work")
    (row,) = fetch(_rest_sql(), [work_id])
    case, work = made(Case, locked[0], left=UNREAD), made(Work, row)
    at = len(Work._meta.concrete_fields)
    case.process = made(ProcessVersion, row, at)
    at += len(ProcessVersion._meta.concrete_fields)
    ends = at + len(CaseClock._meta.concrete_fields)
    clock, own = (made(CaseClock, row, start) if row[start] is not None else None for start in (at, ends))
    pauses = tuple(Pause.objects.filter(case_id=case.pk)) if row[-2] else ()
    return case, work, Standing(clock, work.number, own, pauses, row[-1] or "")


def moved_on() -> CaseMoved:
    """The database ended one of two writes that waited for each other; on SQLite one that waited too long."""
    return CaseMoved(
        zh="这件办件正被别人办理，请重试", en="somebody else is working on this case; try again", where="case"
    )


@lru_cache(maxsize=2)
def _lock_sql(locks: bool) -> str:
    # SQLite's IMMEDIATE transaction is already the only writer.
    sql = f"SELECT {columns(Case, 'c', UNREAD)} FROM flow_case c WHERE c.id = (SELECT case_id FROM flow_work WHERE id = $1)"
    return f"{sql} FOR UPDATE" if locks else sql


@lru_cache(maxsize=1)
def _rest_sql() -> str:
    read = ", ".join(
        [columns(Work, "w"), columns(ProcessVersion, "p"), columns(CaseClock, "k"), columns(CaseClock, "o")]
    )
    return (
        f"SELECT {read}, EXISTS (SELECT 1 FROM flow_pause s WHERE s.case_id = c.id), {packs_column()}"
        " FROM flow_work w JOIN flow_case c ON c.id = w.case_id JOIN flow_processversion p ON p.id = c.process_id"
        " LEFT JOIN flow_caseclock k ON k.id ="
        " (SELECT min(f.id) FROM flow_caseclock f WHERE f.case_id = c.id AND f.work_id IS NULL)"
        " LEFT JOIN flow_caseclock o ON o.work_id = w.id AND o.stopped_at IS NULL WHERE w.id = $1"
    )
