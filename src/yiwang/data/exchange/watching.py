"""Subscriptions and what is stuck of them, as the staff of both departments see it: who provides and whose program asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yiwang.data.models import Delivery, Resource, Subscription
from yiwang.kernel.access import ACTS, demand, verdict
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import Conflict, NotFound
from yiwang.kernel.service import audit

MOST, MOST_STUCK = 200, 20
READ, MANAGE = "exchange.read", "exchange.manage"


@dataclass(frozen=True)
class StuckRow:
    """A parcel that was not taken yet, or never was."""

    id: str
    number: int
    rows: int
    state: str
    attempts: int
    due_at: datetime
    error: str


@dataclass(frozen=True)
class WatchRow:
    """One subscription; `stuck` are its oldest parcels that are not delivered."""

    id: str
    client: str
    department: str
    provider: str
    resource: str
    url: str
    state: str
    delivered: int
    stuck: tuple[StuckRow, ...]
    may_manage: bool


def subscription_board(actor: Actor) -> tuple[WatchRow, ...]:
    """The subscriptions to and of the departments the actor covers, the newest first. Raises Refused."""
    demand(actor, READ)
    rows = Subscription.objects.order_by("-created_at")
    owners = dict(Resource.objects.values_list("id", "provider"))
    if not actor.is_system:
        covered = frozenset[str]().union(*(actor.scopes.get(role, frozenset()) for role in ACTS[READ].roles))
        owned = [name for name, provider in owners.items() if provider in covered]
        rows = rows.filter(Q(department__in=covered) | Q(resource__in=owned))
    return tuple(_row(actor, row, owners.get(row.resource, "")) for row in rows[:MOST])


@transaction.atomic
def delivery_retry(*, actor: Actor, name: str) -> None:
    """Send a dead letter again, from the first try on. Raises Refused, NotFound, Conflict for one that is not dead."""
    demand(actor, MANAGE)
    row = Delivery.objects.select_related("subscription").filter(pk=name).first()
    if row is None or not _may(actor, MANAGE, row.subscription, _provider(row.subscription)):
        raise NotFound(zh=f"没有推送 {name}", en=f"there is no delivery {name}", where="delivery")
    if row.subscription.state != Subscription.State.ACTIVE:
        raise Conflict(zh="订阅已停止", en="the subscription was stopped", where="delivery")
    if not Delivery.objects.filter(pk=name, state=Delivery.State.DEAD).update(
        state=Delivery.State.WAITING, attempts=0, due_at=timezone.now()
    ):
        raise Conflict(zh="这次推送还在进行，或者已经送达", en="it is on its way, or was taken", where="delivery")
    audit(actor=actor, act=MANAGE, object_kind="delivery", object_id=name, details={"retry": row.number})


def _row(actor: Actor, row: Subscription, provider: str) -> WatchRow:
    stuck = row.deliveries.exclude(state=Delivery.State.DELIVERED).order_by("number")[:MOST_STUCK]
    return WatchRow(
        id=row.pk,
        client=row.client.removeprefix("client:"),
        department=row.department,
        provider=provider,
        resource=row.resource,
        url=row.url,
        state=row.state,
        delivered=row.deliveries.filter(state=Delivery.State.DELIVERED).count(),
        stuck=tuple(StuckRow(d.pk, d.number, d.rows, d.state, d.attempts, d.due_at, d.last_error) for d in stuck),
        may_manage=_may(actor, MANAGE, row, provider),
    )


def _may(actor: Actor, act: str, row: Subscription, provider: str) -> bool:
    return any(verdict(actor, act, code) for code in (row.department, provider) if code)


def _provider(row: Subscription) -> str:
    return Resource.objects.filter(pk=row.resource).values_list("provider", flat=True).first() or ""
