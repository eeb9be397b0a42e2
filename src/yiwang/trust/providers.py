"""Signing in by another place (OpenID Connect): which places, and how their word finds an account here."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import ANONYMOUS, Actor, system_actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused, SignInRefused
from yiwang.kernel.selectors import account_number
from yiwang.kernel.service import account_create, audit
from yiwang.trust.adapters.oidc import (
    Asked,
    NotBelieved,
    Relying,
    Said,
    address_is_safe,
    oidc_begin,
    oidc_farewell,
    oidc_finish,
    providers_forget,
)
from yiwang.trust.bindings import subject_account, subject_bind
from yiwang.trust.keys import open_bytes, seal_bytes
from yiwang.trust.models import IdentityProvider, ProviderLink
from yiwang.trust.subjects import KINDS, subject_hash

# From the button to the return.
WAIT_SECONDS = 600.0
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class ProviderAsk:
    """A place to sign in at. `mode` is link (only accounts linked before) or create (a new account without any role).

    `identifier_claim` names the claim that holds the number of a resident or firm; "" when its word binds nobody.
    """

    name: str
    title: Text
    issuer: str
    client_id: str
    secret: str
    mode: str = "link"
    identifier_claim: str = ""
    subject_kind: str = "resident"
    scopes: str = "openid profile"
    enabled: bool = True


@dataclass(frozen=True)
class ProviderRow:
    """As administrators see it; the secret never comes back."""

    name: str
    title: Text
    issuer: str
    client_id: str
    mode: str
    identifier_claim: str
    subject_kind: str
    scopes: str
    enabled: bool
    links: int


@dataclass(frozen=True)
class ProviderButton:
    """As the sign-in page shows it."""

    name: str
    title: Text


@dataclass(frozen=True)
class ProviderLinkRow:
    """One's own account at a place."""

    id: int
    provider: str
    title: Text
    linked_at: datetime
    used_at: datetime | None


def provider_save(*, actor: Actor, ask: ProviderAsk) -> ProviderRow:
    """Declare a place, or change it; an empty secret keeps the one there is. Raises Refused without "provider.edit",
    InputError."""
    rule = demand(actor, "provider.edit").rule
    row = IdentityProvider.objects.filter(name=ask.name).first()
    _check(ask, row is None)
    said: dict[str, Any] = {
        "title_zh": ask.title.zh,
        "title_en": ask.title.en,
        "issuer": ask.issuer,
        "client_id": ask.client_id,
        "mode": ask.mode,
        "identifier_claim": ask.identifier_claim,
        "subject_kind": ask.subject_kind,
        "assurance": "provider",
        "scopes": ask.scopes,
        "enabled": ask.enabled,
    }
    if ask.secret:
        said["sealed_secret"] = seal_bytes("identity", ask.secret.encode(), f"provider {ask.name}")
    if row is None:
        said["made_by"] = actor.id
    with transaction.atomic():
        kept, new = IdentityProvider.objects.update_or_create(name=ask.name, defaults=said)
        details = {"issuer": ask.issuer, "mode": ask.mode, "claim": ask.identifier_claim, "enabled": ask.enabled}
        act = "provider.new" if new else "provider.change"
        audit(actor=actor, act=act, object_kind="provider", object_id=ask.name, rule=rule, details=details)
    providers_forget()
    return _row(kept)


def provider_begin(*, name: str, callback: str) -> tuple[str, dict[str, Any]]:
    """Where to send the browser, and the state its session keeps. Raises NotFound, Unavailable."""
    address, asked = oidc_begin(_relying(_enabled(name), callback))
    return address, asked.as_dict()


