"""The rungs of a clock: a reminder, an escalation or the breach, each at its own moment, each once.

`when` is text: `50%` (that share of the budget is used up), `-2wd`, `-1d`, `-4h` (so long before the due moment),
`0` (at the due moment) or `+1wd` (so long after it).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from yiwang.kernel.core.budget import ClockError, Unit


class RungKind(StrEnum):
    REMINDER = "reminder"
    ESCALATION = "escalation"
    BREACH = "breach"


_SHARE = re.compile(r"([0-9]{1,3})%")
_OFFSET = re.compile(r"([+-])([0-9]{1,4})(wd|d|h)")


@dataclass(frozen=True)
class Rung:
    """A reminder lies before the due moment, a breach at or after it, an escalation anywhere."""

    key: str
    kind: RungKind
    when: str

    def __post_init__(self) -> None:
        share, offset = self.percent, self.offset
        if share is None and offset is None:
            raise _bad_rung(self, "读不懂时点", "its moment cannot be read")
        if share is not None and not 0 < share <= 100:
            raise _bad_rung(self, "比例须在 1% 至 100% 之间", "the share must be 1% to 100%")
        early = share < 100 if share is not None else bool(offset and offset[0] < 0)
        if self.kind is RungKind.REMINDER and not early:
            raise _bad_rung(self, "提醒须早于到期", "a reminder comes before the due moment")
        if self.kind is RungKind.BREACH and (share is not None or early):
            raise _bad_rung(self, "超期须在到期时或之后", "a breach comes at or after the due moment")

    @property
    def percent(self) -> int | None:
        match = _SHARE.fullmatch(self.when)
        return int(match[1]) if match else None

    @property
    def offset(self) -> tuple[int, Unit] | None:
        """Signed distance from the due moment."""
        if self.when == "0":
            return 0, Unit.DAYS
        match = _OFFSET.fullmatch(self.when)
        return (int(match[1] + match[2]), Unit(match[3])) if match else None


@dataclass(frozen=True)
class Firing:
    """A rung whose moment has come."""

    rung: Rung
    at: datetime


def _bad_rung(rung: Rung, zh: str, en: str) -> ClockError:
    return ClockError(
        zh=f"阶梯 {rung.key}（{rung.when}）无效：{zh}。",
        en=f"The rung {rung.key} ({rung.when}) is invalid: {en}.",
        where=f"rung.{rung.key}",
        hint_zh="请写成 50%、-2wd、-4h、0 或 +1wd。",
        hint_en="Write 50%, -2wd, -4h, 0 or +1wd.",
    )
