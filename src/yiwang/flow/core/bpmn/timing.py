"""What a timer of a diagram says: a moment, a duration, a cycle, or a budget of the working calendar."""

from __future__ import annotations

import re

from yiwang.flow.core.bpmn import xmlfile
from yiwang.flow.core.bpmn.basis import Basis
from yiwang.flow.core.bpmn.xmlfile import Tag
from yiwang.flow.core.process.nodes import Timer, TimerKind
from yiwang.kernel.core.budget import Budget, ClockError
from yiwang.rules.core.feel.literals import date_read, datetime_read, duration_read
from yiwang.rules.core.feel.values import MonthsDuration, TimeDuration

_KINDS = {"timeDate": TimerKind.DATE, "timeDuration": TimerKind.DURATION, "timeCycle": TimerKind.CYCLE}
_CYCLE = re.compile(r"R(\d{0,6})/([^/]+)(?:/([^/]+))?")
NOTHING = Timer(TimerKind.DURATION, "P1D")  # stands for a timer that cannot be read; its diagram is refused


def read_timer(basis: Basis, element: Tag) -> Timer:
    """The timer of a `timerEventDefinition`."""
    found = basis.one(element, xmlfile.named(element, *_KINDS), " / ".join(_KINDS))
    if found is None:
        return NOTHING
    kind, text = _KINDS[xmlfile.name_of(found)], xmlfile.text_of(found)
    if text.startswith("="):
        said = basis.feel(text[1:], found, xmlfile.name_of(found))
        return Timer(kind, f"= {said}") if said else NOTHING
    if kind is TimerKind.DATE:
        return _date(basis, found, text)
    if kind is TimerKind.CYCLE:
        return _cycle(basis, found, text)
    return _duration(basis, found, text)


def read_budget(basis: Basis, element: Tag, text: str) -> Budget | None:
    try:
        return Budget.parse(text)
    except ClockError as error:
        basis.say("bad_budget", element, text=text, why=error.zh, why_en=error.en)
        return None


def _bad(basis: Basis, element: Tag, text: str, zh: str, en: str) -> Timer:
    basis.say("bad_timer", element, text=text, why=zh, why_en=en)
    return NOTHING


def _date(basis: Basis, element: Tag, text: str) -> Timer:
    if datetime_read(text) is None and date_read(text) is None:
        return _bad(
            basis, element, text, "须是 ISO 8601 时刻，或以 = 开头的 FEEL", "write an ISO 8601 moment, or FEEL after ="
        )
    return Timer(TimerKind.DATE, text)


def _is_ahead(text: str) -> bool:
    """Whether it is a duration above zero."""
    match duration_read(text):
        case TimeDuration(nanos=length) | MonthsDuration(months=length):
            return length > 0
    return False


def _duration(basis: Basis, element: Tag, text: str) -> Timer:
    if _is_ahead(text):
        return Timer(TimerKind.DURATION, text)
    try:
        return Timer(TimerKind.BUDGET, str(Budget.parse(text)))
    except ClockError:
        zh = "须是 ISO 8601 时长（P3D）、期限（5wd）或以 = 开头的 FEEL"
        return _bad(basis, element, text, zh, "write an ISO 8601 duration (P3D), a budget (5wd), or FEEL after =")


def _cycle(basis: Basis, element: Tag, text: str) -> Timer:
    """`Rn/duration`, with the moment it begins before the duration if it says so."""
    found = _CYCLE.fullmatch(text)
    if found is not None:
        first, every = (found[2], found[3]) if found[3] else ("", found[2])
        if _is_ahead(every) and (not first or datetime_read(first) is not None) and found[1] != "0":
            return Timer(TimerKind.CYCLE, text)
    return _bad(
        basis, element, text, "循环写作 R3/PT1H，或以 = 开头的 FEEL", "a cycle is written R3/PT1H, or FEEL after ="
    )
