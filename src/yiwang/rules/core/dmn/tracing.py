"""What happened while a decision was taken, for explanations. An ordinary run keeps nothing of it and pays nothing for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from yiwang.rules.core.dmn.places import Place
from yiwang.rules.core.feel.running import STEPS, Note, Run
from yiwang.rules.core.feel.values import DateTime, Value

Misses = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class TableTrace:
    """One pass through a decision table.

    `inputs` are the values of its input expressions in order; `hits` the indexes of the rules that matched.
    """

    place: Place
    inputs: tuple[Value, ...]
    hits: tuple[int, ...]
    result: Value
    missed: Callable[[], Misses]

    @property
    def misses(self) -> Misses:
        """Each rule that did not match with the index of its first failing cell; worked out when asked."""
        return self.missed()


@dataclass(slots=True)
class DecisionTrace:
    """One decision: the values it was given by name, the tables it went through, its result, and why anything was null."""

    id: str
    name: str
    namespace: str
    inputs: Mapping[str, Value]
    tables: list[TableTrace] = field(default_factory=list)
    result: Value = None
    notes: tuple[Note, ...] = ()


class TracedRun(Run):
    """A run that keeps a trace: `decisions` in the order they were finished, so what rests on others comes after them."""

    __slots__ = ("_open", "decisions")

    def __init__(self, now: DateTime, steps: int = STEPS) -> None:
        super().__init__(now, steps)
        self.decisions: list[DecisionTrace] = []
        self._open: list[tuple[DecisionTrace, int]] = []

    def begin(self, trace: DecisionTrace) -> None:
        self._open.append((trace, len(self.notes)))

    def table(self, trace: TableTrace) -> None:
        if self._open:
            self._open[-1][0].tables.append(trace)

    def end(self, result: Value) -> None:
        trace, noted = self._open.pop()
        trace.result, trace.notes = result, tuple(self.notes[noted:])
        self.decisions.append(trace)
