"""The catalogue's word to the trust engine: what a resource holds, and how it is shared."""

from __future__ import annotations

from yiwang.data.core.checks import column_types
from yiwang.data.resources import definition, resource_row
from yiwang.trust.selectors import FieldFacts, ResourceFacts


def catalogue_facts(resource: str) -> ResourceFacts:
    """Raises NotFound."""
    file = definition(resource_row(resource))
    types = column_types(file)
    return ResourceFacts(
        id=file.id,
        title=file.title,
        provider=file.provider,
        share=file.share.type,
        share_basis=file.share.basis,
        methods=tuple(file.share.methods),
        fields=tuple(FieldFacts(f.id, f.title, f.effective_grade, types.get(f.id, "VARCHAR")) for f in file.fields),
    )
