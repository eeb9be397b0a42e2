"""Whether the parts of a process fit together: what leads where, what cannot be reached, what never ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from yiwang.flow.core.bpmn import xmlfile
from yiwang.flow.core.bpmn.basis import Basis
from yiwang.flow.core.bpmn.xmlfile import Tag
from yiwang.flow.core.process.nodes import (
    Activity,
    Boundary,
    Branching,
    Catch,
    Compensation,
    Definition,
    End,
    Gateway,
    ManualTask,
    Node,
    ReceiveTask,
    RuleTask,
    ScopeKind,
    ScriptTask,
    SendTask,
    ServiceTask,
    Start,
    Throw,
)

# What goes on by itself, with nobody and nothing to wait for.
_AUTOMATIC = (Throw, Gateway, ManualTask, ServiceTask, RuleTask, ScriptTask, SendTask)


def check_sound(basis: Basis, definition: Definition, tags: Mapping[str, Tag]) -> None:
    """Tells the faults of a whole process; `tags` are its elements by id."""
    check = _Check(basis, definition, tags)
    check.starts()
    for node in definition.nodes.values():
        check.node(node)
    check.reached()
    check.rings()


class _Check:
    def __init__(self, basis: Basis, definition: Definition, tags: Mapping[str, Tag]) -> None:
        self.basis = basis
        self.nodes, self.flows, self.scopes = definition.nodes, definition.flows, definition.scopes
        self.tags = tags
        self.handlers = {one for scope in self.scopes.values() for one in scope.compensations.values()}

    def say(self, code: str, one: str, level: str = "error", **values: str) -> None:
        self.basis.say(code, self.tags[one], level=level, at=None, **values)

    def tag(self, one: str) -> str:
        return xmlfile.name_of(self.tags[one])

    def starts(self) -> None:
        for scope in self.scopes.values():
            plain = [one for one in scope.starts if self._is_plain(one)]
            alone = scope.kind is not ScopeKind.PROCESS
            if not scope.starts:
                self.say("no_start", scope.id)
            elif (alone and len(scope.starts) > 1) or len(plain) > 1:
                self.say("two_starts", (scope.starts if alone else plain)[1])

    def _is_plain(self, one: str) -> bool:
        node = self.nodes[one]
        return isinstance(node, Start) and node.trigger is None

    def node(self, node: Node) -> None:
        """Flows in and out, then what is special to its kind."""
        compensates = isinstance(node, Activity) and node.compensates
        if node.incoming and (isinstance(node, (Start, Boundary)) or compensates):
            self.say("flow_in", node.id, tag=self.tag(node.id))
        undoes = isinstance(node, Boundary) and isinstance(node.trigger, Compensation)
        if node.outgoing and (isinstance(node, End) or compensates or undoes):
            self.say("flow_out", node.id, tag=self.tag(node.id))
        if not node.outgoing and not undoes and isinstance(node, (Start, Gateway, Boundary)):
            self.say("no_way_out", node.id, tag=self.tag(node.id))
        if compensates and node.id not in self.handlers:
            self.say("lost_handler", node.id)
        if isinstance(node, Boundary):
            self._boundary(node, undoes)
        if isinstance(node, Gateway):
            self._gateway(node)
        elif isinstance(node, Activity):
            self._leaving(node)
        else:
            self._unconditional(node, "事件之后的连线总是走", "flows that leave an event are always taken")

    def _boundary(self, node: Boundary, undoes: bool) -> None:
        host = self.nodes.get(node.host)
        if not isinstance(host, Activity) or host.scope != node.scope:
            self.say("boundary_host", node.id)
        elif undoes and node.host not in self.scopes[node.scope].compensations:
            self.say("no_handler", node.id)

    def _gateway(self, node: Gateway) -> None:
        if node.branching is Branching.PARALLEL:
            self._unconditional(node, "并行网关之后的连线都走", "all flows of a parallel gateway are taken")
        elif node.branching is Branching.EVENT:
            self._unconditional(node, "事件网关由事件决定", "events decide at an event gateway")
            self._events(node)
        elif len(node.outgoing) == 1:
            self._unconditional(node, "只有一条连线", "there is only one flow")
            self._default(node, node.default)
        else:
            self._default(node, node.default)
            for flow in (self.flows[one] for one in node.outgoing):
                if flow.condition is None and flow.id != node.default:
                    self.say("no_condition", flow.id, flow=flow.id)
            if node.default is None and node.outgoing:
                self.say("no_default", node.id, level="warning")

    def _events(self, node: Gateway) -> None:
        if len(node.outgoing) < 2:
            self.say("few_events", node.id)
        for one in node.outgoing:
            target = self.nodes.get(self.flows[one].target)
            if target is None:
                continue  # the flow leads nowhere, or out of its scope: told already
            waits = isinstance(target, Catch) or (isinstance(target, ReceiveTask) and not target.boundaries)
            if not waits or len(target.incoming) != 1:
                self.say("event_gateway", one, tag=self.tag(target.id))

    def _leaving(self, node: Activity) -> None:
        """Flows of an activity: those without a condition are always taken, a default only when no condition holds."""
        self._default(node, node.default)
        conditions = [self.flows[one].condition for one in node.outgoing]
        if node.default is not None and all(condition is None for condition in conditions):
            zh, en = "没有带条件的连线，缺省连线无从谈起", "no flow has a condition, so none is the default"
            self.say("idle_condition", node.id, why=zh, why_en=en)
        if node.outgoing and node.default is None and None not in conditions:
            self.say("no_default", node.id, level="warning")

    def _default(self, node: Node, default: str | None) -> None:
        if default is None:
            return
        if default not in node.outgoing or self.flows[default].condition is not None:
            self.say("bad_default", node.id, flow=default)

    def _unconditional(self, node: Node, zh: str, en: str) -> None:
        for one in node.outgoing:
            if self.flows[one].condition is not None:
                self.say("idle_condition", one, why=zh, why_en=en)

    # What is reached, and what runs in a circle ------------------------------------------------------------------------

    def reached(self) -> None:
        seen: set[str] = set()
        waiting = [one for scope in self.scopes.values() for one in scope.starts]
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting.extend(self._next(self.nodes[one]))
        lost = [one for one in self.nodes if one not in seen]
        for one in lost:
            # Of a piece that cannot be reached only where it begins is told.
            if not any(self.flows[flow].source in lost for flow in self.nodes[one].incoming) and not self._is_told(one):
                self.say("unreachable", one)

    def _is_told(self, one: str) -> bool:
        """Whether another fault already says why nothing leads here."""
        node = self.nodes[one]
        if isinstance(node, Boundary):
            return True
        return isinstance(node, Activity) and node.compensates

    def _next(self, node: Node) -> Iterator[str]:
        yield from (self.flows[one].target for one in node.outgoing if self.flows[one].target in self.nodes)
        if isinstance(node, Activity):
            yield from (one for one in node.boundaries if one in self.nodes)
            handler = self.scopes[node.scope].compensations.get(node.id)
            if handler is not None and handler in self.nodes:
                yield handler

    def rings(self) -> None:
        """A circle of flows that are always taken, through nodes that never wait, and one that nothing leaves."""
        always = {one: list(self._always(node)) for one, node in self.nodes.items() if self._is_automatic(node)}
        for ring in _circles(always):
            self._endless(ring)
        all_ways = {
            one: [self.flows[flow].target for flow in node.outgoing]
            for one, node in self.nodes.items()
            if self._is_automatic(node)
        }
        told = {one for ring in _circles(always) for one in ring}
        for ring in _circles(all_ways):
            leaves = any(target not in ring for one in ring for target in all_ways[one])
            caught = any(isinstance(node := self.nodes[one], Activity) and node.boundaries for one in ring)
            if not leaves and not caught and not told & set(ring):
                self._endless(ring)

    def _endless(self, ring: list[str]) -> None:
        first = min(ring, key=lambda one: xmlfile.line_of(self.tags[one]))
        self.say("endless", first, ring=" → ".join(ring))

    def _is_automatic(self, node: Node) -> bool:
        return isinstance(node, _AUTOMATIC) and not (isinstance(node, Gateway) and node.branching is Branching.EVENT)

    def _always(self, node: Node) -> Iterator[str]:
        """Where a token surely goes on to."""
        chooses = isinstance(node, Gateway) and node.branching in (Branching.EXCLUSIVE, Branching.INCLUSIVE)
        if isinstance(node, Activity) and node.boundaries:
            return
        for one in node.outgoing:
            flow = self.flows[one]
            if len(node.outgoing) == 1 or (flow.condition is None and not chooses):
                is_default = isinstance(node, Activity) and node.default == one
                if not is_default and flow.condition is None:
                    yield flow.target


def _circles(ways: Mapping[str, list[str]]) -> list[list[str]]:
    """Strongly connected groups that hold a circle, each in the order of a walk (Tarjan, without recursion)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []
    for root in ways:
        if root in number:
            continue
        work: list[tuple[str, Iterator[str]]] = [(root, iter(ways[root]))]
        number[root] = low[root] = len(number)
        stack.append(root)
        while work:
            one, targets = work[-1]
            target = next((t for t in targets if t in ways and (t not in number or t in stack)), None)
            if target is not None:
                if target not in number:
                    number[target] = low[target] = len(number)
                    stack.append(target)
                    work.append((target, iter(ways[target])))
                else:
                    low[one] = min(low[one], number[target])
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[one])
            if low[one] == number[one]:
                at = stack.index(one)
                group, stack[at:] = stack[at:], []
                if len(group) > 1 or one in ways[one]:
                    found.append(group)
    return found
