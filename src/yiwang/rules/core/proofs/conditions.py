"""The cells of a table as formulas over its inputs: what each compares with a constant, with another input, or asks a function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal as OneOf

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.depth import children
from yiwang.rules.core.feel.values import Range, Value
from yiwang.rules.core.feel.writing import write
from yiwang.rules.core.proofs.evaluation import Judge, open_names, renamed

MARK = "§"


@dataclass(frozen=True, slots=True)
class Inside:
    """Tests of one input against constants."""

    column: int
    tests: n.UnaryTests


@dataclass(frozen=True, slots=True)
class Against:
    """One input compared with something that changes from row to row; `right` may name inputs as §1, §2…"""

    column: int
    sign: n.ComparisonSign
    right: n.Node


@dataclass(frozen=True, slots=True)
class Asked:
    """Any other condition. `tests` of the input `column` when it is a cell's test, else a truth of its own."""

    columns: tuple[int, ...]
    column: int
    condition: n.Node
    loose: bool  # reads something that is no input of the table

    @property
    def key(self) -> str:
        subject = f"{MARK}{self.column} " if isinstance(self.condition, n.UnaryTests) else ""
        return subject + write(self.condition)


@dataclass(frozen=True, slots=True)
class Joined:
    word: OneOf["and", "or"]
    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Opposite:
    part: Formula


Formula = Inside | Against | Asked | Joined | Opposite

_SCALAR = (n.Name, n.Path, n.Arithmetic, n.Negate, n.Call)
_MIRRORED: dict[str, n.ComparisonSign] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Reader:
    """Turns cells into formulas. `places` gives the mark of each column by the text of its expression."""

    judge: Judge
    places: Mapping[str, str]

    def cell(self, column: int, tests: n.UnaryTests) -> Formula:
        own = renamed(tests, {**self.places, "?": mark(column)})
        parts = tuple(self._test(column, test) for test in own.tests)
        whole: Formula
        if all(isinstance(part, Inside) and part.column == column for part in parts):
            joined = tuple(test for part in parts for test in part.tests.tests)  # type: ignore[union-attr]
            return Inside(column, n.UnaryTests(0, joined, own.negated))
        whole = parts[0] if len(parts) == 1 else Joined("or", parts)
        return Opposite(whole) if own.negated else whole

    def _test(self, column: int, test: n.Test) -> Formula:
        if isinstance(test, n.AnyTest):
            return Inside(column, n.UnaryTests(0, (test,)))
        if isinstance(test, n.CompareTest):
            return self._compared(column, test.sign, test.operand)
        assert isinstance(test, n.ExpressionTest)
        node = test.expression
        if mark(column) not in open_names(node):
            return self._value(column, node)
        if _is_condition(node):
            return self._truth(node)
        # A truth or a value to equal: which of them shows only when it is worked out.
        own = renamed(node, {mark(column): "?"})
        return self._asked(n.UnaryTests(0, (n.ExpressionTest(0, own),)), column)

    def _value(self, column: int, node: n.Node) -> Formula:
        """A value to equal, or a list or range to lie in."""
        if self.judge.constant(node):
            return Inside(column, n.UnaryTests(0, (n.ExpressionTest(0, node),)))
        if isinstance(node, n.Interval):
            low = self._compared(column, ">=" if node.low_closed else ">", node.low)
            high = self._compared(column, "<=" if node.high_closed else "<", node.high)
            return Joined("and", (low, high))
        if isinstance(node, n.UnaryRange):
            return self._compared(column, node.sign, node.operand)
        if isinstance(node, n.List):
            return Joined("or", tuple(self._value(column, item) for item in node.items))
        if isinstance(node, _SCALAR):
            return self._compared(column, "=", node)
        return self._asked(n.UnaryTests(0, (n.ExpressionTest(0, node),)), column)

    def _compared(self, column: int, sign: n.ComparisonSign, operand: n.Node) -> Formula:
        if self.judge.constant(operand):
            return Inside(column, n.UnaryTests(0, (n.CompareTest(0, sign, operand),)))
        return Against(column, sign, operand)

    def _truth(self, node: n.Node) -> Formula:
        if isinstance(node, n.Logic):
            return Joined(node.word, (self._truth(node.left), self._truth(node.right)))
        if isinstance(node, n.Call) and _called(node) == "not" and len(node.arguments) == 1:
            return Opposite(self._truth(node.arguments[0]))
        if isinstance(node, n.Comparison):
            left, right = column_of(node.left), column_of(node.right)
            if left is not None:
                return self._compared(left, node.sign, node.right)
            if right is not None:
                return self._compared(right, _MIRRORED[node.sign], node.left)
        if isinstance(node, n.Between):
            column = column_of(node.value)
            if column is not None:
                return self._value(column, n.Interval(0, node.low, node.high, True, True))
        if isinstance(node, n.In):
            column = column_of(node.value)
            if column is not None:
                return Joined("or", tuple(self._test(column, test) for test in node.tests))
        if isinstance(node, n.Name) and column_of(node) is not None:
            return self._compared(column_of(node) or 0, "=", n.Boolean(0, True))
        return self._asked(node, -1)

    def _asked(self, condition: n.Node, column: int) -> Asked:
        names = open_names(condition) - {"?"}
        columns = {int(name[1:]) for name in names if name.startswith(MARK)} | ({column} if column >= 0 else set())
        loose = any(not name.startswith(MARK) and name not in self.judge.parameters for name in names)
        return Asked(tuple(sorted(columns)), column, condition, loose)


