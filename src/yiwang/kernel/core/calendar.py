"""Which days are working days, as dated notices say, and no further than they say.

The weekly rule gives Saturdays and Sundays off; the State Council's yearly notices move days either way.
Nothing is answered outside the days the notices cover: a deadline is law, so a guess would be a lie.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import ClassVar
from zoneinfo import ZoneInfo

from yiwang.kernel.errors import InputError

ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)


class CalendarError(InputError):
    """Notices that contradict themselves or each other."""

    code: ClassVar[str] = "calendar_bad"


class CalendarCoverageError(CalendarError):
    """A day no installed notice speaks about. `missing_year` is the year to install."""

    code: ClassVar[str] = "calendar_coverage"

    def __init__(self, day: date, calendar_id: str, covered: str) -> None:
        self.missing_year = day.year
        super().__init__(
            zh=f"日历 {calendar_id} 没有覆盖 {day.isoformat()}（现有通知覆盖 {covered}），"
            f"不能推算 {day.year} 年的工作日。",
            en=f"Calendar {calendar_id} does not cover {day.isoformat()} (installed notices cover {covered}); "
            f"working days of {day.year} are not guessed.",
            where=calendar_id,
            hint_zh=f"请安装国务院办公厅关于 {day.year} 年部分节假日安排的通知后重新计算。",
            hint_en=f"Install the State Council's holiday notice for {day.year}, then ask again.",
        )


@dataclass(frozen=True)
class Name:
    zh: str
    en: str


@dataclass(frozen=True)
class Source:
    """Where a rule comes from. `number` is empty where the document has none."""

    title: Name
    issuer: Name
    issued: date
    number: str = ""


@dataclass(frozen=True)
class Span:
    """Office hours within one day, `[opens, closes)`."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise _bad(
                f"办公时间 {self.opens}–{self.closes} 颠倒", f"office hours {self.opens}–{self.closes} end first"
            )


@dataclass(frozen=True)
class Week:
    """The weekly rule: ISO weekdays off (6, 7) and the office hours of a working day (may be unknown: empty)."""

    rest: frozenset[int]
    source: Source
    office: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        if not self.rest < frozenset(range(1, 8)):
            raise _bad("周休日须为 1 至 7 的星期，且不能是全部七天", "rest days are ISO weekdays 1–7, never all seven")
        for earlier, later in zip(self.office, self.office[1:], strict=False):
            if earlier.closes > later.opens:
                raise _bad("办公时间段重叠或未按先后排列", "office hours overlap or are out of order")


@dataclass(frozen=True)
class Notice:
    """One holiday notice. For each day it covers it decides alone; a later notice may cover part of it again."""

    id: str
    source: Source
    covers_from: date
    covers_until: date
    holidays: Mapping[date, Name]
    workdays: Mapping[date, Name]

    def __post_init__(self) -> None:
        if self.covers_from > self.covers_until:
            raise _bad("覆盖期起止颠倒", "coverage ends before it begins", self.id)
        if self.source.issued > self.covers_until:
            raise _bad("发布日期晚于覆盖期", "issued after all it covers", self.id)
        outside = [d for d in (*self.holidays, *self.workdays) if not self.covers(d)]
        if outside:
            raise _bad(f"{outside[0]} 不在覆盖期内", f"{outside[0]} lies outside the coverage", self.id)
        both = sorted(set(self.holidays) & set(self.workdays))
        if both:
            raise _bad(f"{both[0]} 既放假又上班", f"{both[0]} is both a holiday and a make-up workday", self.id)

    def covers(self, day: date) -> bool:
        return self.covers_from <= day <= self.covers_until


@dataclass(frozen=True)
class Verdict:
    """Whether one day is worked, and the reason in both languages."""

    day: date
    working: bool
    reason: Name
    notice: str


