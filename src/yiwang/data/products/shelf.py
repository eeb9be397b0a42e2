"""The shelf of data products, contracts over them, and what their use comes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from yiwang.data.models import Clause, Contract, Operation, Product, Release, Settlement
from yiwang.data.products.clauses import ClauseText, clauses_check
from yiwang.data.products.crossings import HOME, crossing_demand
from yiwang.data.products.fusions import SIDES, fusion_row
from yiwang.data.products.fusionterms import PART, fusion_part, fusion_terms
from yiwang.data.resources import definition, resource_row
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.service import audit
from yiwang.trust.selectors import grant_get, grant_use_counts, ledger_head

PRICINGS = ("free", "per-call", "per-row", "per-month")
PART_KINDS = ("resource", "open-set", "interface", PART)
# What a fusion gives is figures: there are no rows or calls of a buyer to count.
FLAT = ("free", "per-month")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class ProductWords:
    """What stands on the shelf. `parts`: (kind, id)."""

    id: str
    title: Text
    summary: Text
    parts: tuple[tuple[str, str], ...]
    pricing: str
    price: Decimal
    terms: str


@dataclass(frozen=True)
class ContractTerms:
    """`valid_until` is the first day it no longer holds; `grant` is the number of the exchange's grant it rests on."""

    buyer: str
    purpose: str
    valid_from: date
    valid_until: date
    clauses: tuple[ClauseText, ...]
    grant: str = ""
    country: str = HOME
    crossing: str = ""


@transaction.atomic
def product_offer(*, actor: Actor, words: ProductWords, department: str, operation: int | None = None) -> Product:
    """Put a product on the shelf. Its parts must exist and be the department's, or within its operator's authorisation.

    Raises Refused, InputError, NotFound, Conflict for an id that is taken.
    """
    rule = demand(actor, "product.edit", department).rule
    run = _operation(operation) if operation is not None else None
    if words.pricing not in PRICINGS or words.price < 0 or (words.pricing == "free") != (words.price == 0):
        raise InputError(
            zh="计价方式与价格不相符",
            en="pricing and price do not go together",
            where="price",
            hint_zh="、".join(PRICINGS),
            hint_en=", ".join(PRICINGS),
        )
    if not words.parts:
        raise InputError(zh="产品须由至少一样数据组成", en="a product is made of something", where="parts")
    for kind, id in words.parts:
        _part_check(kind, id, department, run)
    if any(kind == PART for kind, _ in words.parts) and (len(words.parts) > 1 or words.pricing not in FLAT):
        raise InputError(
            zh="融合产品只由一项融合组成，且免费或按月计价",
            en="a fusion product is made of one fusion, and is free or priced by the month",
            where="parts",
        )
    if not words.terms.strip():
        raise InputError(zh="须写明使用条款", en="state the terms of use", where="terms")
    if Product.objects.filter(pk=words.id).exists():
        raise Conflict(zh=f"标识 {words.id} 已被使用", en=f"the id {words.id} is taken", where="id")
    row = Product.objects.create(
        id=words.id,
        title_zh=words.title.zh[:120],
        title_en=words.title.en[:160],
        summary_zh=words.summary.zh,
        summary_en=words.summary.en,
        department=department,
        operation=run,
        parts=[{"kind": kind, "id": id} for kind, id in words.parts],
        pricing=words.pricing,
        price=words.price,
        terms=words.terms.strip(),
        created_by=actor.id,
    )
    audit(actor=actor, act="product.edit", object_kind="product", object_id=row.pk, rule=rule)
    return row


def _operation(number: int) -> Operation:
    row = Operation.objects.filter(pk=number).first()
    today = timezone.localdate()
    if row is None or row.ended_at is not None or not row.valid_from <= today < row.valid_until:
        raise InputError(
            zh="没有这项授权运营，或不在有效期内", en="no such authorised operation, or not in force", where="operation"
        )
    return row


def _part_check(kind: str, id: str, department: str, run: Operation | None) -> None:
    if kind not in PART_KINDS:
        raise InputError(zh=f"没有这种组成：{kind}", en=f"no such kind of part: {kind}", where="parts")
    if kind == "open-set":
        if not Release.objects.filter(set_id=id, state=Release.State.PUBLISHED).exists():
            raise NotFound(zh=f"没有开放数据集 {id}", en=f"there is no open data set {id}", where="parts")
        return
    if kind == PART:
        fusion_terms(id, department)
        if Product.objects.filter(parts=[{"kind": PART, "id": id}], state=Product.State.LISTED).exists():
            raise Conflict(zh=f"{id} 已在货架上", en=f"{id} is on the shelf already", where="parts")
        return
    resource = resource_row(id)
    if definition(resource).share.type == "refused":
        raise Refused(zh=f"{id} 不予共享，不能做成产品", en=f"{id} is not shared: no product of it", where="parts")
    if resource.provider != department and (run is None or id not in run.resources):
        raise Refused(
            zh=f"{id} 不是本部门的，也不在授权运营范围内",
            en=f"{id} is neither the department's nor within the operator's authorisation",
            where="parts",
        )


