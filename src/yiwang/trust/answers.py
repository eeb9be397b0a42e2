"""What the trust engine's selectors answer: frozen, and free of tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yiwang.kernel.core.text import Text
from yiwang.trust.core.verdict import Answer


@dataclass(frozen=True)
class GrantRow:
    """`state` as it stands today; `valid_until` is the first day it no longer holds; `escalated`: silence, refusal or ""."""

    number: str
    resource: str
    department: str
    provider: str
    methods: tuple[str, ...]
    fields: tuple[str, ...]
    purpose_code: str
    purpose_title: Text
    purpose: str
    state: str
    escalated: str
    valid_from: date
    valid_until: date
    review_on: date | None
    case_number: str


@dataclass(frozen=True)
class GrantDetail:
    """`used_rows` as written down so far; the ledger has each use. `may_…`: what the reader may do with it as it stands."""

    row: GrantRow
    row_filter: str
    masks: Mapping[str, str]
    basis: str
    client: str
    quota_per_day: int | None
    applied_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str
    reason_basis: str
    used_rows: int
    used_today: int
    may_answer: bool
    may_revoke: bool
    may_apply: bool


@dataclass(frozen=True)
class CredentialRow:
    """One credential, without what it says of its holder. Both `valid_until` and `revoked_from` are the first day it no longer holds."""

    number: str
    kind: str
    title: Text
    department: str
    case: str
    valid_from: date
    valid_until: date | None
    revoked_from: date | None
    issued_at: datetime


@dataclass(frozen=True)
class CredentialView:
    """`claims` is None unless the reader is its holder or gave a purpose; `choices` are the fields that may be left out."""

    row: CredentialRow
    titles: Mapping[str, Text]
    claims: Mapping[str, Any] | None
    choices: tuple[str, ...]
    revoked_reason: str
    has_page: bool


@dataclass(frozen=True)
class CredentialFact:
    """What anybody with the printed code may know; `since` is the first day it no longer held."""

    row: CredentialRow
    answer: Answer
    since: date | None


@dataclass(frozen=True)
class CredentialKindRow:
    name: str
    title: Text
    department: str
    laws: tuple[str, ...]
    fields: Mapping[str, Text]


@dataclass(frozen=True)
class ArchiveRow:
    """`keep_until` is the first day it need not be kept, None for good; `holds` what the newest check said."""

    number: str
    title: str
    department: str
    result: str
    closed_on: date
    retention: str
    basis: str
    keep_until: date | None
    state: str
    digest: str
    size: int
    packed_at: datetime
    holds: bool | None


@dataclass(frozen=True)
class CheckLine:
    """One run of the four checks: name of each, what was looked at, the problems found."""

    at: datetime
    by: str
    holds: bool
    results: tuple[tuple[Text, Text, tuple[str, ...]], ...]


@dataclass(frozen=True)
class TransferLine:
    office: str
    digest: str
    by: str
    at: datetime
    receipt: str
    received_at: datetime | None


@dataclass(frozen=True)
class ArchiveView:
    row: ArchiveRow
    checks: tuple[CheckLine, ...]
    transfers: tuple[TransferLine, ...]
    proposed_by: str
    reason: str
    certificate: str
