"""What a definition lets one know before any case runs: its expressions prepared, where scopes begin, what can reach what."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from yiwang.flow.core.process import nodes as n
from yiwang.rules.core.feel import nodes as feel
from yiwang.rules.core.feel.depth import children
from yiwang.rules.core.feel.interpreter import Expression, prepare
from yiwang.rules.core.feel.parser import parse_expression

_KEPT = 128


@dataclass(frozen=True, slots=True)
class Prepared:
    """`names` are all that may be read from the data; members and built-ins among them cost a look-up and nothing else."""

    expression: Expression
    names: tuple[str, ...]


@dataclass(slots=True)
class Plan:
    """One definition, made ready bit by bit as cases need it. Everything in it follows from the definition alone."""

    definition: n.Definition
    names: frozenset[str]
    prepared: dict[str, Prepared] = field(default_factory=dict)
    starts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    upstream: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)
    joins: frozenset[str] = frozenset()

    def is_join(self, node: str) -> bool:
        """Whether tokens wait for one another there."""
        return node in self.joins

    def expression(self, text: str) -> Prepared:
        found = self.prepared.get(text)
        if found is None:
            tree = parse_expression(text, self.names)
            found = self.prepared[text] = Prepared(prepare(tree), _names_of(tree))
        return found

    def starts_of(self, scope: str) -> tuple[str, ...]:
        """Where a scope begins of itself: its start event without a trigger, else every node no flow leads to (BPMN 10.5.2)."""
        found = self.starts.get(scope)
        if found is None:
            found = self.starts[scope] = _starts(self.definition, scope)
        return found

    def upstream_of(self, gateway: n.Gateway) -> dict[str, frozenset[str]]:
        """For each flow into a join: the nodes from which a token could come to it without passing the join before."""
        found = self.upstream.get(gateway.id)
        if found is None:
            flows = self.definition.flows
            found = {each: _before(self.definition, flows[each].source, gateway.id) for each in gateway.incoming}
            self.upstream[gateway.id] = found
        return found

    def downstream_of(self, node: str, *stops: str) -> frozenset[str]:
        """The nodes a token at `node` can come to by flows, the stops among them but nothing only behind one."""
        definition, seen, waiting = self.definition, set(), [node]
        while waiting:
            at = waiting.pop()
            for each in definition.nodes[at].outgoing:
                target = definition.flows[each].target
                if target not in seen:
                    seen.add(target)
                    if target not in stops:
                        waiting.append(target)
        return frozenset(seen)

    def before(self, node: str, stop: str) -> frozenset[str]:
        """The nodes from which a token can come to `node` without passing `stop`; `node` itself is one."""
        return _before(self.definition, node, stop)


_plans: OrderedDict[int, Plan] = OrderedDict()


def plan_of(definition: n.Definition) -> Plan:
    """The plan of a definition; the last ones used are kept, each holding its definition so that no other can have its id."""
    key = id(definition)
    found = _plans.get(key)
    if found is None:
        found = _plans[key] = Plan(definition, _declared(definition), joins=_joins(definition))
        if len(_plans) > _KEPT:
            _plans.popitem(last=False)
    return found


def _declared(definition: n.Definition) -> frozenset[str]:
    """Names of several words have to be known for FEEL to read them as one."""
    names = {name for scope in definition.scopes.values() for name in scope.data}
    for node in definition.nodes.values():
        result = getattr(node, "result", None)
        if isinstance(result, str):
            names.add(result)
        loop = getattr(node, "loop", None)
        if isinstance(loop, n.Each):
            names |= {each for each in (loop.item, loop.collected) if each}
        if isinstance(node, n.Call):
            names |= {each.name for each in node.outputs}
    return frozenset(names)


def _joins(definition: n.Definition) -> frozenset[str]:
    return frozenset(
        node.id
        for node in definition.nodes.values()
        if isinstance(node, n.Gateway)
        and len(node.incoming) > 1
        and node.branching in (n.Branching.PARALLEL, n.Branching.INCLUSIVE)
    )


def _names_of(tree: feel.Node) -> tuple[str, ...]:
    found: dict[str, None] = {}
    waiting: list[Any] = [tree]
    while waiting:
        item = waiting.pop()
        if isinstance(item, feel.Name):
            found[item.name] = None
        waiting.extend(children(item))
    return tuple(found)


def _starts(definition: n.Definition, scope: str) -> tuple[str, ...]:
    found = definition.scopes[scope]
    plain = tuple(each for each in found.starts if _is_plain(definition.nodes[each]))
    if found.starts:
        return plain
    return tuple(
        node.id
        for node in definition.nodes.values()
        if node.scope == scope
        and not node.incoming
        and not isinstance(node, n.Boundary)
        and not (isinstance(node, n.Activity) and node.compensates)
    )


def _is_plain(node: n.Node) -> bool:
    return isinstance(node, n.Start) and node.trigger is None


def _before(definition: n.Definition, node: str, stop: str) -> frozenset[str]:
    seen: set[str] = set()
    waiting = [node]
    while waiting:
        at = waiting.pop()
        if at in seen or at == stop:
            continue
        seen.add(at)
        found = definition.nodes[at]
        waiting.extend(definition.flows[each].source for each in found.incoming)
        if isinstance(found, n.Boundary):
            waiting.append(found.host)
    return frozenset(seen)
