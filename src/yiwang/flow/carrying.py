"""What the world must do after an event: each effect of the reducer becomes rows, or a call of the kernel or the rules.

Decisions and actions are taken here, inside the write; what they answer is the next event of the same write. What another
case must hear is an event of the outbox, so that no write holds two unrelated cases.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction

from yiwang.flow.clocks import LOOK_AGAIN
from yiwang.flow.core.moments import after, cycle_moment, date_moment
from yiwang.flow.core.process import effects as fx
from yiwang.flow.core.process.events import ActionDone, ActionFailed, Decided, Event
from yiwang.flow.core.process.nodes import TimerKind
from yiwang.flow.events import MESSAGE_POSTED, SIGNAL_POSTED
from yiwang.flow.models import Case, Due, Work
from yiwang.flow.turns import APPLICANT, Turn
from yiwang.kernel.core.budget import Budget
from yiwang.kernel.core.calendar import Calendar, CalendarCoverageError
from yiwang.kernel.core.clock import Clock, Suspension, due
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import YiwangError
from yiwang.kernel.selectors import action_get, department_names
from yiwang.kernel.service import action_run
from yiwang.rules.service import decision_take

log = logging.getLogger(__name__)
STUCK = "stuck"
MOST_TITLE = 160


def carry(turn: Turn, effect: fx.Effect) -> None:
    """Do what one effect asks. Raises KeyError for an effect nobody knows: a programming error."""
    _CARRIERS[type(effect)](turn, effect)


def _work_opened(turn: Turn, effect: fx.WorkOpened) -> None:
    title = turn.title(effect.node)
    department, assignee = _hands(turn, effect)
    turn.changes.works[effect.work] = Work(
        case_id=turn.case.pk,
        number=effect.work,
        token=effect.token,
        node=effect.node,
        kind=effect.kind.value,
        title_zh=title.zh[:MOST_TITLE],
        title_en=title.en[:200],
        department=department,
        role=effect.role,
        assignee=assignee,
        form_id=effect.form,
        of=effect.of,
        round=effect.round,
        opened_at=turn.now,
    )
    if effect.budget is not None:
        turn.changes.budgets[effect.work] = str(effect.budget)
    if effect.again is not None:
        turn.changes.again[effect.work] = effect.again
    if effect.kind is fx.WorkKind.TASK:
        turn.note("state", Text(zh=f"正在办理：{title.zh}", en=f"in progress: {title.en}"), public=True)


def _hands(turn: Turn, effect: fx.WorkOpened) -> tuple[str, str]:
    """Whose it is. A department that does not exist would hide the work from everybody: it stays with the case's own."""
    department, assignee = effect.department or turn.case.department, effect.assignee
    if assignee and ":" not in assignee and assignee != APPLICANT:
        department, assignee = assignee, ""
    if department != turn.case.department and department not in department_names():
        turn.note(
            "misrouted",
            Text(
                zh=f"流程把“{effect.node}”交给了不存在的部门 {department}，暂由 {turn.case.department} 承接",
                en=f"the process gave {effect.node} to {department}, which does not exist; {turn.case.department} has it",
            ),
        )
        department = turn.case.department
    return department, assignee


def _work_closed(turn: Turn, effect: fx.WorkClosed) -> None:
    turn.changes.closed[effect.work] = effect.how.value


def _work_moved(turn: Turn, effect: fx.WorkMoved) -> None:
    department = effect.department
    moved = {"department": department} if department else {}
    turn.changes.updates.setdefault(effect.work, {}).update(moved | {"assignee": effect.assignee, "begun_by": ""})


def _work_waits(turn: Turn, effect: fx.WorkWaits) -> None:
    if effect.work in turn.changes.works:
        turn.changes.works[effect.work].is_waiting = effect.waits
    else:
        turn.changes.updates.setdefault(effect.work, {})["is_waiting"] = effect.waits


def _timer_set(turn: Turn, effect: fx.TimerSet) -> None:
    spec = {
        "kind": effect.spec.kind.value,
        "value": effect.value or effect.spec.text,
        "node": effect.node,
        "round": effect.round,
        "set_at": turn.now.isoformat(),
    }
    turn.changes.timers[effect.timer] = Due(
        case_id=turn.case.pk,
        kind=Due.Kind.TIMER,
        key=effect.timer,
        spec=spec,
        look_at=timer_moment(spec, (), lambda: turn.calendar),
    )


def timer_moment(
    spec: dict[str, Any], suspensions: tuple[Suspension, ...], calendar: Callable[[], Calendar]
) -> datetime | None:
    """When a diagram's timer fires. A budget stands still with the case; past coverage the tick looks again in a day."""
    start, value = datetime.fromisoformat(spec["set_at"]), spec["value"]
    kind = TimerKind(spec["kind"])
    if kind is TimerKind.DATE:
        return date_moment(value)
    if kind is TimerKind.CYCLE:
        return cycle_moment(start, value)
    if kind is TimerKind.DURATION:
        return after(start, value)
    running = tuple(one for one in suspensions if one.end is None or one.end > start.replace(microsecond=0))
    try:
        end = due(Clock(Budget.parse(value), start, calendar(), running))
    except CalendarCoverageError:
        spec["uncovered"] = True
        return start + LOOK_AGAIN
    spec.pop("uncovered", None)
    # The last moment is still in time.
    return end and end + timedelta(seconds=1)


