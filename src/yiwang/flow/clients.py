"""Programs that may file tickets for citizens. A key is shown once, when it is made; only its digest is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from yiwang.flow.models import ClientKey
from yiwang.flow.scopes import CLIENT
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import NotFound, Refused
from yiwang.kernel.selectors import department_get
from yiwang.kernel.service import audit

KEY_BYTES = 24


@dataclass(frozen=True)
class ClientRow:
    """A program that has a key, by the department that answers for it."""

    id: int
    title: str
    department: str
    made_at: datetime
    made_by: str
    revoked_at: datetime | None


@dataclass(frozen=True)
class ClientMade:
    """`key` is told here and never again."""

    row: ClientRow
    key: str


@transaction.atomic
def client_key_make(*, actor: Actor, title: str, department: str) -> ClientMade:
    """A new key for a program. Raises Refused, NotFound for the department."""
    rule = demand(actor, "account.edit", department).rule
    department_get(department)
    key = secrets.token_urlsafe(KEY_BYTES)
    row = ClientKey.objects.create(
        digest=_digest(key), title=title.strip(), department=department, made_at=timezone.now(), made_by=actor.id
    )
    audit(
        actor=actor,
        act="client.make",
        object_kind="client-key",
        object_id=row.pk,
        rule=rule,
        details={"title": row.title, "department": department},
    )
    return ClientMade(_row(row), key)


@transaction.atomic
def client_key_revoke(*, actor: Actor, key_id: int) -> ClientRow:
    """From now on the key opens nothing; again changes nothing. Raises NotFound, Refused."""
    row = ClientKey.objects.filter(pk=key_id).first()
    if row is None:
        raise NotFound(zh=f"没有编号为 {key_id} 的密钥", en=f"there is no key {key_id}", where="client-key")
    rule = demand(actor, "account.edit", row.department).rule
    if row.revoked_at is None:
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
    audit(actor=actor, act="client.revoke", object_kind="client-key", object_id=row.pk, rule=rule)
    return _row(row)


def client_key_list(actor: Actor, department: str) -> tuple[ClientRow, ...]:
    """The keys of a department, the newest first. Raises Refused."""
    demand(actor, "account.edit", department)
    return tuple(_row(row) for row in ClientKey.objects.filter(department=department).order_by("-id"))


def client_of(key: str) -> Actor:
    """Who files with this key: an actor of the public, named after the program. Raises Refused."""
    row = ClientKey.objects.filter(digest=_digest(key), revoked_at__isnull=True).first() if key else None
    if row is None:
        raise Refused(
            zh="api_key 缺失或无效",
            en="the api_key is missing or invalid",
            where="api_key",
            hint_zh="请向本市申请密钥，见服务发现文件。",
            hint_en="Ask the city for one: see the discovery file.",
        )
    return Actor(id=f"{CLIENT}{row.pk}", name=row.title, kind="public")


def _digest(key: str) -> str:
    # The key is long and random, so a plain digest cannot be guessed back.
    return hashlib.sha256(key.encode()).hexdigest()


def _row(row: ClientKey) -> ClientRow:
    return ClientRow(row.pk, row.title, row.department, row.made_at, row.made_by, row.revoked_at)
