"""When a clock stands still, and why: a closed list of reasons.

Sources: 行政许可法 art. 45 (hearing, testing, expert review do not count), 政府信息公开条例 art. 30 (supplement) and 33
(asking third parties: "other"), 信访工作条例 art. 36 (hearing). Publicity periods rest on the item's own rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from yiwang.kernel.core.budget import ClockError
from yiwang.kernel.core.calendar import ZONE, Name, moment


class Reason(StrEnum):
    SUPPLEMENT = "supplement"
    HEARING = "hearing"
    TESTING = "testing"
    EXPERT_REVIEW = "expert_review"
    PUBLICITY = "publicity"
    OTHER = "other"

    @property
    def label(self) -> Name:
        return _LABELS[self]


_LABELS = {
    Reason.SUPPLEMENT: Name("补正", "supplement of materials"),
    Reason.HEARING: Name("听证", "hearing"),
    Reason.TESTING: Name("检验检测", "inspection and testing"),
    Reason.EXPERT_REVIEW: Name("专家评审", "expert review"),
    Reason.PUBLICITY: Name("公示", "publicity period"),
    Reason.OTHER: Name("其他", "other"),
}
_BY_WORD = {word: reason for reason, name in _LABELS.items() for word in (reason.value, name.zh)}
UNSTATED = "未注明"


@dataclass(frozen=True)
class Suspension:
    """The clock stands still in `[begin, end)`; `end` is None while it lasts. `text` is required for OTHER."""

    begin: datetime
    end: datetime | None
    reason: Reason
    text: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "begin", city_moment(self.begin, "suspension.begin"))
        if self.end is not None:
            object.__setattr__(self, "end", city_moment(self.end, "suspension.end"))
            if self.end <= self.begin:
                raise _bad_suspension(self.begin.isoformat(), "结束不晚于开始", "it ends no later than it begins")
        if self.reason is Reason.OTHER and not self.text.strip():
            raise _bad_suspension(self.begin.isoformat(), "“其他”须写明事由", "“other” needs its reason in words")

    @classmethod
    def parse(cls, text: str) -> Suspension:
        """`FROM..TO[@REASON[:TEXT]]`; an empty TO is still open; a TO that is only a date includes that whole day."""
        stretch, _, why = text.partition("@")
        begin, dots, end = (part.strip() for part in stretch.partition(".."))
        if not dots or not begin:
            raise _bad_suspension(text, "读不懂", "it cannot be read")
        word, _, words = (part.strip() for part in why.partition(":"))
        if word and word not in _BY_WORD:
            raise _bad_suspension(text, f"没有“{word}”这个事由", f"there is no reason {word!r}")
        reason = _BY_WORD[word] if word else Reason.OTHER
        return cls(
            read_moment(begin),
            read_moment(end, whole_day=True) if end else None,
            reason,
            words or ("" if word else UNSTATED),
        )

    @property
    def name(self) -> Name:
        label = self.reason.label
        if self.text == UNSTATED:
            return Name("未注明事由", "no reason stated")
        return Name(f"{label.zh}：{self.text}", f"{label.en}: {self.text}") if self.text else label


@dataclass(frozen=True)
class Stretch:
    """Suspensions that overlap or touch, as one: the clock stands still in `[begin, end)`."""

    begin: datetime
    end: datetime | None
    name: Name

    def over_by(self, at: datetime) -> bool:
        return self.end is not None and self.end <= at

    def covers(self, begin: datetime, end: datetime) -> bool:
        return self.begin <= begin and (self.end is None or self.end >= end)


def merged(suspensions: Iterable[Suspension], start: datetime) -> tuple[Stretch, ...]:
    """The stretches in order, cut to what follows `start`, each named by all its reasons."""
    stretches: list[Stretch] = []
    for suspension in sorted(suspensions, key=lambda s: s.begin):
        begin, end, name = max(suspension.begin, start), suspension.end, suspension.name
        last = stretches[-1] if stretches else None
        if last is None or (last.end is not None and last.end < begin):
            stretches.append(Stretch(begin, end, name))
            continue
        end = None if end is None or last.end is None else max(end, last.end)
        both = Name(f"{last.name.zh}、{name.zh}", f"{last.name.en}, {name.en}")
        stretches[-1] = Stretch(last.begin, end, last.name if name.zh in last.name.zh.split("、") else both)
    return tuple(stretches)


def city_moment(value: datetime, where: str) -> datetime:
    """The moment in Asia/Shanghai, whole seconds. Raises ClockError for a naive one: it could be eight hours off."""
    if value.tzinfo is None or value.utcoffset() is None:
        raise ClockError(
            zh=f"时刻 {value.isoformat()} 没有时区。",
            en=f"The moment {value.isoformat()} carries no time zone.",
            where=where,
            hint_zh="请带上时区，例如 +08:00。",
            hint_en="Give the zone, for example +08:00.",
        )
    return value.astimezone(ZONE).replace(microsecond=0)


def read_moment(text: str, *, whole_day: bool = False) -> datetime:
    """ISO text at the border: no zone means Asia/Shanghai; a bare date its midnight, or with `whole_day` the next."""
    try:
        if len(text) == len("2026-01-01"):
            day = date.fromisoformat(text)
            return moment(day + timedelta(days=1) if whole_day else day, time.min)
        value = datetime.fromisoformat(text)
    except ValueError as error:
        raise ClockError(
            zh=f"读不懂时刻“{text}”。",
            en=f"The moment {text!r} cannot be read.",
            where="moment",
            hint_zh="请写成 2026-09-28T10:00 或 2026-09-28。",
            hint_en="Write 2026-09-28T10:00 or 2026-09-28.",
        ) from error
    return city_moment(value if value.tzinfo else value.replace(tzinfo=ZONE), "moment")


def _bad_suspension(what: str, zh: str, en: str) -> ClockError:
    reasons = "、".join(name.zh for name in _LABELS.values())
    return ClockError(
        zh=f"暂停“{what}”无效：{zh}。",
        en=f"The suspension {what!r} is invalid: {en}.",
        where="suspension",
        hint_zh=f"请写成 2026-10-09T09:00..2026-10-13T17:00@听证；事由限于：{reasons}。",
        hint_en=f"Write 2026-10-09T09:00..2026-10-13T17:00@hearing; reasons: {', '.join(Reason)}.",
    )
