"""A model where it stands: itself, or under the names it was imported by. The same file imported twice may get different inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from yiwang.rules.core.dmn.closures import Maker
from yiwang.rules.core.dmn.model import Decision, InputData, Knowledge, Link, Model, Service
from yiwang.rules.core.dmn.typing import Types, admission, entered
from yiwang.rules.core.feel.running import Closure, Run, Scope
from yiwang.rules.core.feel.types import ANY, FunctionOf, Type
from yiwang.rules.core.feel.values import Function, Value

# The keys of the imports on the way to a model, and the id of an element of it.
Path = tuple[str, ...]
Key = tuple[Path, str]


@dataclass(frozen=True, slots=True)
class Needed:
    """Something an element requires: how the element calls it, what type it is, and by which names its model was imported."""

    key: Key
    prefix: str
    name: str
    type: Type
    namespace: str
    names: Path
    own: bool
    admits: Callable[[Value], bool]

    def keep(self, values: dict[str, Any], value: Any) -> None:
        """Put the value where the element finds it. What a nameless import brings does not replace the element's own."""
        if self.prefix:
            values.setdefault(self.prefix, {})[self.name] = value
        elif self.own:
            values[self.name] = value
        else:
            values.setdefault(self.name, value)


@dataclass(frozen=True, slots=True)
class Step:
    """A decision ready to be taken."""

    key: Key
    name: str
    namespace: str
    inputs: tuple[Needed, ...]
    decisions: tuple[Needed, ...]
    functions: tuple[tuple[Needed, Function | None], ...]
    logic: Closure | None
    type: Type
    admits: Callable[[Value], bool]

    def value(self, values: dict[str, Any], run: Run) -> Value:
        if self.logic is None:
            run.note(f"决策“{self.name}”没有逻辑。", f"The decision “{self.name}” has no logic.")
            return None
        found = self.logic(Scope(values), run)
        if self.admits(found):
            return found  # type: ignore[no-any-return]
        return entered(found, self.type, run, (f"决策“{self.name}”", f"decision “{self.name}”"))


ServiceFunction = Callable[["Instance", Service], Function]


class Instance:
    def __init__(self, model: Model, path: Path, services: ServiceFunction, names: Path = ()) -> None:
        self.model = model
        self.path = path
        self.names = names
        self.types = Types(model)
        self.maker = Maker(self.types)
        self._services = services
        self._below: dict[str, Instance] = {}
        self._steps: dict[str, Step] = {}
        self._functions: dict[str, Function | None] = {}

    def key(self, found: str) -> Key:
        return self.path, found

    def below(self, path: Path) -> Instance:
        """The model at the end of a path that starts here."""
        here = self
        for key in path:
            here = here.imported(key)
        return here

    def imported(self, key: str) -> Instance:
        if key not in self._below:
            held = next(one for one in self.model.imports if one.key == key)
            names = (*self.names, held.prefix) if held.prefix else self.names
            self._below[key] = Instance(held.model, (*self.path, key), self._services, names)
        return self._below[key]

    def at(self, link: Link) -> Instance:
        return self if link.prefix is None else self.imported(link.prefix)

    def need(self, link: Link) -> Needed:
        there = self.at(link)
        element = there.model.by_id[link.id]
        name, type_ = element.name, ANY
        if isinstance(element, (InputData, Decision)):
            name, type_ = element.variable.name, there.types.of(element.variable.type)
        elif isinstance(element, (Knowledge, Service)):
            name = element.variable.name
        prefix = next((one.prefix for one in self.model.imports if one.key == link.prefix), "")
        return Needed(
            key=there.key(link.id),
            prefix=prefix,
            name=name,
            type=type_,
            namespace=there.model.namespace,
            names=there.names,
            own=link.prefix is None,
            admits=admission(type_),
        )

    def step(self, found: str) -> Step:
        """A decision with everything it needs at hand."""
        if found not in self._steps:
            decision = self.model.by_id[found]
            assert isinstance(decision, Decision)
            requires = decision.requires
            refused = decision.refused is not None
            wanted = self.types.of(decision.variable.type)
            logic = None if decision.logic is None else self.maker.make(decision.logic, decision.variable.type)
            self._steps[found] = Step(
                key=self.key(found),
                name=decision.name,
                namespace=self.model.namespace,
                inputs=tuple(self.need(link) for link in requires.inputs),
                decisions=() if refused else tuple(self.need(link) for link in requires.decisions),
                functions=() if refused else self._called(requires.knowledge),
                logic=logic,
                type=wanted,
                admits=admission(wanted),
            )
        return self._steps[found]

    def _called(self, links: tuple[Link, ...]) -> tuple[tuple[Needed, Function | None], ...]:
        return tuple((self.need(link), self.at(link).knowledge(link.id)) for link in links)

    def knowledge(self, found: str) -> Function | None:
        """A business knowledge model or decision service as a function; None when it has no logic or is refused."""
        if found not in self._functions:
            element = self.model.by_id[found]
            if isinstance(element, Service):
                self._functions[found] = self._services(self, element)
            elif isinstance(element, Knowledge) and element.function is not None and element.refused is None:
                self._functions[found] = self._knowledge(element)
            else:
                self._functions[found] = None
        return self._functions[found]

    def _knowledge(self, element: Knowledge) -> Function:
        """Its variable may be typed as the function it is or, as DMN 1.1 did, as what it returns."""
        assert element.function is not None
        declared = self.types.of(element.variable.type)
        result = None if isinstance(declared, FunctionOf) else element.variable.type
        values: dict[str, Any] = {}
        function = self.maker.function(element.variable.name, element.function, result)(Scope(values))
        # Its scope is filled afterwards, so that it can call itself.
        values[element.variable.name] = function
        for need, other in self._called(tuple(link for link in element.requires.knowledge if link.id != element.id)):
            need.keep(values, other)
        if isinstance(declared, FunctionOf):
            return _returning(function, declared.result)
        return function


def _returning(function: Function, wanted: Type) -> Function:
    """The function with its results brought to a type."""
    what = (f"“{function.name}”的结果", f"the result of “{function.name}”")

    def call(run: Run, arguments: list[Any]) -> Value:
        return entered(function.call(run, arguments), wanted, run, what)

    return Function(function.name, function.parameters, call, wanted, kind=function.kind)
