"""One write on one case: its row is locked, the event goes through the reducer, and state, step, works, clocks, dues, notes,
audit line and events are written in one transaction. Killed anywhere before the commit, nothing has happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.utils import timezone

from yiwang.flow.carrying import carry
from yiwang.flow.core.process.effects import Ended, Outcome
from yiwang.flow.core.process.events import CallEnded, Event, Withdrawn
from yiwang.flow.core.process.nodes import Definition
from yiwang.flow.core.process.reducing import begin, step
from yiwang.flow.core.process.state import State
from yiwang.flow.definitions import definition_of
from yiwang.flow.errors import CaseClosed, StepForbidden
from yiwang.flow.events import CASE_CHANGED, CASE_CLOSED
from yiwang.flow.locking import Standing, moved_on
from yiwang.flow.models import Case, CaseStep
from yiwang.flow.recording import record, write
from yiwang.flow.steps import event_body, event_kind, event_of
from yiwang.flow.turns import Changes, Turn
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import NotFound
from yiwang.kernel.service import Batch, audit, emit

# What one event may set off by itself (scripts, actions, decisions) before it is taken for a diagram that runs in a circle.
MOST_FOLLOWING = 1000
RUNNING = (Case.Status.OPEN, Case.Status.SUSPENDED)


def moment(at: datetime | None = None) -> datetime:
    """Now, or the moment given, in the city's zone."""
    return timezone.localtime(at)


def _locked(rows: QuerySet[Case]) -> QuerySet[Case]:
    """The case's own row is locked where the database has that; SQLite's IMMEDIATE transaction is already the only writer."""
    return rows.select_for_update(of=("self",)) if connection.features.has_select_for_update else rows


def case_locked(**known: Any) -> Case:
    """The case by `number`, `pk` or `works__pk`, locked until the transaction ends. Raises NotFound, CaseMoved."""
    try:
        case = _locked(Case.objects.select_related("process", "item")).filter(**known).first()
    except OperationalError as error:
        raise moved_on() from error
    if case is None:
        said = ", ".join(str(value) for value in known.values())
        raise NotFound(zh=f"没有办件 {said}", en=f"there is no case {said}", where="case")
    return case


def demand_running(case: Case) -> None:
    if case.status not in RUNNING:
        raise CaseClosed(
            zh=f"办件 {case.number} 已经结束", en=f"case {case.number} has ended", where=f"case {case.number}"
        )


def turn_of(case: Case, actor: Actor, now: datetime, standing: Standing | None = None) -> Turn:
    """A write on a locked case. Raises CaseClosed when it has ended."""
    demand_running(case)
    definition = definition_of(case.process)
    return Turn(case, definition, State.loads(case.state), actor, now, standing)


def turn_new(case: Case, definition: Definition, actor: Actor, now: datetime, batch: Batch) -> Turn:
    """The first write on a case whose row is in the batch or was just made."""
    return Turn(case, definition, begin(definition), actor, now, Standing(None, 0, None, ()), batch=batch)


def take(turn: Turn, event: Event) -> bool:
    """The event and all that follows from it at once. False when nothing in the case waited for it: then nothing changed."""
    taken = _step(turn, event)
    for _ in range(MOST_FOLLOWING):
        if not turn.following:
            return taken
        _step(turn, turn.following.popleft(), turn.process_actor)
    raise StepForbidden(
        zh=f"流程自动走了 {MOST_FOLLOWING} 步还没有停下，可能在兜圈子",
        en=f"the process took {MOST_FOLLOWING} steps by itself without coming to rest; it may run in a circle",
        where=f"case {turn.case.number}",
        hint_zh="请检查流程图中没有人工环节的循环。",
        hint_en="Look for a loop without a person's task in the diagram.",
    )


def _step(turn: Turn, event: Event, by: Actor | None = None) -> bool:
    kind, body = event_kind(event), event_body(event)
    # Taken as it will be read again, so that the history replayed gives the very same state.
    stepped = step(turn.definition, turn.state, event_of(kind, body), turn.now)
    if not stepped.taken:
        return False
    actor = by or turn.actor
    turn.state = stepped.state
    kept = CaseStep(
        case_id=turn.case.pk,
        number=turn.case.events + len(turn.changes.steps) + 1,
        at=turn.now,
        kind=kind,
        actor_id=actor.id,
        actor_name=actor.name[:120],
        passed=[],
        process_id=turn.case.process_id,
    )
    kept.event = body
    turn.changes.steps.append(kept)
    for effect in stepped.effects:
        carry(turn, effect)
    return True


def keep(turn: Turn, *, act: str, rule: str, purpose: str = "", details: Mapping[str, object] | None = None) -> None:
    """Write all of it. Called cases begin after their caller is written; a called case that ends tells its caller."""
    case, changes, batch = turn.case, turn.changes, turn.batch
    record(turn, batch)
    audit(
        actor=turn.actor,
        act=act,
        object_kind="case",
        object_id=case.number,
        rule=rule,
        purpose=purpose[:400],
        details={"step": case.events, **(details or {})},
        batch=batch,
    )
    for name, said in _told(case, changes):
        emit(name, said, batch)
    write(turn, batch)
    turn.changes = Changes()
    for token in changes.calls_dropped:
        _drop_call(turn, token)
    if changes.calls:
        # Opening a case is itself a write of this kind.
        from yiwang.flow.opening import call_open

        for call in changes.calls:
            call_open(turn, call)
    if changes.ended is not None and case.parent_id is not None:
        _tell_caller(turn, changes.ended)


def _told(case: Case, changes: Changes) -> Iterator[tuple[str, Mapping[str, Any]]]:
    which = {"case": case.pk, "number": case.number, "department": case.department}
    for one in changes.steps[:1]:
        yield CASE_CHANGED, {**which, "kind": one.kind, "step": one.number}
    yield from changes.events
    if changes.ended is not None:
        yield CASE_CLOSED, {**which, "outcome": changes.ended.outcome.value}


def _tell_caller(turn: Turn, ended: Ended) -> None:
    case = turn.case
    parent = case_locked(pk=case.parent_id)
    if parent.status not in RUNNING or case.parent_token is None:
        return
    failed = None if ended.outcome in {Outcome.COMPLETED, Outcome.TERMINATED} else ended.error or ended.outcome.value
    above = turn_of(parent, turn.process_actor, turn.now)
    if take(above, CallEnded(case.parent_token, dict(ended.values), failed)):
        keep(above, act="case.call-ended", rule="process", details={"called": case.number})


def _drop_call(turn: Turn, token: int) -> None:
    for number in turn.case.calls.filter(parent_token=token, status__in=RUNNING).values_list("pk", flat=True):
        called = case_locked(pk=number)
        # Its caller no longer waits for it.
        called.parent_token = None
        below = turn_of(called, turn.process_actor, turn.now)
        take(below, Withdrawn(turn.process_actor.id, "上级流程不再需要"))
        called.save(update_fields=["parent_token"])
        keep(below, act="case.withdraw", rule="process")
