"""Who is authorised to operate, and what data was bought: 授权运营 and 统采共用."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from yiwang.data.models import Operation, Purchase, Reuse
from yiwang.data.products.clauses import ClauseText, clauses_check
from yiwang.data.resources import resource_row
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import Conflict, InputError, NotFound
from yiwang.kernel.service import audit

SHARINGS = ("all", "asked", "own")
LONGEST_YEARS = 5
# Two purchases are alike when this share of the two-character pieces of what they are about is common.
ALIKE = 0.5


@dataclass(frozen=True)
class Likeness:
    """A purchase that stands already and looks like the same data."""

    id: int
    title: str
    supplier: str
    department: str
    share: float


@transaction.atomic
def operation_register(
    *,
    actor: Actor,
    operator: str,
    scope: str,
    resources: tuple[str, ...],
    basis: str,
    city_share: Decimal,
    department: str,
    valid_from: date,
    valid_until: date,
) -> Operation:
    """Register an authorised operator with its scope, term (five years at most) and the city's share in per cent."""
    rule = demand(actor, "operation.edit", department).rule
    for name, value in (("operator", operator), ("scope", scope), ("basis", basis)):
        if not value.strip():
            raise InputError(zh=f"{name} 没有填写", en=f"{name} is empty", where=name)
    if not resources:
        raise InputError(zh="须写明授权哪些资源", en="name the resources", where="resources")
    for id in resources:
        resource_row(id)
    if not valid_from < valid_until or (valid_until - valid_from).days > LONGEST_YEARS * 366:
        raise InputError(
            zh=f"期限须在 {LONGEST_YEARS} 年以内", en=f"the term is up to {LONGEST_YEARS} years", where="valid_until"
        )
    if not 0 <= city_share <= 100:
        raise InputError(zh="分成须在 0 到 100 之间", en="the share lies in 0..100", where="city_share")
    row = Operation.objects.create(
        operator=operator.strip()[:160],
        scope=scope.strip(),
        resources=list(resources),
        basis=basis.strip()[:300],
        city_share=city_share,
        department=department,
        valid_from=valid_from,
        valid_until=valid_until,
        registered_by=actor.id,
    )
    audit(actor=actor, act="operation.edit", object_kind="operation", object_id=str(row.pk), rule=rule)
    return row


@transaction.atomic
def operation_end(*, actor: Actor, operation_id: int, reason: str) -> Operation:
    """End an authorisation before its day: no product may be put on the shelf under it any more."""
    row = Operation.objects.select_for_update().filter(pk=operation_id).first()
    if row is None:
        raise NotFound(zh="没有这项授权运营", en="there is no such operation", where="operation")
    rule = demand(actor, "operation.edit", row.department).rule
    if row.ended_at is not None:
        raise Conflict(zh="已经终止", en="it has ended already", where="operation")
    if not reason.strip():
        raise InputError(zh="须写明理由", en="state the reason", where="reason")
    row.ended_at, row.end_reason = timezone.now(), reason.strip()[:400]
    row.save()
    audit(actor=actor, act="operation.edit", object_kind="operation", object_id=str(row.pk), rule=rule, purpose=reason)
    return row


def _pieces(text: str) -> set[str]:
    plain = re.sub(r"[\W_]+", "", text.lower())
    return {plain[i : i + 2] for i in range(len(plain) - 1)} or {plain}


def purchases_like(title: str, subject: str, *, resource: str = "", on: date | None = None) -> tuple[Likeness, ...]:
    """Purchases in force that look like the same data, the likest first: the warning before money is spent twice."""
    today = on or timezone.localdate()
    asked = _pieces(title + subject)
    found = []
    for row in Purchase.objects.filter(valid_from__lte=today, valid_until__gt=today):
        held = _pieces(row.title + row.subject)
        share = 1.0 if resource and row.resource == resource else len(asked & held) / min(len(asked), len(held))
        if share >= ALIKE:
            found.append(Likeness(row.pk, row.title, row.supplier, row.department, share))
    return tuple(sorted(found, key=lambda one: (-one.share, one.id)))


