"""Types as written: `list<number>`, `context<a: string>`, `function<number> -> number`, names with blanks (DMN 1.5, rules 49–56)."""

from __future__ import annotations

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.scanning import Scanner, name_tree

BASIC = frozenset(
    {
        "Any", "Null", "number", "string", "boolean", "date", "time", "date and time", "dateTime", "date time",
        "days and time duration", "dayTimeDuration", "years and months duration", "yearMonthDuration",
        "list", "context", "function", "range",
    }
)  # fmt: skip
_BASIC = name_tree(BASIC)


def type_at(scanner: Scanner, known: frozenset[str]) -> n.TypeNode:
    at, word = scanner.at, scanner.word()
    if word in _SHAPES:
        scanner.take_word(word)
        if scanner.take("<"):
            return _SHAPES[word](scanner, known, at)
        scanner.at = at
    name = scanner.known(name_tree(known), _BASIC)
    if name is None:
        name = scanner.word()
        if not name:
            raise scanner.fail("此处应为类型名。", "The name of a type is expected here.")
        scanner.take_word(name)
    while scanner.sees(".") and not scanner.sees(".."):
        scanner.take(".")
        part = scanner.known(name_tree(known)) or scanner.word()
        if not part:
            raise scanner.fail("此处应为类型名。", "The name of a type is expected here.")
        if scanner.word() == part:
            scanner.take_word(part)
        name = f"{name}.{part}"
    return n.NamedType(at, name)


def _list(scanner: Scanner, known: frozenset[str], at: int) -> n.TypeNode:
    item = type_at(scanner, known)
    scanner.need(">")
    return n.ListType(at, item)


def _range(scanner: Scanner, known: frozenset[str], at: int) -> n.TypeNode:
    item = type_at(scanner, known)
    scanner.need(">")
    return n.RangeType(at, item)


def _context(scanner: Scanner, known: frozenset[str], at: int) -> n.TypeNode:
    members: list[tuple[str, n.TypeNode]] = []
    while not scanner.take(">"):
        if members:
            scanner.need(",")
        name = scanner.new_name()
        scanner.need(":")
        members.append((name, type_at(scanner, known)))
    return n.ContextType(at, tuple(members))


def _function(scanner: Scanner, known: frozenset[str], at: int) -> n.TypeNode:
    parameters: list[n.TypeNode] = []
    while not scanner.take(">"):
        if parameters:
            scanner.need(",")
        parameters.append(type_at(scanner, known))
    scanner.need("->")
    return n.FunctionType(at, tuple(parameters), type_at(scanner, known))


_SHAPES = {"list": _list, "range": _range, "context": _context, "function": _function}
