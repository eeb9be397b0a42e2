"""The elements of a decision requirements graph from XML: what each requires, and its logic (DMN 1.5, 6.3)."""

from __future__ import annotations

from collections.abc import Callable

from yiwang.rules.core.dmn import xmlfile
from yiwang.rules.core.dmn.basis import Basis, Halt, Names, plain
from yiwang.rules.core.dmn.logicreading import logic_in, read_function
from yiwang.rules.core.dmn.model import (
    Decision,
    Element,
    Import,
    InputData,
    Knowledge,
    Link,
    Requirements,
    Service,
    Source,
    Variable,
)
from yiwang.rules.core.dmn.xmlfile import Tag

_ABOUT = (
    "supportedObjective", "impactedPerformanceIndicator", "decisionMaker", "decisionOwner", "usingProcess", "usingTask",
)  # fmt: skip


class Elements:
    """Reads elements one by one. `names` are the variables of all of them by id, for those that require them.

    What cannot be read is kept as a refusal, and the element is given without it.
    """

    def __init__(self, basis: Basis, imports: list[Import], tags: list[tuple[str, Tag]]) -> None:
        self.basis = basis
        self.imports = imports
        self.names = {element_id(element): self._variable_name(element) for _, element in tags}

    def read(self, tag: str, element: Tag) -> Element:
        return _READERS[tag](self, element)

    def _variable_name(self, element: Tag) -> str:
        variable = xmlfile.first(element, "variable")
        return plain(None if variable is None else variable.get("name")) or plain(element.get("name"))

    def variable(self, element: Tag) -> Variable:
        found = xmlfile.first(element, "variable")
        holder = element if found is None else found
        type_ = None if found is None else self.basis.type_of(found)
        return Variable(self._variable_name(element), type_, self.basis.place(holder))

    def link(self, element: Tag) -> Link:
        href = (element.get("href") or "").strip()
        namespace, sharp, found = href.rpartition("#")
        if not sharp or namespace in ("", self.basis.namespace):
            if found in self.names:
                return Link(None, found)
        else:
            held = next((one for one in self.imports if one.namespace == namespace), None)
            if held is not None and found in held.model.by_id:
                return Link(held.key, found)
        raise self.basis.halt(
            "broken_href", element, f"引用 {href or '（空）'} 找不到对象。", f"The href {href!r} points at nothing."
        )

    def links(self, element: Tag, part: str) -> tuple[Link, ...]:
        return tuple(self.link(child) for child in xmlfile.named(element, part))

    def requirements(self, element: Tag) -> Requirements:
        found: dict[str, list[Link]] = {"requiredInput": [], "requiredDecision": [], "requiredKnowledge": []}
        for holder in ("informationRequirement", "knowledgeRequirement"):
            for one in xmlfile.named(element, holder):
                self.basis.only(one, *found)
                for name, child in xmlfile.children(one):
                    if name in found:
                        found[name].append(self.link(child))
        authorities = [
            self.link(child)
            for one in xmlfile.named(element, "authorityRequirement")
            for name, child in xmlfile.children(one)
            if name.startswith("required")
        ]
        return Requirements(
            tuple(found["requiredInput"]),
            tuple(found["requiredDecision"]),
            tuple(found["requiredKnowledge"]),
            tuple(authorities),
        )

    def scope(self, requires: Requirements) -> Names:
        """The names an element's logic may use; imported ones begin with the import's name."""
        names = {
            self.names[link.id] if link.prefix is None else self._imported(link)
            for link in (*requires.inputs, *requires.decisions, *requires.knowledge)
        }
        return frozenset(names)

    def _imported(self, link: Link) -> str:
        held = next(one for one in self.imports if one.key == link.prefix)
        element = held.model.by_id[link.id]
        return held.prefix or (element.name if isinstance(element, Source) else element.variable.name)

    def input_data(self, element: Tag) -> InputData:
        try:
            self.basis.only(element, "variable")
            variable = self.variable(element)
        except Halt as halt:
            self.basis.keep(halt.refusal)
            variable = Variable(self._variable_name(element), None, self.basis.place(element))
        return InputData(element_id(element), plain(element.get("name")), variable, self.basis.place(element))

    def decision(self, element: Tag) -> Decision:
        variable, requires, logic, refused = self._bare(element), Requirements(), None, None
        beside = ("variable", "informationRequirement", "knowledgeRequirement", "authorityRequirement", *_ABOUT)
        try:
            requires = self.requirements(element)
            variable = self.variable(element)
            logic = logic_in(self.basis, element, self.scope(requires), *beside)
        except Halt as halt:
            refused = self.basis.keep(halt.refusal, element_id(element))
        return Decision(
            id=element_id(element),
            name=plain(element.get("name")),
            variable=variable,
            place=self.basis.place(element),
            requires=requires,
            logic=logic,
            question=_said(element, "question"),
            description=_said(element, "description"),
            refused=refused,
        )

    def knowledge(self, element: Tag) -> Knowledge:
        variable, requires, function, refused = self._bare(element), Requirements(), None, None
        try:
            self.basis.only(element, "variable", "encapsulatedLogic", "knowledgeRequirement", "authorityRequirement")
            requires = self.requirements(element)
            variable = self.variable(element)
            holder = xmlfile.first(element, "encapsulatedLogic")
            if holder is not None:
                function = read_function(self.basis, holder, self.scope(requires) | {variable.name})
        except Halt as halt:
            refused = self.basis.keep(halt.refusal, element_id(element))
        name, place = plain(element.get("name")), self.basis.place(element)
        return Knowledge(element_id(element), name, variable, place, requires, function, refused)

    def service(self, element: Tag) -> Service:
        parts = ("outputDecision", "encapsulatedDecision", "inputDecision", "inputData")
        variable, refused = self._bare(element), None
        links: list[tuple[Link, ...]] = [(), (), (), ()]
        try:
            self.basis.only(element, "variable", *parts)
            variable = self.variable(element)
            links = [self.links(element, part) for part in parts]
        except Halt as halt:
            refused = self.basis.keep(halt.refusal, element_id(element))
        outputs, encapsulated, decisions, inputs = links
        name, place = plain(element.get("name")), self.basis.place(element)
        return Service(element_id(element), name, variable, place, outputs, encapsulated, decisions, inputs, refused)

    def source(self, element: Tag) -> Source:
        name, uri = plain(element.get("name")), element.get("locationURI") or ""
        return Source(element_id(element), name, self.basis.place(element), uri, _said(element, "description"))

    def _bare(self, element: Tag) -> Variable:
        """What stands for the variable of an element whose own cannot be read."""
        return Variable(self._variable_name(element), None, self.basis.place(element))


_READERS: dict[str, Callable[[Elements, Tag], Element]] = {
    "inputData": Elements.input_data,
    "decision": Elements.decision,
    "businessKnowledgeModel": Elements.knowledge,
    "decisionService": Elements.service,
    "knowledgeSource": Elements.source,
}


def element_id(element: Tag) -> str:
    """An element without an id is known by its name."""
    return element.get("id") or f"name:{plain(element.get('name'))}"


def _said(element: Tag, part: str) -> str:
    found = xmlfile.first(element, part)
    return "" if found is None else (found.text or "").strip()
