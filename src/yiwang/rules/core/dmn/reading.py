"""A DMN file (1.1 to 1.5) as a model, or refused with every reason found."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from yiwang.rules.core.dmn import xmlfile
from yiwang.rules.core.dmn.basis import Basis, Halt, Names, plain
from yiwang.rules.core.dmn.checking import check
from yiwang.rules.core.dmn.elementreading import Elements
from yiwang.rules.core.dmn.itemreading import read_items
from yiwang.rules.core.dmn.model import (
    Decision,
    Import,
    InputData,
    ItemDefinition,
    Knowledge,
    Model,
    Service,
    Source,
)
from yiwang.rules.core.dmn.places import DmnRefused
from yiwang.rules.core.dmn.xmlfile import Tag

_ELEMENTS = ("inputData", "decision", "businessKnowledgeModel", "decisionService", "knowledgeSource")
_PASSIVE = (
    "textAnnotation", "association", "group", "elementCollection", "performanceIndicator", "organizationUnit",
    "businessContextElement", "artifact",
)  # fmt: skip
# A key of several words in a context written in FEEL; those with signs in them are left to the quotes.
_KEY = re.compile(r"[{,]\s*([^\W\d]\w*(?:[ \t]+\w+)+)\s*:")
_PLAIN_NAME = re.compile(r"[^\W\d]\w*\Z")


def read(data: bytes, where: str, *, imports: Mapping[str, Model] | None = None, tolerant: bool = False) -> Model:
    """The model of one file; `imports` are the models it may import, by namespace.

    Raises DmnRefused with all reasons. With `tolerant` a fault inside one decision, knowledge model or service refuses only that
    element (`refused`) and what rests on it, and a name that nothing gives is null; what concerns the whole file still raises.
    """
    root = xmlfile.parse(data, where)
    reader = _Reader(root, where, imports or {})
    reader.basis.strict = not tolerant
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

    def model(self) -> Model:
        basis, root = self.basis, self.root
        self._file_level(lambda: basis.only(root, "import", "itemDefinition", *_ELEMENTS, *_PASSIVE))
        self._file_level(lambda: basis.language(root))
        self._unique_ids()
        items = read_items(basis, root)
        tags = [(name, child) for name, child in xmlfile.children(root) if name in _ELEMENTS]
        self._named(tags)
        elements = Elements(basis, self.imports, tags)
        found = [elements.read(name, child) for name, child in tags]
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

    def _named(self, tags: list[tuple[str, Tag]]) -> None:
        """Refuses elements without a name of their own."""
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


def _components(item: ItemDefinition) -> set[str]:
    return {one.name for one in item.components}.union(*(_components(one) for one in item.components))
