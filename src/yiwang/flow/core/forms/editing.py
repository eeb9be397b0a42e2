"""A form-js schema changed by one component: added, changed, moved, removed. The schema that is given stays as it was.

A component is found by its place: the numbers that lead to it, such as `2` or `2.0`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from yiwang.flow.core.forms.settings import setting_put, settings_of
from yiwang.flow.core.forms.vocabulary import COMPONENTS

GROUPS = ("group", "dynamiclist")
Body = dict[str, Any]


class NoSuchPlace(LookupError):
    """The schema has no component there."""


@dataclass(frozen=True, slots=True)
class Line:
    """A component in a list of all; `deep` counts the groups around it."""

    place: str
    deep: int
    component: Mapping[str, Any]
    is_first: bool
    is_last: bool

    @property
    def type(self) -> str:
        return str(self.component.get("type", ""))

    @property
    def is_group(self) -> bool:
        return self.type in GROUPS


def lines(body: Mapping[str, Any]) -> tuple[Line, ...]:
    """Every component in the order it is asked."""
    return tuple(_lines(body.get("components"), (), 0))


def _lines(components: object, above: tuple[str, ...], deep: int) -> Iterator[Line]:
    found = components if isinstance(components, list) else []
    for number, one in enumerate(found):
        if isinstance(one, dict):
            here = (*above, str(number))
            yield Line(".".join(here), deep, one, number == 0, number == len(found) - 1)
            yield from _lines(one.get("components"), here, deep + 1)


def component_at(body: Mapping[str, Any], place: str) -> Body:
    """Raises NoSuchPlace."""
    among, number = _found(body, place)
    found: Body = among[number]
    return found


def component_changed(body: Mapping[str, Any], place: str, given: Mapping[str, str]) -> Body:
    """With every setting of the component as a page sent it. Raises NoSuchPlace."""
    said = deepcopy(dict(body))
    component = component_at(said, place)
    for setting in settings_of(str(component.get("type", ""))):
        setting_put(component, setting, given.get(setting.id, ""))
    if component.get("type") == "datetime":
        # The city has one zone; form-js asks how moments are written.
        component.pop("timeSerializingFormat", None)
        if component.get("subtype") in ("time", "datetime"):
            component["timeSerializingFormat"] = "no_timezone"
    return said


def component_added(body: Mapping[str, Any], kind: str, key: str, within: str = "") -> tuple[Body, str]:
    """With a new component at the end of the form, or of the group at `within`; and its place. Raises NoSuchPlace."""
    if kind not in COMPONENTS:
        raise NoSuchPlace(kind)
    said = deepcopy(dict(body))
    home = component_at(said, within) if within else said
    among = home.setdefault("components", [])
    if not isinstance(among, list) or (within and home.get("type") not in GROUPS):
        raise NoSuchPlace(within)
    made: Body = {"type": kind, "id": _fresh(said, kind)}
    if "key" in COMPONENTS[kind].keys:
        made["key"] = key
    if kind in GROUPS:
        made["components"] = []
    if kind == "dynamiclist":
        made |= {"path": key, "isRepeating": True}
    among.append(made)
    return said, ".".join(filter(None, (within, str(len(among) - 1))))


def component_moved(body: Mapping[str, Any], place: str, by: int) -> Body:
    """One place up (-1) or down (1) among its neighbours; at the end it stays. Raises NoSuchPlace."""
    said = deepcopy(dict(body))
    among, number = _found(said, place)
    other = min(max(0, number + by), len(among) - 1)
    among[number], among[other] = among[other], among[number]
    return said


def component_removed(body: Mapping[str, Any], place: str) -> Body:
    """Without the component and what stands in it. Raises NoSuchPlace."""
    said = deepcopy(dict(body))
    among, number = _found(said, place)
    del among[number]
    return said


def _found(body: Mapping[str, Any], place: str) -> tuple[list[Any], int]:
    among: Any = body.get("components")
    *above, last = place.split(".")
    try:
        for part in above:
            among = among[_number(part)]["components"]
        number = _number(last)
        if not isinstance(among[number], dict) or not isinstance(among, list):
            raise NoSuchPlace(place)
    except (LookupError, TypeError) as error:
        raise NoSuchPlace(place) from error
    return among, number


def _number(part: str) -> int:
    if not part.isdecimal() or len(part) > 4:
        raise NoSuchPlace(part)
    return int(part)


def _fresh(body: Body, kind: str) -> str:
    taken = {line.component.get("id") for line in lines(body)}
    return next(name for name in (f"{kind}_{n}" for n in range(1, len(taken) + 2)) if name not in taken)