def _timer_dropped(turn: Turn, effect: fx.TimerDropped) -> None:
    if turn.changes.timers.pop(effect.timer, None) is None:
        turn.changes.dropped.add(effect.timer)


def _action_asked(turn: Turn, effect: fx.ActionAsked) -> None:
    number = turn.case.number
    # An action may look for the case, and one that fails must not undo it.
    if turn.batch.holds(turn.case):
        turn.batch.write()

    def run() -> Event:
        arguments = dict(effect.arguments)
        if "case" in action_get(effect.name).schema.model_fields:
            arguments.setdefault("case", number)
        key = f"case:{number}:{effect.key}"
        result = action_run(name=effect.name, arguments=arguments, actor=turn.process_actor, key=key)
        # An action may have moved the case itself.
        turn.case.refresh_from_db(fields=["department", "topic"])
        return ActionDone(effect.token, result)

    turn.following.append(_tried(run, effect.token, f"{number} {effect.name}"))


def _decision_asked(turn: Turn, effect: fx.DecisionAsked) -> None:
    def run() -> Event:
        outcome = decision_take(
            actor=turn.process_actor,
            decision_id=effect.decision,
            facts=effect.facts,
            on=turn.now.date(),
            explain=False,
            purpose=f"办件 {turn.case.number}",
        )
        return Decided(effect.token, outcome.value)

    turn.following.append(_tried(run, effect.token, f"{turn.case.number} {effect.decision}"))


def _tried(run: Callable[[], Event], token: int, what: str) -> Event:
    """What came of it. A failure undoes all the action did and is an event a diagram may catch."""
    try:
        with transaction.atomic():
            return run()
    except YiwangError as error:
        return ActionFailed(token, error.code, f"{error.zh} / {error.en}")
    except DatabaseError:
        # Not the action's fault: the whole write is undone and may be tried again.
        raise
    except Exception as error:
        # Whatever an action does wrong must not lose the work that somebody has just finished.
        log.exception("case %s failed", what)
        return ActionFailed(token, "crash", f"{type(error).__name__}: {error}")


def _message_sent(turn: Turn, effect: fx.MessageSent) -> None:
    payload = {"name": effect.name, "key": effect.key, "values": dict(effect.values), "sender": turn.case.number}
    turn.changes.events.append((MESSAGE_POSTED, payload))


def _signal_sent(turn: Turn, effect: fx.SignalSent) -> None:
    turn.changes.events.append(
        (SIGNAL_POSTED, {"name": effect.name, "values": dict(effect.values), "sender": turn.case.number})
    )


def _call_asked(turn: Turn, effect: fx.CallAsked) -> None:
    turn.changes.calls.append(effect)


def _call_dropped(turn: Turn, effect: fx.CallDropped) -> None:
    asked = [call for call in turn.changes.calls if call.token == effect.token]
    if asked:
        turn.changes.calls.remove(asked[0])
    else:
        turn.changes.calls_dropped.append(effect.token)


def _stuck(turn: Turn, effect: fx.Stuck) -> None:
    turn.note(STUCK, Text(zh=f"“{effect.node}”不能继续：{effect.zh}", en=f"{effect.node} cannot go on: {effect.en}"))


def _noted(turn: Turn, effect: fx.Noted) -> None:
    turn.note("noted", Text(zh=f"{effect.node}：{effect.zh}", en=f"{effect.node}: {effect.en}"))


def _passed(turn: Turn, effect: fx.Passed) -> None:
    turn.changes.steps[-1].passed.append([effect.mark.value, effect.element, effect.token])


_CLOSED_WORDS = {
    fx.Outcome.COMPLETED: Text(zh="已办结", en="closed: completed"),
    fx.Outcome.TERMINATED: Text(zh="已终止", en="closed: ended early"),
    fx.Outcome.FAILED: Text(zh="未能办成", en="closed: it could not be done"),
    fx.Outcome.WITHDRAWN: Text(zh="已撤回", en="closed: withdrawn"),
}
_STATUS = {
    fx.Outcome.COMPLETED: Case.Status.COMPLETED,
    fx.Outcome.TERMINATED: Case.Status.TERMINATED,
    fx.Outcome.FAILED: Case.Status.FAILED,
    fx.Outcome.WITHDRAWN: Case.Status.WITHDRAWN,
}


def _ended(turn: Turn, effect: fx.Ended) -> None:
    turn.changes.ended = effect
    turn.case.status = _STATUS[effect.outcome]
    turn.case.closed_at = turn.now
    turn.note("closed", _CLOSED_WORDS[effect.outcome], public=True)


_CARRIERS: dict[type, Callable[[Turn, Any], None]] = {
    fx.WorkOpened: _work_opened,
    fx.WorkClosed: _work_closed,
    fx.WorkMoved: _work_moved,
    fx.WorkWaits: _work_waits,
    fx.TimerSet: _timer_set,
    fx.TimerDropped: _timer_dropped,
    fx.ActionAsked: _action_asked,
    fx.DecisionAsked: _decision_asked,
    fx.MessageSent: _message_sent,
    fx.SignalSent: _signal_sent,
    fx.CallAsked: _call_asked,
    fx.CallDropped: _call_dropped,
    fx.Stuck: _stuck,
    fx.Noted: _noted,
    fx.Passed: _passed,
    fx.Ended: _ended,
}
