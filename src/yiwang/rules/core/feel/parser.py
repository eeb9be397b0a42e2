"""From FEEL text to the tree of nodes (DMN 1.5, grammar 10.3.1.2).

Order of binding, loosest first: or · and · comparison, between, in · + - · * / · ** (from the left) · sign · instance of · path, filter, call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel import primaries
from yiwang.rules.core.feel.depth import MAX_DEPTH, depth
from yiwang.rules.core.feel.functionnames import FUNCTION_NAMES
from yiwang.rules.core.feel.scanning import KEYWORDS, Scanner, name_tree, pieces
from yiwang.rules.core.feel.testtext import in_tests_at, unary_tests_at
from yiwang.rules.core.feel.typetext import type_at
from yiwang.rules.core.feel.values import ARITHMETIC
from yiwang.rules.errors import FeelSyntaxError

NO_NAMES: frozenset[str] = frozenset()
# Members of values that FEEL itself names with blanks.
_MEMBERS = frozenset({"time offset", "start included", "end included"})
_COMPARISONS = ("<=", ">=", "!=", "=", "<", ">")
# Each level takes thirteen frames of Python's thousand, and whoever calls stands on some already.
NESTING = 50
_MAX_LONG_NAMES = 1_000


def parse_expression(
    text: str, names: frozenset[str] = NO_NAMES, members: frozenset[str] = NO_NAMES, types: frozenset[str] = NO_NAMES
) -> n.Node:
    """The tree of an expression; `names` are the variables in scope, `members` the names of context members known anywhere."""
    return _whole(text, names, members, types, Parser.expression)


def parse_tests(
    text: str, names: frozenset[str] = NO_NAMES, members: frozenset[str] = NO_NAMES, types: frozenset[str] = NO_NAMES
) -> n.UnaryTests:
    """The tree of a decision table's input cell."""
    return cast(n.UnaryTests, _whole(text, names, members, types, unary_tests_at))


def parse_type(text: str, types: frozenset[str] = NO_NAMES) -> n.TypeNode:
    """The tree of a type as written; `types` are the names of item definitions."""
    return cast(n.TypeNode, _whole(text, NO_NAMES, NO_NAMES, types, lambda parser: type_at(parser, parser.types)))


def _whole(
    text: str, names: frozenset[str], members: frozenset[str], types: frozenset[str], read: Callable[[Parser], n.Node]
) -> n.Node:
    parser = Parser(text, names, members, types)
    try:
        found = read(parser)
    except RecursionError:
        raise parser.fail("表达式嵌套过深。", "The expression is nested too deep.", 0) from None
    if not parser.ended():
        raise parser.fail("这里的内容多余，或名称未知。", "Nothing more is expected here, or a name is not known.")
    if depth(found) > MAX_DEPTH:
        raise parser.fail("表达式嵌套过深。", "The expression is nested too deep.", 0)
    return found


