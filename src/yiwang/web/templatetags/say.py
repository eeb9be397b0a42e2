"""Template words for two languages: every text is a pair, written where it is shown."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from urllib.parse import urlencode

from django import template
from django.http import QueryDict
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yiwang.rules.core.explaining import DecisionNote, InputNote
from yiwang.web.language import pick
from yiwang.web.language import say as say_value
from yiwang.web.people import said_department, said_hands
from yiwang.web.words import DIMENSION_HOW, word

register = template.Library()
NOTHING = "—"
# Fewer people than this could be known from a figure; they are told as "fewer than".
FEWEST = 5


@register.simple_tag
def t(zh: str, en: str, **values: object) -> str:
    """`{% t "共 {n} 行" "{n} rows" n=page.total %}`: the pair's text with its values filled in, escaped."""
    text = pick(zh, en)
    return format_html(text, **values) if values else text


@register.filter
def say(value: object) -> str:
    return say_value(value)


@register.filter
def dimension_how(dimension: str) -> str:
    """How the share of a quality dimension is counted."""
    return say_value(DIMENSION_HOW.get(dimension))


@register.filter
def word_in(value: object, kind: str) -> str:
    """The word alone: `{{ line.how|word_in:"how" }}`."""
    return say_value(word(kind, value).text)


@register.filter
def number(value: object) -> str:
    """12,345; a missing figure is a dash, never a zero."""
    if value is None or value == "":
        return NOTHING
    return f"{value:,.0f}" if isinstance(value, int | float) else str(value)


@register.filter
def amount(value: object) -> str:
    """An exact figure as it was written: 1,234.5, never 1,234.500000; a date or a text as it is, a missing one a dash."""
    if isinstance(value, bool):
        return pick("是", "yes") if value else pick("否", "no")
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    return NOTHING if value is None or value == "" else str(value)


@register.filter
def step(value: object) -> str:
    """A difference with its sign: +1,780, −25, ±0."""
    if not isinstance(value, int | Decimal):
        return NOTHING
    size = amount(abs(Decimal(value)))
    return f"+{size}" if value > 0 else f"−{size}" if value < 0 else "±0"


@register.filter
def few(value: object) -> str:
    """A count of people; so few that they could be known persons are told as fewer than five."""
    if not isinstance(value, int):
        return NOTHING
    return f"<{FEWEST}" if 0 < value < FEWEST else number(value)


@register.filter
def needed_inputs(note: DecisionNote) -> list[InputNote]:
    """The inputs an explanation tells: parameters that no rule that fits speaks of are left out."""
    return [one for one in note.inputs if note.needed(one)]


@register.filter
def percent(value: object) -> str:
    """0.98765 is 98.77%. Only an exact 1 is shown as 100%: a share of 0.99999 must not look perfect."""
    if not isinstance(value, int | float):
        return NOTHING
    shown = value * 100
    if value < 1 and shown > 99.99:
        shown = 99.99
    return f"{shown:.2f}".rstrip("0").rstrip(".") + "%"


@register.filter
def size(value: object) -> str:
    """Bytes as people read them."""
    if not isinstance(value, int | float):
        return NOTHING
    amount = float(value)
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TB"


@register.filter
def when(value: object) -> str:
    """A moment or a day as 2026-11-22 10:05, in the city's own time."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return NOTHING


@register.simple_tag(takes_context=True)
def query(context: RequestContext, **changes: object) -> SafeString:
    """The present query string with some values changed; an empty value takes its key out."""
    request = context.get("request")
    held: QueryDict = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for key, value in changes.items():
        if value in (None, ""):
            held.pop(key, None)
        else:
            held[key] = str(value)
    return format_html("?{}", SafeString(urlencode(list(held.lists()), doseq=True)))


@register.simple_tag
@lru_cache(maxsize=512, typed=True)
def icon(name: str, more: str = "") -> SafeString:
    """A picture beside a word; it is never the only sign, so it is hidden from screen readers."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        more,
        static("dist/icons.svg"),
        name,
    )


@register.simple_tag
def tag(kind: str, value: object) -> SafeString:
    """A state as a word with a sign: `{% tag "load" row.state %}`."""
    known = word(kind, value)
    sign = icon(known.icon) if known.icon else ""
    return format_html('<span class="tag tag-{}">{}{}</span>', known.tone or "plain", sign, say_value(known.text))


@register.simple_tag
def page_numbers(page: int, pages: int) -> list[int | None]:
    """1 … 4 5 6 … 20: the pages to link, None where some are left out."""
    near = {1, pages, page - 1, page, page + 1}
    shown = [number for number in range(1, pages + 1) if number in near]
    out: list[int | None] = []
    for number_ in shown:
        if out and out[-1] is not None and number_ - out[-1] > 1:
            out.append(None)
        out.append(number_)
    return out


@register.filter
def department(code: object) -> str:
    """The name of a department by its code."""
    return said_department(str(code)) if code else NOTHING


@register.filter
def hands(value: object) -> str:
    """Whom work was given to: an account, a department, or the applicant."""
    return said_hands(str(value or ""))


@register.filter
def lasting(span: object) -> str:
    """A stretch of time as people say it: 3 天 4 小时, 25 分钟."""
    if not isinstance(span, timedelta):
        return NOTHING
    minutes = max(0, int(span.total_seconds())) // 60
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return pick(f"{days} 天 {hours} 小时", f"{days} d {hours} h") if hours else pick(f"{days} 天", f"{days} d")
    return pick(f"{hours} 小时", f"{hours} h") if hours else pick(f"{minutes} 分钟", f"{minutes} min")


@register.filter
def share(value: object) -> str:
    """n of all as per cent; of so few that it says little, the two counts."""
    hits, n = getattr(value, "hits", None), getattr(value, "n", None)
    if not isinstance(hits, int) or not n:
        return NOTHING
    return f"{hits}/{n}" if getattr(value, "small", False) else percent(hits / n)
