"""Definitions drawn by hand, and a case run through them: every step is reloaded from its text, and the history kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from yiwang.flow.core.process import effects as f
from yiwang.flow.core.process import events as e
from yiwang.flow.core.process import nodes as n
from yiwang.flow.core.process.reducing import Stepped, begin, step
from yiwang.flow.core.process.state import State

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


class Drawing:
    """Nodes and flows by id; what belongs together is found when the definition is made."""

    def __init__(self, root: str = "p", data: tuple[str, ...] = ()) -> None:
        self.root = root
        self.scopes: dict[str, n.Scope] = {root: n.Scope(root, n.ScopeKind.PROCESS, None, (), data=data)}
        self.nodes: dict[str, n.Node] = {}
        self.flows: dict[str, n.Flow] = {}
        self.handlers: dict[str, str] = {}

    def add(self, kind: type[n.Node], id: str, scope: str = "", **fields: Any) -> Drawing:
        self.nodes[id] = kind(id=id, scope=scope or self.root, **fields)
        return self

    def users(self, ids: str, scope: str = "", **fields: Any) -> Drawing:
        for each in ids.split():
            self.add(n.UserTask, each, scope, **fields)
        return self

    def gateway(self, id: str, branching: n.Branching, scope: str = "", default: str | None = None) -> Drawing:
        return self.add(n.Gateway, id, scope, branching=branching, default=default)

    def scope(
        self, id: str, kind: n.ScopeKind = n.ScopeKind.SUB, parent: str = "", data: tuple[str, ...] = ()
    ) -> Drawing:
        self.scopes[id] = n.Scope(id, kind, parent or self.root, (), data=data)
        return self

    def sub(self, id: str, line: str, scope: str = "", **fields: Any) -> Drawing:
        """A sub-process `id` around the scope `id.in`, in which user tasks stand in a line."""
        inner = f"{id}.in"
        self.scope(inner, parent=scope).add(n.SubProcess, id, scope, inner=inner, **fields)
        self.add(n.Start, f"{id}.s", inner).users(line, inner).add(n.End, f"{id}.e", inner)
        return self.line(f"{id}.s {line} {id}.e")

    def event_sub(self, id: str, trigger: n.Trigger, line: str, interrupting: bool = True, scope: str = "") -> Drawing:
        self.scope(id, n.ScopeKind.EVENT_SUB, scope)
        self.add(n.Start, f"{id}.s", id, trigger=trigger, interrupting=interrupting)
        self.users(line, id).add(n.End, f"{id}.e", id)
        return self.line(f"{id}.s {line} {id}.e")

    def boundary(self, id: str, host: str, trigger: n.Trigger, interrupting: bool = True) -> Drawing:
        scope = self.nodes[host].scope
        return self.add(n.Boundary, id, scope, host=host, trigger=trigger, interrupting=interrupting)

    def undone_by(self, activity: str, handler: str) -> Drawing:
        self.boundary(f"{activity}.undo", activity, n.Compensation())
        self.handlers[activity] = handler
        return self

    def line(self, ids: str) -> Drawing:
        names = ids.split()
        for source, target in zip(names, names[1:], strict=False):
            self.flow(source, target)
        return self

    def flow(self, source: str, target: str, condition: str | None = None, id: str = "") -> Drawing:
        name = id or f"{source}>{target}"
        self.flows[name] = n.Flow(name, source, target, condition)
        return self

    def made(self, process: str = "") -> n.Definition:
        nodes = {id: self._joined(node) for id, node in self.nodes.items()}
        scopes = {id: self._filled(scope) for id, scope in self.scopes.items()}
        name = n.Named("流程", "process")
        return n.Definition(process or self.root, name, "0" * 64, self.root, scopes, nodes, dict(self.flows))

    def _joined(self, node: n.Node) -> n.Node:
        fields: dict[str, Any] = {
            "incoming": tuple(each.id for each in self.flows.values() if each.target == node.id),
            "outgoing": tuple(each.id for each in self.flows.values() if each.source == node.id),
        }
        if isinstance(node, n.Activity):
            fields["boundaries"] = tuple(
                each.id for each in self.nodes.values() if isinstance(each, n.Boundary) and each.host == node.id
            )
            fields["compensates"] = node.id in self.handlers.values()
        return replace(node, **fields)

    def _filled(self, scope: n.Scope) -> n.Scope:
        starts = tuple(each.id for each in self.nodes.values() if isinstance(each, n.Start) and each.scope == scope.id)
        subs = tuple(
            each.id for each in self.scopes.values() if each.parent == scope.id and each.kind is n.ScopeKind.EVENT_SUB
        )
        undo = {a: h for a, h in self.handlers.items() if self.nodes[a].scope == scope.id}
        return replace(scope, starts=starts, event_subs=subs, compensations=undo)


class Case:
    """A case under way. Works and tokens are named by the node they stand at."""

    def __init__(self, drawing: Drawing | n.Definition, at: str = "", start: bool = True, **values: Any) -> None:
        self.definition = drawing.made() if isinstance(drawing, Drawing) else drawing
        self.state: State = begin(self.definition)
        self.history: list[tuple[e.Event, datetime]] = []
        self.effects: list[f.Effect] = []
        self.last: tuple[f.Effect, ...] = ()
        self.now = NOW
        if start:
            self.take(e.Started(values, at))

    def take(self, event: e.Event) -> Stepped:
        before = self.state.dumps()
        stepped = step(self.definition, self.state, event, self.now)
        assert self.state.dumps() == before, "the given state was changed"
        self.history.append((event, self.now))
        self.state = State.loads(stepped.state.dumps())
        assert self.state == stepped.state
        self.last = stepped.effects
        self.effects += stepped.effects
        self.now += timedelta(minutes=1)
        return stepped

    # What stands open ---------------------------------------------------------------------------------------------------

    @property
    def open(self) -> list[str]:
        """The nodes of the open works, in order."""
        return [self.state.tokens[each.token].node for each in self.state.works_open.values()]

    @property
    def at(self) -> list[str]:
        """The nodes where tokens stand."""
        return sorted(each.node for each in self.state.tokens.values())

    @property
    def timers(self) -> set[str]:
        """Keys of the timers that are set, as the world knows them."""
        found: set[str] = set()
        for each in self.effects:
            if isinstance(each, f.TimerSet):
                assert each.timer not in found, "set twice"
                found.add(each.timer)
            elif isinstance(each, f.TimerDropped):
                found.remove(each.timer)
        return found - self._fired

    @property
    def _fired(self) -> set[str]:
        return {event.timer for event, _ in self.history if isinstance(event, e.TimerFired)}

    def work(self, node: str, place: int = 0) -> int:
        return [each.id for each in self.state.works.values() if self.state.tokens[each.token].node == node][place]

    def token(self, node: str, place: int = -1) -> int:
        return [each.id for each in self.state.tokens.values() if each.node == node][place]

    def of(self, kind: type[Any], effects: Iterable[f.Effect] | None = None) -> list[Any]:
        return [each for each in (self.last if effects is None else effects) if isinstance(each, kind)]

    def passed(self, mark: f.Mark = f.Mark.ENTERED) -> list[str]:
        return [each.element for each in self.of(f.Passed, self.effects) if each.mark is mark]

    # What happens -------------------------------------------------------------------------------------------------------

    def do(self, node: str, who: str = "li", place: int = 0, values: Mapping[str, Any] | None = None) -> Case:
        self.take(e.WorkDone(self.work(node, place), who, values or {}))
        return self

    def fire(self, node: str) -> Stepped:
        listeners = [*self.state.tokens.values(), *self.state.runs.values()]
        key = next(f"{each.id}:{node}" for each in listeners if node in (each.timers or ()))
        return self.take(e.TimerFired(key))
