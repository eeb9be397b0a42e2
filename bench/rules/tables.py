"""The decision tables as the peers read them: a small reader of its own, so that no peer leans on our reading of DMN.

It knows what the tables of the pack use and refuses the rest: cells of `-`, `null`, constants, comparisons, ranges, lists and
`not(…)`; outputs of numbers, texts, names, `+ - *`, `min` and `max`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

from bench.rules.task import INPUTS

DMN = "{https://www.omg.org/spec/DMN/20230324/MODEL/}"
Constant = str | Decimal
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class UnreadTable(Exception):
    """The bench's own reader does not know what stands there."""


@dataclass(frozen=True)
class Range:
    """`None` is an open side."""

    low: Decimal | None
    low_in: bool
    high: Decimal | None
    high_in: bool


@dataclass(frozen=True)
class Cell:
    """Passes when any of its tests does (`negated`: when none does). No test at all: always."""

    values: tuple[Constant, ...] = ()
    null: bool = False
    ranges: tuple[Range, ...] = ()
    negated: bool = False

    @property
    def always(self) -> bool:
        return not (self.values or self.null or self.ranges)


@dataclass(frozen=True)
class Name:
    name: str


@dataclass(frozen=True)
class Sum:
    """`sign` is one of + - *."""

    sign: str
    left: Formula
    right: Formula


@dataclass(frozen=True)
class Extreme:
    """`name` is min or max."""

    name: str
    items: tuple[Formula, ...]


Formula = Constant | Name | Sum | Extreme


@dataclass(frozen=True)
class Rule:
    number: int
    cells: tuple[Cell, ...]
    outputs: tuple[Formula, ...]
    reason: str


@dataclass(frozen=True)
class Table:
    """`policy` is FIRST, UNIQUE, PRIORITY or COLLECT (a sum). `results`: in order of priority."""

    id: str
    title: str
    policy: str
    inputs: tuple[Formula, ...]
    outputs: tuple[str, ...]
    results: tuple[Constant, ...]
    rules: tuple[Rule, ...]

    @property
    def collects(self) -> bool:
        return self.policy == "COLLECT"

    def ordered(self) -> tuple[Rule, ...]:
        """The rules so that the first that passes is the one that counts."""
        if self.policy != "PRIORITY":
            return self.rules
        return tuple(sorted(self.rules, key=lambda rule: self.results.index(_constant_of(rule.outputs[0]))))


def _constant_of(formula: Formula) -> Constant:
    if isinstance(formula, str | Decimal):
        return formula
    raise UnreadTable(f"not a constant: {formula}")


def _constant(text: str) -> Constant:
    if text.startswith('"'):
        return text[1:-1]
    if NUMBER.fullmatch(text):
        return Decimal(text)
    raise UnreadTable(f"not a constant: {text}")


def _bound(text: str) -> Decimal:
    if not NUMBER.fullmatch(text):
        raise UnreadTable(f"not a number: {text}")
    return Decimal(text)


def _range(text: str) -> Range | None:
    if found := re.fullmatch(r"(<=|>=|<|>)\s*(\S+)", text):
        sign, number = found[1], _bound(found[2])
        below = sign.startswith("<")
        return Range(None, False, number, sign == "<=") if below else Range(number, sign == ">=", None, False)
    if found := re.fullmatch(r"([\[(])(\S+)\.\.(\S+)([\])])", text):
        return Range(_bound(found[2]), found[1] == "[", _bound(found[3]), found[4] == "]")
    return None


def cell(text: str) -> Cell:
    """Raises UnreadTable."""
    text = text.strip()
    if text == "-":
        return Cell()
    negated = text.startswith("not(") and text.endswith(")")
    items = [item.strip() for item in (text[4:-1] if negated else text).split(",")]
    ranges = [found for item in items if (found := _range(item))]
    values = [_constant(item) for item in items if item != "null" and not _range(item)]
    return Cell(tuple(values), "null" in items, tuple(ranges), negated)


class _Reader:
    """A formula, read from left to right: sums of products of numbers, names, min(…), max(…), (…)."""

    TOKEN = re.compile(r'\s*("[^"]*"|\d+(?:\.\d+)?|min|max|[-+*(),]|' + "|".join(map(re.escape, INPUTS)) + r")")

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        at, text = 0, text.strip()
        while at < len(text):
            found = self.TOKEN.match(text, at)
            if not found:
                raise UnreadTable(text)
            self.tokens.append(found[1])
            at = found.end()

    def whole(self) -> Formula:
        formula = self._sums(("+", "-"))
        if self.tokens:
            raise UnreadTable(" ".join(self.tokens))
        return formula

    def _sums(self, signs: tuple[str, ...]) -> Formula:
        deeper = (lambda: self._sums(("*",))) if "+" in signs else self._item
        left = deeper()
        while self.tokens and self.tokens[0] in signs:
            left = Sum(self.tokens.pop(0), left, deeper())
        return left

    def _item(self) -> Formula:
        token = self.tokens.pop(0)
        if token in ("min", "max"):
            self.tokens.pop(0)
            items = [self._sums(("+", "-"))]
            while self.tokens.pop(0) == ",":
                items.append(self._sums(("+", "-")))
            return Extreme(token, tuple(items))
        if token == "(":
            inner = self._sums(("+", "-"))
            self.tokens.pop(0)
            return inner
        return Name(token) if token in INPUTS else _constant(token)


def formula(text: str) -> Formula:
    """Raises UnreadTable."""
    return _Reader(text).whole()


def _texts(element: ElementTree.Element, tag: str) -> list[str]:
    return [(found.findtext(f"{DMN}text") or "").strip() for found in element.findall(f"{DMN}{tag}")]


def read_table(path: Path) -> Table:
    """The one decision of a file. Raises UnreadTable."""
    decision = ElementTree.parse(path).getroot().find(f"{DMN}decision")
    if decision is None or (table := decision.find(f"{DMN}decisionTable")) is None:
        raise UnreadTable(f"{path}: no decision table")
    outputs = table.findall(f"{DMN}output")
    listed = outputs[0].findtext(f"{DMN}outputValues/{DMN}text") or ""
    rules = [
        Rule(
            number,
            tuple(cell(text) for text in _texts(rule, "inputEntry")),
            tuple(formula(text) for text in _texts(rule, "outputEntry")),
            _texts(rule, "annotationEntry")[0],
        )
        for number, rule in enumerate(table.findall(f"{DMN}rule"), 1)
    ]
    return Table(
        id=decision.get("id", ""),
        title=decision.get("name", ""),
        policy=table.get("hitPolicy", "UNIQUE"),
        inputs=tuple(
            formula(found.findtext(f"{DMN}inputExpression/{DMN}text") or "") for found in table.findall(f"{DMN}input")
        ),
        outputs=tuple(output.get("name", "") for output in outputs),
        results=tuple(_constant(item.strip()) for item in listed.split(",")) if listed else (),
        rules=tuple(rules),
    )


def read_tables(folder: Path) -> tuple[Table, ...]:
    """Every table of a folder, in the order of file names."""
    return tuple(read_table(path) for path in sorted(folder.glob("*.dmn")))
