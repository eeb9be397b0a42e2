"""Item definitions as FEEL types: what conforms to a typeRef, and which order its values have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from threading import RLock

from yiwang.rules.core.dmn.boxed import Output
from yiwang.rules.core.dmn.cells import Holds, simple
from yiwang.rules.core.dmn.model import FunctionItem, ItemDefinition, Model
from yiwang.rules.core.feel import nodes
from yiwang.rules.core.feel.interpreter import prepare_tests
from yiwang.rules.core.feel.parser import parse_type
from yiwang.rules.core.feel.running import Run, Scope
from yiwang.rules.core.feel.types import (
    ANY,
    Constrained,
    ContextOf,
    FunctionOf,
    ListOf,
    Recursive,
    Type,
    convert,
    from_node,
)
from yiwang.rules.core.feel.values import Date, DateTime, NoValue, Time, Value, Zone
from yiwang.rules.errors import BudgetExceeded

# Allowed values say nothing of the day; the reader refuses those that do.
_SOME_DAY = DateTime(Date(2000, 1, 1), Time(0, 0, 0, 0, Zone(offset=0)))
_STEPS = 20_000
_REMEMBERED = 4_096
# The kinds of value whose class alone says that they are of a basic type.
_CLASSES: dict[str, type] = {
    "number": Decimal,
    "string": str,
    "boolean": bool,
    "date": Date,
    "time": Time,
    "date and time": DateTime,
}


class Types:
    """The types of one model and of those it imports, each built when first asked for."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._built: dict[str, Type] = {}
        self._building: list[str] = []
        self._lock = RLock()
        self._texts: dict[str, Type] = {}
        self._imported = [(one.prefix, Types(one.model)) for one in model.imports]
        self._names = frozenset(model.items) | frozenset(
            f"{one.prefix}.{item}" if one.prefix else item for one in model.imports for item in one.model.items
        )

    def named(self, name: str) -> Type | None:
        """The item definition of that name, `prefix.name` for an imported one; None when there is none."""
        if name in self._built:
            return self._built[name]
        if name in self.model.items:
            return self._own(name)
        for prefix, types in self._imported:
            if not prefix and (found := types.named(name)) is not None:
                return found
            if prefix and name.startswith(f"{prefix}."):
                return types.named(name.removeprefix(f"{prefix}."))
        return None

    def of(self, text: str | None) -> Type:
        """The type a typeRef names; Any when none was given."""
        if text is None:
            return ANY
        if text not in self._texts:
            with self._lock:
                found = self.named(text)
                self._texts[text] = found or from_node(parse_type(text, self._names), self.named) or ANY
        return self._texts[text]

    def _own(self, name: str) -> Type:
        # One thread at a time: what another is building would look like a type that holds itself.
        with self._lock:
            if name in self._building:
                return Recursive(_kind(self.model, name), name, lambda: self._built[name])
            self._building.append(name)
            found = self._item(self.model.items[name])
            self._building.pop()
            self._built[name] = found
            return found

    def _item(self, item: ItemDefinition, member: bool = False) -> Type:
        """A member's own constraints may name its siblings, so the context it stands in holds them."""
        if item.components:
            found: Type = self._context(item)
        elif item.function is not None:
            found = self._function(item.function)
        else:
            found = self.of(item.base) if item.base not in self._building else self._own(item.base or "")
        if item.allowed is not None and not member:
            found = _narrowed(found, item.name, item.allowed)
        if item.collection:
            found = ListOf("list", found)
        if item.constraint is not None and not member:
            found = Constrained(found.name, found, item.name, _Holds(item.constraint))
        return found

    def _context(self, item: ItemDefinition) -> Type:
        members = tuple((one.name, self._item(one, member=True)) for one in item.components)
        found: Type = ContextOf("context", members)
        for one in item.components:
            if one.allowed is not None:
                found = Constrained("context", found, item.name, _MemberHolds(one.name, one.allowed, each=True))
            if one.constraint is not None:
                found = Constrained("context", found, item.name, _MemberHolds(one.name, one.constraint))
        return found

    def _function(self, item: FunctionItem) -> Type:
        return FunctionOf("function", tuple(self.of(type_) for _, type_ in item.parameters), self.of(item.result))


def _kind(model: Model, name: str | None) -> str:
    """The kind of value a named type has, read off its definition alone."""
    seen: set[str] = set()
    while name in model.items and name not in seen:
        seen.add(name)
        item = model.items[name]
        if item.collection:
            return "list"
        if item.components:
            return "context"
        if item.function is not None:
            return "function"
        name = item.base
    return "Any"


def _narrowed(base: Type, label: str, allowed: nodes.UnaryTests) -> Type:
    """Allowed values hold for the items of a list."""
    if isinstance(base, ListOf):
        return ListOf("list", _narrowed(base.item, label, allowed))
    return Constrained(base.name, base, label, _Holds(allowed))


