"""The line that looking at rows of people or firms leaves in the ledger, besides the audit line of the office."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from yiwang.data.schema import ResourceFile
from yiwang.kernel.core.actor import Actor
from yiwang.trust.selectors import subject_hash
from yiwang.trust.service import Use, uses_note

# Fields that name a person or a firm by number.
SUBJECTS = {"resident-id": "resident", "credit-code": "firm"}
# So many people are one line of the ledger; a list of a whole city is many.
PEOPLE_A_LINE = 10_000


def subjects_named(file: ResourceFile) -> tuple[tuple[str, str], ...]:
    """The fields that name somebody by number, and whether a resident or a firm."""
    return tuple((field.id, SUBJECTS[field.semantic]) for field in file.fields if field.semantic in SUBJECTS)


def subject_fields(file: ResourceFile) -> list[str]:
    """The fields of a resource by which those it is about are known."""
    return [name for name, _ in subjects_named(file)]


def rows_seen(
    *,
    actor: Actor,
    file: ResourceFile,
    version: int,
    fields: Sequence[str],
    numbers: Iterable[Sequence[Any]],
    rows: int,
    purpose: str,
    via: str,
) -> list[str]:
    """Note that these rows were seen. `numbers`: for each row the values of `subject_fields`, in their order.

    A resource that names nobody leaves no line here; its audit line stands. Raises OSError when the line cannot be kept.
    """
    kinds = [kind for _, kind in subjects_named(file)]
    if not kinds:
        return []
    found = {subject_hash(kind, str(value)) for row in numbers for kind, value in zip(kinds, row, strict=True) if value}
    about, lines = iter(sorted(found)), []
    while part := tuple(islice(about, PEOPLE_A_LINE)):
        lines.append(Use(actor, file.id, str(version), tuple(fields), part, purpose, via=via, rows=rows))
    return uses_note(lines or [Use(actor, file.id, str(version), tuple(fields), (), purpose, via=via, rows=rows)])
