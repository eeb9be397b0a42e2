"""Is this credential genuine? Four plain answers, from the text, the known keys and the list of withdrawn ones alone.

The page that checks in the browser (`frontend/src/credential.ts`) asks the same questions in the same order.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from yiwang.kernel.core.text import Text
from yiwang.trust.core.signedtext import NotSigned, SignedText, base64url, from_base64url, read_signed

VC, SD_JWT, STATUS = "vc+jwt", "dc+sd-jwt", "vc+jwt"
# What an SD-JWT carries beside the fields of its holder.
TECHNICAL = frozenset({"iss", "iat", "nbf", "exp", "vct", "jti", "status", "_sd", "_sd_alg", "cnf"})


class Answer(StrEnum):
    GENUINE = "genuine"
    ALTERED = "altered"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


ANSWERS: dict[Answer, Text] = {
    Answer.GENUINE: Text(zh="真实有效", en="Genuine"),
    Answer.ALTERED: Text(zh="已被改动", en="Altered"),
    Answer.REVOKED: Text(zh="签发属实，但已失效", en="Genuine when given, no longer in force"),
    Answer.UNKNOWN: Text(zh="无法判断", en="Cannot tell"),
}


@dataclass(frozen=True)
class Verdict:
    """`since` is the first day it no longer held; `fields` is empty unless the signature holds."""

    answer: Answer
    reason: Text
    since: date | None = None
    kind: str = ""
    number: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Said:
    kind: str
    number: str
    index: int
    begins: datetime
    ends: datetime | None
    fields: Mapping[str, Any]


class _Altered(ValueError):
    pass


def credential_verdict(text: str, keys: Mapping[str, bytes], status: str, now: datetime, on: date) -> Verdict:
    """Judge a credential (VC-JWT or SD-JWT) as of the day `on`. `keys`: key id → Ed25519 public key. Never raises for its text."""
    try:
        parts = text.strip().split("~")
        signed = read_signed(parts[0])
    except NotSigned:
        return _unknown(
            "这不是本市的电子证照，或者没有复制完整", "This is no credential of this city, or it is not whole"
        )
    if signed.key not in keys:
        return _unknown("签发它的密钥不在可信清单里", "The key that signed it is not on the list of known keys")
    if not signed.holds(keys[signed.key]):
        return Verdict(Answer.ALTERED, Text(zh="内容与签名不符", en="The content does not fit the signature"))
    try:
        said = _said(signed, parts[1:])
    except _Altered as error:
        return Verdict(
            Answer.ALTERED, Text(zh=f"披露的内容与签名不符：{error}", en=f"What is disclosed does not fit: {error}")
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return _unknown("签名属实，但内容不是电子证照", "The signature holds, but the content is no credential")
    return _in_force(said, keys, status, now, on)


def _in_force(said: _Said, keys: Mapping[str, bytes], status: str, now: datetime, on: date) -> Verdict:
    def judged(answer: Answer, zh: str, en: str, since: date | None = None) -> Verdict:
        return Verdict(answer, Text(zh=zh, en=en), since, said.kind, said.number, said.fields)

    zone = said.begins.tzinfo
    if on < said.begins.date():
        day = said.begins.date()
        return judged(Answer.UNKNOWN, f"自 {day} 起才有效", f"It holds only from {day}")
    ended = said.ends.astimezone(zone).date() if said.ends is not None else None
    try:
        listed = _listed(status, keys)
    except (NotSigned, KeyError, TypeError, ValueError, AttributeError):
        listed = None
    withdrawn = listed[2].get(str(said.index)) if listed is not None else None
    if withdrawn is not None and date.fromisoformat(withdrawn) <= on:
        return judged(
            Answer.REVOKED, f"自 {withdrawn} 起被撤销", f"Withdrawn as of {withdrawn}", date.fromisoformat(withdrawn)
        )
    if ended is not None and ended <= on:
        return judged(Answer.REVOKED, f"有效期到 {ended} 为止", f"It held until {ended}", ended)
    if listed is None:
        return judged(
            Answer.UNKNOWN,
            "签名属实，但没有可信的撤销清单",
            "The signature holds, but there is no list of withdrawn credentials to trust",
        )
    as_of, fresh_until, _ = listed
    if fresh_until < now and as_of.astimezone(zone).date() <= on:
        return judged(
            Answer.UNKNOWN,
            f"签名属实，但撤销清单是 {as_of:%Y-%m-%d %H:%M} 的，已经过时",
            f"The signature holds, but the list of withdrawn credentials is of {as_of:%Y-%m-%d %H:%M}, too old",
        )
    return judged(
        Answer.GENUINE, "签名属实，没有撤销，在有效期内", "The signature holds, it was not withdrawn and is in force"
    )


def _listed(status: str, keys: Mapping[str, bytes]) -> tuple[datetime, datetime, Mapping[str, str]]:
    """When the list was made, until when it may be used, and index → day. Raises NotSigned, KeyError, ValueError."""
    signed = read_signed(status.strip())
    if not signed.holds(keys[signed.key]):
        raise NotSigned("the list is not signed")
    subject = signed.payload["credentialSubject"]
    if subject["type"] != "BitstringStatusList":
        raise NotSigned("no list")
    return _moment(signed.payload["validFrom"]), _moment(signed.payload["validUntil"]), dict(subject["revokedFrom"])


def _said(signed: SignedText, disclosures: list[str]) -> _Said:
    payload = signed.payload
    if signed.header.get("typ") == SD_JWT:
        return _sd_jwt(payload, disclosures)
    if signed.header.get("typ") != VC or any(disclosures):
        raise ValueError("another type")
    subject = dict(payload["credentialSubject"])
    number = str(subject.pop("number"))
    ends = payload.get("validUntil")
    return _Said(
        str(payload["type"][1]),
        number,
        int(payload["credentialStatus"]["statusListIndex"]),
        _moment(payload["validFrom"]),
        _moment(ends) if ends else None,
        subject,
    )


def _sd_jwt(payload: Mapping[str, Any], disclosures: list[str]) -> _Said:
    hidden = set(payload.get("_sd", ()))
    fields = {name: value for name, value in payload.items() if name not in TECHNICAL and name != "number"}
    for disclosure in filter(None, disclosures):
        if base64url(hashlib.sha256(disclosure.encode()).digest()) not in hidden:
            raise _Altered(_name_in(disclosure))
        _, name, value = json.loads(from_base64url(disclosure))
        if name in fields or name in TECHNICAL:
            raise _Altered(name)
        fields[name] = value
    status = payload["status"]["credentialStatus"]
    begins = _moment(status["validFrom"])
    ends = status.get("validUntil")
    return _Said(
        str(payload["vct"]).rsplit("/", 1)[-1],
        str(payload["number"]),
        int(status["statusListIndex"]),
        begins,
        _moment(ends) if ends else None,
        fields,
    )


def _name_in(disclosure: str) -> str:
    try:
        return str(json.loads(from_base64url(disclosure))[1])[:60]
    except (ValueError, LookupError, TypeError):
        return "?"


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _unknown(zh: str, en: str) -> Verdict:
    return Verdict(Answer.UNKNOWN, Text(zh=zh, en=en))
