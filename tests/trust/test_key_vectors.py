"""SM2, SM3 and SM4 against published vectors, and SM2 against another library both ways."""

from __future__ import annotations

import base64
import csv
import hashlib
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from gmssl import sm2 as other
from tongsuopy.crypto.asymciphers import ec
from tongsuopy.crypto.serialization import Encoding, PublicFormat

from yiwang.trust.adapters.sm2 import ORDER, Sm2Key, sm2_private, sm2_verify

MESSAGES = (b"", b"message digest", "用途：核验".encode(), bytes(range(256)))


def rows(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def other_of(public: bytes) -> other.CryptSM2:
    return other.CryptSM2(public_key=public.hex()[2:], private_key="")


@pytest.mark.parametrize("message", MESSAGES[1:])
def test_another_library_verifies_what_we_sign(message: bytes) -> None:
    key = sm2_private(b"\x07" * 48)
    signature = key.sign(message)
    assert other_of(key.public).verify_with_sm3(signature.hex(), message)
    assert not other_of(key.public).verify_with_sm3(signature.hex(), message + b"!")


def test_we_verify_what_another_library_signs() -> None:
    private = "1234567890abcdef" * 4
    key = Sm2Key(ec.derive_private_key(int(private, 16), ec.SM2()))
    signer = other.CryptSM2(public_key=key.public.hex()[2:], private_key=private)
    signature = bytes.fromhex(signer.sign_with_sm3(b"message digest"))
    assert sm2_verify(key.public, b"message digest", signature)
    assert not sm2_verify(key.public, b"message digesu", signature)


@pytest.mark.parametrize("message", MESSAGES)
def test_every_changed_byte_of_a_signature_is_found(message: bytes) -> None:
    key = sm2_private(b"\x09" * 48)
    signature = key.sign(message)
    assert sm2_verify(key.public, message, signature)
    for place in range(len(signature)):
        changed = signature[:place] + bytes([signature[place] ^ 1]) + signature[place + 1 :]
        assert not sm2_verify(key.public, message, changed)


@pytest.mark.parametrize(
    ("public", "signature"),
    [
        (b"", b"\0" * 64),
        (b"\x04" + b"\x01" * 64, b"\x01" * 64),
        (b"\x05" + b"\x01" * 64, b"\x01" * 64),
        (sm2_private(b"\x07" * 48).public, b"\0" * 64),
        (sm2_private(b"\x07" * 48).public, ORDER.to_bytes(32, "big") * 2),
        (sm2_private(b"\x07" * 48).public, b"\x01" * 63),
    ],
)
def test_what_is_no_point_or_no_signature_does_not_hold(public: bytes, signature: bytes) -> None:
    assert sm2_verify(public, b"message", signature) is False


def test_the_library_we_compare_with_passes_the_published_sm2_signatures(shared_data: Path) -> None:
    """These vectors sign a digest as it is, without the signer's id, which our adapter never does: they vouch for the oracle."""
    known = (shared_data / "vectors/sm/sm2_gmsm_kat.txt").read_text(encoding="utf-8")
    message = re.search(r'msg = "(.*)"', known)
    r, s = (re.search(rf"^{name} = ([0-9a-f]{{64}})$", known, re.MULTILINE) for name in "rs")
    assert message and r and s
    point = ec.derive_private_key(int("1234567890abcdef" * 4, 16), ec.SM2()).public_key()
    oracle = other_of(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    assert oracle.verify(r[1] + s[1], message[1].encode())
    assert not oracle.verify(r[1] + s[1], message[1].encode() + b".")
    text = (shared_data / "vectors/sm/sm2_openssl_evppkey.txt").read_text(encoding="utf-8")
    body = re.search(r"PEM body\)\n((?:[A-Za-z0-9+/=]+\n)+)", text)
    assert body
    key = base64.b64decode(body[1])
    start = key.rindex(b"\x03\x42\x00\x04") + 3
    found = re.findall(r"Verify digest:SM3\nInput = ([0-9A-F]+)\nOutput = ([0-9A-F]+)", text)
    assert len(found) == 2
    for digest, signature in found:
        first, second = decode_dss_signature(bytes.fromhex(signature))
        assert other_of(key[start : start + 65]).verify(f"{first:064x}{second:064x}", bytes.fromhex(digest))


def test_sm3_is_as_published(shared_data: Path) -> None:
    found = rows(shared_data / "vectors/sm/sm3_vectors.csv")
    assert len(found) == 5
    wrong = [row for row in found if hashlib.new("sm3", bytes.fromhex(row["msg_hex"])).hexdigest() != row["digest_hex"]]
    assert wrong == []


def test_sm4_gcm_is_as_published(shared_data: Path) -> None:
    found = [row for row in rows(shared_data / "vectors/sm/sm4_vectors.csv") if row["mode"] == "GCM"]
    assert found
    for row in found:
        key, iv, aad, plain = (bytes.fromhex(row[name]) for name in ("key", "iv", "aad", "plaintext"))
        closing = Cipher(algorithms.SM4(key), modes.GCM(iv)).encryptor()
        closing.authenticate_additional_data(aad)
        assert closing.update(plain) + closing.finalize() == bytes.fromhex(row["ciphertext"])
        assert closing.tag == bytes.fromhex(row["tag"])
