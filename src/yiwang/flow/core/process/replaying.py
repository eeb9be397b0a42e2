"""From a case's history back to its state."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from yiwang.flow.core.process.events import Event
from yiwang.flow.core.process.nodes import Definition
from yiwang.flow.core.process.reducing import begin, step
from yiwang.flow.core.process.state import State


def replay(definition: Definition, history: Iterable[tuple[Event, datetime]], state: State | None = None) -> State:
    """The state after these events, each at its moment, from the beginning or from `state`.

    Its text is byte for byte what the case had: nothing but definition, events and moments enters a step. Raises whatever a step
    raises; an event that was not taken changes nothing the second time either.
    """
    found = begin(definition) if state is None else state
    for event, now in history:
        found = step(definition, found, event, now).state
    return found
