"""SD-JWT issued and narrowed with the sd-jwt package: the one place that knows the library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer

from yiwang.trust.core.signedtext import ALGORITHM, base64url
from yiwang.trust.core.verdict import SD_JWT


def sd_jwt_issue(open_claims: Mapping[str, Any], hidden: Mapping[str, Any], key: Ed25519PrivateKey, kid: str) -> str:
    """The signed text with every disclosure; each of `hidden` may later be left out."""
    claims: dict[Any, Any] = {**open_claims, **{SDObj(name): value for name, value in hidden.items()}}
    jwk = JWK(
        kty="OKP",
        crv="Ed25519",
        d=base64url(key.private_bytes_raw()),
        x=base64url(key.public_key().public_bytes_raw()),
    )
    header = {"typ": SD_JWT, "kid": kid}
    return str(SDJWTIssuer(claims, jwk, sign_alg=ALGORITHM, extra_header_parameters=header).sd_jwt_issuance)


def sd_jwt_narrow(issued: str, disclose: Iterable[str]) -> str:
    """The same text showing only these of the hidden fields."""
    holder = SDJWTHolder(issued)
    holder.create_presentation(dict.fromkeys(disclose, True))
    return str(holder.sd_jwt_presentation)
