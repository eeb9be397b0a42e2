"""The three stages of opening: 提供 by the department that owns the data, 审核, 发布; each by another person.

The files are made at the first stage, so that what is reviewed is, byte for byte, what is published; the checks run
again at every stage, on the catalogue and the findings of that moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from yiwang.data.errors import OpenBlocked
from yiwang.data.events import OPEN_CHANGED
from yiwang.data.loads import the_lake
from yiwang.data.models import LifecycleRecord, OpenCount, OpenSet, Release, Resource
from yiwang.data.opening.blocks import blocks_raise, definition_blocks
from yiwang.data.opening.licences import LICENCES
from yiwang.data.opening.plans import THEMES, Plan, plan_of
from yiwang.data.opening.writing import Written, release_write
from yiwang.data.resources import definition, resource_row
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.service import RoleAt, audit, emit, message_send

LONGEST_REASON = 400
STANDING = (Release.State.OFFERED, Release.State.REVIEWED)
MOST_KEYWORDS = 12


@dataclass(frozen=True)
class SetWords:
    """What the public reads about a set."""

    id: str
    title: Text
    summary: Text
    theme: str
    licence: str
    keywords: tuple[str, ...] = ()
    automatic: bool = False


def release_offer(
    *,
    actor: Actor,
    resource_id: str,
    words: SetWords,
    fields: Sequence[str],
    counts: bool = False,
    threshold: int | None = None,
    rounding: int = 1,
    version: int | None = None,
    note: str = "",
) -> Release:
    """提供: make the files of a release of a resource's version (the newest by default) and send it to review.

    Raises Refused, InputError, NotFound, NoData, Conflict (another release of the set is under way), OpenBlocked.
    """
    resource = Resource.objects.filter(pk=resource_id).first() or resource_row(resource_id)
    rule = demand(actor, "open.offer", resource.provider).rule
    _words_check(words)
    given = {"fields": list(fields), "counts": counts, "rounding": rounding}
    plan = plan_of(given if threshold is None else given | {"threshold": threshold})
    _free(words.id, resource)
    written = release_write(
        actor=actor, resource=resource, plan=plan, version=version, name=words.id, as_of=timezone.localdate()
    )
    with transaction.atomic():
        opened, _ = OpenSet.objects.get_or_create(pk=words.id, defaults=_columns(words) | {"resource": resource})
        row = _release_create(opened, plan, written, actor, note=note.strip()[:LONGEST_REASON])
        row.reasons = [{"words": _columns(words)}]
        row.save(update_fields=["reasons"])
        _told(actor, "open.offer", row, rule, resource)
        message_send(
            actor=actor,
            to=RoleAt(Role.DATA_LEAD, definition(resource).duties["open"]),
            title=Text(zh=f"有开放数据待审核：{words.title.zh}", en=f"Open data to review: {words.title.en}"),
            link=f"/work/opening/{row.pk}/",
        )
    return row


def _free(set_id: str, resource: Resource) -> None:
    known = OpenSet.objects.filter(pk=set_id).first()
    if known is not None and known.resource_id != resource.pk:
        raise Conflict(
            zh=f"数据集 {set_id} 属于另一个资源",
            en=f"the set {set_id} belongs to another resource",
            where="id",
            hint_zh="请换一个标识。",
            hint_en="Choose another id.",
        )
    if Release.objects.filter(set_id=set_id, state__in=STANDING).exists():
        raise Conflict(
            zh="这个数据集已有一次发布在办理",
            en="a release of this set is under way already",
            where=set_id,
            hint_zh="请等它办完，或先退回。",
            hint_en="Wait for it, or have it refused first.",
        )


def _words_check(words: SetWords) -> None:
    # only lower-case words and hyphens: the id is part of addresses and of the feed
    parts = words.id.split("-")
    if not words.id or len(words.id) > 80 or not all(p.isascii() and p.isalnum() and p == p.lower() for p in parts):
        raise InputError(
            zh=f"标识 {words.id!r} 只能由小写字母、数字和连字符组成",
            en=f"the id {words.id!r} is made of small letters, digits and single hyphens",
            where="id",
        )
    for name, value, known in (("licence", words.licence, LICENCES), ("theme", words.theme, THEMES)):
        if value not in known:
            raise InputError(
                zh=f"{name} 不在名单里：{value}",
                en=f"no such {name}: {value}",
                where=name,
                hint_zh="、".join(known),
                hint_en=", ".join(known),
            )


def _columns(words: SetWords) -> dict[str, object]:
    return {
        "title_zh": words.title.zh[:120],
        "title_en": words.title.en[:160],
        "summary_zh": words.summary.zh,
        "summary_en": words.summary.en,
        "theme": words.theme,
        "licence": words.licence,
        "keywords": [w.strip()[:40] for w in words.keywords if w.strip()][:MOST_KEYWORDS],
        "is_automatic": words.automatic,
    }


def _release_create(
    opened: OpenSet, plan: Plan, written: Written, actor: Actor, *, note: str = "", follows: Release | None = None
) -> Release:
    last = Release.objects.filter(set=opened).aggregate(last=Max("number"))["last"] or 0
    return Release.objects.create(
        set=opened,
        number=last + 1,
        table_version=written.version,
        plan=plan.model_dump(mode="json"),
        offered_by=actor.id,
        note=note,
        follows=follows,
        columns=written.columns,
        preview=written.preview,
        rows=written.rows,
        suppressed=written.suppressed,
        files=written.files,
    )


@transaction.atomic
def release_review(*, actor: Actor, release_id: int, agree: bool, reason: str) -> Release:
    """审核: pass a release on to publication, or refuse it with a reason. Not by who offered it."""
    row, resource = _standing(release_id, Release.State.OFFERED)
    rule = demand(actor, "open.review", definition(resource).duties["open"]).rule
    _another(actor, row.offered_by)
    if agree:
        blocks_raise(definition_blocks(resource, plan_of(row.plan)), resource.pk)
        row.state, row.reviewed_by, row.reviewed_at = Release.State.REVIEWED, actor.id, timezone.now()
    else:
        _close(row, actor, Release.State.REFUSED, reason)
    row.reasons = [*row.reasons, {"stage": "review", "by": actor.name, "agree": agree, "reason": _short(reason)}]
    row.save()
    _told(actor, "open.review", row, rule, resource)
    return row


@transaction.atomic
def release_publish(*, actor: Actor, release_id: int, agree: bool, reason: str) -> Release:
    """发布: put a reviewed release before the public, or refuse it with a reason. By a third person."""
    row, resource = _standing(release_id, Release.State.REVIEWED)
    rule = demand(actor, "open.publish", definition(resource).duties["open"]).rule
    _another(actor, row.offered_by, row.reviewed_by)
    row.reasons = [*row.reasons, {"stage": "publish", "by": actor.name, "agree": agree, "reason": _short(reason)}]
    if agree:
        blocks_raise(definition_blocks(resource, plan_of(row.plan)), resource.pk)
        _publish(row, actor)
        # the set's words are approved with the release they came with
        OpenSet.objects.filter(pk=row.set_id).update(**row.reasons[0]["words"])
    else:
        _close(row, actor, Release.State.REFUSED, reason)
    row.save()
    _told(actor, "open.publish", row, rule, resource)
    return row


def _publish(row: Release, actor: Actor) -> None:
    Release.objects.filter(set_id=row.set_id, state=Release.State.PUBLISHED).update(
        state=Release.State.SUPERSEDED, closed_by=actor.id, closed_at=timezone.now()
    )
    row.state, row.published_by, row.published_at = Release.State.PUBLISHED, actor.id, timezone.now()
    LifecycleRecord.objects.create(
        resource_id=row.set.resource_id,
        stage="serve",
        operator=actor.id,
        details={"open_set": row.set_id, "release": row.number, "version": row.table_version},
    )


@transaction.atomic
def release_withdraw(*, actor: Actor, release_id: int, reason: str) -> Release:
    """撤回: take a published release back from the public, or one under way, with a reason."""
    row, resource = _standing(release_id, Release.State.PUBLISHED, *STANDING)
    rule = demand(actor, "open.withdraw", resource.provider).rule
    _close(row, actor, Release.State.WITHDRAWN, reason)
    row.reasons = [*row.reasons, {"stage": "withdraw", "by": actor.name, "agree": False, "reason": _short(reason)}]
    row.save()
    _told(actor, "open.withdraw", row, rule, resource)
    return row


def release_renew(*, actor: Actor, set_id: str) -> Release | None:
    """Release the newest version under the plan that was approved; None where it is out already.

    For a set declared automatic the new release is public at once: the checks are the same, and it names the release
    whose approval it rests on. When the checks stop it, it is kept as blocked with every reason and the owner is told.
    Of any other set it is offered for review. Raises Refused, NotFound, Conflict, OpenBlocked (not automatic), NoData.
    """
    opened = OpenSet.objects.select_related("resource").filter(pk=set_id).first()
    before = Release.objects.filter(set_id=set_id, state=Release.State.PUBLISHED).first()
    if opened is None or before is None:
        raise NotFound(zh=f"没有已发布的数据集 {set_id}", en=f"there is no published set {set_id}", where="set")
    resource = opened.resource
    rule = demand(actor, "open.offer", resource.provider).rule
    _free(set_id, resource)
    plan = plan_of(before.plan)
    if the_lake().table("standard", resource.pk).version() == before.table_version:
        return None
    try:
        written = release_write(
            actor=actor, resource=resource, plan=plan, version=None, name=set_id, as_of=timezone.localdate()
        )
    except OpenBlocked as error:
        if not opened.is_automatic:
            raise
        return _blocked(actor, opened, before, error)
    with transaction.atomic():
        row = _release_create(opened, plan, written, actor, follows=before if opened.is_automatic else None)
        row.reasons = [before.reasons[0]]
        if opened.is_automatic:
            _publish(row, actor)
        row.save()
        _told(actor, "open.offer", row, rule, resource)
    return row


@transaction.atomic
def _blocked(actor: Actor, opened: OpenSet, before: Release, error: OpenBlocked) -> Release:
    empty = Written(before.table_version, [], [], 0, 0, [])
    row = _release_create(opened, plan_of(before.plan), empty, actor, follows=before)
    row.state, row.closed_by, row.closed_at = Release.State.BLOCKED, actor.id, timezone.now()
    row.reasons = [
        before.reasons[0],
        {"stage": "check", "by": actor.name, "agree": False, "reason": _short(error.zh), "en": _short(error.en)},
    ]
    row.save()
    _told(actor, "open.offer", row, "blocked", opened.resource)
    message_send(
        actor=actor,
        to=RoleAt(Role.STEWARD, opened.resource.provider),
        title=Text(zh=f"开放数据未能自动更新：{opened.title_zh}", en=f"Open data was not renewed: {opened.title_en}"),
        body=Text(zh=error.zh, en=error.en),
        link=f"/work/opening/{row.pk}/",
    )
    return row


def open_count(*, set_id: str, way: str) -> None:
    """One more fetch of a set today, by format or "api". Nothing about who."""
    row, _ = OpenCount.objects.get_or_create(set_id=set_id, day=timezone.localdate(), way=way)
    OpenCount.objects.filter(pk=row.pk).update(count=F("count") + 1)


def _standing(release_id: int, *states: str) -> tuple[Release, Resource]:
    row = Release.objects.select_for_update().select_related("set__resource").filter(pk=release_id).first()
    if row is None:
        raise NotFound(zh=f"没有发布 {release_id}", en=f"there is no release {release_id}", where="release")
    if row.state not in states:
        raise Conflict(
            zh="这次发布不在这一步",
            en="the release is not at this stage",
            where=f"release {release_id}",
            hint_zh="请刷新页面看它现在的状态。",
            hint_en="Reload the page to see where it stands.",
        )
    return row, row.set.resource


def _another(actor: Actor, *before: str) -> None:
    if actor.id in before:
        raise Refused(
            zh="提供、审核、发布须由三个不同的人完成",
            en="offer, review and publication are done by three different people",
            where="open.three-people",
            hint_zh="请由另一位有权限的同事办理。",
            hint_en="Ask a colleague who may.",
        )


def _close(row: Release, actor: Actor, state: str, reason: str) -> None:
    if not reason.strip():
        raise InputError(
            zh="须写明理由", en="state the reason", where="reason", hint_zh="对方会看到。", hint_en="It will be read."
        )
    row.state, row.closed_by, row.closed_at = state, actor.id, timezone.now()


def _short(reason: str) -> str:
    return reason.strip()[:LONGEST_REASON]


def _told(actor: Actor, act: str, row: Release, rule: str, resource: Resource) -> None:
    details = {"set": row.set_id, "resource": resource.pk, "version": row.table_version, "state": str(row.state)}
    audit(actor=actor, act=act, object_kind="release", object_id=str(row.pk), rule=rule, details=details)
    emit(OPEN_CHANGED, {"set": row.set_id, "release": row.pk, "state": str(row.state)})
