"""What an evaluation carries: variables, the moment it is taken for, how much work is left, and why something was null."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from yiwang.rules.core.feel.nodes import Node
from yiwang.rules.core.feel.types import Resolver, convert, nothing_known
from yiwang.rules.core.feel.values import Date, DateTime, Function, NoValue, Range, Value
from yiwang.rules.errors import BudgetExceeded

STEPS = 200_000
CALLS = 100
MAX_NOTES = 100
# Items that cost one step when a list is only walked, copied or compared.
ITEMS_A_STEP = 4
# Nodes of a tree that cost one step each time the tree is run again: in a loop, a filter, a call.
NODES_A_STEP = 2


@dataclass(frozen=True, slots=True)
class Note:
    """Why something came out null; `at` is the offset in the text of the expression."""

    zh: str
    en: str
    at: int


class Scope:
    """Variables by name; those of the parent are seen unless hidden."""

    __slots__ = ("parent", "values")

    def __init__(self, values: dict[str, Any], parent: Scope | None = None) -> None:
        self.values = values
        self.parent = parent


class Run:
    """One evaluation. `now` is the moment it is taken for, not the moment of the machine's clock."""

    __slots__ = ("calls", "left", "notes", "now")

    def __init__(self, now: DateTime, steps: int = STEPS) -> None:
        self.now = now
        self.left = steps
        self.calls = 0
        self.notes: list[Note] = []

    @property
    def today(self) -> Date:
        return self.now.date

    def step(self, cost: int = 1) -> None:
        """Pay for work. Raises BudgetExceeded when nothing is left."""
        self.left -= cost
        if self.left < 0:
            raise BudgetExceeded(
                zh="表达式的计算量超过上限，已停止。",
                en="The expression asks for more work than it may have and was stopped.",
                hint_zh="请缩小列表或循环的范围。",
                hint_en="Shorten the lists or loops it runs over.",
            )

    def _bound(self, function: Function, arguments: list[Any]) -> list[Any]:
        parameters = function.parameters
        if len(arguments) != len(parameters):
            raise NoValue(
                f"函数要 {len(parameters)} 个参数，给了 {len(arguments)} 个。",
                f"The function takes {len(parameters)} arguments, {len(arguments)} are given.",
            )
        typed = [value for value, (_, kind) in zip(arguments, parameters, strict=True) if kind is not None]
        self.weigh(typed)
        return [
            value if kind is None else convert(value, kind)
            for value, (_, kind) in zip(arguments, parameters, strict=True)
        ]

    def weigh(self, value: Value) -> int:
        """How many values a walk over this one meets; paid for, since one list may hold another many times over."""
        weight, waiting = 0, [value]
        while waiting:
            item = waiting.pop()
            weight += 1
            if isinstance(item, list):
                self.step(1 + len(item) // ITEMS_A_STEP)
                waiting += item
            elif isinstance(item, dict):
                self.step(1 + len(item) // ITEMS_A_STEP)
                waiting += item.values()
            elif isinstance(item, Range):
                self.step()
                waiting += item.bounds
        return weight

    def note(self, zh: str, en: str, at: int = 0) -> Value:
        """Null, with a reason."""
        self.step()
        if len(self.notes) < MAX_NOTES:
            self.notes.append(Note(zh, en, at))
        return None

    def refuse(self, why: NoValue, at: int) -> Value:
        """Null, with the reason somebody else found."""
        return self.note(why.zh, why.en, at)

    def invoke(self, function: Function, arguments: list[Any]) -> Value:
        """Call a function value, its arguments by position, converted to the types it declares.

        Raises NoValue when they do not fit, BudgetExceeded when calls stand too deep in one another.
        """
        self.step()
        if function.kind != "builtin":
            arguments = self._bound(function, arguments)
        self.calls += 1
        if self.calls > CALLS:
            raise BudgetExceeded(
                zh=f"函数调用嵌套超过 {CALLS} 层，已停止。",
                en=f"Functions call one another more than {CALLS} deep; stopped.",
                hint_zh="请检查函数是否无止境地调用自己。",
                hint_en="Check whether a function calls itself without end.",
            )
        try:
            return function.call(self, arguments)  # type: ignore[no-any-return]
        finally:
            self.calls -= 1


Closure = Callable[[Scope, Run], Any]


_ANY = ""


@dataclass(frozen=True, slots=True)
class Part:
    """`cost` in steps each time it is run; `partial` when it names what a loop has found so far."""

    closure: Closure
    cost: int
    partial: bool


@dataclass(frozen=True, slots=True)
class Making:
    """What is known while closures are made: the types of the model, and how often each thing was made so far."""

    types: Resolver = nothing_known
    made: Counter[str] = field(default_factory=Counter)

    def part(self, node: Node) -> Part:
        """A part that is run again and again."""
        nodes, partial = self.made[_ANY], self.made["partial"]
        closure = MAKERS.make(node, self)
        return Part(closure, 1 + (self.made[_ANY] - nodes) // NODES_A_STEP, self.made["partial"] > partial)


Maker = Callable[[Any, Making], Closure]


@dataclass(slots=True)
class Makers:
    """How each kind of node becomes a closure; the modules of the interpreter fill it when they are imported."""

    by_node: dict[type[Node], Maker] = field(default_factory=dict)

    def register(self, node: type[Node]) -> Callable[[Maker], Maker]:
        def keep(maker: Maker) -> Maker:
            self.by_node[node] = maker
            return maker

        return keep

    def make(self, node: Node, making: Making) -> Closure:
        making.made[_ANY] += 1
        return self.by_node[type(node)](node, making)


MAKERS = Makers()
