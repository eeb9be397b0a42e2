"""Reading the shelf, contracts, settlements, registers, and what the supervisor sees of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from yiwang.data.models import Contract, Crossing, Operation, Product, Purchase, Resource, Settlement
from yiwang.data.products.clauses import CONTROLS, RECORDS
from yiwang.data.products.registers import purchases_like
from yiwang.data.products.shelf import contract_row
from yiwang.kernel.access import demand, verdict
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound
from yiwang.kernel.paging import Page, paged
from yiwang.kernel.selectors import department_names


@dataclass(frozen=True)
class ProductRow:
    id: str
    title: Text
    summary: Text
    department: str
    department_title: Text
    operator: str
    parts: tuple[tuple[str, str], ...]
    pricing: str
    price: Decimal
    terms: str
    state: str
    contracts: int


@dataclass(frozen=True)
class ClauseRow:
    """`control`: what enforces it or which record shows it; None for a promise."""

    order: int
    text: str
    kind: str
    control: Text | None


@dataclass(frozen=True)
class SettlementRow:
    month: date
    calls: int
    rows: int
    amount: Decimal
    city_amount: Decimal
    digest: str
    made_at: datetime


@dataclass(frozen=True)
class ContractView:
    number: str
    product: ProductRow
    buyer: str
    country: str
    crossing: str
    purpose: str
    grant: str
    pricing: str
    price: Decimal
    valid_from: date
    valid_until: date
    state: str
    drafted_by: str
    signed_by: str
    signed_at: datetime | None
    end_reason: str
    clauses: tuple[ClauseRow, ...]
    settlements: tuple[SettlementRow, ...]


@dataclass(frozen=True)
class ContractRow:
    number: str
    product_id: str
    product_title: Text
    buyer: str
    country: str
    state: str
    valid_from: date
    valid_until: date


@dataclass(frozen=True)
class PurchaseRow:
    """`like` are the titles of other purchases in force that look like the same data."""

    id: int
    title: str
    supplier: str
    subject: str
    department_title: Text
    cost: Decimal
    sharing: str
    valid_from: date
    valid_until: date
    reason: str
    reuses: tuple[tuple[Text, str], ...]
    like: tuple[str, ...]


@dataclass(frozen=True)
class Supervision:
    """What a supervisor looks at first. `warnings` are said in words; `kinds` counts clauses of contracts in force."""

    products: int
    active: int
    settled: Decimal
    city: Decimal
    kinds: Mapping[str, int]
    warnings: tuple[tuple[str, Text], ...]
    operations: tuple[Any, ...]
    crossings: tuple[Any, ...]


@dataclass(frozen=True)
class OperationRow:
    id: int
    operator: str
    scope: str
    resources: tuple[str, ...]
    basis: str
    city_share: Decimal
    valid_from: date
    valid_until: date
    in_force: bool
    department: str


@dataclass(frozen=True)
class CrossingRow:
    number: str
    resource: str
    fields: tuple[str, ...]
    recipient: str
    country: str
    route: str
    case: str
    valid_until: date
    in_force: bool
    # whose data it is
    department: str


def _product(row: Product, names: Mapping[str, Text]) -> ProductRow:
    return ProductRow(
        id=row.pk,
        title=Text(zh=row.title_zh, en=row.title_en),
        summary=Text(zh=row.summary_zh, en=row.summary_en),
        department=row.department,
        department_title=names.get(row.department, Text(zh=row.department, en=row.department)),
        operator=row.operation.operator if row.operation else "",
        parts=tuple((part["kind"], part["id"]) for part in row.parts),
        pricing=row.pricing,
        price=row.price,
        terms=row.terms,
        state=row.state,
        contracts=row.contracts.filter(state=Contract.State.ACTIVE).count(),
    )


def product_list(actor: Actor, *, search: str = "", page: int = 1, per_page: int = 20) -> Page[ProductRow]:
    """The shelf: staff of every department see all of it."""
    demand(actor, "product.read")
    rows = Product.objects.select_related("operation").filter(state=Product.State.LISTED).order_by("id")
    for word in search.split():
        rows = rows.filter(
            Q(title_zh__icontains=word)
            | Q(title_en__icontains=word)
            | Q(summary_zh__icontains=word)
            | Q(id__icontains=word)
        )
    names = department_names()
    return paged(rows, lambda row: _product(row, names), page=page, per_page=per_page)


def product_get(actor: Actor, product_id: str) -> ProductRow:
    demand(actor, "product.read")
    row = Product.objects.select_related("operation").filter(pk=product_id).first()
    if row is None:
        raise NotFound(zh=f"货架上没有 {product_id}", en=f"there is no product {product_id}", where="product")
    return _product(row, department_names())


def _may_see(actor: Actor, department: str) -> bool:
    return bool(verdict(actor, "product.edit", department) or verdict(actor, "product.supervise", department))


def contract_list(actor: Actor, *, product: str = "", page: int = 1, per_page: int = 20) -> Page[ContractRow]:
    """Contracts of the departments whose products the actor runs or supervises."""
    rows = Contract.objects.select_related("product").order_by("-id")
    if product:
        rows = rows.filter(product_id=product)
    seen = [d for d in set(rows.values_list("product__department", flat=True)) if _may_see(actor, d)]
    return paged(rows.filter(product__department__in=seen), _contract, page=page, per_page=per_page)


def _contract(row: Contract) -> ContractRow:
    title = Text(zh=row.product.title_zh, en=row.product.title_en)
    return ContractRow(
        row.number, row.product_id, title, row.buyer, row.country, row.state, row.valid_from, row.valid_until
    )


def contract_get(actor: Actor, number: str) -> ContractView:
    """One contract with its clauses and settlements. Raises NotFound also for one the actor may not see."""
    row = contract_row(number)
    if not _may_see(actor, row.product.department):
        raise NotFound(zh=f"没有合同 {number}", en=f"there is no contract {number}", where="contract")
    known = CONTROLS | RECORDS
    return ContractView(
        number=row.number,
        product=_product(row.product, department_names()),
        buyer=row.buyer,
        country=row.country,
        crossing=row.crossing,
        purpose=row.purpose,
        grant=row.grant,
        pricing=row.pricing,
        price=row.price,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        state=row.state,
        drafted_by=row.drafted_by,
        signed_by=row.signed_by,
        signed_at=row.signed_at,
        end_reason=row.end_reason,
        clauses=tuple(ClauseRow(c.order, c.text, c.kind, known.get(c.control)) for c in row.clauses.all()),
        settlements=tuple(
            SettlementRow(s.month, s.calls, s.rows, s.amount, s.city_amount, s.lines_digest, s.made_at)
            for s in row.settlements.order_by("-month")
        ),
    )


def purchase_list(actor: Actor, *, search: str = "", page: int = 1, per_page: int = 20) -> Page[PurchaseRow]:
    """What departments bought, for every department to see before it buys."""
    demand(actor, "product.read")
    rows = Purchase.objects.order_by("-id")
    for word in search.split():
        rows = rows.filter(Q(title__icontains=word) | Q(subject__icontains=word) | Q(supplier__icontains=word))
    names = department_names()
    return paged(rows, lambda row: _purchase(row, names), page=page, per_page=per_page)


def _purchase(row: Purchase, names: Mapping[str, Text]) -> PurchaseRow:
    def named(code: str) -> Text:
        return names.get(code, Text(zh=code, en=code))

    return PurchaseRow(
        id=row.pk,
        title=row.title,
        supplier=row.supplier,
        subject=row.subject,
        department_title=named(row.department),
        cost=row.cost,
        sharing=row.sharing,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        reason=row.reason,
        reuses=tuple((named(r.department), r.purpose) for r in row.reuses.order_by("id")),
        like=tuple(o.title for o in purchases_like(row.title, row.subject, resource=row.resource) if o.id != row.pk),
    )


def trade_supervision(actor: Actor) -> Supervision:
    """The whole trade in one view, with what looks wrong. Raises Refused."""
    demand(actor, "product.supervise")
    today = timezone.localdate()
    active = Contract.objects.filter(state=Contract.State.ACTIVE)
    sums = Settlement.objects.aggregate(all=Sum("amount"), city=Sum("city_amount"))
    kinds = dict(active.values_list("clauses__kind").annotate(n=Count("clauses")).order_by("clauses__kind"))
    operations = [
        OperationRow(
            o.pk, o.operator, o.scope, tuple(o.resources), o.basis, o.city_share, o.valid_from, o.valid_until,
            o.ended_at is None and o.valid_from <= today < o.valid_until, o.department,
        )
        for o in Operation.objects.order_by("-id")
    ]  # fmt: skip
    providers = dict(Resource.objects.values_list("id", "provider"))
    crossings = [
        CrossingRow(
            c.number, c.resource, tuple(c.fields), c.recipient, c.country, c.route, c.case, c.valid_until,
            c.revoked_at is None and today <= c.valid_until, providers.get(c.resource, ""),
        )
        for c in Crossing.objects.order_by("-id")
    ]  # fmt: skip
    return Supervision(
        products=Product.objects.filter(state=Product.State.LISTED).count(),
        active=active.count(),
        settled=sums["all"] or Decimal(0),
        city=sums["city"] or Decimal(0),
        kinds={kind: n for kind, n in kinds.items() if kind},
        warnings=tuple(
            _warnings(today, {o.id for o in operations if o.in_force}, {c.number for c in crossings if c.in_force})
        ),
        operations=tuple(operations),
        crossings=tuple(crossings),
    )


def _warnings(today: date, operations: set[int], crossings: set[str]) -> list[tuple[str, Text]]:
    found: list[tuple[str, Text]] = []
    for row in Contract.objects.filter(state=Contract.State.ACTIVE).select_related("product").order_by("id"):
        if row.valid_until <= today:
            found.append((row.number, Text(zh="合同已到期，尚未终止", en="past its last day, not ended")))
        if row.product.operation_id is not None and row.product.operation_id not in operations:
            found.append((row.number, Text(zh="授权运营已不在有效期", en="its authorised operation is over")))
        if row.country != "CN" and row.crossing not in crossings:
            found.append((row.number, Text(zh="出境批准已失效", en="its approval to leave the country is over")))
        if not row.clauses.filter(kind="enforced").exists():
            found.append((row.number, Text(zh="没有一条由系统执行", en="no clause is enforced")))
    return found
