"""A DMN file (1.1 to 1.5) as a model, or refused with every reason found."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from yiwang.rules.core.dmn import xmlfile
from yiwang.rules.core.dmn.basis import Basis, Halt, Names, plain
from yiwang.rules.core.dmn.checking import check
from yiwang.rules.core.dmn.itemreading import read_items
from yiwang.rules.core.dmn.logicreading import logic_in, read_function
from yiwang.rules.core.dmn.model import (
    Decision,
    Element,
    Import,
    InputData,
    ItemDefinition,
    Knowledge,
    Link,
    Model,
    Requirements,
    Service,
    Source,
    Variable,
)
from yiwang.rules.core.dmn.places import DmnRefused
from yiwang.rules.core.dmn.xmlfile import Tag

_ELEMENTS = ("inputData", "decision", "businessKnowledgeModel", "decisionService", "knowledgeSource")
_PASSIVE = (
    "textAnnotation", "association", "group", "elementCollection", "performanceIndicator", "organizationUnit",
    "businessContextElement", "artifact",
)  # fmt: skip
_ABOUT = (
    "supportedObjective", "impactedPerformanceIndicator", "decisionMaker", "decisionOwner", "usingProcess", "usingTask",
)  # fmt: skip
# A key of several words in a context written in FEEL; those with signs in them are left to the quotes.
_KEY = re.compile(r"[{,]\s*([^\W\d]\w*(?:[ \t]+\w+)+)\s*:")
_PLAIN_NAME = re.compile(r"[^\W\d]\w*\Z")


def read(data: bytes, where: str, *, imports: Mapping[str, Model] | None = None, tolerant: bool = False) -> Model:
    """The model of one file; `imports` are the models it may import, by namespace.

    Raises DmnRefused with all reasons. With `tolerant` a fault inside one decision, knowledge model or service refuses only that
    element (`refused`) and what rests on it; what concerns the whole file still raises.
    """
    root = xmlfile.parse(data, where)
    reader = _Reader(root, where, imports or {})
    model = reader.model()
    if model.refusals and not (tolerant and all(one.owner for one in model.refusals)):
        raise DmnRefused(model.refusals)
    return model


class _Reader:
    def __init__(self, root: Tag, where: str, imports: Mapping[str, Model]) -> None:
        self.root = root
        self.basis = Basis(where, root.get("namespace") or "")
        self.imports = self._imports(imports)
        self.basis.prefixes = {one.namespace: one.prefix for one in self.imports}
        self.basis.types = self._type_names()
        self.basis.members = self._member_names()
        self.names: dict[str, str] = {}

    def model(self) -> Model:
        basis, root = self.basis, self.root
        self._file_level(lambda: basis.only(root, "import", "itemDefinition", *_ELEMENTS, *_PASSIVE))
        self._file_level(lambda: basis.language(root))
        self._unique_ids()
        items = read_items(basis, root)
        tags = [(name, child) for name, child in xmlfile.children(root) if name in _ELEMENTS]
        self._declare(tags)
        found: list[Element] = [_READERS[name](self, child) for name, child in tags]
        model = Model(
            namespace=basis.namespace,
            name=plain(root.get("name")),
            file=basis.file,
            imports=tuple(self.imports),
            items=items,
            inputs=tuple(one for one in found if isinstance(one, InputData)),
            decisions=tuple(one for one in found if isinstance(one, Decision)),
            knowledge=tuple(one for one in found if isinstance(one, Knowledge)),
            services=tuple(one for one in found if isinstance(one, Service)),
            sources=tuple(one for one in found if isinstance(one, Source)),
            by_id={one.id: one for one in found},
        )
        return self._checked(model)

    def _checked(self, model: Model) -> Model:
        """The model with what only the whole of it shows; an element already refused keeps its first reason."""
        for refusal in check(model):
            self.basis.refusals.append(refusal)
            owner = model.by_id[refusal.owner]
            if isinstance(owner, (Decision, Knowledge, Service)) and owner.refused is None:
                model.by_id[refusal.owner] = replace(owner, refused=refusal)

        def now(one: Any) -> Any:
            return model.by_id[one.id]

        return replace(
            model,
            decisions=tuple(now(one) for one in model.decisions),
            knowledge=tuple(now(one) for one in model.knowledge),
            services=tuple(now(one) for one in model.services),
            refusals=tuple(self.basis.refusals),
        )

    def _file_level(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Halt as halt:
            self.basis.keep(halt.refusal)

    # Names known before anything is read ---------------------------------------------------------------------------------

    def _imports(self, known: Mapping[str, Model]) -> list[Import]:
        found: list[Import] = []
        for element in xmlfile.named(self.root, "import"):
            namespace, kind = element.get("namespace") or "", element.get("importType") or ""
            if kind not in xmlfile.MODELS and "/DMN/" not in kind:
                zh, en = (
                    f"不支持导入 {kind or '（未写类型）'}，只能导入 DMN。",
                    f"Only DMN can be imported, not {kind or 'an unnamed kind'}.",
                )
                self.basis.keep(self.basis.halt("import_type", element, zh, en).refusal)
            elif namespace not in known:
                zh, en = f"找不到导入的模型 {namespace}。", f"The imported model {namespace} is not there."
                self.basis.keep(self.basis.halt("missing_import", element, zh, en).refusal)
            elif any(one.prefix and one.prefix == plain(element.get("name")) for one in found):
                zh, en = "两个导入同名。", "Two imports share a name."
                self.basis.keep(self.basis.halt("duplicate_name", element, zh, en).refusal)
            else:
                found.append(Import(plain(element.get("name")), namespace, self.basis.place(element), known[namespace]))
        return found

    def _type_names(self) -> Names:
        names = {plain(one.get("name")) for one in xmlfile.named(self.root, "itemDefinition")}
        for one in self.imports:
            names.update(f"{one.prefix}.{item}" if one.prefix else item for item in one.model.items)
        return frozenset(names - {""})

    def _member_names(self) -> Names:
        """Every name with blanks or signs that may follow a dot."""
        names = {plain(element.get("name")) for element in self.root.iter() if element.get("name")}
        for element in self.root.iter():
            if xmlfile.split(element)[1] == "text":
                names.update(plain(key) for key in _KEY.findall(element.text or ""))
        waiting = [one.model for one in self.imports]
        while waiting:
            model = waiting.pop()
            waiting.extend(one.model for one in model.imports)
            names.update(one.name for one in model.elements())
            for item in model.items.values():
                names.update(_components(item))
        return frozenset(name for name in names if name and not _PLAIN_NAME.match(name))

    def _unique_ids(self) -> None:
        seen: set[str] = set()
        for element in self.root.iter():
            if xmlfile.split(element)[0] in xmlfile.MODELS and (found := element.get("id")):
                if found in seen:
                    zh, en = f"标识 {found} 出现两次。", f"The id {found} occurs twice."
                    self.basis.keep(self.basis.halt("duplicate_id", element, zh, en).refusal)
                seen.add(found)

    def _declare(self, tags: list[tuple[str, Tag]]) -> None:
        """The names of elements by id, for those that require them."""
        taken: set[str] = {one.prefix for one in self.imports if one.prefix}
        for kind, element in tags:
            name = plain(element.get("name"))
            if not name:
                zh, en = f"{kind} 没有名称。", f"The {kind} has no name."
                self.basis.keep(self.basis.halt("no_name", element, zh, en).refusal)
            elif name in taken and kind != "knowledgeSource":
                zh, en = f"名称“{name}”出现两次。", f"The name {name} occurs twice."
                self.basis.keep(self.basis.halt("duplicate_name", element, zh, en).refusal)
            taken.add(name)
            self.names[_id(element)] = self._variable_name(element)

    def _variable_name(self, element: Tag) -> str:
        variable = xmlfile.first(element, "variable")
        return plain(None if variable is None else variable.get("name")) or plain(element.get("name"))

    # Elements ------------------------------------------------------------------------------------------------------------

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
        return InputData(_id(element), plain(element.get("name")), variable, self.basis.place(element))

    def decision(self, element: Tag) -> Decision:
        variable, requires, logic, refused = self._bare(element), Requirements(), None, None
        beside = ("variable", "informationRequirement", "knowledgeRequirement", "authorityRequirement", *_ABOUT)
        try:
            requires = self.requirements(element)
            variable = self.variable(element)
            logic = logic_in(self.basis, element, self.scope(requires), *beside)
        except Halt as halt:
            refused = self.basis.keep(halt.refusal, _id(element))
        return Decision(
            id=_id(element),
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
            refused = self.basis.keep(halt.refusal, _id(element))
        name, place = plain(element.get("name")), self.basis.place(element)
        return Knowledge(_id(element), name, variable, place, requires, function, refused)

    def service(self, element: Tag) -> Service:
        parts = ("outputDecision", "encapsulatedDecision", "inputDecision", "inputData")
        variable, refused = self._bare(element), None
        links: list[tuple[Link, ...]] = [(), (), (), ()]
        try:
            self.basis.only(element, "variable", *parts)
            variable = self.variable(element)
            links = [self.links(element, part) for part in parts]
        except Halt as halt:
            refused = self.basis.keep(halt.refusal, _id(element))
        outputs, encapsulated, decisions, inputs = links
        name, place = plain(element.get("name")), self.basis.place(element)
        return Service(_id(element), name, variable, place, outputs, encapsulated, decisions, inputs, refused)

    def source(self, element: Tag) -> Source:
        name, uri = plain(element.get("name")), element.get("locationURI") or ""
        return Source(_id(element), name, self.basis.place(element), uri, _said(element, "description"))

    def _bare(self, element: Tag) -> Variable:
        """What stands for the variable of an element whose own cannot be read."""
        return Variable(self._variable_name(element), None, self.basis.place(element))


_READERS: dict[str, Callable[[_Reader, Tag], Element]] = {
    "inputData": _Reader.input_data,
    "decision": _Reader.decision,
    "businessKnowledgeModel": _Reader.knowledge,
    "decisionService": _Reader.service,
    "knowledgeSource": _Reader.source,
}


def _id(element: Tag) -> str:
    """An element without an id is known by its name."""
    return element.get("id") or f"name:{plain(element.get('name'))}"


def _said(element: Tag, part: str) -> str:
    found = xmlfile.first(element, part)
    return "" if found is None else (found.text or "").strip()


def _components(item: ItemDefinition) -> set[str]:
    return {one.name for one in item.components}.union(*(_components(one) for one in item.components))
