"""The end of a load, in one transaction: receipt, counts, scores, profile, findings, life cycle, audit line, event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import deltalake
import duckdb
from django.db import transaction
from django.utils import timezone

import yiwang
from yiwang.data.core.profiling import Profile
from yiwang.data.core.quality import accessibility, timeliness
from yiwang.data.core.sensitive import Finding
from yiwang.data.events import LOAD_FINISHED
from yiwang.data.loading import Prepared, Published
from yiwang.data.models import FieldProfile, LifecycleRecord, Load, QualityScore, SensitiveFinding
from yiwang.data.schema import ResourceFile
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import NotFound
from yiwang.kernel.selectors import liaison_of
from yiwang.kernel.service import audit, emit, receipt_write


@transaction.atomic
def load_finish(
    load: Load,
    actor: Actor,
    file: ResourceFile,
    prepared: Prepared,
    published: Published,
    profiles: Iterable[Profile],
    findings: Iterable[Finding],
) -> None:
    """Say that a load is done and what it found. Doing it again for the same load changes nothing that counts."""
    load.refresh_from_db()
    now = timezone.now()
    Load.objects.filter(pk=load.pk).update(
        state=Load.State.DONE,
        stage="done",
        raw_version=published.raw_version,
        table_version=published.table_version,
        receipt_id=_receipt(load, actor, file, prepared, published),
        finished_at=now,
    )
    _keep_scores(load, file, prepared, published, now)
    _keep_profiles(load, profiles)
    _keep_findings(load, findings)
    for stage in ("parse", "process"):
        LifecycleRecord.objects.get_or_create(
            resource_id=file.id, stage=stage, load=load, defaults={"operator": actor.id, "details": {"load": load.pk}}
        )
    audit(
        actor=actor,
        act="resource.load",
        object_kind="load",
        object_id=str(load.pk),
        details={"done": True, "source": prepared.source, "accepted": prepared.accepted, "rejected": prepared.rejected},
    )
    emit(LOAD_FINISHED, {"load": load.pk, "resource": file.id, "rejected": prepared.rejected})


def _receipt(load: Load, actor: Actor, file: ResourceFile, prepared: Prepared, published: Published) -> str:
    receipt = receipt_write(
        actor=actor,
        kind="load",
        inputs={
            "resource": file.id,
            "file": load.file_digest,
            "rules": load.rules_digest,
            "mapping": load.reading["columns"],
        },
        outputs={
            "source": prepared.source,
            "accepted": prepared.accepted,
            "rejected": prepared.rejected,
            "reasons": dict(prepared.reasons),
            "content": prepared.content_hash,
            "raw_version": published.raw_version,
            "table_version": published.table_version,
        },
        pack_digests={load.resource.pack_id: load.resource.pack_digest},
        as_of=date.fromisoformat(load.reading["as_of"]),
        engine_versions={
            "yiwang": yiwang.__version__,
            "duckdb": duckdb.__version__,
            "deltalake": deltalake.__version__,
        },
    )
    return str(receipt.id)


def _keep_scores(load: Load, file: ResourceFile, prepared: Prepared, published: Published, now: datetime) -> None:
    parts = [
        *prepared.parts,
        timeliness(file, now, now),
        accessibility(file, published.table_version is not None, has_liaison(file.provider)),
    ]
    QualityScore.objects.filter(load=load).delete()
    QualityScore.objects.bulk_create(
        QualityScore(load=load, dimension=p.dimension, good=p.good, total=p.total) for p in parts
    )


def has_liaison(department: str) -> bool:
    """Is there somebody to ask? A department the city does not have certainly has nobody."""
    try:
        return bool(liaison_of(department))
    except NotFound:
        return False


def _keep_profiles(load: Load, profiles: Iterable[Profile]) -> None:
    FieldProfile.objects.filter(load=load).delete()
    FieldProfile.objects.bulk_create(
        FieldProfile(
            load=load,
            field=p.field,
            rows=p.rows,
            nulls=p.nulls,
            distinct=p.distinct,
            minimum=p.minimum,
            maximum=p.maximum,
            average_length=p.average_length,
            top=[list(t) for t in p.top],
        )
        for p in profiles
    )


def _keep_findings(load: Load, findings: Iterable[Finding]) -> None:
    """A finding stands once per field and type; what a person decided about it stays."""
    for finding in findings:
        SensitiveFinding.objects.get_or_create(
            resource_id=load.resource_id,
            field=finding.field,
            semantic=finding.semantic,
            defaults={
                "load": load,
                "grade": finding.grade,
                "declared_grade": finding.declared_grade,
                "evidence": [dict(s) for s in finding.signs],
            },
        )
