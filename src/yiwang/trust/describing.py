"""What the catalogue says of a resource, told to this room by the one above that keeps the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Unavailable


@dataclass(frozen=True)
class FieldFacts:
    """`sql_type` is that of the field's column, in DuckDB's words."""

    id: str
    title: Text
    grade: int
    sql_type: str


@dataclass(frozen=True)
class ResourceFacts:
    """`share`: unconditional, conditional or refused; `methods` are those it is offered by, none named is all of them."""

    id: str
    title: Text
    provider: str
    share: str
    share_basis: str
    methods: tuple[str, ...]
    fields: tuple[FieldFacts, ...]


# Raises NotFound for a resource that is not in the catalogue.
Describer = Callable[[str], ResourceFacts]
_DESCRIBERS: list[Describer] = []


def describer_register(describer: Describer) -> None:
    """Called once when the program starts, by the room that keeps the catalogue; the newest holds."""
    _DESCRIBERS[:] = [describer]


def resource_facts(resource: str) -> ResourceFacts:
    """Raises NotFound for an unknown resource, Unavailable while nobody keeps a catalogue."""
    if not _DESCRIBERS:
        raise Unavailable(zh="没有可查的目录", en="there is no catalogue to ask", where=resource)
    return _DESCRIBERS[0](resource)
