"""Ids and what points at them, in a whole file: each id once, nothing dangling."""

from __future__ import annotations

from yiwang.flow.core.bpmn import xmlfile
from yiwang.flow.core.bpmn.basis import Basis
from yiwang.flow.core.bpmn.xmlfile import MODEL, Tag

ATTRIBUTES = (
    "sourceRef", "targetRef", "attachedToRef", "messageRef", "signalRef", "errorRef", "escalationRef", "activityRef",
    "default", "processRef", "dataObjectRef", "dataStoreRef", "categoryValueRef",
)  # fmt: skip
TEXTS = ("incoming", "outgoing", "flowNodeRef")
_LONGEST = 80


def ids_of(root: Tag) -> dict[str, Tag]:
    """The first element of each id in BPMN's own namespace."""
    found: dict[str, Tag] = {}
    for element in xmlfile.walk(root):
        if xmlfile.split(element)[0] == MODEL and element.get("id"):
            found.setdefault(str(element.get("id")), element)
    return found


def check(basis: Basis, root: Tag) -> None:
    seen: set[str] = set()
    for element in xmlfile.walk(root):
        if element.get("id") in seen:
            basis.say("duplicate_id", element, id=element.get("id"))
        seen.add(element.get("id"))
        seen.discard(None)
        namespace, name = xmlfile.split(element)
        if namespace != MODEL:
            continue
        if len(element.get("id") or "") > _LONGEST:
            basis.say("bad_id", element, id=element.get("id"))
        _pointers(basis, element, name)


def _pointers(basis: Basis, element: Tag, name: str) -> None:
    for attribute in ATTRIBUTES:
        pointed = element.get(attribute)
        if pointed is not None and xmlfile.bare(pointed) not in basis.ids:
            basis.say("dangling", element, name=attribute, id=pointed)
    if name in TEXTS and xmlfile.bare(element.text) not in basis.ids:
        basis.say("dangling", element, name=name, id=xmlfile.text_of(element))
    if name in ("incoming", "outgoing"):
        _end_of_flow(basis, element, name)


def _end_of_flow(basis: Basis, element: Tag, name: str) -> None:
    """A node that lists a flow is one of its ends."""
    flow = basis.ids.get(xmlfile.bare(element.text))
    if flow is None:
        return
    end = "targetRef" if name == "incoming" else "sourceRef"
    if xmlfile.bare(flow.get(end)) != element.getparent().get("id"):
        wanted = f"sequenceFlow ({end} {element.getparent().get('id')})"
        basis.say("wrong_kind", element, name=name, id=flow.get("id"), wanted=wanted)
