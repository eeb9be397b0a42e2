"""Clocks: the counting equals a slow day-by-day (and minute-by-minute) reading of the same rules."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.core.calendar import ZONE, CalendarCoverageError, moment
from yiwang.kernel.core.calendarfile import calendar_from_yaml
from yiwang.kernel.core.clock import (
    Budget,
    Clock,
    ClockError,
    Reason,
    Rung,
    RungKind,
    Standing,
    Suspension,
    Unit,
    due,
    due_answer,
    elapsed,
    remaining,
    rungs_due,
    state,
)

FILES = Path(__file__).resolve().parents[2] / "packs/foundation/calendar/calendars"
CALENDAR = calendar_from_yaml(FILES.glob("*.yaml"))
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
EPOCH = datetime(2024, 9, 1, tzinfo=ZONE)

minutes = st.integers(0, 500 * 24 * 60)
starts = minutes.map(lambda m: EPOCH + m * MINUTE)
day_budgets = st.builds(
    lambda unit, amount, exact, office: Budget(amount, unit, not (exact and unit is Unit.DAYS), office),
    st.sampled_from([Unit.WORKING_DAYS, Unit.DAYS]),
    st.integers(1, 40),
    st.booleans(),
    st.booleans(),
)


@st.composite
def suspended(draw: st.DrawFn, start: datetime, longest_hours: int) -> tuple[Suspension, ...]:
    """Up to four suspensions around the clock's life, some on whole days, at most one of them open."""
    found: list[Suspension] = []
    for _ in range(draw(st.integers(0, 4))):
        begin = start + draw(st.integers(-600, longest_hours * 60)) * MINUTE
        if draw(st.booleans()):
            begin = moment(begin.date())
        length = draw(st.one_of(st.integers(1, longest_hours * 20), st.sampled_from([1440, 2880, None])))
        end = None if length is None else begin + length * MINUTE
        if end is None or end > start:
            found.append(Suspension(begin, end, draw(st.sampled_from(list(Reason))), "事由"))
    return tuple(found)


def touched(suspensions: tuple[Suspension, ...], begin: datetime, end: datetime) -> bool:
    return any(s.begin < end and (s.end is None or s.end > begin) for s in suspensions)


def day_by_day(clock: Clock) -> datetime | None:
    """The rules read aloud: take the days one by one, ask of each whether it counts."""
    left, day = clock.budget.amount, clock.start.date()
    last_begin = max((s.begin for s in clock.suspensions if s.end is None), default=None)
    while True:
        day += DAY
        if last_begin is not None and moment(day) > last_begin + DAY:
            return None
        spans = CALENDAR.office_spans(day) if clock.budget.office else ()
        close = spans[-1][1] if spans else moment(day) + DAY
        if touched(clock.suspensions, moment(day), close):
            continue
        must_work = clock.budget.unit is Unit.WORKING_DAYS or (clock.budget.rolls and left == 1)
        if must_work and not CALENDAR.is_working_day(day):
            continue
        left -= 1
        if left == 0:
            return close if spans else close - timedelta(seconds=1)


def minute_by_minute(clock: Clock) -> datetime | None:
    """For hour budgets: walk the minutes, count those in which the clock runs."""
    left, at = clock.budget.amount * 60, clock.start
    last_begin = max((s.begin for s in clock.suspensions if s.end is None), default=None)
    while left:
        if last_begin is not None and at >= last_begin:
            return None
        inside = clock.budget.unit is Unit.HOURS or any(a <= at < b for a, b in CALENDAR.office_spans(at.date()))
        left -= inside and not touched(clock.suspensions, at, at + MINUTE)
        at += MINUTE
    return at


@settings(max_examples=300, deadline=None)
@given(st.data(), starts, day_budgets)
def test_days_are_counted_as_one_would_by_hand(data: st.DataObject, start: datetime, budget: Budget) -> None:
    clock = Clock(budget, start, CALENDAR, data.draw(suspended(start, 60 * 24)))
    assert due(clock) == day_by_day(clock)


@settings(max_examples=60, deadline=None)
@given(st.data(), starts, st.sampled_from([Unit.HOURS, Unit.WORKING_HOURS]), st.integers(1, 20))
def test_hours_are_counted_as_one_would_by_hand(data: st.DataObject, start: datetime, unit: Unit, amount: int) -> None:
    clock = Clock(Budget(amount, unit), start, CALENDAR, data.draw(suspended(start, 48)))
    assert due(clock) == minute_by_minute(clock)


