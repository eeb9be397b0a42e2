"""Random small worlds: a typed table with nulls in it, and a DMN file of decisions over it. One seed gives one world.

Constants are drawn from the same few values as the rows, so that cells are hit on their very edges.
"""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

import pyarrow as pa

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"
WORDS = ["城镇", "农村", "集体", "other", "", "a'b", "back\\slash"]
TAGS = ["低保", "特困", "孤儿", "退役"]
POLICIES = ["UNIQUE", "ANY", "FIRST", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT"]
AGGREGATIONS = ["SUM", "MIN", "MAX", "COUNT"]
MONEY = [Decimal(text) for text in ("0", "0.01", "99.99", "100", "650", "650.01", "1200.50", "-3.25", "99999.99")]
SMALL = [-1, 0, 1, 2, 3, 7, 18, 60, 100]
DATES = [
    datetime.date(2000, 2, 29),
    datetime.date(1966, 11, 1),
    datetime.date(2008, 12, 31),
    datetime.date(2026, 10, 31),
]

ARROW = {
    "income": pa.decimal128(12, 2),
    "area": pa.decimal128(6, 1),
    "age": pa.int16(),
    "size": pa.int8(),
    "hukou": pa.string(),
    "work": pa.string(),
    "local": pa.bool_(),
    "born": pa.date32(),
    "tags": pa.list_(pa.string()),
}
NUMBERS = ("income", "area", "age", "size")
TEXTS = ("hukou", "work")
TYPES = {
    **dict.fromkeys(NUMBERS, "number"),
    **dict.fromkeys(TEXTS, "string"),
    "local": "boolean",
    "born": "date",
    "tags": "tTags",
}


@dataclass(frozen=True)
class World:
    seed: int
    dmn: str
    decisions: tuple[str, ...]
    rows: pa.Table


def world(seed: int, rows: int = 200, decisions: int = 12) -> World:
    maker = _Maker(random.Random(seed))
    made = [maker.decision(number) for number in range(decisions)]
    return World(seed, _file(made), tuple(f"d{number}" for number in range(decisions)), maker.rows(rows))


class _Maker:
    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.numeric: list[str] = []  # decisions so far that give a number

    # Rows ---------------------------------------------------------------------------------------------------------------

    def rows(self, count: int) -> pa.Table:
        values = {name: pa.array([self.stored(name) for _ in range(count)], kind) for name, kind in ARROW.items()}
        return pa.table({"person": pa.array(range(count), pa.int64()), **values})

    def stored(self, name: str) -> Any:
        draw = self.draw
        if draw.random() < 0.15:
            return None
        if name == "income":
            return draw.choice(MONEY) if draw.random() < 0.7 else Decimal(draw.randint(-500, 200_000)) / 100
        if name == "area":
            return Decimal(draw.randint(0, 2000)) / 10 if draw.random() < 0.5 else Decimal(draw.choice([0, 50, 100]))
        if name == "age":
            return draw.choice(SMALL) if draw.random() < 0.7 else draw.randint(0, 110)
        if name == "size":
            return draw.choice(SMALL)
        if name in TEXTS:
            return draw.choice(WORDS)
        if name == "local":
            return draw.random() < 0.5
        if name == "born":
            early = datetime.date(1950, 1, 1) + datetime.timedelta(days=draw.randint(0, 27_000))
            return draw.choice(DATES) if draw.random() < 0.5 else early
        return [None if draw.random() < 0.1 else draw.choice(TAGS) for _ in range(draw.randint(0, 3))]

    # Texts --------------------------------------------------------------------------------------------------------------

    def number(self) -> str:
        pool = [*MONEY, *map(Decimal, SMALL), Decimal("0.005"), Decimal("1.5"), Decimal("1E+3")]
        found = self.draw.choice(pool)
        return f"({found:f})" if found < 0 else f"{found:f}"

    def text(self) -> str:
        found = self.draw.choice(WORDS).replace("\\", "\\\\")
        return f'"{found}"'

    def date(self) -> str:
        return f'@"{self.draw.choice(DATES).isoformat()}"'

    def range(self, low: str, high: str) -> str:
        return f"{self.draw.choice('[(')}{low}..{high}{self.draw.choice('])')}"

    def cell(self, name: str) -> str:
        draw = self.draw
        if draw.random() < 0.3:
            return "-"
        if name in NUMBERS or name == "numeric":
            found = self.number_cell(name)
        elif name in TEXTS:
            found = draw.choice([self.text(), f"{self.text()}, {self.text()}", "null", f"{self.text()}, null", 'starts with(?, "a")',
                                 "string length(?) > 1", f"[{self.text()}, {self.text()}]", '< "农"', "work", 'upper case(?) = "OTHER"',
                                 "? = hukou", '? in ("城镇", "农村")'])  # fmt: skip
        elif name == "local":
            found = draw.choice(["true", "false", "null", "true, false", "? != local", "not(?)"])
        elif name == "born":
            found = draw.choice([f"< {self.date()}", f">= {self.date()}", self.range('@"1960-01-01"', self.date()), "null",
                                 "?.year > 1999", f"? + @\"P1M\" > {self.date()}", "?.weekday = 7"])  # fmt: skip
        else:
            found = draw.choice([f'list contains(?, "{draw.choice(TAGS)}")', "count(?) > 1", "null", "list contains(?, null)",
                                 'some x in ? satisfies x = "低保"'])  # fmt: skip
        return f"not({found})" if draw.random() < 0.15 and found != "null" else found

    def number_cell(self, name: str) -> str:
        draw = self.draw
        kind = draw.randint(0, 9)
        if kind <= 2:
            return f"{draw.choice(['<', '<=', '>', '>=', '=', '!='])} {self.number()}"
        if kind <= 4:
            return self.range(self.number(), self.number())
        if kind == 5:
            return f"{self.number()}, {self.number()}, {draw.choice(['null', self.number(), '> 90'])}"
        if kind == 6:
            return draw.choice(
                ["null", "> income", "< age * 10", "[size..age]", "? between 1 and 60", "[1, 2, (> 50)]"]
            )
        if kind == 7:
            return draw.choice(["? > 10 and ? < 100", "? * 2 >= area", "even(?)", "? in [1..7)", "floor(? / 7) = 2"])
        if kind == 8:
            return f"(< {self.number()})"
        return self.number()

    def amount(self, depth: int = 0) -> str:
        """An expression that gives a number."""
        draw = self.draw
        leaf = [self.number(), self.number(), *NUMBERS, *self.numeric[-2:]]
        if depth > 2 or draw.random() < 0.3:
            return draw.choice(leaf)
        one, other = self.amount(depth + 1), self.amount(depth + 1)
        return draw.choice([
            f"({one} + {other})", f"({one} - {other})", f"({draw.choice(leaf)} * {self.number()})", f"max(0, {one})", f"min({one}, {other})",
            f"(if {self.truth(depth + 1)} then {one} else {other})", f"decimal({one} / {self.number()}, 2)", f"floor({one})",
            f"round half up({one} / 12, 1)", f"abs({one})", f"-{draw.choice(NUMBERS)}", f"({one} / 4)", f"sum([{one}, {other}])",
            f"modulo({draw.choice(NUMBERS)}, 7)", f"round up({one}, 1)", f"ceiling({one} / 3)", f"decimal({one}, 1)",
            "years and months duration(born, @\"2026-11-01\").years", "string length(hukou)", "born.month", f"ceiling({one} / {other})",
            f"round down({one} / (size + 1), 0)", f"count(tags) * {draw.choice(leaf)}",
        ])  # fmt: skip

    def truth(self, depth: int = 0) -> str:
        """An expression that gives true, false or null."""
        draw = self.draw
        if depth > 2 or draw.random() < 0.2:
            return draw.choice(["local", "true", "income > 100", 'hukou = "城镇"', "born = null", "age != null"])
        one, other = self.amount(depth + 1), self.amount(depth + 1)
        return draw.choice([
            f"{one} {draw.choice(['<', '<=', '>', '>=', '=', '!='])} {other}", f"({self.truth(depth + 1)} and {self.truth(depth + 1)})",
            f"({self.truth(depth + 1)} or {self.truth(depth + 1)})", f"not({self.truth(depth + 1)})", f"{one} between {self.number()} and {other}",
            f"{one} in ({self.number()}, > {self.number()})", "hukou in (\"城镇\", null)",
            "list contains(tags, \"低保\")", "contains(hukou, \"a\")", f"born < {self.date()}", f"{one} / {other} > 1", "hukou = work",
            "work < \"农\"",
            "born + @\"P1M\" > @\"2000-03-28\"", "born - @\"2000-01-01\" > @\"P10D\"", "local = null", "some t in tags satisfies t = \"特困\"",
            "born - @\"P1D\" < @\"1999-01-01\"", "income in [0..100]",
        ])  # fmt: skip

    def words(self, depth: int = 0) -> str:
        draw = self.draw
        if depth > 1 or draw.random() < 0.5:
            return draw.choice([self.text(), "hukou", "work"])
        return draw.choice(
            [
                f"({self.words(depth + 1)} + {self.words(depth + 1)})",
                f"(if {self.truth(2)} then {self.words(depth + 1)} else {self.words(depth + 1)})",
            ]
        )

    # Decisions ----------------------------------------------------------------------------------------------------------

    def decision(self, number: int) -> str:
        before = list(self.numeric)
        if self.draw.random() < 0.4:
            logic, kind = self.literal()
        else:
            logic, kind = self.table()
        if kind == "number":
            self.numeric.append(f"d{number}")
        return _decision(number, logic, kind, before)

    def literal(self) -> tuple[str, str]:
        kind = self.draw.choice(["number", "number", "boolean", "string"])
        text = {"number": self.amount, "boolean": self.truth, "string": self.words}[kind]()
        return f"<literalExpression><text>{escape(text)}</text></literalExpression>", kind

    def table(self) -> tuple[str, str]:
        draw = self.draw
        policy = draw.choice(POLICIES)
        aggregation = draw.choice([None, *AGGREGATIONS]) if policy == "COLLECT" else None
        constant = policy in ("PRIORITY", "OUTPUT ORDER", "ANY")
        names = draw.sample([*TYPES], draw.randint(1, 4))
        inputs = [(name, name) for name in names]
        if draw.random() < 0.3:
            inputs.append(("numeric", self.amount(2)))
        kind = "number" if aggregation or draw.random() < 0.6 else "string"
        listed = draw.sample(["1", "2", "3.5"] if kind == "number" else ['"符合"', '"不符合"', '"待核"'], 3)
        values = policy in ("PRIORITY", "OUTPUT ORDER")
        default = draw.random() < 0.4
        rules = []
        for _ in range(draw.randint(1, 7)):
            result = draw.choice(listed) if constant else self.result(kind)
            rules.append(([self.cell(name) for name, _ in inputs], result))
        written = _table(
            policy, aggregation, inputs, kind, listed if values else None, listed[0] if default else None, rules, draw
        )
        many = policy in ("RULE ORDER", "OUTPUT ORDER") or (policy == "COLLECT" and aggregation is None)
        return written, "list" if many else kind

    def result(self, kind: str) -> str:
        if self.draw.random() < 0.5:
            return self.draw.choice([self.number(), "null"]) if kind == "number" else self.text()
        return self.amount(1) if kind == "number" else self.words()


def _table(
    policy: str,
    aggregation: str | None,
    inputs: list[tuple[str, str]],
    kind: str,
    listed: list[str] | None,
    default: str | None,
    rules: list[tuple[list[str], str]],
    draw: random.Random,
) -> str:
    parts = []
    for name, text in inputs:
        limits = ""
        if name in NUMBERS and draw.random() < 0.2:
            limits = "<inputValues><text>null, &gt;= 0</text></inputValues>"
        ref = f' typeRef="{TYPES[name]}"' if name in TYPES and draw.random() < 0.7 else ""
        parts.append(f"<input><inputExpression{ref}><text>{escape(text)}</text></inputExpression>{limits}</input>")
    values = f"<outputValues><text>{escape(', '.join(listed))}</text></outputValues>" if listed else ""
    other = f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
    parts.append(f'<output typeRef="{kind}">{values}{other}</output>')
    for cells, result in rules:
        entries = "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in cells)
        parts.append(f"<rule>{entries}<outputEntry><text>{escape(result)}</text></outputEntry></rule>")
    how = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable hitPolicy="{policy}"{how}>{"".join(parts)}</decisionTable>'


def _decision(number: int, logic: str, kind: str, before: list[str]) -> str:
    needs = "".join(
        f'<informationRequirement><requiredInput href="#{name}"/></informationRequirement>' for name in TYPES
    )
    needs += "".join(
        f'<informationRequirement><requiredDecision href="#{name}"/></informationRequirement>'
        for name in before
        if name in logic
    )
    ref = "" if kind == "list" else f' typeRef="{kind}"'
    return f'<decision id="d{number}" name="d{number}"><variable name="d{number}"{ref}/>{needs}{logic}</decision>'


def _file(decisions: list[str]) -> str:
    inputs = "".join(
        f'<inputData id="{name}" name="{name}"><variable name="{name}" typeRef="{"tSize" if name == "size" else kind}"/></inputData>'
        for name, kind in TYPES.items()
    )
    items = (
        '<itemDefinition name="tTags" isCollection="true"><typeRef>string</typeRef></itemDefinition>'
        '<itemDefinition name="tSize"><typeRef>number</typeRef><allowedValues><text>null, [0..60]</text></allowedValues></itemDefinition>'
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="{NAMESPACE}" name="world" namespace="urn:world" id="world">'
        f"{items}{inputs}{''.join(decisions)}</definitions>"
    )
