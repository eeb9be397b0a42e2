"""Which columns an expression reads, and the scope in which the interpreter evaluates it for one row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.depth import children
from yiwang.rules.core.feel.interpreter import Scope
from yiwang.rules.core.feel.values import Value

INPUT = "?"


def dotted(node: n.Node) -> str | None:
    """`person.age` for a path of plain names, `age` for a name; None for anything else."""
    if isinstance(node, n.Name):
        return node.name
    if isinstance(node, n.Path):
        head = dotted(node.target)
        return None if head is None else f"{head}.{node.name}"
    return None


def mentioned(node: object) -> set[str]:
    """Every name and every dotted path that stands in an expression, names bound inside it too."""
    found: set[str] = set()
    waiting: list[Any] = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, (n.Name, n.Path)):
            path = dotted(item)
            if path is not None:
                found.add(path)
        waiting.extend(children(item))
    return found


def reads(node: object, known: Iterable[str]) -> tuple[str, ...]:
    """Which of the known names an expression may read: `person` reads every `person.…`, `a.years` reads `a`."""
    said = mentioned(node)
    return tuple(
        name
        for name in sorted(known)
        if any(name == word or name.startswith(word + ".") or word.startswith(name + ".") for word in said)
    )


def scope_of(values: Mapping[str, Value], parameters: Mapping[str, Value]) -> Scope:
    """A scope in which dotted names are members of contexts."""
    flat: dict[str, Any] = dict(parameters)
    for name, value in values.items():
        *heads, last = name.split(".")
        inside = flat
        for head in heads:
            inside = inside.setdefault(head, {})
        inside[last] = value
    return Scope(flat)
