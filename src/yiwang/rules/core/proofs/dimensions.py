"""The dimensions of a table's space: its inputs, what they are compared with, and conditions taken as free."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal as OneOf

from yiwang.rules.core.dmn.boxed import Input
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.comparing import kind
from yiwang.rules.core.feel.values import DateTime, Time, Value
from yiwang.rules.core.feel.wording import Words
from yiwang.rules.core.proofs.conditions import Against, Asked, Inside
from yiwang.rules.core.proofs.domains import Domain
from yiwang.rules.core.proofs.evaluation import Judge
from yiwang.rules.core.proofs.findings import Assumption, Unprovable
from yiwang.rules.core.proofs.regions import NULL, Region, others, points_of, stretches, truths, within
from yiwang.rules.core.proofs.scales import Scale, Strings, scale_of


@dataclass(frozen=True, slots=True)
class Dimension:
    """`free` ones are conditions or relations whose outcomes are taken as independent of the inputs.

    `node` is what a term or a condition reads, `pair` the two dimensions of a relation.
    """

    name: str
    kind: OneOf["input", "term", "relation", "condition"]
    regions: tuple[Region, ...]
    scale: Scale | None = None
    domain: Domain = Domain()
    words: Words = Words("", "")
    type: str = ""
    node: n.Node | None = None
    pair: tuple[int, int] = (-1, -1)

    @property
    def all(self) -> int:
        return (1 << len(self.regions)) - 1

    @property
    def free(self) -> bool:
        return self.kind in ("relation", "condition")

    @property
    def null(self) -> int:
        """The bit of null; 0 where the input is never empty."""
        return sum(1 << place for place, region in enumerate(self.regions) if region.kind == "null")

    @property
    def finite(self) -> bool:
        return all(region.single for region in self.regions)


@dataclass(slots=True)
class Column:
    """An input while its dimension is worked out. `atoms` are the conditions on it, `wide` those that ask a function of it."""

    name: str
    text: str
    type: str
    domain: Domain
    values: n.UnaryTests | None
    constants: list[Value] = field(default_factory=list)
    ordered: bool = False
    wide: bool = False


def label(column: Input) -> str:
    return column.label or column.expression.text


def domain_for(column: Input, domains: Mapping[str, Domain]) -> Domain:
    """What the caller said of an input, by its label, else by its expression."""
    return (
        domains.get(column.label)
        or domains.get(column.expression.text)
        or domains.get(" ".join(column.expression.text.split()))
        or Domain()
    )


BASIC = frozenset(
    (
        "boolean",
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "years and months duration",
        "days and time duration",
    )
)
ORDERED = frozenset({"<", "<=", ">", ">="})


def asks_order(atom: Inside | Against | Asked) -> bool:
    """Whether an atom tells smaller from larger."""
    if isinstance(atom, Against):
        return atom.sign in ORDERED
    if isinstance(atom, Asked):
        return False
    return any(_ordered_test(test) for test in atom.tests.tests)


def _ordered_test(test: n.Test) -> bool:
    if isinstance(test, n.CompareTest):
        return test.sign in ORDERED
    held = test.expression if isinstance(test, n.ExpressionTest) else None
    items = held.items if isinstance(held, n.List) else (held,)
    # A parameter or a call may give a range; a text, a number or a date written out may not.
    plain = (n.Null, n.Boolean, n.Number, n.String, n.Temporal, n.Negate)
    return any(item is not None and not isinstance(item, plain) for item in items)


def dimension(column: Column, judge: Judge, notes: list[Assumption]) -> Dimension:
    """The regions of an input. Raises Unprovable where its values cannot be put in order."""
    tests = [tests for tests in (column.values, column.domain.allowed) if tests is not None]
    nullable = _nullable(column, tests, judge, notes)

    def allowed(value: Value) -> bool | None:
        return all(judge.passes(each, value) is True for each in tests)

    named = column.domain.type or column.type
    kind_of = (
        named if named in BASIC or named.startswith(("list", "context", "range", "function")) else _guessed(column)
    )
    words = Words(column.name, column.name)
    if kind_of == "boolean":
        return Dimension(
            column.text, "input", tuple(within(truths(), allowed, nullable)), None, column.domain, words, kind_of
        )
    # Where functions are most often null: nothing to divide by, nothing written.
    edges: list[Value] = [Decimal(0), ""] if column.wide else []
    matching = [value for value in (*column.constants, *edges) if value is not None and kind(value) == kind_of]
    scale = scale_of(kind_of, column.domain.step, _zoned(column, matching))
    if scale is None:
        whole = [Region("other", None)] + ([NULL] if nullable else [])
        return Dimension(column.text, "input", tuple(whole), None, column.domain, words, kind_of)
    if isinstance(scale, Strings) and not column.ordered:
        regions = within(others(str(value) for value in matching), allowed, nullable)
        return Dimension(column.text, "input", tuple(regions), scale, column.domain, words, kind_of)
    keys = [key for value in matching if (key := scale.key(value)) is not None]
    regions = within(stretches(scale, keys), allowed, nullable)
    if column.wide:
        points = points_of(scale, regions)
        if points is not None:
            regions = within(stretches(scale, [*keys, *points]), allowed, nullable)
    return Dimension(column.text, "input", tuple(regions), scale, column.domain, words, kind_of)


def _nullable(column: Column, tests: list[n.UnaryTests], judge: Judge, notes: list[Assumption]) -> bool:
    if column.domain.nullable is not None:
        return column.domain.nullable
    if tests:
        return all(judge.passes(each, None) is True for each in tests)
    # Whoever wrote a cell for the empty input expects one.
    if any(value is None for value in column.constants):
        return True
    notes.append(
        Assumption(
            zh=f"没有声明“{column.name}”可否为空，按不为空证明",
            en=f'nobody said whether "{column.name}" may be empty; proved as never empty',
        )
    )
    return False


def _guessed(column: Column) -> str:
    """The type all constants have, where nobody named one."""
    found = {kind(value) for value in column.constants if value is not None}
    if len(found) == 1:
        return found.pop()
    if not found:
        return "Any"
    raise Unprovable(
        f"“{column.name}”没有声明类型，各格所用的类型又不一致",
        f'"{column.name}" has no declared type and its cells use several',
    )


def _zoned(column: Column, values: Iterable[Value]) -> bool:
    zoned = {
        (value.time if isinstance(value, DateTime) else value).zone is not None
        for value in values
        if isinstance(value, (DateTime, Time))
    }
    if len(zoned) > 1:
        raise Unprovable(
            f"“{column.name}”的各格有的带时区，有的不带，两者不能比较",
            f'some cells of "{column.name}" have a zone and some have none; they cannot be compared',
        )
    return True in zoned
