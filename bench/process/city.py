"""A city on PostgreSQL with one service item that runs the bench's process; a case of it lived through the services."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from bench.contest import ROOT  # noqa: E402
from yiwang.flow.models import ItemVersion, Process, ProcessVersion  # noqa: E402
from yiwang.flow.schema import ItemFile  # noqa: E402
from yiwang.flow.service import case_open, work_done  # noqa: E402
from yiwang.kernel.core.actor import Actor, system_actor  # noqa: E402
from yiwang.kernel.core.text import Text  # noqa: E402
from yiwang.kernel.selectors import fetch  # noqa: E402
from yiwang.kernel.service import department_save, file_put, pack_install  # noqa: E402

OPEN_WORK = (
    "SELECT w.id FROM flow_work w JOIN flow_case c ON c.id = w.case_id"
    " WHERE c.number = $1 AND w.node = $2 AND w.closed_at IS NULL"
)
SYSTEM = system_actor("bench")
FOUNDED = date(2020, 1, 1)
ITEM = {
    "id": "permit",
    "title": {"zh": "许可", "en": "Permit"},
    "summary": {"zh": "许可", "en": "A permit"},
    "kind": "service",
    "department": "city",
    "open_to": ["public"],
    "channels": ["counter"],
    "limit": {
        "budget": "20wd",
        "law": "行政许可法",
        "article": "第四十二条",
        "rungs": [
            {"key": "soon", "kind": "reminder", "when": "80%", "role": "staff"},
            {"key": "late", "kind": "breach", "when": "0", "role": "leader"},
        ],
    },
    "results": [{"title": {"zh": "许可证", "en": "Permit"}, "kind": "licence"}],
    "process": "permit",
    "valid_from": FOUNDED,
}


def build(bpmn: bytes) -> None:
    call_command("migrate", verbosity=0)
    department_save(actor=SYSTEM, code="city", name=Text(zh="市", en="City"), parent=None, on=FOUNDED)
    pack_install(actor=SYSTEM, folder=ROOT / "packs/foundation/calendar")
    stored = file_put(actor=SYSTEM, source=io.BytesIO(bpmn), name="permit.bpmn")
    process = Process.objects.create(
        id="permit", title_zh="许可", title_en="Permit", department="city", pack_id="bench"
    )
    process.published = ProcessVersion.objects.create(
        process=process, number=1, state="published", digest=stored.digest, author="bench", author_name="bench"
    )
    process.save()
    ItemVersion.objects.create(
        item_id="permit",
        number=1,
        digest="0" * 64,
        body=ItemFile.model_validate(ITEM).model_dump(mode="json"),
        title_zh="许可",
        title_en="Permit",
        department="city",
        pack_id="bench",
        pack_digest="0" * 64,
        valid_from=FOUNDED,
    )


def live(actor: Actor, answers: Mapping[str, Mapping[str, Any]]) -> None:
    """Opened, and each work done in a transaction of its own; the next is found as a person finds it."""
    number = case_open(actor=actor, item_id="permit", title="试").number
    for node, said in answers.items():
        ((work,),) = fetch(OPEN_WORK, [number, node])
        work_done(actor=actor, work_id=work, answers=said)
