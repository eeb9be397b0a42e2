"""What the expressions of one stage may read: the columns of its table, and the names built on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.interpreter import Expression, Run, Scope, prepare
from yiwang.rules.core.feel.types import Type
from yiwang.rules.core.feel.values import DateTime, Value
from yiwang.rules.core.plan.columns import Column
from yiwang.rules.core.plan.entering import enter, lower_entry
from yiwang.rules.core.plan.lowering import Setting, lower
from yiwang.rules.core.plan.names import reads, scope_of
from yiwang.rules.core.plan.typed import Typed, Unlowerable, column_type, column_typed

STEPS = 200_000


@dataclass(frozen=True)
class Definition:
    """A name that is an expression over others: a derived fact, or a decision that is one expression.

    `entries` are the types the names it reads enter as, `type` that of its own value.
    """

    name: str
    node: n.Node
    entries: Mapping[str, Type] = field(default_factory=dict)
    type: Type | None = None
    expression: Expression | None = None

    def prepared(self) -> Expression:
        return self.expression or prepare(self.node)


@dataclass(frozen=True)
class Universe:
    """`columns` by FEEL name; `definitions` in an order in which each reads only what stands before it."""

    columns: Mapping[str, Column]
    definitions: tuple[Definition, ...]
    parameters: Mapping[str, Value]
    now: DateTime

    def table(self) -> Any:
        """The unbound Ibis table of the columns."""
        return ibis.table({one.name: column_type(one) for one in self.columns.values()}, name="facts")

    def setting(self) -> Setting:
        """Every name as an expression over the columns. Raises Unlowerable: ask `unlowerable` first."""
        table = self.table()
        found: dict[str, Typed] = {name: column_typed(one, table) for name, one in self.columns.items()}
        setting = Setting(found, self.parameters, self.now)
        for one in self.definitions:
            if one.name not in found:
                found[one.name] = self._lowered(one, setting)
        return setting

    def _lowered(self, one: Definition, setting: Setting) -> Typed:
        found = lower(one.node, self.entering(setting, one.entries))
        return lower_entry(found, () if one.type is None else (one.type,), setting)

    def unlowerable(self) -> tuple[Definition, Unlowerable] | None:
        """The first definition that has no expression over the columns, and why."""
        table = self.table()
        found: dict[str, Typed] = {name: column_typed(one, table) for name, one in self.columns.items()}
        setting = Setting(found, self.parameters, self.now)
        for one in self.definitions:
            if one.name in found:
                continue
            try:
                found[one.name] = self._lowered(one, setting)
            except Unlowerable as why:
                return one, why
        return None

    def entering(self, setting: Setting, entries: Mapping[str, Type]) -> Setting:
        """The setting of a decision: names that its inputs constrain are null where the constraint does not hold."""
        columns = dict(setting.columns)
        for name, wanted in entries.items():
            if name in columns:
                columns[name] = lower_entry(columns[name], (wanted,), setting)
        return Setting(columns, setting.parameters, setting.now)

    # By the interpreter -------------------------------------------------------------------------------------------------

    def sources(self, node: object) -> tuple[str, ...]:
        """The FEEL names of the columns an expression rests on, through definitions too."""
        known = {**{one.name: one for one in self.definitions}, **self.columns}
        found: set[str] = set()
        waiting = list(reads(node, known))
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self.columns:
                found.add(name)
            else:
                one = known[name]
                assert isinstance(one, Definition)
                waiting.extend(reads(one.node, known))
        return tuple(sorted(found))

    def evaluator(
        self, entries: Mapping[str, Type], wanted: Sequence[object]
    ) -> Callable[[Mapping[str, Value]], tuple[Scope, Run]]:
        """Makes the scope of a row from its columns: definitions the expressions read are worked out first."""
        known = {one.name: one for one in self.definitions if one.name not in self.columns}
        needed: set[str] = set()
        waiting = [name for node in wanted for name in reads(node, known)]
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed.add(name)
                waiting.extend(reads(known[name].node, known))
        steps = [(one, one.prepared()) for one in self.definitions if one.name in needed]

        def scope(values: Mapping[str, Value]) -> tuple[Scope, Run]:
            run = Run(self.now, STEPS)
            found: dict[str, Any] = dict(values)
            for one, expression in steps:
                value = expression.value(self._scope(found, one.entries, run), run)
                found[one.name] = value if one.type is None else enter(value, (one.type,), run)
            return self._scope(found, entries, run), run

        return scope

    def _scope(self, values: Mapping[str, Value], entries: Mapping[str, Type], run: Run) -> Scope:
        inside = {
            name: enter(value, (entries[name],), run) if name in entries else value for name, value in values.items()
        }
        return scope_of(inside, self.parameters)
