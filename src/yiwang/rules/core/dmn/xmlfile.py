"""The bytes of a DMN file as a tree of elements, from anybody's hands: no DTD, no entities, no network, bounded in size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from yiwang.rules.core.dmn.places import DmnRefused, Place, Refusal

MAX_BYTES = 20_000_000
MAX_ELEMENTS = 400_000
MAX_NESTING = 120

# DMN 1.1 to 1.5, each with the namespace of its FEEL.
MODELS = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "http://www.omg.org/spec/FEEL/20140401",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "http://www.omg.org/spec/DMN/20180521/FEEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "https://www.omg.org/spec/DMN/20191111/FEEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "https://www.omg.org/spec/DMN/20211108/FEEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "https://www.omg.org/spec/DMN/20230324/FEEL/",
}
FEEL_LANGUAGES = frozenset(MODELS.values()) | {"feel", "FEEL"}

Tag = Any  # an lxml element: the library ships no types


def parse(data: bytes, file: str) -> Tag:
    """The root element `definitions`. Raises DmnRefused."""
    if len(data) > MAX_BYTES:
        raise _refused(
            "too_large",
            file,
            f"文件有 {len(data)} 字节，超过上限 {MAX_BYTES}。",
            f"The file has {len(data)} bytes; at most {MAX_BYTES} are read.",
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True, remove_pis=True
    )
    if b"<!DOCTYPE" in data:
        raise _doctype(file)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None) or 1
        raise _refused("bad_xml", file, f"不是合格的 XML：{error}", f"Not well-formed XML: {error}", line) from None
    if _docinfo(root).doctype:
        raise _doctype(file)
    _bounded(root, file)
    namespace, name = split(root)
    if namespace not in MODELS or name != "definitions":
        raise _refused(
            "not_dmn",
            file,
            f"根元素 {name}（{namespace or '无命名空间'}）不是 DMN 1.1–1.5 的 definitions。",
            f"The root element {name} ({namespace or 'no namespace'}) is not the definitions of DMN 1.1 to 1.5.",
            line_of(root),
        )
    return root


def _bounded(root: Tag, file: str) -> None:
    count, waiting = 0, [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        count += 1
        if depth > MAX_NESTING:
            zh, en = f"元素嵌套超过 {MAX_NESTING} 层。", f"Elements are nested deeper than {MAX_NESTING}."
            raise _refused("too_deep", file, zh, en, element.sourceline or 1)
        if count > MAX_ELEMENTS:
            zh, en = f"元素多于 {MAX_ELEMENTS} 个。", f"There are more than {MAX_ELEMENTS} elements."
            raise _refused("too_large", file, zh, en, element.sourceline or 1)
        waiting.extend((child, depth + 1) for child in element)


def _doctype(file: str) -> DmnRefused:
    return _refused("doctype", file, "文件含有 DOCTYPE 声明，不予读取。", "The file holds a DOCTYPE; it is not read.")


def _refused(code: str, file: str, zh: str, en: str, line: int = 1) -> DmnRefused:
    return DmnRefused((Refusal(code, Place(file, line, "definitions"), zh, en),))


def line_of(element: Tag) -> int:
    return int(element.sourceline or 1)


def _docinfo(root: Tag) -> Any:
    return root.getroottree().docinfo


def split(element: Tag) -> tuple[str, str]:
    """An element's namespace and local name; empty for what is no element."""
    if not isinstance(element.tag, str):
        return "", ""
    namespace, _, name = element.tag.rpartition("}")
    return namespace.removeprefix("{"), name


def children(element: Tag) -> Iterator[tuple[str, Tag]]:
    """The DMN elements directly below one, with their names; extensions and diagrams are passed over."""
    for child in element:
        namespace, name = split(child)
        if namespace in MODELS and name != "extensionElements":
            yield name, child


def named(element: Tag, name: str) -> list[Tag]:
    return [child for found, child in children(element) if found == name]


def first(element: Tag, name: str) -> Tag | None:
    return next((child for found, child in children(element) if found == name), None)


def text_of(element: Tag | None) -> str:
    """The text of an element's `text` child, or its own when it has none; empty without element."""
    if element is None:
        return ""
    inner = first(element, "text")
    found = (element if inner is None else inner).text
    return found or ""