def provider_return(
    *, name: str, callback: str, state: Mapping[str, Any], returned: Mapping[str, str], actor: Actor = ANONYMOUS
) -> int:
    """The account of who came back; somebody who is signed in already links it to their own.

    Raises SignInRefused for an answer that does not fit or an account nobody knows, Conflict for one that is linked to
    somebody else, NotFound, Unavailable.
    """
    row = _enabled(name)
    said = _said(row, callback, state, returned)
    with transaction.atomic():
        account = _own(row, said, actor) if actor.id else _found(row, said)
        if account is not None:
            ProviderLink.objects.filter(provider=row, subject=said.subject).update(used_at=timezone.now())
            who = Actor(id=f"account:{account}", name=str(said.claims.get("name") or said.subject)[:64])
            act = "provider.link" if actor.id else "provider.sign-in"
            audit(actor=who, act=act, object_kind="account", object_id=account, rule=f"provider:{name}")
    if account is None:
        # After the transaction: the line of a refusal is kept.
        _refuse(row, "no account")
        raise _refused(
            "这个身份没有关联本站账号",
            "no account here is linked to this identity",
            "请先用本站账号登录，在“安全”页面关联；或到窗口办理。",
            "Sign in with your account here and link it on the page Security, or come to the counter.",
        )
    return account


def provider_unlink(*, actor: Actor, link: int) -> None:
    """One's account there opens one's account here no more. Raises NotFound for a link of somebody else."""
    number = account_number(actor)
    row = ProviderLink.objects.select_related("provider").filter(pk=link, account_id=number or 0).first()
    if row is None or number is None:
        raise NotFound(zh="没有这个关联", en="there is no such link", where="link")
    with transaction.atomic():
        row.delete()
        rule = f"provider:{row.provider.name}"
        audit(actor=actor, act="provider.unlink", object_kind="account", object_id=number, rule=rule)


def provider_buttons() -> tuple[ProviderButton, ...]:
    """The places the sign-in page offers."""
    rows = IdentityProvider.objects.filter(enabled=True)
    return tuple(ProviderButton(row.name, Text(zh=row.title_zh, en=row.title_en)) for row in rows)


def provider_list(actor: Actor) -> tuple[ProviderRow, ...]:
    """Every place there is, disabled ones too. Raises Refused."""
    demand(actor, "provider.edit")
    return tuple(_row(row) for row in IdentityProvider.objects.all())


def provider_links(actor: Actor) -> tuple[ProviderLinkRow, ...]:
    """Where the actor may sign in from."""
    rows = ProviderLink.objects.select_related("provider").filter(account_id=account_number(actor) or 0).order_by("id")
    return tuple(
        ProviderLinkRow(
            row.pk,
            row.provider.name,
            Text(zh=row.provider.title_zh, en=row.provider.title_en),
            row.linked_at,
            row.used_at,
        )
        for row in rows
    )


def provider_farewell(name: str, back: str) -> str:
    """Where to sign out at the place one came by, too; "" when there is nothing to do."""
    row = IdentityProvider.objects.filter(name=name).first()
    return oidc_farewell(_relying(row, ""), back) if row else ""


def _said(row: IdentityProvider, callback: str, state: Mapping[str, Any], returned: Mapping[str, str]) -> Said:
    try:
        asked = Asked(**state)
        if time.time() - asked.at > WAIT_SECONDS:
            raise NotBelieved("too late")
        return oidc_finish(_relying(row, callback), asked, returned)
    except (NotBelieved, TypeError) as wrong:
        reason = str(wrong) if isinstance(wrong, NotBelieved) else "nothing was asked"
        _refuse(row, reason)
        raise _refused(
            "统一身份认证的答复不能接受，没有登录", "the identity provider's answer could not be accepted"
        ) from None


def _own(row: IdentityProvider, said: Said, actor: Actor) -> int:
    number = account_number(actor)
    if number is None:
        raise Refused(zh="请先登录", en="Sign in first", where="identity")
    there = ProviderLink.objects.filter(provider=row, subject=said.subject).first()
    if there is not None and there.account_id != number:
        raise Conflict(
            zh="这个身份已关联到另一个账号", en="this identity is linked to another account", where="provider"
        )
    if there is None:
        if ProviderLink.objects.filter(provider=row, account_id=number).exists():
            raise Conflict(
                zh="您的账号已关联另一个身份，请先解除",
                en="your account is linked to another identity there; end that first",
                where="provider",
            )
        ProviderLink.objects.create(provider=row, account_id=number, subject=said.subject)
    return number


