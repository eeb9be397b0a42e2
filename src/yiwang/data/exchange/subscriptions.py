"""Changes for those who want them: a program subscribes, and pulls them or has them brought to its address."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from yiwang.data.exchange.answering import Call, permit_of
from yiwang.data.exchange.changes import LAST, MOST, Changes, Cursor, changes_read, cursor_read, turn_of
from yiwang.data.exchange.posting import address_checked
from yiwang.data.exchange.records import shape_held, shape_of
from yiwang.data.exchange.uses import noted
from yiwang.data.models import Delivery, Record, Subscription
from yiwang.data.products.crossings import HOME, crossing_demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import Conflict, InputError, NotFound
from yiwang.kernel.service import audit
from yiwang.trust.selectors import Permit, grant_used, open_bytes, seal_bytes

SEAL = "sealed"
State = Subscription.State


@dataclass(frozen=True)
class SubscriptionRow:
    """`secret` is shown once, to who just subscribed: deliveries are signed with it."""

    id: str
    resource: str
    grant: str
    purpose: str
    fields: tuple[str, ...]
    url: str
    state: str
    waiting: int
    dead: int
    created_at: datetime
    country: str = HOME
    crossing: str = ""
    secret: str = ""


def subscription_open(
    *, actor: Actor, call: Call, url: str = "", once: str, country: str = HOME, crossing: str = ""
) -> SubscriptionRow:
    """Subscribe to the changes of a resource; all that is there comes first. `once` is what makes it the same order again.

    `country` is where they go; abroad it takes the number of an approval that covers every field, asked again at each
    parcel and pull. Raises NotFound, InputError, UseRefused, Refused.
    """
    shape = shape_of(call.resource)
    permit = permit_of(actor, call, shape, "subscribe", rows=0)
    crossing_demand(country=country, number=crossing, resource=call.resource, fields=permit.fields)
    if url:
        address_checked(url)
    name = hashlib.sha256(f"subscription\0{actor.id}\0{once}".encode()).hexdigest()[:32]
    secret = secrets.token_urlsafe(32) if url else ""
    with transaction.atomic():
        row, created = Subscription.objects.get_or_create(
            pk=name,
            defaults={
                "client": actor.id,
                "department": actor.department,
                "resource": call.resource,
                "grant": call.grant,
                "purpose": call.purpose,
                "fields": list(call.fields),
                "acting_for": call.acting_for,
                "url": url,
                "country": country,
                "crossing": crossing,
                "secret": seal_bytes(SEAL, secret.encode(), _about(name)) if url else b"",
                "base": turn_of(call.resource),
            },
        )
        if created:
            facts: dict[str, object] = {"resource": row.resource, "grant": row.grant, "url": url}
            _line(actor, row, "exchange.subscribe", facts | {"country": country, "crossing": crossing})
    if created and url:
        deliveries_cut(call.resource)
    # Asked again because the answer never arrived: the secret is told once more, to the same client.
    return _row(row, secret_of(row))


def subscription_list(actor: Actor) -> tuple[SubscriptionRow, ...]:
    """The client's own, the newest first."""
    return tuple(_row(row) for row in Subscription.objects.filter(client=actor.id).order_by("-created_at"))


def subscription_get(actor: Actor, name: str) -> SubscriptionRow:
    """Raises NotFound also for another's."""
    return _row(_own(actor, name))


@transaction.atomic
def subscription_stop(*, actor: Actor, name: str) -> None:
    """Nothing more is delivered or pulled. Raises NotFound."""
    row = _own(actor, name)
    stopped(row)
    _line(actor, row, "exchange.unsubscribe", {"resource": row.resource})


def stopped(row: Subscription) -> None:
    Subscription.objects.filter(pk=row.pk).update(state=State.STOPPED)
    row.deliveries.filter(state=Delivery.State.WAITING).update(
        state=Delivery.State.DEAD, last_error="subscription stopped"
    )


