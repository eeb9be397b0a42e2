"""The seal on a PDF (PAdES) with pyhanko, and the city's own certificates: the one place that knows these libraries.

The root and the seal's certificate follow from keys and days alone, so that they are the same each time they are made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

# The order of P-256.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ROOT_YEARS, SEAL_YEARS = 20, 10
FIELD = "Seal"


@dataclass(frozen=True, repr=False)
class Seal:
    """A seal with its certificate and the root above it (DER)."""

    key: ec.EllipticCurvePrivateKey
    certificate: bytes
    root: bytes


@dataclass(frozen=True)
class SealCheck:
    """`whole`: no byte after or under the seal changed. `trusted`: its certificate leads to one of the roots."""

    sealed: bool
    whole: bool
    trusted: bool
    signer: str


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


def pdf_seal(pdf: bytes, seal: Seal, *, reason: str, box: tuple[int, int, int, int]) -> bytes:
    """The PDF with the seal on its first page."""
    private = seal.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    store = SimpleCertificateStore()
    store.register(asn1_x509.Certificate.load(seal.root))
    signer = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(seal.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=store,
    )
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", reason=reason, subfilter=SigSeedSubFilter.PADES
    )
    out = signers.sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)), meta, signer=signer, new_field_spec=SigFieldSpec(FIELD, 0, box)
    )
    return bytes(out.getvalue())


def pdf_seal_check(pdf: bytes, roots: Iterable[bytes]) -> SealCheck:
    """What the seal of a PDF is worth; a file that is no PDF has none."""
    trust = ValidationContext(trust_roots=[asn1_x509.Certificate.load(root) for root in roots], allow_fetching=False)
    try:
        found = PdfFileReader(BytesIO(pdf)).embedded_signatures
        if not found:
            return SealCheck(False, False, False, "")
        status = validate_pdf_signature(found[0], signer_validation_context=trust)
    except (PdfError, SigningError, ValueError, TypeError, LookupError):
        return SealCheck(False, False, False, "")
    name = str(status.signing_cert.subject.human_friendly)
    # With one seal on a page that nothing is added to, anything after it is a change.
    whole = bool(
        status.intact and status.valid and status.coverage is not None and status.coverage.name == "ENTIRE_FILE"
    )
    return SealCheck(True, whole, bool(status.trusted), name)


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
