"""The interpreter: trees become closures once and are run as often as wanted, by many threads at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yiwang.rules.core.feel import builtins, calls, control, operators, structures, testing
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.running import MAKERS, Closure, Making, Note, Run, Scope
from yiwang.rules.core.feel.types import Resolver, nothing_known
from yiwang.rules.core.feel.values import Value
from yiwang.rules.errors import BudgetExceeded

__all__ = ["Expression", "Note", "Run", "Scope", "Tests", "prepare", "prepare_tests"]

# Importing them is what teaches MAKERS every kind of node, and the registry every function.
_PARTS = (builtins, calls, control, operators, structures, testing)


def _too_deep(error: RecursionError) -> BudgetExceeded:
    return BudgetExceeded(
        zh="表达式或函数调用嵌套过深，已停止。",
        en="Expressions or calls stand too deep in one another; stopped.",
        hint_zh="请检查函数是否无止境地调用自己。",
        hint_en="Check whether a function calls itself without end.",
    )


@dataclass(frozen=True, slots=True)
class Expression:
    node: n.Node
    closure: Closure

    def value(self, scope: Scope, run: Run) -> Value:
        """The value; null with a note in `run.notes` where FEEL gives none. Raises BudgetExceeded only."""
        try:
            return self.closure(scope, run)  # type: ignore[no-any-return]
        except RecursionError as error:
            raise _too_deep(error) from error


@dataclass(frozen=True, slots=True)
class Tests:
    node: n.UnaryTests
    closure: testing.Passing

    def passes(self, value: Any, scope: Scope, run: Run) -> bool | None:
        """Whether the input passes; None is null, which no rule takes for true. Raises BudgetExceeded only."""
        try:
            return self.closure(value, scope, run)
        except RecursionError as error:
            raise _too_deep(error) from error


def prepare(node: n.Node, types: Resolver = nothing_known) -> Expression:
    return Expression(node, MAKERS.make(node, Making(types)))


def prepare_tests(node: n.UnaryTests, types: Resolver = nothing_known) -> Tests:
    return Tests(node, testing.passing(node.tests, Making(types), node.negated))
