"""The data engine's door for writing. Every service takes the actor and leaves an audit line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from django.db import transaction

from yiwang.data.adapters.parentstandin import ParentStandin
from yiwang.data.adapters.queries import query_write
from yiwang.data.city import city_lists, city_score, city_write
from yiwang.data.corrections import load_row
from yiwang.data.corrections import rejected_correct as _rejected_correct
from yiwang.data.custody import data_destroy, finding_decide, stage_record
from yiwang.data.demands import demand_answer, demand_file
from yiwang.data.effectruns import EffectRun, effect_ask
from yiwang.data.exchange.answering import Call, RecordAnswer, exchange_query, exchange_verify
from yiwang.data.exchange.batches import BatchRow, batch_get, batch_open, batch_read
from yiwang.data.exchange.deliveries import deliveries_send, exchange_tidy, exchange_until
from yiwang.data.exchange.idempotency import answer_begin, answer_drop, answer_keep
from yiwang.data.exchange.parents import ParentRunRow, parent_pull, parent_push
from yiwang.data.exchange.subscriptions import subscription_open, subscription_pull, subscription_stop
from yiwang.data.exchange.watching import delivery_retry
from yiwang.data.exports import export_file, rejected_file, scratch_file
from yiwang.data.loads import load_execute, load_receive
from yiwang.data.models import Load
from yiwang.data.opening.portal import portal_push
from yiwang.data.opening.releases import (
    SetWords,
    open_count,
    release_offer,
    release_publish,
    release_renew,
    release_review,
    release_withdraw,
)
from yiwang.data.products.clauses import ClauseText
from yiwang.data.products.crossings import CrossingArguments, crossing_approve, crossing_revoke
from yiwang.data.products.fusionruns import fusion_run
from yiwang.data.products.fusions import fusion_install
from yiwang.data.products.registers import operation_end, operation_register, purchase_register, purchase_reuse
from yiwang.data.products.shelf import (
    ContractTerms,
    ProductWords,
    contract_draft,
    contract_end,
    contract_sign,
    product_offer,
    product_withdraw,
    settlement_make,
)
from yiwang.data.resources import resource_install
from yiwang.data.tasks import batch_task, effect_task, load_task, tidy_task
from yiwang.data.upkeep import lake_tidy
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import Conflict
from yiwang.kernel.service import audit

__all__ = [
    "Call",
    "ClauseText",
    "ContractTerms",
    "CrossingArguments",
    "ProductWords",
    "RecordAnswer",
    "SetWords",
    "answer_begin",
    "answer_drop",
    "answer_keep",
    "batch_read",
    "batch_start",
    "city_lists",
    "city_score",
    "city_write",
    "contract_draft",
    "contract_end",
    "contract_sign",
    "crossing_approve",
    "crossing_revoke",
    "data_destroy",
    "deliveries_send",
    "delivery_retry",
    "demand_answer",
    "demand_file",
    "effect_start",
    "exchange_query",
    "exchange_tidy",
    "exchange_until",
    "exchange_verify",
    "export_file",
    "finding_decide",
    "fusion_install",
    "fusion_run",
    "lake_tidy",
    "lake_tidy_queue",
    "load_mapping_confirm",
    "load_retry",
    "load_run",
    "load_start",
    "open_count",
    "operation_end",
    "operation_register",
    "product_offer",
    "product_withdraw",
    "purchase_register",
    "purchase_reuse",
    "query_file",
    "rejected_correct",
    "rejected_file",
    "release_offer",
    "release_publish",
    "release_renew",
    "release_review",
    "release_withdraw",
    "resource_install",
    "settlement_make",
    "stage_record",
    "ParentRunRow",
    "ParentStandin",
    "parent_pull",
    "parent_push",
    "portal_push",
    "subscription_open",
    "subscription_pull",
    "subscription_stop",
]


def load_start(
    *,
    actor: Actor,
    resource_id: str,
    path: Path,
    file_name: str,
    mapping: Mapping[str, str] | None = None,
    again: bool = False,
) -> tuple[int, bool]:
    """Take a file in and queue its load. Returns the load's number and whether it was done before."""
    load, done = load_receive(
        actor=actor, resource_id=resource_id, path=path, file_name=file_name, mapping=mapping, again=again
    )
    if not done:
        load_task.enqueue(load.pk)
    return load.pk, done


