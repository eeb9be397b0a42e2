"""Where an account is signed in: one row a browser, and how each is ended."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound, Refused
from yiwang.kernel.selectors import account_get, account_number
from yiwang.kernel.service import audit, message_send
from yiwang.trust.models import SignedSession

# How exact "last seen" is: a row is written at most so often.
SEEN_EVERY = 300.0
_seen: dict[str, float] = {}


@dataclass(frozen=True)
class SessionRow:
    """A browser that is signed in. `current` is the one that asks."""

    id: int
    address: str
    browser: str
    method: str
    began_at: datetime
    seen_at: datetime
    current: bool


def session_begin(*, actor: Actor, session_key: str, method: str, address: str, browser: str) -> int:
    """Write down that a browser is signed in from now on; `method` says how that was proved."""
    number = _number(actor)
    with transaction.atomic():
        row = SignedSession.objects.create(
            account_id=number,
            session_key=session_key,
            address=address[:64],
            browser=browser[:200],
            method=method[:80],
            seen_at=timezone.now(),
        )
        _line(actor, "session.begin", number, {"session": row.pk, "method": method})
    return row.pk


def session_end(*, actor: Actor, session: int) -> None:
    """End one of one's own sessions. Raises NotFound for one that is over, or somebody else's."""
    row = _living(_number(actor)).filter(pk=session).first()
    if row is None:
        raise NotFound(zh="没有这个会话", en="there is no such session", where="session")
    _end(actor, [row])


def session_over(*, actor: Actor, session_key: str) -> None:
    """The browser signed out by itself."""
    _end(actor, list(_living(_number(actor)).filter(session_key=session_key)))


def sessions_end_others(*, actor: Actor, session_key: str) -> int:
    """End every session of the actor but the one that asks; how many there were."""
    rows = list(_living(_number(actor)).exclude(session_key=session_key))
    _end(actor, rows)
    return len(rows)


def sessions_end_all(*, actor: Actor, account: int) -> int:
    """End every session of somebody's account, e.g. because a device was stolen; the owner is told. Raises Refused, NotFound."""
    demand(actor, "account.edit", account_get(actor, account).department)
    rows = list(_living(account))
    with transaction.atomic():
        _end(actor, rows, account)
        title = Text(zh=f"{actor.name} 结束了您的全部登录会话", en=f"{actor.name} ended all your sessions")
        message_send(actor=actor, to=[account], title=title, link="/account/security/")
    return len(rows)


def session_list(actor: Actor, session_key: str = "") -> tuple[SessionRow, ...]:
    """Where the actor is signed in, the newest first."""
    return tuple(
        SessionRow(
            row.pk, row.address, row.browser, row.method, row.began_at, row.seen_at, row.session_key == session_key
        )
        for row in _living(_number(actor))
    )


def session_seen(session_key: str) -> None:
    """The browser asked for something; written down every five minutes at most."""
    now = time.monotonic()
    if now - _seen.get(session_key, -SEEN_EVERY) < SEEN_EVERY:
        return
    if len(_seen) > 20_000:
        _seen.clear()
    _seen[session_key] = now
    SignedSession.objects.filter(session_key=session_key, ended_at=None).update(seen_at=timezone.now())


def _living(account: int) -> QuerySet[SignedSession]:
    since = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return SignedSession.objects.filter(account_id=account, ended_at=None, seen_at__gt=since)


def _end(actor: Actor, rows: list[SignedSession], account: int | None = None) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    with transaction.atomic():
        for row in rows:
            store(row.session_key).delete()
        SignedSession.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=timezone.now())
        number = account if account is not None else _number(actor)
        _line(actor, "session.end", number, {"sessions": [row.pk for row in rows]})


def _number(actor: Actor) -> int:
    number = account_number(actor)
    if number is None:
        raise Refused(zh="请先登录", en="Sign in first", where="identity")
    return number


def _line(actor: Actor, act: str, number: int, details: dict[str, object]) -> None:
    rule = "own" if account_number(actor) == number else "account.edit"
    audit(actor=actor, act=act, object_kind="account", object_id=number, rule=rule, details=details)
