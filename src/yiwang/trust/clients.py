"""API clients: programs of a department that come in with OAuth2 client credentials."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.errors import Conflict, InputError, NotFound
from yiwang.kernel.selectors import Page, city_is_synthetic, department_get, paged
from yiwang.kernel.service import audit
from yiwang.trust.errors import ClientRefused
from yiwang.trust.models import ClientProfile

SCOPE = "exchange"
# A token that was looked at is believed for so long: a client that is disabled, or whose secret was changed, is refused
# by every process within this time.
BELIEVED_SECONDS = 5.0
MOST_HELD = 10_000
SECRET_BYTES = 32
_CLIENT_ID = re.compile(r"[a-z0-9][a-z0-9-]{2,63}")


@dataclass(frozen=True)
class ClientSecret:
    """Shown once, right after it was made; afterwards only its hash is kept."""

    client_id: str
    secret: str


# Shown when a synthetic city starts; a real city never has it.
DEMO_CLIENT = ClientSecret("demo-client", "yiwang-demo-client-2026")
DEMO_DEPARTMENT = "human-resources"


@dataclass(frozen=True)
class ClientRow:
    """A program that may ask for tokens. `seen_at` is when it last got one."""

    client_id: str
    name: str
    department: str
    purpose: str
    enabled: bool
    made_by: str
    created_at: datetime
    secret_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True)
class _Seen:
    actor: Actor
    scopes: frozenset[str]
    expires: datetime
    until: float


_seen: dict[str, _Seen] = {}


def client_new(*, actor: Actor, client_id: str, name: str, department: str, purpose: str) -> ClientSecret:
    """Let a program of a department in; the answer holds the only copy of its secret.

    Raises Refused without "client.edit" for the department, InputError, Conflict for an id that is taken, NotFound.
    """
    rule = demand(actor, "client.edit", department).rule
    if not _CLIENT_ID.fullmatch(client_id):
        raise InputError(
            zh=f"客户端编号 {client_id!r} 不合要求",
            en=f"the client id {client_id!r} will not do",
            where="client_id",
            hint_zh="3 至 64 个小写字母、数字或横线，以字母或数字开头。",
            hint_en="3 to 64 lower-case letters, digits or dashes, a letter or digit first.",
        )
    for where, text, longest, zh, en in (
        ("name", name, 80, "名称", "name"),
        ("purpose", purpose, 200, "用途", "purpose"),
    ):
        if not text.strip() or len(text.strip()) > longest:
            raise InputError(
                zh=f"请填写{zh}，不超过 {longest} 字", en=f"give a {en} of at most {longest} characters", where=where
            )
    department_get(department)
    with transaction.atomic():
        if Application.objects.filter(client_id=client_id).exists():
            raise Conflict(
                zh=f"客户端编号 {client_id} 已被使用", en=f"the client id {client_id} is taken", where="client_id"
            )
        made = ClientSecret(client_id, secrets.token_urlsafe(SECRET_BYTES))
        _make(actor, made, name=name.strip(), department=department, purpose=purpose.strip())
        _line(actor, "client.new", client_id, rule, {"department": department, "purpose": purpose.strip()})
    return made


def demo_client_make(*, actor: Actor) -> ClientSecret:
    """The program anybody may use in a synthetic city; its secret is public. Safe to run again. Raises Conflict elsewhere."""
    rule = demand(actor, "client.edit", DEMO_DEPARTMENT).rule
    if not city_is_synthetic():
        raise Conflict(
            zh="只有合成数据城市可以有演示客户端", en="Only a synthetic city has a demo client", where="city"
        )
    with transaction.atomic():
        if not Application.objects.filter(client_id=DEMO_CLIENT.client_id).exists():
            _make(
                actor,
                DEMO_CLIENT,
                name="演示·人社核验",
                department=DEMO_DEPARTMENT,
                purpose="演示：核验参保人的登记信息",
            )
        _line(actor, "client.demo", DEMO_CLIENT.client_id, rule, {"department": DEMO_DEPARTMENT})
    return DEMO_CLIENT


def client_rotate(*, actor: Actor, client_id: str) -> ClientSecret:
    """A new secret; the old one and every token got with it end now. Raises Refused, NotFound."""
    profile, rule = _editable(actor, client_id)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        profile.application.client_secret = secret
        profile.application.save(update_fields=["client_secret"])
        profile.secret_at = timezone.now()
        profile.save(update_fields=["secret_at"])
        ended = _tokens_end(profile)
        _line(actor, "client.rotate", client_id, rule, {"tokens_ended": ended})
    return ClientSecret(client_id, secret)


def client_enable(*, actor: Actor, client_id: str, enabled: bool) -> ClientRow:
    """Let a program in, or no longer: its tokens end with it. Raises Refused, NotFound."""
    profile, rule = _editable(actor, client_id)
    with transaction.atomic():
        profile.enabled = enabled
        profile.save(update_fields=["enabled"])
        ended = 0 if enabled else _tokens_end(profile)
        _line(actor, "client.enable" if enabled else "client.disable", client_id, rule, {"tokens_ended": ended})
    return _row(profile)


def client_list(actor: Actor, *, page: int = 1, per_page: int = 50) -> Page[ClientRow]:
    """The programs of the departments an administrator or data lead covers. Raises Refused."""
    demand(actor, "client.edit")
    rows = ClientProfile.objects.select_related("application").order_by("department", "application__client_id")
    if not actor.is_system:
        covered = actor.scopes.get(Role.ADMIN, frozenset()) | actor.scopes.get(Role.DATA_LEAD, frozenset())
        rows = rows.filter(department__in=covered)
    return paged(rows, _row, page=page, per_page=per_page)


def client_get(actor: Actor, client_id: str) -> ClientRow:
    """Raises Refused, NotFound."""
    return _row(_editable(actor, client_id)[0])


def client_actor(request: HttpRequest, scope: str = SCOPE) -> Actor:
    """The program behind the bearer token of a request, kind "client", of its department, without any role.

    Raises ClientRefused (401) for no token, one that is unknown, expired, or of a program that was disabled, and for one
    that does not reach so far. A token is looked up again after 5 seconds: that is how long a revocation may take.
    """
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise _refused("请求没有带访问令牌", "the request carries no access token")
    name = hashlib.sha256(token.strip().encode()).hexdigest()
    seen = _seen.get(name)
    if seen is None or seen.until < time.monotonic():
        seen = _look(name)
    if seen.expires <= timezone.now():
        raise _refused("访问令牌已过期", "the access token has expired")
    if scope not in seen.scopes:
        raise _refused(f"访问令牌没有范围 {scope}", f"the access token does not reach to {scope}")
    return seen.actor


def clients_forget() -> None:
    """Believe no token any more without looking: used where a process must see a change at once."""
    _seen.clear()


def token_given(*, token: str) -> None:
    """A program just got this token: leave the line, and let go of its expired ones. Raises ClientRefused."""
    seen = _look(hashlib.sha256(token.encode()).hexdigest())
    client_id = seen.actor.id.partition(":")[2]
    with transaction.atomic():
        AccessToken.objects.filter(application__client_id=client_id, expires__lte=timezone.now()).delete()
        _line(seen.actor, "client.token", client_id, "client-credentials", {"scopes": sorted(seen.scopes)})


def _make(actor: Actor, made: ClientSecret, *, name: str, department: str, purpose: str) -> None:
    application = Application.objects.create(
        client_id=made.client_id,
        client_secret=made.secret,
        name=name,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    ClientProfile.objects.create(
        application=application,
        department=department,
        purpose=purpose,
        made_by=actor.id,
        secret_at=timezone.now(),
    )


def _look(name: str) -> _Seen:
    _seen.pop(name, None)
    row = AccessToken.objects.select_related("application__profile").filter(token_checksum=name).first()
    profile = getattr(row.application, "profile", None) if row is not None and row.application else None
    if row is None or profile is None or not profile.enabled:
        raise _refused("访问令牌无效，或者客户端已停用", "the access token is not valid, or its client was disabled")
    if len(_seen) >= MOST_HELD:
        _seen.clear()
    seen = _Seen(_actor(profile), frozenset(row.scope.split()), row.expires, time.monotonic() + BELIEVED_SECONDS)
    _seen[name] = seen
    return seen


def _actor(profile: ClientProfile) -> Actor:
    return Actor(
        id=f"client:{profile.application.client_id}",
        name=profile.application.name,
        kind="client",
        department=profile.department,
    )


def _editable(actor: Actor, client_id: str) -> tuple[ClientProfile, str]:
    profile = ClientProfile.objects.select_related("application").filter(application__client_id=client_id).first()
    if profile is None:
        demand(actor, "client.edit")
        raise NotFound(zh=f"没有客户端 {client_id}", en=f"there is no client {client_id}", where="client_id")
    return profile, demand(actor, "client.edit", profile.department).rule


def _tokens_end(profile: ClientProfile) -> int:
    clients_forget()
    return int(AccessToken.objects.filter(application=profile.application).delete()[0])


def _line(actor: Actor, act: str, client_id: str, rule: str, details: dict[str, object]) -> None:
    audit(actor=actor, act=act, object_kind="client", object_id=client_id, rule=rule, details=details)


def _refused(zh: str, en: str) -> ClientRefused:
    return ClientRefused(
        zh=zh,
        en=en,
        where="authorization",
        hint_zh="请用客户端凭证在 /api/oauth/token 取得令牌，放在 Authorization: Bearer 中。",
        hint_en="Get a token at /api/oauth/token with the client's credentials and send it as Authorization: Bearer.",
    )


def _row(profile: ClientProfile) -> ClientRow:
    newest = AccessToken.objects.filter(application=profile.application).order_by("-created").first()
    return ClientRow(
        profile.application.client_id,
        profile.application.name,
        profile.department,
        profile.purpose,
        profile.enabled,
        profile.made_by,
        profile.created_at,
        profile.secret_at,
        newest.created if newest else None,
    )
