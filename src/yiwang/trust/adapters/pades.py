"""The seal on a PDF (PAdES) with pyhanko: the one place that knows this library, which takes half a second to read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from yiwang.trust.adapters.certificates import Seal

FIELD = "Seal"


@dataclass(frozen=True)
class SealCheck:
    """`whole`: no byte after or under the seal changed. `trusted`: its certificate leads to one of the roots."""

    sealed: bool
    whole: bool
    trusted: bool
    signer: str


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
