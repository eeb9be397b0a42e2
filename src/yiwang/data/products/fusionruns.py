"""Running fusions: both sides' terms first, then a line of use for each, then the figures as a version of the product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import duckdb
from django.db import transaction
from django.utils import timezone

from yiwang.data.adapters.engine import engine
from yiwang.data.core import sql
from yiwang.data.core.checks import output_columns
from yiwang.data.errors import FusionRefused
from yiwang.data.loads import the_lake
from yiwang.data.looking import PEOPLE_A_LINE, subjects_named
from yiwang.data.models import Fusion, FusionRun, Product
from yiwang.data.opening.blocks import value_blocks
from yiwang.data.opening.cells import Count
from yiwang.data.opening.plans import Plan
from yiwang.data.opening.writing import SHOWN_ROWS, files_keep, workplace
from yiwang.data.products.fusions import SIDES, blocks_stop
from yiwang.data.products.fusionterms import Terms, fusion_part, fusion_permit, fusion_stop, fusion_terms
from yiwang.data.products.joining import (
    Side,
    Told,
    compared,
    counted,
    inputs_compared,
    leaving_make,
    rows_in,
    sides_take,
)
from yiwang.data.schema import ResourceFile
from yiwang.data.versions import version_files
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import Conflict, InputError, NotFound
from yiwang.kernel.service import audit
from yiwang.trust.selectors import Permit, subject_hash
from yiwang.trust.service import Use, uses_note

SHORTEST_PURPOSE = 4


@dataclass(frozen=True)
class _Made:
    counts: tuple[Count, ...]
    columns: list[dict[str, Any]]
    preview: list[list[Any]]
    files: list[dict[str, Any]]


@dataclass(frozen=True)
class _Asked:
    """Who runs what for which purpose, beside which earlier results."""

    actor: Actor
    terms: Terms
    sides: Mapping[str, Side]
    before: Sequence[Told]
    purpose: str
    name: str


def fusion_run(*, actor: Actor, product_id: str, purpose: str, grant: str = "") -> FusionRun:
    """Join both sides at their newest versions and keep the figures as the product's next version.

    Raises Refused, NotFound, NoData, InputError, UseRefused, FusionRefused (also where the result and an earlier one
    would together show somebody), Conflict.
    """
    product = Product.objects.filter(pk=product_id).first()
    if product is None or not fusion_part(product):
        raise NotFound(zh=f"没有融合产品 {product_id}", en=f"there is no fusion product {product_id}", where="product")
    rule = demand(actor, "product.edit", product.department).rule
    if product.state != Product.State.LISTED:
        raise Conflict(zh="产品已下架", en="the product is off the shelf", where=product_id)
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        raise InputError(zh="请写明用途", en="state the purpose", where="purpose")
    terms = fusion_terms(fusion_part(product), product.department)
    before = list(FusionRun.objects.filter(pair=terms.fusion.pair).order_by("pk"))
    asked = _Asked(
        actor,
        terms,
        {name: _side(file) for name, file in terms.sides.items()},
        [_told(run, terms) for run in before],
        purpose.strip()[:400],
        f"{product_id}-{len(before) + 1}",
    )
    with workplace() as folder, engine(folder) as connection:
        sides_take(connection, terms.fusion, asked.sides, "now")
        rows = {name: rows_in(connection, f"now_{name}") for name in SIDES}
        permit = fusion_permit(actor, terms.fusion, terms.sides["public"], grant, rows["public"], terms.path)
        lines = _uses(connection, asked, permit)
        details: dict[str, Any] = {
            "fusion": terms.fusion.id,
            "lines": lines,
            **{n: s.version for n, s in asked.sides.items()},
        }
        noted = partial(
            audit,
            actor=actor,
            act="product.edit",
            object_kind="product",
            object_id=product_id,
            rule=rule,
            purpose=asked.purpose,
        )
        try:
            counts, columns = _computed(connection, asked)
            found = connection.execute(f"SELECT * FROM leaving LIMIT {SHOWN_ROWS}").fetchall()
            preview = [[_plain(v) for v in line] for line in found]
            made = _Made(counts, columns, preview, files_keep(actor, connection, columns, folder, asked.name))
        except FusionRefused as error:
            # kept, so that whoever tries again and again is seen
            details["refused"] = [b.rule for b in error.blocks]
            noted(details=details)
            raise
    with transaction.atomic():
        run = _run_keep(asked, product, permit, rows, made)
        noted(details=details | {"version": run.number})
    return run


def _run_keep(asked: _Asked, product: Product, permit: Permit, rows: Mapping[str, int], made: _Made) -> FusionRun:
    fusion = asked.terms.fusion
    # one at a time: a run that ended meanwhile was not compared with this one
    list(Fusion.objects.select_for_update().filter(pair=fusion.pair))
    if FusionRun.objects.filter(pair=fusion.pair).count() != len(asked.before):
        raise Conflict(zh="另一次融合刚刚完成，请重试", en="another run has just ended: try again", where=fusion.id)
    return FusionRun.objects.create(
        product=product,
        purchase=asked.terms.purchase,
        number=FusionRun.objects.filter(product=product).count() + 1,
        pair=fusion.pair,
        definition=fusion.model_dump(mode="json"),
        shape=fusion.shape,
        public_version=asked.sides["public"].version,
        purchased_version=asked.sides["purchased"].version,
        grant=permit.grant,
        purpose=asked.purpose,
        public_rows=rows["public"],
        purchased_rows=rows["purchased"],
        matched=next(c.value or 0 for c in made.counts if c.kind == "grand-total"),
        suppressed=sum(c.value is None for c in made.counts),
        cells=[{"keys": c.keys, "kind": c.kind, "hidden": c.value is None} for c in made.counts],
        columns=made.columns,
        preview=made.preview,
        files=made.files,
        run_by=asked.actor.id,
    )


def _plain(value: object) -> object:
    if isinstance(value, bool | int | str) or value is None:
        return value
    text = str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _side(file: ResourceFile, version: int | None = None) -> Side:
    number, paths = version_files(the_lake().table("standard", file.id), file.id, version)
    return Side(file, number, tuple(paths))


def _told(run: FusionRun, terms: Terms) -> Told:
    if run.shape != terms.fusion.shape:
        zh = "这两个资源已按另一种分组或门槛出过结果；换一种会让小数被相减算出"
        en = "a result by other groups or thresholds is there already: small figures could be subtracted"
        fusion_stop("by", "shape", zh, en, terms.path)
    versions = {"public": run.public_version, "purchased": run.purchased_version}
    return Told(
        {name: _side(file, versions[name]) for name, file in terms.sides.items()},
        {(c["kind"], tuple(c["keys"])): bool(c["hidden"]) for c in run.cells},
    )


def _computed(connection: duckdb.DuckDBPyConnection, asked: _Asked) -> tuple[tuple[Count, ...], list[dict[str, Any]]]:
    fusion, where = asked.terms.fusion, asked.terms.path
    inputs_compared(connection, fusion, asked.before, where)
    for name, side in asked.sides.items():
        grouped = tuple(one.field for one in fusion.by if one.side == name)
        if grouped:
            plan = Plan(fields=grouped, counts=True, threshold=fusion.threshold)
            source = sql.table_of(side.files, output_columns(side.file))
            blocks_stop(value_blocks(connection, source, side.file, plan, timezone.localdate()), where)
    counts = counted(connection, fusion, where)
    compared(connection, fusion, asked.before, counts, where)
    return counts, leaving_make(connection, fusion, asked.terms.sides, counts)


def _uses(connection: duckdb.DuckDBPyConnection, asked: _Asked, permit: Permit) -> list[str]:
    """A line for each side, on disk before the two meet, about everybody in it; a side of many people has several."""
    purchase = asked.terms.purchase
    lines: list[Use] = []
    for name, side in asked.sides.items():
        rows = rows_in(connection, f"now_{name}")
        grant, basis = (permit.grant, permit.basis) if name == "public" else (f"purchase-{purchase.pk}", purchase.title)
        about = _about(connection, side)
        for start in range(0, max(len(about), 1), PEOPLE_A_LINE):
            use = Use(
                asked.actor,
                side.file.id,
                str(side.version),
                asked.terms.fusion.used(name),
                tuple(about[start : start + PEOPLE_A_LINE]),
                asked.terms.fusion.purpose,
                grant=grant,
                basis=basis,
                via="fusion",
                # the rows of a side are metered once, however many lines its people take
                rows=rows if start == 0 else 0,
                words=asked.purpose,
            )
            lines.append(use)
    return uses_note(lines)


def _about(connection: duckdb.DuckDBPyConnection, side: Side) -> list[str]:
    named = subjects_named(side.file)
    if not named:
        return []
    source = sql.table_of(side.files, output_columns(side.file))
    listed = ", ".join(f"CAST({sql.name(field)} AS VARCHAR)" for field, _ in named)
    numbers = connection.execute(f"SELECT {listed} FROM {source}").fetchall()
    return sorted({subject_hash(kind, v) for one in numbers for (_, kind), v in zip(named, one, strict=True) if v})
