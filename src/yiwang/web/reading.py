"""Reading what a request carries: typed, trimmed, and refused in two languages when it cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.http import HttpRequest

from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError


def page_number(request: HttpRequest, key: str = "page") -> int:
    """The asked page, counted from 1; anything that is no page is the first."""
    given = request.GET.get(key, "1")
    return max(1, int(given)) if given.isdecimal() and len(given) < 9 else 1


def one_of(request: HttpRequest, key: str, allowed: Mapping[str, object] | tuple[str, ...], default: str = "") -> str:
    """A choice from the address; an unknown one falls back to the default instead of an error page."""
    given = request.GET.get(key, default)
    return given if given in allowed else default


def posted(request: HttpRequest, key: str) -> str:
    return request.POST.get(key, "").strip()


def posted_needed(request: HttpRequest, key: str, title: Text) -> str:
    """A text that must be filled in. Raises InputError naming the question."""
    given = posted(request, key)
    if not given:
        raise InputError(
            zh=f"“{title.zh}”没有填写。",
            en=f"“{title.en}” is empty.",
            where=key,
            hint_zh="请填写后再提交。",
            hint_en="Fill it in and send again.",
        )
    return given


def posted_day(request: HttpRequest, key: str, title: Text) -> date | None:
    """A day, or None when left empty. Raises InputError for what is no day."""
    given = posted(request, key)
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError as wrong:
        raise InputError(
            zh=f"“{title.zh}”不是日期：{given}",
            en=f"“{title.en}” is not a day: {given}",
            where=key,
            hint_zh="请写成 2026-12-31 的样子。",
            hint_en="Write it like 2026-12-31.",
        ) from wrong