@settings(max_examples=150, deadline=None)
@given(st.data(), starts, day_budgets)
def test_a_clock_is_breached_exactly_when_its_budget_is_used_up_and_the_due_second_is_past(
    data: st.DataObject, start: datetime, budget: Budget
) -> None:
    clock = Clock(budget, start, CALENDAR, data.draw(suspended(start, 60 * 24)))
    end = due(clock)
    now = start + data.draw(st.integers(0, 90 * 24 * 60)) * MINUTE
    found = state(clock, now)
    assert found.elapsed + found.remaining == budget.units
    assert (found.standing is Standing.BREACHED) == (end is not None and now > end)
    assert (found.remaining == 0) == (end is not None and now >= end)
    assert elapsed(clock, now) == found.elapsed <= elapsed(clock, now + DAY)


@settings(max_examples=100, deadline=None)
@given(st.data(), starts, day_budgets)
def test_each_rung_fires_once_however_often_one_looks(data: st.DataObject, start: datetime, budget: Budget) -> None:
    rungs = (
        Rung("half", RungKind.REMINDER, "50%"),
        Rung("soon", RungKind.ESCALATION, "-1wd"),
        Rung("breach", RungKind.BREACH, "0"),
        Rung("lead", RungKind.ESCALATION, "+2d"),
    )
    suspensions = tuple(s for s in data.draw(suspended(start, 60 * 24)) if s.end is not None)
    clock = Clock(budget, start, CALENDAR, suspensions, rungs)
    end = due(clock)
    assert end is not None
    fired: list[str] = []
    now = start
    while now <= end + 3 * DAY:
        fired += [firing.rung.key for firing in rungs_due(clock, now, fired)]
        now += timedelta(hours=data.draw(st.integers(6, 200)))
    fired += [firing.rung.key for firing in rungs_due(clock, end + 3 * DAY, fired)]
    assert sorted(fired) == ["breach", "half", "lead", "soon"]
    assert rungs_due(clock, end + 4 * DAY, fired) == ()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_a_naive_moment_is_refused_everywhere() -> None:
    naive = datetime(2026, 3, 2, 10)  # noqa: DTZ001 - the very thing that must be refused
    clock = Clock(Budget.parse("5wd"), at("2026-03-02T10:00"), CALENDAR)
    with pytest.raises(ClockError, match="time zone"):
        Clock(Budget.parse("5wd"), naive, CALENDAR)
    with pytest.raises(ClockError, match="time zone"):
        Suspension(naive, None, Reason.HEARING)
    with pytest.raises(ClockError, match="time zone"):
        state(clock, naive)


def test_the_same_instant_in_another_zone_is_due_at_the_same_moment() -> None:
    here = at("2026-03-02T01:00")
    assert due(Clock(Budget.parse("5wd"), here, CALENDAR)) == due(
        Clock(Budget.parse("5wd"), here.astimezone(UTC), CALENDAR)
    )


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("20wd", "20个工作日", "20 working days"),
        ("1d", "1个自然日", "1 natural day"),
        ("4h", "4小时", "4 hours"),
        ("8wh", "8个工作小时", "8 working hours"),
        ("15d,exact", "15个自然日（末日不顺延）", "15 natural days, last day not moved"),
        ("5wd,office", "5个工作日（以下班时间为止）", "5 working days, until the office closes"),
    ],
)
def test_a_budget_reads_back_as_it_was_written_and_says_itself_in_two_languages(text: str, zh: str, en: str) -> None:
    budget = Budget.parse(text)
    assert str(budget) == text
    assert (budget.name.zh, budget.name.en) == (zh, en)
    assert Budget.parse(budget.name.zh.partition("（")[0]).units == budget.units


def test_an_extension_adds_to_the_budget() -> None:
    clock = Clock(Budget.parse("20wd").extended(10), at("2026-03-02T10:00"), CALENDAR)
    assert due(clock) == at("2026-04-14T23:59:59")


def test_an_extension_of_nothing_is_refused() -> None:
    with pytest.raises(ClockError):
        Budget.parse("20wd").extended(0)


def test_what_is_left_of_an_hour_budget_is_said_in_hours_and_minutes() -> None:
    clock = Clock(Budget.parse("4h"), at("2026-09-28T10:00"), CALENDAR)
    left = remaining(clock, at("2026-09-28T12:30"))
    assert clock.budget.say(left).zh == "1小时30分"
    assert clock.budget.say(left).en == "1 hour 30 min"


def test_a_suspended_state_names_why_the_clock_stands_still() -> None:
    hearing = Suspension(at("2026-03-04T09:00"), None, Reason.HEARING)
    found = state(Clock(Budget.parse("5wd"), at("2026-03-02T10:00"), CALENDAR, (hearing,)), at("2026-03-10T09:00"))
    assert (found.standing, found.due) == (Standing.SUSPENDED, None)
    assert (found.reason.zh, found.reason.en) == ("暂停：听证", "suspended: hearing")


def test_a_breached_state_says_since_when_and_how_long() -> None:
    found = state(Clock(Budget.parse("5wd"), at("2026-03-02T10:00"), CALENDAR), at("2026-03-11T23:59:59"))
    assert (found.standing, found.overdue) == (Standing.BREACHED, timedelta(days=2))


