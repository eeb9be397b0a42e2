"""The city's working calendar: the notices its installed packs carry."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection

from yiwang.kernel.core.calendar import Calendar
from yiwang.kernel.core.calendarfile import calendar_file, calendar_from_yaml
from yiwang.kernel.core.clock import due_answer
from yiwang.kernel.core.pack import FileKind, View
from yiwang.kernel.errors import NotFound
from yiwang.kernel.files import file_path
from yiwang.kernel.models import InstalledPack
from yiwang.kernel.packing import BUILT_IN
from yiwang.kernel.prepared import fetch


def _parse(data: bytes, where: str) -> object:
    return calendar_file(data.decode("utf-8"), where)


CALENDARS = FileKind(id="calendars", pattern="calendars/*.yaml", parse=_parse)


def city_calendar(known_as_of: date | None = None) -> Calendar:
    """The calendar of all installed notices, or as it was known on a day. Raises NotFound in a city without one."""
    ((packs,),) = fetch(f"SELECT {packs_column()}", [])
    return calendar_of(packs, known_as_of)


def packs_column() -> str:
    """What a statement may read along, for `calendar_of`: the digests of the installed packs."""
    several = "string_agg" if connection.vendor == "postgresql" else "group_concat"
    return f"(SELECT {several}(k.digest, ' ') FROM kernel_installedpack k WHERE k.is_current)"


def calendar_of(packs: str | None, known_as_of: date | None = None) -> Calendar:
    """The calendar of the packs that `packs_column` told of. Raises NotFound where none has one."""
    return _calendar_of(tuple(sorted((packs or "").split())), known_as_of)


@lru_cache(maxsize=8)
def _calendar_of(packs: tuple[str, ...], known_as_of: date | None) -> Calendar:
    """Read once for the same packs: every clock asks for it."""
    digests = [
        digest
        for pack in InstalledPack.objects.filter(is_current=True, digest__in=packs).order_by("pack_id")
        for path, digest in sorted(pack.files.items())
        if path.startswith("calendars/") and path.endswith(".yaml")
    ]
    if not digests:
        raise NotFound(
            zh="本市还没有安装工作日历",
            en="this city has no working calendar installed",
            where="calendar",
            hint_zh="运行 yiwang init，或 yiwang pack install calendar。",
            hint_en="Run yiwang init, or yiwang pack install calendar.",
        )
    return calendar_from_yaml([file_path(d) for d in digests], known_as_of=known_as_of)


def calendar_at_hand() -> Calendar:
    """The city's calendar, or the built-in pack's where no city was made yet: a date can be worked out anywhere."""
    if settings.PLACE.secret_file.exists():
        return city_calendar()
    return calendar_from_yaml(sorted((BUILT_IN / "foundation" / "calendar" / "calendars").glob("*.yaml")))


def clock_verb(given: dict[str, Any], argument: Any, view: View) -> dict[str, Any]:
    """`when: {clock: 20wd}` over `given: {from: …, suspend: […]}`; the calendar is that of the pack and those it needs."""
    files = [view.pack.folder / p for p in view.own.get("calendars", {})]
    return due_answer(str(argument), str(given["from"]), list(given.get("suspend", [])), calendar_from_yaml(files))
