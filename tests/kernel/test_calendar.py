"""The working calendar: what the notices say, nothing beyond, and files that cannot lie quietly."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from yiwang.kernel.core.calendar import Calendar, CalendarCoverageError, CalendarError, Name, Notice, Source, Span, Week
from yiwang.kernel.core.calendarfile import calendar_from_yaml
from yiwang.kernel.errors import PackError

FILES = Path(__file__).resolve().parents[2] / "packs/foundation/calendar/calendars"
CALENDAR = calendar_from_yaml(FILES.glob("*.yaml"))
WEEK = Week(frozenset({6, 7}), Source(Name("规则", "rule"), Name("某机关", "an organ"), date(2000, 1, 1)))
LAST_DAY_CHINESECALENDAR_KNOWS = max(max(chinese_calendar.holidays), max(chinese_calendar.workdays))


def notice(
    name: str,
    first: date,
    last: date,
    *,
    issued: date | None = None,
    off: tuple[date, ...] = (),
    worked: tuple[date, ...] = (),
) -> Notice:
    source = Source(Name("通知", "notice"), Name("某机关", "an organ"), issued or first - timedelta(days=60))
    feast = Name("节", "feast")
    return Notice(name, source, first, last, dict.fromkeys(off, feast), dict.fromkeys(worked, feast))


def calendar(*notices: Notice) -> Calendar:
    return Calendar("small", WEEK, notices)


YEAR = notice("year", date(2030, 1, 1), date(2030, 12, 31))


def test_every_day_chinesecalendar_knows_agrees() -> None:
    first, _ = CALENDAR.coverage
    days = [first + timedelta(days=i) for i in range((LAST_DAY_CHINESECALENDAR_KNOWS - first).days + 1)]
    assert len(days) > 1000
    assert [d for d in days if CALENDAR.is_working_day(d) != chinese_calendar.is_workday(d)] == []


def test_every_holiday_chinesecalendar_names_is_a_named_holiday_here() -> None:
    first, _ = CALENDAR.coverage
    theirs = {day for day in chinese_calendar.holidays if day >= first}
    ours = {day for n in CALENDAR.notices for day in n.holidays}
    weekends_beside_a_festival = {day for day in ours ^ theirs if day.isoweekday() < 6}
    assert weekends_beside_a_festival == set()


@pytest.mark.parametrize(
    ("year", "number", "issued"),
    [
        (2024, "国办发明电〔2023〕7号", date(2023, 10, 25)),
        (2025, "国办发明电〔2024〕12号", date(2024, 11, 12)),
        (2026, "国办发明电〔2025〕7号", date(2025, 11, 4)),
    ],
)
def test_each_notice_names_its_document(year: int, number: str, issued: date) -> None:
    source = CALENDAR.verdict(date(year, 6, 1)).notice
    found = next(n for n in CALENDAR.notices if n.id == source)
    assert (found.source.number, found.source.issued) == (number, issued)
    assert str(year) in found.source.title.zh


def test_coverage_is_three_whole_years() -> None:
    assert CALENDAR.coverage == (date(2024, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(("day", "year"), [(date(2027, 1, 1), 2027), (date(2023, 12, 31), 2023)])
def test_a_day_outside_coverage_is_refused_with_the_missing_year_and_the_next_step(day: date, year: int) -> None:
    with pytest.raises(CalendarCoverageError) as caught:
        CALENDAR.is_working_day(day)
    assert caught.value.missing_year == year
    assert str(year) in caught.value.hint_zh and str(year) in caught.value.hint_en


def test_a_verdict_names_its_reason_in_both_languages() -> None:
    said = [CALENDAR.verdict(d).reason for d in (date(2026, 10, 1), date(2026, 10, 10), date(2026, 10, 11))]
    assert [s.zh for s in said] == ["国庆节", "国庆节调休上班", "周休日"]
    assert [s.en for s in said] == ["National Day", "make-up workday for National Day", "weekly rest day"]


def test_working_days_between_leaves_out_the_first_day_and_takes_in_the_last() -> None:
    assert CALENDAR.working_days_between(date(2026, 9, 28), date(2026, 10, 10)) == 5
    assert CALENDAR.working_days_between(date(2026, 9, 28), date(2026, 9, 28)) == 0


def test_working_days_between_refuses_to_count_backwards() -> None:
    with pytest.raises(CalendarError):
        CALENDAR.working_days_between(date(2026, 9, 28), date(2026, 9, 27))


def test_adding_working_days_is_undone_by_taking_them_away() -> None:
    assert CALENDAR.add_working_days(date(2026, 9, 28), 20) == date(2026, 10, 30)
    assert CALENDAR.add_working_days(date(2026, 10, 30), -20) == date(2026, 9, 28)
    assert CALENDAR.add_working_days(date(2026, 10, 4), 0) == date(2026, 10, 4)


def test_yesterdays_calendar_can_be_taken_again() -> None:
    before, after = CALENDAR.as_known(date(2025, 11, 3)), CALENDAR.as_known(date(2025, 11, 4))
    assert before.coverage[1] == date(2025, 12, 31)
    assert after.coverage[1] == date(2026, 12, 31)
    assert before.digest != after.digest
    assert after.digest == CALENDAR.digest


def test_a_calendar_before_any_notice_was_issued_is_refused() -> None:
    with pytest.raises(CalendarError):
        CALENDAR.as_known(date(2020, 1, 1))


def test_a_later_notice_decides_the_days_it_covers_again() -> None:
    friday = date(2030, 5, 3)
    amended = notice("more-may", friday, friday, issued=date(2030, 3, 1), off=(friday,))
    assert calendar(YEAR, amended).is_working_day(friday) is False
    assert calendar(YEAR, amended).as_known(date(2030, 2, 28)).is_working_day(friday) is True


def test_the_digest_follows_the_content_and_not_the_order() -> None:
    next_year = notice("next", date(2031, 1, 1), date(2031, 12, 31))
    other = notice("next", date(2031, 1, 1), date(2031, 12, 31), off=(date(2031, 1, 1),))
    assert calendar(YEAR, next_year).digest == calendar(next_year, YEAR).digest
    assert calendar(YEAR, next_year).digest != calendar(YEAR, other).digest


def test_a_gap_between_notices_is_refused() -> None:
    with pytest.raises(CalendarError, match="2031-01-01"):
        calendar(YEAR, notice("later", date(2032, 1, 1), date(2032, 12, 31)))


def test_two_notices_of_one_date_for_one_day_are_refused() -> None:
    rival = notice("rival", date(2030, 5, 1), date(2030, 5, 5), issued=YEAR.source.issued)
    with pytest.raises(CalendarError, match="two notices"):
        calendar(YEAR, rival)


def test_a_make_up_day_that_is_no_rest_day_is_refused() -> None:
    with pytest.raises(CalendarError, match="2030-05-03"):
        calendar(notice("typo", date(2030, 1, 1), date(2030, 12, 31), worked=(date(2030, 5, 3),)))


def test_a_day_both_off_and_worked_is_refused() -> None:
    saturday = date(2030, 5, 4)
    with pytest.raises(CalendarError, match="both"):
        notice("torn", date(2030, 1, 1), date(2030, 12, 31), off=(saturday,), worked=(saturday,))


def test_a_holiday_outside_the_notice_is_refused() -> None:
    with pytest.raises(CalendarError, match="outside"):
        notice("stray", date(2030, 1, 1), date(2030, 12, 31), off=(date(2031, 1, 1),))


def test_office_hours_that_overlap_are_refused() -> None:
    spans = (Span(time(8), time(12)), Span(time(11), time(17)))
    with pytest.raises(CalendarError):
        Week(frozenset({6, 7}), WEEK.source, spans)


def test_office_hours_that_are_not_installed_are_refused_when_asked_for() -> None:
    with pytest.raises(CalendarError, match="office hours"):
        calendar(YEAR).office_spans(date(2030, 5, 3))


def copied(folder: Path, name: str, old: str, new: str) -> list[Path]:
    """The calendar's files with one text replaced in one of them."""
    for path in FILES.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert path.name != name or old in text
        (folder / path.name).write_text(text.replace(old, new) if path.name == name else text, encoding="utf-8")
    return sorted(folder.glob("*.yaml"))


