"""Credentials (电子证照) given and withdrawn by cases. What one says of its holder is sealed at rest, also its page."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_json
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound
from yiwang.kernel.selectors import department_name
from yiwang.kernel.service import action_declare, audit, emit, event_declare, file_put
from yiwang.trust.adapters.sdjwt import sd_jwt_issue
from yiwang.trust.core.signedtext import signed_text
from yiwang.trust.core.verdict import VC
from yiwang.trust.credentialkinds import claims_checked, credential_kind, ends_on, kind_file
from yiwang.trust.holders import holder_of
from yiwang.trust.keys import key_id, seal_bytes, signing_key
from yiwang.trust.models import Credential
from yiwang.trust.schema import CredentialFile
from yiwang.trust.seals import seal_put
from yiwang.trust.subjects import subject_hash

PURPOSE = "credential"
CONTEXT = "https://www.w3.org/ns/credentials/v2"


class IssuePayload(BaseModel):
    number: str
    kind: str
    case: str


class RevokePayload(BaseModel):
    number: str
    kind: str
    day: date


ISSUED = event_declare("credential.issued", IssuePayload, Text(zh="颁发了证照", en="a credential was given"))
REVOKED = event_declare("credential.revoked", RevokePayload, Text(zh="撤销了证照", en="a credential was withdrawn"))


class IssueArguments(BaseModel):
    """`claims` are the fields with `source: case`; those of the applicant are taken from the case that asks."""

    model_config = ConfigDict(extra="forbid")

    case: str
    kind: str
    claims: dict[str, Any] = Field(default_factory=dict)


class RevokeArguments(BaseModel):
    """`day` is the first day it no longer holds, today by default."""

    model_config = ConfigDict(extra="forbid")

    case: str
    number: str
    reason: str = Field(min_length=1, max_length=400)
    day: date | None = None


@dataclass(frozen=True)
class _Holder:
    kind: str
    identifier: str
    name: str


def credential_issue(
    *, actor: Actor, kind: str, case: str, applicant: Mapping[str, str], claims: Mapping[str, Any], key: str
) -> str:
    """Give a credential and return its number. Asked again under the same `key` it gives the same number and no second one.

    Raises NotFound for an unknown kind, Refused, InputError for a claim that does not fit its declaration, Conflict when
    the key stands for a credential of another kind or case.
    """
    row = credential_kind(kind)
    rule = demand(actor, "credential.issue", row.department).rule
    known = Credential.objects.filter(key=key).select_related("kind").first()
    if known is not None:
        if (known.kind.name, known.case) != (kind, case):
            raise Conflict(
                zh=f"键 {key} 已用于证照 {known.number}", en=f"key {key} stands for {known.number}", where="key"
            )
        return known.number
    file = kind_file(row)
    holder, said = _told(file, applicant, claims)
    now = timezone.localtime()
    with transaction.atomic():
        given = Credential.objects.create(
            number=f"·{key}"[:64],
            kind=row,
            department=row.department,
            case=case,
            key=key,
            subject_kind=holder.kind,
            subject_hash=subject_hash(holder.kind, holder.identifier),
            sealed_claims=b"",
            sealed_vc=b"",
            sealed_sd_jwt=b"",
            valid_from=now.date(),
            valid_until=ends_on(file, now.date()),
            issued_at=now,
            issued_by=actor.id,
        )
        given.number = f"{file.prefix}-{now.year}-{given.pk:06d}"
        _write(actor, given, file, holder, said, now)
        given.save()
        audit(
            actor=actor,
            act="credential.issue",
            object_kind="credential",
            object_id=given.number,
            rule=rule,
            details={"kind": kind, "case": case, "fields": sorted(said)},
        )
        emit(ISSUED, {"number": given.number, "kind": kind, "case": case})
    return given.number


def credential_revoke(*, actor: Actor, number: str, case: str, reason: str, day: date | None = None) -> date:
    """Withdraw a credential from a day on (today by default); its own case says why. Again with the same case changes nothing.

    Raises NotFound, Refused, Conflict when another case withdrew it or it is the case that gave it, InputError for a day
    before it was given or after today.
    """
    with transaction.atomic():
        given = Credential.objects.select_for_update(of=("self",)).select_related("kind").filter(number=number).first()
        if given is None:
            raise credential_unknown(number)
        rule = demand(actor, "credential.revoke", given.department).rule
        today = timezone.localdate()
        since = day or today
        if given.revoked_from is not None:
            if given.revoked_case == case:
                return given.revoked_from
            raise Conflict(
                zh=f"证照 {number} 已自 {given.revoked_from} 起撤销",
                en=f"the credential {number} was withdrawn as of {given.revoked_from}",
                where="number",
            )
        if not case or case == given.case:
            raise Conflict(
                zh="撤销证照要有自己的办件", en="to withdraw a credential takes a case of its own", where="case"
            )
        if not given.valid_from <= since <= today:
            raise InputError(
                zh=f"撤销日 {since} 须在颁发日 {given.valid_from} 与今天之间",
                en=f"the day {since} must lie between {given.valid_from}, when it was given, and today",
                where="day",
            )
        given.revoked_from, given.revoked_at, given.revoked_by = since, timezone.now(), actor.id
        given.revoked_case, given.revoked_reason = case, reason
        given.save()
        audit(
            actor=actor,
            act="credential.revoke",
            object_kind="credential",
            object_id=number,
            rule=rule,
            details={"case": case, "day": since, "reason": reason},
        )
        emit(REVOKED, {"number": number, "kind": given.kind.name, "day": since})
    return since


def credential_unknown(number: str) -> NotFound:
    return NotFound(zh=f"没有证照 {number}", en=f"there is no credential {number}", where="number")


def _told(
    file: CredentialFile, applicant: Mapping[str, str], claims: Mapping[str, Any]
) -> tuple[_Holder, dict[str, Any]]:
    own = {field.id for field in file.fields if field.source == "applicant"}
    if mixed := sorted(own & set(claims)):
        raise InputError(
            zh=f"字段 {mixed[0]} 取自申请人，流程不能另给",
            en=f"the field {mixed[0]} is taken from the applicant; a process may not give it",
            where=mixed[0],
        )
    holder = _Holder(
        file.holder.kind,
        str(applicant.get(file.holder.identifier, "")).strip(),
        str(applicant.get(file.holder.name, "")),
    )
    for name, value in ((file.holder.identifier, holder.identifier), (file.holder.name, holder.name)):
        if not value:
            raise InputError(
                zh=f"申请人没有填写 {name}，不知道证照是谁的",
                en=f"the applicant was not asked for {name}: whose credential would it be?",
                where=name,
            )
    taken = {name: applicant[name] for name in own if applicant.get(name)}
    return holder, claims_checked(file, {**claims, **taken})


def _write(
    actor: Actor, given: Credential, file: CredentialFile, holder: _Holder, said: Mapping[str, Any], now: datetime
) -> None:
    """Sign both forms and the page, and seal all of it."""
    key, kid = signing_key(PURPOSE), key_id(PURPOSE)
    about = f"credential/{given.number}"
    vc = signed_text(_vc(given, file, said, now), key, kid, VC)
    shown = {field.id for field in file.fields if field.disclose == "always"}
    sd_jwt = sd_jwt_issue(
        {**_sd_claims(given, file, now), **{name: said[name] for name in said if name in shown}},
        {name: said[name] for name in said if name not in shown},
        key,
        kid,
    )
    told = {"identifier": holder.identifier, "name": holder.name, "claims": dict(said)}
    given.sealed_claims = seal_bytes(PURPOSE, canonical_json(told), f"{about}/claims")
    given.sealed_vc = seal_bytes(PURPOSE, vc.encode(), f"{about}/vc")
    given.sealed_sd_jwt = seal_bytes(PURPOSE, sd_jwt.encode(), f"{about}/sd-jwt")
    given.mark = hashlib.sha256(vc.encode()).hexdigest()[:16]
    if file.page is not None:
        sealed = seal_bytes(PURPOSE, _pdf(given, file, said), f"{about}/pdf")
        given.pdf = file_put(actor=actor, source=BytesIO(sealed), name=f"{given.number}.pdf.sealed").digest


def _vc(given: Credential, file: CredentialFile, said: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """W3C Verifiable Credential 2.0; what no base term names falls under the issuer's own vocabulary."""
    return {
        "@context": [CONTEXT],
        "id": f"urn:yiwang:credential:{given.number}",
        "type": ["VerifiableCredential", file.id],
        "issuer": {"id": settings.PUBLIC_URL, "name": department_name(given.department).zh},
        "name": file.title.zh,
        **_times(given),
        "credentialSubject": {"number": given.number, **said},
        "credentialStatus": _status(given),
    }


