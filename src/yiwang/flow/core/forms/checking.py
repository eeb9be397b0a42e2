"""Answers read from what was sent, and judged: each problem in both languages under the address of its question."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from yiwang.flow.core.forms.asked import Asked, Standing, answer_at
from yiwang.flow.core.forms.elements import Kind, Limits, Question
from yiwang.kernel.core.text import Text
from yiwang.rules.core.feel.patterns import matches
from yiwang.rules.core.feel.values import NoValue

# More digits than a JSON number keeps everywhere; longer numbers are asked for as text (serializeToString).
MAX_DIGITS = 15
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{3,19}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")

Judge = Callable[[Question, Any, datetime], Text | None]


def answer_read(question: Question, sent: Sequence[str]) -> Any:
    """What was sent, as the kind of answer it is. What cannot be read stays as it is and is a problem when checked."""
    if question.kind in (Kind.MANY, Kind.TAGS):
        return [value for value in sent if value]
    if question.kind is Kind.CHECK:
        return bool(sent) and sent[-1] != ""
    if not sent:
        return None
    text = sent[-1].replace("\r\n", "\n")
    text = text if question.kind is Kind.LONG else text.strip()
    if question.kind is Kind.NUMBER:
        return _number_read(text, question.as_text)
    if question.kind is Kind.PLACE:
        return _place_read(text)
    return text


def _number_read(text: str, as_text: bool) -> int | float | str:
    plain = text.replace(",", "").replace("，", "").replace(" ", "")
    if not _NUMBER.fullmatch(plain) or len(plain) > 40:
        return text
    found = Decimal(plain)
    if as_text:
        return format(found, "f")
    if len(found.normalize().as_tuple().digits) > MAX_DIGITS or found.adjusted() > MAX_DIGITS:
        return text
    return int(found) if found == found.to_integral_value() else float(found)


def _place_read(text: str) -> list[float] | str:
    parts = text.replace("，", ",").split(",")
    try:
        longitude, latitude = (round(float(part), 6) for part in parts)
    except ValueError:
        return text
    return [longitude, latitude] if abs(longitude) <= 180 and abs(latitude) <= 90 else text


def problems(asked: Asked) -> dict[str, Text]:
    """Address → what is wrong, for every question that is asked."""
    found: dict[str, Text] = {}
    for question, here in asked.questions():
        problem = problem_of(question, asked, here)
        if problem is not None:
            found[".".join(here)] = problem
    return found


def problem_of(question: Question, asked: Asked, here: tuple[str, ...]) -> Text | None:
    value = answer_at(asked.answers, here)
    limits = question.limits
    if asked.standing(question, here) is not Standing.ANSWERED:
        if not limits.required:
            return None
        if question.kind is Kind.FILES:
            return Text(zh="请上传文件", en="Give a file")
        return _choose() if question.kind.has_options else Text(zh="请填写", en="Answer this")
    if question.kind is Kind.CHECK and limits.required and value is not True:
        return Text(zh="须勾选才能继续", en="This must be ticked")
    return _JUDGES[question.kind](question, value, asked.now)


def _choose() -> Text:
    return Text(zh="请选择", en="Choose one")


def _text(question: Question, value: Any, now: datetime) -> Text | None:
    limits = question.limits
    if not isinstance(value, str):
        return Text(zh="须是文字", en="This must be text")
    if limits.min_length is not None and len(value) < limits.min_length:
        return Text(
            zh=f"至少 {limits.min_length} 字，现有 {len(value)} 字",
            en=f"At least {limits.min_length} characters; there are {len(value)}",
        )
    if limits.max_length is not None and len(value) > limits.max_length:
        return Text(
            zh=f"至多 {limits.max_length} 字，现有 {len(value)} 字",
            en=f"At most {limits.max_length} characters; there are {len(value)}",
        )
    if limits.shape == "email" and not _EMAIL.fullmatch(value):
        return Text(
            zh="电子邮箱的写法不对，如 name@example.cn", en="This is no e-mail address, such as name@example.cn"
        )
    if limits.shape == "phone" and not _PHONE.fullmatch(value):
        return Text(zh="电话号码的写法不对，如 13800000000", en="This is no telephone number, such as 13800000000")
    return _pattern(limits, value)


def _pattern(limits: Limits, value: str) -> Text | None:
    if not limits.pattern:
        return None
    try:
        fits = matches(value, limits.pattern)
    except NoValue:
        fits = False
    return None if fits else limits.pattern_words or Text(zh="格式不对", en="This is not in the right form")


def _number(question: Question, value: Any, now: datetime) -> Text | None:
    limits = question.limits
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    if isinstance(value, bool) or not found.is_finite() or (isinstance(value, str) and not question.as_text):
        return Text(zh="须是数字", en="This must be a number")
    if limits.least is not None and found < limits.least:
        return Text(zh=f"不能小于 {limits.least}", en=f"No less than {limits.least}")
    if limits.most is not None and found > limits.most:
        return Text(zh=f"不能大于 {limits.most}", en=f"No more than {limits.most}")
    exponent = found.normalize().as_tuple().exponent
    if limits.decimals is not None and isinstance(exponent, int) and -exponent > limits.decimals:
        return Text(zh=f"至多 {limits.decimals} 位小数", en=f"At most {limits.decimals} decimals")
    if limits.step and found % limits.step != 0:
        return Text(zh=f"须是 {limits.step} 的倍数", en=f"This must be a multiple of {limits.step}")
    return None


def _date(question: Question, value: Any, now: datetime) -> Text | None:
    try:
        found = date.fromisoformat(value)
    except (TypeError, ValueError):
        return Text(zh="日期不对，如 2026-11-22", en="This is no date, such as 2026-11-22")
    return _past(question, found < now.date())


def _moment(question: Question, value: Any, now: datetime) -> Text | None:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is not None or "T" not in value:
        return Text(zh="日期和时间不对，如 2026-11-22T09:30", en="This is no date and time, such as 2026-11-22T09:30")
    return _past(question, found < now.replace(tzinfo=None))


def _past(question: Question, is_past: bool) -> Text | None:
    if question.limits.not_past and is_past:
        return Text(zh="不能早于现在", en="This must not lie in the past")
    return None


def _time(question: Question, value: Any, now: datetime) -> Text | None:
    try:
        time.fromisoformat(value)
    except (TypeError, ValueError):
        return Text(zh="时间不对，如 09:30", en="This is no time of day, such as 09:30")
    return None


def _check(question: Question, value: Any, now: datetime) -> Text | None:
    return None if isinstance(value, bool) else Text(zh="须是勾选或不勾选", en="This is ticked or not")


def _one(question: Question, value: Any, now: datetime) -> Text | None:
    return None if value in [option.value for option in question.options] else _choose()


def _many(question: Question, value: Any, now: datetime) -> Text | None:
    known = [option.value for option in question.options]
    if isinstance(value, list) and all(one in known for one in value) and len(set(value)) == len(value):
        return None
    return Text(zh="请从所列的选项中选择", en="Choose from what is listed")


def _place(question: Question, value: Any, now: datetime) -> Text | None:
    if isinstance(value, list) and len(value) == 2:
        return None
    return Text(zh="请在地图上点选，或写成 经度,纬度", en="Point on the map, or write longitude,latitude")


def _files(question: Question, value: Any, now: datetime) -> Text | None:
    most = question.limits.max_files
    if isinstance(value, list) and len(value) <= most:
        return None
    return Text(zh=f"至多 {most} 个文件", en=f"At most {most} files")


_JUDGES: Mapping[Kind, Judge] = {
    Kind.TEXT: _text,
    Kind.LONG: _text,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.MOMENT: _moment,
    Kind.CHECK: _check,
    Kind.ONE: _one,
    Kind.PICK: _one,
    Kind.MANY: _many,
    Kind.TAGS: _many,
    Kind.FILES: _files,
    Kind.PLACE: _place,
}
