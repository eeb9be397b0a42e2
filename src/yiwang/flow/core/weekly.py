"""The week of the hotline as one frozen report, from plain tickets: what came in, what is late, what bounced, who did what.

It holds numbers, topics and departments, never what a citizen wrote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from yiwang.flow.core.scoring import Definition, Score, Share, Ticket, score_whole, scores
from yiwang.kernel.core.text import Text

DAYS = 7
MOST_LATE = 20
UNKNOWN = Text(zh="未分类", en="Not classified")


@dataclass(frozen=True)
class Compared:
    """A count of the week beside the week before."""

    now: int
    before: int

    @property
    def change(self) -> float | None:
        """As a share of the week before; None when there was nothing to compare with."""
        return (self.now - self.before) / self.before if self.before else None


@dataclass(frozen=True)
class Counted:
    id: str
    title: Text
    count: Compared


@dataclass(frozen=True)
class DayCount:
    day: date
    opened: int
    closed: int


@dataclass(frozen=True)
class HotLine:
    """Many tickets about one matter: the words they share, the topic most have, how many, the numbers of a few."""

    words: tuple[str, ...]
    topic: Text | None
    count: int
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class LateLine:
    number: str
    topic: Text
    department: Text
    due_at: datetime
    days: float


@dataclass(frozen=True)
class BounceLine:
    """How often a topic was refused in the week, and by whom."""

    topic: Text
    count: int
    departments: tuple[Text, ...]


@dataclass(frozen=True)
class GapLine:
    """A duty gap that was open in the week; `department` is whom the ruling named, None while it waits."""

    topic: Text
    number: str
    opened_at: datetime
    ruled_at: datetime | None
    department: Text | None


@dataclass(frozen=True)
class DepartmentLine:
    name: Text
    score: Score


@dataclass(frozen=True)
class WeekReport:
    """[since, until) as known at `until`. `in_time`, `solved` and `satisfied` are the whole city's."""

    since: datetime
    until: datetime
    opened: Compared
    closed: Compared
    late: Compared
    waiting: int
    in_time: tuple[Share, Share]
    solved: tuple[Share, Share]
    satisfied: tuple[Share, Share]
    days: tuple[DayCount, ...]
    classes: tuple[Counted, ...]
    channels: tuple[Counted, ...]
    hot: tuple[HotLine, ...]
    late_lines: tuple[LateLine, ...]
    late_total: int
    bounces: tuple[BounceLine, ...]
    refusals: Compared
    gaps: tuple[GapLine, ...]
    departments: tuple[DepartmentLine, ...]
    definitions: tuple[Definition, ...]
    small: int


@dataclass(frozen=True)
class Named:
    """What the report calls things: topic → the class it belongs to, and the titles of both, of departments, of channels."""

    class_of: Mapping[str, str]
    topics: Mapping[str, Text]
    departments: Mapping[str, Text]
    channels: Mapping[str, Text]

    def topic(self, id: str) -> Text:
        return self.topics.get(id, UNKNOWN)

    def department(self, code: str) -> Text:
        return self.departments.get(code) or Text(zh=code or "—", en=code or "—")


@dataclass(frozen=True)
class Bounced:
    """One refusal as the report reads it."""

    topic: str
    department: str
    at: datetime


def week_of(until: datetime) -> tuple[datetime, datetime, datetime]:
    """The start of the week before, of the week, and its end."""
    return until - timedelta(days=2 * DAYS), until - timedelta(days=DAYS), until


def opened_in(tickets: Iterable[Ticket], since: datetime, until: datetime) -> list[Ticket]:
    return [t for t in tickets if since <= t.opened_at < until]


def plain_text(word: str) -> Text:
    return Text(zh=word or "—", en=word or "—")


def known_at(ticket: Ticket, now: datetime) -> Ticket:
    """The ticket as it stood at `now`: what was closed later was open then, and nobody had rated it."""
    if ticket.closed_at is None or ticket.closed_at < now:
        return ticket
    return replace(ticket, closed_at=None, impossible=False, basis="", solved=None, grade=None)


