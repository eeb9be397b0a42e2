"""Tables of the trust engine."""

from __future__ import annotations

from yiwang.trust.models.archive import ArchiveBox, ArchiveCheck, ArchiveTransfer
from yiwang.trust.models.credentials import Credential, CredentialKind
from yiwang.trust.models.filings import FiledCase
from yiwang.trust.models.grants import Grant, GrantDay
from yiwang.trust.models.identity import (
    ClientProfile,
    Delegation,
    IdentityProvider,
    Passkey,
    ProviderLink,
    RecoveryCode,
    SignedSession,
    SubjectLink,
    TotpDevice,
)
from yiwang.trust.models.keys import Key
from yiwang.trust.models.ledger import Cosignature, Entry, EntrySubject, LedgerState, SignedHead, Witness
from yiwang.trust.models.materials import Material, MaterialUse

__all__ = [
    "ArchiveBox",
    "ArchiveCheck",
    "ArchiveTransfer",
    "ClientProfile",
    "Cosignature",
    "Credential",
    "CredentialKind",
    "Delegation",
    "Entry",
    "EntrySubject",
    "FiledCase",
    "Grant",
    "GrantDay",
    "IdentityProvider",
    "Key",
    "LedgerState",
    "Material",
    "MaterialUse",
    "Passkey",
    "ProviderLink",
    "RecoveryCode",
    "SignedHead",
    "SignedSession",
    "SubjectLink",
    "TotpDevice",
    "Witness",
]
