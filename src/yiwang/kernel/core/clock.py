"""The door of clocks: when a thing is due, how it stands now, and which rungs have come.

Everything is derived from a `Clock` and a moment; nothing is stored. docs/reference/clocks.md states the rules with
their articles, docs/reference/clock-spec.md shows them case by case.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from yiwang.kernel.core.budget import Budget, ClockError, Unit
from yiwang.kernel.core.calendar import Calendar, Name
from yiwang.kernel.core.clocktext import explain, said
from yiwang.kernel.core.rung import Firing, Rung, RungKind
from yiwang.kernel.core.suspension import Reason, Stretch, Suspension, city_moment, read_moment
from yiwang.kernel.core.tally import Clock, DayMark, day_marks, reached, too_late, used

__all__ = [
    "Budget", "Clock", "ClockError", "DayMark", "Firing", "Reason", "Rung", "RungKind", "Standing", "State",
    "Suspension", "Unit", "day_marks", "due", "due_answer", "elapsed", "remaining", "rungs_due", "state",
]  # fmt: skip


class Standing(StrEnum):
    RUNNING = "running"
    SUSPENDED = "suspended"
    DUE_SOON = "due_soon"
    BREACHED = "breached"


@dataclass(frozen=True)
class State:
    """How the clock stands at `at`. `elapsed` and `remaining` are days, or seconds for hour budgets.

    `due` is None while an open suspension keeps it unknown. `overdue` is natural time past due, zero before.
    `rung` is the key of the rung that made it due soon.
    """

    at: datetime
    standing: Standing
    due: datetime | None
    elapsed: int
    remaining: int
    overdue: timedelta
    reason: Name
    rung: str | None = None


def due(clock: Clock) -> datetime | None:
    """The last moment in time; None while an open suspension keeps it unknown.

    Raises CalendarCoverageError when counting needs a day no notice covers.
    """
    return reached(clock, clock.budget.units)


def elapsed(clock: Clock, now: datetime) -> int:
    """Whole days (at their close) or seconds used up by `now`; 0 before intake, never more than the budget."""
    return used(clock, city_moment(now, "now"))


def remaining(clock: Clock, now: datetime) -> int:
    return clock.budget.units - elapsed(clock, now)


def state(clock: Clock, now: datetime) -> State:
    """Breached wins over suspended (a suspension after the due moment revives nothing), suspended over due soon."""
    now = city_moment(now, "now")
    end = due(clock)
    spent = used(clock, now)
    left = clock.budget.units - spent
    if end is not None and now > end:
        reason = Name(f"已于 {said(end)} 到期", f"was due {said(end)}")
        return State(now, Standing.BREACHED, end, spent, left, now - end, reason)
    still = _standing_still(clock, now, end)
    if still is not None:
        reason = Name(f"暂停：{still.name.zh}", f"suspended: {still.name.en}")
        return State(now, Standing.SUSPENDED, end, spent, left, timedelta(), reason)
    words = clock.budget.say(left)
    reached_rungs = [firing for firing in _firings(clock, now, end) if firing.rung.kind is not RungKind.BREACH]
    if reached_rungs:
        rung = reached_rungs[-1].rung
        reason = Name(
            f"已到阶梯 {rung.key}（{rung.when}），剩 {words.zh}", f"rung {rung.key} ({rung.when}) came, {words.en} left"
        )
        return State(now, Standing.DUE_SOON, end, spent, left, timedelta(), reason, rung.key)
    return State(now, Standing.RUNNING, end, spent, left, timedelta(), Name(f"剩 {words.zh}", f"{words.en} left"))


def rungs_due(clock: Clock, now: datetime, already_fired: Collection[str]) -> tuple[Firing, ...]:
    """Rungs whose moment has come and whose key is not in `already_fired`, in order of moment.

    Nothing comes while the clock stands still; a moment inside a suspension moves to its end.
    """
    now = city_moment(now, "now")
    end = due(clock)
    if (end is None or now <= end) and _standing_still(clock, now, end) is not None:
        return ()
    return tuple(firing for firing in _firings(clock, now, end) if firing.rung.key not in already_fired)


def due_answer(budget: str, start: str, suspend: list[str], calendar: Calendar) -> dict[str, Any]:
    """What `yiwang clock due` prints, ready for JSON. A start without a zone is read as Asia/Shanghai.

    `suspend`: `FROM..TO[@REASON[:TEXT]]`, see `Suspension.parse`. Raises ClockError or CalendarError.
    """
    suspensions = tuple(Suspension.parse(text) for text in suspend)
    clock = Clock(Budget.parse(budget), read_moment(start), calendar, suspensions)
    end = due(clock)
    words = explain(clock, end)
    first, last = calendar.coverage
    return {
        "due": end.isoformat() if end else None,
        "budget": str(clock.budget),
        "start": clock.start.isoformat(),
        "remaining": None if end else clock.budget.units - used(clock, None),
        "calendar": {
            "id": calendar.id,
            "digest": calendar.digest,
            "covers": {"from": first.isoformat(), "until": last.isoformat()},
        },
        "suspensions": [
            {
                "from": s.begin.isoformat(),
                "to": s.end.isoformat() if s.end else None,
                "reason": s.reason.value,
                "text": {"zh": s.name.zh, "en": s.name.en},
                "after_due": too_late(s.begin, end),
            }
            for s in clock.suspensions
        ],
        "explanation": {"zh": words.zh, "en": words.en},
    }


def _standing_still(clock: Clock, now: datetime, end: datetime | None) -> Stretch | None:
    for stretch in clock.stretches:
        if stretch.begin <= now and not stretch.over_by(now) and not too_late(stretch.begin, end):
            return stretch
    return None


def _firings(clock: Clock, now: datetime, end: datetime | None) -> list[Firing]:
    firings = []
    for rung in clock.rungs:
        at = _rung_moment(clock, rung, now, end)
        if at is None:
            continue
        at = max(at, clock.start)
        for stretch in clock.stretches:
            if stretch.end and stretch.begin <= at < stretch.end and not too_late(stretch.begin, end):
                at = stretch.end
        if now > at or (now == at and rung.kind is not RungKind.BREACH):
            firings.append(Firing(rung, at))
    return sorted(firings, key=lambda firing: (firing.at, firing.rung.key))


def _rung_moment(clock: Clock, rung: Rung, now: datetime, end: datetime | None) -> datetime | None:
    """None when it cannot be known yet, or (after the due moment) cannot have come yet."""
    if rung.percent is not None:
        return reached(clock, -(-clock.budget.units * rung.percent // 100))
    if rung.offset is None or end is None:
        return None
    amount, unit = rung.offset
    if amount > 0 and now <= end:
        # Not looked up yet: it may lie in a year whose notice is still to come.
        return None
    if unit is Unit.WORKING_DAYS:
        return datetime.combine(clock.calendar.add_working_days(end.date(), amount), end.timetz())
    return end + (timedelta(days=amount) if unit is Unit.DAYS else timedelta(hours=amount))
