"""What somebody holds already and may use again: kept documents and credentials, offered where they fit, never taken.

A thing held is named `material:12` or `credential:SC-…`. Whoever lends it chose it; each use is a line its holder reads.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, NotFound
from yiwang.kernel.selectors import file_get
from yiwang.kernel.service import audit
from yiwang.trust.answers import CredentialRow
from yiwang.trust.bindings import SubjectRow
from yiwang.trust.credentialreads import credential_holder_list, credential_pdf_bytes
from yiwang.trust.filings import filing_subject
from yiwang.trust.materials import MaterialRow, consent_text, material_list, material_use
from yiwang.trust.models import Credential, Material
from yiwang.trust.uses import use_note

PDF = "application/pdf"


@dataclass(frozen=True)
class Offer:
    """`held` names it, `given_for` is the case it was given for or by. `why_not` says why it cannot be used today."""

    held: str
    title: Text
    given_on: date
    given_for: str
    why_not: Text | None


@dataclass(frozen=True)
class Lent:
    """What goes into a form: a stored file by its digest, or, of a credential, the bytes of its sealed page."""

    name: str
    media_type: str
    digest: str
    content: bytes | None


def held_offers(actor: Actor, *, subject: str, material: str = "", credential: str = "") -> tuple[Offer, ...]:
    """What the subject holds of this material id and this kind of credential, the newest first; what cannot be used says why.

    Raises as `filing_subject`.
    """
    row = filing_subject(actor, subject)
    found = [_kept(one) for one in _materials(actor, row, material)] if material else []
    found += [_given(one) for one in _credentials(actor, row, credential)] if credential else []
    return tuple(sorted(found, key=lambda one: one.given_on, reverse=True))


def held_lend(actor: Actor, *, subject: str, held: str) -> Lent:
    """The thing itself, for the subject's own form. Raises as `filing_subject`, NotFound for another's, Conflict when it is over."""
    row = filing_subject(actor, subject)
    sort, _, name = held.partition(":")
    if sort == "material":
        kept = next((one for one in _materials(actor, row, "") if str(one.id) == name), None)
        if kept is not None:
            _demand(_kept(kept))
            return Lent(f"{kept.title}", file_get(kept.digest).media_type, kept.digest, None)
    given = next((one for one in _credentials(actor, row, "") if one.number == name), None)
    if sort != "credential" or given is None:
        raise NotFound(zh=f"没有存着 {held}", en=f"{held} is not held", where="held")
    _demand(_given(given))
    content = credential_pdf_bytes(actor, name)
    return Lent(f"{given.title.zh} {name}.pdf", PDF, hashlib.sha256(content).hexdigest(), content)


@transaction.atomic
def held_use(*, actor: Actor, subject: str, held: str, digest: str, case: str, purpose: str) -> None:
    """Note that a held thing goes with a case, with the words of its holder; the line stands in the ledger before this returns.

    Raises as `held_lend`, Conflict when the file is no longer the one that was chosen.
    """
    row = filing_subject(actor, subject)
    lent = held_lend(actor, subject=subject, held=held)
    if lent.digest != digest:
        raise Conflict(
            zh=f"“{lent.name}”已经变了，请重新选择", en=f"“{lent.name}” has changed; choose it again", where="held"
        )
    sort, _, name = held.partition(":")
    consent = consent_text(lent.name, case, purpose).zh
    if sort == "material":
        material_use(actor=actor, material=int(name), case=case, purpose=purpose, consent=consent)
    else:
        audit(
            actor=actor,
            act="credential.use",
            object_kind="credential",
            object_id=name,
            purpose=purpose,
            details={"case": case, "acting_for": row.acting_for, "consent": consent},
        )
    use_note(
        actor=actor,
        resource=f"case:{case}",
        version="",
        fields=[lent.name],
        about=[row.hash],
        purpose=purpose,
        via="case",
        acting_for=row.acting_for,
        rows=1,
    )


def _materials(actor: Actor, row: SubjectRow, kind: str) -> list[MaterialRow]:
    own = Material.objects.filter(subject_kind=row.kind, subject_hash=row.hash)
    numbers = set(own.values_list("pk", flat=True))
    return [one for one in material_list(actor, kind=kind) if one.id in numbers]


def _credentials(actor: Actor, row: SubjectRow, kind: str) -> list[CredentialRow]:
    numbers = set(Credential.objects.filter(subject_hash=row.hash).values_list("number", flat=True))
    rows = [one for one in credential_holder_list(actor) if one.number in numbers]
    return [one for one in rows if not kind or one.kind == kind]


def _kept(row: MaterialRow) -> Offer:
    why = None
    if row.ended_at is not None:
        why = Text(zh="您已停止重复使用", en="you ended its reuse")
    elif row.valid_until is not None and row.valid_until <= timezone.localdate():
        why = Text(zh=f"{row.valid_until} 起已过期", en=f"over since {row.valid_until}")
    title = Text(zh=row.title, en=row.title)
    return Offer(f"material:{row.id}", title, timezone.localdate(row.given_at), row.given_for, why)


def _given(row: CredentialRow) -> Offer:
    today, why = timezone.localdate(), None
    if row.revoked_from is not None and row.revoked_from <= today:
        why = Text(zh=f"{row.revoked_from} 起已撤销", en=f"revoked from {row.revoked_from}")
    elif row.valid_until is not None and row.valid_until <= today:
        why = Text(zh=f"{row.valid_until} 起已过期", en=f"over since {row.valid_until}")
    elif today < row.valid_from:
        why = Text(zh=f"{row.valid_from} 起才有效", en=f"valid from {row.valid_from} only")
    elif not Credential.objects.filter(number=row.number).exclude(pdf="").exists():
        why = Text(zh="没有可附上的证照页", en="it has no page to go with a form")
    return Offer(f"credential:{row.number}", row.title, timezone.localdate(row.issued_at), row.case, why)


def _demand(offer: Offer) -> None:
    if offer.why_not is not None:
        raise Conflict(
            zh=f"“{offer.title.zh}”不能再用：{offer.why_not.zh}",
            en=f"“{offer.title.en}” cannot be used: {offer.why_not.en}",
            where="held",
            hint_zh="请换一份，或者上传新的。",
            hint_en="Choose another, or give a new one.",
        )
