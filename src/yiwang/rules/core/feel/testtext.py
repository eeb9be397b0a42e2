"""The tests of a decision table's cell, and those after `in` (DMN 1.5, grammar rules 7, 13–18 and 49)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.errors import FeelSyntaxError

if TYPE_CHECKING:
    from yiwang.rules.core.feel.parser import Parser


def unary_tests_at(parser: Parser) -> n.UnaryTests:
    at = parser.at
    if parser.text[parser.at :].rstrip() == "-":
        parser.at = len(parser.text)
        return n.UnaryTests(at, (n.AnyTest(at),))
    if parser.word() == "not":
        negated = _negated(parser)
        if negated is not None:
            return n.UnaryTests(at, negated, negated=True)
    return n.UnaryTests(at, _tests(parser))


def _negated(parser: Parser) -> tuple[n.Test, ...] | None:
    """The tests of `not(…)` when that is all of the cell; None, and nothing read, when it begins an expression."""
    at, nested = parser.at, parser.nested
    parser.take_word("not")
    if parser.take("("):
        try:
            tests = _tests(parser)
            parser.need(")")
            if parser.ended():
                return tests
        except FeelSyntaxError:
            # `not(…) and …` is no negated cell; the caller reads it again as an expression, and says what is wrong with it.
            parser.nested = nested
    parser.at = at
    return None


def _tests(parser: Parser) -> tuple[n.Test, ...]:
    tests = [_test(parser, parser.expression)]
    while parser.take(","):
        tests.append(_test(parser, parser.expression))
    return tuple(tests)


def _test(parser: Parser, read: Callable[[], n.Node]) -> n.Test:
    at = parser.at
    sign = parser.comparison_sign()
    if sign:
        return n.CompareTest(at, sign, parser.sum())
    return n.ExpressionTest(at, read())


def in_tests_at(parser: Parser) -> tuple[n.Test, ...]:
    at = parser.at
    if not parser.take("("):
        return (_test(parser, parser.sum),)
    endpoint, parser.in_endpoint = parser.in_endpoint, False
    tests = _tests(parser)
    parser.in_endpoint = endpoint
    if parser.sees(".."):
        # `x in (1..5)`: not a list of tests but an interval.
        parser.at = at
        return (n.ExpressionTest(at, parser.sum()),)
    parser.need(")")
    return tests
