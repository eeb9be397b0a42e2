"""Events: written in the transaction of the change they tell of, delivered afterwards at least once.

A name and the shape of its payload are declared once, by the room that emits it; any room above subscribes. Each
subscriber takes an event in a transaction of its own together with the note that it has: a failing one holds up
neither other subscribers nor other events, and on a retry is the only one asked again. Events have no order.
Handlers are short (they hold the database's write lock); long work is a task they start.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from pydantic import BaseModel, ValidationError

from yiwang.kernel.batch import Batch
from yiwang.kernel.core.closest import closest_hint
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError
from yiwang.kernel.models import Event

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
LEASE = timedelta(minutes=5)
LONGEST_ERROR = 2000

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EventKind:
    """A kind of event: its payload's shape and what it means."""

    name: str
    schema: type[BaseModel]
    text: Text


@dataclass(frozen=True)
class Delivery:
    """An event as a handler gets it; `payload` is an instance of the kind's schema."""

    id: int
    name: str
    payload: BaseModel
    emitted_at: datetime


@dataclass(frozen=True)
class DeliveryReport:
    """What one round did, in events: delivered to all, or left for later with an error."""

    delivered: int
    failed: int


Handler = Callable[[Delivery], None]
KINDS: dict[str, EventKind] = {}
SUBSCRIBERS: dict[str, dict[str, Handler]] = {}


def event_declare(name: str, schema: type[BaseModel], text: Text) -> str:
    """Add a kind of event to the closed list and return its name. Raises ValueError when it means something else."""
    known = KINDS.get(name)
    if known is not None and known.schema is not schema:
        raise ValueError(f"event {name} is already declared with {known.schema.__qualname__}")
    KINDS[name] = EventKind(name, schema, text)
    return name


def subscribe(name: str, handler: Handler, key: str) -> None:
    """Have `handler` called for each event of that name.

    `key` names the subscriber for ever: it is stored with the events it has taken. Raises InputError for an unknown
    name and ValueError for a key that another handler has.
    """
    handlers = SUBSCRIBERS.setdefault(_kind(name).name, {})
    if handlers.get(key, handler) is not handler:
        raise ValueError(f"two handlers of {name} call themselves {key}")
    handlers[key] = handler


def event_kinds() -> tuple[EventKind, ...]:
    """The closed list, by name."""
    return tuple(KINDS[name] for name in sorted(KINDS))


def emit(name: str, payload: BaseModel | Mapping[str, object], batch: Batch | None = None) -> int:
    """Write an event in the current transaction and return its number; 0 for one that is written with a batch.

    Raises InputError for a name or payload that is not declared, RuntimeError outside a transaction: there the event
    could be lost or could tell of a change that never happened.
    """
    kind = _kind(name)
    if not connection.in_atomic_block:
        raise RuntimeError(f"event {name} emitted outside a transaction")
    try:
        said = kind.schema.model_validate(payload)
    except ValidationError as error:
        raise InputError(
            zh=f"事件 {name} 的内容不合声明：{error}", en=f"event {name} is not as declared: {error}", where=name
        ) from error
    event = Event(name=name, payload=said.model_dump(mode="json"), due_at=timezone.now())
    if batch is not None:
        batch.insert([event])
        return 0
    event.save(force_insert=True)
    return int(event.pk)


def event_waiting_count() -> int:
    """How many events some subscriber has not taken yet."""
    return Event.objects.filter(delivered_at__isnull=True).count()


def events_deliver(limit: int = 100, *, lease: timedelta = LEASE) -> DeliveryReport:
    """Deliver at most `limit` events that are due.

    Call it outside a transaction, from as many dispatchers as you like. A dispatcher that dies gives its events back
    when the lease ends.
    """
    dispatcher = uuid.uuid4().hex
    delivered = failed = 0
    for number in _claim(dispatcher, limit, lease):
        if _deliver(number, dispatcher):
            delivered += 1
        else:
            failed += 1
    return DeliveryReport(delivered, failed)


def retry_pause(attempts: int) -> timedelta:
    """The wait after the nth failed attempt (n from 1): 5 s, doubled each time, an hour at most."""
    doubled: int = 2 ** min(attempts - 1, 20)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def _kind(name: str) -> EventKind:
    if name not in KINDS:
        hint_zh, hint_en = closest_hint(name, KINDS)
        raise InputError(
            zh=f"没有名为 {name} 的事件", en=f"there is no event {name}", where=name, hint_zh=hint_zh, hint_en=hint_en
        )
    return KINDS[name]


def _locked(events: QuerySet[Event], *, skip: bool) -> QuerySet[Event]:
    """Row locks where the database has them; SQLite's IMMEDIATE transaction is already the only writer."""
    if connection.features.has_select_for_update:
        return events.select_for_update(skip_locked=skip and connection.features.has_select_for_update_skip_locked)
    return events


def _claim(dispatcher: str, limit: int, lease: timedelta) -> list[int]:
    now = timezone.now()
    with transaction.atomic():
        free = Event.objects.filter(
            Q(claimed_until__isnull=True) | Q(claimed_until__lt=now), delivered_at__isnull=True, due_at__lte=now
        )
        numbers = list(_locked(free.order_by("due_at", "id"), skip=True).values_list("id", flat=True)[:limit])
        Event.objects.filter(id__in=numbers).update(claimed_by=dispatcher, claimed_until=now + lease)
    return numbers


def _deliver(number: int, dispatcher: str) -> bool:
    """Give one claimed event to each subscriber that has not taken it; True when all have."""
    errors: list[str] = []
    for key, handler in tuple(SUBSCRIBERS.get(Event.objects.values_list("name", flat=True).get(pk=number), {}).items()):
        try:
            _hand_over(number, dispatcher, key, handler)
        # Whatever a subscriber does wrong is its own fault: it is kept with the event and must not stop the round.
        except Exception as error:
            log.warning("event %s: subscriber %s failed", number, key, exc_info=True)
            errors.append(f"{key}: {type(error).__name__}: {error}")
    with transaction.atomic():
        event = _locked(Event.objects.filter(pk=number, claimed_by=dispatcher), skip=False).first()
        if event is None:
            return not errors
        now = timezone.now()
        event.attempts += 1
        event.last_error = "\n".join(errors)[:LONGEST_ERROR]
        event.claimed_by, event.claimed_until = "", None
        if errors:
            event.due_at = now + retry_pause(event.attempts)
        else:
            event.delivered_at = now
        event.save()
    return not errors


def _hand_over(number: int, dispatcher: str, key: str, handler: Handler) -> None:
    with transaction.atomic():
        event = _locked(Event.objects.filter(pk=number, claimed_by=dispatcher), skip=False).first()
        if event is None or key in event.done_by:
            return
        payload = _kind(event.name).schema.model_validate(event.payload)
        handler(Delivery(event.pk, event.name, payload, event.created_at))
        Event.objects.filter(pk=number).update(done_by=[*event.done_by, key])
