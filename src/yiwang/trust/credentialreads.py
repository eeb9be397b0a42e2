"""Credentials as they are read: by their office, by their holder, and by anybody who has one in hand."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from yiwang.kernel.access import ACTS, demand, verdict
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError
from yiwang.kernel.selectors import Page, file_path, paged
from yiwang.kernel.service import audit
from yiwang.trust.adapters.sdjwt import sd_jwt_narrow
from yiwang.trust.answers import CredentialFact, CredentialKindRow, CredentialRow, CredentialView
from yiwang.trust.core.signedtext import base64url, signed_text
from yiwang.trust.core.verdict import STATUS, Answer, Verdict, credential_verdict
from yiwang.trust.credentialkinds import credential_kind, kind_file
from yiwang.trust.credentials import CONTEXT, PURPOSE, credential_unknown
from yiwang.trust.holders import held_hashes
from yiwang.trust.keys import key_id, open_bytes, public_keys, signing_key
from yiwang.trust.models import Credential, CredentialKind
from yiwang.trust.uses import use_note

# How long a list that somebody took home may be used before it says nothing any more.
FRESH = timedelta(days=7)
# The smallest list the standard allows, so that a place in it tells nothing.
FEWEST_BITS = 131_072


def credential_list(actor: Actor, *, department: str = "", kind: str = "", page: int = 1) -> Page[CredentialRow]:
    """Those the actor's departments gave, the newest first; nothing of what they say. Raises Refused."""
    demand(actor, "credential.read", department)
    rows = Credential.objects.select_related("kind")
    if department:
        rows = rows.filter(department=department)
    elif not actor.is_system:
        rows = rows.filter(department__in=_covered(actor))
    if kind:
        rows = rows.filter(kind__name=kind)
    return paged(rows, _row, page=page, per_page=50)


def credential_get(actor: Actor, number: str, *, purpose: str = "") -> CredentialView:
    """One credential. What it says of its holder comes to the holder and those acting for them, and to its office with a
    purpose, which leaves an audit line and one the holder reads. Raises NotFound, also where it is not the actor's to see.
    """
    row = Credential.objects.filter(number=number).select_related("kind").first()
    own = row is not None and row.subject_hash in held_hashes(actor)
    if row is None or not (own or verdict(actor, "credential.read", row.department)):
        raise credential_unknown(number)
    claims: Mapping[str, Any] | None = None
    if own or purpose.strip():
        told = json.loads(_opened(row, "claims", bytes(row.sealed_claims)))
        claims = told["claims"]
        if not own:
            audit(
                actor=actor,
                act="credential.read",
                object_kind="credential",
                object_id=number,
                purpose=purpose.strip(),
                details={"fields": sorted(claims or {})},
            )
            use_note(
                actor=actor,
                resource=f"credential:{number}",
                version="",
                fields=sorted(claims or {}),
                about=[row.subject_hash],
                purpose=purpose.strip()[:400],
                rows=1,
            )
    file = kind_file(row.kind)
    titles = {field.id: field.title for field in file.fields}
    choices = tuple(field.id for field in file.fields if field.disclose == "choice")
    return CredentialView(_row(row), titles, claims, choices, row.revoked_reason, bool(row.pdf))


def credential_holder_list(actor: Actor) -> tuple[CredentialRow, ...]:
    """What the actor, or somebody they may act for, was given, the newest first."""
    rows = Credential.objects.filter(subject_hash__in=held_hashes(actor)).select_related("kind")
    return tuple(_row(row) for row in rows)


def credential_text(actor: Actor, number: str, form: str, *, disclose: Iterable[str] | None = None) -> str:
    """The signed text for its holder: `form` "vc" (whole) or "sd-jwt" (showing only `disclose`, all by default).

    Raises NotFound for one that is not the holder's, InputError for another form or a field it does not hide.
    """
    row = _own(actor, number)
    if form == "vc":
        return _opened(row, "vc", bytes(row.sealed_vc)).decode()
    if form != "sd-jwt":
        raise InputError(zh=f"没有格式 {form}", en=f"there is no form {form}", where="form")
    issued = _opened(row, "sd-jwt", bytes(row.sealed_sd_jwt)).decode()
    if disclose is None:
        return issued
    names = list(disclose)
    hidden = {field.id for field in kind_file(row.kind).fields if field.disclose == "choice"}
    if strange := sorted(set(names) - hidden):
        raise InputError(
            zh=f"字段 {strange[0]} 不能选择", en=f"the field {strange[0]} is none to choose", where="disclose"
        )
    return sd_jwt_narrow(issued, names)


