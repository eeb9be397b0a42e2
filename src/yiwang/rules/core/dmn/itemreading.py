"""Item definitions: the types a DMN file names (DMN 1.5, 7.3.2)."""

from __future__ import annotations

from yiwang.rules.core.dmn import xmlfile
from yiwang.rules.core.dmn.basis import NO_NAMES, Basis, Halt, Names, plain
from yiwang.rules.core.dmn.model import FunctionItem, ItemDefinition
from yiwang.rules.core.dmn.xmlfile import Tag
from yiwang.rules.core.feel import nodes
from yiwang.rules.core.feel.depth import children


def read_items(basis: Basis, root: Tag) -> dict[str, ItemDefinition]:
    """The types by name; what cannot be read is kept as a refusal of the file."""
    found: dict[str, ItemDefinition] = {}
    for element in xmlfile.named(root, "itemDefinition"):
        try:
            item = _item(basis, element)
            if item.name in found:
                zh, en = f"类型名“{item.name}”出现两次。", f"The type name {item.name} occurs twice."
                raise basis.halt("duplicate_name", element, zh, en)
            found[item.name] = item
        except Halt as halt:
            basis.keep(halt.refusal)
    _acyclic(basis, root, found)
    return found


def _item(basis: Basis, element: Tag, siblings: Names = NO_NAMES) -> ItemDefinition:
    basis.only(element, "typeRef", "allowedValues", "typeConstraint", "itemComponent", "functionItem")
    basis.language(element)
    name = plain(element.get("name"))
    if not name:
        raise basis.halt("no_name", element, "类型没有名称。", "The type has no name.")
    base = xmlfile.first(element, "typeRef")
    function = xmlfile.first(element, "functionItem")
    inside = xmlfile.named(element, "itemComponent")
    names = frozenset(plain(child.get("name")) for child in inside)
    components = tuple(_item(basis, child, names) for child in inside)
    if len({one.name for one in components}) != len(components):
        raise basis.halt(
            "duplicate_name", element, f"类型“{name}”的成员重名。", f"Two members of the type {name} share a name."
        )
    if sum((base is not None, function is not None, bool(components))) > 1:
        zh = f"类型“{name}”只能是基础类型、成员或函数之一。"
        raise basis.halt(
            "bad_type", element, zh, f"The type {name} is to be one of a base type, members or a function."
        )
    allowed, constraint = xmlfile.first(element, "allowedValues"), xmlfile.first(element, "typeConstraint")
    return ItemDefinition(
        name=name,
        place=basis.place(element),
        base=None if base is None else basis.type_named(base.text, element),
        components=components,
        function=None if function is None else _function(basis, function),
        collection=_truth(element.get("isCollection")),
        allowed=_tests(basis, allowed, siblings),
        allowed_text=xmlfile.text_of(allowed).strip(),
        constraint=_tests(basis, constraint, siblings),
    )


def _truth(text: str | None) -> bool:
    return (text or "").strip() in ("true", "1")


def _tests(basis: Basis, element: Tag | None, siblings: Names) -> nodes.UnaryTests | None:
    """Tests may name the other members of the same context."""
    if element is None or not xmlfile.text_of(element).strip():
        return None
    tests = basis.tests(element, siblings)
    waiting: list[object] = [tests]
    while waiting:
        node = waiting.pop()
        if isinstance(node, nodes.Name) and node.name in ("today", "now") and node.name not in siblings:
            zh, en = (
                "类型不能随日期变化：允许值里不能用 today 与 now。",
                "A type cannot depend on the day: no today or now in it.",
            )
            raise basis.halt("bad_type", element, zh, en)
        waiting.extend(children(node))
    return tests


def _function(basis: Basis, element: Tag) -> FunctionItem:
    parameters = tuple((plain(one.get("name")), basis.type_of(one)) for one in xmlfile.named(element, "parameters"))
    return FunctionItem(parameters, basis.type_of(element, "outputTypeRef"))


def _acyclic(basis: Basis, root: Tag, items: dict[str, ItemDefinition]) -> None:
    """A type may hold lists of itself, a type that is itself says nothing."""
    for name in items:
        seen, at = {name}, items[name].base
        while at in items:
            if at in seen:
                element = next(one for one in xmlfile.named(root, "itemDefinition") if plain(one.get("name")) == name)
                zh, en = f"类型“{name}”以自身定义自身。", f"The type {name} is defined by itself."
                basis.keep(basis.halt("cyclic_type", element, zh, en).refusal)
                break
            seen.add(at)
            at = items[at].base
