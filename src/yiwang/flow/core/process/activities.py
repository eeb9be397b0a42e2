"""What each node does when a token comes to it, and what happens when its activity is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from yiwang.flow.core.process import compensation, loops
from yiwang.flow.core.process import nodes as n
from yiwang.flow.core.process.arming import arm, disarm
from yiwang.flow.core.process.catching import boundaries, throw
from yiwang.flow.core.process.effects import (
    ActionAsked,
    CallAsked,
    DecisionAsked,
    Mark,
    MessageSent,
    Outcome,
    Passed,
    SignalSent,
)
from yiwang.flow.core.process.expressions import NOTHING, bound, value_of, write
from yiwang.flow.core.process.gateways import pass_gateway
from yiwang.flow.core.process.moving import leave
from yiwang.flow.core.process.scopes import begin_run, close_run, empty_run, end_case, open_run
from yiwang.flow.core.process.state import ROOT, Token
from yiwang.flow.core.process.walking import Errand, Walk
from yiwang.flow.core.process.works import open_works


def enter(walk: Walk, token: Token) -> None:
    """Listen at the boundaries, then begin. Raises Halt; trying again goes on where it stopped."""
    node = walk.node(token)
    if isinstance(node, n.Activity):
        for each in boundaries(walk, token):
            arm(walk, token, each)
        if node.loop is not None:
            loops.begin(walk, token, node)
        else:
            walk.later(Errand.ACT, token)
        return
    act(walk, token)


def act(walk: Walk, token: Token) -> None:
    node = walk.definition.nodes[token.node]
    ACTS[type(node)](walk, token, node)


def done(walk: Walk, token: Token) -> None:
    """The node's own part is over, once."""
    node = walk.definition.nodes[token.node]
    if isinstance(node, n.Activity):
        if loops.is_instance(walk, token):
            loops.instance_done(walk, token, node)
        else:
            finish(walk, token)
    elif token.queue is not None:
        compensation.go_on(walk, token)
    else:
        leave(walk, token)


def finish(walk: Walk, token: Token) -> None:
    """The activity is over, all its rounds with it."""
    disarm(walk, token)
    compensation.remember(walk, token)
    token.queue = None
    if token.owner is not None:
        compensation.handler_done(walk, token)
    elif token.back:
        _return(walk, token)
    else:
        walk.later(Errand.LEAVE, token)


def _return(walk: Walk, token: Token) -> None:
    """Straight back to whoever sent it here (不重走)."""
    assert token.back is not None
    (node, work), rest = token.back[-1], token.back[:-1]
    del walk.state.tokens[token.id]
    walk.mixed = True
    walk.tell(Passed(Mark.LEFT, token.node, token.id))
    back = walk.put(node, token.run)
    back.back, back.again = rest or None, work


# Activities -------------------------------------------------------------------------------------------------------------


def _service(walk: Walk, token: Token, node: n.ServiceTask) -> None:
    arguments = bound(walk, node.inputs, token.run)
    walk.tell(ActionAsked(token.id, node.id, str(token.id), node.action, arguments))


def _rule(walk: Walk, token: Token, node: n.RuleTask) -> None:
    facts = bound(walk, node.inputs, token.run)
    walk.tell(DecisionAsked(token.id, node.id, str(token.id), node.decision, facts))


def _script(walk: Walk, token: Token, node: n.ScriptTask) -> None:
    write(walk, token.run, {node.result: value_of(walk, node.script, token.run)})
    walk.later(Errand.DONE, token)


def _manual(walk: Walk, token: Token, node: n.ManualTask) -> None:
    walk.later(Errand.DONE, token)


def _send(walk: Walk, token: Token, node: n.SendTask) -> None:
    _message(walk, token, node.message, node.inputs)
    walk.later(Errand.DONE, token)


def _message(walk: Walk, token: Token, message: n.Message, inputs: tuple[n.Binding, ...]) -> None:
    key = None if message.key is None else value_of(walk, message.key, token.run)
    walk.tell(MessageSent(token.id, token.node, message.name, key, bound(walk, inputs, token.run)))


def _receive(walk: Walk, token: Token, node: n.ReceiveTask | n.Catch) -> None:
    arm(walk, token, node)


def _sub(walk: Walk, token: Token, node: n.SubProcess) -> None:
    begin_run(walk, open_run(walk, node.inner, token.run, token.id, {}))


def _call(walk: Walk, token: Token, node: n.Call) -> None:
    walk.tell(CallAsked(token.id, node.id, node.process, bound(walk, node.inputs, token.run)))


def _user(walk: Walk, token: Token, node: n.UserTask) -> None:
    if open_works(walk, token, node):
        walk.later(Errand.DONE, token)


# Events -----------------------------------------------------------------------------------------------------------------


def _start(walk: Walk, token: Token, node: n.Node) -> None:
    leave(walk, token)


def _gateway(walk: Walk, token: Token, node: n.Gateway) -> None:
    pass_gateway(walk, token)


def _throw(walk: Walk, token: Token, node: n.Throw | n.End) -> None:
    """Throw what the event says and go on, as far as what was thrown lets it. Raises Halt."""
    result = node.result
    if isinstance(result, n.Message):
        _message(walk, token, result, node.inputs)
    elif isinstance(result, n.Signal):
        walk.tell(SignalSent(node.id, result.name, bound(walk, node.inputs, token.run) if node.inputs else NOTHING))
    elif isinstance(result, n.Compensation):
        compensation.begin(walk, token, result)
        return
    elif isinstance(result, n.Error):
        _error(walk, token, result.code)
        return
    elif isinstance(result, n.Terminate):
        _terminate(walk, token)
        return
    elif isinstance(result, n.Escalation) and not throw(walk, token, n.Escalation, result.code):
        code = result.code or "—"
        walk.note(token.id, node.id, f"升级“{code}”没有接收者。", f"Nobody catches the escalation {code!r}.")
    if walk.holds(token):
        walk.later(Errand.LEAVE, token)


def _error(walk: Walk, token: Token, code: str | None) -> None:
    if not throw(walk, token, n.Error, code):
        end_case(walk, Outcome.FAILED, code or "")


def _terminate(walk: Walk, token: Token) -> None:
    """End at once all that stands in the scope; a sub-process is then done, the process has come to its end."""
    run = walk.state.runs[token.run]
    if run.id == ROOT:
        end_case(walk, Outcome.TERMINATED)
        return
    empty_run(walk, run)
    close_run(walk, run)


Act = Callable[[Walk, Token, Any], None]

ACTS: Mapping[type[n.Node], Act] = {
    n.Start: _start,
    n.End: _throw,
    n.Catch: _receive,
    n.Throw: _throw,
    n.Boundary: _start,
    n.Gateway: _gateway,
    n.UserTask: _user,
    n.ManualTask: _manual,
    n.ServiceTask: _service,
    n.RuleTask: _rule,
    n.ScriptTask: _script,
    n.SendTask: _send,
    n.ReceiveTask: _receive,
    n.SubProcess: _sub,
    n.Call: _call,
}