def _found(row: IdentityProvider, said: Said) -> int | None:
    link = ProviderLink.objects.filter(provider=row, subject=said.subject).first()
    if link is not None:
        return int(link.account_id)
    identifier = said.claims.get(row.identifier_claim) if row.identifier_claim else None
    known = identifier.strip() if isinstance(identifier, str) else ""
    account = subject_account(row.subject_kind, subject_hash(row.subject_kind, known)) if known else None
    if account is None and row.mode == IdentityProvider.Mode.CREATE:
        account = _made(row, said, known)
    if account is not None:
        ProviderLink.objects.create(provider=row, account_id=account, subject=said.subject)
    return account


def _made(row: IdentityProvider, said: Said, identifier: str) -> int:
    """A resident's account: no role, a password nobody knows."""
    maker = system_actor(f"provider:{row.name}")
    name = hashlib.sha256(f"{row.name}\0{said.subject}".encode()).hexdigest()[:16]
    shown = str(said.claims.get("name") or said.claims.get("preferred_username") or row.title_zh)
    made = account_create(
        actor=maker,
        username=f"{row.name}-{name}",
        display_name=shown.strip()[:64] or row.title_zh,
        password=secrets.token_urlsafe(32),
    )
    if identifier:
        subject_bind(
            actor=maker,
            account=made.pk,
            kind=row.subject_kind,
            identifier=identifier,
            assurance="provider",
            title=shown.strip()[:80],
        )
    return int(made.pk)


def _refuse(row: IdentityProvider, reason: str) -> None:
    keeper = system_actor("identity")
    details = {"reason": reason}
    audit(actor=keeper, act="provider.refused", object_kind="provider", object_id=row.name, details=details)


def _enabled(name: str) -> IdentityProvider:
    row = IdentityProvider.objects.filter(name=name, enabled=True).first()
    if row is None:
        raise NotFound(zh=f"没有登录方式 {name}", en=f"there is no way in by {name}", where="provider")
    return row


def _relying(row: IdentityProvider, callback: str) -> Relying:
    secret = open_bytes("identity", bytes(row.sealed_secret), f"provider {row.name}").decode()
    return Relying(row.issuer, row.client_id, secret, row.scopes, callback)


def _check(ask: ProviderAsk, new: bool) -> None:
    faults = (
        (
            "name",
            _NAME.fullmatch(ask.name),
            "编号只含小写字母、数字和横线",
            "the name takes lower-case letters, digits, dashes",
        ),
        ("title", ask.title.zh.strip() and ask.title.en.strip(), "请填写中英文名称", "give a title in both languages"),
        ("issuer", address_is_safe(ask.issuer), "签发者地址必须是 https", "the issuer must be an https address"),
        ("client_id", ask.client_id.strip(), "请填写客户端编号", "give the client id"),
        ("secret", ask.secret or not new, "请填写客户端密钥", "give the client secret"),
        ("mode", ask.mode in IdentityProvider.Mode.values, "请选择如何找到账号", "choose how an account is found"),
        ("subject_kind", ask.subject_kind in KINDS, "请选择个人或企业", "choose a person or a firm"),
        ("scopes", "openid" in ask.scopes.split(), "范围必须含 openid", "the scopes must hold openid"),
    )
    for where, fine, zh, en in faults:
        if not fine:
            raise InputError(zh=zh, en=en, where=where)


def _refused(zh: str, en: str, hint_zh: str = "", hint_en: str = "") -> SignInRefused:
    return SignInRefused(
        zh=zh,
        en=en,
        where="provider",
        hint_zh=hint_zh or "请从登录页重新开始。",
        hint_en=hint_en or "Start again from the sign-in page.",
    )


def _row(row: IdentityProvider) -> ProviderRow:
    return ProviderRow(
        row.name,
        Text(zh=row.title_zh, en=row.title_en),
        row.issuer,
        row.client_id,
        row.mode,
        row.identifier_claim,
        row.subject_kind,
        row.scopes,
        row.enabled,
        row.links.count(),
    )
