"""The closed list of semantic types."""

from __future__ import annotations

from yiwang.data.core.semantics.base import SemanticType
from yiwang.data.core.semantics.errors import UnknownSemanticType
from yiwang.data.core.semantics.plain import ADDRESS, PERSON_NAME, TEXT

_TYPES: dict[str, SemanticType] = {known.id: known for known in (TEXT, PERSON_NAME, ADDRESS)}


def semantic_types() -> tuple[SemanticType, ...]:
    return tuple(_TYPES.values())


def semantic_type(name: str) -> SemanticType:
    """Raises UnknownSemanticType, which lists the known ones."""
    if name not in _TYPES:
        raise UnknownSemanticType(name, tuple(_TYPES))
    return _TYPES[name]
