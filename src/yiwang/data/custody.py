"""What a person decides about data: confirming a sensitive finding, archiving, destroying with a certificate."""

from __future__ import annotations

from typing import Any

import deltalake
import duckdb
from django.db import transaction
from django.utils import timezone

import yiwang
from yiwang.data.adapters.lake import LAYERS
from yiwang.data.core.profiling import SHOWN_GRADE
from yiwang.data.errors import NoData
from yiwang.data.events import DATA_DESTROYED
from yiwang.data.exchange.projection import records_forget
from yiwang.data.loads import the_lake
from yiwang.data.models import FieldProfile, LifecycleRecord, Load, Resource, SensitiveFinding
from yiwang.data.resources import definition, resource_row, with_confirmed
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import Conflict, InputError, NotFound
from yiwang.kernel.selectors import file_get
from yiwang.kernel.service import audit, emit, file_forget, receipt_write


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
    if confirm:
        _raise_grade(row)
    audit(
        actor=actor,
        act="resource.classify",
        object_kind="resource",
        object_id=row.resource_id,
        details={"field": row.field, "semantic": row.semantic, "confirmed": confirm},
    )
    return row


def _raise_grade(row: SensitiveFinding) -> None:
    """From now on the field is masked as its grade asks, and the values its profile shows are gone."""
    file = with_confirmed(definition(row.resource))
    grade = max(row.resource.grade, row.grade)
    Resource.objects.filter(pk=row.resource_id).update(grade=grade, definition=file.model_dump(mode="json"))
    if row.grade > SHOWN_GRADE:
        profiles = FieldProfile.objects.filter(load__resource=row.resource, field=row.field)
        profiles.update(minimum="", maximum="", top=[])


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
        tables = {layer: lake.table(layer, resource_id) for layer in LAYERS}
        before = {layer: (t.version(), t.rows()) for layer, t in tables.items()}
        own, shared = _original_files(resource_id)
        if all(version is None for version, _ in before.values()) and not own:
            raise NoData(
                zh="这个资源没有数据可销毁",
                en="there is nothing to destroy",
                where=resource_id,
                hint_zh="没有归集过，或已经销毁。",
                hint_en="Nothing was ever loaded, or it was destroyed already.",
            )
        # said first: should this be cut short, the trail shows that it began and it can be done again
        audit(
            actor=actor,
            act="resource.destroy",
            object_kind="resource",
            object_id=resource_id,
            purpose=basis.strip()[:400],
            details={"begun": True, "tables": {k: list(v) for k, v in before.items()}, "files": len(own)},
        )
        records_forget(resource_id)
        freed = sum(table.destroy() for table in tables.values())
        freed += lake.forget_rejected(resource_id)
        freed += sum(file_forget(actor=actor, digest=digest, purpose=basis.strip()[:400]) for digest in own)
        certified = {"tables": {k: list(v) for k, v in before.items()}, "files": own, "files_kept": shared}
        return _certify(actor, row, basis.strip(), certified, freed)


def _original_files(resource_id: str) -> tuple[list[str], list[str]]:
    """Digests of the files this resource was loaded from that are still kept: its own, and those others use as well."""
    loads = Load.objects.filter(resource_id=resource_id)
    others = set(Load.objects.exclude(resource_id=resource_id).values_list("file_digest", flat=True))
    there = {digest for digest in loads.values_list("file_digest", flat=True) if _is_kept(digest)}
    return sorted(there - others), sorted(there & others)


def _is_kept(digest: str) -> bool:
    try:
        file_get(digest)
    except NotFound:
        return False  # destroyed before
    return True


@transaction.atomic
def _certify(actor: Actor, row: Resource, basis: str, certified: dict[str, Any], freed: int) -> str:
    """The certificate of a destruction; what was known of single values goes with the data."""
    FieldProfile.objects.filter(load__resource=row).update(minimum="", maximum="", top=[])
    receipt = receipt_write(
        actor=actor,
        kind="destruction",
        inputs={"resource": row.pk, "basis": basis, **certified},
        outputs={"bytes_freed": freed, "destroyed_at": timezone.now().isoformat()},
        pack_digests={row.pack_id: row.pack_digest},
        as_of=timezone.localdate(),
        engine_versions={
            "yiwang": yiwang.__version__,
            "duckdb": duckdb.__version__,
            "deltalake": deltalake.__version__,
        },
    )
    rows = {layer: count for layer, (_, count) in certified["tables"].items()}
    LifecycleRecord.objects.create(
        resource=row,
        stage="destroy",
        operator=actor.id,
        details={"certificate": receipt.id, "basis": basis, "rows": rows},
    )
    audit(
        actor=actor,
        act="resource.destroy",
        object_kind="resource",
        object_id=row.pk,
        purpose=basis[:400],
        details={"certificate": receipt.id},
    )
    emit(DATA_DESTROYED, {"resource": row.pk, "receipt": receipt.id})
    return str(receipt.id)
