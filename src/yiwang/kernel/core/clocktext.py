"""A clock's answer in words: what was counted, what was skipped and why, in Chinese and English."""

from __future__ import annotations

from datetime import date, datetime

from yiwang.kernel.core.budget import Unit
from yiwang.kernel.core.calendar import DAY, Name
from yiwang.kernel.core.tally import Clock, DayMark, day_marks, too_late, used


def said(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S" if at.second else "%Y-%m-%d %H:%M")


def explain(clock: Clock, due: datetime | None) -> Name:
    """Sentences a citizen can check with a wall calendar; `due` as `clock.due` gave it."""
    parts = _day_sentences(clock) if clock.budget.unit.in_days else _hour_sentences(clock)
    if due is None:
        left = clock.budget.say(clock.budget.units - used(clock, None))
        parts.append(
            Name(
                f"时钟仍在暂停（{clock.stretches[-1].name.zh}），到期时刻待恢复后推算，尚余{left.zh}。",
                f"The clock is still suspended ({clock.stretches[-1].name.en}); "
                f"the due moment follows when it resumes, with {left.en} left.",
            )
        )
    else:
        late = [s for s in clock.suspensions if too_late(s.begin, due)]
        if late:
            parts.append(
                Name(
                    f"到期之后的 {len(late)} 次暂停不影响时限。",
                    f"{len(late)} suspension(s) after that changed nothing.",
                )
            )
        parts.append(Name(f"到期：{said(due)}。", f"Due: {said(due)}."))
    return Name("".join(part.zh for part in parts), " ".join(part.en for part in parts))


def _day_sentences(clock: Clock) -> list[Name]:
    marks = list(day_marks(clock))
    day = clock.start.date()
    parts = [
        Name(
            f"{said(clock.start)} 收件，当日不计入，自 {day + DAY} 起算，期限{clock.budget.name.zh}。",
            f"Received {said(clock.start)}; that day does not count, so counting begins on {day + DAY}: "
            f"{clock.budget.name.en}.",
        )
    ]
    skipped = _groups([mark for mark in marks if not mark.counted])
    if skipped:
        parts.append(
            Name(f"不计：{'；'.join(g.zh for g in skipped)}。", f"Not counted: {'; '.join(g.en for g in skipped)}.")
        )
    made_up = [mark for mark in marks if mark.counted and mark.day.isoweekday() in clock.calendar.week.rest]
    moved = clock.budget.unit is Unit.DAYS and any(not mark.counted and _is_day_off(clock, mark) for mark in marks)
    if moved and marks[-1].counted:
        parts.append(
            Name(
                f"最后一日遇放假，顺延至 {marks[-1].day}（民法典第二百零三条）。",
                f"The last day fell on a day off and moved to {marks[-1].day} (Civil Code art. 203).",
            )
        )
    if made_up and clock.budget.unit is Unit.WORKING_DAYS:
        days = "、".join(mark.day.isoformat() for mark in made_up)
        parts.append(Name(f"调休上班日计入：{days}。", f"Make-up workdays counted: {days.replace('、', ', ')}."))
    return parts


def _hour_sentences(clock: Clock) -> list[Name]:
    inside = clock.budget.unit is Unit.WORKING_HOURS
    parts = [
        Name(
            f"{said(clock.start)} 收件，自该时刻起算{'（只计办公时间）' if inside else ''}，"
            f"期限{clock.budget.name.zh}。",
            f"Received {said(clock.start)}; counting begins at once{' (office hours only)' if inside else ''}: "
            f"{clock.budget.name.en}.",
        )
    ]
    for stretch in clock.stretches:
        if stretch.end is not None:
            parts.append(
                Name(
                    f"{said(stretch.begin)} 至 {said(stretch.end)} 暂停（{stretch.name.zh}）不计。",
                    f"{said(stretch.begin)} to {said(stretch.end)} not counted ({stretch.name.en}).",
                )
            )
    return parts


def _is_day_off(clock: Clock, mark: DayMark) -> bool:
    return all(mark.reason != stretch.name for stretch in clock.stretches)


def _groups(marks: list[DayMark]) -> list[Name]:
    """One entry per reason in order of first day: name, number of days, first and last day."""
    by_reason: dict[Name, list[date]] = {}
    for mark in marks:
        by_reason.setdefault(mark.reason, []).append(mark.day)
    return [
        Name(
            f"{reason.zh} {len(days)} 天（{_range(days)}）",
            f"{reason.en}, {len(days)} day{'' if len(days) == 1 else 's'} ({_range(days)})",
        )
        for reason, days in by_reason.items()
    ]


def _range(days: list[date]) -> str:
    if len(days) > 2 and (days[-1] - days[0]).days + 1 == len(days):
        return f"{days[0]} … {days[-1]}"
    shown = [day.isoformat() for day in days[:4]]
    return ", ".join(shown) + (" …" if len(days) > 4 else "")
