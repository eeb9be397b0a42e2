"""Masking by grade: what may be shown of a value to somebody without a grant for the plain text."""

from __future__ import annotations

from yiwang.data.core import sql
from yiwang.data.schema import FieldFile

PLAIN_GRADE = 2
# What stays readable, as (characters at the start, characters at the end).
KEPT: dict[str, tuple[int, int]] = {
    "resident-id": (4, 2),
    "mobile": (3, 4),
    "bank-card": (0, 4),
    "person-name": (1, 0),
    "address": (6, 0),
    "email": (1, 4),
}


def masked_sql(field: FieldFile, column: str) -> str:
    """The column as text, masked when its field's grade is above 2 (一般 3 级及以上). Dates keep their year only."""
    quoted = sql.name(column)
    text = f"CAST({quoted} AS VARCHAR)"
    if field.effective_grade <= PLAIN_GRADE:
        return text
    if field.semantic in {"date", "datetime", "month"}:
        return f"left({text}, 4) || '-**-**'"
    head, tail = KEPT.get(field.semantic, (0, 0))
    start = f"left({text}, {head})" if head else "''"
    end = f"right({text}, {tail})" if tail else "''"
    return f"CASE WHEN length({text}) <= {head + tail} THEN repeat('*', 4) ELSE {start} || '****' || {end} END"


def is_masked(field: FieldFile) -> bool:
    return field.effective_grade > PLAIN_GRADE
