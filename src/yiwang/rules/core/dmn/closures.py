"""Boxed expressions as closures over a scope, made once. Those that FEEL has a form for become that form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from yiwang.rules.core.dmn import boxed
from yiwang.rules.core.dmn.tables import prepare_table
from yiwang.rules.core.dmn.typing import Types, entered
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.comparing import kind
from yiwang.rules.core.feel.running import MAKERS, Closure, Making, Run, Scope
from yiwang.rules.core.feel.types import ANY, Type
from yiwang.rules.core.feel.values import Function, NoValue, Value


@dataclass(frozen=True, slots=True, eq=False)
class Made(n.Node):
    """A boxed expression standing where FEEL has an expression."""

    closure: Closure


@MAKERS.register(Made)
def _made(node: Made, making: Making) -> Closure:
    return node.closure


class Maker:
    """Makes closures for the logic of one model. Names of places go into notes: `what`, Chinese and English."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self.making = Making(types.named)

    def make(self, logic: boxed.Boxed, around: str | None = None) -> Closure:
        """`around` is the declared type of what the logic is for, used where the logic itself says none."""
        if isinstance(logic, boxed.DecisionTable):
            closure = prepare_table(logic, self.types, self.making, around)
        else:
            closure = _MAKERS[type(logic)](self, logic)
        return self.typed(closure, logic.type, logic.place.label or logic.place.tag)

    def typed(self, closure: Closure, text: str | None, label: str) -> Closure:
        """The closure with its result brought to a type."""
        wanted = self.types.of(text)
        if wanted == ANY:
            return closure
        what = (label, label)
        return lambda scope, run: entered(closure(scope, run), wanted, run, what)

    def node(self, logic: boxed.Boxed) -> n.Node:
        """As a part of a FEEL expression; plain FEEL stays what it is, so that FEEL sees its form."""
        if isinstance(logic, boxed.Literal) and logic.type is None:
            return logic.node
        return Made(0, self.make(logic))

    def feel(self, node: n.Node) -> Closure:
        return MAKERS.make(node, self.making)

    def parameters(self, written: tuple[tuple[str, str | None], ...]) -> tuple[tuple[str, Type | None], ...]:
        return tuple((name, None if type_ is None else self.types.of(type_)) for name, type_ in written)

    def function(self, name: str, logic: boxed.BoxedFunction, result: str | None = None) -> Callable[[Scope], Function]:
        """A maker of function values that close over a scope. `result` is the type its results are brought to."""
        names = [each for each, _ in logic.parameters]
        body = _null if logic.body is None else self.make(logic.body, result)
        body = self.typed(body, result, name)
        parameters = self.parameters(logic.parameters)
        gives = result or (logic.body.type if logic.body is not None else None)
        result_type = None if gives is None else self.types.of(gives)

        def close(scope: Scope) -> Function:
            def call(run: Run, arguments: list[Any]) -> Value:
                return body(Scope(dict(zip(names, arguments, strict=True)), scope), run)  # type: ignore[no-any-return]

            return Function(name, parameters, call, result_type)

        return close


def _null(scope: Scope, run: Run) -> Value:
    return None


def _literal(maker: Maker, logic: boxed.Literal) -> Closure:
    return maker.feel(logic.node)


def _context(maker: Maker, logic: boxed.BoxedContext) -> Closure:
    entries: list[tuple[str | None, Closure]] = []
    for entry in logic.entries:
        entries.append((entry.name, _entry(maker, entry)))

    def run_it(scope: Scope, run: Run) -> Value:
        found: dict[str, Any] = {}
        inner = Scope(found, scope)
        for name, closure in entries:
            value = closure(inner, run)
            if name is None:
                return value  # type: ignore[no-any-return]
            found[name] = value
        return found

    return run_it


def _entry(maker: Maker, entry: boxed.Entry) -> Closure:
    """A function's entry may be typed as the function it is or, as DMN 1.1 did, as what it returns."""
    if isinstance(entry.expression, boxed.BoxedFunction) and entry.name:
        if maker.types.of(entry.type).name not in ("function", "Any"):
            close = maker.function(entry.name, entry.expression, entry.type)
            return lambda scope, run: close(scope)
        closure = _function(maker, entry.expression, entry.name)
    else:
        closure = maker.make(entry.expression, entry.type)
    return maker.typed(closure, entry.type, entry.name or "")


