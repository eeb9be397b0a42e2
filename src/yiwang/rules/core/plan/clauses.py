"""The input clauses of one table: which column each is coded from, and how each of its cells is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yiwang.rules.core.dmn.boxed import DecisionTable, Input
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.interpreter import Run, Scope, prepare, prepare_tests
from yiwang.rules.core.feel.types import Type
from yiwang.rules.core.feel.values import Value
from yiwang.rules.core.feel.writing import write
from yiwang.rules.core.plan.asked import Asked
from yiwang.rules.core.plan.axes import ORDERED
from yiwang.rules.core.plan.buckets import constants
from yiwang.rules.core.plan.columns import Column
from yiwang.rules.core.plan.entering import enter, kind_named, lower_entry, narrowings
from yiwang.rules.core.plan.lowering import Setting, lower, lower_tests
from yiwang.rules.core.plan.names import dotted, reads
from yiwang.rules.core.plan.plan import Account
from yiwang.rules.core.plan.refusal import PlanRefused
from yiwang.rules.core.plan.typed import Typed, Unlowerable
from yiwang.rules.core.plan.universe import Universe

# The widest number a computed column is coded as.
_DIGITS = 34


@dataclass(frozen=True)
class Cell:
    """One test of a clause and the bits that need it: rules, or the bit that says the input was allowed."""

    tests: n.UnaryTests
    bits: tuple[int, ...]
    allowed: bool = False


@dataclass(frozen=True)
class Source:
    """What codes are made from: a column of the table (`expression` None) or an expression. `key` is equal for equal sources."""

    key: str
    column: Column
    expression: Any = None


@dataclass
class Clause:
    """`coded` cells go by buckets of `source`; `flags` are Ibis booleans; `looked` go by distinct values."""

    input: Input
    entry: tuple[Type, ...]
    clause_type: Type
    node: n.Node
    source: Source | None = None
    constants: list[Value] = field(default_factory=list)
    coded: list[Cell] = field(default_factory=list)
    flags: list[tuple[Cell, Any]] = field(default_factory=list)
    looked: list[Cell] = field(default_factory=list)

    def admit(self, value: Value, run: Run) -> Value:
        return enter(value, (*self.entry, self.clause_type), run)


class Reader:
    """Reads the clauses of one decision's table against a universe."""

    def __init__(self, asked: Asked, universe: Universe, setting: Setting) -> None:
        self.asked = asked
        self.universe = universe
        self.plain = setting
        self.setting = universe.entering(setting, asked.entries)
        self.accounts: list[Account] = []

    def clauses(self, table: DecisionTable, sound: int | None) -> list[Clause]:
        return [self._clause(index, one, table, sound) for index, one in enumerate(table.inputs)]

    def _clause(self, index: int, one: Input, table: DecisionTable, sound: int | None) -> Clause:
        path = dotted(one.expression.node)
        raw = path if path in self.universe.columns else None
        entry = (self.asked.entries[raw],) if raw is not None and raw in self.asked.entries else ()
        clause = Clause(one, entry, self.asked.types.of(one.expression.type), one.expression.node)
        cells = _cells(index, table, sound)
        why = self._source(clause, raw)
        whole = why is None and self._typed_constants(clause)
        for cell in cells:
            found = constants(cell.tests, clause.source.column, self.setting) if whole and clause.source else None
            if found is not None:
                clause.coded.append(cell)
                clause.constants += found
                continue
            self._condition(clause, cell)
        self._account_source(clause, why)
        return clause

    def _source(self, clause: Clause, raw: str | None) -> Unlowerable | None:
        """Finds what the clause is coded from; the reason when there is nothing."""
        if raw is not None:
            column = self.universe.columns[raw]
            self._check(clause, column)
            if column.kind in ORDERED or column.kind in ("string", "boolean"):
                clause.source = Source(f"column:{column.name}", column)
            return None
        try:
            one = lower_entry(lower(clause.node, self.setting), (), self.setting)
        except Unlowerable as why:
            return why
        if one.constant or one.kind == "strings":
            return Unlowerable("输入是常量或列表。", "The input is a constant or a list.")
        column = (
            Column("", one.kind, min(one.digits, _DIGITS), one.places) if one.kind == "number" else Column("", one.kind)
        )
        # tables of several files share a column when the expression and what its names may be are the same
        entering = "|".join(self._entering(name) for name in reads(clause.node, self.asked.entries))
        clause.source = Source(f"expression:{write(clause.node)}|{entering}", column, one.expression)
        return None

    def _entering(self, name: str) -> str:
        wanted = self.asked.entries[name]
        return f"{name}:{wanted.name}:{'&'.join(write(one) for one in narrowings(wanted) or ())}"

    def _check(self, clause: Clause, column: Column) -> None:
        for wanted in (*clause.entry, clause.clause_type):
            kind = kind_named(wanted)
            if wanted.name != "Any" and kind != column.kind and not (kind == "strings" or column.kind == "strings"):
                raise PlanRefused(
                    zh=f"列“{column.name}”的类型是 {column.kind}，而输入“{clause.input.label}”要求 {wanted.name}。",
                    en=f"The column {column.name} holds {column.kind}; the input {clause.input.label} asks for {wanted.name}.",
                    where=str(clause.input.place),
                )

    def _typed_constants(self, clause: Clause) -> bool:
        """Adds the constants of the allowed values of the clause's types; False when they are more than constants."""
        if clause.source is None:
            return False
        for wanted in (*clause.entry, clause.clause_type):
            tests = narrowings(wanted)
            for one in tests or ():
                found = constants(one, clause.source.column, self.setting)
                if found is None:
                    return False
                clause.constants += found
            if tests is None:
                return False
        return True

    def _condition(self, clause: Clause, cell: Cell) -> None:
        text = f"{clause.input.label} {write(cell.tests)}"
        try:
            value = lower_entry(lower(clause.node, self.setting), (clause.clause_type,), self.setting)
            found = lower_tests(cell.tests, value, self.setting)
            clause.flags.append((cell, found | value_missing(value) if cell.allowed else found))
            self._account(clause, text, "computed boolean")
        except Unlowerable as why:
            clause.looked.append(cell)
            self._account(clause, text, "by distinct values", why)

    def _account_source(self, clause: Clause, why: Unlowerable | None) -> None:
        if clause.coded and clause.source is not None:
            self._account(clause, write(clause.node), "coded column" if clause.source.expression is None else "lowered")
        elif why is not None:
            self._account(clause, write(clause.node), "by distinct values", why)

    def _account(self, clause: Clause, text: str, how: Any, why: Unlowerable | None = None) -> None:
        zh, en = (why.zh, why.en) if why else ("", "")
        self.accounts.append(Account(self.asked.id, str(clause.input.place), text, how, zh, en))

    # By the interpreter -------------------------------------------------------------------------------------------------

    def judge(self, clause: Clause, cells: Sequence[Cell]) -> Callable[[Value], list[bool]]:
        """Which of the cells a value passes that has not yet entered; cells that read no column."""
        made = [prepare_tests(cell.tests) for cell in cells]
        scope = Scope(dict(self.setting.parameters))

        def passes(value: Value) -> list[bool]:
            run = Run(self.universe.now)
            value = clause.admit(value, run)
            return [
                (cell.allowed and value is None) or one.passes(value, scope, run) is True
                for cell, one in zip(cells, made, strict=True)
            ]

        return passes

    def looker(self, clause: Clause) -> tuple[tuple[str, ...], Callable[[Mapping[str, Value]], list[bool]]]:
        """The columns the looked cells of a clause rest on, and which cells a tuple of them passes."""
        wanted: list[object] = [clause.node, *(cell.tests for cell in clause.looked)]
        sources = self.universe.sources(tuple(wanted))
        scope_of = self.universe.evaluator(self.asked.entries, wanted)
        expression = prepare(clause.node)
        made = [prepare_tests(cell.tests) for cell in clause.looked]

        def passes(values: Mapping[str, Value]) -> list[bool]:
            scope, run = scope_of(values)
            value = enter(expression.value(scope, run), (clause.clause_type,), run)
            return [
                (cell.allowed and value is None) or one.passes(value, scope, run) is True
                for cell, one in zip(clause.looked, made, strict=True)
            ]

        return sources, passes


def value_missing(one: Typed) -> Any:
    return one.expression.isnull()


def _cells(index: int, table: DecisionTable, sound: int | None) -> list[Cell]:
    """The tests of a column, equal ones once, `-` left out."""
    by_text: dict[str, tuple[n.UnaryTests, list[int]]] = {}
    for number, rule in enumerate(table.rules):
        tests = rule.inputs[index].tests
        if not tests.negated and any(isinstance(one, n.AnyTest) for one in tests.tests):
            continue
        by_text.setdefault(write(tests), (tests, []))[1].append(number)
    found = [Cell(tests, tuple(bits)) for tests, bits in by_text.values()]
    allowed = table.inputs[index].values
    if allowed is not None and sound is not None:
        found.append(Cell(allowed, (sound,), allowed=True))
    return found
