"""What the exchange does when data changes: the records of the resource are brought up to it, beside the requests."""

from __future__ import annotations

from yiwang.data.events import (
    DATA_DESTROYED,
    LOAD_FINISHED,
    RESOURCE_INSTALLED,
    DataDestroyed,
    LoadFinished,
    ResourceInstalled,
)
from yiwang.data.tasks import records_task
from yiwang.kernel.service import Delivery, subscribe


def _follow(delivery: Delivery) -> None:
    payload = delivery.payload
    assert isinstance(payload, LoadFinished | ResourceInstalled | DataDestroyed)
    records_task.enqueue(payload.resource)


def following_register() -> None:
    """Called once when the program starts."""
    for event in (LOAD_FINISHED, RESOURCE_INSTALLED, DATA_DESTROYED):
        subscribe(event, _follow, "exchange.records")
