"""The duty list: which department answers for a topic on a day, at a place, and by which basis.

A duty is a pack's or a ruling's (source: the case that ruled it). Of those that hold on a day, the one for the smallest
place counts, then the latest, and on the same day a ruling before a pack. A topic without one has its parent's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yiwang.flow.dutyfile import DutyBasis, DutyEntry, DutyFile, ListSettings, TopicFile
from yiwang.flow.models import Duty, DutyList, Topic
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.closest import closest_hint
from yiwang.kernel.core.pack import Pack
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound
from yiwang.kernel.selectors import department_names, division_chain
from yiwang.kernel.service import audit


@dataclass(frozen=True)
class DutyRow:
    """Who answers for `topic`. `inherited_from` is the topic above that says so, empty when it says so itself.

    `ruling` is the number of the case that ruled it, empty for a pack's duty.
    """

    topic: str
    title: Text
    department: str
    department_name: Text
    co_departments: tuple[str, ...]
    basis: DutyBasis
    division: str
    valid_from: date
    valid_until: date | None
    ruling: str
    inherited_from: str


@dataclass(frozen=True)
class TopicRow:
    """A topic with its duty of a day; `duty` None says that nobody answers for it then."""

    id: str
    title: Text
    parent: str
    depth: int
    is_leaf: bool
    is_urgent: bool
    in_public: bool
    examples: int
    duty: DutyRow | None


@dataclass(frozen=True)
class TopicDetail:
    """`duties` is every duty the topic itself ever had, the newest first."""

    row: TopicRow
    file: TopicFile
    duties: tuple[DutyRow, ...]


@dataclass(frozen=True)
class DutyListRow:
    id: str
    title: Text
    settings: ListSettings
    pack: str
    pack_digest: str


@transaction.atomic
def duties_install(*, actor: Actor, file: DutyFile, pack: Pack) -> DutyList:
    """Make a pack's list effective. Topics it no longer has are retired; duties it no longer has go, rulings stay."""
    demand(actor, "pack.install")
    _departments_known(file)
    row, _ = DutyList.objects.update_or_create(
        id=file.id,
        defaults={
            "title_zh": file.title.zh,
            "title_en": file.title.en,
            "body": file.model_dump(mode="json", exclude={"topics"}),
            "pack_id": pack.manifest.id,
            "pack_digest": pack.digest,
        },
    )
    for position, topic in enumerate(file.topics):
        _topic_install(row, topic, position, pack.digest)
    Topic.objects.filter(of=row).exclude(pk__in=[t.id for t in file.topics]).update(is_retired=True)
    audit(
        actor=actor,
        act="pack.install",
        object_kind="duty-list",
        object_id=file.id,
        details={"pack": pack.manifest.id, "topics": len(file.topics)},
    )
    return row


def _departments_known(file: DutyFile) -> None:
    named = {code for t in file.topics for d in t.duties for code in (d.department, *d.co_departments)}
    missing = sorted({*named, file.gap.department} - set(department_names()))
    if missing:
        raise InputError(
            zh=f"没有部门 {'、'.join(missing)}",
            en=f"there is no department {', '.join(missing)}",
            where=f"duties/{file.id}.yaml",
            hint_zh="请先安装含有这些部门的包。",
            hint_en="First install the pack that has these departments.",
        )


def _topic_install(of: DutyList, file: TopicFile, position: int, digest: str) -> None:
    taken = Topic.objects.filter(pk=file.id).exclude(of=of).first()
    if taken is not None:
        raise InputError(
            zh=f"主题 {file.id} 属于清单 {taken.of_id}",
            en=f"the topic {file.id} belongs to the list {taken.of_id}",
            where=f"duties/{of.pk}.yaml",
        )
    topic, _ = Topic.objects.update_or_create(
        id=file.id,
        defaults={
            "of": of,
            "parent_id": file.parent or None,
            "title_zh": file.title.zh,
            "title_en": file.title.en,
            "position": position,
            "is_urgent": file.urgent,
            "is_retired": False,
            "body": file.model_dump(mode="json", exclude={"duties"}),
        },
    )
    kept = [_duty_install(topic, entry, digest).pk for entry in file.duties]
    Duty.objects.filter(topic=topic, ruling="").exclude(pk__in=kept).delete()


def _duty_install(topic: Topic, entry: DutyEntry, digest: str) -> Duty:
    duty, _ = Duty.objects.update_or_create(
        topic=topic,
        division=entry.division,
        valid_from=entry.first,
        ruling="",
        defaults={
            "department": entry.department,
            "co_departments": list(entry.co_departments),
            "basis": entry.basis.model_dump(mode="json"),
            "valid_until": entry.until,
            "pack_digest": digest,
        },
    )
    return duty


def duty_of(topic_id: str, on: date | None = None, division: str = "") -> DutyRow:
    """Who answers for the topic on a day (today by default), for the city or at a division. Duties are public.

    Raises NotFound for an unknown topic or division, and for a day on which nobody answers for it.
    """
    topic, day = topic_known(topic_id), on or timezone.localdate()
    found = _duty_found(_Duties(day), topic, _places(division, day))
    if found is None:
        raise NotFound(
            zh=f"{topic.title_zh}（{topic_id}）在 {day} 没有负责部门",
            en=f"nobody answers for {topic.title_en} ({topic_id}) on {day}",
            where="duty",
            hint_zh="请裁定职责，或在职责清单里补上。",
            hint_en="Rule who is responsible, or add it to the duty list.",
        )
    return found


