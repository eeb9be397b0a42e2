"""A FEEL test as a condition over a resource's fields: read, checked and ready to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from yiwang.data.core.conditions.errors import ConditionWrong
from yiwang.data.core.conditions.functions import QUALITY_FUNCTIONS
from yiwang.data.core.conditions.typing import ANY, Known, kind_found
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.interpreter import Expression, prepare
from yiwang.rules.core.feel.parser import parse_expression
from yiwang.rules.core.plan.names import mentioned
from yiwang.rules.errors import FeelSyntaxError

MAX_TEST = 2_000


@dataclass(frozen=True)
class Condition:
    """`fields`: the fields it names, in the order of the resource, with the FEEL kind of each."""

    text: str
    node: n.Node
    fields: Mapping[str, str]

    @cached_property
    def expression(self) -> Expression:
        return prepare(self.node)


def condition_of(text: str, kinds: Mapping[str, str]) -> Condition:
    """Read and check a test over fields of these kinds. Raises ConditionWrong."""
    return _read(text, tuple(kinds.items()))


@lru_cache(maxsize=512)
def _read(text: str, kinds: tuple[tuple[str, str], ...]) -> Condition:
    if len(text) > MAX_TEST:
        raise ConditionWrong(
            f"条件长 {len(text)} 个字符，最多 {MAX_TEST} 个。",
            f"The test has {len(text)} characters; at most {MAX_TEST} are taken.",
            MAX_TEST,
        )
    known = dict(kinds)
    try:
        node = parse_expression(text, frozenset((*known, *QUALITY_FUNCTIONS)))
    except FeelSyntaxError as error:
        raise ConditionWrong(error.zh, error.en, error.at) from error
    found = kind_found(node, Known(known))
    if found != "boolean":
        raise _no_truth(node, found)
    said = _heads(node)
    fields = {name: kind for name, kind in kinds if name in said}
    if not fields:
        raise ConditionWrong("条件没有提到任何信息项。", "The test names no field.", node.at)
    return Condition(text, node, fields)


def _heads(node: n.Node) -> set[str]:
    return {word.partition(".")[0] for word in mentioned(node)}


def fields_named(text: str, known: Sequence[str]) -> tuple[str, ...]:
    """Which of the fields a test names, in their order; none for a text that cannot be read."""
    try:
        said = _heads(parse_expression(text, frozenset((*known, *QUALITY_FUNCTIONS))))
    except FeelSyntaxError:
        return ()
    return tuple(name for name in known if name in said)


def _no_truth(node: n.Node, found: str) -> ConditionWrong:
    if found == ANY:
        return ConditionWrong(
            "条件的结果不一定是真假；请写成比较，如“… = true”。",
            "The test does not surely give true or false; write it as a comparison, such as “… = true”.",
            node.at,
        )
    return ConditionWrong(
        f"条件的结果是 {found}，应为真或假。", f"The test gives a {found}; it must give true or false.", node.at
    )
