"""The trust engine's door for writing. Every service takes the actor and leaves an audit line."""

from __future__ import annotations

from yiwang.trust.appending import Appended, append_until, ledger_append_pending
from yiwang.trust.archive import (
    Matter,
    archive_check,
    archive_destroy_approve,
    archive_destroy_propose,
    archive_pack,
    archive_received,
    archive_transfer,
)
from yiwang.trust.asking import GrantAsk
from yiwang.trust.backups import BackupReport, Part, backup_check, backup_make, backup_restore, part_declare
from yiwang.trust.bindings import subject_bind, subject_unbind
from yiwang.trust.clients import client_enable, client_new, client_rotate, demo_client_make, token_given
from yiwang.trust.cosigning import Taken, cosignature_take, witness_end, witness_register
from yiwang.trust.credentialkinds import credential_kind_install
from yiwang.trust.credentials import credential_issue, credential_revoke
from yiwang.trust.delegations import delegation_end, delegation_give
from yiwang.trust.factors import (
    code_use,
    factor_remove,
    factors_reset,
    recovery_make,
    totp_begin,
    totp_confirm,
)
from yiwang.trust.filings import filing_note
from yiwang.trust.granting import (
    grant_apply,
    grant_confirm,
    grant_escalate,
    grant_issue,
    grant_refuse,
    grant_review_note,
    grant_revoke,
    grant_withdraw,
    grants_expire,
    grants_remind,
)
from yiwang.trust.holders import holder_source_declare
from yiwang.trust.keys import key_rotate, keys_prepare
from yiwang.trust.materials import GivenMaterial, material_end, material_keep, material_use
from yiwang.trust.offers import held_use
from yiwang.trust.passkeys import passkey_add, passkey_ask, passkey_begin, passkey_use
from yiwang.trust.providers import ProviderAsk, provider_begin, provider_return, provider_save, provider_unlink
from yiwang.trust.sessions import (
    session_begin,
    session_end,
    session_over,
    session_seen,
    sessions_end_all,
    sessions_end_others,
)
from yiwang.trust.uses import Use, use_note, uses_note
from yiwang.trust.verifying import ledger_export, ledger_verify, proof_bundle

__all__ = [
    "GivenMaterial",
    "material_end",
    "material_keep",
    "material_use",
    "Matter",
    "archive_check",
    "archive_destroy_approve",
    "archive_destroy_propose",
    "archive_pack",
    "archive_received",
    "archive_transfer",
    "ProviderAsk",
    "provider_begin",
    "provider_return",
    "provider_save",
    "provider_unlink",
    "Appended",
    "BackupReport",
    "Part",
    "Use",
    "append_until",
    "backup_check",
    "backup_make",
    "backup_restore",
    "ledger_append_pending",
    "ledger_export",
    "ledger_verify",
    "proof_bundle",
    "part_declare",
    "use_note",
    "uses_note",
    "demo_client_make",
    "code_use",
    "factor_remove",
    "factors_reset",
    "passkey_add",
    "passkey_ask",
    "passkey_begin",
    "passkey_use",
    "recovery_make",
    "session_begin",
    "session_end",
    "session_over",
    "session_seen",
    "sessions_end_all",
    "sessions_end_others",
    "totp_begin",
    "totp_confirm",
    "delegation_end",
    "delegation_give",
    "subject_bind",
    "subject_unbind",
    "credential_issue",
    "credential_kind_install",
    "credential_revoke",
    "holder_source_declare",
    "client_enable",
    "client_new",
    "client_rotate",
    "token_given",
    "key_rotate",
    "keys_prepare",
    "GrantAsk",
    "grant_apply",
    "grant_confirm",
    "grant_escalate",
    "grant_issue",
    "grant_refuse",
    "grant_review_note",
    "grant_revoke",
    "grant_withdraw",
    "grants_expire",
    "grants_remind",
    "filing_note",
    "held_use",
    "Taken",
    "cosignature_take",
    "witness_end",
    "witness_register",
]
