"""Answers carry a detached signature: whoever got one can show later what this city said."""

from __future__ import annotations

import base64
from time import monotonic

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection

from yiwang.trust.selectors import PublicKey, key_id, public_keys, signing_key

PURPOSE = "exchange"
# A rotated key is taken up within this time.
HOLD_SECONDS = 30.0
_HELD: dict[str, tuple[float, str, Ed25519PrivateKey]] = {}


def exchange_signature(body: bytes) -> str:
    """The value of the header `Yiwang-Signature` over exactly these bytes."""
    name, key = _key()
    return f'keyid="{name}", alg="ed25519", sig="{base64.b64encode(key.sign(body)).decode()}"'


def exchange_keys() -> tuple[PublicKey, ...]:
    """Every key answers were ever signed with, the newest first. Public."""
    return public_keys(PURPOSE)


def keys_of_signing_forget() -> None:
    _HELD.clear()


def _key() -> tuple[str, Ed25519PrivateKey]:
    home = str(settings.PLACE.home)
    found = _HELD.get(home)
    if found is not None and monotonic() - found[0] < HOLD_SECONDS:
        return found[1], found[2]
    name, key = key_id(PURPOSE), signing_key(PURPOSE)
    if not connection.in_atomic_block:
        _HELD[home] = (monotonic(), name, key)
    return name, key
