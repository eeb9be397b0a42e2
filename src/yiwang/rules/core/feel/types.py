"""The types of FEEL (DMN 1.5, 10.3.2.9): which values conform, and what is converted on the way into a typed place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.comparing import kind
from yiwang.rules.core.feel.values import Date, DateTime, Function, NoValue, Range, Time, Value, Zone


@dataclass(frozen=True, slots=True)
class Type:
    """`Any`, or a basic type by its FEEL name."""

    name: str


@dataclass(frozen=True, slots=True)
class ListOf(Type):
    item: Type


@dataclass(frozen=True, slots=True)
class RangeOf(Type):
    item: Type


@dataclass(frozen=True, slots=True)
class ContextOf(Type):
    members: tuple[tuple[str, Type], ...]


@dataclass(frozen=True, slots=True)
class FunctionOf(Type):
    parameters: tuple[Type, ...]
    result: Type


@dataclass(frozen=True, slots=True)
class Constrained(Type):
    """The values of `base` for which `holds` is true: an item definition with allowed values. Its name is the base's."""

    base: Type
    label: str
    holds: Callable[[Value], bool] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Recursive(Type):
    """A type that holds itself, by name; `name` is what kind of value it is."""

    label: str
    target: Callable[[], Type] = field(compare=False)


ANY = Type("Any")
_SPELLINGS = {
    "dateTime": "date and time",
    "date time": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}
_BASIC = frozenset(
    {
        "Any", "Null", "number", "string", "boolean", "date", "time", "date and time", "days and time duration",
        "years and months duration", "list", "context", "function", "range",
    }
)  # fmt: skip

Resolver = Callable[[str], Type | None]


def nothing_known(name: str) -> Type | None:
    """The resolver of a text that stands outside any model."""
    return None


def from_node(node: n.TypeNode, known: Resolver = nothing_known) -> Type | None:
    """The type a text names; None when a name in it is not known."""
    if isinstance(node, n.NamedType):
        found = known(node.name)
        if found is not None:
            return found
        name = _SPELLINGS.get(node.name, node.name)
        return Type(name) if name in _BASIC else None
    if isinstance(node, (n.ListType, n.RangeType)):
        item = from_node(node.item, known)
        if item is None:
            return None
        return ListOf("list", item) if isinstance(node, n.ListType) else RangeOf("range", item)
    if isinstance(node, n.ContextType):
        members = [(name, from_node(each, known)) for name, each in node.members]
        if any(each is None for _, each in members):
            return None
        return ContextOf("context", tuple((name, each) for name, each in members if each is not None))
    assert isinstance(node, n.FunctionType)
    parts = [from_node(each, known) for each in (*node.parameters, node.result)]
    if any(part is None for part in parts):
        return None
    kept = [part for part in parts if part is not None]
    return FunctionOf("function", tuple(kept[:-1]), kept[-1])


def conforms(value: Value, wanted: Type) -> bool:
    """Whether a value is of a type; null conforms to every type."""
    if value is None:
        return True
    # Nearly every question is of a basic type or one with allowed values; they are answered before anything else is asked.
    shape = type(wanted)
    if shape is Type:
        return wanted.name == "Any" or kind(value) == wanted.name
    if isinstance(wanted, Constrained):
        return conforms(value, wanted.base) and wanted.holds(value)
    if wanted.name != "Any" and kind(value) != wanted.name:
        return False
    if isinstance(wanted, ListOf):
        return all(conforms(item, wanted.item) for item in value)  # type: ignore[union-attr]
    if isinstance(wanted, ContextOf):
        return all(name in value and conforms(value[name], each) for name, each in wanted.members)  # type: ignore
    if isinstance(wanted, Recursive):
        return conforms(value, wanted.target())
    if isinstance(wanted, RangeOf):
        assert isinstance(value, Range)
        return all(conforms(end, wanted.item) for end in value.bounds)
    if isinstance(wanted, FunctionOf):
        assert isinstance(value, Function)
        return _function_conforms(value, wanted)
    return True


def _function_conforms(value: Function, wanted: FunctionOf) -> bool:
    """Parameters may be wider than asked, the result narrower; a result nobody declared is taken on trust.

    A built-in stands for all its signatures at once, so it is judged when it is called.
    """
    if value.kind == "builtin":
        return True
    if len(value.parameters) != len(wanted.parameters):
        return False
    given = [each or ANY for _, each in value.parameters]
    takes = all(narrower(asked, own) for asked, own in zip(wanted.parameters, given, strict=True))
    return takes and (value.result is None or narrower(value.result, wanted.result))


def narrower(one: Type, other: Type) -> bool:
    """Whether every value of `one` is a value of `other` (DMN 1.5, 10.3.2.9.2)."""
    if other == ANY or one.name == "Null" or one == other:
        return True
    if isinstance(one, Constrained):
        return narrower(one.base, other)
    if one.name != other.name or isinstance(other, (Constrained, Recursive)):
        return False
    if isinstance(other, (ListOf, RangeOf)):
        return isinstance(one, (ListOf, RangeOf)) and narrower(one.item, other.item)
    if isinstance(other, ContextOf):
        own = dict(one.members) if isinstance(one, ContextOf) else {}
        return all(name in own and narrower(own[name], each) for name, each in other.members)
    if isinstance(other, FunctionOf):
        if not isinstance(one, FunctionOf) or len(one.parameters) != len(other.parameters):
            return False
        takes = all(narrower(asked, own) for asked, own in zip(other.parameters, one.parameters, strict=True))
        return takes and narrower(one.result, other.result)
    return True


MIDNIGHT = Time(0, 0, 0, 0, Zone(offset=0))


def convert(value: Value, wanted: Type) -> Any:
    """The value as it enters a place of a type (DMN 1.5, 10.3.2.9.4). Raises NoValue when it cannot."""
    if conforms(value, wanted):
        return value
    if wanted.name == "list" and not isinstance(value, list) and conforms([value], wanted):
        return [value]
    if isinstance(value, list) and len(value) == 1 and wanted.name != "list" and conforms(value[0], wanted):
        return value[0]
    if wanted.name == "date and time" and isinstance(value, Date):
        return DateTime(value, MIDNIGHT)
    raise NoValue(
        f"值的类型是 {kind(value)}，此处要求 {wanted.name}。",
        f"The value is a {kind(value)}, where {wanted.name} is asked.",
    )


def bare(wanted: Type) -> Type:
    """The type without its constraints: what `instance of` asks for (DMN 1.5, 10.3.2.9.3)."""
    if isinstance(wanted, Constrained):
        return bare(wanted.base)
    if isinstance(wanted, ListOf):
        return ListOf(wanted.name, bare(wanted.item))
    if isinstance(wanted, ContextOf):
        return ContextOf(wanted.name, tuple((name, bare(each)) for name, each in wanted.members))
    return wanted


def instance(value: Value, wanted: Type) -> bool:
    """FEEL `instance of`: unlike `conforms`, null is an instance of Null and of nothing else."""
    if value is None:
        return wanted.name == "Null"
    return conforms(value, wanted)
