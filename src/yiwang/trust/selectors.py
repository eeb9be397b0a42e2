"""The trust engine's door for reading."""

from __future__ import annotations

from yiwang.trust.answers import CredentialFact, CredentialKindRow, CredentialRow, CredentialView
from yiwang.trust.bindings import (
    LinkRow,
    SubjectRow,
    link_list,
    subject_account,
    subject_demand,
    subject_identifier,
    subjects_of,
)
from yiwang.trust.clients import ClientRow, client_actor, client_get, client_list
from yiwang.trust.core.verdict import ANSWERS, Answer, Verdict
from yiwang.trust.credentialreads import (
    credential_check,
    credential_fact,
    credential_get,
    credential_holder_list,
    credential_keys,
    credential_kind_list,
    credential_list,
    credential_pdf_bytes,
    credential_status_text,
    credential_text,
)
from yiwang.trust.delegations import DelegationRow, delegation_list
from yiwang.trust.describing import FieldFacts, ResourceFacts, describer_register, resource_facts
from yiwang.trust.factors import (
    FactorRow,
    Factors,
    TotpStart,
    factor_demanded,
    factor_list,
    factors_of,
    totp_waiting,
)
from yiwang.trust.grantreads import grant_get, grant_list, grants_to_review
from yiwang.trust.grants import Permit, grant_check, grant_used
from yiwang.trust.keys import (
    KeyRow,
    PublicKey,
    key_id,
    key_list,
    key_secret,
    key_version,
    keys_check,
    open_bytes,
    public_keys,
    seal_bytes,
    sealed_version,
    signing_key,
    sm2_key,
)
from yiwang.trust.master import MasterState, master_state
from yiwang.trust.passkeys import Site
from yiwang.trust.quotas import quotas_write
from yiwang.trust.seals import seal_check, seal_roots
from yiwang.trust.sessions import SessionRow, session_list
from yiwang.trust.subjects import subject_hash

__all__ = [
    "FactorRow",
    "Factors",
    "SessionRow",
    "Site",
    "TotpStart",
    "factor_demanded",
    "factor_list",
    "factors_of",
    "session_list",
    "totp_waiting",
    "DelegationRow",
    "LinkRow",
    "SubjectRow",
    "delegation_list",
    "link_list",
    "subject_account",
    "subject_demand",
    "subject_identifier",
    "subjects_of",
    "ANSWERS",
    "Answer",
    "CredentialFact",
    "CredentialKindRow",
    "CredentialRow",
    "CredentialView",
    "Verdict",
    "credential_check",
    "credential_fact",
    "credential_get",
    "credential_holder_list",
    "credential_keys",
    "credential_kind_list",
    "credential_list",
    "credential_pdf_bytes",
    "credential_status_text",
    "credential_text",
    "seal_check",
    "seal_roots",
    "subject_hash",
    "ClientRow",
    "client_actor",
    "client_get",
    "client_list",
    "KeyRow",
    "MasterState",
    "PublicKey",
    "key_id",
    "key_list",
    "key_secret",
    "key_version",
    "keys_check",
    "master_state",
    "open_bytes",
    "public_keys",
    "seal_bytes",
    "sealed_version",
    "signing_key",
    "sm2_key",
    "FieldFacts",
    "Permit",
    "ResourceFacts",
    "describer_register",
    "grant_check",
    "grant_get",
    "grant_list",
    "grant_used",
    "grants_to_review",
    "quotas_write",
    "resource_facts",
]
