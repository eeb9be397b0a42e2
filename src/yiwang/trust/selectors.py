"""The trust engine's door for reading."""

from __future__ import annotations

from yiwang.trust.clients import ClientRow, client_actor, client_get, client_list
from yiwang.trust.describing import FieldFacts, ResourceFacts, describer_register, resource_facts
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
from yiwang.trust.quotas import quotas_write

__all__ = [
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