def _sd_claims(given: Credential, file: CredentialFile, now: datetime) -> dict[str, Any]:
    claims: dict[str, Any] = {
        "iss": settings.PUBLIC_URL,
        "iat": int(now.timestamp()),
        "vct": f"{settings.PUBLIC_URL}/credentials/kinds/{file.id}",
        "number": given.number,
        "status": {"credentialStatus": {**_status(given), **_times(given)}},
    }
    if given.valid_until is not None:
        claims["exp"] = int(_midnight(given.valid_until).timestamp())
    return claims


def _times(given: Credential) -> dict[str, str]:
    times = {"validFrom": _midnight(given.valid_from).isoformat()}
    if given.valid_until is not None:
        times["validUntil"] = _midnight(given.valid_until).isoformat()
    return times


def _status(given: Credential) -> dict[str, str]:
    address = f"{settings.PUBLIC_URL}/credentials/status"
    return {
        "id": f"{address}#{given.pk}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(given.pk),
        "statusListCredential": address,
    }


def _pdf(given: Credential, file: CredentialFile, said: Mapping[str, Any]) -> bytes:
    """The page under the city's seal."""
    # read when the first credential is given: what draws takes long to read, and no other process needs it
    from yiwang.trust.adapters.credentialpdf import SEAL_BOX, CredentialPage, credential_pdf

    assert file.page is not None
    titles = {field.id: field.title for field in file.fields}
    until = f"至 {given.valid_until} 前" if given.valid_until else "至撤销为止"
    page = CredentialPage(
        heading=file.page.heading.zh,
        number=given.number,
        lines=tuple((f"{titles[name].zh} {titles[name].en}", str(said.get(name, "—"))) for name in file.page.lines),
        note=f"{file.page.note.zh} {file.page.note.en}" if file.page.note else "",
        issuer=department_name(given.department).zh,
        dates=f"有效期自 {given.valid_from} {until}",
        basis="依据：" + "；".join(basis.say() for basis in file.legal_basis),
        link=f"{settings.PUBLIC_URL}/verify/?n={given.number}&c={given.mark}",
    )
    return seal_put(credential_pdf(page), reason=file.title.zh, box=SEAL_BOX)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _issue(actor: Actor, said: IssueArguments) -> str:
    applicant = holder_of(said.case)
    return credential_issue(
        actor=actor,
        kind=said.kind,
        case=said.case,
        applicant=applicant,
        claims=said.claims,
        key=f"{said.case}/{said.kind}",
    )


def _revoke(actor: Actor, said: RevokeArguments) -> str:
    day = credential_revoke(actor=actor, number=said.number, case=said.case, reason=said.reason, day=said.day)
    return day.isoformat()


def actions_register() -> None:
    """Called once when the program starts."""
    action_declare("trust.credential_issue", IssueArguments, _issue, Text(zh="颁发证照", en="give a credential"))
    action_declare("trust.credential_revoke", RevokeArguments, _revoke, Text(zh="撤销证照", en="withdraw a credential"))