class _Holds:
    """Whether a value passes tests that stand outside any evaluation."""

    def __init__(self, tests: nodes.UnaryTests) -> None:
        quick = simple(tests)
        self.kind = None if quick is None else quick[0]
        self.quick: Holds = bool if quick is None else quick[1]
        self.tests = prepare_tests(tests)
        self._known: dict[Decimal | str, bool] = {}

    def __call__(self, value: Value, scope: Scope | None = None) -> bool:
        if type(value) is self.kind:
            return self.quick(value)
        if scope is not None or not isinstance(value, (Decimal, str)):
            return self._asked(value, scope)
        # Allowed values speak of no day and of no other name, so what a number or a text was found to be stays so.
        found = self._known.get(value)
        if found is None:
            found = self._asked(value, None)
            if len(self._known) < _REMEMBERED:
                self._known[value] = found
        return found

    def _asked(self, value: Value, scope: Scope | None) -> bool:
        try:
            return self.tests.passes(value, scope or Scope({}), Run(_SOME_DAY, _STEPS)) is True
        except BudgetExceeded:
            return False


class _MemberHolds(_Holds):
    """The same for one member of a context, its siblings in scope. Null passes; with `each` so must every item of a list."""

    def __init__(self, name: str, tests: nodes.UnaryTests, each: bool = False) -> None:
        super().__init__(tests)
        self.name = name
        self.each = each

    def __call__(self, value: Value, scope: Scope | None = None) -> bool:
        assert isinstance(value, dict)
        found = value.get(self.name)
        items = found if self.each and isinstance(found, list) else [found]
        return all(item is None or super(_MemberHolds, self).__call__(item, Scope(value)) for item in items)


def admission(wanted: Type) -> Callable[[Value], bool]:
    """A quick question: whether a value surely enters a place of a type as it is. `entered` is asked where the answer is no."""
    if wanted == ANY:
        return lambda value: True
    if isinstance(wanted, Constrained) and type(wanted.holds) is _Holds and wanted.holds.kind is not None:
        return _narrow(wanted.holds.kind, wanted.holds.quick, wanted.base)
    if isinstance(wanted, ContextOf):
        return _members([(name, admission(each)) for name, each in wanted.members])
    if type(wanted) is Type and wanted.name in _CLASSES:
        kind = _CLASSES[wanted.name]
        return lambda value: value is None or type(value) is kind
    return lambda value: value is None


def _narrow(kind: type, holds: Holds, base: Type) -> Callable[[Value], bool]:
    if type(base) is Type and _CLASSES.get(base.name) is kind:
        return lambda value: value is None or (type(value) is kind and holds(value))
    within = admission(base)
    return lambda value: value is None or (type(value) is kind and holds(value) and within(value))


def _members(members: list[tuple[str, Callable[[Value], bool]]]) -> Callable[[Value], bool]:
    def run_it(value: Value) -> bool:
        if type(value) is not dict:
            return value is None
        for name, admits in members:  # noqa: SIM110 — a generator would cost more than what it goes through
            if name not in value or not admits(value[name]):
                return False
        return True

    return run_it


def entered(value: Value, wanted: Type, run: Run, what: tuple[str, str]) -> Value:
    """The value as a typed place takes it; null with a note when it does not conform. `what` names the place in both languages."""
    if value is None or type(value) is _CLASSES.get(wanted.name) and type(wanted) is Type:
        return value
    try:
        return convert(value, wanted)  # type: ignore[no-any-return]
    except NoValue as why:
        run.note(f"{what[0]}：{why.zh}", f"{what[1]}: {why.en}")
        return None


def order_of(model: Model, output: Output, around: str | None, count: int) -> nodes.UnaryTests | None:
    """The tests that list an output's values by priority: its own output values, else the allowed values of its type.

    `around` is the type of the whole table; with several outputs (`count`) an output's type is the member of its name.
    """
    if output.values is not None:
        return output.values
    for text in (output.type, around if count == 1 else None):
        found = _allowed(model, text)
        if found is not None:
            return found
    for held, item in _chain(model, around) if count > 1 else ():
        member = next((one for one in item.components if one.name == output.name), None)
        if member is not None:
            return member.allowed or _allowed(held, member.base)
    return None


def _item_named(model: Model, text: str) -> tuple[Model, ItemDefinition] | None:
    """An item definition with the model it stands in, as `Types.named` finds it."""
    if text in model.items:
        return model, model.items[text]
    for one in model.imports:
        found = None
        if not one.prefix:
            found = _item_named(one.model, text)
        elif text.startswith(f"{one.prefix}."):
            found = _item_named(one.model, text.removeprefix(f"{one.prefix}."))
        if found is not None:
            return found
    return None


def _chain(model: Model, text: str | None) -> Iterator[tuple[Model, ItemDefinition]]:
    """An item definition and those it is based on, in order."""
    seen: set[tuple[str, str]] = set()
    while text is not None and (found := _item_named(model, text)) is not None:
        model, item = found
        if (model.namespace, item.name) in seen:
            return
        seen.add((model.namespace, item.name))
        yield found
        text = item.base


def _allowed(model: Model, text: str | None) -> nodes.UnaryTests | None:
    return next((item.allowed for _, item in _chain(model, text) if item.allowed is not None), None)