@transaction.atomic
def product_withdraw(*, actor: Actor, product_id: str, reason: str) -> Product:
    """Take a product off the shelf; contracts over it go on until they end."""
    row = _product(product_id)
    rule = demand(actor, "product.edit", row.department).rule
    _reasoned(reason)
    row.state = Product.State.OFF
    row.save(update_fields=["state"])
    audit(actor=actor, act="product.edit", object_kind="product", object_id=row.pk, rule=rule, purpose=reason[:400])
    return row


def _product(product_id: str) -> Product:
    row = Product.objects.select_related("operation").filter(pk=product_id).first()
    if row is None:
        raise NotFound(zh=f"货架上没有 {product_id}", en=f"there is no product {product_id}", where="product")
    return row


def contract_row(number: str) -> Contract:
    row = Contract.objects.select_related("product__operation").filter(number=number).first()
    if row is None:
        raise NotFound(zh=f"没有合同 {number}", en=f"there is no contract {number}", where="contract")
    return row


@transaction.atomic
def contract_draft(*, actor: Actor, product_id: str, terms: ContractTerms) -> Contract:
    """Draft a contract over a product that is on the shelf. Every clause says honestly how it is kept.

    Raises Refused (also for a foreign buyer without an approval), InputError naming the clause whose control is not there.
    """
    product = _product(product_id)
    rule = demand(actor, "product.edit", product.department).rule
    if product.state != Product.State.LISTED:
        raise Conflict(zh="产品已下架", en="the product is off the shelf", where=product_id)
    if not terms.valid_from < terms.valid_until:
        raise InputError(zh="合同期限不对", en="the contract ends before it begins", where="valid_until")
    if not terms.buyer.strip() or len(terms.purpose.strip()) < 4:
        raise InputError(zh="须写明买方和用途", en="name the buyer and the purpose", where="buyer")
    _covered(actor, product, terms)
    last = Contract.objects.aggregate(last=Max("id"))["last"] or 0
    row = Contract.objects.create(
        number=f"P{timezone.localdate().year}-{last + 1:06d}",
        product=product,
        buyer=terms.buyer.strip()[:160],
        country=terms.country,
        crossing=terms.crossing,
        purpose=terms.purpose.strip()[:400],
        grant=terms.grant,
        pricing=product.pricing,
        price=product.price,
        valid_from=terms.valid_from,
        valid_until=terms.valid_until,
        drafted_by=actor.id,
    )
    Clause.objects.bulk_create(
        Clause(contract=row, order=n, text=c.text, kind=c.kind, control=c.control)
        for n, c in enumerate(terms.clauses, 1)
    )
    audit(actor=actor, act="contract.draft", object_kind="contract", object_id=row.number, rule=rule)
    return row


def _covered(actor: Actor, product: Product, terms: ContractTerms) -> None:
    """The grant is there and fits, the approval covers what leaves (of a fusion both sides), every enforced clause has its control."""
    resources = [part["id"] for part in product.parts if part["kind"] not in ("open-set", PART)]
    grant = grant_get(actor, terms.grant) if terms.grant else None
    if resources and grant is None:
        raise InputError(
            zh="含共享数据的产品须有授权",
            en="a product made of shared data takes a grant",
            where="grant",
            hint_zh="先在“数据共享申请”里取得授权编号。",
            hint_en="Get one by applying for the data first.",
        )
    if grant is not None and grant.row.resource not in resources:
        raise InputError(zh="授权不是这个产品的数据", en="the grant is for other data", where="grant")
    for resource in resources:
        fields = grant.row.fields if grant is not None and grant.row.resource == resource else ()
        crossing_demand(
            country=terms.country,
            number=terms.crossing,
            resource=resource,
            fields=fields,
            recipient=terms.buyer.strip(),
        )
    if id := fusion_part(product):
        fusion = fusion_row(id)[1]
        for name in SIDES:
            crossing_demand(
                country=terms.country,
                number=terms.crossing,
                resource=fusion.side(name).resource,
                fields=fusion.used(name),
                recipient=terms.buyer.strip(),
            )
    clauses_check(
        terms.clauses,
        grant,
        valid_until=terms.valid_until,
        crossing=terms.crossing,
        country=terms.country,
        aggregates=bool(fusion_part(product)),
    )


