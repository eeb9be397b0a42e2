"""How departments did, from plain tickets: each figure with its definition, its numerator and its n.

A demand that law or plan does not allow to be met is counted apart, so that nobody is scored for refusing the impossible;
one said to be impossible without naming the article that says so stays among the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from yiwang.kernel.core.text import Text

# The national scale has five grades; from "basically satisfied" up they count as satisfied.
SATISFIED = 3
SECONDS_A_DAY = 86400


@dataclass(frozen=True)
class Ticket:
    """What the figures look at. `due_at` None: no clock, or one that stands still.

    `solved` is the citizen's last answer to the call back, `grade` 5 (very satisfied) to 1; None when nobody said.
    `refused_by` are the departments that refused it; `reopened` how often "not solved" sent it back to work.
    """

    number: str
    department: str
    topic: str
    opened_at: datetime
    closed_at: datetime | None = None
    due_at: datetime | None = None
    impossible: bool = False
    basis: str = ""
    solved: bool | None = None
    grade: int | None = None
    refused_by: tuple[str, ...] = ()
    reopened: int = 0
    channel: str = ""
    division: str = ""

    @property
    def counts_apart(self) -> bool:
        return self.impossible and bool(self.basis.strip())

    @property
    def days(self) -> float | None:
        """Natural days from intake to close."""
        if self.closed_at is None:
            return None
        return (self.closed_at - self.opened_at).total_seconds() / SECONDS_A_DAY

    def in_time(self, now: datetime) -> bool | None:
        """None while it cannot be told: open and not yet due, or without a due moment."""
        if self.due_at is None:
            return None
        if self.closed_at is not None:
            return self.closed_at <= self.due_at
        return False if now > self.due_at else None

    def is_late(self, now: datetime) -> bool:
        return self.in_time(now) is False


@dataclass(frozen=True)
class Share:
    """`hits` of `n`; `value` is None when n is 0. `small`: n is so small that one ticket moves it visibly."""

    hits: int
    n: int
    small: bool

    @property
    def value(self) -> float | None:
        return self.hits / self.n if self.n else None


@dataclass(frozen=True)
class Middle:
    """A median over `n` tickets."""

    value: float | None
    n: int
    small: bool


@dataclass(frozen=True)
class Definition:
    key: str
    title: Text
    text: Text


@dataclass(frozen=True)
class Score:
    """One department's line. `impossible` were closed as not allowed by law or plan, with the article; the shares leave them out.

    `unfounded` were said to be impossible without an article and count with the others.
    """

    department: str
    tickets: int
    reasonable: int
    impossible: int
    unfounded: int
    in_time: Share
    solved: Share
    satisfied: Share
    bounced: Share
    reopened: Share
    median_days: Middle


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "impossible",
        Text(zh="依法依规不能办", en="Not allowed by law or plan"),
        Text(
            zh="办结结论为法律或规划不允许、并写明条款的诉求；单列，不计入其余各项。未写条款的仍按一般诉求计。",
            en="Closed as not allowed by law or plan, naming the article; counted apart from all other figures. "
            "Without an article it counts as any other.",
        ),
    ),
    Definition(
        "in_time",
        Text(zh="按时办结率", en="Answered in time"),
        Text(
            zh="在期限内办结的，除以已办结或已超期的。时钟自受理起算，挂起的时间不计。",
            en="Closed by the due moment, of those closed or past due. The clock starts at intake; suspensions do not count.",
        ),
    ),
    Definition(
        "solved",
        Text(zh="解决率", en="Solved"),
        Text(
            zh="回访时说“已解决”的，除以回访到的。",
            en="Said to be solved at the call back, of those who answered it.",
        ),
    ),
    Definition(
        "satisfied",
        Text(zh="满意率", en="Satisfied"),
        Text(
            zh="评价为基本满意及以上的，除以全部评价。",
            en="Rated basically satisfied or better, of all ratings.",
        ),
    ),
    Definition(
        "bounced",
        Text(zh="退单率", en="Refused"),
        Text(
            zh="被本部门退走的诉求，除以转到过本部门的诉求（现由其负责的，加上被其退走的）；越低越好。",
            en="Tickets the department refused, of those that reached it: what it answers for now and what it refused. "
            "The lower the better.",
        ),
    ),
    Definition(
        "reopened",
        Text(zh="重办率", en="Reopened"),
        Text(
            zh="因“未解决”重新办理过的，除以全部一般诉求；越低越好。",
            en="Worked on again because they were not solved, of all ordinary tickets; the lower the better.",
        ),
    ),
    Definition(
        "median_days",
        Text(zh="办结天数中位数", en="Median days"),
        Text(
            zh="从受理到办结的自然日，取中位数；未办结的不计。",
            en="Natural days from intake to close, the median; open tickets are left out.",
        ),
    ),
)


def score(
    department: str, tickets: Iterable[Ticket], now: datetime, small: int, refused: Iterable[Ticket] = ()
) -> Score:
    """The line of one department over its tickets and those it refused, as known at `now`."""
    every, gone = list(tickets), {t.number for t in refused}
    reached = gone | {t.number for t in every}
    plain = [t for t in every if not t.counts_apart]
    days = sorted(t.days for t in plain if t.days is not None)

    def share(of: list[Ticket], hit: Callable[[Ticket], bool]) -> Share:
        return Share(sum(1 for t in of if hit(t)), len(of), 0 < len(of) < small)

    return Score(
        department=department,
        tickets=len(every),
        reasonable=len(plain),
        impossible=len(every) - len(plain),
        unfounded=sum(1 for t in plain if t.impossible),
        in_time=share([t for t in plain if t.in_time(now) is not None], lambda t: t.in_time(now) is True),
        solved=share([t for t in plain if t.solved is not None], lambda t: t.solved is True),
        satisfied=share([t for t in plain if t.grade is not None], lambda t: (t.grade or 0) >= SATISFIED),
        bounced=Share(len(gone), len(reached), 0 < len(reached) < small),
        reopened=share(plain, lambda t: t.reopened > 0),
        median_days=Middle(round(median(days), 2) if days else None, len(days), 0 < len(days) < small),
    )


def scores(tickets: Iterable[Ticket], now: datetime, small: int) -> tuple[Score, ...]:
    """A line for each department that answers for one or refused one, the one with most tickets first."""
    own: dict[str, list[Ticket]] = {}
    refused: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        own.setdefault(ticket.department, []).append(ticket)
        for department in set(ticket.refused_by):
            refused.setdefault(department, []).append(ticket)
    lines = [score(one, own.get(one, []), now, small, refused.get(one, [])) for one in own | refused]
    return tuple(sorted(lines, key=lambda line: (-line.tickets, line.department)))


def score_whole(tickets: Iterable[Ticket], now: datetime, small: int) -> Score:
    """The line of the whole city."""
    every = list(tickets)
    return score("", every, now, small, [t for t in every if t.refused_by])
