"""What both sides' terms say before anything is joined: the declaration's rules, the purchase's contract, the grant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from yiwang.data.errors import Block, FusionRefused
from yiwang.data.models import Product, Purchase, Resource, SensitiveFinding
from yiwang.data.products.clauses import ClauseText
from yiwang.data.products.fusions import SIDES, FusionFile, blocks_stop, contract_blocks, fusion_blocks, fusion_row
from yiwang.data.resources import definition
from yiwang.data.schema import ResourceFile
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.trust.selectors import Permit, grant_check

PART = "fusion"


@dataclass(frozen=True)
class Terms:
    """A fusion that may be run: `path` of its declaration, `sides` as the catalogue has them, the purchase that allows it."""

    path: str
    fusion: FusionFile
    sides: Mapping[str, ResourceFile]
    purchase: Purchase


def fusion_part(product: Product) -> str:
    """The fusion a product is made of; empty for other products."""
    return next((str(part["id"]) for part in product.parts if part["kind"] == PART), "")


def fusion_stop(element: str, rule: str, zh: str, en: str, where: str) -> None:
    blocks_stop((Block(element, rule, Text(zh=zh, en=en)),), where)


def fusion_terms(fusion_id: str, department: str) -> Terms:
    """The declaration, its two resources as they stand and the purchase that allows it. Raises FusionRefused, NotFound."""
    row, fusion = fusion_row(fusion_id)
    ids = [fusion.side(name).resource for name in SIDES]
    files = {r.pk: definition(r) for r in Resource.objects.filter(pk__in=ids, is_retired=False)}
    blocks_stop(fusion_blocks(fusion, files), row.path)
    sides = {name: files[fusion.side(name).resource] for name in SIDES}
    _findings(fusion, sides, row.path)
    return Terms(row.path, fusion, sides, _purchase(fusion, department, row.path))


def _findings(fusion: FusionFile, sides: Mapping[str, ResourceFile], where: str) -> None:
    """What a load was found to hold stops a group as it stops opening, until a person dismisses it."""
    for number, one in enumerate(fusion.by, 1):
        found = SensitiveFinding.objects.filter(resource_id=sides[one.side].id, field=one.field)
        if found.exclude(state=SensitiveFinding.State.DISMISSED).exists():
            title = sides[one.side].field(one.field).title
            zh, en = f"“{title.zh}”疑似含敏感内容", f"{title.en} is suspected to hold something sensitive"
            fusion_stop(f"by {number}", "finding", zh, en, where)


def _purchase(fusion: FusionFile, department: str, where: str) -> Purchase:
    today, id = timezone.localdate(), fusion.purchased.resource
    held = Purchase.objects.filter(resource=id, valid_from__lte=today, valid_until__gt=today).order_by("-pk")
    # what its buyer alone may use cannot be made a product that every department reads
    shared = held.filter(
        Q(sharing="all") | Q(sharing="asked") & (Q(department=department) | Q(reuses__department=department))
    )
    found = list(shared.distinct())
    if not found:
        zh = f"{id} 没有有效期内、合同允许本部门共用的采购登记"
        fusion_stop("purchased.contract", "contract", zh, f"no purchase of {id} is in force and shared", where)
    refusals: tuple[Block, ...] = ()
    for row in found:
        refusals = contract_blocks([ClauseText(c["text"], c["kind"], c["control"]) for c in row.clauses], row.title)
        if not refusals:
            return row
    raise FusionRefused(refusals, where)


def fusion_permit(actor: Actor, fusion: FusionFile, file: ResourceFile, grant: str, rows: int, where: str) -> Permit:
    """Leave to read the public side for this purpose. Raises UseRefused, FusionRefused."""
    permit = grant_check(
        actor=actor,
        grant=grant,
        resource=file.id,
        method="batch",
        fields=fusion.used("public"),
        share=file.share.type,
        purpose=fusion.purpose,
        rows=rows,
    )
    shown = [one.field for one in (*fusion.by, *fusion.measures) if one.side == "public"]
    covered = sorted({name for name in shown if permit.masks.get(name, "plain") != "plain"})
    if covered:
        said = "、".join(covered)
        fusion_stop(
            "public", "grant", f"授权对这些信息项有遮盖：{said}", f"the grant masks: {', '.join(covered)}", where
        )
    if permit.row_filter is not None:
        fusion_stop(
            "public", "grant", "授权带行过滤，不能用于融合", "a grant with a row filter is of no use here", where
        )
    return permit
