"""Taking decisions: a model is prepared once and then asked as often as wanted, by many threads.

    prepared = PreparedModel(model)
    prepared.decide("Eligibility", {"Age": Decimal(20)}, Run(now))

Inputs are given by name. What belongs to an imported model is given under the import's name, as a context or as `prefix.name`. An input
that is not given is null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from yiwang.kernel.errors import NotFound
from yiwang.rules.core.dmn.instances import Instance, Key, Needed, Step
from yiwang.rules.core.dmn.model import Decision, Element, Knowledge, Model, Service
from yiwang.rules.core.dmn.places import DmnRefused, Refusal
from yiwang.rules.core.dmn.tracing import DecisionTrace, TracedRun
from yiwang.rules.core.dmn.typing import entered
from yiwang.rules.core.feel.running import Run
from yiwang.rules.core.feel.types import ANY, FunctionOf, Type
from yiwang.rules.core.feel.values import Function, NoValue, Value
from yiwang.rules.errors import BudgetExceeded

_ABSENT = object()


@dataclass(slots=True)
class _Taking:
    """One question: what was given, and what has been found so far."""

    inputs: Mapping[str, Any]
    run: Run
    found: dict[Key, Any] = field(default_factory=dict)


class PreparedModel:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.root = Instance(model, (), self._service_function)
        self._names = {**model.by_id, **{one.name: one for one in reversed(list(model.elements()))}}
        self._plans: dict[tuple[tuple[Key, ...], tuple[Key, ...]], tuple[Step, ...]] = {}

    def _named(self, name: str) -> Element | None:
        return self._names.get(name) or self._names.get(" ".join(name.split()))

    def decide(self, name: str, inputs: Mapping[str, Any], run: Run) -> Value:
        """The value of a decision, by name or id. Raises NotFound, DmnRefused and BudgetExceeded."""
        decision = self._named(name)
        if not isinstance(decision, Decision):
            raise _no(name, self.model, "决策", "decision")
        return self._guarded(lambda: self._taken([self.root.key(decision.id)], _Taking(inputs, run))[0])

    def decide_service(self, name: str, inputs: Mapping[str, Any], run: Run) -> Value:
        """The value of a decision service: of its one output decision, or a context of all of them by name."""
        service = self._named(name)
        if not isinstance(service, Service):
            raise _no(name, self.model, "决策服务", "decision service")
        return self._guarded(lambda: self._service(self.root, service, inputs, run))

    def call(self, name: str, arguments: list[Any], run: Run) -> Value:
        """The value of a business knowledge model for arguments by position."""
        knowledge = self._named(name)
        if not isinstance(knowledge, Knowledge):
            raise _no(name, self.model, "业务知识模型", "business knowledge model")
        self._allowed([(self.root, knowledge.id)])
        function = self.root.knowledge(knowledge.id)
        if function is None:
            return None
        try:
            return self._guarded(lambda: run.invoke(function, arguments))
        except NoValue as why:
            run.note(why.zh, why.en)
            return None

    def needs(self, name: str) -> tuple[str, ...]:
        """The names of the inputs a decision rests on, through other decisions too; imported ones as `prefix.name`."""
        decision = self._named(name)
        if not isinstance(decision, Decision):
            raise _no(name, self.model, "决策", "decision")
        seen = dict.fromkeys(
            ".".join((*need.names, need.name))
            for step in self._plan([self.root.key(decision.id)], frozenset())
            for need in step.inputs
        )
        return tuple(seen)

    def refusal(self, name: str) -> Refusal | None:
        """Why an element of a model read with `tolerant` cannot be run: its own fault, or that of what it rests on."""
        element = self._named(name)
        if element is None:
            return None
        starts = [element.id]
        cut: frozenset[Key] = frozenset()
        if isinstance(element, Service):
            if element.refused is not None:
                return element.refused
            starts = [link.id for link in element.outputs if link.prefix is None]
            cut = frozenset(self.root.at(link).key(link.id) for link in element.input_decisions)
        try:
            if isinstance(element, Knowledge):
                self._allowed([(self.root, element.id)])
            else:
                self._plan([self.root.key(one) for one in starts], cut)
        except DmnRefused as why:
            return why.refusals[0]
        return None

    # Taking --------------------------------------------------------------------------------------------------------------

    def _guarded(self, work: Any) -> Value:
        try:
            return work()  # type: ignore[no-any-return]
        except RecursionError as error:
            raise BudgetExceeded(
                zh="表达式或函数调用嵌套过深，已停止。",
                en="Expressions or calls stand too deep in one another; stopped.",
            ) from error

    def _taken(self, keys: list[Key], taking: _Taking, given: Mapping[Key, Any] | None = None) -> list[Value]:
        """The values of decisions; `given` stands in place of decisions and inputs."""
        found = taking.found
        found.update(given or {})
        for step in self._plan(keys, frozenset(found)):
            if step.key not in found:
                found[step.key] = self._step(step, taking)
        return [found[key] for key in keys]

    def _step(self, step: Step, taking: _Taking) -> Value:
        values: dict[str, Any] = {}
        for need in step.inputs:
            need.keep(values, self._input(need, taking))
        for need in step.decisions:
            need.keep(values, taking.found[need.key])
        for need, function in step.functions:
            need.keep(values, function)
        run = taking.run
        if not isinstance(run, TracedRun):
            return step.value(values, run)
        run.begin(DecisionTrace(step.key[1], step.name, step.namespace, values))
        result: Value = None
        try:
            result = step.value(values, run)
        finally:
            run.end(result)
        return result

    def _input(self, need: Needed, taking: _Taking) -> Value:
        value = taking.found.get(need.key, _ABSENT)
        if value is _ABSENT:
            value = _given(need, taking.inputs) if need.names else taking.inputs.get(need.name)
            if not need.admits(value):
                value = entered(value, need.type, taking.run, (f"输入“{need.name}”", f"input “{need.name}”"))
            taking.found[need.key] = value
        return value  # type: ignore[no-any-return]

    # Plans ---------------------------------------------------------------------------------------------------------------

    def _plan(self, keys: list[Key], cut: frozenset[Key]) -> tuple[Step, ...]:
        """The decisions to take, each after those it rests on; those in `cut` are known. Raises DmnRefused."""
        known = tuple(sorted(cut)) if cut else ()
        memo = (tuple(keys), known)
        if memo in self._plans:
            return self._plans[memo]
        order: list[Step] = []
        done: set[Key] = set(cut)
        stack: list[tuple[Key, bool]] = [(key, False) for key in reversed(keys)]
        while stack:
            key, ready = stack.pop()
            if key in done:
                continue
            step = self.root.below(key[0]).step(key[1])
            if ready:
                done.add(key)
                order.append(step)
                continue
            stack.append((key, True))
            stack.extend((need.key, False) for need in reversed(step.decisions))
        self._allowed((self.root.below(step.key[0]), step.key[1]) for step in order)
        self._plans[memo] = tuple(order)
        return self._plans[memo]

    def _allowed(self, starts: Iterable[tuple[Instance, str]]) -> None:
        """Raises DmnRefused when an element, or knowledge it calls, is refused."""
        waiting, seen = list(starts), set()
        while waiting:
            instance, found = waiting.pop()
            key = instance.key(found)
            if key in seen:
                continue
            seen.add(key)
            element = instance.model.by_id[found]
            if isinstance(element, (Decision, Knowledge, Service)) and element.refused is not None:
                raise DmnRefused((element.refused,))
            links = element.requires.knowledge if isinstance(element, (Decision, Knowledge)) else ()
            if isinstance(element, Service):
                links = tuple(link for link in element.outputs if link not in element.input_decisions)
            waiting.extend((instance.at(link), link.id) for link in links)

    # Services ------------------------------------------------------------------------------------------------------------

    def _service_function(self, instance: Instance, service: Service) -> Function:
        """A decision service as a function of its inputs and input decisions."""
        links = [*service.inputs, *service.input_decisions]
        needed = [instance.need(link) for link in links]
        names = [f"{one.prefix}.{one.name}" if one.prefix else one.name for one in needed]

        def call(run: Run, arguments: list[Any]) -> Value:
            given = {need.key: value for need, value in zip(needed, arguments, strict=True)}
            return self._outputs(instance, service, _Taking({}, run), given)

        parameters = tuple((name, need.type) for name, need in zip(names, needed, strict=True))
        wanted = _result_type(instance, service)
        return Function(service.name, parameters, call, None if wanted == ANY else wanted, kind="service")

    def _service(self, instance: Instance, service: Service, inputs: Mapping[str, Any], run: Run) -> Value:
        given = {}
        for link in service.input_decisions:
            need = instance.need(link)
            value = _given(need, inputs)
            given[need.key] = entered(value, need.type, run, (f"输入“{need.name}”", f"input “{need.name}”"))
        return self._outputs(instance, service, _Taking(inputs, run), given)

    def _outputs(self, instance: Instance, service: Service, taking: _Taking, given: Mapping[Key, Any]) -> Value:
        keys = [instance.at(link).key(link.id) for link in service.outputs]
        values = self._taken(keys, taking, given)
        names = [instance.need(link).name for link in service.outputs]
        result: Value = values[0] if len(values) == 1 else dict(zip(names, values, strict=True))
        what = (f"决策服务“{service.name}”", f"decision service “{service.name}”")
        return entered(result, _result_type(instance, service), taking.run, what)


def _result_type(instance: Instance, service: Service) -> Type:
    """A service's variable may be typed as the function it is or as what it returns."""
    wanted = instance.types.of(service.variable.type)
    return wanted.result if isinstance(wanted, FunctionOf) else wanted


def _given(need: Needed, inputs: Mapping[str, Any]) -> Value:
    """An input's value as the caller gave it: by name, below its import's name, or as `prefix.name`."""
    path = need.names
    if not path:
        return inputs.get(need.name)
    for start in range(len(path)):
        dotted = ".".join((*path[start:], need.name))
        if dotted in inputs:
            return inputs[dotted]  # type: ignore[no-any-return]
        here: Any = inputs
        for part in (*path[start:], need.name):
            here = here.get(part, _ABSENT) if isinstance(here, Mapping) else _ABSENT
        if here is not _ABSENT:
            return here  # type: ignore[no-any-return]
    qualified = f"{need.namespace}#{need.name}"
    return inputs.get(qualified, inputs.get(need.name))  # type: ignore[no-any-return]


def _no(name: str, model: Model, zh: str, en: str) -> NotFound:
    return NotFound(zh=f"模型“{model.name}”里没有{zh}“{name}”。", en=f"The model {model.name} has no {en} “{name}”.")
