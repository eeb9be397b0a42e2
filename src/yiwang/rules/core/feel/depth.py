"""How deep a tree is, counted without recursion: what is deeper than the stack is refused when it is read, not when it runs."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any

MAX_DEPTH = 200


@lru_cache(maxsize=64)
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind) if each.name not in ("at", "sign", "word"))


def depth(root: object) -> int:
    deepest, waiting = 0, [(root, 1)]
    while waiting:
        item, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((child, level + 1) for child in children(item))
    return deepest


def children(item: object) -> list[Any]:
    """The nodes directly below one, tuples opened."""
    if isinstance(item, tuple):
        return [child for child in item if isinstance(child, tuple) or is_dataclass(child)]
    found: list[Any] = []
    kind: Any = type(item)
    for name in _names(kind):
        value = getattr(item, name)
        if isinstance(value, tuple):
            found.extend(children(value))
        elif is_dataclass(value):
            found.append(value)
    return found
