"""A fortnight of tickets as plain values, for the tests of figures and of the weekly report."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from yiwang.flow.core.scoring import DEFINITIONS, Ticket
from yiwang.flow.core.weekly import Bounced, GapLine, HotLine, Named, WeekReport, analyse
from yiwang.kernel.core.text import Text

ZONE = ZoneInfo("Asia/Shanghai")
UNTIL = datetime(2026, 11, 23, tzinfo=ZONE)
DAY = timedelta(days=1)
NAMED = Named(
    class_of={"heat-cold": "heat", "heat-fee": "heat", "road": "road", "heat": "heat"},
    topics={
        "heat": Text(zh="供热", en="Heating"),
        "heat-cold": Text(zh="室温不达标", en="Too cold at home"),
        "road": Text(zh="道路破损", en="Broken roads"),
    },
    departments={"housing": Text(zh="住建局", en="Housing"), "transport": Text(zh="交通局", en="Transport")},
    channels={"phone": Text(zh="电话", en="Telephone"), "web": Text(zh="网上", en="Web")},
)


def ticket(number: str, days_ago: float, **more: object) -> Ticket:
    """Taken in so many days before the end, due five days later, by telephone."""
    opened = UNTIL - days_ago * DAY
    values: dict[str, object] = {
        "number": number,
        "department": "housing",
        "topic": "heat-cold",
        "opened_at": opened,
        "due_at": opened + 5 * DAY,
        "channel": "phone",
    }
    return Ticket(**{**values, **more})  # type: ignore[arg-type]


def closed(number: str, days_ago: float, took: float, **more: object) -> Ticket:
    return ticket(number, days_ago, closed_at=UNTIL - (days_ago - took) * DAY, **more)


def fortnight() -> list[Ticket]:
    return [
        closed("A1", 6, 2, solved=True, grade=5),
        closed("A2", 5, 4.5, solved=False, grade=2, reopened=1),
        closed("A3", 6.5, 6, grade=3),
        ticket("A4", 6, refused_by=("transport",)),
        ticket("A5", 2, department="transport", topic="road", channel="web"),
        closed("A6", 4, 1, department="transport", topic="road", impossible=True, basis="公路法 第八条", grade=1),
        closed("B1", 10, 1, solved=True),
        closed("B2", 9, 8),
        ticket("C1", 20, department="transport", topic="road"),
    ]


def report() -> WeekReport:
    return analyse(
        fortnight(),
        UNTIL,
        named=NAMED,
        bounces=[Bounced("road", "transport", UNTIL - 2 * DAY), Bounced("road", "housing", UNTIL - 9 * DAY)],
        gaps=[GapLine(NAMED.topics["road"], "YW-1", UNTIL - 3 * DAY, None, None)],
        hot=[HotLine(("暖气", "不热"), NAMED.topics["heat-cold"], 3, ("A1", "A2", "A3"))],
        definitions=DEFINITIONS,
        small=10,
    )
