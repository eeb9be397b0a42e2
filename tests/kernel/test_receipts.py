"""The same work gives the same receipt."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest

from yiwang.kernel.core.actor import ANONYMOUS, Actor
from yiwang.kernel.errors import NotFound, Refused
from yiwang.kernel.models import AuditLine, Receipt
from yiwang.kernel.selectors import ReceiptRow, receipt_get
from yiwang.kernel.service import receipt_write

pytestmark = pytest.mark.django_db


def write(actor: Actor, **over: Any) -> ReceiptRow:
    said: dict[str, Any] = {
        "kind": "load",
        "inputs": {"file": "ab" * 32, "rows": 10},
        "outputs": {"accepted": 9},
        "pack_digests": {"civil": "cd" * 32},
        "as_of": date(2026, 11, 22),
        "engine_versions": {"duckdb": "1.5.5"},
    }
    return receipt_write(actor=actor, **(said | over))


def test_a_receipt_is_known_by_the_hash_of_its_content(system: Actor) -> None:
    receipt = write(system)
    text = (
        '{"as_of":"2026-11-22","engine_versions":{"duckdb":"1.5.5"},"inputs":{"file":"' + "ab" * 32 + '","rows":10},'
        '"kind":"load","outputs":{"accepted":9},"pack_digests":{"civil":"' + "cd" * 32 + '"}}'
    )
    assert receipt.id == "r-" + hashlib.sha256(text.encode()).hexdigest()[:24]
    assert receipt_get(receipt.id) == receipt
    assert receipt.body["as_of"] == "2026-11-22"
    assert AuditLine.objects.get(act="receipt.write").object_id == receipt.id


def test_the_same_content_in_another_order_is_the_same_receipt(system: Actor) -> None:
    assert write(system) == write(system, inputs={"rows": 10, "file": "ab" * 32})
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize(
    "over", [{"kind": "export"}, {"outputs": {"accepted": 8}}, {"as_of": date(2026, 11, 23)}, {"pack_digests": {}}]
)
def test_any_difference_is_another_receipt(system: Actor, over: dict[str, Any]) -> None:
    assert write(system, **over).id != write(system).id


def test_an_unknown_receipt_is_not_found_and_nobody_writes_none() -> None:
    with pytest.raises(NotFound):
        receipt_get("r-000000000000000000000000")
    with pytest.raises(Refused):
        write(ANONYMOUS)