def counted(
    now: Sequence[Ticket], before: Sequence[Ticket], key: Callable[[Ticket], str], title: Callable[[str], Text]
) -> tuple[Counted, ...]:
    """Tickets of both weeks by a key, the most of this week first."""
    counts, earlier = Counter(key(t) for t in now), Counter(key(t) for t in before)
    lines = [Counted(id, title(id), Compared(counts[id], earlier[id])) for id in counts | earlier]
    return tuple(sorted(lines, key=lambda line: (-line.count.now, -line.count.before, line.id)))


def bounce_lines(bounces: Iterable[Bounced], named: Named) -> tuple[BounceLine, ...]:
    by_topic: dict[str, list[Bounced]] = {}
    for one in bounces:
        by_topic.setdefault(one.topic, []).append(one)
    ordered = sorted(by_topic.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return tuple(
        BounceLine(
            named.topic(topic), len(own), tuple(named.department(d) for d in sorted({b.department for b in own}))
        )
        for topic, own in ordered
    )


def late_lines(tickets: Iterable[Ticket], now: datetime, named: Named) -> tuple[LateLine, ...]:
    """Open and past due at `now`, the longest first."""
    found = [
        LateLine(
            t.number,
            named.topic(t.topic),
            named.department(t.department),
            t.due_at,
            round((now - t.due_at).total_seconds() / 86400, 1),
        )
        for t in tickets
        if t.closed_at is None and t.due_at is not None and now > t.due_at
    ]
    return tuple(sorted(found, key=lambda line: (line.due_at, line.number)))


def analyse(
    tickets: Sequence[Ticket],
    until: datetime,
    *,
    named: Named,
    bounces: Sequence[Bounced],
    gaps: Sequence[GapLine],
    hot: Sequence[HotLine],
    definitions: tuple[Definition, ...],
    small: int,
) -> WeekReport:
    """`tickets` are all that were open or taken in since the start of the week before; days are those of `until`'s zone."""
    earlier, since, _ = week_of(until)
    present, past = [known_at(t, until) for t in tickets], [known_at(t, since) for t in tickets]
    week, before = opened_in(present, since, until), opened_in(past, earlier, since)
    late = late_lines([t for t in present if t.opened_at < until], until, named)
    late_before = late_lines([t for t in past if t.opened_at < since], since, named)
    whole, whole_before = score_whole(week, until, small), score_whole(before, since, small)
    closed = [t for t in present if t.closed_at is not None and since <= t.closed_at < until]
    closed_before = [t for t in past if t.closed_at is not None and earlier <= t.closed_at < since]
    zone = until.tzinfo
    opened_days = Counter(t.opened_at.astimezone(zone).date() for t in week)
    closed_days = Counter(t.closed_at.astimezone(zone).date() for t in closed if t.closed_at is not None)
    return WeekReport(
        since=since,
        until=until,
        opened=Compared(len(week), len(before)),
        closed=Compared(len(closed), len(closed_before)),
        late=Compared(len(late), len(late_before)),
        waiting=sum(1 for t in present if t.closed_at is None and t.opened_at < until),
        in_time=(whole.in_time, whole_before.in_time),
        solved=(whole.solved, whole_before.solved),
        satisfied=(whole.satisfied, whole_before.satisfied),
        days=tuple(DayCount(day, opened_days[day], closed_days[day]) for day in _days(since)),
        classes=counted(week, before, lambda t: named.class_of.get(t.topic, ""), named.topic),
        channels=counted(week, before, lambda t: t.channel, lambda id: named.channels.get(id) or plain_text(id)),
        hot=tuple(hot),
        late_lines=late[:MOST_LATE],
        late_total=len(late),
        bounces=bounce_lines([b for b in bounces if since <= b.at < until], named),
        refusals=Compared(
            sum(1 for b in bounces if since <= b.at < until), sum(1 for b in bounces if earlier <= b.at < since)
        ),
        gaps=tuple(gaps),
        departments=tuple(DepartmentLine(named.department(s.department), s) for s in scores(week, until, small)),
        definitions=definitions,
        small=small,
    )


def _days(since: datetime) -> list[date]:
    return [(since + timedelta(days=n)).date() for n in range(DAYS)]
