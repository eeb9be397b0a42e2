"""How much time a law gives: working days, natural days, hours or working hours.

Text form: `20wd`, `15d`, `4h`, `8wh`, or the Chinese words (20个工作日, 15日, 4小时, 8个工作小时);
after a comma an option: `15d,exact` (a last day off is not moved), `20wd,office` (ends when the office closes).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar

from yiwang.kernel.core.calendar import Name
from yiwang.kernel.errors import InputError

SECONDS_PER_HOUR = 3600
LARGEST = 3660


class ClockError(InputError):
    """A budget, suspension, rung or moment that a clock cannot be built from."""

    code: ClassVar[str] = "clock_bad"


class Unit(StrEnum):
    WORKING_DAYS = "wd"
    DAYS = "d"
    HOURS = "h"
    WORKING_HOURS = "wh"

    @property
    def in_days(self) -> bool:
        return self in (Unit.WORKING_DAYS, Unit.DAYS)


_WORDS = {
    "wd": Unit.WORKING_DAYS,
    "个工作日": Unit.WORKING_DAYS,
    "工作日": Unit.WORKING_DAYS,
    "d": Unit.DAYS,
    "日": Unit.DAYS,
    "天": Unit.DAYS,
    "个自然日": Unit.DAYS,
    "自然日": Unit.DAYS,
    "h": Unit.HOURS,
    "小时": Unit.HOURS,
    "个小时": Unit.HOURS,
    "wh": Unit.WORKING_HOURS,
    "工作小时": Unit.WORKING_HOURS,
    "个工作小时": Unit.WORKING_HOURS,
}
_NAMES = {
    Unit.WORKING_DAYS: ("个工作日", "working day"),
    Unit.DAYS: ("个自然日", "natural day"),
    Unit.HOURS: ("小时", "hour"),
    Unit.WORKING_HOURS: ("个工作小时", "working hour"),
}
_TEXT = re.compile(r"([0-9]{1,5})\s*([a-z]+|[一-鿿]+)((?:\s*,\s*[a-z]+)*)")


@dataclass(frozen=True)
class Budget:
    """`amount` of `unit`.

    `rolls`: natural days only; a last day that is a day off moves to the next working day (民法典 art. 203 para. 1).
    `office`: day budgets only; the last day ends at the close of office hours (art. 203 para. 2), else at midnight.
    """

    amount: int
    unit: Unit
    rolls: bool = True
    office: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.amount <= LARGEST:
            raise _bad_budget(str(self.amount), f"数量须在 1 至 {LARGEST} 之间", f"the amount must be 1 to {LARGEST}")
        if not self.rolls and self.unit is not Unit.DAYS:
            raise _bad_budget(self.unit.value, "exact 只用于自然日", "exact is for natural days only")
        if self.office and not self.unit.in_days:
            raise _bad_budget(self.unit.value, "office 只用于按日计算的期限", "office is for budgets in days only")

    @classmethod
    def parse(cls, text: str) -> Budget:
        normal = unicodedata.normalize("NFKC", text).strip().lower()
        match = _TEXT.fullmatch(normal)
        if match is None or match[2] not in _WORDS:
            raise _bad_budget(text, "读不懂这个期限", "this budget cannot be read")
        options = [word.strip() for word in match[3].split(",") if word.strip()]
        if len(set(options)) != len(options) or not set(options) <= {"exact", "office"}:
            raise _bad_budget(text, "选项只能是 exact 或 office", "the options are exact and office, once each")
        return cls(int(match[1]), _WORDS[match[2]], "exact" not in options, "office" in options)

    def __str__(self) -> str:
        return f"{self.amount}{self.unit.value}{'' if self.rolls else ',exact'}{',office' if self.office else ''}"

    @property
    def units(self) -> int:
        """The budget in the unit it is counted in: days, or seconds for hours."""
        return self.amount if self.unit.in_days else self.amount * SECONDS_PER_HOUR

    def extended(self, amount: int) -> Budget:
        """The budget after an approved extension (say 行政许可法 art. 42: 20 working days and 10 more)."""
        if amount < 1:
            raise _bad_budget(str(amount), "延长的数量须为正数", "an extension must be positive")
        return replace(self, amount=self.amount + amount)

    @property
    def name(self) -> Name:
        said = self.say(self.units)
        zh = ("" if self.rolls else "（末日不顺延）") + ("（以下班时间为止）" if self.office else "")
        en = ("" if self.rolls else ", last day not moved") + (", until the office closes" if self.office else "")
        return Name(said.zh + zh, said.en + en)

    def say(self, units: int) -> Name:
        """A quantity of this budget in words; `units` as in `units`."""
        zh, en = _NAMES[self.unit]
        if self.unit.in_days:
            return Name(f"{units}{zh}", f"{units} {en}{'' if units == 1 else 's'}")
        hours, rest = divmod(units, SECONDS_PER_HOUR)
        minutes, seconds = divmod(rest, 60)
        tail_zh = (f"{minutes}分" if minutes else "") + (f"{seconds}秒" if seconds else "")
        tail_en = (f" {minutes} min" if minutes else "") + (f" {seconds} s" if seconds else "")
        return Name(f"{hours}{zh}{tail_zh}", f"{hours} {en}{'' if hours == 1 else 's'}{tail_en}")


def _bad_budget(what: str, zh: str, en: str) -> ClockError:
    return ClockError(
        zh=f"期限“{what}”无效：{zh}。",
        en=f"The budget {what!r} is invalid: {en}.",
        where="budget",
        hint_zh="请写成 20wd（工作日）、15d（自然日）、4h（小时）或 8wh（工作小时）。",
        hint_en="Write 20wd (working days), 15d (natural days), 4h (hours) or 8wh (working hours).",
    )
