"""People and firms as the ledger and credentials know them: by a keyed digest, never by their number."""

from __future__ import annotations

import hashlib
import hmac

from yiwang.trust.keys import key_secret

KINDS = ("resident", "firm")


def subject_hash(kind: str, identifier: str) -> str:
    """Hex HMAC-SHA256 of kind and identifier (upper-cased, stripped) under the key "subjects". Raises ValueError."""
    if kind not in KINDS or not identifier.strip():
        raise ValueError(f"no subject: {kind}")
    said = f"{kind}\0{identifier.strip().upper()}".encode()
    return hmac.new(key_secret("subjects"), said, hashlib.sha256).hexdigest()