def _relation(maker: Maker, logic: boxed.Relation) -> Closure:
    columns = [name for name, _ in logic.columns]
    rows = [
        [maker.typed(maker.make(cell), type_, name) for cell, (name, type_) in zip(row, logic.columns, strict=True)]
        for row in logic.rows
    ]

    def run_it(scope: Scope, run: Run) -> Value:
        run.step(len(rows))
        return [dict(zip(columns, [cell(scope, run) for cell in row], strict=True)) for row in rows]

    return run_it


def _list(maker: Maker, logic: boxed.BoxedList) -> Closure:
    items = [maker.make(item) for item in logic.items]
    return lambda scope, run: [item(scope, run) for item in items]


def _function(maker: Maker, logic: boxed.BoxedFunction, name: str = "") -> Closure:
    close = maker.function(name, logic)
    return lambda scope, run: close(scope)


def _invocation(maker: Maker, logic: boxed.Invocation) -> Closure:
    arguments = tuple(
        n.Null(0) if bound is None else Made(0, _bound(maker, bound, type_, name))
        for name, type_, bound in logic.bindings
    )
    names = tuple(name for name, _, _ in logic.bindings)
    return maker.feel(n.Call(0, maker.node(logic.function), arguments, names))


def _bound(maker: Maker, logic: boxed.Boxed, type_: str | None, name: str) -> Closure:
    return maker.typed(maker.make(logic, type_), type_, name)


def _conditional(maker: Maker, logic: boxed.Conditional) -> Closure:
    """Unlike FEEL's `if`, a condition that is neither true, false nor null has no result."""
    condition = _truth(maker, logic.condition)
    then, otherwise = maker.make(logic.then), maker.make(logic.otherwise)

    def run_it(scope: Scope, run: Run) -> Value:
        try:
            return (then if condition(scope, run) else otherwise)(scope, run)  # type: ignore[no-any-return]
        except NoValue as why:
            run.note(why.zh, why.en)
            return None

    return run_it


def _truth(maker: Maker, logic: boxed.Boxed) -> Closure:
    """A condition that raises NoValue when it is neither true, false nor null."""
    condition = maker.make(logic)

    def run_it(scope: Scope, run: Run) -> Value:
        found = condition(scope, run)
        if found is None or isinstance(found, bool):
            return found
        raise NoValue(f"条件是 {kind(found)}，应为真假。", f"The condition is a {kind(found)}, not truth.")

    return run_it


def _for(maker: Maker, logic: boxed.BoxedFor) -> Closure:
    body = maker.node(logic.body)
    if isinstance(body, Made):
        body = Made(0, _with_partial(body.closure))
    return maker.feel(n.For(0, (n.Iterator(logic.variable, maker.node(logic.domain)),), body))


def _with_partial(body: Closure) -> Closure:
    """FEEL hands out the growing list of results; a body whose names it cannot see gets a copy that stays."""

    def run_it(scope: Scope, run: Run) -> Value:
        here: Scope | None = scope
        while here is not None and "partial" not in here.values:
            here = here.parent
        results = [] if here is None else list(here.values["partial"])
        run.step(len(results) // 50)
        return body(Scope({"partial": results}, scope), run)  # type: ignore[no-any-return]

    return run_it


def _filter(maker: Maker, logic: boxed.BoxedFilter) -> Closure:
    """Unlike in FEEL's text, the condition is truth, never a position."""
    domain, condition = maker.make(logic.domain), _truth(maker, logic.condition)

    def run_it(scope: Scope, run: Run) -> Value:
        value = domain(scope, run)
        items = value if isinstance(value, list) else [] if value is None else [value]
        run.step(len(items))
        kept: list[Any] = []
        try:
            for item in items:
                inner = Scope({"item": item}, scope)
                if condition(Scope(item, inner) if isinstance(item, dict) else inner, run):
                    kept.append(item)
        except NoValue as why:
            run.note(why.zh, why.en)
            return None
        return kept

    return run_it


def _quantified(maker: Maker, logic: boxed.BoxedQuantified) -> Closure:
    """Unlike in FEEL's text, one condition that is no truth leaves the whole without result."""
    iterators = (n.Iterator(logic.variable, maker.node(logic.domain)),)
    return maker.feel(n.Quantified(0, logic.word, iterators, Made(0, _truth(maker, logic.condition))))


_MAKERS: dict[type[boxed.Boxed], Callable[[Maker, Any], Closure]] = {
    boxed.Literal: _literal,
    boxed.BoxedContext: _context,
    boxed.Relation: _relation,
    boxed.BoxedList: _list,
    boxed.BoxedFunction: _function,
    boxed.Invocation: _invocation,
    boxed.Conditional: _conditional,
    boxed.BoxedFor: _for,
    boxed.BoxedFilter: _filter,
    boxed.BoxedQuantified: _quantified,
}
