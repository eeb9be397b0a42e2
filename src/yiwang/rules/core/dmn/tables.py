"""Decision tables (DMN 1.5, chapter 8): which rules hit, and what the hit policy makes of them.

A table never answers by chance: several hits under UNIQUE, differing hits under ANY, an input or output outside its declared values give
null with a note that names the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from yiwang.rules.core.dmn import aggregation, cells
from yiwang.rules.core.dmn.boxed import DecisionTable, HitPolicy, Literal, Output, Rule
from yiwang.rules.core.dmn.lookups import lookup
from yiwang.rules.core.dmn.tracing import Misses, TableTrace, TracedRun
from yiwang.rules.core.dmn.typing import Types, admission, entered, order_of
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.comparing import equal
from yiwang.rules.core.feel.interpreter import Tests, prepare_tests
from yiwang.rules.core.feel.running import MAKERS, Closure, Making, Run, Scope
from yiwang.rules.core.feel.types import Type
from yiwang.rules.core.feel.values import Date, DateTime, NoValue, Time, Value

# Sets of hits that are remembered by their bits.
_REMEMBERED = 4_096
_LITERALS = (n.Number, n.String, n.Boolean, n.Null)
_SOME_DAY = DateTime(Date(2000, 1, 1), Time(0, 0, 0))


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of results: its type, the values it may have, and the tests that rank them."""

    name: str
    label: str
    type: Type
    admits: Callable[[Value], bool]
    values: Tests | None
    ranks: tuple[Tests, ...]
    default: Closure | None


@dataclass(frozen=True, slots=True)
class _Rule:
    """`cells` are the tests that are not `-`, each with the index of its column."""

    cells: tuple[tuple[int, cells.Passing], ...]
    outputs: tuple[Closure, ...]


def prepare_table(table: DecisionTable, types: Types, making: Making, around: str | None) -> Closure:
    """The table as a closure. `around` is the type of what it decides, where the table itself says none."""
    return _Table(table, types, making, table.type or around).decide