def load_run(
    *,
    actor: Actor,
    resource_id: str,
    path: Path,
    file_name: str,
    mapping: Mapping[str, str] | None = None,
    again: bool = False,
) -> tuple[Load, bool]:
    """Take a file in and run its load here and now. Returns the load and whether it was done before, unchanged."""
    load, done = load_receive(
        actor=actor, resource_id=resource_id, path=path, file_name=file_name, mapping=mapping, again=again
    )
    return (load, True) if done else (load_execute(load, actor), False)


def load_mapping_confirm(*, actor: Actor, load_id: int, mapping: Mapping[str, str]) -> int:
    """Answer a load's mapping question (header → field id, "" for a column that is left out) and queue it again."""
    load = load_row(load_id)
    demand(actor, "resource.load", load.resource.provider)
    if load.state != Load.State.NEEDS_MAPPING:
        raise Conflict(zh="这次归集不在等待确认列", en="this load does not wait for a mapping", where=f"load {load_id}")
    with transaction.atomic():
        Load.objects.filter(pk=load_id).update(mapping=dict(mapping), state=Load.State.WAITING, error=None)
        audit(
            actor=actor,
            act="resource.load",
            object_kind="load",
            object_id=str(load_id),
            details={"mapping": dict(mapping)},
        )
    load_task.enqueue(load_id)
    return load_id


def load_retry(*, actor: Actor, load_id: int) -> int:
    """Queue a failed or stranded load again; it takes up where it was and repeats nothing."""
    load = load_row(load_id)
    demand(actor, "resource.load", load.resource.provider)
    if load.state == Load.State.DONE:
        raise Conflict(zh="这次归集已经完成", en="this load is done", where=f"load {load_id}")
    with transaction.atomic():
        Load.objects.filter(pk=load_id).update(state=Load.State.WAITING, error=None)
        audit(actor=actor, act="resource.load", object_kind="load", object_id=str(load_id), details={"retry": True})
    load_task.enqueue(load_id)
    return load_id


def rejected_correct(*, actor: Actor, load_id: int, corrections: Mapping[int, Mapping[str, str]]) -> int:
    """Send corrected rows of a load again, as a new load that is queued. Returns its number."""
    demand(actor, "resource.load", load_row(load_id).resource.provider)
    fresh = _rejected_correct(actor=actor, load_id=load_id, corrections=corrections)
    load_task.enqueue(fresh.pk)
    return fresh.pk


def query_file(url: str, query: str) -> Path:
    """Stream a SELECT of another database into a file that can be loaded; whoever asked deletes it."""
    target = scratch_file(".csv")
    try:
        query_write(url, query, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return target


def lake_tidy_queue() -> None:
    """Queue the daily upkeep; the worker leaves the audit line when it runs."""
    tidy_task.enqueue()


def effect_start(*, actor: Actor, decision_id: str, number: int, on: date, purpose: str) -> EffectRun:
    """Queue working out what a version of a decision would do to everyone, beside the version that holds.

    The result is read with `effect_get`. Raises NotFound, Refused, InputError.
    """
    run = effect_ask(actor=actor, decision_id=decision_id, number=number, on=on, purpose=purpose)
    if run.state == "waiting":
        effect_task.enqueue(actor.id, actor.name, decision_id, number)
    return run


def batch_start(*, actor: Actor, call: Call, format: str, once: str) -> BatchRow:
    """Take an order for a batch and queue it. `once` is what makes it the same order again.

    Raises NotFound, InputError, UseRefused.
    """
    name, is_new = batch_open(actor=actor, call=call, format=format, once=once)
    if is_new:
        batch_task.enqueue(name)
    return batch_get(actor, name)
