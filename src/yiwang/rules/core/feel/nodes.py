"""The syntax tree of FEEL (DMN 1.5, chapter 10.3). One tree, read by the interpreter, the compiler, the proofs and the texts.

Every node carries `at`, the offset of its first character in the text it was read from.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal as OneOf

ArithmeticSign = OneOf["+", "-", "*", "/", "**"]
ComparisonSign = OneOf["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Node:
    at: int


# Literals ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Null(Node):
    pass


@dataclass(frozen=True, slots=True)
class Boolean(Node):
    value: bool


@dataclass(frozen=True, slots=True)
class Number(Node):
    value: Decimal


@dataclass(frozen=True, slots=True)
class String(Node):
    value: str


@dataclass(frozen=True, slots=True)
class Temporal(Node):
    """An `@"…"` literal; `text` is what stands between the quotes. A text that names no moment is null."""

    text: str


# Names, paths, structures -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable or a built-in function, blanks normalised to one. `?` is the input of a unary test."""

    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`target.name`"""

    target: Node
    name: str


@dataclass(frozen=True, slots=True)
class List(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Context(Node):
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Interval(Node):
    """`[low..high]`, closed or open at either end."""

    low: Node
    high: Node
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class UnaryRange(Node):
    """`(< 5)`, `(>= x)`, `(= 5)`, `(!= 5)`: a range written as a comparison."""

    sign: ComparisonSign
    operand: Node


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    type: TypeNode | None


@dataclass(frozen=True, slots=True)
class FunctionLiteral(Node):
    """`function(a, b: number) body`. External functions are refused by the reader and never stand in a tree."""

    parameters: tuple[Parameter, ...]
    body: Node


# Operators --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Negate(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    sign: ArithmeticSign
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    sign: ComparisonSign
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`and`, `or`, three-valued."""

    word: OneOf["and", "or"]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """`value in test` or `value in (test, test)`; true as soon as one test is."""

    value: Node
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    value: Node
    type: TypeNode


# Control ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iterator:
    """`name in domain`, or `name in domain..end` when `end` is given."""

    name: str
    domain: Node
    end: Node | None = None


@dataclass(frozen=True, slots=True)
class For(Node):
    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    word: OneOf["some", "every"]
    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`target[condition]`: by position when the condition is a number, else by truth."""

    target: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`function(a, b)`; with named arguments `names` has one name per argument, else it is empty."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] = ()


# Unary tests: the cells of a decision table -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Test(Node):
    """One test of an input value."""


@dataclass(frozen=True, slots=True)
class AnyTest(Test):
    """`-`: whatever the input is, null too."""


@dataclass(frozen=True, slots=True)
class CompareTest(Test):
    """`< 5`, `>= x`, `= 3`, `!= 3`"""

    sign: ComparisonSign
    operand: Node


@dataclass(frozen=True, slots=True)
class ExpressionTest(Test):
    """A value to equal, a list or range to lie in, or a condition over `?`."""

    expression: Node


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """The tests of one cell: true as soon as one is; `negated` for `not(…)`."""

    tests: tuple[Test, ...]
    negated: bool = False


# Types as written -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TypeNode(Node):
    """A type as written in `instance of`, a parameter or a DMN typeRef."""


@dataclass(frozen=True, slots=True)
class NamedType(TypeNode):
    name: str


@dataclass(frozen=True, slots=True)
class ListType(TypeNode):
    item: TypeNode


@dataclass(frozen=True, slots=True)
class RangeType(TypeNode):
    item: TypeNode


@dataclass(frozen=True, slots=True)
class ContextType(TypeNode):
    members: tuple[tuple[str, TypeNode], ...]


@dataclass(frozen=True, slots=True)
class FunctionType(TypeNode):
    parameters: tuple[TypeNode, ...]
    result: TypeNode
