"""Boxed expressions (DMN 1.5, chapters 7 and 8): what a decision's logic may be, FEEL already parsed.

`type` is the typeRef as FEEL writes it, None when none was given.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal as OneOf

from yiwang.rules.core.dmn.places import Place
from yiwang.rules.core.feel import nodes


class HitPolicy(Enum):
    UNIQUE = "U"
    ANY = "A"
    PRIORITY = "P"
    FIRST = "F"
    RULE_ORDER = "R"
    OUTPUT_ORDER = "O"
    COLLECT = "C"

    @property
    def many(self) -> bool:
        """Whether several hits are several results."""
        return self in (HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT)

    @property
    def ordered(self) -> bool:
        """Whether the order of the output values decides."""
        return self in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)


Aggregation = OneOf["SUM", "MIN", "MAX", "COUNT"]


@dataclass(frozen=True, slots=True)
class Boxed:
    place: Place
    type: str | None


@dataclass(frozen=True, slots=True)
class Literal(Boxed):
    """A FEEL expression; `text` is as the author wrote it."""

    text: str
    node: nodes.Node


@dataclass(frozen=True, slots=True)
class Input:
    """A column of conditions: `values` are the tests its value must pass, None when any may come."""

    place: Place
    label: str
    expression: Literal
    values: nodes.UnaryTests | None = None
    values_text: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """A column of results. For P and O the order of `values` is their priority, highest first."""

    place: Place
    name: str
    label: str
    type: str | None
    values: nodes.UnaryTests | None = None
    values_text: str = ""
    default: Literal | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    place: Place
    text: str
    tests: nodes.UnaryTests


@dataclass(frozen=True, slots=True)
class Rule:
    place: Place
    inputs: tuple[Cell, ...]
    outputs: tuple[Literal, ...]
    annotations: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class DecisionTable(Boxed):
    """Orientation is a matter of drawing: rules as rows, as columns and crosstabs are the same rules."""

    policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Invocation(Boxed):
    """`bindings` are (parameter, its type, expression); a binding without an expression is null."""

    function: Boxed
    bindings: tuple[tuple[str, str | None, Boxed | None], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell of a boxed context; the one without a name is its result."""

    name: str | None
    type: str | None
    expression: Boxed


@dataclass(frozen=True, slots=True)
class BoxedContext(Boxed):
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Relation(Boxed):
    columns: tuple[tuple[str, str | None], ...]
    rows: tuple[tuple[Boxed, ...], ...]


@dataclass(frozen=True, slots=True)
class BoxedList(Boxed):
    items: tuple[Boxed, ...]


@dataclass(frozen=True, slots=True)
class BoxedFunction(Boxed):
    """`body` None returns null."""

    parameters: tuple[tuple[str, str | None], ...]
    body: Boxed | None


@dataclass(frozen=True, slots=True)
class Conditional(Boxed):
    condition: Boxed
    then: Boxed
    otherwise: Boxed


@dataclass(frozen=True, slots=True)
class BoxedFor(Boxed):
    variable: str
    domain: Boxed
    body: Boxed


@dataclass(frozen=True, slots=True)
class BoxedFilter(Boxed):
    domain: Boxed
    condition: Boxed


@dataclass(frozen=True, slots=True)
class BoxedQuantified(Boxed):
    word: OneOf["some", "every"]
    variable: str
    domain: Boxed
    condition: Boxed
