"""When a clock's rungs are looked at: what is remembered by the day is what the clock itself says, whenever in the day it began."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from casecity import SYSTEM, CaseCity, straight, task

from yiwang.flow.clocks import SECOND, due_of, looks
from yiwang.flow.models import CaseClock
from yiwang.flow.service import case_open
from yiwang.kernel.core.budget import Budget
from yiwang.kernel.core.calendar import ZONE
from yiwang.kernel.core.clock import Clock, Rung, RungKind, due, rungs_due
from yiwang.kernel.selectors import calendar_of, city_calendar, fetch, packs_column

RUNGS = [
    ("half", "reminder", "50%"),
    ("near", "escalation", "-2wd"),
    ("hours", "reminder", "-4h"),
    ("late", "breach", "+1wd"),
]


def test_a_rung_remembered_by_its_day_comes_when_the_clock_says(cases: CaseCity) -> None:
    calendar, chance = city_calendar(), random.Random(20261123)
    for _ in range(60):
        start = datetime(2026, chance.randint(1, 6), chance.randint(1, 28), tzinfo=ZONE) + timedelta(
            seconds=chance.randrange(86_400)
        )
        budget = chance.choice(["3wd", "20wd", "15d", "16h", "8wh"])
        rungs = [one for one in RUNGS if budget.endswith("wd") or "wd" not in one[2]]
        row = CaseClock(
            budget=budget, started_at=start, rungs=[{"key": k, "kind": kind, "when": when} for k, kind, when in rungs]
        )
        found = {one.key: one.look_at for one in looks(row, (), calendar, start)}
        for key, kind, when in rungs:
            rung = Rung(key, RungKind(kind), when)
            (fires,) = rungs_due(
                Clock(Budget.parse(budget), start, calendar, (), (rung,)), start + timedelta(days=3660), ()
            )
            assert found[key] == fires.at + (SECOND if kind == "breach" else timedelta()), (start, budget, when)
        assert due_of(row, (), calendar) == due(Clock(Budget.parse(budget), start, calendar))


def test_the_calendar_read_along_with_a_case_is_the_citys(cases: CaseCity) -> None:
    cases.process("one", straight(task("only")))
    number = case_open(actor=SYSTEM, process_id="one", title="试").number
    ((packs, found),) = fetch(f"SELECT {packs_column()}, c.number FROM flow_case c WHERE c.number = $1", [number])
    assert found == number
    assert calendar_of(packs).digest == city_calendar().digest
