"""A rung of a clock has come: whoever it is for gets one message, once."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils import timezone

from yiwang.flow.models import CaseClock, Due, Leave, Work
from yiwang.flow.turns import APPLICANT
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.rung import RungKind
from yiwang.kernel.core.text import Text
from yiwang.kernel.selectors import role_holders
from yiwang.kernel.service import message_send

MOST_TITLE = 200
_WORDS = {
    RungKind.REMINDER: ("将到期", "due soon"),
    RungKind.ESCALATION: ("请督促", "escalated"),
    RungKind.BREACH: ("已超期", "overdue"),
}


@dataclass
class Readers:
    """Who holds a role where, asked once for a whole tick."""

    held: dict[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)
    away: dict[str, str] | None = None

    def at(self, role: str, department: str) -> tuple[int, ...]:
        if (role, department) not in self.held:
            self.held[role, department] = role_holders(Role(role), department)
        return self.held[role, department]

    def of(self, account: str) -> tuple[int, ...]:
        """The account and, while it is on leave, its deputy."""
        if self.away is None:
            self.away = _deputies()
        names = [account, self.away.get(account, "")]
        return tuple(int(name.partition(":")[2]) for name in names if name.startswith("account:"))


def _deputies() -> dict[str, str]:
    day = timezone.localdate()
    rows = Leave.objects.filter(first__lte=day).exclude(last__lt=day)
    return dict(rows.values_list("account", "deputy"))


def rung_fire(due: Due, clock: CaseClock, works: list[Work], actor: Actor, readers: Readers) -> int:
    """Tell those the rung is for and answer how many messages that made; `works` are the open ones of the case."""
    rung = next(one for one in clock.rungs if one["key"] == due.spec["rung"])
    to = _recipients(rung, clock, works, due, readers)
    if not to:
        return 0
    case = due.case
    zh, en = _WORDS[RungKind(rung["kind"])]
    about = next((work for work in works if work.pk == clock.work_id), None)
    name = Text(zh=f"{case.title}（{about.title_zh}）", en=f"{case.title} ({about.title_en})") if about else None
    title = name or Text(zh=case.title, en=case.title)
    message_send(
        actor=actor,
        to=to,
        title=Text(zh=f"{zh}：{title.zh}"[:MOST_TITLE], en=f"{en}: {title.en}"[:MOST_TITLE]),
        link=f"/work/cases/{case.number}/",
    )
    return len(to)


def _recipients(
    rung: dict[str, str], clock: CaseClock, works: list[Work], due: Due, readers: Readers
) -> tuple[int, ...]:
    """A reminder goes to whoever has the work in hand; everything else to those who hold the rung's role."""
    own = [work for work in works if clock.work_id in (None, work.pk) and work.assignee != APPLICANT]
    where = [rung["department"]] if rung["department"] else [work.department for work in own] or [due.case.department]
    if rung["kind"] == RungKind.REMINDER and not rung["department"]:
        named = [number for work in own if work.assignee for number in readers.of(work.assignee)]
        pools = [number for work in own if not work.assignee for number in readers.at(rung["role"], work.department)]
        if named or pools:
            return tuple(dict.fromkeys([*named, *pools]))
    return tuple(dict.fromkeys(number for code in dict.fromkeys(where) for number in readers.at(rung["role"], code)))
