"""The tick: timers and rungs whose moment has come, each once, whoever else ticks and wherever one is killed.

A due row is deleted in the transaction that does what it stands for, under the lock of its case. So it fires at most once; it
fires at least once because until then the row is there.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import QuerySet

from yiwang.flow.answers import TickReport
from yiwang.flow.cases import clocks_refresh
from yiwang.flow.casework import RUNNING, keep, moment, take, turn_of
from yiwang.flow.clocks import COVERAGE, clock_of, uncovered
from yiwang.flow.core.process.events import TimerFired
from yiwang.flow.models import Case, Due, Pause, Work
from yiwang.flow.rungs import Readers, rung_fire
from yiwang.kernel.core.actor import Actor, system_actor
from yiwang.kernel.core.calendar import CalendarCoverageError
from yiwang.kernel.core.clock import rungs_due
from yiwang.kernel.errors import YiwangError
from yiwang.kernel.selectors import city_calendar
from yiwang.kernel.service import audit

log = logging.getLogger(__name__)
TICKER = system_actor("tick")
# So many cases are held at once while their rungs are told.
CHUNK = 200
# What cannot be done now is looked at again, not at every tick.
PAUSE = timedelta(minutes=5)


@dataclass
class _Count:
    fired: int = 0
    messages: int = 0
    failed: int = 0
    readers: Readers | None = None


def dues_tick(*, actor: Actor = TICKER, now: datetime | None = None, limit: int = 10_000) -> TickReport:
    """Fire at most `limit` dues whose moment has come by `now`. Call it outside a transaction, from as many places as you like."""
    at, count = moment(now), _Count(readers=Readers())
    left = limit
    while left > 0:
        looked = _chunk(actor, at, min(left, CHUNK), count)
        if not looked:
            break
        left -= looked
    return TickReport(count.fired, count.messages, count.failed)


def tick_until(stop: threading.Event, *, period: float = 5.0, limit: int = 1000) -> None:
    """Tick until `stop` is set. The server runs this in a thread; any number of processes may."""
    while not stop.is_set():
        close_old_connections()
        try:
            report = dues_tick(limit=limit)
        except (DatabaseError, YiwangError):
            log.exception("dues could not be looked at; trying again")
            stop.wait(period)
            continue
        if report.fired < limit:
            stop.wait(period)
    close_old_connections()


def _come(at: datetime) -> QuerySet[Due]:
    return Due.objects.filter(look_at__lte=at)


def _chunk(actor: Actor, at: datetime, size: int, count: _Count) -> int:
    """Lock the cases of the next dues that nobody else holds, fire them; how many dues were looked at."""
    with transaction.atomic():
        found = _come(at).order_by("look_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            found = found.select_related("case").select_for_update(of=("case",), skip_locked=True)
        numbers = [due.pk for due in found[:size]]
        if not numbers:
            return 0
        # Read once more: what another worker has fired since this statement began is gone now.
        dues = list(_come(at).filter(pk__in=numbers).select_related("case", "clock__work").order_by("look_at", "id"))
        rungs = [due for due in dues if due.kind == Due.Kind.RUNG]
        _rungs(rungs, actor, at, count)
        for due in dues:
            if due.kind == Due.Kind.TIMER:
                _timer(due, at, count)
    return len(numbers)


def _rungs(dues: list[Due], actor: Actor, at: datetime, count: _Count) -> None:
    if not dues:
        return
    calendar = city_calendar()
    cases = {due.case_id for due in dues}
    works: dict[int, list[Work]] = {}
    for work in Work.objects.filter(case_id__in=cases, closed_at=None):
        works.setdefault(work.case_id, []).append(work)
    pauses: dict[int, list[Pause]] = {}
    for case in Case.objects.filter(pk__in=cases).prefetch_related("pauses"):
        pauses[case.pk] = list(case.pauses.all())
    done: list[Due] = []
    told: list[str] = []
    for due in dues:
        clock = due.clock
        assert clock is not None  # a rung is always a clock's
        if due.spec["rung"] == COVERAGE:
            _look_for_notice(due, pauses[due.case_id], at, count)
            continue
        try:
            firings = rungs_due(clock_of(clock, pauses[due.case_id], calendar), at, ())
        except CalendarCoverageError:
            _later(due, at, count)
            continue
        if due.spec["rung"] not in {firing.rung.key for firing in firings}:
            clocks_refresh(due.case, at)
            continue
        assert count.readers is not None
        count.messages += rung_fire(due, clock, works.get(due.case_id, []), actor, count.readers)
        count.fired += 1
        done.append(due)
        told.append(f"{due.case.number} {due.key}")
    Due.objects.filter(pk__in=[due.pk for due in done]).delete()
    if done:
        audit(actor=actor, act="dues.tick", object_kind="due", object_id=told[0], details={"fired": told, "at": at})


def _look_for_notice(due: Due, pauses: list[Pause], at: datetime, count: _Count) -> None:
    """The calendar did not reach so far: once it does, the case's clocks are worked out again."""
    assert due.clock is not None
    if uncovered(due.clock, pauses, city_calendar()) is not None:
        _later(due, at, count)
        return
    clocks_refresh(due.case, at)
    due.delete()


def _later(due: Due, at: datetime, count: _Count) -> None:
    count.failed += 1
    due.look_at = at + PAUSE if due.kind == Due.Kind.TIMER else at + timedelta(days=1)
    due.save(update_fields=["look_at"])


def _timer(due: Due, at: datetime, count: _Count) -> None:
    """One timer of a diagram, in a savepoint of its own: a case that cannot take it must not hold up the others."""
    if due.spec.get("uncovered"):
        clocks_refresh(due.case, at)
        if due.spec.get("uncovered"):
            _later(due, at, count)
        return
    try:
        with transaction.atomic():
            case = Case.objects.select_related("process", "item").get(pk=due.case_id)
            due.delete()
            if case.status not in RUNNING:
                return
            turn = turn_of(case, TICKER, at)
            if take(turn, TimerFired(due.key)):
                keep(turn, act="case.timer", rule="system", details={"timer": due.key})
            count.fired += 1
    except DatabaseError:
        raise
    except Exception:
        # One bad diagram must not stop every clock of the city; the row is still there and is tried again.
        log.exception("timer %s of case %s failed", due.key, due.case_id)
        _later(Due.objects.get(case_id=due.case_id, kind=due.kind, key=due.key), at, count)
