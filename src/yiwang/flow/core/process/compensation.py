"""Undoing what was done: handlers run one after the other, the last thing done first, while the thrower waits."""

from __future__ import annotations

from typing import Any

from yiwang.flow.core.process import nodes as n
from yiwang.flow.core.process.effects import Mark, Passed
from yiwang.flow.core.process.expressions import around
from yiwang.flow.core.process.scopes import event_starts, open_run
from yiwang.flow.core.process.state import Run, Token
from yiwang.flow.core.process.walking import Errand, Walk


def remember(walk: Walk, token: Token) -> None:
    """An activity is done: keep it if it can be undone."""
    run = walk.state.runs[token.run]
    if token.node in walk.definition.scopes[run.scope].compensations or token.queue:
        run.done = [*(run.done or ()), [token.node, token.queue]]
        walk.mixed = True


def begin(walk: Walk, thrower: Token, what: n.Compensation) -> None:
    """Take out what is to be undone; each is undone once."""
    run = _concerned(walk, thrower, what.activity)
    done = (run.done or []) if run is not None else []
    chosen = [each for each in done if what.activity in (None, each[0])]
    if run is not None:
        run.done = [each for each in done if each not in chosen] or None
        thrower.queue = [[activity, inner, run.id] for activity, inner in chosen]
    go_on(walk, thrower)


def _concerned(walk: Walk, thrower: Token, activity: str | None) -> Run | None:
    """The run whose activities are meant: that of the named one, else the thrower's; an event sub-process undoes what is around it."""
    scopes = walk.definition.scopes
    for run in around(walk, thrower.run):
        if run.index is not None:
            continue
        if activity is None and scopes[run.scope].kind is not n.ScopeKind.EVENT_SUB:
            return run
        if activity is not None and walk.definition.nodes[activity].scope == run.scope:
            return run
    return None


def go_on(walk: Walk, thrower: Token) -> None:
    """The next to undo, or on with the thrower when nothing is left."""
    queue = thrower.queue or []
    while queue:
        activity, inner, at = queue.pop()
        run = walk.state.runs[at]
        if activity is None:
            del walk.state.runs[at]
            continue
        handler = walk.definition.scopes[run.scope].compensations.get(activity)
        if handler is not None:
            walk.put(handler, run.id).owner = thrower.id
            thrower.queue = queue
            return
        if _inside(walk, thrower, run, activity, inner or [], queue):
            thrower.queue = queue
            return
    thrower.queue = None
    walk.later(Errand.LEAVE, thrower)


def _inside(walk: Walk, thrower: Token, run: Run, activity: str, inner: list[Any], queue: list[Any]) -> bool:
    """A sub-process without a handler of its own: what was done in it is undone, with what it knew then.

    True when its event sub-process for this was begun, which does it all.
    """
    node = walk.definition.nodes[activity]
    assert isinstance(node, n.SubProcess)
    for place, (data, done) in enumerate(inner):
        again = open_run(walk, node.inner, run.id, thrower.id, dict(data))
        again.cut = True
        for start in event_starts(walk, again):
            if isinstance(start.trigger, n.Compensation):
                again.done = done or None
                rest = inner[place + 1 :]
                if rest:
                    queue.append([activity, rest, run.id])
                begun = open_run(walk, start.scope, again.id, None, {})
                walk.put(start.id, begun.id)
                return True
        queue.append([None, None, again.id])
        queue.extend([each, within, again.id] for each, within in done)
    return False


def handler_done(walk: Walk, token: Token) -> None:
    thrower = walk.state.tokens[token.owner or 0]
    del walk.state.tokens[token.id]
    walk.tell(Passed(Mark.LEFT, token.node, token.id))
    walk.later(Errand.DONE, thrower)
