"""The outputs of each rule as constants or Ibis expressions, and the columns they fill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yiwang.rules.core.dmn.boxed import DecisionTable, Literal, Output
from yiwang.rules.core.dmn.typing import order_of
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.interpreter import Run, Scope, prepare, prepare_tests
from yiwang.rules.core.feel.types import ANY, Type
from yiwang.rules.core.feel.values import Value
from yiwang.rules.core.feel.writing import write
from yiwang.rules.core.plan.asked import Asked
from yiwang.rules.core.plan.columns import Column
from yiwang.rules.core.plan.entering import enter, lower_entry
from yiwang.rules.core.plan.guessing import valued_column
from yiwang.rules.core.plan.lowering import Setting, lower
from yiwang.rules.core.plan.outcomes import Judge, Row, Rows
from yiwang.rules.core.plan.plan import Account, How, Valued
from yiwang.rules.core.plan.refusal import PlanRefused
from yiwang.rules.core.plan.stages import Opening
from yiwang.rules.core.plan.typed import Typed, Unlowerable, constant, digits_of, unified
from yiwang.rules.core.plan.universe import Universe


@dataclass(frozen=True)
class Results:
    rows: Rows
    columns: tuple[Column, ...]
    accounts: tuple[Account, ...]

    def judge(self, asked: Asked, sound: int | None) -> Judge:
        table = asked.logic if isinstance(asked.logic, DecisionTable) else None
        return Judge(table, self.rows, sound, asked.type)


def results_of(opening: Opening) -> tuple[dict[str, Results], list[Valued]]:
    """The results of every decision of a stage, and the columns that must be there before. Raises PlanRefused."""
    valued: dict[tuple[str, str], Valued] = {}
    setting = opening.universe.setting()
    for asked in opening.decisions:
        inside = opening.universe.entering(setting, asked.entries)
        for output, literal in _cells(asked):
            key = (asked.id, write(literal.node))
            if key not in valued and not _lowers(literal.node, asked, output, inside):
                valued[key] = _valued(opening, asked, output, literal, len(valued))
    universe = opening.widened(tuple(valued.values()))
    setting = universe.setting() if valued else setting
    found = {}
    for asked in opening.decisions:
        names = {text: one.feel_name for (owner, text), one in valued.items() if owner == asked.id}
        try:
            found[asked.id] = _Reader(asked, universe, universe.entering(setting, asked.entries), names).results(
                opening
            )
        except Unlowerable as why:
            raise PlanRefused(
                zh=f"决策“{asked.id}”的输出不能对全体计算：{why.zh}",
                en=f"The outputs of the decision {asked.id} cannot be computed for all: {why.en}",
                where=str(asked.logic.place),
            ) from why
    return found, list(valued.values())


def _cells(asked: Asked) -> list[tuple[Output | None, Literal]]:
    if isinstance(asked.logic, Literal):
        return [(None, asked.logic)]
    table = asked.logic
    return [
        *((output, cell) for rule in table.rules for output, cell in zip(table.outputs, rule.outputs, strict=True)),
        *((output, output.default) for output in table.outputs if output.default is not None),
    ]


def _type(asked: Asked, output: Output | None) -> Type:
    return asked.type if output is None else asked.types.of(output.type)


def _lowers(node: n.Node, asked: Asked, output: Output | None, setting: Setting) -> bool:
    try:
        lower_entry(lower(node, setting), (_type(asked, output),), setting)
    except Unlowerable:
        return setting.fixed(node)
    return True


def _valued(opening: Opening, asked: Asked, output: Output | None, literal: Literal, at: int) -> Valued:
    universe, wanted = opening.base, _type(asked, output)
    column = valued_column(f"_v{opening.number}_{at}", literal.node, wanted if wanted != ANY else None)
    scope_of = universe.evaluator(asked.entries, [literal.node])
    expression = prepare(literal.node)

    def evaluate(values: Mapping[str, Value]) -> Value:
        scope, run = scope_of(values)
        return enter(expression.value(scope, run), (wanted,), run)

    return Valued(f"·{asked.id}·{at}", column, universe.sources(literal.node), evaluate)


class _Reader:
    def __init__(self, asked: Asked, universe: Universe, setting: Setting, names: Mapping[str, str]) -> None:
        self.asked = asked
        self.universe = universe
        self.setting = setting
        self.names = names
        self.accounts: list[Account] = []

    def results(self, opening: Opening) -> Results:
        at = opening.numbers[self.asked.id]
        if isinstance(self.asked.logic, Literal):
            value = self._value(self.asked.logic, None)
            rows = Rows(((value,),), None, ())
            return Results(rows, (_column(f"_o{at}_0", value),), tuple(self.accounts))
        table = self.asked.logic
        rules = tuple(self._row(table, rule.outputs) for rule in table.rules)
        default = None
        if any(output.default is not None for output in table.outputs):
            default = tuple(
                constant(None) if output.default is None else self._value(output.default, None, ANY)
                for output in table.outputs
            )
        rows = Rows(rules, default, self._ranks(table, rules))
        # several results are listed in one column too: what has no type in common is refused now
        wide = [self._wide(table, rows, place) for place in range(len(table.outputs))]
        columns: tuple[Column, ...] = ()
        if not table.policy.many or table.aggregation is not None:
            columns = tuple(_column(f"_o{at}_{place}", one) for place, one in enumerate(wide))
        return Results(rows, columns, tuple(self.accounts))

    def _row(self, table: DecisionTable, cells: Sequence[Literal]) -> Row | None:
        row = []
        for output, cell in zip(table.outputs, cells, strict=True):
            value = self._value(cell, output)
            if output.values is not None and not value.constant:
                raise PlanRefused(
                    zh=f"输出“{output.label}”列有输出值清单，规则里却是计算式“{cell.text}”。",
                    en=f"The output {output.label} lists its values, yet a rule computes it: {cell.text}.",
                    where=str(cell.place),
                )
            if output.values is not None and value.value is not None and not self._passes(output.values, value.value):
                return None
            row.append(value)
        return tuple(row)

    def _passes(self, tests: n.UnaryTests, value: Value) -> bool:
        return prepare_tests(tests).passes(value, Scope(dict(self.setting.parameters)), Run(self.setting.now)) is True

    def _value(self, cell: Literal, output: Output | None, wanted: Type | None = None) -> Typed:
        wanted = wanted or _type(self.asked, output)
        text = write(cell.node)
        if text in self.names:
            self._account(cell, "by distinct values")
            return self.setting.columns[self.names[text]]
        if self.setting.fixed(cell.node):
            self._account(cell, "constant")
            return constant(enter(self.setting.value(cell.node), (wanted,), Run(self.setting.now)))
        self._account(cell, "lowered")
        return lower_entry(lower(cell.node, self.setting), (wanted,), self.setting)

    def _account(self, cell: Literal, how: How) -> None:
        self.accounts.append(Account(self.asked.id, str(cell.place), cell.text, how))

    def _ranks(self, table: DecisionTable, rules: Sequence[Row | None]) -> tuple[tuple[int, ...], ...]:
        if not table.policy.ordered:
            return ()
        around, count = table.type or self.asked.around, len(table.outputs)
        orders = [order_of(self.asked.types.model, output, around, count) for output in table.outputs]
        return tuple(() if row is None else self._rank(table, row, orders) for row in rules)

    def _rank(self, table: DecisionTable, row: Row, orders: Sequence[n.UnaryTests | None]) -> tuple[int, ...]:
        ranks = []
        for value, order in zip(row, orders, strict=True):
            if order is None:
                continue
            if not value.constant:
                raise PlanRefused(
                    zh="优先级由计算出来的输出决定，不能对全体执行。",
                    en="The priority hangs on a computed output and cannot be taken for a population.",
                    where=str(table.place),
                )
            tests = [n.UnaryTests(one.at, (one,)) for one in order.tests]
            listed = (at for at, one in enumerate(tests) if self._passes(one, value.value))
            ranks.append(next(listed, len(tests)))
        return tuple(ranks)

    def _wide(self, table: DecisionTable, rows: Rows, place: int) -> Typed:
        """The type of an output whatever rules hit."""
        options = [row[place] for row in rows.rules if row is not None]
        if table.aggregation == "COUNT":
            options = [Typed("number", None, len(table.rules), 0)]
        if table.aggregation == "SUM":
            numbers = [one for one in options if one.kind == "number"]
            places = max((one.places for one in numbers), default=0)
            top = sum(one.top * 10 ** (places - one.places) for one in numbers)
            options = [Typed("number", None, top, places)]
        if rows.default is not None:
            options.append(rows.default[place])
        if not options:
            return Typed("null")
        return unified(options)


def _column(name: str, wide: Typed) -> Column:
    if wide.kind == "number":
        return Column(name, "number", digits_of(wide.top, wide.places), wide.places)
    return Column(name, "string" if wide.kind == "null" else wide.kind)
