"""Compact JWS (RFC 7515) with Ed25519 (RFC 8037): three parts of base64url with dots between. One algorithm, no choice."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALGORITHM = "EdDSA"


class NotSigned(ValueError):
    """The text is not of this form."""


@dataclass(frozen=True)
class SignedText:
    """As written, not yet believed."""

    header: Mapping[str, Any]
    payload: Mapping[str, Any]
    covered: bytes
    signature: bytes

    @property
    def key(self) -> str:
        return str(self.header.get("kid", ""))

    def holds(self, public: bytes) -> bool:
        """Is it signed by the holder of this key? Another algorithm than ours is no."""
        if self.header.get("alg") != ALGORITHM or "crit" in self.header:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(self.signature, self.covered)
        except (InvalidSignature, ValueError):
            return False
        return True


def signed_text(payload: Mapping[str, Any], key: Ed25519PrivateKey, kid: str, typ: str) -> str:
    head = base64url(_json({"alg": ALGORITHM, "kid": kid, "typ": typ}))
    covered = f"{head}.{base64url(_json(payload))}"
    return f"{covered}.{base64url(key.sign(covered.encode()))}"


def read_signed(text: str) -> SignedText:
    """Raises NotSigned."""
    parts = text.split(".")
    if len(parts) != 3:
        raise NotSigned("not three parts")
    header, payload = (_object(part) for part in parts[:2])
    return SignedText(header, payload, f"{parts[0]}.{parts[1]}".encode(), from_base64url(parts[2]))


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Raises NotSigned for anything but the one spelling of some bytes: a changed last letter is a change."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotSigned("not base64url") from None
    if base64url(data) != text:
        raise NotSigned("not base64url")
    return data


def _object(part: str) -> Mapping[str, Any]:
    try:
        found = json.loads(from_base64url(part))
    except (ValueError, RecursionError):
        raise NotSigned("not JSON") from None
    if not isinstance(found, dict):
        raise NotSigned("no object")
    return found


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
