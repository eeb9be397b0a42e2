"""What a token or a run listens for: timers set in the world, and the keys of messages.

Only what was computed is kept; that a signal or an error is listened for, the diagram says.
"""

from __future__ import annotations

import re
from typing import Any

from yiwang.flow.core.process import nodes as n
from yiwang.flow.core.process.effects import TimerDropped, TimerSet
from yiwang.flow.core.process.expressions import value_of
from yiwang.flow.core.process.state import Run, Token
from yiwang.flow.core.process.walking import Halt, Walk

_REPEATS = re.compile(r"R(\d*)/.+")


def trigger_of(node: n.Node) -> n.Trigger | None:
    """What sets a node off: a catching event's trigger, or the message a receive task waits for."""
    if isinstance(node, n.ReceiveTask):
        return node.message
    return node.trigger if isinstance(node, n.Start | n.Catch | n.Boundary) else None


def arm(walk: Walk, listener: Token | Run, node: n.Node) -> None:
    """Begin to listen for what sets `node` off; does nothing when that was begun already. Raises Halt."""
    trigger = trigger_of(node)
    if isinstance(trigger, n.Timer):
        if node.id not in (listener.timers or ()):
            _set(walk, listener, node.id, trigger)
    elif isinstance(trigger, n.Message) and trigger.key is not None and node.id not in (listener.keys or ()):
        key = value_of(walk, trigger.key, _where(listener))
        listener.keys = {**(listener.keys or {}), node.id: key}


def _where(listener: Token | Run) -> int:
    return listener.run if isinstance(listener, Token) else listener.id


def timer_key(listener: int, node: str) -> str:
    return f"{listener}:{node}"


def _set(walk: Walk, listener: Token | Run, node: str, timer: n.Timer) -> None:
    text = timer.text
    value = value_of(walk, text[1:], _where(listener)) if text.startswith("=") else text
    if not isinstance(value, str) or not value:
        raise Halt("expression", f"定时器“{text}”没有得到时间。", f"The timer “{text}” gives no moment or duration.")
    is_cycle = timer.kind is n.TimerKind.CYCLE
    if is_cycle and not _REPEATS.fullmatch(value):
        raise Halt("expression", f"“{value}”不是循环定时。", f"“{value}” is no cycle such as R3/P1D.")
    listener.timers = {**(listener.timers or {}), node: [0, value] if is_cycle else 0}
    walk.tell(TimerSet(timer_key(listener.id, node), listener.id, node, timer, value))


def fired(walk: Walk, listener: Token | Run, node: n.Node, goes_on: bool) -> None:
    """A timer is no longer set; a cycle with rounds left is set again where it `goes_on`."""
    assert listener.timers is not None
    was: Any = listener.timers.pop(node.id)
    if goes_on and isinstance(was, list):
        count, value = was[0] + 1, was[1]
        match = _REPEATS.fullmatch(value)
        if match and (not match[1] or count < int(match[1])):
            trigger = trigger_of(node)
            assert isinstance(trigger, n.Timer)
            listener.timers[node.id] = [count, value]
            walk.tell(TimerSet(timer_key(listener.id, node.id), listener.id, node.id, trigger, value, count))
    listener.timers = listener.timers or None


def disarm(walk: Walk, listener: Token | Run, nodes: tuple[str, ...] | None = None) -> None:
    """Listen no longer: for what sets `nodes` off, or for anything."""
    for node in list(listener.timers or ()):
        if nodes is None or node in nodes:
            assert listener.timers is not None
            del listener.timers[node]
            walk.tell(TimerDropped(timer_key(listener.id, node)))
    listener.timers = listener.timers or None
    if listener.keys:
        listener.keys = {} if nodes is None else {at: key for at, key in listener.keys.items() if at not in nodes}
    listener.keys = listener.keys or None
