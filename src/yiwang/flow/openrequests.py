"""What other programs may read and file of the hotline (Open311): topics as services, tickets as requests.

Everybody may read, so nothing that tells of a person goes out: not what was written, not who wrote it, no file, and the exact
place only of things in public space. Elsewhere a place is rounded to about a kilometre.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from yiwang.flow.clocks import due_of
from yiwang.flow.duties import settings_of, topic_file, topic_known, topics_on
from yiwang.flow.dutyfile import Attribute, ListSettings
from yiwang.flow.models import Case, CaseLink, DutyList, Topic
from yiwang.flow.opening import case_open
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound
from yiwang.kernel.selectors import city_calendar, department_names, division_full_name, division_get

MOST = 1000
# A hundredth of a degree is about a kilometre.
ROUGH = 2
LONGEST_TEXT = 4000
CHANNEL = "mobile"


@dataclass(frozen=True)
class OpenSite:
    """Under which names this city answers. `changed` is when the lists last changed."""

    jurisdictions: tuple[str, ...]
    contact: Text
    keys: Text


@dataclass(frozen=True)
class OpenService:
    """A topic one may file about; `group` is the topic above it."""

    code: str
    title: Text
    summary: Text | None
    group: Text | None
    keywords: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    jurisdiction: str


@dataclass(frozen=True)
class OpenRequest:
    """A ticket as everybody may see it. `place` is longitude and latitude; `division` the code and the full name."""

    number: str
    topic: str
    title: Text
    is_open: bool
    state: Text
    department: Text
    opened_at: datetime
    updated_at: datetime
    due_at: datetime | None
    division: str
    address: str
    place: tuple[float, float] | None


@dataclass(frozen=True)
class Filing:
    """What a program files for somebody. `applicant` has the keys name, phone, email, account_id, device_id as given."""

    topic: str
    text: str = ""
    address: str = ""
    division: str = ""
    place: tuple[float, float] | None = None
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    applicant: Mapping[str, str] = field(default_factory=dict)
    media_url: str = ""


@dataclass(frozen=True)
class Filed:
    """`code` is what the citizen tracks with."""

    number: str
    code: str


def open_site(jurisdiction: str = "") -> OpenSite:
    """Raises NotFound: no list is open to other programs, or none under this name."""
    lists = _lists(jurisdiction)
    opened = [one.open311 for one in lists.values() if one.open311 is not None]
    return OpenSite(tuple(sorted({o.jurisdiction for o in opened})), opened[0].contact, opened[0].keys)


def open_service_list(jurisdiction: str = "", *, on: date | None = None) -> tuple[OpenService, ...]:
    """The topics somebody answers for today, in the order of their lists. Raises NotFound as open_site."""
    lists = _lists(jurisdiction)
    topics = {t.pk: t for t in Topic.objects.filter(of__in=lists, is_retired=False)}
    served = [r for r in topics_on(on or timezone.localdate()) if r.is_leaf and r.duty is not None and r.id in topics]
    return tuple(_service(topics[row.id], topics, lists) for row in served)


def open_service_get(code: str, jurisdiction: str = "") -> OpenService:
    """Raises NotFound."""
    found = next((one for one in open_service_list(jurisdiction) if one.code == code), None)
    if found is None:
        raise NotFound(zh=f"没有 service_code {code}", en=f"there is no service_code {code}", where="service_code")
    return found


def open_request_list(
    *,
    jurisdiction: str = "",
    numbers: Collection[str] = (),
    topics: Collection[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    is_open: bool | None = None,
) -> tuple[OpenRequest, ...]:
    """At most a thousand tickets, the newest first; `numbers` overrides all else. Both moments are included."""
    rows = _requests(jurisdiction)
    if numbers:
        rows = rows.filter(number__in=numbers)
    else:
        asked = Q(opened_at__gte=since) if since else Q()
        asked &= Q(opened_at__lte=until) if until else Q()
        asked &= Q(topic__in=topics) if topics else Q()
        if is_open is not None:
            asked &= Q(status__in=RUNNING) if is_open else ~Q(status__in=RUNNING)
        rows = rows.filter(asked)
    return _told(rows[:MOST])


def open_request_get(number: str, jurisdiction: str = "") -> OpenRequest:
    """Raises NotFound."""
    found = open_request_list(jurisdiction=jurisdiction, numbers=[number])
    if not found:
        raise NotFound(
            zh=f"没有 service_request_id {number}",
            en=f"there is no service_request_id {number}",
            where="service_request_id",
        )
    return found[0]


def open_request_file(*, actor: Actor, filing: Filing) -> Filed:
    """File a ticket for a citizen; `actor` is `client_of` a key. Raises NotFound, InputError, Refused, AnswersWrong."""
    service = open_service_get(filing.topic)
    topic = topic_known(filing.topic)
    intake = settings_of(topic.of).intake
    text = filing.text.strip() or service.title.zh
    if len(text) > LONGEST_TEXT:
        raise InputError(
            zh=f"描述超过 {LONGEST_TEXT} 字",
            en=f"the description has more than {LONGEST_TEXT} characters",
            where="description",
        )
    _division_known(filing.division)
    lines = [text, *_answered(service, filing.attributes)]
    if filing.media_url:
        lines.append(f"图片 / media: {filing.media_url}")
    address = filing.address or (division_full_name(filing.division) if filing.division else "")
    answers = intake.urgent if topic.is_urgent else intake.usual
    answers = {**answers, intake.text: "\n".join(lines), intake.topic: filing.topic}
    answers |= {intake.address: address} if address else {}
    opened = case_open(
        actor=actor,
        item_id=intake.item,
        title=service.title.zh,
        answers=answers,
        channel=CHANNEL,
        topic=filing.topic,
        division=filing.division,
        place=filing.place,
        applicant=dict(filing.applicant),
    )
    return Filed(opened.number, opened.code)


def _division_known(code: str) -> None:
    try:
        if code:
            division_get(code)
    except (InputError, NotFound) as error:
        raise InputError(
            zh=f"address_id 须是行政区划代码：{error.zh}",
            en=f"the address_id is the code of a division: {error.en}",
            where="address_id",
        ) from error


RUNNING = (Case.Status.OPEN, Case.Status.SUSPENDED)
STATES = {
    Case.Status.OPEN: Text(zh="办理中", en="In progress"),
    Case.Status.SUSPENDED: Text(zh="暂停办理", en="On hold"),
    Case.Status.COMPLETED: Text(zh="已办结", en="Closed"),
    Case.Status.TERMINATED: Text(zh="已终止", en="Ended early"),
    Case.Status.FAILED: Text(zh="未能办成，正在核查", en="Could not be finished; being looked into"),
    Case.Status.WITHDRAWN: Text(zh="已撤回", en="Withdrawn"),
}


def _lists(jurisdiction: str) -> dict[str, ListSettings]:
    opened = {
        one.pk: settings
        for one in DutyList.objects.order_by("id")
        for settings in [settings_of(one)]
        if settings.open311 is not None and jurisdiction in ("", settings.open311.jurisdiction)
    }
    if not opened:
        raise NotFound(
            zh=f"没有 jurisdiction_id {jurisdiction}" if jurisdiction else "本市没有开放诉求接口",
            en=f"there is no jurisdiction_id {jurisdiction}"
            if jurisdiction
            else "this city has not opened its requests",
            where="jurisdiction_id",
        )
    return opened


def _service(topic: Topic, topics: Mapping[str, Topic], lists: Mapping[str, ListSettings]) -> OpenService:
    file, above = topic_file(topic), topics.get(topic.parent_id or "")
    opened = lists[topic.of_id].open311
    return OpenService(
        code=topic.pk,
        title=file.title,
        summary=file.summary,
        group=Text(zh=above.title_zh, en=above.title_en) if above else None,
        keywords=file.keywords,
        attributes=file.attributes,
        jurisdiction=opened.jurisdiction if opened else "",
    )


def _requests(jurisdiction: str) -> QuerySet[Case]:
    """Cases of the items that the open lists take tickets in by, about a topic."""
    lists = _lists(jurisdiction)
    items = {one.intake.item for one in lists.values()}
    topics = Topic.objects.filter(of__in=lists).values_list("id", flat=True)
    rows = Case.objects.filter(item__item_id__in=items, topic__in=topics)
    return rows.order_by("-opened_at", "-id").annotate(moved_at=Max("steps__at"))


def _told(rows: QuerySet[Case]) -> tuple[OpenRequest, ...]:
    found = list(rows.prefetch_related("clocks", "pauses"))
    if not found:
        return ()
    names, calendar = department_names(), city_calendar()
    topics = {t.pk: t for t in Topic.objects.filter(pk__in={case.topic for case in found})}
    duplicates = set(
        CaseLink.objects.filter(case__in=found, kind=CaseLink.Kind.DUPLICATE).values_list("case_id", flat=True)
    )
    places = {code: _place_name(code) for code in {case.division for case in found}}
    told = []
    for case in found:
        topic, clock = topics[case.topic], next((c for c in case.clocks.all() if c.work_id is None), None)
        state = STATES[Case.Status(case.status)]
        if case.pk in duplicates:
            state = Text(
                zh=f"{state.zh}；与另一诉求重复，一并办理", en=f"{state.en}; a duplicate, handled with another request"
            )
        told.append(
            OpenRequest(
                number=case.number,
                topic=case.topic,
                title=Text(zh=topic.title_zh, en=topic.title_en),
                is_open=case.status in RUNNING,
                state=state,
                department=names.get(case.department) or Text(zh=case.department, en=case.department),
                opened_at=case.opened_at,
                updated_at=case.closed_at or case.moved_at or case.opened_at,  # type: ignore[attr-defined]
                due_at=due_of(clock, case.pauses.all(), calendar) if clock else None,
                division=case.division,
                address=places[case.division],
                place=_place(case, exact=bool(topic.body.get("in_public"))),
            )
        )
    return tuple(told)


def _place_name(division: str) -> str:
    return division_full_name(division) if division else ""


def _place(case: Case, *, exact: bool) -> tuple[float, float] | None:
    if case.longitude is None or case.latitude is None:
        return None
    if exact:
        return case.longitude, case.latitude
    return round(case.longitude, ROUGH), round(case.latitude, ROUGH)


def _answered(service: OpenService, given: Mapping[str, Sequence[str]]) -> list[str]:
    """The attributes as lines of the ticket's text. Raises InputError for what the definition does not allow."""
    unknown = sorted(set(given) - {one.code for one in service.attributes})
    if unknown:
        raise InputError(
            zh=f"没有 attribute {'、'.join(unknown)}",
            en=f"there is no attribute {', '.join(unknown)}",
            where="attribute",
        )
    lines = []
    for one in service.attributes:
        values = [value.strip() for value in given.get(one.code, ()) if value.strip()]
        _check_attribute(one, values)
        names = {option.key: option.title.zh for option in one.values}
        if values:
            lines.append(f"{one.title.zh}：{'、'.join(names.get(value, value) for value in values)}")
    return lines


def _check_attribute(one: Attribute, values: Sequence[str]) -> None:
    where = f"attribute[{one.code}]"
    if one.required and not values:
        raise InputError(zh=f"缺少 {where}", en=f"{where} is missing", where=where)
    if len(values) > 1 and one.type != "multivaluelist":
        raise InputError(zh=f"{where} 只能有一个值", en=f"{where} takes one value", where=where)
    allowed = {option.key for option in one.values}
    for value in values:
        if allowed and value not in allowed:
            raise InputError(
                zh=f"{where} 的值 {value} 不在选项中", en=f"{where}: {value} is not one of its values", where=where
            )
        if not _fits(one.type, value):
            raise InputError(
                zh=f"{where} 的值 {value} 不是 {one.type}", en=f"{where}: {value} is no {one.type}", where=where
            )


def _fits(type: str, value: str) -> bool:
    try:
        if type == "number":
            return abs(float(value)) < float("inf")
        if type == "datetime":
            return datetime.fromisoformat(value) is not None
    except ValueError:
        return False
    return type != "string" or "\n" not in value
