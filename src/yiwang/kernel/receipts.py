"""Receipts: what went into a result and what came out, so that anybody can run it again and compare bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from yiwang.kernel.access import demand_identity
from yiwang.kernel.auditing import audit
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest, plain
from yiwang.kernel.errors import NotFound
from yiwang.kernel.models import Receipt

HEX_DIGITS = 24


@dataclass(frozen=True)
class ReceiptRow:
    """A receipt. `body` has the keys kind, inputs, outputs, pack_digests, as_of and engine_versions."""

    id: str
    kind: str
    body: dict[str, Any]
    created_at: datetime


def receipt_write(
    *,
    actor: Actor,
    kind: str,
    inputs: Mapping[str, object],
    outputs: Mapping[str, object],
    pack_digests: Mapping[str, str],
    as_of: date | datetime,
    engine_versions: Mapping[str, str],
) -> ReceiptRow:
    """Keep a receipt; its id is "r-" and 24 hex digits of the SHA-256 of its canonical JSON.

    The same content is the same receipt: writing it again returns the first one. Values must be sayable in canonical
    JSON, inputs and outputs by digest or version rather than by content.
    """
    demand_identity(actor)
    body = {
        "kind": kind,
        "inputs": inputs,
        "outputs": outputs,
        "pack_digests": pack_digests,
        "as_of": as_of,
        "engine_versions": engine_versions,
    }
    number = f"r-{canonical_digest(body)[:HEX_DIGITS]}"
    with transaction.atomic():
        row, is_new = Receipt.objects.get_or_create(pk=number, defaults={"kind": kind, "body": plain(body)})
        audit(
            actor=actor,
            act="receipt.write",
            object_kind="receipt",
            object_id=number,
            details={"kind": kind, "new": is_new},
        )
    return _row(row)


def receipt_get(receipt_id: str) -> ReceiptRow:
    """Raises NotFound."""
    row = Receipt.objects.filter(pk=receipt_id).first()
    if row is None:
        raise NotFound(
            zh=f"没有编号为 {receipt_id} 的回执",
            en=f"there is no receipt {receipt_id}",
            where="receipt",
            hint_zh="回执编号以 r- 开头，后面是 24 位十六进制数字。",
            hint_en="A receipt's number is r- and 24 hex digits.",
        )
    return _row(row)


def _row(row: Receipt) -> ReceiptRow:
    return ReceiptRow(row.pk, row.kind, row.body, row.created_at)
