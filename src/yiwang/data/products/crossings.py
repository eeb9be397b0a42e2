"""数据出境: nothing leaves the country but under an approval that a case decided, for what it names and as long as it holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field

from yiwang.data.models import Crossing, Resource
from yiwang.data.resources import definition, resource_row
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.service import action_declare, audit

HOME = "CN"
# 数据出境的三条路径，按数据出境安全评估办法、个人信息保护法
ROUTES: dict[str, Text] = {
    "assessment": Text(zh="安全评估", en="security assessment"),
    "contract": Text(zh="标准合同备案", en="standard contract on file"),
    "certificate": Text(zh="个人信息保护认证", en="certification of personal information protection"),
}
IMPORTANT_GRADE = 3
# how a case's process calls itself when it acts
PROCESSES = "system:process:"


class CrossingArguments(BaseModel):
    """What a case decided. `fields` one a line; `until` is the last day."""

    model_config = ConfigDict(extra="forbid")

    case: str = Field(min_length=1)
    by: str = Field(min_length=1)
    resource: str
    fields: str | tuple[str, ...]
    recipient: str = Field(min_length=1, max_length=160)
    country: str = Field(pattern=r"^[A-Z]{2}$")
    purpose: str = Field(min_length=4, max_length=400)
    route: str
    assessment: str = Field(min_length=10)
    until: date


@transaction.atomic
def crossing_approve(*, actor: Actor, decision: CrossingArguments) -> Crossing:
    """Register an approval. Only a case's process comes here; raises Refused for anybody else, InputError, NotFound."""
    if not (actor.is_system and actor.id.startswith(PROCESSES)):
        raise Refused(
            zh="出境批准只能由审批办件作出", en="an approval is given by the process of a case", where="crossing.case"
        )
    resource = resource_row(decision.resource)
    known = {f.id for f in definition(resource).fields}
    said = decision.fields.replace(",", "\n").split("\n") if isinstance(decision.fields, str) else decision.fields
    fields = [name.strip() for name in said if name.strip()]
    wrong = [name for name in fields if name not in known]
    if wrong or not fields:
        raise InputError(
            zh=f"资源没有这些信息项：{'、'.join(wrong) or '（未写）'}",
            en=f"the resource has no such fields: {', '.join(wrong) or '(none given)'}",
            where="fields",
        )
    _sound(decision, max(definition(resource).field(name).effective_grade for name in fields))
    last = Crossing.objects.aggregate(last=Max("id"))["last"] or 0
    row = Crossing.objects.create(
        number=f"X{timezone.localdate().year}-{last + 1:06d}",
        resource=resource.pk,
        fields=fields,
        recipient=decision.recipient,
        country=decision.country,
        purpose=decision.purpose,
        route=decision.route,
        assessment=decision.assessment,
        case=decision.case,
        valid_until=decision.until,
        decided_by=decision.by,
    )
    details = {"case": decision.case, "country": decision.country, "resource": resource.pk, "by": decision.by}
    audit(actor=actor, act="crossing.decide", object_kind="crossing", object_id=row.number, details=details)
    return row


def _sound(decision: CrossingArguments, grade: int) -> None:
    if decision.country == HOME:
        raise InputError(zh="境内提供不需要出境批准", en="this stays in the country", where="country")
    if decision.route not in ROUTES:
        raise InputError(
            zh=f"没有路径 {decision.route}",
            en=f"no such route: {decision.route}",
            where="route",
            hint_zh="、".join(ROUTES),
            hint_en=", ".join(ROUTES),
        )
    if grade >= IMPORTANT_GRADE and decision.route != "assessment":
        raise InputError(
            zh=f"含 {grade} 级信息项，须经安全评估",
            en=f"fields of grade {grade} take a security assessment",
            where="route",
        )
    if decision.until < timezone.localdate():
        raise InputError(zh="有效期已过", en="the last day is past", where="until")


@transaction.atomic
def crossing_revoke(*, actor: Actor, number: str, reason: str) -> Crossing:
    """Take an approval back at once; whatever asks for it from now on is refused.

    Takes "crossing.decide" over the department whose data it is. Raises NotFound, Refused, Conflict, InputError.
    """
    row = Crossing.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise NotFound(zh=f"没有出境批准 {number}", en=f"there is no approval {number}", where="crossing")
    rule = demand(actor, "crossing.decide", _provider(row)).rule
    if row.revoked_at is not None:
        raise Conflict(zh="已经撤销", en="it was taken back already", where=number)
    if not reason.strip():
        raise InputError(zh="须写明理由", en="state the reason", where="reason")
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])
    audit(
        actor=actor,
        act="crossing.decide",
        object_kind="crossing",
        object_id=number,
        rule=rule,
        purpose=reason.strip()[:400],
        details={"revoked": True},
    )
    return row


def _provider(row: Crossing) -> str:
    """Whose data it is: the department that may take the approval back, with whoever is over it."""
    return str(Resource.objects.values_list("provider", flat=True).get(pk=row.resource))


def crossing_demand(*, country: str, number: str, resource: str, fields: Sequence[str], recipient: str = "") -> None:
    """The gate every way out asks: raises Refused unless the data stays at home or an approval covers all of it."""
    if country == HOME:
        return
    row = Crossing.objects.filter(number=number).first() if number else None
    missing = sorted(set(fields) - set(row.fields)) if row is not None else []
    today = timezone.localdate()
    reasons = (
        (row is None, "没有出境批准编号，或编号不存在", "there is no approval of that number"),
        (row is not None and row.revoked_at is not None, "出境批准已撤销", "the approval was taken back"),
        (row is not None and row.valid_until < today, "出境批准已过期", "the approval is over"),
        (row is not None and row.country != country, "批准的不是这个国家或地区", "it is for another country"),
        (row is not None and row.resource != resource, "批准的不是这个资源", "it is for another resource"),
        (
            row is not None and bool(recipient) and row.recipient != recipient,
            "批准的不是这个接收方",
            "it is for another recipient",
        ),
        (bool(missing), f"批准不含：{'、'.join(missing)}", f"it does not cover: {', '.join(missing)}"),
    )
    for wrong, zh, en in reasons:
        if wrong:
            raise Refused(
                zh=f"不得出境：{zh}",
                en=f"the data may not leave the country: {en}",
                where="crossing",
                hint_zh="请先办理数据出境审批，凭批准编号提供。",
                hint_en="Have it approved first, and give the number of the approval.",
            )


def _approve(actor: Actor, arguments: CrossingArguments) -> dict[str, str]:
    """What is wrong with the decision is answered, so that the process can ask for another."""
    try:
        row = crossing_approve(actor=actor, decision=arguments)
    except (InputError, NotFound) as error:
        return {"number": "", "problem": error.zh, "problem_en": error.en}
    return {"number": row.number, "problem": "", "problem_en": ""}


CROSSING_APPROVE = action_declare(
    "crossing.approve",
    CrossingArguments,
    _approve,
    Text(zh="登记数据出境批准", en="register an approval for data to leave the country"),
)
