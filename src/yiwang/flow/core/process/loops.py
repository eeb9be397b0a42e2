"""An activity done more than once: every round is an instance, a token of its own in a run of its own.

The token that came stays as the body: boundary events stand at it, and it goes on when the loop is over. A multi-instance's
instances keep what is written in them; a standard loop's write around them.
"""

from __future__ import annotations

from typing import Any

from yiwang.flow.core.process import nodes as n
from yiwang.flow.core.process.arming import disarm
from yiwang.flow.core.process.effects import Mark, Passed
from yiwang.flow.core.process.expressions import truth, value_of, write
from yiwang.flow.core.process.scopes import drop_run
from yiwang.flow.core.process.state import Loop, Run, Token
from yiwang.flow.core.process.walking import Errand, Halt, Walk, endless

_MANY = 10_000


def is_instance(walk: Walk, token: Token) -> bool:
    return walk.state.runs[token.run].index is not None


def _body(walk: Walk, token: Token) -> Token:
    host = walk.state.runs[token.run].host
    assert host is not None
    return walk.state.tokens[host]


def body_of(walk: Walk, token: Token) -> Token:
    """The token boundary events stand at: the body of a loop's instance, else the token itself."""
    return _body(walk, token) if is_instance(walk, token) else token


def begin(walk: Walk, token: Token, activity: n.Activity) -> None:
    """Start the rounds. Raises Halt when the number or the list is no such thing."""
    if isinstance(activity.loop, n.Repeat):
        token.loop = Loop(activity.loop.most or 0)
        if activity.loop.before and not _goes_on(walk, token, activity.loop, 0):
            walk.later(Errand.FINISH, token)
        else:
            _instance(walk, token, activity, own=False)
        return
    assert isinstance(activity.loop, n.Each)
    token.loop = _counted(walk, token, activity.loop)
    if not token.loop.total:
        _collect(walk, token, activity.loop)
        return
    for _ in range(1 if activity.loop.sequential else token.loop.total):
        _instance(walk, token, activity, own=True)
    if not activity.loop.sequential:
        token.loop.items = None


def _counted(walk: Walk, token: Token, each: n.Each) -> Loop:
    if each.over is not None:
        items = value_of(walk, each.over, token.run)
        if not isinstance(items, list):
            raise Halt("expression", f"“{each.over}”应得到列表。", f"“{each.over}” must give a list.")
        total, listed = len(items), items
    else:
        count = value_of(walk, each.count or "null", token.run)
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise Halt("expression", f"“{each.count}”应得到非负整数。", f"“{each.count}” must give a whole number.")
        total, listed = count, None
    if total > _MANY:
        raise endless(token.node)
    return Loop(total, items=listed)


def _instance(walk: Walk, token: Token, activity: n.Activity, *, own: bool) -> None:
    loop = token.loop
    assert loop is not None
    index = loop.begun
    loop.begun += 1
    data: dict[str, Any] = {"loopCounter": index + 1}
    if isinstance(activity.loop, n.Each) and activity.loop.item is not None and loop.items is not None:
        data[activity.loop.item] = loop.items[index]
    scope = walk.state.runs[token.run].scope
    run = Run(walk.number(), scope, token.run, token.id, data, index, own)
    walk.state.runs[run.id] = run
    walk.put(activity.id, run.id, Errand.ACT)


def _goes_on(walk: Walk, token: Token, repeat: n.Repeat, done: int) -> bool:
    if repeat.most is not None and done >= repeat.most:
        return False
    holds, zh, en = truth(walk, repeat.condition, token.run, {"loopCounter": done})
    if zh or en:
        walk.note(token.id, token.node, zh, en)
    return holds


def instance_done(walk: Walk, token: Token, activity: n.Activity) -> None:
    """One round is over: begin the next, wait for the others, or end the loop. Raises Halt with the instance as it was."""
    body, run = _body(walk, token), walk.state.runs[token.run]
    loop = body.loop
    assert loop is not None and run.index is not None
    if isinstance(activity.loop, n.Repeat):
        again = _goes_on(walk, body, activity.loop, loop.done + 1)
        loop.done += 1
        _end(walk, token, run, body)
        if again:
            _instance(walk, body, activity, own=False)
        else:
            walk.later(Errand.FINISH, body)
        return
    each = activity.loop
    assert isinstance(each, n.Each)
    found = None if each.collect is None else value_of(walk, each.collect, run.id)
    over = _is_enough(walk, token, each, loop)
    loop.done += 1
    if each.collect is not None:
        loop.found[str(run.index)] = found
    _end(walk, token, run, body)
    if over or loop.done == loop.total:
        for other in walk.runs_of(body.id):
            drop_run(walk, other)
        _collect(walk, body, each)
    elif each.sequential:
        _instance(walk, body, activity, own=True)


def _is_enough(walk: Walk, token: Token, each: n.Each, loop: Loop) -> bool:
    if each.until is None:
        return False
    counts = {
        "nrOfInstances": loop.total,
        "nrOfActiveInstances": loop.begun - loop.done - 1,
        "nrOfCompletedInstances": loop.done + 1,
    }
    holds, zh, en = truth(walk, each.until, token.run, counts)
    if zh or en:
        walk.note(token.id, token.node, zh, en)
    return holds


def _end(walk: Walk, token: Token, run: Run, body: Token) -> None:
    disarm(walk, token)
    if token.queue:
        body.queue = [*(body.queue or ()), *token.queue]
    del walk.state.tokens[token.id]
    del walk.state.runs[run.id]
    walk.tell(Passed(Mark.LEFT, token.node, token.id))
    walk.mixed = True


def _collect(walk: Walk, token: Token, each: n.Each) -> None:
    loop = token.loop
    assert loop is not None
    if each.collected is not None:
        ordered = [loop.found[at] for at in sorted(loop.found, key=int)]
        write(walk, token.run, {each.collected: ordered})
    walk.later(Errand.FINISH, token)