def mark(column: int) -> str:
    return f"{MARK}{column}"


def column_of(node: n.Node) -> int | None:
    """The input a node names."""
    return int(node.name[1:]) if isinstance(node, n.Name) and node.name.startswith(MARK) else None


def _called(node: n.Call) -> str:
    return node.function.name if isinstance(node.function, n.Name) else ""


def _is_condition(node: n.Node) -> bool:
    """Whether an expression over `?` is a truth rather than a value to compare the input with."""
    if isinstance(node, (n.Comparison, n.Logic, n.Between, n.In, n.InstanceOf, n.Quantified)):
        return True
    return isinstance(node, n.Call) and _called(node) in _TRUTHS


_TRUTHS = frozenset(
    {
        "not", "starts with", "ends with", "contains", "matches", "list contains", "all", "any", "even", "odd", "is defined", "is",
        "before", "after", "meets", "met by", "overlaps", "overlaps before", "overlaps after", "finishes", "finished by", "includes",
        "during", "starts", "started by", "coincides",
    }
)  # fmt: skip


def atoms(formula: Formula) -> list[Inside | Against | Asked]:
    """The conditions of a formula, in order."""
    if isinstance(formula, Joined):
        return [atom for part in formula.parts for atom in atoms(part)]
    return atoms(formula.part) if isinstance(formula, Opposite) else [formula]


def constants(atom: Inside | Against | Asked, judge: Judge) -> list[Value]:
    """Every constant value an atom compares with, ends of ranges and items of lists one by one."""
    found: list[Value] = []
    waiting: list[object] = [
        atom.tests if isinstance(atom, Inside) else atom.right if isinstance(atom, Against) else atom.condition
    ]
    while waiting:
        node = waiting.pop()
        if isinstance(node, n.Node) and not isinstance(node, (n.Test, n.UnaryTests, n.Name)) and judge.constant(node):
            found.extend(_flat(judge.value(node)))
        elif isinstance(node, n.Name) and node.name in judge.parameters:
            found.extend(_flat(judge.parameters[node.name]))
        else:
            waiting.extend(children(node))
    return found


def _flat(value: Value) -> list[Value]:
    if isinstance(value, list):
        return [part for item in value for part in _flat(item)]
    if isinstance(value, Range):
        return [*_flat(value.low), *_flat(value.high)]
    return [value]
