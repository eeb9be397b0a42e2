"""Events as rows: what came is kept whole, so that a case can be replayed from its steps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, get_args

from yiwang.flow.core.process.events import Event

_WORD = re.compile(r"(?<!^)(?=[A-Z])")
_KINDS: dict[str, Any] = {_WORD.sub("_", kind.__name__).lower(): kind for kind in get_args(Event)}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def event_kind(event: Event) -> str:
    """`WorkDone` is `work_done`."""
    return _NAMES[type(event)]


def event_body(event: Event) -> dict[str, Any]:
    """What the event says beyond its defaults, as JSON."""
    body = {}
    for field in fields(event):
        value = getattr(event, field.name)
        given = field.default_factory() if field.default_factory is not MISSING else field.default
        if value != given:
            body[field.name] = list(value) if isinstance(value, tuple) else value
    return body


def event_of(kind: str, body: Mapping[str, Any]) -> Event:
    """The event a step keeps. Names inside values come in one order: databases keep JSON in orders of their own."""
    made: Event = _KINDS[kind](**{name: tuple(v) if name == "helpers" else _ordered(v) for name, v in body.items()})
    return made


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _ordered(value[name]) for name in sorted(value)}
    return [_ordered(one) for one in value] if isinstance(value, list) else value
