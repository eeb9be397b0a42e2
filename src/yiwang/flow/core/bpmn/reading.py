"""A BPMN 2.0 file as definitions that can run, or every reason why not. What is only drawn is read too, and kept as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yiwang.flow.core.bpmn import activityreading, eventreading, references, spelling, vocabulary, xmlfile
from yiwang.flow.core.bpmn.basis import Basis
from yiwang.flow.core.bpmn.eventreading import Common
from yiwang.flow.core.bpmn.faults import Fault
from yiwang.flow.core.bpmn.soundness import check_sound
from yiwang.flow.core.bpmn.xmlfile import Tag
from yiwang.flow.core.process.nodes import (
    Branching,
    Definition,
    Flow,
    Gateway,
    Named,
    Node,
    Scope,
    ScopeKind,
    SubProcess,
)

_BRANCHINGS = {
    "exclusiveGateway": Branching.EXCLUSIVE,
    "parallelGateway": Branching.PARALLEL,
    "inclusiveGateway": Branching.INCLUSIVE,
    "eventBasedGateway": Branching.EVENT,
}
# What BPMN calls a flow node and is refused here; it keeps its place so that nothing around it is blamed.
_OTHER_NODES = ("task", "transaction", "adHocSubProcess", "complexGateway", "implicitThrowEvent")


@dataclass(frozen=True)
class Drawing:
    """A process that is not executable: read, kept, never run. `findings` are what would stop it from running."""

    id: str
    name: Named | None
    findings: tuple[Fault, ...]


@dataclass(frozen=True)
class Reading:
    """`definitions` is empty when any finding is an error. `places` tells where the element of an id stands."""

    definitions: tuple[Definition, ...]
    findings: tuple[Fault, ...]
    drawings: tuple[Drawing, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        return not any(finding.level == "error" for finding in self.findings)


def read(data: bytes, where: str) -> Reading:
    """Everything that can be said of a file; never raises for what is in it."""
    try:
        root = xmlfile.parse(data, where)
    except xmlfile.Unreadable as unreadable:
        return Reading((), (unreadable.fault,))
    basis = Basis(where, references.ids_of(root), root.get("expressionLanguage") or "")
    spelling.check_file(basis, root)
    references.check(basis, root)
    digest = hashlib.sha256(data).hexdigest()
    processes = xmlfile.named(root, "process")
    if not processes:
        basis.say("no_process", root)
    definitions, drawings = [], []
    for element in processes:
        own = Basis(where, basis.ids, basis.language)
        definition = _Process(own, element).definition(digest)
        if xmlfile.flag(element, "isExecutable"):
            basis.faults.extend(own.faults)
            definitions.append(definition)
        else:
            drawings.append(Drawing(definition.id, basis.named(element), tuple(own.faults)))
    findings = tuple(sorted(basis.faults, key=lambda fault: fault.line))
    places = {one: basis.place(element) for one, element in basis.ids.items()}
    return Reading(tuple(definitions) if basis.is_sound else (), findings, tuple(drawings), places)


class _Process:
    """Reads one process. A node with faults is read as well as it can be, so that all of a file's faults are told at once."""

    def __init__(self, basis: Basis, element: Tag) -> None:
        self.basis = basis
        self.element = element
        self.scopes: dict[str, Scope] = {}
        self.nodes: dict[str, Node] = {}
        self.flows: dict[str, Flow] = {}
        self.tags: dict[str, Tag] = {}

    def definition(self, digest: str) -> Definition:
        basis, element = self.basis, self.element
        spelling.check_process(basis, element)
        root, name = self.id_of(element), basis.named(element)
        if name is None:
            basis.say("missing", element, name="name")
        elif xmlfile.own(element, "en") is None:
            basis.say("no_english", element, level="warning")
        self.scope(element, ScopeKind.PROCESS, None)
        found = Definition(root, name or Named("", ""), digest, root, self.scopes, self.nodes, self.flows)
        check_sound(basis, found, self.tags)
        return found

    def id_of(self, element: Tag) -> str:
        """The element's id; one without gets a name for the time of reading."""
        if not element.get("id"):
            self.basis.say("no_id", element)
        found = element.get("id") or f"?{xmlfile.name_of(element)}:{xmlfile.line_of(element)}:{len(self.tags)}"
        self.tags[found] = element
        return str(found)

    def scope(self, element: Tag, kind: ScopeKind, parent: str | None) -> None:
        scope = element.get("id") or next(one for one, tag in self.tags.items() if tag is element)
        # The scope stands before those inside it.
        self.scopes[scope] = Scope(scope, kind, parent, ())
        incoming, outgoing = self._flows(element)
        event_subs, starts = [], []
        for tag, child in xmlfile.children(element):
            if tag not in vocabulary.NODES and tag not in _OTHER_NODES:
                continue
            one = self.id_of(child)
            if tag == "subProcess" and xmlfile.flag(child, "triggeredByEvent"):
                self._event_sub(child, one, scope, incoming, outgoing)
                event_subs.append(one)
                continue
            common: Common = {
                "id": one,
                "name": self.basis.named(child),
                "scope": scope,
                "incoming": tuple(incoming.get(one, ())),
                "outgoing": tuple(outgoing.get(one, ())),
            }
            self.nodes[one] = self._node(tag, child, common, kind)
            if tag == "startEvent":
                starts.append(one)
        self.scopes[scope] = Scope(
            scope, kind, parent, tuple(starts), tuple(event_subs), self._compensations(element), self._data(element)
        )

    def _flows(self, element: Tag) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """The flows of a scope, kept, and their ids by target and by source."""
        incoming: dict[str, list[str]] = {}
        outgoing: dict[str, list[str]] = {}
        for child in xmlfile.named(element, "sequenceFlow"):
            one = self.id_of(child)
            ends = [xmlfile.bare(child.get(name)) for name in ("sourceRef", "targetRef")]
            for name, end in zip(("sourceRef", "targetRef"), ends, strict=True):
                if not end:
                    self.basis.say("missing", child, name=name)
            conditions = xmlfile.named(child, "conditionExpression")
            condition = self.basis.expression(conditions[0]) if conditions else None
            if conditions and condition is None:
                condition = "false"  # it was there, and its fault is told
            self.flows[one] = Flow(one, ends[0], ends[1], condition, self.basis.named(child))
            outgoing.setdefault(ends[0], []).append(one)
            incoming.setdefault(ends[1], []).append(one)
            for name, end in zip(("sourceRef", "targetRef"), ends, strict=True):
                self._end(child, name, end, element)
        return incoming, outgoing

    def _end(self, flow: Tag, name: str, end: str, scope: Tag) -> None:
        found = self.basis.ids.get(end)
        if found is None:
            return
        if xmlfile.name_of(found) not in vocabulary.NODES and xmlfile.name_of(found) not in _OTHER_NODES:
            self.basis.say("wrong_kind", flow, name=name, id=end, wanted="flow node")
        elif found.getparent() is not scope:
            source, target = flow.get("sourceRef"), flow.get("targetRef")
            self.basis.say("crosses_scope", flow, source=source, target=target)

    def _event_sub(
        self, element: Tag, one: str, scope: str, incoming: Mapping[str, Any], outgoing: Mapping[str, Any]
    ) -> None:
        for code, ends in (("flow_in", incoming), ("flow_out", outgoing)):
            if one in ends:
                self.basis.say(code, element, tag="subProcess triggeredByEvent")
        if xmlfile.named(element, *vocabulary.LOOPS):
            zh, en = "事件子流程不能循环", "an event sub-process cannot be a loop"
            self.basis.say("loop_terms", element, why=zh, why_en=en)
        self.scope(element, ScopeKind.EVENT_SUB, scope)

    def _node(self, tag: str, element: Tag, common: Common, kind: ScopeKind) -> Node:
        basis = self.basis
        if tag in _BRANCHINGS:
            return Gateway(**common, branching=_BRANCHINGS[tag], default=self._default(element))
        match tag:
            case "startEvent":
                return eventreading.start(basis, element, common, kind)
            case "endEvent":
                return eventreading.end(basis, element, common)
            case "intermediateThrowEvent":
                return eventreading.throw(basis, element, common)
            case "intermediateCatchEvent":
                return eventreading.catch(basis, element, common)
            case "boundaryEvent":
                return eventreading.boundary(basis, element, common)
        common |= {
            "default": self._default(element),
            "loop": activityreading.loop_of(basis, element),
            "boundaries": self._boundaries(element),
            "compensates": xmlfile.flag(element, "isForCompensation"),
        }
        if tag == "subProcess":
            self.scope(element, ScopeKind.SUB, common["scope"])
            return SubProcess(**common, inner=common["id"])
        # What is refused stands in as a task without meaning.
        return activityreading.READERS.get(tag, activityreading.manual_task)(basis, element, common)

    def _default(self, element: Tag) -> str | None:
        return xmlfile.bare(element.get("default")) or None

    def _boundaries(self, host: Tag) -> tuple[str, ...]:
        beside = xmlfile.named(host.getparent(), "boundaryEvent")
        mine = [one for one in beside if xmlfile.bare(one.get("attachedToRef")) == host.get("id")]
        return tuple(str(one.get("id")) for one in mine if one.get("id"))

    def _compensations(self, scope: Tag) -> dict[str, str]:
        """Activity → handler, by the association that leads from a compensation event on the activity."""
        found: dict[str, str] = {}
        for link in xmlfile.named(scope, "association"):
            event = self.basis.ids.get(xmlfile.bare(link.get("sourceRef")))
            if event is None or xmlfile.name_of(event) != "boundaryEvent":
                continue
            if not xmlfile.named(event, "compensateEventDefinition"):
                continue
            handler = self.basis.ids.get(xmlfile.bare(link.get("targetRef")))
            if handler is None or not xmlfile.flag(handler, "isForCompensation") or handler.getparent() is not scope:
                self.basis.say("no_handler", event)
                continue
            host = xmlfile.bare(event.get("attachedToRef"))
            if host in found:
                self.basis.say("no_handler", event)
            found[host] = str(handler.get("id"))
        return found

    def _data(self, scope: Tag) -> tuple[str, ...]:
        """The names of data objects; one without a name is called as those that refer to it."""
        names: dict[str, Tag] = {}
        for one in xmlfile.named(scope, "dataObject", "dataObjectReference"):
            if one.get("name"):
                names.setdefault(str(one.get("name")), one)
        read = [self.basis.variable(name, element, "name") for name, element in names.items()]
        return tuple(name for name in read if name is not None)