@transaction.atomic
def contract_sign(*, actor: Actor, number: str) -> Contract:
    """Put a draft into force; not by who drafted it. Everything the draft was checked for is checked again."""
    row = contract_row(number)
    rule = demand(actor, "contract.sign", row.product.department).rule
    if row.state != Contract.State.DRAFT:
        raise Conflict(zh="合同不是草稿", en="the contract is no draft", where=number)
    if actor.id == row.drafted_by:
        raise Refused(
            zh="起草人不能签订自己起草的合同", en="whoever drafted it does not sign it", where="contract.two-people"
        )
    if row.grant and Contract.objects.filter(grant=row.grant, state=Contract.State.ACTIVE).exists():
        raise Conflict(
            zh="这项授权已用于另一份合同", en="another contract rests on this grant", where="grant"
        )  # uses are counted by grant, so each belongs to one contract
    clauses = tuple(ClauseText(c.text, c.kind, c.control) for c in row.clauses.all())
    _covered(
        actor,
        row.product,
        ContractTerms(
            row.buyer, row.purpose, row.valid_from, row.valid_until, clauses, row.grant, row.country, row.crossing
        ),
    )
    row.state, row.signed_by, row.signed_at = Contract.State.ACTIVE, actor.id, timezone.now()
    row.save()
    audit(actor=actor, act="contract.sign", object_kind="contract", object_id=number, rule=rule)
    return row


@transaction.atomic
def contract_end(*, actor: Actor, number: str, reason: str) -> Contract:
    """End a contract before its day, with a reason. The grant is its owner's to revoke."""
    row = contract_row(number)
    rule = demand(actor, "contract.sign", row.product.department).rule
    if row.state == Contract.State.ENDED:
        raise Conflict(zh="合同已经终止", en="the contract has ended already", where=number)
    _reasoned(reason)
    row.state, row.ended_at, row.end_reason = Contract.State.ENDED, timezone.now(), reason.strip()[:400]
    row.save()
    audit(actor=actor, act="contract.sign", object_kind="contract", object_id=number, rule=rule, purpose=row.end_reason)
    return row


@transaction.atomic
def settlement_make(*, actor: Actor, number: str, month: date) -> Settlement:
    """Settle a month that is over, from the ledger's lines of the contract's grant. Made once; nobody types a figure.

    Raises Conflict for a month that is not over, outside the contract, or settled already.
    """
    row = contract_row(number)
    rule = demand(actor, "settlement.make", row.product.department).rule
    first = month.replace(day=1)
    after = first.replace(year=first.year + 1, month=1) if first.month == 12 else first.replace(month=first.month + 1)
    since, until = max(first, row.valid_from), min(after, row.valid_until)
    if row.ended_at is not None:
        until = min(until, timezone.localdate(row.ended_at) + timedelta(days=1))
    if row.signed_at is None or after > timezone.localdate() or since >= until:
        raise Conflict(
            zh="这个月还没有结束，或不在合同期内", en="the month is not over, or not within the contract", where="month"
        )
    if row.settlements.filter(month=first).exists():
        raise Conflict(zh="这个月已经结算", en="the month is settled already", where="month")
    counted = grant_use_counts(actor, (row.grant,), since=since, until=until) if row.grant else ()
    calls, rows = sum(c.uses for c in counted), sum(c.rows for c in counted)
    amount = price_of(row.pricing, row.price, calls, rows)
    run = row.product.operation
    head = ledger_head()
    made = Settlement.objects.create(
        contract=row,
        month=first,
        calls=calls,
        rows=rows,
        amount=amount,
        city_amount=(amount * run.city_share / 100).quantize(CENT) if run is not None else amount,
        lines_digest=canonical_digest(
            {
                "grant": row.grant,
                "since": since.isoformat(),
                "until": until.isoformat(),
                "calls": calls,
                "rows": rows,
                "ledger": {"size": head.size, "root": head.root.hex()},
            }
        ),
        made_by=actor.id,
    )
    audit(
        actor=actor,
        act="settlement.make",
        object_kind="contract",
        object_id=number,
        rule=rule,
        details={"month": first.isoformat(), "calls": calls, "rows": rows, "amount": str(amount)},
    )
    return made


def price_of(pricing: str, price: Decimal, calls: int, rows: int) -> Decimal:
    """In yuan, to the fen."""
    factor = {"free": 0, "per-call": calls, "per-row": rows, "per-month": 1}[pricing]
    return (price * factor).quantize(CENT)


def _reasoned(reason: str) -> None:
    if not reason.strip():
        raise InputError(zh="须写明理由", en="state the reason", where="reason")