@dataclass(frozen=True)
class Calendar:
    """Weekly rule + notices. Equal content gives an equal `digest`, whatever the order of the notices.

    `known_as_of`: notices issued after that date are left out, so an answer of that day can be taken again.
    """

    id: str
    week: Week
    notices: tuple[Notice, ...]
    known_as_of: date | None = None
    digest: str = field(init=False)
    _governing: Mapping[date, Notice] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        limit = self.known_as_of
        known = tuple(sorted((n for n in self.notices if limit is None or n.source.issued <= limit), key=_issue_order))
        if not known:
            raise _bad("没有任何已发布的节假日通知", "no holiday notice had been issued", self.id)
        if len({n.id for n in known}) != len(known):
            raise _bad("通知编号重复", "two notices carry one id", self.id)
        for notice in known:
            _check_makeup_days(notice, self.week)
        object.__setattr__(self, "notices", known)
        object.__setattr__(self, "_governing", MappingProxyType(_govern(known, self.id)))
        object.__setattr__(self, "digest", _digest(self.id, self.week, known))

    @property
    def coverage(self) -> tuple[date, date]:
        """First and last day covered; there is no gap between them."""
        return min(n.covers_from for n in self.notices), max(n.covers_until for n in self.notices)

    def as_known(self, on: date) -> Calendar:
        """The calendar as it was known at the end of the day `on`."""
        return Calendar(self.id, self.week, self.notices, known_as_of=on)

    def verdict(self, day: date) -> Verdict:
        notice = self._governing.get(day)
        if notice is None:
            begin, end = self.coverage
            raise CalendarCoverageError(day, self.id, f"{begin.isoformat()}–{end.isoformat()}")
        if day in notice.holidays:
            return Verdict(day, False, notice.holidays[day], notice.id)
        if day in notice.workdays:
            name = notice.workdays[day]
            return Verdict(day, True, Name(f"{name.zh}调休上班", f"make-up workday for {name.en}"), notice.id)
        if day.isoweekday() in self.week.rest:
            return Verdict(day, False, Name("周休日", "weekly rest day"), notice.id)
        return Verdict(day, True, Name("工作日", "working day"), notice.id)

    def is_working_day(self, day: date) -> bool:
        return self.verdict(day).working

    def working_days_between(self, begin: date, end: date) -> int:
        """Working days after `begin` up to and including `end` (the first day does not count: 民法典 art. 201)."""
        if end < begin:
            raise _bad(f"{end} 早于 {begin}", f"{end} is before {begin}", self.id)
        return sum(self.is_working_day(begin + DAY * i) for i in range(1, (end - begin).days + 1))

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (before it when negative); 0 gives `day` itself, worked or not."""
        step = DAY if count > 0 else -DAY
        left = abs(count)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def office_spans(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Office hours of the day as moments; empty on a day off. Refused when no office hours are installed."""
        if not self.week.office:
            raise _bad(
                "没有登记办公时间，不能按工作小时或下班时间计算",
                "office hours are not installed, so working hours and closing times cannot be counted",
                self.id,
            )
        if not self.is_working_day(day):
            return ()
        return tuple((moment(day, s.opens), moment(day, s.closes)) for s in self.week.office)


def moment(day: date, at: time = time.min) -> datetime:
    """The wall-clock moment in the city's zone."""
    return datetime.combine(day, at, tzinfo=ZONE)


def _bad(zh: str, en: str, where: str = "") -> CalendarError:
    return CalendarError(
        zh=f"日历数据有误：{zh}。",
        en=f"The calendar data is wrong: {en}.",
        where=where,
        hint_zh="请对照通知原文更正该文件。",
        hint_en="Correct the file against the notice itself.",
    )


def _issue_order(notice: Notice) -> tuple[date, str]:
    return notice.source.issued, notice.id


def _check_makeup_days(notice: Notice, week: Week) -> None:
    for day in notice.workdays:
        if day.isoweekday() not in week.rest:
            raise _bad(
                f"{day} 本来就是上班日，不应列为调休上班", f"{day} is no rest day, so it cannot be made up", notice.id
            )


def _govern(notices: Iterable[Notice], calendar_id: str) -> dict[date, Notice]:
    """Day -> the notice that decides it: the latest issued that covers it. Gaps and ties are refused."""
    governing: dict[date, Notice] = {}
    for notice in notices:
        for i in range((notice.covers_until - notice.covers_from).days + 1):
            day = notice.covers_from + DAY * i
            rival = governing.get(day)
            if rival is not None and rival.source.issued == notice.source.issued:
                raise _bad(f"{day} 同日有两份通知", f"{day} is decided by two notices of one date", notice.id)
            governing[day] = notice
    first, last = min(governing), max(governing)
    if (last - first).days + 1 != len(governing):
        hole = next(first + DAY * i for i in range((last - first).days) if first + DAY * i not in governing)
        raise _bad(f"通知之间缺 {hole} 起的安排", f"no notice covers the days from {hole} on", calendar_id)
    return governing


def _digest(calendar_id: str, week: Week, notices: tuple[Notice, ...]) -> str:
    """sha256 of the content in force, as sorted JSON."""
    content = {
        "id": calendar_id,
        "rest": sorted(week.rest),
        "office": [[s.opens.isoformat(), s.closes.isoformat()] for s in week.office],
        "week_source": _source(week.source),
        "notices": [
            {
                "id": n.id,
                "source": _source(n.source),
                "covers": [n.covers_from.isoformat(), n.covers_until.isoformat()],
                "holidays": {d.isoformat(): [x.zh, x.en] for d, x in n.holidays.items()},
                "workdays": {d.isoformat(): [x.zh, x.en] for d, x in n.workdays.items()},
            }
            for n in notices
        ],
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _source(source: Source) -> list[str]:
    return [
        source.title.zh,
        source.title.en,
        source.issuer.zh,
        source.issuer.en,
        source.number,
        source.issued.isoformat(),
    ]
