"""The context functions of FEEL, from the standard: DMN 1.5, 10.3.4.10."""

from __future__ import annotations

from decimal import Decimal

import pytest
from librarycases import assert_gives, assert_null, evaluated


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('get value({key1: "value1"}, "key1")', '"value1"'),
        ('get value(m: {a: 1}, key: "a")', "1"),
        ('get value({"two words": 1}, "two words")', "1"),
        ('get entries({key1: "value1"})', '[{key: "key1", value: "value1"}]'),
        ("get entries({b: null, a: 1})", '[{key: "b", value: null}, {key: "a", value: 1}]'),
        ("get entries({})", "[]"),
        ('context([{key: "a", value: 1}, {key: "b", value: 2}])', "{a: 1, b: 2}"),
        ('context([{key: "a", value: 1, more: 2}])', "{a: 1}"),
        ('context([{key: "a", value: null}])', "{a: null}"),
        ('context({key: "a", value: 1})', "{a: 1}"),
        ("context([])", "{}"),
        ('context put({x: 1}, "y", 2)', "{x: 1, y: 2}"),
        ('context put({x: 1, y: 0, z: 0}, "y", 2)', "{x: 1, y: 2, z: 0}"),
        ('context put({x: 1}, "x", null)', "{x: null}"),
        ('context put({x: 1}, ["x"], 2)', "{x: 2}"),
        ('context put({x: 1, y: {a: 0}}, ["y", "a"], 2)', "{x: 1, y: {a: 2}}"),
        ('context put({x: 1, y: {a: 0}}, ["y", "b"], 2)', "{x: 1, y: {a: 0, b: 2}}"),
        ('context put(context: {}, keys: ["a"], value: 1)', "{a: 1}"),
        ('context put({}, "", 1)', '{"": 1}'),
        ("context merge([{x: 1}, {y: 2}])", "{x: 1, y: 2}"),
        ("context merge([{x: 1, y: 0}, {y: 2}])", "{x: 1, y: 2}"),
        ("context merge([{a: {x: 1}}, {a: {y: 2}}])", "{a: {y: 2}}"),
        ("context merge({a: 1})", "{a: 1}"),
        ("context merge([])", "{}"),
        ("context(get entries({a: 1, b: [2]}))", "{a: 1, b: [2]}"),
    ],
)
def test_contexts_are_read_and_made(text: str, expected: str) -> None:
    assert_gives(text, expected)


@pytest.mark.parametrize(
    "text",
    [
        'get value({a: 1}, "b")',
        "get value({a: 1}, 1)",
        "get value({a: 1}, null)",
        'get value(null, "a")',
        'get value("a", "a")',
        "get value({a: 1})",
        "get entries(null)",
        "get entries(1)",
        "context(null)",
        'context([{key: "a", value: 1}, {key: "a", value: 2}])',
        'context([{key: "a"}])',
        "context([{value: 1}])",
        "context([{key: null, value: 1}])",
        "context([{key: 1, value: 1}])",
        "context([1])",
        'context put(null, "a", 1)',
        "context put({}, null, 1)",
        "context put({}, 1, 1)",
        "context put({}, [], 1)",
        'context put({y: {}}, ["y", null], 1)',
        'context put({y: {}}, [null, "y"], 1)',
        'context put({y: 0}, ["y", "a"], 1)',
        'context put({}, ["y", "a"], 1)',
        'context put({}, "a")',
        'context put(context: {a: {}}, key: ["a", "b"], value: 1)',
        'context put([], "a", 1)',
        "context merge(null)",
        "context merge([{a: 1}, null])",
        "context merge([1])",
    ],
)
def test_outside_its_domain_a_context_function_is_null(text: str) -> None:
    assert_null(text)


def test_a_context_given_to_a_function_stays_as_it_was() -> None:
    values = {"given": {"a": {"b": Decimal(1)}}}
    found, _ = evaluated('context put(given, ["a", "b"], 2)', values)
    assert found == {"a": {"b": Decimal(2)}}
    evaluated("context merge([given, {a: 3}])", values)
    assert values == {"given": {"a": {"b": Decimal(1)}}}