def topic_list(actor: Actor, *, on: date | None = None, division: str = "") -> tuple[TopicRow, ...]:
    """All topics in the order of their lists, each after its parent, with the duty of a day. Raises Refused."""
    demand(actor, "duty.read")
    return topics_on(on or timezone.localdate(), division)


def topics_on(day: date, division: str = "") -> tuple[TopicRow, ...]:
    """As topic_list, for the program itself: titles and departments are public."""
    duties, places = _Duties(day), _places(division, day)
    topics = list(Topic.objects.filter(is_retired=False).order_by("of_id", "position"))
    parents = {t.parent_id for t in topics}
    return tuple(_topic_row(t, duties.depth(t), t.pk not in parents, _duty_found(duties, t, places)) for t in topics)


def topic_get(actor: Actor, topic_id: str, *, on: date | None = None) -> TopicDetail:
    """One topic with all its own duties. Raises Refused, NotFound."""
    demand(actor, "duty.read")
    topic, day = topic_known(topic_id), on or timezone.localdate()
    duties, names = _Duties(day), department_names()
    own = Duty.objects.filter(topic=topic).order_by("-valid_from", "-id")
    row = _topic_row(topic, duties.depth(topic), not topic.below.exists(), _duty_found(duties, topic, ("",)))
    return TopicDetail(row, topic_file(topic), tuple(duty_row(d, topic, names) for d in own))


def topic_known(topic_id: str) -> Topic:
    """Raises NotFound with the nearest names."""
    topic = Topic.objects.select_related("of").filter(pk=topic_id, is_retired=False).first()
    if topic is None:
        hint_zh, hint_en = closest_hint(topic_id, Topic.objects.filter(is_retired=False).values_list("id", flat=True))
        raise NotFound(
            zh=f"没有主题 {topic_id}",
            en=f"there is no topic {topic_id}",
            where="topic",
            hint_zh=hint_zh,
            hint_en=hint_en,
        )
    return topic


def topic_file(topic: Topic) -> TopicFile:
    return TopicFile.model_validate(topic.body)


def duty_list_get(actor: Actor, duty_list: str = "") -> DutyListRow:
    """The list of that id, or the city's only one, with its settings. Raises Refused, NotFound."""
    demand(actor, "duty.read")
    of = list_known(duty_list)
    return DutyListRow(of.pk, Text(zh=of.title_zh, en=of.title_en), settings_of(of), of.pack_id, of.pack_digest)


def list_known(duty_list: str = "") -> DutyList:
    """The list of that id, or the only one. Raises NotFound."""
    rows = DutyList.objects.filter(pk=duty_list) if duty_list else DutyList.objects.order_by("id")
    found = list(rows[:2])
    if len(found) != 1:
        raise NotFound(
            zh=f"没有职责清单 {duty_list}" if duty_list or not found else "有多份职责清单，请写明哪一份",
            en=f"there is no duty list {duty_list}"
            if duty_list or not found
            else "there are several duty lists: say which",
            where="duty_list",
            hint_zh="请安装含有 duties/ 的应用包。",
            hint_en="Install a pack that has duties/.",
        )
    return found[0]


def settings_of(of: DutyList) -> ListSettings:
    return ListSettings.model_validate(of.body)


class _Duties:
    """The duties of a day and the tree of topics, each read once."""

    def __init__(self, day: date) -> None:
        self.parents: dict[str, str | None] = dict(Topic.objects.values_list("id", "parent_id"))
        self.names = department_names()
        holds = Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gt=day))
        self.by_topic: dict[str, list[Duty]] = {}
        for duty in Duty.objects.filter(holds).select_related("topic").order_by("valid_from", "id"):
            self.by_topic.setdefault(duty.topic_id, []).append(duty)

    def above(self, topic_id: str) -> Iterable[str]:
        at: str | None = topic_id
        while at is not None:
            yield at
            at = self.parents.get(at)

    def depth(self, topic: Topic) -> int:
        return len(list(self.above(topic.pk))) - 1


def _duty_found(duties: _Duties, topic: Topic, places: tuple[str, ...]) -> DutyRow | None:
    for topic_id in duties.above(topic.pk):
        fitting = [d for d in duties.by_topic.get(topic_id, []) if d.division in places]
        if fitting:
            best = max(fitting, key=lambda d: (-places.index(d.division), d.valid_from, bool(d.ruling), d.pk))
            return duty_row(best, topic, duties.names)
    return None


def _places(division: str, day: date) -> tuple[str, ...]:
    """The division and those above it, the smallest first; the whole city last."""
    return (*(row.code for row in division_chain(division, day)), "") if division else ("",)


def duty_row(duty: Duty, topic: Topic, names: Mapping[str, Text]) -> DutyRow:
    return DutyRow(
        topic=topic.pk,
        title=Text(zh=topic.title_zh, en=topic.title_en),
        department=duty.department,
        department_name=names[duty.department],
        co_departments=tuple(duty.co_departments),
        basis=DutyBasis.model_validate(duty.basis),
        division=duty.division,
        valid_from=duty.valid_from,
        valid_until=duty.valid_until,
        ruling=duty.ruling,
        inherited_from="" if duty.topic_id == topic.pk else duty.topic_id,
    )


def _topic_row(topic: Topic, depth: int, is_leaf: bool, duty: DutyRow | None) -> TopicRow:
    return TopicRow(
        id=topic.pk,
        title=Text(zh=topic.title_zh, en=topic.title_en),
        parent=topic.parent_id or "",
        depth=depth,
        is_leaf=is_leaf,
        is_urgent=topic.is_urgent,
        in_public=bool(topic.body.get("in_public")),
        examples=len(topic.body.get("examples", [])),
        duty=duty,
    )
