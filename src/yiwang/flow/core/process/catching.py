"""What comes from outside or from within meets what listens for it: at a token, at an activity's boundary, around a scope."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from yiwang.flow.core.process import nodes as n
from yiwang.flow.core.process.arming import disarm, fired, trigger_of
from yiwang.flow.core.process.effects import Mark, Passed
from yiwang.flow.core.process.expressions import NOTHING, Known, write
from yiwang.flow.core.process.gateways import targets
from yiwang.flow.core.process.loops import is_instance
from yiwang.flow.core.process.scopes import empty, empty_run, event_starts, open_run
from yiwang.flow.core.process.state import Run, Token
from yiwang.flow.core.process.walking import Errand, Walk

Listener = Token | Run


def listening(walk: Walk) -> Iterator[tuple[Listener, n.Node]]:
    """All that listens now, tokens first, in the order of their numbers."""
    for token in list(walk.state.tokens.values()):
        yield from ((token, each) for each in _at(walk, token))
    for run in list(walk.state.runs.values()):
        if not run.cut:
            yield from ((run, start) for start in event_starts(walk, run))


def _at(walk: Walk, token: Token) -> Iterator[n.Node]:
    node = walk.node(token)
    if token.stuck is None:
        if isinstance(node, n.Catch) or (isinstance(node, n.ReceiveTask) and token.loop is None):
            yield node
        elif isinstance(node, n.Gateway) and node.branching is n.Branching.EVENT:
            yield from targets(walk, node)
    yield from boundaries(walk, token)


def boundaries(walk: Walk, token: Token) -> Iterator[n.Boundary]:
    """The boundary events that stand at a token; an instance's stand at the body of its loop.

    A token that is here to return straight cannot be led away from here: it may belong to another branch.
    """
    node = walk.node(token)
    if isinstance(node, n.Activity) and node.boundaries and not is_instance(walk, token):
        for each in node.boundaries:
            found = walk.definition.nodes[each]
            if isinstance(found, n.Boundary) and not (token.back and found.interrupting):
                yield found


# From outside -----------------------------------------------------------------------------------------------------------


def timer(walk: Walk, listener: Listener, node: n.Node) -> None:
    """A timer that is set fired."""
    repeats = isinstance(node, n.Boundary | n.Start) and not node.interrupting
    fired(walk, listener, node, repeats)
    set_off(walk, listener, node)


def message(walk: Walk, name: str, key: Any, values: Known) -> bool:
    """The first that waits for the message with that key takes it."""
    for listener, node in listening(walk):
        trigger = trigger_of(node)
        if not isinstance(trigger, n.Message) or trigger.name != name:
            continue
        if trigger.key is None or _same((listener.keys or NOTHING).get(node.id), key):
            set_off(walk, listener, node, values)
            return True
    return False


def _same(wanted: Any, given: Any) -> bool:
    return bool(wanted == given) and isinstance(wanted, bool) == isinstance(given, bool)


def signal(walk: Walk, name: str, values: Known) -> bool:
    """All that listen for a signal take it, those that are still there when their turn comes."""
    found = [each for each in listening(walk) if _signals(each[1], name)]
    taken = False
    for listener, node in found:
        if walk.holds(listener) and not (isinstance(listener, Run) and listener.cut):
            set_off(walk, listener, node, values)
            taken = True
    return taken


def _signals(node: n.Node, name: str) -> bool:
    trigger = trigger_of(node)
    return isinstance(trigger, n.Signal) and trigger.name == name


# Setting off ------------------------------------------------------------------------------------------------------------


def set_off(walk: Walk, listener: Listener, node: n.Node, values: Known = NOTHING) -> None:
    if isinstance(listener, Run):
        assert isinstance(node, n.Start)
        _begin_event_sub(walk, listener, node, values)
        return
    write(walk, listener.run, values)
    if isinstance(node, n.Boundary):
        _leave_by(walk, listener, node)
    elif listener.node == node.id:
        disarm(walk, listener, (node.id,))
        walk.later(Errand.DONE, listener)
    else:
        _choose(walk, listener, node)


def _leave_by(walk: Walk, host: Token, boundary: n.Boundary) -> None:
    if boundary.interrupting:
        empty(walk, host)
        disarm(walk, host)
        del walk.state.tokens[host.id]
        walk.tell(Passed(Mark.DROPPED, host.node, host.id))
        walk.mixed = True
        if host.owner is not None:
            walk.later(Errand.DONE, walk.state.tokens[host.owner])
    walk.put(boundary.id, host.run, Errand.LEAVE)


def _choose(walk: Walk, token: Token, node: n.Node) -> None:
    """The first event behind an event-based gateway decides; nobody listens for the others any more."""
    gateway = walk.node(token)
    disarm(walk, token)
    del walk.state.tokens[token.id]
    walk.tell(Passed(Mark.LEFT, token.node, token.id))
    taken = next(each for each in gateway.outgoing if walk.definition.flows[each].target == node.id)
    walk.tell(Passed(Mark.TAKEN, taken, walk.state.seq))
    walk.put(node.id, token.run, Errand.DONE)


def _begin_event_sub(walk: Walk, run: Run, start: n.Start, values: Known) -> None:
    if start.interrupting:
        empty_run(walk, run)
        disarm(walk, run)
        run.cut = True
    walk.mixed = True
    begun = open_run(walk, start.scope, run.id, None, dict(values))
    walk.put(start.id, begun.id)


# From within ------------------------------------------------------------------------------------------------------------


def _codes(kind: type[n.Error] | type[n.Escalation], code: str | None) -> tuple[Callable[[n.Node], bool], ...]:
    """Who catches a code: whoever names it before whoever catches all."""

    def names(node: n.Node) -> bool:
        trigger = trigger_of(node)
        return isinstance(trigger, kind) and code is not None and trigger.code == code

    def takes_all(node: n.Node) -> bool:
        trigger = trigger_of(node)
        return isinstance(trigger, kind) and trigger.code is None

    return names, takes_all


def throw(walk: Walk, token: Token, kind: type[n.Error] | type[n.Escalation], code: str | None) -> bool:
    """Look outwards for who catches an error or an escalation and set it off; False when nobody does."""
    for listener, found in _outwards(walk, token):
        for fits in _codes(kind, code):
            for node in found:
                if fits(node):
                    set_off(walk, listener, node)
                    return True
    return False


def _outwards(walk: Walk, token: Token) -> Iterator[tuple[Listener, list[n.Node]]]:
    """Level by level: the boundary of the activity, the event sub-processes beside it, the boundary of what it lies in."""
    at: Token | None = token
    run = walk.state.runs[token.run]
    beside = True
    while True:
        if at is not None:
            yield at, list(boundaries(walk, at))
        if beside and not run.cut:
            yield run, list(event_starts(walk, run))
        if run.host is not None:
            at, beside = walk.state.tokens[run.host], True
            run = walk.state.runs[at.run]
        elif run.parent is not None:
            # an event sub-process does not catch what one beside it throws
            at, beside = None, False
            run = walk.state.runs[run.parent]
        else:
            return
