"""Materials (电子材料): what somebody gave once is kept for them, offered again, and used only with their word.

The bytes are a stored file. Nobody but its holder (and who acts for them) finds a material; each reuse is a line the holder
reads, and they end reuse when they like. What was used before stays with its case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound
from yiwang.kernel.selectors import file_get
from yiwang.kernel.service import audit
from yiwang.trust.bindings import subject_demand
from yiwang.trust.holders import held_hashes
from yiwang.trust.models import Material, MaterialUse

LONGEST_CONSENT = 600


@dataclass(frozen=True)
class MaterialRow:
    """One kept document. `valid_until` is the first day it no longer is; `ended_at` when its holder ended reuse."""

    id: int
    kind: str
    title: str
    digest: str
    given_for: str
    given_at: datetime
    valid_until: date | None
    ended_at: datetime | None
    uses: int


@dataclass(frozen=True)
class MaterialUseRow:
    title: str
    case: str
    purpose: str
    consent: str
    at: datetime


@dataclass(frozen=True)
class GivenMaterial:
    """What is kept: the kind is the material's id in its service item."""

    kind: str
    title: str
    digest: str
    given_for: str = ""
    valid_until: date | None = None


def consent_text(title: str, case: str, purpose: str) -> Text:
    """The words a holder agrees to; they are kept with the use."""
    return Text(
        zh=f"我同意把我存的“{title}”用于 {case}，用途：{purpose}。",
        en=f"I agree that my kept document “{title}” is used for {case}, for this purpose: {purpose}.",
    )


def material_keep(*, actor: Actor, kind: str, subject: str, given: GivenMaterial) -> int:
    """Keep a stored file for a subject the actor may act for, and return its number. Kept already, it is the same one.

    Raises Refused, NotFound for a file that is not stored, InputError without a title or for one that is over.
    """
    owner = subject_demand(actor, kind, subject, "act")
    file = file_get(given.digest)
    if not given.kind.strip() or not given.title.strip():
        raise InputError(zh="材料要有种类和名称", en="a material has a kind and a title", where="title")
    if given.valid_until is not None and given.valid_until <= timezone.localdate():
        raise InputError(zh="材料已经过期", en="the material is over already", where="valid_until")
    with transaction.atomic():
        row, is_new = Material.objects.get_or_create(
            subject_hash=owner.hash,
            kind=given.kind.strip()[:80],
            digest=given.digest,
            ended_at=None,
            defaults={
                "subject_kind": kind,
                "title": given.title.strip()[:200],
                "media_type": file.media_type[:100],
                "given_for": given.given_for[:64],
                "given_by": actor.id,
                "valid_until": given.valid_until,
            },
        )
        audit(
            actor=actor,
            act="material.keep",
            object_kind="material",
            object_id=row.pk,
            details={"kind": row.kind, "new": is_new, "acting_for": owner.acting_for},
        )
    return int(row.pk)


def material_use(*, actor: Actor, material: int, case: str, purpose: str, consent: str) -> str:
    """Use a kept document for a case, with the words its holder agreed to; returns the file's digest. Again changes nothing.

    Raises NotFound for another's, Conflict when reuse was ended or it is over, InputError without case, purpose or consent.
    """
    row = _own(actor, material)
    subject_demand(actor, row.subject_kind, row.subject_hash, "act")
    for name, value in (("case", case), ("purpose", purpose), ("consent", consent)):
        if not value.strip():
            raise InputError(zh=f"没有写 {name}", en=f"{name} is missing", where=name)
    with transaction.atomic():
        row = Material.objects.select_for_update().get(pk=row.pk)
        if row.ended_at is not None:
            raise Conflict(zh="您已经停止重复使用这份材料", en="reuse of this material was ended", where="material")
        if row.valid_until is not None and row.valid_until <= timezone.localdate():
            raise Conflict(zh="这份材料已经过期", en="this material is over", where="material")
        _, is_new = MaterialUse.objects.get_or_create(
            material=row,
            case=case.strip()[:64],
            defaults={
                "purpose": purpose.strip()[:400],
                "consent": consent.strip()[:LONGEST_CONSENT],
                "by": actor.id,
            },
        )
        audit(
            actor=actor,
            act="material.use",
            object_kind="material",
            object_id=row.pk,
            purpose=purpose.strip()[:400],
            details={"case": case.strip(), "new": is_new},
        )
    return row.digest


def material_end(*, actor: Actor, material: int) -> None:
    """End the reuse of a kept document. What was used before stays with its case. Raises NotFound for another's."""
    row = _own(actor, material)
    subject_demand(actor, row.subject_kind, row.subject_hash, "act")
    with transaction.atomic():
        Material.objects.filter(pk=row.pk, ended_at=None).update(ended_at=timezone.now())
        audit(actor=actor, act="material.end", object_kind="material", object_id=row.pk)


def material_list(actor: Actor, *, kind: str = "", only_usable: bool = False) -> tuple[MaterialRow, ...]:
    """What is kept for those the actor may look for, the newest first; `only_usable` leaves out what was ended or is over."""
    rows = Material.objects.filter(subject_hash__in=held_hashes(actor)).prefetch_related("uses")
    if kind:
        rows = rows.filter(kind=kind)
    found = [_row(row) for row in rows]
    today = timezone.localdate()
    return tuple(
        row
        for row in found
        if not only_usable or (row.ended_at is None and (row.valid_until is None or row.valid_until > today))
    )


def material_use_list(actor: Actor) -> tuple[MaterialUseRow, ...]:
    """Where kept documents were used, the newest first."""
    rows = MaterialUse.objects.filter(material__subject_hash__in=held_hashes(actor)).select_related("material")
    return tuple(MaterialUseRow(row.material.title, row.case, row.purpose, row.consent, row.at) for row in rows)


def _own(actor: Actor, material: int) -> Material:
    row = Material.objects.filter(pk=material, subject_hash__in=held_hashes(actor)).first()
    if row is None:
        raise NotFound(zh=f"没有材料 {material}", en=f"there is no material {material}", where="material")
    return row


def _row(row: Material) -> MaterialRow:
    return MaterialRow(
        row.pk,
        row.kind,
        row.title,
        row.digest,
        row.given_for,
        row.given_at,
        row.valid_until,
        row.ended_at,
        len(row.uses.all()),
    )
