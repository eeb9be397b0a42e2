"""The test files of the conformance kit: cases, inputs and expected values, and whether a result is the expected one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from yiwang.kernel.errors import InputError
from yiwang.rules.core.dmn.outside import plain
from yiwang.rules.core.feel import literals
from yiwang.rules.core.feel.comparing import equal
from yiwang.rules.core.feel.values import ARITHMETIC, Value

_SPACE = "{http://www.omg.org/spec/DMN/20160719/testcase}"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
# How far a number may lie from an expected one that was written as a double.
TOLERANCE = Decimal("1e-8")
_NUMBERS = frozenset({"decimal", "double", "float", "integer", "int", "long", "short", "byte", "nonNegativeInteger"})
_MAX_SHOWN = 120

Tag = Any  # an lxml element: the library ships no types


@dataclass(frozen=True, slots=True)
class Given:
    name: str
    namespace: str
    value: Value


@dataclass(frozen=True, slots=True)
class Result:
    """`error` is whether the case asks for an error, which FEEL shows as null."""

    name: str
    namespace: str
    expected: Value
    error: bool


@dataclass(frozen=True, slots=True)
class Case:
    """`kind` is decision, bkm or decisionService; `invocable` the name of the latter two."""

    id: str
    kind: str
    invocable: str
    inputs: tuple[Given, ...]
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class TestFile:
    __test__ = False  # pytest: a word of the kit, not a test

    file: str
    model: str
    cases: tuple[Case, ...]


def read_tests(data: bytes, file: str) -> TestFile:
    """Raises InputError for what is no test file."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise InputError(
            zh=f"{file} 不是合格的 XML：{error}", en=f"{file} is not well-formed XML: {error}", where=file
        ) from None
    if root.tag != f"{_SPACE}testCases":
        raise InputError(zh=f"{file} 不是测试文件。", en=f"{file} is no test file.", where=file)
    model = root.find(f"{_SPACE}modelName")
    cases = tuple(_case(one, file) for one in root.findall(f"{_SPACE}testCase"))
    return TestFile(file, "" if model is None else (model.text or "").strip(), cases)


def _case(element: Tag, file: str) -> Case:
    return Case(
        id=element.get("id") or "",
        kind=element.get("type") or "decision",
        invocable=_name(element.get("invocableName")),
        inputs=tuple(
            Given(_name(one.get("name")), one.get("namespace") or "", value_in(one, file))
            for one in element.findall(f"{_SPACE}inputNode")
        ),
        results=tuple(_result(one, file) for one in element.findall(f"{_SPACE}resultNode")),
    )


def _name(text: str | None) -> str:
    return " ".join((text or "").split())


def _result(element: Tag, file: str) -> Result:
    expected = element.find(f"{_SPACE}expected")
    return Result(
        name=_name(element.get("name")),
        namespace=element.get("namespace") or "",
        expected=None if expected is None else value_in(expected, file),
        error=element.get("errorResult") in ("true", "1"),
    )


def value_in(element: Tag, file: str) -> Value:
    """The value an element holds: a `value`, a `list` of items, or `component`s by name."""
    if _nil(element):
        return None
    value, items = element.find(f"{_SPACE}value"), element.find(f"{_SPACE}list")
    if value is not None:
        return _scalar(value, file)
    if items is not None:
        return None if _nil(items) else [value_in(one, file) for one in items.findall(f"{_SPACE}item")]
    components = element.findall(f"{_SPACE}component")
    if components:
        return {_name(one.get("name")): value_in(one, file) for one in components}
    return None


def _nil(element: Tag) -> bool:
    return element.get(f"{_XSI}nil") in ("true", "1")


def _scalar(element: Tag, file: str) -> Value:
    if _nil(element):
        return None
    text = element.text or ""
    kind = (element.get(f"{_XSI}type") or "string").rpartition(":")[2]
    if kind == "string":
        return text
    text = text.strip()
    if kind == "boolean":
        return text in ("true", "1")
    try:
        found: Value = ARITHMETIC.create_decimal(text) if kind in _NUMBERS else _temporal(kind, text)
    except InvalidOperation:
        found = None
    if found is None:
        raise InputError(
            zh=f"“{text}”不是 {kind}。", en=f"“{text}” is no {kind}.", where=f"{file}:{element.sourceline}"
        )
    return found


def _temporal(kind: str, text: str) -> Value:
    if kind == "date":
        return literals.date_read(text)
    if kind == "time":
        return literals.time_read(text)
    if kind == "dateTime":
        return literals.datetime_read(text)
    return literals.duration_read(text)


def matches(expected: Value, actual: Value) -> bool:
    """Whether a result is the expected one; a null of either is the other's null."""
    if expected is None or actual is None:
        return expected is actual
    if isinstance(expected, Decimal) and isinstance(actual, Decimal):
        return expected == actual or abs(expected - actual) <= TOLERANCE * max(abs(expected), abs(actual))
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(matches(*pair) for pair in zip(expected, actual, strict=True))
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(matches(expected[name], actual[name]) for name in expected)
    return equal(expected, actual) is True


def shown(value: Value) -> str:
    """A value for a line of the report."""
    if value is None:
        return "null"
    text = repr(plain(value))
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "…"
