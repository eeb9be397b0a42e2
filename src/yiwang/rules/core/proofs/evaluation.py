"""Values and truths inside a proof, worked out by the interpreter itself, so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.builtins.registry import BUILTINS
from yiwang.rules.core.feel.depth import children
from yiwang.rules.core.feel.interpreter import Expression, Run, Scope, Tests, prepare, prepare_tests
from yiwang.rules.core.feel.running import STEPS
from yiwang.rules.core.feel.values import Date, DateTime, Time, Value
from yiwang.rules.core.feel.writing import write

# What these give depends on the moment, so they are no constants.
_MOVING = ("now", "today")


@dataclass(slots=True)
class Judge:
    """Evaluates with the parameters of one span of days; made expressions are kept."""

    parameters: Mapping[str, Value]
    day: Date
    _expressions: dict[n.Node, Expression] = field(default_factory=dict)
    _tests: dict[n.UnaryTests, Tests] = field(default_factory=dict)

    def run(self) -> Run:
        return Run(DateTime(self.day, Time(12, 0, 0)))

    def value(self, node: n.Node, names: Mapping[str, Value] | None = None) -> Value:
        made = self._expressions.get(node)
        if made is None:
            made = self._expressions[node] = prepare(node)
        return made.value(self._scope(names), self.run())

    def passes(self, tests: n.UnaryTests, value: Value, names: Mapping[str, Value] | None = None) -> bool | None:
        return self._made(tests).passes(value, self._scope(names), self.run())

    def deciding(self, tests: n.UnaryTests) -> Callable[[Value], bool | None]:
        """What the tests say of one value after another."""
        made, scope, run = self._made(tests), self._scope(None), self.run()

        def decide(value: Value) -> bool | None:
            run.left = STEPS
            return made.passes(value, scope, run)

        return decide

    def _made(self, tests: n.UnaryTests) -> Tests:
        made = self._tests.get(tests)
        if made is None:
            made = self._tests[tests] = prepare_tests(tests)
        return made

    def _scope(self, names: Mapping[str, Value] | None) -> Scope:
        return Scope({**self.parameters, **(names or {})})

    def constant(self, node: n.Node) -> bool:
        """Whether the node's value is the same for every row."""
        return all(name in self.parameters for name in open_names(node))


def open_names(node: object, bound: frozenset[str] = frozenset()) -> set[str]:
    """Variables an expression reads; built-in functions that are called are none, the clock is one."""
    if isinstance(node, n.Name):
        return set() if node.name in bound else {node.name}
    if isinstance(node, n.Call) and isinstance(node.function, n.Name) and node.function.name in BUILTINS:
        moving = {node.function.name} if node.function.name in _MOVING else set()
        return moving.union(*(open_names(argument, bound) for argument in node.arguments))
    if isinstance(node, (n.For, n.Quantified)):
        inner = bound | {iterator.name for iterator in node.iterators} | {"partial"}
    elif isinstance(node, n.FunctionLiteral):
        inner = bound | {parameter.name for parameter in node.parameters}
    elif isinstance(node, n.Filter):
        inner = bound | {"item"}
    elif isinstance(node, n.Context):
        inner = bound | {name for name, _ in node.entries}
    else:
        inner = bound
    return set().union(*(open_names(child, inner) for child in children(node)))


def placeless(node: Any) -> Any:
    """The same tree with every position 0, so that equal trees are equal."""
    return renamed(node, {})


def renamed(node: Any, places: Mapping[str, str]) -> Any:
    """The tree without positions, with each part whose text stands in `places` replaced by that name."""
    if isinstance(node, tuple):
        return tuple(renamed(item, places) for item in node)
    if not is_dataclass(node):
        return node
    if isinstance(node, n.Node) and places and isinstance(node, (n.Name, n.Path, n.Call, n.Arithmetic, n.Filter)):
        name = places.get(write(node))
        if name is not None:
            return n.Name(0, name)
    changed: dict[str, Any] = {
        each.name: renamed(getattr(node, each.name), places)
        for each in fields(node)
        if is_dataclass(getattr(node, each.name)) or isinstance(getattr(node, each.name), tuple)
    }
    if isinstance(node, n.Call) and isinstance(node.function, n.Name):
        changed["function"] = n.Name(0, node.function.name)
    if isinstance(node, n.Node):
        changed["at"] = 0
    return replace(node, **changed)
