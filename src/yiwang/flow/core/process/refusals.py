"""The errors of steps that cannot be taken, in both languages."""

from __future__ import annotations

from yiwang.flow.errors import CaseClosed, NotWaiting, StepForbidden


def not_waiting(what_zh: str, what_en: str, number: object) -> NotWaiting:
    return NotWaiting(
        zh=f"本件没有等待中的{what_zh} {number}。",
        en=f"The case holds no {what_en} {number} that waits.",
        where=str(number),
        hint_zh="可能已由他人办理，请刷新后再看。",
        hint_en="Somebody may have done it already: look again.",
    )


def forbidden(zh: str, en: str, where: str = "", hint_zh: str = "", hint_en: str = "") -> StepForbidden:
    return StepForbidden(zh=zh, en=en, where=where, hint_zh=hint_zh, hint_en=hint_en)


def closed(status: str) -> CaseClosed:
    return CaseClosed(
        zh="本件已经办结，不能再变动。",
        en=f"The case has ended ({status}) and nothing can be done in it any more.",
        hint_zh="需要继续办理的，请另开新件。",
        hint_en="Open a new case to go on.",
    )
