"""Passkeys (WebAuthn) as a second factor: the browser's device signs a challenge, we keep its public key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    UserVerificationRequirement,
)

from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import Conflict, InputError, Refused
from yiwang.kernel.selectors import account_number
from yiwang.kernel.service import factor_try
from yiwang.trust.factors import factor_added, factor_list, label_checked, recovery_make
from yiwang.trust.models import Passkey

MOST = 10
# What the device's answer may be made of; anything else is not looked into.
BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError)


@dataclass(frozen=True)
class Site:
    """Where the browser stands: a passkey made for one host works on no other. `origin` is scheme, host and port."""

    host: str
    origin: str


def passkey_begin(*, actor: Actor, site: Site) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser is asked, and the state to keep until it answers. Raises Refused, Conflict for ten passkeys."""
    number = account_number(actor)
    if number is None:
        raise Refused(zh="请先登录", en="Sign in first", where="identity")
    there = _known(number)
    if len(there) >= MOST:
        raise Conflict(zh=f"至多 {MOST} 个通行密钥", en=f"{MOST} passkeys at most", where="passkey")
    user = PublicKeyCredentialUserEntity(name=actor.name, id=f"account:{number}".encode(), display_name=actor.name)
    asked, state = _server(site).register_begin(user, there, user_verification=UserVerificationRequirement.PREFERRED)
    return dict(asked), state


def passkey_add(
    *, actor: Actor, site: Site, state: Mapping[str, Any], answer: Mapping[str, Any], label: str
) -> tuple[str, ...]:
    """Keep the passkey the browser made. The first factor of an account also gets recovery codes: the answer, shown once.

    Raises InputError for an answer that does not fit the question, Conflict for a passkey that is known already.
    """
    name, number = label_checked(label), account_number(actor)
    try:
        made = _server(site).register_complete(dict(state), RegistrationResponse.from_dict(answer))
        held = made.credential_data
    except BROKEN as wrong:
        raise _unfit() from wrong
    if held is None or number is None:
        raise _unfit()
    with transaction.atomic():
        first = not factor_list(actor, number).devices
        _, new = Passkey.objects.get_or_create(
            credential_id=websafe_encode(held.credential_id),
            defaults={"account_id": number, "label": name, "credential": bytes(held), "sign_count": made.counter},
        )
        if not new:
            raise Conflict(zh="这个通行密钥已经登记过", en="this passkey is known already", where="passkey")
        factor_added(actor, "passkey", name)
        return recovery_make(actor=actor) if first else ()


def passkey_ask(*, account: int, site: Site) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser is asked at the second step, and the state to keep. Raises Refused without a passkey."""
    there = _known(account)
    if not there:
        raise Refused(zh="没有登记通行密钥", en="there is no passkey", where="passkey")
    asked, state = _server(site).authenticate_begin(there, UserVerificationRequirement.PREFERRED)
    return dict(asked), state


def passkey_use(*, account: int, site: Site, state: Mapping[str, Any], answer: Mapping[str, Any], address: str) -> None:
    """Take the browser's answer to `passkey_ask`. Raises SignInRefused, also for a device that was copied, SignInLocked."""
    factor_try(
        account=account, method="passkey", address=address, check=lambda: _signed(account, site, dict(state), answer)
    )


def _signed(account: int, site: Site, state: dict[str, Any], answer: Mapping[str, Any]) -> bool:
    try:
        read = AuthenticationResponse.from_dict(answer)
        _server(site).authenticate_complete(state, _known(account), read)
        count = read.response.authenticator_data.counter
    except BROKEN:
        return False
    rows = Passkey.objects.filter(account_id=account, credential_id=websafe_encode(read.raw_id))
    # A counter that does not grow says that the key was copied; devices that do not count always say 0.
    grown = rows.filter(sign_count__lt=count) if count else rows.filter(sign_count=0)
    return grown.update(sign_count=count, used_at=timezone.now()) == 1


def _known(account: int) -> list[AttestedCredentialData]:
    rows = Passkey.objects.filter(account_id=account)
    return [AttestedCredentialData(bytes(row.credential)) for row in rows]


def _server(site: Site) -> Fido2Server:
    place = PublicKeyCredentialRpEntity(name="Yiwang 一网", id=site.host)
    return Fido2Server(place, verify_origin=lambda said: said == site.origin)


def _unfit() -> InputError:
    return InputError(
        zh="设备的回答不能使用",
        en="what the device answered cannot be used",
        where="passkey",
        hint_zh="请从头再试一次。",
        hint_en="Start again.",
    )