class Parser(Scanner):
    def __init__(self, text: str, names: frozenset[str], members: frozenset[str], types: frozenset[str]) -> None:
        super().__init__(text)
        # A name of one word is read as such whether known or not; only longer ones have to be known to be seen.
        self.names = _long(names)
        self.types = types
        self.members = _long(members) | _MEMBERS
        self.in_endpoint = False
        self.nested = 0

    # Expressions --------------------------------------------------------------------------------------------------------

    def expression(self) -> n.Node:
        self.nested += 1
        if self.nested > NESTING:
            raise self.fail("表达式嵌套过深。", "The expression is nested too deep.")
        left = self._conjunction()
        while self.word() == "or":
            at = self.at
            self.take_word("or")
            left = n.Logic(at, "or", left, self._conjunction())
        self.nested -= 1
        return left

    def _conjunction(self) -> n.Node:
        left = self._comparison()
        while self.word() == "and":
            at = self.at
            self.take_word("and")
            left = n.Logic(at, "and", left, self._comparison())
        return left

    def _comparison(self) -> n.Node:
        left = self.sum()
        while True:
            at = self.at
            sign = self.comparison_sign()
            if sign:
                left = n.Comparison(at, sign, left, self.sum())
            elif self.take_word("between"):
                low = self.sum()
                self.need_word("and")
                left = n.Between(at, left, low, self.sum())
            elif self.take_word("in"):
                left = n.In(at, left, in_tests_at(self))
            else:
                return left

    def comparison_sign(self) -> n.ComparisonSign | None:
        for sign in _COMPARISONS:
            if self.take(sign):
                return cast(n.ComparisonSign, sign)
        return None

    def sum(self) -> n.Node:
        left = self._product()
        while True:
            at = self.at
            for sign in ("+", "-"):
                if self.take(sign):
                    left = n.Arithmetic(at, sign, left, self._product())
                    break
            else:
                return left

    def _product(self) -> n.Node:
        left = self._power()
        while True:
            at = self.at
            if not self.sees("**") and self.take("*"):
                left = n.Arithmetic(at, "*", left, self._power())
            elif self.take("/"):
                left = n.Arithmetic(at, "/", left, self._power())
            else:
                return left

    def _power(self) -> n.Node:
        left = self._signed()
        while self.sees("**"):
            at = self.at
            self.take("**")
            left = n.Arithmetic(at, "**", left, self._signed())
        return left

    def _signed(self) -> n.Node:
        signs = []
        while self.sees("-"):
            signs.append(self.at)
            self.take("-")
        found = self._instance()
        for at in reversed(signs):
            found = n.Number(at, ARITHMETIC.minus(found.value)) if isinstance(found, n.Number) else n.Negate(at, found)
        return found

    def _instance(self) -> n.Node:
        value = self._postfix()
        while self.word() == "instance":
            at = self.at
            self.take_word("instance")
            self.need_word("of")
            value = n.InstanceOf(at, value, type_at(self, self.types))
        return value

    # Paths, filters, calls ----------------------------------------------------------------------------------------------

    def _postfix(self) -> n.Node:
        value = self.primary()
        while True:
            at = self.at
            if self.sees(".") and not self.sees("..") and self.take("."):
                value = n.Path(at, value, self._member())
            elif self.sees("["):
                filtered = self._filter(at, value)
                if filtered is None:
                    return value
                value = filtered
            elif self.sees("("):
                self.take("(")
                value = self._arguments(at, value)
            else:
                return value

    def _member(self) -> str:
        found = self.known(name_tree(self.members), name_tree(self.names)) or self.word()
        if not found:
            raise self.fail("点号之后应为名称。", "A name is expected after the dot.")
        if self.word() == found:
            self.take_word(found)
        return found

    def _filter(self, at: int, target: n.Node) -> n.Node | None:
        """`target[…]`; None where the bracket closes an interval written `[1..5[`."""
        start, nested, names = self.at, self.nested, self.names
        endpoint, self.in_endpoint = self.in_endpoint, False
        self.take("[")
        # Inside, the members of an item are names too, and any member known may be one of them.
        self.names = names | self.members
        try:
            condition = self.expression()
            self.need("]")
        except FeelSyntaxError:
            if not endpoint:
                raise
            self.at, self.nested, self.in_endpoint = start, nested, endpoint
            return None
        finally:
            self.names = names
        self.in_endpoint = endpoint
        return n.Filter(at, target, condition)

    def _arguments(self, at: int, function: n.Node) -> n.Call:
        endpoint, self.in_endpoint = self.in_endpoint, False
        arguments: list[n.Node] = []
        names: dict[str, None] = {}
        while not self.take(")"):
            if arguments:
                self.need(",")
            name = self._argument_name() if bool(names) == bool(arguments) else None
            if name is None and names:
                raise self.fail("按名称与按位置的参数不能混用。", "Named and positional arguments cannot be mixed.")
            if name is not None:
                if name in names:
                    raise self.fail(f"参数“{name}”给了两次。", f"The argument “{name}” is given twice.")
                names[name] = None
            arguments.append(self.expression())
        self.in_endpoint = endpoint
        return n.Call(at, function, tuple(arguments), tuple(names))

    def _argument_name(self) -> str | None:
        start = self.at
        try:
            name = self.new_name()
        except FeelSyntaxError:
            self.at = start
            return None
        if self.take(":"):
            return name
        self.at = start
        return None

    # What an expression begins with -------------------------------------------------------------------------------------

    def primary(self) -> n.Node:
        return primaries.primary_at(self)

    def name_at(self) -> n.Node | None:
        """A variable or function, the longest that is known."""
        at, word = self.at, self.word()
        found = self.known(name_tree(self.names), _BUILTINS)
        if found is None and word and word not in KEYWORDS:
            self.take_word(word)
            found = word
        return None if found is None else n.Name(at, found)

    def declare(self, name: str, *, member: bool = False) -> None:
        """A name that is in scope from here on; the caller takes `names` back."""
        if len(pieces(name)) < 2:
            return
        if len(self.names) > _MAX_LONG_NAMES:
            raise self.fail("带空格或符号的名称过多。", "Too many names with blanks or signs.")
        self.names = self.names | {name}
        if member:
            self.members = self.members | {name}

    def endpoint(self) -> n.Node:
        """The high end of an interval, where a `[` may close it."""
        before, self.in_endpoint = self.in_endpoint, True
        try:
            return self.sum()
        finally:
            self.in_endpoint = before


def _long(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in names if len(pieces(name)) > 1)


_BUILTINS = name_tree(FUNCTION_NAMES)
