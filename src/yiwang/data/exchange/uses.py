"""The line every use of the exchange leaves, on disk before anything leaves the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yiwang.data.exchange.shape import Shape
from yiwang.kernel.core.actor import Actor
from yiwang.trust.selectors import Permit, subject_hash
from yiwang.trust.service import use_note


def subjects_in(shape: Shape, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Whom a record is about: everybody it names by number."""
    found = {subject_hash(kind, str(values[name])) for name, kind in shape.subjects if values.get(name)}
    return tuple(sorted(found))


def noted(
    *, actor: Actor, permit: Permit, version: int | None, about: Sequence[str], via: str, acting_for: str, rows: int
) -> str:
    """The use's id, once its line is flushed."""
    return use_note(
        actor=actor,
        resource=permit.resource,
        version="" if version is None else str(version),
        fields=permit.fields,
        about=about,
        purpose=permit.purpose,
        grant=permit.grant,
        basis=permit.basis,
        via=via,
        acting_for=acting_for,
        rows=rows,
        words=permit.words,
    )
