"""Reading fusion products: what they join and the versions kept of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from yiwang.data.models import FusionRun, Product
from yiwang.data.opening.plans import FORMATS
from yiwang.data.products.fusions import fusion_row
from yiwang.data.products.fusionterms import fusion_part
from yiwang.kernel.access import demand, verdict
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound
from yiwang.kernel.selectors import file_path
from yiwang.trust.selectors import GrantUse, grant_use_counts


@dataclass(frozen=True)
class FusionRunRow:
    """One version of the product. `matched` is rounded like the total beside it."""

    number: int
    public_version: int
    purchased_version: int
    purchase: str
    purpose: str
    public_rows: int
    purchased_rows: int
    matched: int
    suppressed: int
    columns: tuple[tuple[str, Text, str], ...]
    preview: tuple[tuple[Any, ...], ...]
    formats: tuple[str, ...]
    run_at: datetime

    @property
    def public_unmatched(self) -> int:
        return max(self.public_rows - self.matched, 0)

    @property
    def purchased_unmatched(self) -> int:
        return max(self.purchased_rows - self.matched, 0)


@dataclass(frozen=True)
class FusionView:
    """`uses`: what the ledger counted under the purchase and the grants, for those who may count."""

    id: str
    title: Text
    summary: Text
    public: str
    purchased: str
    threshold: int
    rounding: int
    runs: tuple[FusionRunRow, ...]
    uses: tuple[GrantUse, ...]


def fusion_get(actor: Actor, product_id: str) -> FusionView | None:
    """The fusion a product is made of with its versions, the newest first; None for a product of another make."""
    demand(actor, "product.read")
    product = Product.objects.filter(pk=product_id).first()
    if product is None or not fusion_part(product):
        return None
    _, fusion = fusion_row(fusion_part(product))
    runs = list(product.fusion_runs.select_related("purchase").order_by("-number"))
    uses: tuple[GrantUse, ...] = ()
    if runs and verdict(actor, "use.count"):
        today = timezone.localdate()
        grants = {f"purchase-{run.purchase_id}" for run in runs} | {run.grant for run in runs if run.grant}
        since = min(timezone.localdate(run.run_at) for run in runs)
        uses = grant_use_counts(actor, tuple(sorted(grants)), since=since, until=today + timedelta(days=1))
    return FusionView(
        id=fusion.id,
        title=fusion.title,
        summary=fusion.summary,
        public=fusion.public.resource,
        purchased=fusion.purchased.resource,
        threshold=fusion.threshold,
        rounding=fusion.rounding,
        runs=tuple(_row(run) for run in runs),
        uses=uses,
    )


def _row(run: FusionRun) -> FusionRunRow:
    return FusionRunRow(
        number=run.number,
        public_version=run.public_version,
        purchased_version=run.purchased_version,
        purchase=run.purchase.title,
        purpose=run.purpose,
        public_rows=run.public_rows,
        purchased_rows=run.purchased_rows,
        matched=run.matched,
        suppressed=run.suppressed,
        columns=tuple((c["id"], Text(**c["title"]), c["unit"]) for c in run.columns),
        preview=tuple(tuple(line) for line in run.preview),
        formats=tuple(f["format"] for f in run.files),
        run_at=run.run_at,
    )


def fusion_file(actor: Actor, product_id: str, number: int, format: str) -> tuple[Path, str]:
    """The file of a version and its media type. Raises NotFound, Refused."""
    demand(actor, "product.read")
    run = FusionRun.objects.filter(product_id=product_id, number=number).first()
    digest = next((f["digest"] for f in run.files if f["format"] == format), "") if run else ""
    if not digest:
        raise NotFound(zh="没有这个文件", en="there is no such file", where=f"{product_id} {number} {format}")
    return file_path(digest), FORMATS[format]
