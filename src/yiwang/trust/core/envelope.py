"""The envelope around bytes at rest: which key version and cipher closed it, and for what it was closed.

    "YS" 0x01 · cipher (1 byte) · key version (4 bytes) · nonce (12 bytes) · ciphertext · tag (16 bytes)

The header, the purpose and `about` are authenticated: an envelope moved to another row or another column does not open.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"YS\x01"
NONCE, TAG = 12, 16
_HEAD = struct.Struct(">3sBI")
AES_GCM, SM4_GCM = "aes-256-gcm", "sm4-gcm"
# Name → number in the header and bytes of key.
CIPHERS: dict[str, tuple[int, int]] = {AES_GCM: (1, 32), SM4_GCM: (2, 16)}
_NAMES = {number: name for name, (number, _) in CIPHERS.items()}


class EnvelopeBroken(ValueError):
    """Not an envelope, or not one that this key closed for this purpose and matter."""


@dataclass(frozen=True)
class Header:
    cipher: str
    version: int


@lru_cache(maxsize=256)
def derived(secret: bytes, label: str, length: int = 32) -> bytes:
    """Another key out of `secret`, one for each label; the one tells nothing of the other. Kept in memory until forgotten."""
    return HKDF(SHA256(), length, salt=None, info=f"yiwang/{label}".encode()).derive(secret)


def header_of(sealed: bytes) -> Header:
    """Raises EnvelopeBroken."""
    if len(sealed) < _HEAD.size + NONCE + TAG:
        raise EnvelopeBroken("too short")
    magic, number, version = _HEAD.unpack_from(sealed)
    if magic != MAGIC or number not in _NAMES:
        raise EnvelopeBroken("no envelope")
    return Header(_NAMES[number], version)


def envelope_close(secret: bytes, cipher: str, version: int, plain: bytes, about: bytes) -> bytes:
    """Seal `plain`; equal inputs give different envelopes."""
    head, nonce = _HEAD.pack(MAGIC, CIPHERS[cipher][0], version), os.urandom(NONCE)
    return head + nonce + _sealer(secret, cipher).encrypt(nonce, plain, head + about)


def envelope_open(secret: bytes, sealed: bytes, about: bytes) -> bytes:
    """What was sealed. Raises EnvelopeBroken for any changed bit, another key and another `about`."""
    cipher = header_of(sealed).cipher
    head, nonce = sealed[: _HEAD.size], sealed[_HEAD.size : _HEAD.size + NONCE]
    try:
        return _sealer(secret, cipher).decrypt(nonce, sealed[_HEAD.size + NONCE :], head + about)
    except InvalidTag:
        # The tag says only yes or no; nothing of key or text may stand in an error.
        raise EnvelopeBroken("altered, or closed with another key or for another matter") from None


class _Sm4Gcm:
    """As the library's AESGCM, for a cipher it knows piece by piece only."""

    def __init__(self, key: bytes) -> None:
        self._key = SM4(key)

    def encrypt(self, nonce: bytes, plain: bytes, about: bytes) -> bytes:
        closing = Cipher(self._key, GCM(nonce)).encryptor()
        closing.authenticate_additional_data(about)
        return closing.update(plain) + closing.finalize() + closing.tag

    def decrypt(self, nonce: bytes, closed: bytes, about: bytes) -> bytes:
        opening = Cipher(self._key, GCM(nonce, closed[-TAG:])).decryptor()
        opening.authenticate_additional_data(about)
        return opening.update(closed[:-TAG]) + opening.finalize()


@lru_cache(maxsize=256)
def _sealer(secret: bytes, cipher: str) -> AESGCM | _Sm4Gcm:
    """Making it costs more than most envelopes do."""
    key = derived(secret, f"seal/{cipher}", CIPHERS[cipher][1])
    return AESGCM(key) if cipher == AES_GCM else _Sm4Gcm(key)


def secrets_forget() -> None:
    """Let go of every key that was worked out."""
    derived.cache_clear()
    _sealer.cache_clear()