class _Table:
    def __init__(self, table: DecisionTable, types: Types, making: Making, around: str | None) -> None:
        self.table = table
        self.inputs = [
            (
                MAKERS.make(one.expression.node, making),
                admission(types.of(one.expression.type)),
                types.of(one.expression.type),
                None if one.values is None else cells.passing(one.values, making.types),
                one.label,
            )
            for one in table.inputs
        ]
        self.columns = [_column(one, table, types, making, around) for one in table.outputs]
        asked = [
            [None if _any(cell.tests) else cells.passing(cell.tests, making.types) for cell in rule.inputs]
            for rule in table.rules
        ]
        self.rules = [
            _Rule(
                tuple((index, passing) for index, passing in enumerate(row) if passing is not None),
                tuple(MAKERS.make(one.node, making) for one in rule.outputs),
            )
            for rule, row in zip(table.rules, asked, strict=True)
        ]
        columns = [
            lookup([(rule.inputs[at].tests, row[at]) for rule, row in zip(table.rules, asked, strict=True)])
            for at in range(len(table.inputs))
        ]
        # None: some cell must be asked by itself
        self.lookups = None if None in columns else [one for one in columns if one is not None]
        self.matched: dict[int, tuple[int, ...]] = {}
        self.many = table.policy.many and table.aggregation is None
        self.ordered, self.several = table.policy.ordered, table.policy.many
        self.full = (1 << len(self.rules)) - 1
        self.names = [column.name for column in self.columns]
        self.defaults = any(column.default is not None for column in self.columns)
        self.constant: dict[int, list[Any]] = {}
        for number, rule in enumerate(table.rules):
            self._keep(number, rule)

    def _keep(self, number: int, rule: Rule) -> None:
        """Outputs that are literals, and allowed, are the same in every run."""
        literal = all(isinstance(one.node, _LITERALS) for one in rule.outputs)
        if literal and all(one.values is None or cells.simple(one.values.node) for one in self.columns):
            run = Run(_SOME_DAY)
            row = self._row(number, Scope({}), run)
            if row is not None and not run.notes:
                self.constant[number] = row

    # Which rules hit -----------------------------------------------------------------------------------------------------

    def decide(self, scope: Scope, run: Run) -> Value:
        run.step(len(self.rules) + 1)
        values: list[Any] = []
        for closure, admits, wanted, allowed, label in self.inputs:
            value = closure(scope, run)
            if not admits(value):
                value = entered(value, wanted, run, (f"输入“{label}”", f"input “{label}”"))
            if allowed is not None and value is not None and allowed(value, scope, run) is not True:
                run.note(
                    f"输入“{label}”的值不在允许之列。",
                    f"The value of the input “{label}” is not among its allowed values.",
                )
                return None
            values.append(value)
        passed = self._passed(values)
        if passed is not None:
            hits = self._matched(passed)
        else:
            hits, misses = self._asked(values, scope, run)
        result = self._result(hits, scope, run)
        if isinstance(run, TracedRun):
            missed = (lambda: misses) if passed is None else partial(self._misses, passed)
            run.table(TableTrace(self.table.place, tuple(values), hits, result, missed))
        return result

    def _passed(self, values: list[Any]) -> list[int] | None:
        """Of each column the rules whose cell its value passes, as bits; None when cells must be asked one by one."""
        if self.lookups is None:
            return None
        found = []
        for column, value in zip(self.lookups, values, strict=True):
            bits = column(value)
            if bits is None:
                return None
            found.append(bits)
        return found

    def _matched(self, passed: list[int]) -> tuple[int, ...]:
        every = self.full
        for bits in passed:
            every &= bits
        hits = self.matched.get(every)
        if hits is None:
            hits = tuple(number for number in range(len(self.rules)) if every >> number & 1)
            if len(self.matched) < _REMEMBERED:
                self.matched[every] = hits
        return hits

    def _misses(self, passed: list[int]) -> Misses:
        failing = (
            next((column for column, bits in enumerate(passed) if not bits >> number & 1), None)
            for number in range(len(self.rules))
        )
        return tuple((number, column) for number, column in enumerate(failing) if column is not None)

    def _asked(self, values: list[Any], scope: Scope, run: Run) -> tuple[tuple[int, ...], Misses]:
        """Rule by rule, cell by cell: those that hit, and each other with its first failing cell."""
        hits: list[int] = []
        misses: list[tuple[int, int]] = []
        first_only = self.table.policy is HitPolicy.FIRST and not isinstance(run, TracedRun)
        for number, rule in enumerate(self.rules):
            for column, passes in rule.cells:
                if passes(values[column], scope, run) is not True:
                    misses.append((number, column))
                    break
            else:
                hits.append(number)
                if first_only:
                    break
        return tuple(hits), tuple(misses)

    # What the hit policy makes of them -----------------------------------------------------------------------------------

    def _result(self, hits: tuple[int, ...], scope: Scope, run: Run) -> Value:
        if not hits:
            return self._nothing(scope, run)
        if self.table.policy is HitPolicy.UNIQUE and len(hits) > 1:
            self._violated(hits, run, "UNIQUE", "只能命中一条", "only one may match")
            return None
        if self.table.policy is HitPolicy.FIRST:
            hits = hits[:1]
        rows = []
        for number in hits:
            row = self._row(number, scope, run)
            if row is None:
                return None
            rows.append(row)
        if self.table.policy is HitPolicy.ANY and not all(_same(rows[0], row) for row in rows[1:]):
            self._violated(hits, run, "ANY", "命中各条的结果应相同", "all that match must agree")
            return None
        if self.ordered:
            rows.sort(key=lambda row: self._rank(row, scope, run))
        if not self.several:
            return self._shaped(rows[0])
        shaped = [self._shaped(row) for row in rows]
        if self.table.aggregation is None:
            return shaped
        try:
            return aggregation.AGGREGATIONS[self.table.aggregation](shaped)
        except NoValue as why:
            run.note(why.zh, why.en)
            return None

    def _violated(self, hits: tuple[int, ...], run: Run, policy: str, zh: str, en: str) -> None:
        rules = [str(number + 1) for number in hits]
        run.note(
            f"违反命中策略 {policy}：规则 {'、'.join(rules)} 同时命中，而{zh}。",
            f"The hit policy {policy} is violated: rules {', '.join(rules)} match, yet {en}.",
        )

    def _row(self, number: int, scope: Scope, run: Run) -> list[Any] | None:
        """The outputs of a rule; None when one is outside its output values."""
        if (constant := self.constant.get(number)) is not None:
            return constant
        row = []
        for closure, column in zip(self.rules[number].outputs, self.columns, strict=True):
            value = closure(scope, run)
            if not column.admits(value):
                value = entered(value, column.type, run, (f"输出“{column.label}”", f"output “{column.label}”"))
            if column.values is not None and value is not None and column.values.passes(value, scope, run) is not True:
                run.note(
                    f"规则 {number + 1} 的输出“{column.label}”不在输出值之列。",
                    f"The output “{column.label}” of rule {number + 1} is not among the output values.",
                )
                return None
            row.append(value)
        return row

    def _rank(self, row: list[Any], scope: Scope, run: Run) -> tuple[int, ...]:
        """Places in the order of output values, column by column; what is not listed comes last."""
        ranks = []
        for value, column in zip(row, self.columns, strict=True):
            if column.ranks:
                listed = (place for place, tests in enumerate(column.ranks) if tests.passes(value, scope, run) is True)
                ranks.append(next(listed, len(column.ranks)))
        return tuple(ranks)

    def _shaped(self, row: list[Any]) -> Value:
        if len(self.columns) == 1:
            return row[0]  # type: ignore[no-any-return]
        return dict(zip(self.names, row, strict=True))

    def _nothing(self, scope: Scope, run: Run) -> Value:
        """No rule matched: the default outputs where there are some; an empty list where several hits were a list."""
        if self.defaults:
            row = [None if column.default is None else column.default(scope, run) for column in self.columns]
            value = self._shaped(row)
            return [value] if self.many and not isinstance(value, list) else value
        if self.many:
            return []
        if self.table.aggregation == "COUNT":
            return Decimal(0)
        run.note("没有规则命中，也没有缺省输出。", "No rule matched and there is no default output.")
        return None


def _column(output: Output, table: DecisionTable, types: Types, making: Making, around: str | None) -> _Column:
    ranks: tuple[Tests, ...] = ()
    # Where some outputs list their values, those without are not considered; else the types may give an order.
    if table.policy.ordered and (output.values is not None or all(one.values is None for one in table.outputs)):
        order = order_of(types.model, output, around, len(table.outputs))
        if order is not None:
            ranks = tuple(prepare_tests(n.UnaryTests(one.at, (one,)), making.types) for one in order.tests)
    wanted = types.of(output.type)
    return _Column(
        name=output.name,
        label=output.label or output.name or table.place.label,
        type=wanted,
        admits=admission(wanted),
        values=None if output.values is None else prepare_tests(output.values, making.types),
        ranks=ranks,
        default=None if output.default is None else _default(output.default, making),
    )


def _default(literal: Literal, making: Making) -> Closure:
    return MAKERS.make(literal.node, making)


def _any(tests: n.UnaryTests) -> bool:
    return not tests.negated and any(isinstance(one, n.AnyTest) for one in tests.tests)


def _same(one: list[Any], other: list[Any]) -> bool:
    return all(left is right or equal(left, right) is True for left, right in zip(one, other, strict=True))
