"""What a person decides about data: confirming a sensitive finding, archiving, destroying with a certificate."""

from __future__ import annotations

from typing import Any

import deltalake
import duckdb
from django.db import transaction
from django.utils import timezone

import yiwang
from yiwang.data.errors import NoData
from yiwang.data.events import DATA_DESTROYED
from yiwang.data.loads import the_lake
from yiwang.data.models import LifecycleRecord, Resource, SensitiveFinding
from yiwang.data.resources import resource_row
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import Conflict, InputError, NotFound
from yiwang.kernel.service import audit, emit, receipt_write


@transaction.atomic
def finding_decide(*, actor: Actor, finding_id: int, confirm: bool, note: str = "") -> SensitiveFinding:
    """Confirm or dismiss a finding. A confirmed one raises the resource's grade at once; dismissing needs a note."""
    row = SensitiveFinding.objects.select_for_update().select_related("resource").filter(pk=finding_id).first()
    if row is None:
        raise NotFound(zh=f"没有发现 {finding_id}", en=f"there is no finding {finding_id}", where="finding")
    demand(actor, "resource.classify", row.resource.provider)
    if row.state != SensitiveFinding.State.OPEN:
        raise Conflict(zh="已经有人处理过", en="somebody decided it already", where=f"finding {finding_id}")
    if not confirm and not note.strip():
        raise InputError(zh="不认定须写明理由", en="dismissing it takes a reason", where="note")
    row.state = SensitiveFinding.State.CONFIRMED if confirm else SensitiveFinding.State.DISMISSED
    row.decided_by, row.decided_at, row.note = actor.id, timezone.now(), note.strip()[:400]
    row.save()
    if confirm and row.resource.grade < row.grade:
        Resource.objects.filter(pk=row.resource_id).update(grade=row.grade)
    audit(
        actor=actor,
        act="resource.classify",
        object_kind="resource",
        object_id=row.resource_id,
        details={"field": row.field, "semantic": row.semantic, "confirmed": confirm},
    )
    return row


@transaction.atomic
def stage_record(*, actor: Actor, resource_id: str, stage: str, details: dict[str, Any]) -> LifecycleRecord:
    """Record that a resource went through integration or archiving; the other stages are recorded by what does them."""
    if stage not in {"integrate", "archive"}:
        raise InputError(
            zh=f"环节 {stage} 由系统自动记录", en=f"stage {stage} is recorded by the system", where="stage"
        )
    row = resource_row(resource_id)
    demand(actor, "resource.load", row.provider)
    record = LifecycleRecord.objects.create(resource=row, stage=stage, operator=actor.id, details=details)
    audit(actor=actor, act="resource.load", object_kind="resource", object_id=resource_id, details={"stage": stage})
    return record


def data_destroy(*, actor: Actor, resource_id: str, basis: str, confirm_code: str) -> str:
    """Destroy every row of a resource in all layers and return the certificate's receipt id.

    The actor must name the legal basis and repeat the resource's code. Receipts, counts and audit lines stay; original
    files stay in the file store only where another resource uses them. There is no way back.
    """
    row = resource_row(resource_id)
    demand(actor, "resource.destroy", row.provider)
    if not basis.strip():
        raise InputError(zh="请注明销毁依据", en="state the legal basis of the destruction", where="basis")
    if confirm_code.strip() != row.code:
        raise InputError(
            zh="请完整输入资源代码以确认",
            en="repeat the resource's code to confirm",
            where="confirm",
            hint_zh=row.code,
            hint_en=row.code,
        )
    lake = the_lake()
    with lake.lock(resource_id):
        tables = {layer: lake.table(layer, resource_id) for layer in ("raw", "standard", "subject")}
        before = {layer: (t.version(), t.rows()) for layer, t in tables.items()}
        if all(version is None for version, _ in before.values()):
            raise NoData(zh="这个资源没有数据可销毁", en="there is nothing to destroy", where=resource_id)
        freed = sum(table.destroy() for table in tables.values())
        freed += lake.forget_rejected(resource_id)
    with transaction.atomic():
        receipt = receipt_write(
            actor=actor,
            kind="destruction",
            inputs={"resource": resource_id, "basis": basis.strip(), "tables": {k: list(v) for k, v in before.items()}},
            outputs={"bytes_freed": freed, "destroyed_at": timezone.now().isoformat()},
            pack_digests={row.pack_id: row.pack_digest},
            as_of=timezone.localdate(),
            engine_versions={
                "yiwang": yiwang.__version__,
                "duckdb": duckdb.__version__,
                "deltalake": deltalake.__version__,
            },
        )
        LifecycleRecord.objects.create(
            resource=row,
            stage="destroy",
            operator=actor.id,
            details={"certificate": receipt.id, "basis": basis.strip(), "rows": {k: v[1] for k, v in before.items()}},
        )
        audit(
            actor=actor,
            act="resource.destroy",
            object_kind="resource",
            object_id=resource_id,
            purpose=basis.strip()[:400],
            details={"certificate": receipt.id},
        )
        emit(DATA_DESTROYED, {"resource": resource_id, "receipt": receipt.id})
    return receipt.id
