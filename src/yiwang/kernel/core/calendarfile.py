"""The YAML files a calendar is read from: one weekly rule (`kind: week`) and dated notices (`kind: notice`).

Unknown keys are refused: a misspelt `workday:` would otherwise silently turn a make-up day into a day off.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from yiwang.kernel.core.calendar import Calendar, CalendarError, Name, Notice, Source, Span, Week
from yiwang.kernel.core.strictyaml import model_from, yaml_read

WEEKDAYS = {
    name: number
    for number, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), 1)
}
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def _no_number(value: object) -> object:
    """YAML reads a bare 12:00 as 720 and pydantic would take 720 for 00:12: numbers are refused."""
    if isinstance(value, int | float):
        raise ValueError("write times in quotes and dates as 2026-01-31")
    return value


Day = Annotated[date, BeforeValidator(_no_number)]
Hour = Annotated[time, BeforeValidator(_no_number)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NameText(_Model):
    zh: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    def name(self) -> Name:
        return Name(self.zh, self.en)


class SourceText(_Model):
    """`number` is left out when the document's number is not certain."""

    title: NameText
    issuer: NameText
    issued: Day
    number: str = ""

    def source(self) -> Source:
        return Source(self.title.name(), self.issuer.name(), self.issued, self.number)


class DateRange(_Model):
    first: Day = Field(alias="from")
    last: Day = Field(alias="until")


class HolidayEntry(DateRange):
    """Days off under one name, both ends included."""

    name: NameText


class WorkdayEntry(_Model):
    """A make-up workday (调休上班) and the festival it makes up for."""

    date: Day
    name: NameText


class CalendarNoticeFile(_Model):
    kind: Literal["notice"]
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    source: SourceText
    covers: DateRange
    holidays: tuple[HolidayEntry, ...]
    workdays: tuple[WorkdayEntry, ...] = ()

    def notice(self) -> Notice:
        holidays: dict[date, Name] = {}
        for entry in self.holidays:
            length = (entry.last - entry.first).days + 1
            if length < 1:
                raise _file_error(self.id, f"{entry.name.zh}放假起止颠倒", f"{entry.name.en} ends before it begins")
            for i in range(length):
                _put(holidays, entry.first + timedelta(days=i), entry.name.name(), self.id)
        workdays: dict[date, Name] = {}
        for made_up in self.workdays:
            _put(workdays, made_up.date, made_up.name.name(), self.id)
        return Notice(self.id, self.source.source(), self.covers.first, self.covers.last, holidays, workdays)


class OfficeHours(_Model):
    opens: Hour = Field(alias="from")
    closes: Hour = Field(alias="until")


class CalendarWeekFile(_Model):
    """The weekly rule of one calendar; `id` becomes the calendar's id."""

    kind: Literal["week"]
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    source: SourceText
    rest: tuple[Weekday, ...]
    office_hours: tuple[OfficeHours, ...] = ()

    def week(self) -> Week:
        spans = tuple(Span(hours.opens, hours.closes) for hours in self.office_hours)
        return Week(frozenset(WEEKDAYS[day] for day in self.rest), self.source.source(), spans)


FILE_KINDS: dict[str, type[CalendarNoticeFile] | type[CalendarWeekFile]] = {
    "notice": CalendarNoticeFile,
    "week": CalendarWeekFile,
}


def calendar_file(text: str, where: str) -> CalendarNoticeFile | CalendarWeekFile:
    """One file, read and checked. Raises PackError with the line of the first fault."""
    data, lines = yaml_read(text, where)
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in FILE_KINDS:
        raise _file_error(where, "kind 须为 notice 或 week", "kind must be notice or week")
    return model_from(FILE_KINDS[kind], data, lines, where)


def calendar_from_yaml(paths: Iterable[Path | str], *, known_as_of: date | None = None) -> Calendar:
    """The calendar of exactly one `kind: week` file and one or more `kind: notice` files, in any order.

    Raises PackError for unknown keys, CalendarError for contradictions, gaps in coverage, a missing or second weekly
    rule or a file that cannot be read.
    """
    weeks: list[CalendarWeekFile] = []
    notices: list[Notice] = []
    for path in sorted(Path(p) for p in paths):
        parsed = calendar_file(_text(path), path.name)
        if isinstance(parsed, CalendarWeekFile):
            weeks.append(parsed)
            continue
        try:
            notices.append(parsed.notice())
        except CalendarError as error:
            raise _in_file(error, path) from error
    if len(weeks) != 1:
        raise _file_error(
            "kind: week", f"需要恰好一个周休规则文件，现有 {len(weeks)} 个", f"exactly one week file, not {len(weeks)}"
        )
    return Calendar(weeks[0].id, weeks[0].week(), tuple(notices), known_as_of)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _file_error(path.name, "文件读不出来", f"the file cannot be read: {error}") from error


def _put(days: dict[date, Name], day: date, name: Name, where: str) -> None:
    if day in days:
        raise _file_error(where, f"{day} 列了两次", f"{day} is listed twice")
    days[day] = name


def _in_file(error: CalendarError, path: Path) -> CalendarError:
    return CalendarError(zh=error.zh, en=error.en, where=path.name, hint_zh=error.hint_zh, hint_en=error.hint_en)


def _file_error(where: str, zh: str, en: str) -> CalendarError:
    return CalendarError(
        zh=f"日历文件有误：{zh}。",
        en=f"The calendar file is wrong: {en}.",
        where=where,
        hint_zh="键名和例子见 docs/reference/clocks.md。",
        hint_en="Keys and an example are in docs/reference/clocks.md.",
    )