def credential_pdf_bytes(actor: Actor, number: str) -> bytes:
    """The sealed page for its holder. Raises NotFound for one that is not the holder's or has no page."""
    row = _own(actor, number)
    if not row.pdf:
        raise credential_unknown(number)
    return _opened(row, "pdf", file_path(row.pdf).read_bytes())


def credential_check(text: str, *, on: date | None = None, status: str | None = None) -> Verdict:
    """Judge a text somebody holds, with this city's keys and its list of now, or the list given."""
    now = timezone.localtime()
    listed = credential_status_text(now) if status is None else status
    return credential_verdict(text, credential_keys(), listed, now, on or now.date())


def credential_fact(number: str, mark: str, *, on: date | None = None) -> CredentialFact | None:
    """What a printed code leads to: kind, office and state, nothing of the holder; None for a number or mark that is not ours."""
    row = Credential.objects.filter(number=number, mark=mark).exclude(mark="").select_related("kind").first()
    if row is None:
        return None
    day = on or timezone.localdate()
    answer, since = Answer.GENUINE, None
    if row.revoked_from is not None and row.revoked_from <= day:
        answer, since = Answer.REVOKED, row.revoked_from
    elif row.valid_until is not None and row.valid_until <= day:
        answer, since = Answer.REVOKED, row.valid_until
    elif day < row.valid_from:
        answer = Answer.UNKNOWN
    return CredentialFact(_row(row), answer, since)


def credential_keys() -> dict[str, bytes]:
    """Key id → Ed25519 public key, of every version."""
    return {key.id: key.ed25519 for key in public_keys(PURPOSE)}


def credential_status_text(now: datetime | None = None) -> str:
    """The signed list of withdrawn credentials (Bitstring Status List), with the day each was withdrawn from."""
    at = now or timezone.localtime()
    withdrawn = dict(
        Credential.objects.filter(revoked_from__lte=at.date()).order_by("pk").values_list("pk", "revoked_from")
    )
    bits = bytearray(max(FEWEST_BITS, (max(withdrawn, default=0) // FEWEST_BITS + 1) * FEWEST_BITS) // 8)
    for index in withdrawn:
        bits[index // 8] |= 0x80 >> index % 8
    address = f"{settings.PUBLIC_URL}/credentials/status"
    payload = {
        "@context": [CONTEXT],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": settings.PUBLIC_URL,
        "validFrom": at.isoformat(timespec="seconds"),
        "validUntil": (at + FRESH).isoformat(timespec="seconds"),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            # "u" says base64url (multibase); the time stamp of gzip would make equal lists differ.
            "encodedList": "u" + base64url(gzip.compress(bytes(bits), mtime=0)),
            "revokedFrom": {str(index): str(day) for index, day in withdrawn.items()},
        },
    }
    return signed_text(payload, signing_key(PURPOSE), key_id(PURPOSE), STATUS)


def credential_kind_list() -> tuple[CredentialKindRow, ...]:
    """The kinds in force, by name: what they say and on which law."""
    names = CredentialKind.objects.order_by("name").values_list("name", flat=True).distinct()
    rows = []
    for name in names:
        row = credential_kind(name)
        file = kind_file(row)
        laws = tuple(basis.say() for basis in file.legal_basis)
        rows.append(
            CredentialKindRow(name, file.title, row.department, laws, {field.id: field.title for field in file.fields})
        )
    return tuple(rows)


def _own(actor: Actor, number: str) -> Credential:
    row = Credential.objects.filter(number=number, subject_hash__in=held_hashes(actor)).select_related("kind").first()
    if row is None:
        raise credential_unknown(number)
    return row


def _opened(row: Credential, part: str, sealed: bytes) -> bytes:
    return open_bytes(PURPOSE, sealed, f"credential/{row.number}/{part}")


def _covered(actor: Actor) -> list[str]:
    readers = ACTS["credential.read"].roles
    return sorted({code for role, codes in actor.scopes.items() for code in codes if role in readers})


def _row(row: Credential) -> CredentialRow:
    title = row.kind.body["title"]
    return CredentialRow(
        row.number,
        row.kind.name,
        Text(zh=title["zh"], en=title["en"]),
        row.department,
        row.case,
        row.valid_from,
        row.valid_until,
        row.revoked_from,
        row.issued_at,
    )
