"""The services of the exchange: their trail is the ledger of uses, where it is not the audit trail."""

from __future__ import annotations

from functools import partial

from smallcity import RESOURCE, Recipe, World

from yiwang.data import service as data
from yiwang.data.exchange.projection import projection_fill
from yiwang.data.models import Delivery

EXEMPT: dict[str, str] = {
    "answer_begin": "looks for what a call was answered before; the call itself leaves the line",
    "answer_drop": "lets an idempotency key go; nothing was used",
    "answer_keep": "keeps the sealed answer of a call that left its line",
    "deliveries_send": "brings what a subscription ordered; each parcel leaves a line in the ledger of uses",
    "exchange_query": "leaves a line in the ledger of uses, which is stronger than the audit trail",
    "exchange_tidy": "drops what was kept long enough; orders and downloads left their lines",
    "exchange_until": "the loop around deliveries_send and exchange_tidy",
    "exchange_verify": "leaves a line in the ledger of uses, which is stronger than the audit trail",
    "parent_pull": "fetches from another platform; tests/data/test_exchange_parent.py shows its lines with a stand-in",
    "portal_push": "sends to another platform; tests/data/test_open_portal.py shows its lines with a stand-in",
    "parent_push": "sends to another platform; tests/data/test_exchange_parent.py shows its lines with a stand-in",
    "subscription_pull": "leaves a line in the ledger of uses, which is stronger than the audit trail",
}
CALL = data.Call(RESOURCE, "statistics")


def batch_start(world: World) -> partial[object]:
    world.loaded()
    return partial(data.batch_start, actor=world.actor, call=CALL, format="jsonl", once="1")


def batch_read(world: World) -> partial[object]:
    return partial(data.batch_read, actor=world.actor, name=batch_start(world)().id)


def subscription_open(world: World) -> partial[object]:
    world.loaded()
    return partial(data.subscription_open, actor=world.actor, call=CALL, once="1")


def subscription_stop(world: World) -> partial[object]:
    return partial(data.subscription_stop, actor=world.actor, name=subscription_open(world)().id)


def delivery_retry(world: World) -> partial[object]:
    world.patch.setattr("yiwang.data.exchange.subscriptions.address_checked", lambda url: None)
    world.loaded()
    projection_fill(RESOURCE)
    data.subscription_open(actor=world.actor, call=CALL, url="http://civil.example.org/take", once="1")
    parcel = Delivery.objects.get()
    Delivery.objects.update(state="dead")
    return partial(data.delivery_retry, actor=world.actor, name=parcel.pk)


RECIPES: dict[str, Recipe] = {
    recipe.__name__: recipe
    for recipe in (batch_read, batch_start, delivery_retry, subscription_open, subscription_stop)
}
