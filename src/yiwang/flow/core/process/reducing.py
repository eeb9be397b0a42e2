"""The pure reducer: (definition, state, event, now) → (state, effects).

One event is one step. It changes what it is about (`_TAKES`), which leaves errands: tokens to be entered, acted on, left. They are
carried out one after the other until all is at rest; then inclusive joins look whether they may go on. The given state is never
changed, and a step that cannot be taken raises and leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yiwang.flow.core.process import activities, catching, gateways, moving, scopes, sending, works
from yiwang.flow.core.process import events as e
from yiwang.flow.core.process import nodes as n
from yiwang.flow.core.process.effects import Effect, Outcome, Stuck
from yiwang.flow.core.process.expressions import bound, write
from yiwang.flow.core.process.loops import body_of
from yiwang.flow.core.process.plans import plan_of
from yiwang.flow.core.process.refusals import closed, forbidden, not_waiting
from yiwang.flow.core.process.state import OPEN, SUSPENDED, Run, State, Token
from yiwang.flow.core.process.walking import Errand, Halt, Walk


@dataclass(frozen=True, slots=True)
class Stepped:
    """`taken` is False when the event met nothing that waits for it; the state is then the one given."""

    state: State
    effects: tuple[Effect, ...]
    taken: bool = True


def begin(definition: n.Definition) -> State:
    """The state before `Started`; it holds nothing yet."""
    return State()


def step(definition: n.Definition, state: State, event: e.Event, now: datetime) -> Stepped:
    """Take one event at the moment `now` (aware, in the city's zone).

    Raises StepForbidden where the diagram or what has happened does not allow it, NotWaiting for what the case never held or a
    work it holds no more, CaseClosed once it has ended. A timer, a message, a signal or an answer that comes too late is not
    taken and changes nothing.
    """
    kind = type(event)
    if state.ended is not None or not state.status:
        early = _out_of_time(state, event)
        if early is not None:
            return early
    if state.status == SUSPENDED and kind in _RESTING:
        raise forbidden(
            "本件已挂起，恢复后才能办理。",
            "The case is suspended and must be resumed first.",
            hint_zh="请先恢复办理。",
            hint_en="Resume it first.",
        )
    walk = Walk(plan_of(definition), state.copy(), now)
    since = state.seq
    try:
        if not _TAKES[kind](walk, event):
            return Stepped(state, (), False)
        _carry_out(walk)
    except Halt as halt:
        raise forbidden(halt.zh, halt.en) from halt
    if kind is e.WorkDone:
        _keep(walk, state, event, since)
    if walk.state.undo:
        sending.forget(walk)
    return Stepped(walk.state, tuple(walk.effects))


def _keep(walk: Walk, before: State, event: Any, since: int) -> None:
    work = before.works[event.work]
    if work.kind == "task" and walk.state.ended is None:
        token = before.tokens[work.token]
        if token.back is None and before.runs[token.run].index is None and token.owner is None:
            sending.remember(walk, event, token, since)


def _out_of_time(state: State, event: e.Event) -> Stepped | None:
    if not state.status:
        if isinstance(event, e.Started):
            return None
        raise forbidden("本件还没有开始。", "The case has not been started.")
    if isinstance(
        event, e.TimerFired | e.MessageCame | e.SignalCame | e.ActionDone | e.ActionFailed | e.Decided | e.CallEnded
    ):
        return Stepped(state, (), False)
    raise closed(state.status)


# Errands ----------------------------------------------------------------------------------------------------------------

_ERRANDS: Mapping[Errand, Callable[[Walk, Any], None]] = {
    Errand.ENTER: activities.enter,
    Errand.ACT: activities.act,
    Errand.DONE: activities.done,
    Errand.FINISH: activities.finish,
    Errand.LEAVE: moving.leave,
    Errand.CLOSE: scopes.close_run,
}


def _carry_out(walk: Walk) -> None:
    while True:
        while walk.errands:
            errand, what = walk.errands.popleft()
            if not walk.holds(what):
                continue
            try:
                _ERRANDS[errand](walk, what)
            except Halt as halt:
                if isinstance(what, Run) or not walk.holds(what):
                    raise
                stick(walk, what, errand, halt)
        if walk.state.status not in (OPEN, SUSPENDED) or not gateways.join(walk):
            return


def stick(walk: Walk, token: Token, errand: Errand, halt: Halt) -> None:
    token.stuck = errand.value
    walk.tell(Stuck(token.id, token.node, halt.code, halt.zh, halt.en))


# Events: each returns whether the case took it ----------------------------------------------------------------------------


def _started(walk: Walk, event: e.Started) -> bool:
    if walk.state.status:
        raise forbidden("本件已经开始。", "The case has been started already.")
    definition = walk.definition
    walk.state.status = OPEN
    root = scopes.open_run(walk, definition.root, None, None, dict(event.values))
    if event.at:
        if event.at not in definition.scopes[definition.root].starts:
            raise forbidden(f"流程没有开始事件“{event.at}”。", f"The process has no start event {event.at}.", event.at)
        walk.put(event.at, root.id)
        return True
    if not walk.plan.starts_of(definition.root):
        raise forbidden(
            "流程没有可直接开始的开始事件。", "The process has no start event without a trigger.", definition.id
        )
    scopes.begin_run(walk, root)
    return True


def _work_done(walk: Walk, event: e.WorkDone) -> bool:
    works.finish(walk, event)
    return True


def _answered(walk: Walk, number: int, kind: type[n.Node], what_zh: str, what_en: str) -> Token | None:
    """The token that waits for an answer; None when it is there no more. Raises NotWaiting for one that never was."""
    if number >= walk.state.seq or number < 1:
        raise not_waiting(what_zh, what_en, number)
    token = walk.state.tokens.get(number)
    if token is None or token.loop is not None or not isinstance(walk.node(token), kind) or token.stuck is not None:
        return None
    return token


def _action_done(walk: Walk, event: e.ActionDone) -> bool:
    token = _answered(walk, event.token, n.ServiceTask, "服务任务", "service task")
    if token is None:
        return False
    node = walk.node(token)
    if isinstance(node, n.ServiceTask) and node.result is not None:
        write(walk, token.run, {node.result: event.result})
    walk.later(Errand.DONE, token)
    return True


def _decided(walk: Walk, event: e.Decided) -> bool:
    token = _answered(walk, event.token, n.RuleTask, "决策任务", "business rule task")
    if token is None:
        return False
    node = walk.node(token)
    assert isinstance(node, n.RuleTask)
    write(walk, token.run, {node.result: event.result})
    walk.later(Errand.DONE, token)
    return True


def _action_failed(walk: Walk, event: e.ActionFailed) -> bool:
    token = _answered(walk, event.token, n.ServiceTask | n.RuleTask, "服务任务", "service task")  # type: ignore[arg-type]
    if token is None:
        return False
    _fail(walk, token, event.code, event.text)
    return True


def _fail(walk: Walk, token: Token, code: str, text: str) -> None:
    if not catching.throw(walk, body_of(walk, token), n.Error, code):
        stick(walk, token, Errand.ACT, Halt(code, text or f"错误 {code}", text or f"error {code}"))


def _retried(walk: Walk, event: e.ActionRetried) -> bool:
    token = walk.state.tokens.get(event.token)
    if token is None or token.stuck is None:
        raise not_waiting("停滞处", "stuck token", event.token)
    errand, token.stuck = Errand(token.stuck), None
    walk.later(errand, token)
    return True


def _timer(walk: Walk, event: e.TimerFired) -> bool:
    number, _, name = event.timer.partition(":")
    if not number.isdecimal() or int(number) >= walk.state.seq or name not in walk.definition.nodes:
        raise not_waiting("定时器", "timer", event.timer)
    listener = walk.state.tokens.get(int(number)) or walk.state.runs.get(int(number))
    if listener is None or name not in (listener.timers or ()):
        return False
    catching.timer(walk, listener, walk.definition.nodes[name])
    return True


def _message(walk: Walk, event: e.MessageCame) -> bool:
    return catching.message(walk, event.name, event.key, event.values)


def _signal(walk: Walk, event: e.SignalCame) -> bool:
    return catching.signal(walk, event.name, event.values)


def _call_ended(walk: Walk, event: e.CallEnded) -> bool:
    token = _answered(walk, event.token, n.Call, "调用", "call")
    if token is None:
        return False
    node = walk.node(token)
    assert isinstance(node, n.Call)
    if event.error is not None:
        _fail(walk, token, event.error, "")
        return True
    write(walk, token.run, bound(walk, node.outputs, token.run, event.values))
    walk.later(Errand.DONE, token)
    return True


def _suspended(walk: Walk, event: e.Suspended) -> bool:
    walk.state.status = SUSPENDED
    walk.count("suspended")
    return True


def _resumed(walk: Walk, event: e.Resumed) -> bool:
    if walk.state.status != SUSPENDED:
        raise forbidden("本件没有挂起。", "The case is not suspended.")
    walk.state.status = OPEN
    return True


def _withdrawn(walk: Walk, event: e.Withdrawn) -> bool:
    scopes.end_case(walk, Outcome.WITHDRAWN)
    return True


def _always(act: Callable[[Walk, Any], None]) -> Callable[[Walk, Any], bool]:
    def take(walk: Walk, event: Any) -> bool:
        act(walk, event)
        return True

    return take


_TAKES: Mapping[type[Any], Callable[[Walk, Any], bool]] = {
    e.Started: _started,
    e.WorkDone: _work_done,
    e.ActionDone: _action_done,
    e.ActionFailed: _action_failed,
    e.ActionRetried: _retried,
    e.Decided: _decided,
    e.TimerFired: _timer,
    e.MessageCame: _message,
    e.SignalCame: _signal,
    e.CallEnded: _call_ended,
    e.SentBack: _always(sending.send_back),
    e.SignerAdded: _always(works.add_signer),
    e.HandedOver: _always(works.hand_over),
    e.AssistAsked: _always(works.ask_assist),
    e.TakenBack: _always(sending.take_back),
    e.WorkBegun: _always(works.begin),
    e.Suspended: _suspended,
    e.Resumed: _resumed,
    e.Withdrawn: _withdrawn,
}
# What cannot be done while the case is suspended; answers from outside are taken all the same.
_RESTING = frozenset(
    {e.WorkDone, e.TimerFired, e.SentBack, e.SignerAdded, e.AssistAsked, e.TakenBack, e.WorkBegun, e.Suspended}
)
