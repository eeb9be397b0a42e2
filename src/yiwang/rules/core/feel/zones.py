"""Offsets from UTC of the zones FEEL times may carry (DMN 1.5, 10.3.2.3.4): a fixed offset, or a zone of the IANA table."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from yiwang.rules.core.feel.values import Zone

LAST_OFFSET = 18 * 3600

_NAME = re.compile(r"[A-Za-z0-9_+-]{1,32}(?:/[A-Za-z0-9_+-]{1,32}){0,3}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_OF_CYCLE = 146_097 * 86_400  # 400 years
# Python's zones know the years 1 to 9999. Before the first rule and after the last one they repeat every 400 years.
_EARLIEST = int((datetime(400, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())
_LATEST = int((datetime(2800, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())
_TIMELESS = datetime(2025, 1, 1, tzinfo=UTC)


@cache
def _names() -> frozenset[str]:
    # `localtime` is whatever the machine is set to: the same decision would differ from machine to machine.
    return frozenset(available_timezones()) - {"localtime"}


def is_zone(name: str) -> bool:
    """Whether the IANA table has a zone of this very name."""
    return _NAME.fullmatch(name) is not None and name in _names()


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _moment(seconds: int) -> datetime:
    if seconds < _EARLIEST:
        seconds = _EARLIEST + (seconds - _EARLIEST) % _SECONDS_OF_CYCLE
    elif seconds >= _LATEST:
        seconds = _LATEST - _SECONDS_OF_CYCLE + (seconds - _LATEST) % _SECONDS_OF_CYCLE
    return _EPOCH + timedelta(seconds=seconds)


def _seconds(offset: timedelta | None) -> int:
    return 0 if offset is None else round(offset.total_seconds())


def offset_of_local(zone: Zone, seconds: int) -> int:
    """The offset in seconds when the zone's clocks show `seconds` after 1970-01-01T00:00:00.

    Of an hour that comes twice the first is meant; an hour that is left out is read as if clocks had not yet been moved.
    """
    if zone.name is None:
        return zone.offset or 0
    return _seconds(_moment(seconds).replace(tzinfo=_zone(zone.name)).utcoffset())


def offset_of_instant(zone: Zone, seconds: int) -> int:
    """The offset in seconds at `seconds` after 1970-01-01T00:00:00Z."""
    if zone.name is None:
        return zone.offset or 0
    return _seconds(_moment(seconds).astimezone(_zone(zone.name)).utcoffset())


@lru_cache(maxsize=1024)
def offset_of_time(zone: Zone) -> int:
    """The offset of a time of day, which has no date: a named zone's standard time as it was on 2025-01-01.

    A fixed day, so that a decision taken again gives the same answer in another season.
    """
    if zone.name is None:
        return zone.offset or 0
    moment = _TIMELESS.astimezone(_zone(zone.name))
    return _seconds(moment.utcoffset()) - _seconds(moment.dst())
