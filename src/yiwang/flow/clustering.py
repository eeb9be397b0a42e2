"""Tickets that belong together: the same again at intake, links between cases, matters that move many people.

Nothing is merged away: a duplicate is a link, and whoever filed it is answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yiwang.flow.casework import case_locked
from yiwang.flow.core.routing.hot import Message, topics
from yiwang.flow.core.routing.similar import Earlier, Similar, Ticket
from yiwang.flow.core.weekly import HotLine
from yiwang.flow.duties import list_known, settings_of
from yiwang.flow.dutyfile import IntakeFile, SuggestFile
from yiwang.flow.models import Case, CaseLink, CaseNote, DutyList, Topic, note_words
from yiwang.flow.performance import demand_span
from yiwang.flow.scopes import cases_seen, demand_case
from yiwang.flow.suggesting import ticket_text
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound
from yiwang.kernel.service import audit

EARTH_METRES = 6_371_000
# Of the window's tickets the newest this many are compared; a city of this size has fewer.
MOST_COMPARED = 5000
MOST_SHOWN = 10
MOST_HOT = 10
MOST_NUMBERS = 5
LEAST_HOT = 3
MOST_EARLIER = 2000


@dataclass(frozen=True)
class SimilarTicket:
    """An earlier ticket like this one. `again`: nearly the same words, the same topic as far as known, and not another place.

    `metres` is None where one of the two has no place on the map; `terms` are the words both have.
    """

    number: str
    title: str
    topic: str
    likeness: float
    again: bool
    metres: int | None
    days: int
    status: str
    terms: tuple[str, ...]


@dataclass(frozen=True)
class LinkRow:
    """`other` is the case that goes on for both when `kind` is duplicate."""

    case: str
    other: str
    kind: str
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True)
class HotTopic:
    """One matter that several people tell of. `heat` = people / (1 + days / 30): many, soon after each other."""

    terms: tuple[str, ...]
    topic: str
    title: Text | None
    numbers: tuple[str, ...]
    people: int
    days: int
    heat: float
    division: str


def ticket_similar(
    actor: Actor,
    text: str,
    *,
    topic: str = "",
    division: str = "",
    place: tuple[float, float] | None = None,
    at: datetime | None = None,
    number: str = "",
    duty_list: str = "",
) -> tuple[SimilarTicket, ...]:
    """Tickets of the days before `at` (now) that the actor may read and that are like this text, the best first.

    `number` is the ticket itself when it has been filed. Raises Refused, NotFound.
    """
    demand(actor, "case.read")
    of = list_known(duty_list)
    settings, now = settings_of(of), at or timezone.now()
    window = Q(opened_at__gte=now - timedelta(days=settings.suggest.same_days), opened_at__lte=now)
    rows = Case.objects.filter(cases_seen(actor), window, item__item_id=settings.intake.item).exclude(number=number)
    recent = list(rows.order_by("-opened_at", "-id")[:MOST_COMPARED])
    cases = {case.number: case for case in reversed(recent)}
    earlier = Earlier()
    earlier.add(_held(case, settings.intake.text) for case in cases.values())
    if not len(earlier):
        return ()
    new = Ticket(key=number or "new", text=text, place=division, on=timezone.localdate(now))
    asked = _Asked(topic, place, now, settings.suggest)
    return tuple(_similar(cases[one.key], one, asked) for one in earlier.like(new, limit=MOST_SHOWN))


@transaction.atomic
def case_link(*, actor: Actor, number: str, other: str, kind: str, reason: str = "") -> LinkRow:
    """Say that two cases belong together. A duplicate of a duplicate is linked to the one that goes on.

    The applicant of a duplicate is told under which number it goes on. Again changes nothing. Raises NotFound, Refused,
    InputError for a case with itself, a circle or an unknown kind.
    """
    if kind not in CaseLink.Kind.values:
        raise InputError(
            zh=f"没有关联类型 {kind}", en=f"there is no kind of link {kind}: use duplicate or related", where="kind"
        )
    case = case_locked(number=number)
    rule = demand_case(actor, "case.work", case)
    known = Case.objects.filter(number=other).first()
    if known is None:
        raise NotFound(zh=f"没有办件 {other}", en=f"there is no case {other}", where="other")
    demand_case(actor, "case.read", known)
    duplicate = kind == CaseLink.Kind.DUPLICATE
    target = _goes_on(known) if duplicate else known
    if target.pk == case.pk:
        raise InputError(zh="办件不能与自己关联", en="a case cannot be linked with itself", where="other")
    now = timezone.now()
    link, is_new = CaseLink.objects.get_or_create(
        case=case, other=target, defaults={"kind": kind, "reason": reason.strip()[:400], "at": now, "by": actor.id}
    )
    if is_new and duplicate:
        CaseNote.objects.create(
            case=case,
            at=now,
            kind="linked",
            **note_words(
                zh=f"与 {target.number} 反映同一件事，一并办理",
                en=f"tells of the same matter as {target.number} and is handled with it",
            ),
            is_public=True,
            by=actor.name[:120],
        )
    audit(
        actor=actor,
        act="case.link",
        object_kind="case",
        object_id=number,
        rule=rule,
        details={"other": target.number, "kind": link.kind, "new": is_new},
    )
    return _link_row(link)


def case_link_list(actor: Actor, number: str) -> tuple[LinkRow, ...]:
    """The links of a case, both ways, the oldest first. Raises NotFound, Refused."""
    case = Case.objects.filter(number=number).first()
    if case is None:
        raise NotFound(zh=f"没有办件 {number}", en=f"there is no case {number}", where="case")
    demand_case(actor, "case.read", case)
    rows = CaseLink.objects.filter(Q(case=case) | Q(other=case)).select_related("case", "other")
    return tuple(_link_row(row) for row in rows.order_by("at", "id"))


def hot_topics(actor: Actor, since: datetime, until: datetime, *, duty_list: str = "") -> tuple[HotTopic, ...]:
    """The matters several people told of within [since, until), the hottest first, among what the actor may read.

    Raises Refused, NotFound, InputError.
    """
    demand(actor, "case.read")
    demand_span(since, until)
    of = list_known(duty_list)
    return _hot(of, cases_seen(actor), since, until)


def hot_lines(of: DutyList, since: datetime, until: datetime, *, titles: Mapping[str, Text]) -> tuple[HotLine, ...]:
    """For the weekly report: the same over all tickets, without the words of a few people."""
    return tuple(
        HotLine(one.terms, titles.get(one.topic), len(one.numbers), one.numbers[:MOST_NUMBERS])
        for one in _hot(of, Q(), since, until)
        # What one person writes again and again may name somebody, and would be read by all.
        if one.people >= LEAST_HOT
    )


def _hot(of: DutyList, seen: Q, since: datetime, until: datetime) -> tuple[HotTopic, ...]:
    intake = settings_of(of).intake
    rows = Case.objects.filter(seen, item__item_id=intake.item, opened_at__gte=since, opened_at__lt=until)
    cases = {case.number: case for case in rows.order_by("opened_at", "id")}
    titles = {row.pk: Text(zh=row.title_zh, en=row.title_en) for row in Topic.objects.filter(of=of)}
    messages = [
        Message(number, said, on=timezone.localdate(case.opened_at))
        for number, case in cases.items()
        for said in [ticket_text(case.answers, intake.text)]
        if said
    ]
    groups = topics([*messages, *_background(of, intake, since, {one.text for one in messages})])
    found = [
        _hot_topic([cases[number] for number in group.members if number in cases], group.terms, titles)
        for group in groups
        # Without a word that most of them share it is no matter.
        if group.terms and sum(number in cases for number in group.members) >= LEAST_HOT
    ]
    return tuple(sorted(found, key=lambda one: (-one.heat, one.numbers))[:MOST_HOT])


def _hot_topic(members: list[Case], terms: tuple[str, ...], titles: Mapping[str, Text]) -> HotTopic:
    topic, division = _most([case.topic for case in members]), _most([case.division for case in members])
    opened = [timezone.localdate(case.opened_at) for case in members]
    people, days = len({_who(case) or case.number for case in members}), (max(opened) - min(opened)).days
    numbers = tuple(case.number for case in members)
    return HotTopic(
        terms, topic, titles.get(topic), numbers, people, days, round(people / (1 + days / 30), 4), division
    )


def _background(of: DutyList, intake: IntakeFile, since: datetime, texts: set[str]) -> list[Message]:
    """How people here speak: authored examples and earlier tickets. Beside them the words of a matter stand out, also in a
    week that has little else.
    """
    rows = Case.objects.filter(item__item_id=intake.item, opened_at__lt=since).order_by("-opened_at", "-id")
    held = rows.only("number", "sealed_answers")[:MOST_EARLIER]
    earlier = [ticket_text(case.answers, intake.text) for case in held]
    authored = [text for topic in Topic.objects.filter(of=of) for text in topic.body.get("examples", [])]
    said = dict.fromkeys(text for text in (*authored, *earlier) if text and text not in texts)
    # No number of a case has a blank in it.
    return [Message(f" {at}", text) for at, text in enumerate(said)]


def _most(values: list[str]) -> str:
    """The value most of them have, or empty when none has one; of equals the first in order."""
    said = sorted(value for value in values if value)
    return max(dict.fromkeys(said), key=said.count) if said else ""


def _who(case: Case) -> str:
    """Tells applicants apart without keeping who they are."""
    return canonical_digest(case.applicant) if case.applicant else ""


@dataclass(frozen=True)
class _Asked:
    topic: str
    place: tuple[float, float] | None
    now: datetime
    suggest: SuggestFile


def _held(case: Case, question: str) -> Ticket:
    said = ticket_text(case.answers, question) or case.title
    return Ticket(key=case.number, text=said, place=case.division, on=timezone.localdate(case.opened_at))


def _similar(case: Case, one: Similar, asked: _Asked) -> SimilarTicket:
    metres = _metres(asked.place, case)
    near = metres is None or metres <= asked.suggest.same_metres
    same_topic = not asked.topic or not case.topic or asked.topic == case.topic
    return SimilarTicket(
        number=case.number,
        title=case.title,
        topic=case.topic,
        likeness=round(one.likeness, 4),
        again=one.duplicate and near and same_topic,
        metres=metres,
        days=(asked.now - case.opened_at).days,
        status=case.status,
        terms=one.reasons,
    )


def _metres(place: tuple[float, float] | None, case: Case) -> int | None:
    """On a sphere: within a city the error is a few metres a kilometre."""
    if place is None or case.longitude is None or case.latitude is None:
        return None
    (lon, lat), (lon2, lat2) = (map(radians, place), map(radians, (case.longitude, case.latitude)))
    half = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return round(2 * EARTH_METRES * asin(sqrt(half)))


def _goes_on(case: Case) -> Case:
    """The case at the end of a chain of duplicates. Chains end: each was linked to an end that was not itself."""
    seen = {case.pk}
    while True:
        link = case.links.filter(kind=CaseLink.Kind.DUPLICATE).select_related("other").first()
        if link is None or link.other_id in seen:
            return case
        case = link.other
        seen.add(case.pk)


def _link_row(row: CaseLink) -> LinkRow:
    return LinkRow(row.case.number, row.other.number, row.kind, row.reason, row.at, row.by)
