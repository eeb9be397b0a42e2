"""The bytes of a BPMN file as a tree of elements, from anybody's hands: no DTD, no entities, no network, bounded in size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from yiwang.flow.core.bpmn.faults import REASONS, Fault
from yiwang.flow.core.process.nodes import NAMESPACE

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
OURS = "urn:yiwang:"
MAX_BYTES = 10_000_000
MAX_ELEMENTS = 200_000
MAX_NESTING = 120
Tag = Any  # an lxml element: the library ships no types


class Unreadable(Exception):
    """The bytes are no diagram at all; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.en)
        self.fault = fault


def parse(data: bytes, file: str) -> Tag:
    """The root element `definitions`. Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise _unreadable("too_large", file, why=f"{len(data)} > {MAX_BYTES} B")
    if b"<!DOCTYPE" in data:
        raise _unreadable("doctype", file)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise _unreadable("bad_xml", file, getattr(error, "lineno", None) or 1, why=str(error)) from None
    if _docinfo(root).doctype:
        raise _unreadable("doctype", file)
    _bounded(root, file)
    if split(root) != (MODEL, "definitions"):
        raise _unreadable("not_bpmn", file, line_of(root), tag=str(root.tag))
    return root


def _docinfo(root: Tag) -> Any:
    return root.getroottree().docinfo


def _bounded(root: Tag, file: str) -> None:
    count, waiting = 0, [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        count += 1
        if depth > MAX_NESTING or count > MAX_ELEMENTS:
            why = f"depth {depth} > {MAX_NESTING}" if depth > MAX_NESTING else f"> {MAX_ELEMENTS} elements"
            raise _unreadable("too_large", file, line_of(element), why=why)
        waiting.extend((child, depth + 1) for child in element)


def _unreadable(code: str, file: str, line: int = 1, **values: str) -> Unreadable:
    text = REASONS[code]
    return Unreadable(Fault(f"{file}:{line}", text.zh.format(**values), text.en.format(**values), code=code, line=line))


def line_of(element: Tag) -> int:
    return int(element.sourceline or 1)


def split(element: Tag) -> tuple[str, str]:
    """An element's namespace and local name; empty for what is no element."""
    if not isinstance(element.tag, str):
        return "", ""
    namespace, _, name = element.tag.rpartition("}")
    return namespace.removeprefix("{"), name


def name_of(element: Tag) -> str:
    return split(element)[1]


def children(element: Tag) -> Iterator[tuple[str, Tag]]:
    """The BPMN elements directly below one, with their names."""
    for child in element:
        namespace, name = split(child)
        if namespace == MODEL:
            yield name, child


def walk(root: Tag) -> Iterator[Tag]:
    """Every element in the order of the file, but for what other programs keep in extension elements: that is theirs."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        is_extension = split(element) == (MODEL, "extensionElements")
        waiting.extend(child for child in reversed(element) if not is_extension or split(child)[0].startswith(OURS))


def named(element: Tag, *names: str) -> list[Tag]:
    return [child for found, child in children(element) if found in names]


def extensions(element: Tag, *names: str) -> list[Tag]:
    """Our own elements in the element's `extensionElements`."""
    return [
        one
        for holder in named(element, "extensionElements")
        for one in holder
        if split(one)[0] == NAMESPACE and split(one)[1] in names
    ]


def own(element: Tag, name: str) -> str | None:
    """An attribute in our own namespace."""
    found = element.get(f"{{{NAMESPACE}}}{name}")
    return None if found is None else str(found)


def text_of(element: Tag) -> str:
    return (element.text or "").strip()


def bare(reference: str | None) -> str:
    """A QName without its prefix; ids hold no colon."""
    return (reference or "").strip().rpartition(":")[2]


def flag(element: Tag, name: str, otherwise: bool = False) -> bool:
    """An XML boolean attribute; whether it is one has been looked at before."""
    found = element.get(name)
    return otherwise if found is None else found.strip() in ("true", "1")
