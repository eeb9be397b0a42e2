"""Decision tables written as readable YAML, for the tests of the proofs.

name: what is planted
policy: U                                   # also "C sum"
inputs:
  年龄: number 1 [0..120] null              # type, step, allowed values, `null` when it may be empty
outputs:
  津贴: string "有", "无"                     # type, allowed values
rules:                                      # cells, then results; each rule rests on an article of its own
  - '>= 60 | "有"'
finds:                                      # what must be found, and nothing else
  - gap 1 | 年龄: < 60
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from yiwang.rules.core.dmn.boxed import Cell, DecisionTable, HitPolicy, Input, Literal, Output, Rule
from yiwang.rules.core.dmn.places import Place
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.interpreter import prepare
from yiwang.rules.core.feel.literals import date_read
from yiwang.rules.core.feel.parser import parse_expression, parse_tests
from yiwang.rules.core.feel.running import Run, Scope
from yiwang.rules.core.feel.values import Date, DateTime, Time
from yiwang.rules.core.proofs.domains import Dated, Domain, Period

HERE = Path(__file__).parent
PLACE = Place("table.dmn", 1, "decisionTable")
NOON = DateTime(Date(2026, 1, 1), Time(12, 0, 0))
TYPES = (
    "years and months duration",
    "days and time duration",
    "date and time",
    "number",
    "string",
    "boolean",
    "date",
    "time",
    "Any",
)


@dataclass(frozen=True)
class Case:
    name: str
    table: DecisionTable
    domains: dict[str, Domain]
    parameters: dict[str, list[Dated]]
    period: Period | None
    finds: tuple[tuple[str, tuple[int, ...], dict[str, str]], ...]


def value_of(text: str) -> Any:
    return prepare(parse_expression(text)).value(Scope({}), Run(NOON))


def type_and_rest(text: str) -> tuple[str, str]:
    kind = next(kind for kind in TYPES if text == kind or text.startswith(kind + " "))
    return kind, text[len(kind) :].strip()


def domain(text: str) -> Domain:
    kind, rest = type_and_rest(text)
    step = None
    number = re.match(r"(\d+(\.\d+)?)(?= |\Z)", rest)
    if kind == "number" and number:
        step, rest = Decimal(number[1]), rest[number.end() :].strip()
    nullable = rest == "null" or rest.endswith(" null")
    rest = rest.removesuffix("null").strip() if nullable else rest
    return Domain(kind, parse_tests(rest) if rest else None, nullable, step)


def literal(text: str, names: frozenset[str] = frozenset(), kind: str | None = None) -> Literal:
    return Literal(PLACE, kind, text, parse_expression(text, names))


def output(name: str, text: str, default: str | None) -> Output:
    kind, rest = type_and_rest(text)
    values = parse_tests(rest) if rest else None
    return Output(PLACE, name, name, kind, values, rest, literal(default) if default is not None else None)


def rule(text: str, inputs: int, names: frozenset[str], article: str) -> Rule:
    parts = [part.strip() for part in text.split(" | ")]
    cells = tuple(Cell(PLACE, part, parse_tests(part, names)) for part in parts[:inputs])
    return Rule(PLACE, cells, tuple(literal(part, names) for part in parts[inputs:]), (article,))


def table(said: dict[str, Any]) -> DecisionTable:
    policy, _, aggregation = said.get("policy", "U").partition(" ")
    names = frozenset(said["inputs"]) | frozenset(said.get("parameters", {})) | frozenset(said.get("others", {}))
    names = frozenset(part for name in names for part in name.split(" / "))
    inputs = tuple(
        Input(
            PLACE, name, literal(name, names, type_and_rest(text)[0] if said.get("typed", "true") == "true" else None)
        )
        for name, text in said["inputs"].items()
    )
    outputs = tuple(output(name, text, said.get("default")) for name, text in said["outputs"].items())
    articles = said.get("articles", {})
    rules = tuple(
        rule(text, len(inputs), names, articles.get(str(number), f"第{number}条"))
        for number, text in enumerate(said["rules"], 1)
    )
    return DecisionTable(PLACE, None, HitPolicy(policy), aggregation.upper() or None, inputs, outputs, rules, ("依据",))


def day(text: str) -> Date:
    found = date_read(text)
    assert found is not None, text
    return found


def dated(said: dict[str, str]) -> list[Dated]:
    """`2025-01-01: "3000"`; an end is written `2025-01-01..2026-01-01`."""
    found = []
    for days, text in said.items():
        start, _, end = days.partition("..")
        found.append(Dated(day(start), value_of(text), day(end) if end else None))
    return found


def found_of(text: str) -> tuple[str, tuple[int, ...], dict[str, str]]:
    """`gap | 年龄: < 60 | 户籍: null`, `conflict 1 2 | 年龄: 18`: the kind, the rules, tests the witness passes."""
    head, *witness = text.split(" | ")
    kind, *rules = head.split()
    return kind, tuple(int(number) for number in rules), dict(part.strip().split(": ", 1) for part in witness)


def case(said: dict[str, Any]) -> Case:
    unknown = set(said) - {"name", "policy", "inputs", "outputs", "rules", "finds", "parameters", "others", "period"}
    unknown -= {"default", "articles", "typed"}
    assert not unknown, unknown
    domains = {name: domain(text) for name, text in {**said["inputs"], **said.get("others", {})}.items()}
    parameters = {name: dated(values) for name, values in said.get("parameters", {}).items()}
    days = said.get("period", "").split("..")
    period = Period(day(days[0]), day(days[1])) if len(days) == 2 else None
    return Case(
        said["name"], table(said), domains, parameters, period, tuple(found_of(text) for text in said.get("finds", ()))
    )


def cases(file: str) -> list[Case]:
    # Everything is text: whether it is a number or a date is for FEEL to say.
    return [case(said) for said in yaml.load((HERE / file).read_text(encoding="utf-8"), yaml.BaseLoader)]


def stripped(node: Any) -> Any:
    """A tree as nested tuples without positions, to compare."""
    if isinstance(node, tuple):
        return tuple(stripped(item) for item in node)
    if isinstance(node, (n.Node, n.Iterator, n.Parameter)):
        held = [getattr(node, name) for name in type(node).__dataclass_fields__ if name != "at"]
        return (type(node).__name__, *(stripped(item) for item in held))
    return node
