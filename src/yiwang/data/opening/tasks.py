"""Renewing automatic sets after a load."""

from __future__ import annotations

import logging

from django_tasks import task

from yiwang.data.events import LOAD_FINISHED, LoadFinished
from yiwang.data.models import OpenSet, Release
from yiwang.data.opening.releases import release_renew
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.errors import YiwangError
from yiwang.kernel.service import Delivery, subscribe

log = logging.getLogger(__name__)


def _automatic(resource_id: str) -> list[str]:
    sets = OpenSet.objects.filter(resource_id=resource_id, is_automatic=True, releases__state=Release.State.PUBLISHED)
    return list(sets.distinct().order_by("pk").values_list("pk", flat=True))


@task()
def renew_task(resource_id: str) -> list[str]:
    """Renew every automatic set of a resource; one that cannot be does not hold up the others."""
    done = []
    for set_id in _automatic(resource_id):
        try:
            row = release_renew(actor=system_actor("worker"), set_id=set_id)
        except YiwangError as error:
            log.warning("open set %s was not renewed: %s", set_id, error)
            continue
        if row is not None:
            done.append(f"{set_id} {row.state}")
    return done


def _after_load(delivery: Delivery) -> None:
    payload = delivery.payload
    if isinstance(payload, LoadFinished) and _automatic(payload.resource):
        renew_task.enqueue(payload.resource)


def renewing_subscribe() -> None:
    """Called once when the program starts."""
    subscribe(LOAD_FINISHED, _after_load, "data.open-renew")
