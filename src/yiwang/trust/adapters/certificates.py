"""The city's own certificates for its seal. The root and the seal's certificate follow from keys and days alone, so that they are
the same each time they are made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates
from cryptography.x509.oid import NameOID

# The order of P-256.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ROOT_YEARS, SEAL_YEARS = 20, 10


@dataclass(frozen=True, repr=False)
class Seal:
    """A seal with its certificate and the root above it (DER)."""

    key: ec.EllipticCurvePrivateKey
    certificate: bytes
    root: bytes


def seal_of(secret: bytes, city: str, since: datetime) -> Seal:
    """The seal that follows from a secret of 96 bytes."""
    root_key, key = _private(secret[:48]), _private(secret[48:])
    root = _certificate(f"{city} Root CA", root_key, None, root_key, since, ROOT_YEARS)
    own = _certificate(f"{city} Electronic Seal", key, root, root_key, since, SEAL_YEARS)
    return Seal(key, own.public_bytes(Encoding.DER), root.public_bytes(Encoding.DER))


def seal_from_file(data: bytes, password: bytes) -> Seal:
    """A seal with its chain out of a PKCS#12 file. Raises ValueError for another password or another kind of key."""
    key, own, above = load_key_and_certificates(data, password)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or own is None or not above:
        raise ValueError("the file needs an elliptic key, its certificate and the root")
    return Seal(key, own.public_bytes(Encoding.DER), above[-1].public_bytes(Encoding.DER))


def _private(seed: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(seed, "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
    signer: ec.EllipticCurvePrivateKey,
    since: datetime,
    years: int,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, name)])
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    ca = issuer is None
    usage = x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.subject)
        .public_key(key.public_key())
        # Follows from name and key, so that the same certificate has the same number.
        .serial_number(int.from_bytes(hashlib.sha256(name.encode() + point).digest()[:16], "big") | 1)
        .not_valid_before(since - timedelta(days=1))
        .not_valid_after(since + timedelta(days=366 * years))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, SHA256(), ecdsa_deterministic=True)
    )
