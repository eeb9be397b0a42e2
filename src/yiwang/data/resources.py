"""Catalogue entries: made from pack files, read back as their definition."""

from __future__ import annotations

from django.db import transaction

from yiwang.data.events import RESOURCE_INSTALLED
from yiwang.data.models import LifecycleRecord, Resource, SensitiveFinding
from yiwang.data.schema import ResourceFile, RuleFile
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.core.pack import Pack
from yiwang.kernel.errors import NotFound
from yiwang.kernel.service import audit, emit


def rules_digest(file: ResourceFile) -> str:
    """Changes whenever a file would be read or judged differently; a new title does not change it."""
    return canonical_digest(
        {
            "key": file.key,
            "load": file.load.model_dump(mode="json"),
            "fields": [
                f.model_dump(mode="json", exclude={"title", "note", "authoritative", "grade"}) for f in file.fields
            ],
            "rules": [r.model_dump(mode="json", exclude=_unjudged(r)) for r in file.rules],
        }
    )


def _unjudged(rule: RuleFile) -> set[str]:
    """What of a rule judges nothing. The closed list knows no tests, and its digests stay what they were."""
    return {"title", "bad", "good", "basis"} | (set() if rule.kind == "feel" else {"test", "dimension"})


@transaction.atomic
def resource_install(*, actor: Actor, file: ResourceFile, pack: Pack) -> Resource:
    """Make or renew the catalogue entry of a resource file. Installing the same content again changes nothing."""
    demand(actor, "pack.install")
    file = with_confirmed(file)
    known = Resource.objects.filter(pk=file.id).first()
    if known is not None and known.pack_digest == pack.digest and not known.is_retired:
        return known
    resource, created = Resource.objects.update_or_create(
        id=file.id,
        defaults={
            "code": file.code,
            "title_zh": file.title.zh,
            "title_en": file.title.en,
            "category": file.category,
            "library": file.library,
            "provider": file.provider,
            "share_type": file.share.type,
            "is_open": file.open.allowed,
            "grade": file.grade,
            "pack_id": pack.manifest.id,
            "pack_digest": pack.digest,
            "definition": file.model_dump(mode="json"),
            "rules_digest": rules_digest(file),
            "is_retired": False,
        },
    )
    if created:
        LifecycleRecord.objects.create(
            resource=resource,
            stage="register",
            operator=actor.id,
            details={"pack": pack.manifest.id, "digest": pack.digest},
        )
    audit(
        actor=actor, act="pack.install", object_kind="resource", object_id=file.id, details={"pack": pack.manifest.id}
    )
    emit(RESOURCE_INSTALLED, {"resource": file.id, "created": created})
    return resource


def with_confirmed(file: ResourceFile) -> ResourceFile:
    """The definition with every field raised to the grade a person confirmed for it; a pack cannot take that back."""
    confirmed = SensitiveFinding.objects.filter(resource_id=file.id, state=SensitiveFinding.State.CONFIRMED)
    least: dict[str, int] = {}
    for field, grade in confirmed.values_list("field", "grade"):
        least[field] = max(grade, least.get(field, 0))
    fields = tuple(
        f.model_copy(update={"grade": least[f.id]}) if f.effective_grade < least.get(f.id, 0) else f
        for f in file.fields
    )
    return file.model_copy(update={"fields": fields})


def resource_row(resource_id: str) -> Resource:
    """The row of a resource. Raises NotFound with what comes closest."""
    row = Resource.objects.filter(pk=resource_id, is_retired=False).first()
    if row is None:
        some = ", ".join(Resource.objects.filter(is_retired=False).order_by("id").values_list("id", flat=True)[:60])
        raise NotFound(
            zh=f"目录里没有资源 {resource_id}",
            en=f"the catalogue has no resource {resource_id}",
            where="resource",
            hint_zh=f"现有：{some or '（空，请先运行 yiwang init）'}",
            hint_en=f"There are: {some or '(none: run yiwang init)'}",
        )
    return row


def definition(row: Resource) -> ResourceFile:
    return ResourceFile.model_validate(row.definition)
