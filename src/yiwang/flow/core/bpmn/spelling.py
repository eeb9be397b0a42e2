"""Whether every element and attribute of a diagram is one that is known where it stands. Nothing else of it is looked at here."""

from __future__ import annotations

from yiwang.flow.core.bpmn import vocabulary as words
from yiwang.flow.core.bpmn import xmlfile
from yiwang.flow.core.bpmn.basis import Basis
from yiwang.flow.core.bpmn.xmlfile import MODEL, Tag
from yiwang.flow.core.process.nodes import NAMESPACE


def check_file(basis: Basis, root: Tag) -> None:
    """What holds for a whole file, drawings included: no unknown elements, no choreographies, our own words as they are meant."""
    for element in xmlfile.walk(root):
        namespace, name = xmlfile.split(element)
        if namespace == MODEL:
            if name not in words.EVERY:
                basis.say("unknown_element", element, tag=name)
            elif name in words.CHOREOGRAPHIES:
                _refused(basis, element, name)
            elif name == "extension" and (element.get("mustUnderstand") or "") in ("true", "1"):
                basis.say("must_understand", element, name=element.get("definition") or "?")
        _own_attributes(basis, element, namespace, name)
        if namespace == NAMESPACE:
            _own_element(basis, element, name)


def check_process(basis: Basis, process: Tag) -> None:
    """What holds for what runs: only elements and attributes that have a meaning here."""
    waiting = [process]
    while waiting:
        element = waiting.pop(0)
        _attributes(basis, element)
        _other_engines(basis, element)
        allowed = words.CHILDREN[xmlfile.name_of(element)]
        for name, child in xmlfile.children(element):
            if name not in allowed:
                _not_here(basis, child, name, element)
            elif name in words.CHILDREN:
                waiting.append(child)


def _not_here(basis: Basis, element: Tag, name: str, parent: Tag) -> None:
    if name in words.REFUSED:
        _refused(basis, element, name)
    elif name in words.EVERY:
        basis.say("misplaced", element, tag=name, parent=xmlfile.name_of(parent))
    # What BPMN does not know at all was told with the file.


def _refused(basis: Basis, element: Tag, name: str) -> None:
    instead = words.REFUSED[name]
    basis.say("not_supported", element, tag=name, instead=instead.zh, instead_en=instead.en)


def _attributes(basis: Basis, element: Tag) -> None:
    tag = xmlfile.name_of(element)
    known = words.ATTRIBUTES.get(tag)
    if known is None:
        return
    for name, value in element.attrib.items():
        if "}" in name:
            continue
        if name not in known:
            basis.say("unknown_attribute", element, tag=tag, name=name)
        elif name in words.FIXED and value.strip() != words.FIXED[name][0]:
            instead = words.FIXED[name][1]
            basis.say("attribute_value", element, name=name, value=value, instead=instead.zh, instead_en=instead.en)
        elif name in words.BOOLEANS and value.strip() not in ("true", "false", "1", "0"):
            basis.say("bad_value", element, name=name, value=value, known="true, false")


def _other_engines(basis: Basis, element: Tag) -> None:
    names = [name for name in element.attrib if name.startswith("{") and _is_other(name[1:].partition("}")[0])]
    for name in names:
        basis.say("other_engine", element, name=_prefixed(element, name))
    for holder in xmlfile.named(element, "extensionElements"):
        for child in holder:
            namespace, name = xmlfile.split(child)
            if _is_other(namespace):
                basis.say("other_engine", child, name=f"{child.prefix}:{name}" if child.prefix else name)


def _is_other(namespace: str) -> bool:
    return namespace.startswith(words.OTHER_ENGINES)


def _prefixed(element: Tag, name: str) -> str:
    namespace, _, local = name[1:].partition("}")
    prefix = next((known for known, uri in element.nsmap.items() if uri == namespace), None)
    return f"{prefix}:{local}" if prefix else local


def _own_attributes(basis: Basis, element: Tag, namespace: str, tag: str) -> None:
    known = {"en"} | (words.OWN_ATTRIBUTES.get(tag, frozenset()) if namespace == MODEL else frozenset())
    for name in element.attrib:
        space, _, local = name.removeprefix("{").partition("}")
        if local and space.startswith(xmlfile.OURS) and not (space == NAMESPACE and local in known):
            basis.say("unknown_yw", element, tag=tag, name=local, known=", ".join(sorted(known)))


def _own_element(basis: Basis, element: Tag, name: str) -> None:
    parent = element.getparent()
    if xmlfile.name_of(parent) == "extensionElements":
        parent = parent.getparent()
    holder = xmlfile.name_of(parent)
    known = words.OWN_PLACES.get(holder, frozenset())
    if name not in known:
        basis.say("unknown_yw", element, tag=holder, name=name, known=", ".join(sorted(known)) or "–")
        return
    for attribute in element.attrib:
        if "}" not in attribute and attribute not in words.OWN_ELEMENTS[name]:
            basis.say("unknown_attribute", element, tag=f"yw:{name}", name=attribute)
