"""What a case waits to hear, as rows: whoever sends a message or a signal finds those it is for without opening every case."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from yiwang.flow.core.bpmn.eventreading import APPLICANT
from yiwang.flow.core.process import nodes as n
from yiwang.flow.core.process.state import Run, State, Token
from yiwang.flow.models import Wait
from yiwang.kernel.core.canonical import canonical_json

LONGEST_KEY = 200
Heard = tuple[str, str, str]


def key_text(key: Any) -> str:
    """A message's key as it is looked up: equal keys have equal texts."""
    said = canonical_json(key).decode("utf-8")
    return said if len(said) <= LONGEST_KEY else hashlib.sha256(said.encode("utf-8")).hexdigest()


def hears(definition: n.Definition) -> bool:
    """Whether any case of this process can ever wait for a message or a signal."""
    return any(isinstance(_trigger(node), n.Message | n.Signal) for node in definition.nodes.values())


def waits_of(definition: n.Definition, state: State) -> set[Heard]:
    """Everything the case may take now: the reducer has the last word when it comes."""
    found: set[Heard] = set()
    if state.ended is not None:
        return found
    for listener, node in _listeners(definition, state):
        trigger = _trigger(node)
        if isinstance(trigger, n.Signal):
            found.add((Wait.Kind.SIGNAL.value, trigger.name, ""))
        elif isinstance(trigger, n.Message):
            key = (listener.keys or {}).get(node.id) if trigger.key is not None else None
            found.add((Wait.Kind.MESSAGE.value, trigger.name, key_text(key)))
    return found


def applicant_waits(definition: n.Definition, state: State) -> dict[str, tuple[n.Message, Any]]:
    """The messages the applicant may send now, by the node that takes them, each with the key it waits with."""
    if state.ended is not None:
        return {}
    found: dict[str, tuple[n.Message, Any]] = {}
    for listener, node in _listeners(definition, state):
        trigger = _trigger(node)
        if isinstance(trigger, n.Message) and trigger.sender == APPLICANT:
            key = (listener.keys or {}).get(node.id) if trigger.key is not None else None
            found.setdefault(node.id, (trigger, key))
    return found


def _listeners(definition: n.Definition, state: State) -> Iterator[tuple[Token | Run, n.Node]]:
    for token in state.tokens.values():
        node = definition.nodes[token.node]
        yield token, node
        if isinstance(node, n.Activity):
            yield from ((token, definition.nodes[one]) for one in node.boundaries)
        elif isinstance(node, n.Gateway) and node.branching is n.Branching.EVENT:
            yield from ((token, definition.nodes[definition.flows[one].target]) for one in node.outgoing)
    for run in state.runs.values():
        for scope in definition.scopes[run.scope].event_subs:
            yield from ((run, definition.nodes[one]) for one in definition.scopes[scope].starts)


def _trigger(node: n.Node) -> n.Trigger | None:
    if isinstance(node, n.ReceiveTask):
        return node.message
    return node.trigger if isinstance(node, n.Start | n.Catch | n.Boundary) else None
