"""Semantic types 语义类型: what a text column means, how it is cleaned, read and refused."""

from __future__ import annotations

from yiwang.data.core.semantics.base import (
    MISSING_TOKENS,
    Options,
    Output,
    Parsed,
    Reason,
    SemanticType,
    Steps,
)
from yiwang.data.core.semantics.composition import Field, derived, identifier, literal, typed_select
from yiwang.data.core.semantics.errors import UnknownSemanticType
from yiwang.data.core.semantics.registry import semantic_type, semantic_types

__all__ = [
    "MISSING_TOKENS",
    "Field",
    "Options",
    "Output",
    "Parsed",
    "Reason",
    "SemanticType",
    "Steps",
    "UnknownSemanticType",
    "derived",
    "identifier",
    "literal",
    "semantic_type",
    "semantic_types",
    "typed_select",
]
