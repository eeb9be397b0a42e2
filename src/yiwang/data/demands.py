"""Demands (供需对接): a request for data that may not exist yet, matched to supply and followed to delivery."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from yiwang.data.events import DEMAND_CHANGED
from yiwang.data.models import Demand
from yiwang.data.resources import resource_row
from yiwang.kernel.access import demand as allow
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import Conflict, InputError, NotFound
from yiwang.kernel.service import audit, emit

OPEN_STATES = (Demand.State.OPEN, Demand.State.MATCHED)


@transaction.atomic
def demand_file(
    *, actor: Actor, title: str, need: str, fields_wanted: Sequence[str], purpose: str, wanted_by: date | None = None
) -> Demand:
    """File a demand for the actor's own department. Raises InputError when title, need or purpose is empty."""
    allow(actor, "demand.file", actor.department)
    for name, zh, en, value in (
        ("title", "标题", "title", title),
        ("need", "需要什么", "need", need),
        ("purpose", "用途", "purpose", purpose),
    ):
        if not value.strip():
            raise InputError(zh=f"请填写{zh}", en=f"fill in the {en}", where=name)
    row = Demand.objects.create(
        title=title.strip()[:160],
        need=need.strip(),
        fields_wanted=[f.strip() for f in fields_wanted if f.strip()],
        purpose=purpose.strip()[:400],
        department=actor.department,
        wanted_by=wanted_by,
        filed_by=actor.id,
    )
    audit(actor=actor, act="demand.file", object_kind="demand", object_id=str(row.pk), purpose=row.purpose)
    emit(DEMAND_CHANGED, {"demand": row.pk, "state": row.state})
    return row


@transaction.atomic
def demand_answer(
    *, actor: Actor, demand_id: int, state: str, resource_id: str = "", answer: str = "", basis: str = ""
) -> Demand:
    """Answer a demand: matched (names a resource), delivered, or refused (names its legal basis)."""
    row = Demand.objects.select_for_update().filter(pk=demand_id).first()
    if row is None:
        raise NotFound(zh=f"没有需求 {demand_id}", en=f"there is no demand {demand_id}", where="demand")
    # Whoever asked is answered by a data lead over them: that of another bureau could only refuse in others' name.
    allow(actor, "demand.answer", row.department)
    if row.state not in OPEN_STATES:
        raise Conflict(zh="这条需求已经办结", en="this demand is closed already", where=f"demand {demand_id}")
    if state not in {Demand.State.MATCHED, Demand.State.DELIVERED, Demand.State.REFUSED}:
        raise InputError(zh=f"不能答复为 {state}", en=f"no such answer: {state}", where="state")
    if state == Demand.State.REFUSED and not basis.strip():
        raise InputError(
            zh="不予提供须注明法律、法规依据",
            en="a refusal must cite the law or regulation",
            where="basis",
            hint_zh="例如：个人信息保护法第二十八条。",
            hint_en="For example: an article of the personal information law.",
        )
    if state != Demand.State.REFUSED:
        if not (resource_id or row.resource_id):
            raise InputError(zh="请选择匹配的资源", en="choose the resource that answers it", where="resource")
        row.resource = resource_row(resource_id or str(row.resource_id))
    row.state, row.answer, row.basis, row.answered_at = state, answer.strip(), basis.strip()[:300], timezone.now()
    row.save()
    audit(actor=actor, act="demand.answer", object_kind="demand", object_id=str(row.pk), details={"state": state})
    emit(DEMAND_CHANGED, {"demand": row.pk, "state": state})
    return row
