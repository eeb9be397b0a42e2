"""Parcels of changes on their way: in order, again and again with longer pauses, and in the end to the dead letters."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import asdict
from datetime import timedelta

from django.db import DatabaseError, close_old_connections
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from yiwang.data.exchange.answering import Call, permit_of
from yiwang.data.exchange.batches import batches_tidy
from yiwang.data.exchange.changes import changes_read
from yiwang.data.exchange.idempotency import answers_tidy
from yiwang.data.exchange.posting import NotTaken, parcel_hmac, parcel_post
from yiwang.data.exchange.projection import projections_behind
from yiwang.data.exchange.records import shape_held
from yiwang.data.exchange.signing import exchange_signature
from yiwang.data.exchange.subscriptions import crossing_asked, secret_of, until_of
from yiwang.data.exchange.uses import noted
from yiwang.data.models import Delivery, ExchangeBatch, Subscription
from yiwang.data.tasks import batch_task, records_task
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_json
from yiwang.kernel.errors import YiwangError
from yiwang.trust.selectors import grant_used

# Doubled each time: the last try is some nine hours after the first.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
MOST_ATTEMPTS = 18
# Whoever is sending a parcel has it to itself for so long; longer than any post may take.
LEASE = timedelta(seconds=60)
STRANDED = timedelta(minutes=15)
TIDY_SECONDS = 600.0
State = Delivery.State
log = logging.getLogger(__name__)


def deliveries_send(limit: int = 50) -> tuple[int, int]:
    """Bring what is due, of each subscription the oldest first. Returns how many were taken and how many were not."""
    taken = failed = 0
    for name in list(_due().values_list("pk", flat=True)[:limit]):
        now = timezone.now()
        if not Delivery.objects.filter(pk=name, state=State.WAITING, due_at__lte=now).update(due_at=now + LEASE):
            continue
        if _send(Delivery.objects.select_related("subscription").get(pk=name)):
            taken += 1
        else:
            failed += 1
    return taken, failed


def exchange_until(stop: threading.Event, *, period: float = 2.0) -> None:
    """Send what is due and clear what is over until `stop` is set. The server runs this in a thread; any number may."""
    tidied = 0.0
    while not stop.is_set():
        close_old_connections()
        try:
            deliveries_send()
            if time.monotonic() - tidied > TIDY_SECONDS or not tidied:
                tidied = time.monotonic()
                exchange_tidy()
        except DatabaseError:
            log.exception("deliveries could not be sent; trying again")
        stop.wait(period)
    close_old_connections()


def exchange_tidy() -> dict[str, int]:
    """Drop what was kept long enough, take up batches whose maker died, and records that are behind for whatever reason."""
    behind = projections_behind()
    for resource in behind:
        records_task.enqueue(resource)
    stranded = ExchangeBatch.objects.filter(state=ExchangeBatch.State.WAITING, created_at__lt=timezone.now() - STRANDED)
    names = list(stranded.values_list("pk", flat=True))
    for name in names:
        batch_task.enqueue(name)
    return {"answers": answers_tidy(), "batches": batches_tidy(), "stranded": len(names), "behind": len(behind)}


def _due() -> QuerySet[Delivery]:
    """The oldest waiting parcel of each subscription, when its time has come."""
    older = Delivery.objects.filter(
        subscription=OuterRef("subscription"), state=State.WAITING, number__lt=OuterRef("number")
    )
    active = Delivery.objects.filter(
        state=State.WAITING, due_at__lte=timezone.now(), subscription__state=Subscription.State.ACTIVE
    )
    return active.exclude(Exists(older)).order_by("due_at")


def _send(row: Delivery) -> bool:
    try:
        _posted(row)
    except (NotTaken, YiwangError) as error:
        _failed(row, str(error))
        return False
    except Exception as error:
        # Whatever a parcel stumbles over must not hold up those of others; it is kept with it and shown.
        log.warning("delivery %s failed", row.pk, exc_info=True)
        _failed(row, f"{type(error).__name__}: {error}")
        return False
    Delivery.objects.filter(pk=row.pk).update(
        state=State.DELIVERED, attempts=F("attempts") + 1, delivered_at=timezone.now(), last_error=""
    )
    return True


def _pause(attempts: int) -> timedelta:
    doubled: int = 2 ** min(attempts - 1, 20)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def _failed(row: Delivery, why: str) -> None:
    attempts = row.attempts + 1
    dead = attempts >= MOST_ATTEMPTS
    Delivery.objects.filter(pk=row.pk).update(
        attempts=attempts,
        state=State.DEAD if dead else State.WAITING,
        due_at=timezone.now() + _pause(attempts),
        last_error=why[:400],
    )


def _posted(row: Delivery) -> None:
    """What the parcel's records are now: what has changed again since comes with a later one. One line of use a parcel."""
    to = row.subscription
    shape = shape_held(to.resource)
    actor = Actor(id=to.client, name=to.client, kind="client", department=to.department)
    call = Call(to.resource, to.purpose, to.grant, tuple(to.fields), to.acting_for)
    permit = permit_of(actor, call, shape, "subscribe", rows=0)
    crossing_asked(to, permit)
    start, end = until_of(row, shape.epoch)
    found = changes_read(to.pk, shape, permit, start, until=end)
    use = row.use
    if found.rows and not use:
        grant_used(permit, found.rows)
        use = noted(
            actor=actor,
            permit=permit,
            version=found.version,
            about=found.about,
            via="batch",
            acting_for=to.acting_for,
            rows=found.rows,
        )
        Delivery.objects.filter(pk=row.pk).update(use=use)
    said = {
        "delivery": row.pk,
        "number": row.number,
        "subscription": to.pk,
        "resource": to.resource,
        "epoch": shape.epoch,
        "grant": permit.grant,
        "purpose": permit.purpose,
        "use": use,
        "changes": [asdict(one) for one in found.items],
    }
    body, timestamp = canonical_json(said), str(int(time.time()))
    headers = {
        "Yiwang-Delivery": row.pk,
        "Yiwang-Attempt": str(row.attempts + 1),
        "Yiwang-Timestamp": timestamp,
        "Yiwang-Hmac": parcel_hmac(secret_of(to), timestamp, body),
        "Yiwang-Signature": exchange_signature(body),
    }
    parcel_post(to.url, body, headers)