@pytest.mark.parametrize(
    ("name", "old", "new", "key"),
    [
        ("state-council-2026.yaml", "workdays:", "workday:", "workday"),
        ("state-council-2026.yaml", "issued: 2025-11-04", "issued: 20251104", "issued"),
        ("state-council-2026.yaml", "kind: notice", "kind: notise", "kind"),
        ("week.yaml", '"12:00"', "12:00", "office_hours"),
        ("week.yaml", "[saturday, sunday]", "[saturday, sonntag]", "rest"),
    ],
)
def test_a_file_with_a_wrong_key_or_value_is_refused_by_name(
    tmp_path: Path, name: str, old: str, new: str, key: str
) -> None:
    with pytest.raises(PackError if key != "kind" else CalendarError) as caught:
        calendar_from_yaml(copied(tmp_path, name, old, new))
    assert name in caught.value.where
    assert key in caught.value.en


def test_a_date_listed_twice_is_refused(tmp_path: Path) -> None:
    files = copied(
        tmp_path,
        "state-council-2026.yaml",
        "from: 2026-01-01, until: 2026-01-03",
        "from: 2026-01-01, until: 2026-02-16",
    )
    with pytest.raises(CalendarError, match="2026-02-15 is listed twice"):
        calendar_from_yaml(files)


def test_a_calendar_without_its_weekly_rule_is_refused() -> None:
    with pytest.raises(CalendarError, match="week"):
        calendar_from_yaml(FILES.glob("state-council-*.yaml"))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CalendarError, match=r"gone\.yaml"):
        calendar_from_yaml([tmp_path / "gone.yaml"])
