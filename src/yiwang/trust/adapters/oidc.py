"""OpenID Connect as a client: discovery, code flow with PKCE, and an ID token that is believed only when all of it fits."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from yiwang.kernel.errors import Unavailable

SECONDS = 10
LEEWAY = 60
# What a provider says of itself is asked for again after so long, and its keys at once when it signs with a new one.
HELD_SECONDS = 600.0
# Asymmetric only: with a shared secret anybody who has it could make tokens.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


class NotBelieved(Exception):
    """The answer of the provider does not fit what was asked; says why, for the audit line."""


@dataclass(frozen=True)
class Relying:
    """Who we are at a provider."""

    issuer: str
    client_id: str
    secret: str
    scopes: str
    callback: str


@dataclass(frozen=True)
class Asked:
    """What was sent along, kept in the browser's session until it comes back."""

    state: str
    nonce: str
    verifier: str
    at: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Said:
    """What the provider says of who came back."""

    subject: str
    claims: Mapping[str, Any]


_metadata: dict[str, tuple[float, dict[str, Any]]] = {}
_keys: dict[str, tuple[float, dict[str, Any]]] = {}


def address_is_safe(address: str) -> bool:
    """https, or plain http on this machine itself."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))


def oidc_begin(me: Relying) -> tuple[str, Asked]:
    """Where to send the browser, and what to keep until it returns. Raises Unavailable."""
    asked = Asked(secrets.token_urlsafe(24), secrets.token_urlsafe(24), generate_token(64), time.time())
    session = _session(me)
    address, _ = session.create_authorization_url(
        metadata_of(me.issuer)["authorization_endpoint"],
        state=asked.state,
        nonce=asked.nonce,
        code_verifier=asked.verifier,
    )
    return str(address), asked


def oidc_finish(me: Relying, asked: Asked, returned: Mapping[str, str]) -> Said:
    """Change the code that came back for an ID token and check it. Raises NotBelieved, Unavailable."""
    if not secrets.compare_digest(returned.get("state", "").encode(), asked.state.encode()):
        raise NotBelieved("state")
    if "error" in returned:
        raise NotBelieved(f"error {returned['error'][:60]}")
    if returned.get("iss", me.issuer) != me.issuer:
        raise NotBelieved("iss")
    about = metadata_of(me.issuer)
    try:
        given = _session(me).fetch_token(
            about["token_endpoint"],
            grant_type="authorization_code",
            code=returned.get("code", ""),
            code_verifier=asked.verifier,
            timeout=SECONDS,
        )
    except OAuthError as wrong:
        raise NotBelieved(f"token {str(wrong.error)[:60]}") from wrong
    except (requests.RequestException, ValueError) as wrong:
        raise _silent(me.issuer) from wrong
    access = str(given.get("access_token", ""))
    claims = _checked(me, str(given.get("id_token", "")), asked.nonce, access)
    if address := about.get("userinfo_endpoint"):
        claims = {**_more(me, str(address), access, str(claims["sub"])), **claims}
    return Said(str(claims["sub"]), claims)


def oidc_farewell(me: Relying, back: str) -> str:
    """Where one signs out at the provider too; "" when it offers that nowhere or does not answer."""
    try:
        address = metadata_of(me.issuer).get("end_session_endpoint", "")
    except Unavailable:
        return ""
    said = urlencode({"post_logout_redirect_uri": back, "client_id": me.client_id})
    return f"{address}?{said}" if address and address_is_safe(address) else ""


def metadata_of(issuer: str) -> dict[str, Any]:
    """What the provider publishes of itself. Raises Unavailable, also when it names another issuer or an unsafe address."""
    held = _metadata.get(issuer)
    if held and held[0] > time.monotonic():
        return held[1]
    about = _fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration", issuer)
    fits = all(isinstance(about.get(name), str) for name in NEEDED) and about["issuer"] == issuer
    if not fits or not all(address_is_safe(about[name]) for name in NEEDED):
        raise _silent(issuer)
    _metadata[issuer] = (time.monotonic() + HELD_SECONDS, about)
    return about


def providers_forget() -> None:
    _metadata.clear()
    _keys.clear()


def _checked(me: Relying, token: str, nonce: str, access: str) -> Mapping[str, Any]:
    wrong: Exception | None = None
    # Once with the keys at hand, once with those of now: a provider changes its keys.
    for fresh in (False, True):
        try:
            read = jwt.decode(token, KeySet.import_key_set(_keys_of(me.issuer, fresh)), algorithms=ALGORITHMS)  # type: ignore[arg-type]
            break
        except (JoseError, ValueError, KeyError, TypeError) as unfit:
            wrong = unfit
    else:
        raise NotBelieved(f"signature {type(wrong).__name__}")
    options = {"iss": {"values": [me.issuer]}, "aud": {"essential": True, "values": [me.client_id]}}
    params = {"nonce": nonce, "client_id": me.client_id, "access_token": access}
    claims = CodeIDToken(read.claims, read.header, options, params)
    try:
        claims.validate(leeway=LEEWAY)
    except (JoseError, ValueError, TypeError) as unfit:
        raise NotBelieved(f"claims {unfit}"[:120]) from unfit
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise NotBelieved("sub")
    return dict(claims)


def _more(me: Relying, address: str, access: str, subject: str) -> Mapping[str, Any]:
    """What the provider tells of the person beside the token; about somebody else it is worth nothing."""
    if not address_is_safe(address):
        raise _silent(me.issuer)
    told = _fetch(address, me.issuer, {"Authorization": f"Bearer {access}"})
    if told.get("sub") != subject:
        raise NotBelieved("userinfo")
    return told


def _keys_of(issuer: str, fresh: bool) -> dict[str, Any]:
    held = _keys.get(issuer)
    if held and held[0] > time.monotonic() and not fresh:
        return held[1]
    keys = _fetch(metadata_of(issuer)["jwks_uri"], issuer)
    _keys[issuer] = (time.monotonic() + HELD_SECONDS, keys)
    return keys


def _fetch(address: str, issuer: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    try:
        answer = requests.get(address, headers=headers, timeout=SECONDS, allow_redirects=False)
        answer.raise_for_status()
        read = answer.json()
    except (requests.RequestException, ValueError) as wrong:
        raise _silent(issuer) from wrong
    if answer.status_code != 200 or not isinstance(read, dict):
        raise _silent(issuer)
    return read


def _session(me: Relying) -> OAuth2Session:
    return OAuth2Session(
        me.client_id, me.secret, scope=me.scopes, redirect_uri=me.callback, code_challenge_method="S256"
    )


def _silent(issuer: str) -> Unavailable:
    return Unavailable(
        zh="统一身份认证暂时不可用",
        en="the identity provider does not answer as it should",
        where=issuer,
        hint_zh="请稍后再试，或用本站账号登录。",
        hint_en="Try again later, or sign in with an account of this site.",
    )