@transaction.atomic
def purchase_register(
    *,
    actor: Actor,
    title: str,
    supplier: str,
    subject: str,
    department: str,
    cost: Decimal,
    sharing: str,
    valid_from: date,
    valid_until: date,
    resource: str = "",
    reason: str = "",
    clauses: tuple[ClauseText, ...] = (),
) -> Purchase:
    """Register bought data. Where something like it stands already, buying it again takes a reason that is kept.

    `sharing`: all departments may use it, those that ask the buyer, or its own only (the contract says so). `clauses` of
    the contract say honestly how each is kept; of bought data the program enforces that fusions give aggregates only.
    """
    rule = demand(actor, "purchase.edit", department).rule
    for name, value in (("title", title), ("supplier", supplier), ("subject", subject)):
        if not value.strip():
            raise InputError(zh=f"{name} 没有填写", en=f"{name} is empty", where=name)
    if sharing not in SHARINGS or cost < 0 or not valid_from < valid_until:
        raise InputError(zh="共用范围、金额或期限不对", en="sharing, cost or term is wrong", where="sharing")
    if resource:
        resource_row(resource)
    if clauses:
        clauses_check(clauses, None, valid_until=valid_until, crossing="", country="", aggregates=bool(resource))
    like = purchases_like(title, subject, resource=resource)
    if like and not reason.strip():
        first = like[0]
        raise Conflict(
            zh=f"可能重复采购：{first.department} 已有“{first.title}”（{first.supplier}）",
            en=f"this may be bought already: {first.department} has {first.title} ({first.supplier})",
            where="title",
            hint_zh="能共用就登记共用；确需另买，请写明理由。",
            hint_en="Use that one if you can; if it must be bought again, state why.",
        )
    row = Purchase.objects.create(
        title=title.strip()[:160],
        supplier=supplier.strip()[:160],
        subject=subject.strip()[:300],
        department=department,
        cost=cost,
        sharing=sharing,
        resource=resource,
        valid_from=valid_from,
        valid_until=valid_until,
        reason=reason.strip()[:400],
        clauses=[asdict(clause) for clause in clauses],
        registered_by=actor.id,
    )
    details = {"like": [one.id for one in like]}
    audit(actor=actor, act="purchase.edit", object_kind="purchase", object_id=str(row.pk), rule=rule, details=details)
    return row


@transaction.atomic
def purchase_reuse(*, actor: Actor, purchase_id: int, department: str, purpose: str) -> Reuse:
    """Note that another department uses bought data, for a purpose. Raises Conflict where it may not be shared."""
    rule = demand(actor, "purchase.edit", department).rule
    row = Purchase.objects.filter(pk=purchase_id).first()
    if row is None:
        raise NotFound(zh="没有这项采购", en="there is no such purchase", where="purchase")
    today = timezone.localdate()
    if row.sharing == "own" or not row.valid_from <= today < row.valid_until or department == row.department:
        raise Conflict(
            zh="合同约定不得共用、已到期，或就是本部门买的",
            en="the contract keeps it to its buyer, it is over, or the department bought it itself",
            where="purchase",
        )
    if len(purpose.strip()) < 4:
        raise InputError(zh="请写明用途", en="state the purpose", where="purpose")
    try:
        with transaction.atomic():
            made = Reuse.objects.create(
                purchase=row, department=department, purpose=purpose.strip()[:400], since=today, registered_by=actor.id
            )
    except IntegrityError as error:
        raise Conflict(zh="已经登记共用", en="it is registered already", where="purchase") from error
    audit(
        actor=actor,
        act="purchase.edit",
        object_kind="purchase",
        object_id=str(row.pk),
        rule=rule,
        purpose=made.purpose,
        details={"reused_by": department},
    )
    return made
