"""Which names of a tree are bound nowhere: neither inside it, nor by whoever holds it, nor by FEEL itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.builtins.registry import BUILTINS
from yiwang.rules.core.feel.depth import children

_GIVEN = frozenset({"?", "partial"})


def free_names(node: n.Node, names: frozenset[str]) -> Iterator[n.Name]:
    """The names that can only be null, in no order. Inside a filter any name may be a member of an item, so none is free there."""
    waiting: list[tuple[Any, frozenset[str]]] = [(node, names | _GIVEN)]
    while waiting:
        item, known = waiting.pop()
        if isinstance(item, n.Name):
            if item.name not in known and item.name not in BUILTINS:
                yield item
        elif isinstance(item, n.Filter):
            waiting.append((item.target, known))
        elif isinstance(item, (n.For, n.Quantified)):
            for each in item.iterators:
                waiting.extend((part, known) for part in (each.domain, each.end) if part is not None)
                known = known | {each.name}
            waiting.append((item.body, known))
        else:
            if isinstance(item, n.Context):
                known = known | {key for key, _ in item.entries}
            elif isinstance(item, n.FunctionLiteral):
                known = known | {each.name for each in item.parameters}
            waiting.extend((part, known) for part in children(item))