def test_a_rung_after_the_due_moment_is_not_looked_up_before_it_can_come() -> None:
    late = Rung("late", RungKind.ESCALATION, "+1wd")
    clock = Clock(Budget.parse("22wd"), at("2026-12-01T10:00"), CALENDAR, (), (late,))
    assert rungs_due(clock, at("2026-12-31T12:00"), ()) == ()
    with pytest.raises(CalendarCoverageError):
        rungs_due(clock, at("2027-01-10T12:00"), ())


def test_a_rung_whose_moment_lies_before_intake_comes_at_intake() -> None:
    early = Rung("early", RungKind.REMINDER, "-5wd")
    clock = Clock(Budget.parse("1wd"), at("2026-03-02T10:00"), CALENDAR, (), (early,))
    assert [firing.at for firing in rungs_due(clock, at("2026-03-02T10:00"), ())] == [clock.start]
    assert rungs_due(clock, at("2026-03-02T09:59"), ()) == ()


def test_two_rungs_of_one_key_are_refused() -> None:
    twice = (Rung("a", RungKind.BREACH, "0"), Rung("a", RungKind.BREACH, "+1d"))
    with pytest.raises(ClockError, match="one key"):
        Clock(Budget.parse("5wd"), at("2026-03-02T10:00"), CALENDAR, (), twice)


@pytest.mark.parametrize("when", ["50", "0%", "120%", "-2wh", "soon", "2wd"])
def test_a_rung_whose_moment_cannot_be_read_is_refused(when: str) -> None:
    with pytest.raises(ClockError):
        Rung("x", RungKind.ESCALATION, when)


def test_a_breach_before_the_due_moment_is_refused() -> None:
    with pytest.raises(ClockError, match="at or after"):
        Rung("x", RungKind.BREACH, "-1d")


def test_the_answer_is_ready_for_json_and_explains_itself_in_both_languages() -> None:
    answer = due_answer("20wd", "2026-09-28T10:00", ["2026-10-09..2026-10-13@听证"], CALENDAR)
    assert json.loads(json.dumps(answer)) == answer
    assert set(answer) == {"due", "budget", "start", "remaining", "calendar", "suspensions", "explanation"}
    assert answer["due"] == "2026-11-05T23:59:59+08:00"
    assert answer["calendar"]["digest"] == CALENDAR.digest
    assert answer["suspensions"][0]["reason"] == "hearing"
    for part in ("国庆节 7 天", "听证 5 天", "周休日 6 天", "2026-11-05"):
        assert part in answer["explanation"]["zh"]
    for part in ("National Day, 7 days", "hearing, 5 days", "weekly rest day, 6 days", "2026-11-05"):
        assert part in answer["explanation"]["en"]


def test_the_explanation_says_when_the_last_day_moved() -> None:
    answer = due_answer("15d", "2026-09-22T10:00", [], CALENDAR)
    assert "顺延至 2026-10-08" in answer["explanation"]["zh"]
    assert "moved to 2026-10-08" in answer["explanation"]["en"]


def test_the_explanation_says_which_make_up_days_counted() -> None:
    answer = due_answer("20wd", "2026-09-28T10:00", [], CALENDAR)
    assert "调休上班日计入：2026-10-10" in answer["explanation"]["zh"]


def test_the_explanation_of_an_open_suspension_says_what_is_left() -> None:
    answer = due_answer("5wd", "2026-03-02T10:00", ["2026-03-05.."], CALENDAR)
    assert (answer["due"], answer["remaining"]) == (None, 3)
    assert "尚余3个工作日" in answer["explanation"]["zh"]
    assert "3 working days left" in answer["explanation"]["en"]


def test_the_answer_marks_a_suspension_that_came_too_late() -> None:
    answer = due_answer("3wd", "2026-03-02T10:00", ["2026-03-06..2026-03-10@hearing"], CALENDAR)
    assert [s["after_due"] for s in answer["suspensions"]] == [True]
    assert "到期之后" in answer["explanation"]["zh"]


def test_ten_years_of_suspensions_are_counted_in_one_pass() -> None:
    looked_up: list[date] = []

    class Counting(type(CALENDAR)):  # type: ignore[misc]
        def verdict(self, day: date) -> object:
            looked_up.append(day)
            return super().verdict(day)

    calendar = Counting(CALENDAR.id, CALENDAR.week, CALENDAR.notices)
    begin = at("2024-01-02T10:00")
    daily = tuple(Suspension(begin + i * 7 * DAY, begin + (i * 7 + 1) * DAY, Reason.TESTING) for i in range(150))
    assert due(Clock(Budget.parse("400wd"), begin, calendar, daily)) is not None
    assert len(looked_up) <= 2 * len(set(looked_up))