def subscription_pull(*, actor: Actor, name: str, cursor: str = "", most: int = MOST) -> tuple[Changes, str]:
    """The changes after a cursor and the use they are noted as. Raises NotFound, InputError, Conflict, UseRefused, Refused."""
    row = _own(actor, name)
    if row.state != State.ACTIVE:
        raise Conflict(zh="订阅已停止", en="the subscription was stopped", where="subscription")
    if not 1 <= most <= MOST:
        raise InputError(zh=f"每次 1 至 {MOST} 条", en=f"1 to {MOST} at a time", where="limit")
    shape = shape_held(row.resource)
    after = cursor_read(cursor, shape)
    call = Call(row.resource, row.purpose, row.grant, tuple(row.fields), row.acting_for)
    permit = permit_of(actor, call, shape, "subscribe", rows=0)
    crossing_asked(row, permit)
    found = changes_read(row.pk, shape, permit, after, most=most)
    if not found.rows:
        return found, ""
    grant_used(permit, found.rows)
    use = noted(
        actor=actor,
        permit=permit,
        version=found.version,
        about=found.about,
        via="batch",
        acting_for=row.acting_for,
        rows=found.rows,
    )
    return found, use


def crossing_asked(row: Subscription, permit: Permit) -> None:
    """Whether it may still go where it goes: an approval may have been taken back since. Raises Refused."""
    crossing_demand(country=row.country, number=row.crossing, resource=row.resource, fields=permit.fields)


def deliveries_cut(resource_id: str) -> int:
    """Cut what changed into parcels for everyone who has it brought. Returns how many; safe to call at any time."""
    names = Subscription.objects.filter(resource=resource_id, state=State.ACTIVE).exclude(url="")
    return sum(_cut(name, resource_id) for name in names.values_list("pk", flat=True))


def _cut(name: str, resource_id: str) -> int:
    until, made = turn_of(resource_id), 0
    with transaction.atomic():
        row = Subscription.objects.select_for_update().get(pk=name)
        number = row.deliveries.count()
        turn, record = row.turn, row.record
        while parcel := _next(resource_id, turn, record, until):
            number, made = number + 1, made + 1
            last_turn, last_record = parcel[-1]
            Delivery.objects.create(
                id=hashlib.sha256(f"delivery\0{name}\0{number}".encode()).hexdigest()[:32],
                subscription=row,
                number=number,
                from_turn=turn,
                from_record=record,
                to_turn=last_turn,
                to_record=last_record,
                rows=len(parcel),
                due_at=timezone.now(),
            )
            turn, record = last_turn, last_record
        Subscription.objects.filter(pk=name).update(turn=turn, record=record)
    return made


def _next(resource_id: str, turn: int, record: str, until: int) -> list[tuple[int, str]]:
    rows = Record.objects.filter(resource=resource_id, turn__gte=turn, turn__lte=until).order_by("turn", "id")
    later = rows.exclude(turn=turn, id__lte=record) if record else rows.exclude(turn=turn)
    return list(later.values_list("turn", "id")[:MOST])


def secret_of(row: Subscription) -> str:
    return open_bytes(SEAL, bytes(row.secret), _about(row.pk)).decode() if row.url else ""


def until_of(delivery: Delivery, epoch: int) -> tuple[Cursor, Cursor]:
    """Where a parcel begins and ends."""
    base = delivery.subscription.base
    return (
        Cursor(epoch, base, delivery.from_turn, delivery.from_record),
        Cursor(epoch, base, delivery.to_turn, delivery.to_record or LAST),
    )


def _own(actor: Actor, name: str) -> Subscription:
    row = Subscription.objects.filter(pk=name, client=actor.id).first()
    if row is None:
        raise NotFound(zh=f"没有订阅 {name}", en=f"there is no subscription {name}", where="subscription")
    return row


def _row(row: Subscription, secret: str = "") -> SubscriptionRow:
    return SubscriptionRow(
        id=row.pk,
        resource=row.resource,
        grant=row.grant,
        purpose=row.purpose,
        fields=tuple(row.fields),
        url=row.url,
        state=row.state,
        waiting=row.deliveries.filter(state=Delivery.State.WAITING).count(),
        dead=row.deliveries.filter(state=Delivery.State.DEAD).count(),
        created_at=row.created_at,
        country=row.country,
        crossing=row.crossing,
        secret=secret,
    )


def _line(actor: Actor, row: Subscription, act: str, details: dict[str, object]) -> None:
    audit(actor=actor, act=act, object_kind="subscription", object_id=row.pk, purpose=row.purpose, details=details)


def _about(name: str) -> str:
    return f"subscription {name}"
