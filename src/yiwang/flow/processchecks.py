"""Whether what a process names is there: forms, decisions, actions and their arguments, departments, other processes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from yiwang.flow.core.bpmn.faults import Fault
from yiwang.flow.core.bpmn.reading import Reading
from yiwang.flow.core.process.nodes import (
    Binding,
    Boundary,
    Call,
    Catch,
    Definition,
    Message,
    Node,
    ReceiveTask,
    RuleTask,
    ServiceTask,
    Start,
    UserTask,
)
from yiwang.kernel.core.closest import closest
from yiwang.kernel.core.pack import Finding
from yiwang.kernel.selectors import action_kinds
from yiwang.rules.core.feel import nodes as feel
from yiwang.rules.core.feel.parser import parse_expression

_NEEDS = ("；别的包里的要写进 needs", "; what another pack has must stand in needs")


@dataclass(frozen=True)
class Around:
    """What there is beside a process. `decisions`: id → the names of its inputs; no departments means they are not known."""

    forms: Collection[str]
    decisions: Mapping[str, Collection[str]]
    processes: Collection[str]
    departments: Collection[str]


def names_check(reading: Reading, around: Around) -> Iterator[Finding]:
    """A finding for each thing a definition of the file names that is not there."""
    own = {definition.id for definition in reading.definitions}
    for definition in reading.definitions:
        for node in definition.nodes.values():
            yield from _Names(reading, definition, node, around, own).check()


@dataclass(frozen=True)
class _Names:
    reading: Reading
    definition: Definition
    node: Node
    around: Around
    own: Collection[str]

    def check(self) -> Iterator[Finding]:
        match self.node:
            case UserTask():
                yield from self._user(self.node)
            case ServiceTask():
                yield from self._action(self.node)
            case RuleTask():
                yield from self._decision(self.node)
            case ReceiveTask(message=Message(form=str(form))) | Catch(trigger=Message(form=str(form))):
                yield from self._there("form", "表单", form, self.around.forms)
            case Boundary(trigger=Message(form=str(form))) | Start(trigger=Message(form=str(form))):
                yield from self._there("form", "表单", form, self.around.forms)
            case Call():
                known = {*self.around.processes, *self.own}
                yield from self._there("process", "流程", self.node.process, known)

    def _finding(self, code: str, zh: str, en: str) -> Fault:
        place = self.reading.places.get(self.node.id, self.definition.id)
        return Fault(place, zh, en, code=code, element=self.node.id)

    def _there(self, en: str, zh: str, name: str, known: Collection[str]) -> Iterator[Finding]:
        if name in known:
            return
        near = ", ".join(closest(name, known)) or "–"
        # Actions are the program's own; everything else comes in packs.
        hint_zh, hint_en = ("", "") if en == "action" else _NEEDS
        yield self._finding(
            f"no_{en}",
            f"没有{zh} {name}（相近：{near}）{hint_zh}",
            f"there is no {en} {name} (near: {near}){hint_en}",
        )

    def _user(self, node: UserTask) -> Iterator[Finding]:
        if node.form is not None:
            yield from self._there("form", "表单", node.form, self.around.forms)
        said = parse_expression(node.department) if node.department else None
        if isinstance(said, feel.String) and self.around.departments:
            yield from self._there("department", "部门", said.value, self.around.departments)

    def _action(self, node: ServiceTask) -> Iterator[Finding]:
        kinds = {kind.name: kind for kind in action_kinds()}
        yield from self._there("action", "动作", node.action, kinds)
        if node.action in kinds:
            fields = kinds[node.action].schema.model_fields
            # The case that asks is meant unless the diagram names another.
            yield from self._arguments(node.inputs, fields, lambda name: name != "case" and fields[name].is_required())

    def _decision(self, node: RuleTask) -> Iterator[Finding]:
        yield from self._there("decision", "决定", node.decision, self.around.decisions)
        if node.decision in self.around.decisions:
            yield from self._arguments(node.inputs, self.around.decisions[node.decision], lambda name: False)

    def _arguments(
        self, given: tuple[Binding, ...], known: Collection[str], required: Callable[[str], bool]
    ) -> Iterator[Finding]:
        names = {binding.name for binding in given}
        for name in sorted(names - set(known)):
            listed = ", ".join(known) or "–"
            yield self._finding(
                "no_input", f"没有参数 {name}；可用：{listed}", f"there is no argument {name}; there are: {listed}"
            )
        for name in sorted(set(known) - names):
            if required(name):
                yield self._finding("input_missing", f"缺少参数 {name}", f"the argument {name} is missing")
