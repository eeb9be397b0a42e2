"""What every part of the reader needs: where it is, which names are known, and how something is refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from yiwang.rules.core.dmn import xmlfile
from yiwang.rules.core.dmn.boxed import Literal
from yiwang.rules.core.dmn.places import Place, Refusal
from yiwang.rules.core.dmn.xmlfile import Tag
from yiwang.rules.core.feel import nodes
from yiwang.rules.core.feel.freenames import free_names
from yiwang.rules.core.feel.parser import parse_expression, parse_tests, parse_type
from yiwang.rules.core.feel.typetext import BASIC
from yiwang.rules.errors import FeelSyntaxError

Names = frozenset[str]
NO_NAMES: Names = frozenset()

# Parts every DMN element may have and that say nothing to run.
PASSIVE = frozenset({"description", "question", "allowedAnswers", "extensionElements"})
_SHOWN = 60
# Among the names in scope: any other may be the member of an item. No name of FEEL is spelled so.
ANY_MEMBER = "[]"


class Halt(Exception):
    """Raised where something cannot be run; caught by whoever owns it (a decision, a file)."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def plain(name: str | None) -> str:
    """A name with its blanks made one."""
    return " ".join((name or "").split())


@dataclass(slots=True)
class Basis:
    """`types` are the names of types, `members` the names of context members, `prefixes` import names by namespace."""

    file: str
    namespace: str
    types: Names = frozenset()
    members: Names = frozenset()
    prefixes: dict[str, str] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    # Whether a name that nothing gives is refused; else it is null, with a note, whenever it is asked for.
    strict: bool = False

    def place(self, element: Tag) -> Place:
        label = element.get("label") or element.get("name") or ""
        return Place(
            self.file, element.sourceline or 1, xmlfile.split(element)[1], element.get("id") or "", plain(label)
        )

    def halt(self, code: str, element: Tag, zh: str, en: str, at: int | None = None) -> Halt:
        return Halt(Refusal(code, self.place(element), zh, en, at=at))

    def keep(self, refusal: Refusal, owner: str = "") -> Refusal:
        kept = replace(refusal, owner=owner)
        self.refusals.append(kept)
        return kept

    def only(self, element: Tag, *known: str) -> None:
        """Refuses a child that is neither known nor passive."""
        for name, child in xmlfile.children(element):
            if name not in known and name not in PASSIVE:
                parent = xmlfile.split(element)[1]
                zh, en = f"{parent} 中不认识的元素 {name}。", f"The element {name} is not known in {parent}."
                raise self.halt("unknown_element", child, zh, en)

    def language(self, element: Tag) -> None:
        for attribute, zh, en in (("expressionLanguage", "表达式", "expression"), ("typeLanguage", "类型", "type")):
            found = element.get(attribute)
            if found and found.strip() not in xmlfile.FEEL_LANGUAGES:
                raise self.halt(
                    "expression_language",
                    element,
                    f"{zh}语言“{found}”不受支持，只支持 FEEL。",
                    f"The {en} language {found} is not supported; only FEEL is.",
                )

    def expression(self, element: Tag, names: Names) -> Literal:
        """A literalExpression, or anything else that holds a `text`. An empty one is null."""
        self.language(element)
        imported = xmlfile.first(element, "importedValues")
        if imported is not None:
            zh, en = "不支持 importedValues。", "importedValues are not supported."
            raise self.halt("imported_values", imported, zh, en)
        text = xmlfile.text_of(element)
        place = self.place(element)
        if not text.strip():
            return Literal(place, self.type_of(element), text, nodes.Null(0))
        try:
            node = parse_expression(text, names, self.members, self.types)
        except FeelSyntaxError as error:
            raise self._feel(error, element, text) from None
        self._given(node, names, element)
        return Literal(place, self.type_of(element), text, node)

    def tests(self, element: Tag, names: Names) -> nodes.UnaryTests:
        """Unary tests. An empty cell lets everything pass, as editors write it."""
        self.language(element)
        text = xmlfile.text_of(element)
        if not text.strip():
            return nodes.UnaryTests(0, (nodes.AnyTest(0),))
        try:
            tests = parse_tests(text, names, self.members, self.types)
        except FeelSyntaxError as error:
            raise self._feel(error, element, text) from None
        self._given(tests, names, element)
        return tests

    def _given(self, node: nodes.Node, names: Names, element: Tag) -> None:
        """Refuses a name that is no requirement: the answer would be null for everybody, and nobody told."""
        lost = next(free_names(node, names), None) if self.strict and ANY_MEMBER not in names else None
        if lost is not None:
            zh = f"没有名为“{lost.name}”的变量：不是依赖项，也没有在此定义。"
            en = f"There is no variable “{lost.name}”: it is neither required nor defined here."
            raise self.halt("unknown_name", element, zh, en, lost.at)

    def _feel(self, error: FeelSyntaxError, element: Tag, text: str) -> Halt:
        if text[error.at :].lstrip().startswith("external"):
            return self.halt("external_function", element, error.zh, error.en, error.at)
        shown = plain(text) if len(text) <= _SHOWN else plain(text[:_SHOWN]) + "…"
        return self.halt(
            "bad_feel",
            element,
            f"FEEL 写法有误：{error.zh} 原文：{shown}",
            f"Not FEEL: {error.en} Text: {shown}",
            error.at,
        )

    def type_of(self, element: Tag, attribute: str = "typeRef") -> str | None:
        return self.type_named(element.get(attribute), element)

    def type_named(self, written: str | None, element: Tag) -> str | None:
        """A typeRef as FEEL writes it: DMN 1.1 wrote `prefix:name`, an XML namespace before a colon."""
        name = plain(written)
        if not name:
            return None
        prefix, colon, rest = name.partition(":")
        if colon and prefix in element.nsmap and rest:
            namespace = element.nsmap[prefix]
            known = self.prefixes.get(namespace)
            name = f"{known}.{rest}" if known else rest
        elif name.startswith("{") and "}" in name:
            namespace, _, rest = name[1:].partition("}")
            known = self.prefixes.get(namespace)
            name = f"{known}.{rest}" if known else rest
        self._known(name, element)
        return name

    def _known(self, name: str, element: Tag) -> None:
        """Refuses a type that is neither FEEL's nor an item definition."""
        if name in self.types:
            return
        try:
            found = parse_type(name, self.types)
        except FeelSyntaxError as error:
            raise self.halt(
                "bad_type",
                element,
                f"类型“{name}”的写法有误：{error.zh}",
                f"The type {name} cannot be read: {error.en}",
            ) from None
        for part in _type_names(found):
            if part not in self.types and part not in BASIC:
                raise self.halt("unknown_type", element, f"没有名为“{part}”的类型。", f"There is no type named {part}.")


def _type_names(node: nodes.TypeNode) -> Iterable[str]:
    match node:
        case nodes.NamedType(name=name):
            yield name
        case nodes.ListType(item=item) | nodes.RangeType(item=item):
            yield from _type_names(item)
        case nodes.ContextType(members=members):
            for _, member in members:
                yield from _type_names(member)
        case nodes.FunctionType(parameters=parameters, result=result):
            for one in (*parameters, result):
                yield from _type_names(one)
