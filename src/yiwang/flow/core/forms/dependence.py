"""What it depends on whether something is asked: proved to have no cycle, so that the answers always decide it."""

from __future__ import annotations

from yiwang.flow.core.forms.elements import Address, Element, Entries, Form, Group, Question


def dependence(form: Form) -> tuple[dict[str, frozenset[str]], tuple[str, ...]]:
    """For each element the ids its own condition reads, and the elements whose asking depends on itself."""
    elements = {element.id: element for element in form.elements()}
    needs = {
        element.id: frozenset(
            found
            for condition in element.conditions
            for head in condition.heads
            for found in _read(form, elements, element, head)
        )
        for element in elements.values()
        if element.conditions
    }
    # an element is asked only where its group is
    edges = {name: set(needs.get(name, ())) | ({e.parent} - {""}) for name, e in elements.items()}
    return needs, tuple(_label(elements[name]) for name in edges if _reaches(edges, name))


def named(form: Form, around: Address, head: str) -> Address | None:
    """The address that a name means at a place: the nearest one, from the inside out. None when it means none."""
    known = {q.address for q in form.questions} | {
        own_address(g) for g in form.elements() if isinstance(g, Group) and g.name
    }
    for end in range(len(around), -1, -1):
        if (*around[:end], head) in known:
            return (*around[:end], head)
    return None


def place_of(elements: dict[str, Element], element: Element) -> Address:
    """The address of the group an element stands in."""
    parent = elements.get(element.parent)
    return parent.address if isinstance(parent, Group) else ()


def own_address(group: Group) -> Address:
    """The address of a named group itself: that of a list is without the star of its entries."""
    return group.address[:-1] if isinstance(group, Entries) else group.address


def _read(form: Form, elements: dict[str, Element], element: Element, head: str) -> set[str]:
    address = named(form, place_of(elements, element), head)
    if address is None:
        return set()
    return {
        other.id
        for other in elements.values()
        if isinstance(other, Question) and other.address[: len(address)] == address
    }


def _reaches(edges: dict[str, set[str]], start: str) -> bool:
    seen: set[str] = set()
    waiting = list(edges[start])
    while waiting:
        name = waiting.pop()
        if name == start:
            return True
        if name not in seen:
            seen.add(name)
            waiting.extend(edges.get(name, ()))
    return False


def _label(element: Element) -> str:
    if isinstance(element, Question):
        return f"{element.kind.value} {element.key}"
    return f"{element.name or element.id}" if isinstance(element, Group) else element.id
