"""SM2 signatures (GB/T 32918, SM3, the standard's own signer id) by tongsuopy: the one place that knows the library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from tongsuopy.crypto.asymciphers import ec
from tongsuopy.crypto.asymciphers.utils import encode_dss_signature
from tongsuopy.crypto.exceptions import InternalError, InvalidSignature
from tongsuopy.crypto.hashes import SM3
from tongsuopy.crypto.serialization import Encoding, PublicFormat

# The order of the group of the recommended curve.
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SIGNATURE, POINT = 64, 65


@dataclass(frozen=True, repr=False)
class Sm2Key:
    """A private key; it never tells itself."""

    _key: Any

    def sign(self, data: bytes) -> bytes:
        """64 bytes, r and s; signed twice the same data gives two signatures."""
        r, s = decode_dss_signature(self._key.sign(data, ec.ECDSA(SM3())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    @property
    def public(self) -> bytes:
        """The point, uncompressed: 04, x, y."""
        return bytes(self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def sm2_private(seed: bytes) -> Sm2Key:
    """The key that follows from a seed of at least 40 bytes (longer than the order, so that no key is likelier)."""
    return Sm2Key(ec.derive_private_key(int.from_bytes(seed, "big") % (ORDER - 1) + 1, ec.SM2()))


def sm2_verify(public: bytes, data: bytes, signature: bytes) -> bool:
    """Does the signature hold? What is no point or no signature is False."""
    if len(signature) != SIGNATURE or len(public) != POINT:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < ORDER and 0 < s < ORDER):
        return False
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SM2(), public)
        key.verify(encode_dss_signature(r, s), data, ec.ECDSA(SM3()))
    except (InvalidSignature, InternalError, ValueError):
        return False
    return True
