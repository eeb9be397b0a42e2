"""Work that runs beside the requests."""

from __future__ import annotations

import logging

from django_tasks import task

from yiwang.data.effectruns import effect_work
from yiwang.data.exchange.batches import batch_make
from yiwang.data.exchange.projection import projection_fill
from yiwang.data.exchange.subscriptions import deliveries_cut
from yiwang.data.loads import load_execute
from yiwang.data.models import Load
from yiwang.data.upkeep import lake_tidy
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.errors import YiwangError
from yiwang.kernel.selectors import actor_again

log = logging.getLogger(__name__)


@task()
def load_task(load_id: int) -> str:
    """Run a received load for whoever sent it. An error a person can act on is on the load already; others are logged."""
    load = Load.objects.select_related("resource").get(pk=load_id)
    if load.state == Load.State.DONE:
        return load.state
    try:
        return str(load_execute(load, actor_again(load.operator, load.operator_name)).state)
    except YiwangError as error:
        return error.code
    except Exception:
        log.exception("load %s broke", load_id)
        raise


@task()
def tidy_task() -> dict[str, int]:
    """The daily upkeep of the lake."""
    return lake_tidy(actor=system_actor("worker"))


@task()
def effect_task(actor_id: str, actor_name: str, decision_id: str, number: int) -> str:
    """Work out what a version of a decision would do to everyone, for whoever asked."""
    run = effect_work(actor_again(actor_id, actor_name), decision_id, number)
    return run.state if run is not None else "gone"


@task()
def records_task(resource_id: str) -> int:
    """Bring the records of a resource to its newest version, and what changed on its way; how many were written."""
    filled = projection_fill(resource_id)
    deliveries_cut(resource_id)
    return filled.written if filled is not None else 0


@task()
def batch_task(name: str) -> str:
    """Make the file of a batch; the state it ends in."""
    return batch_make(name)
