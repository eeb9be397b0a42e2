"""The trust engine's door for reading."""

from __future__ import annotations

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

__all__ = [
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
]
