"""What the data engine's selectors answer: frozen, already in the reader's terms, no table rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yiwang.data.schema import ResourceFile
from yiwang.kernel.core.text import Text


@dataclass(frozen=True)
class CatalogueRow:
    id: str
    code: str
    title: Text
    summary: Text
    category: str
    library: str
    provider: str
    provider_name: Text
    share_type: str
    is_open: bool
    grade: int
    fields: int
    rows: int | None
    updated_at: datetime | None
    # mean of the five dimensions, None before the first load
    quality: float | None


@dataclass(frozen=True)
class Facet:
    value: str
    title: Text
    count: int


@dataclass(frozen=True)
class Score:
    dimension: str
    title: Text
    good: int
    total: int

    @property
    def share(self) -> float:
        return self.good / self.total if self.total else 0.0


@dataclass(frozen=True)
class ScorePoint:
    at: datetime
    load_id: int
    dimension: str
    share: float


@dataclass(frozen=True)
class FindingRow:
    id: int
    resource_id: str
    resource_title: Text
    field: str
    semantic: str
    semantic_title: Text
    grade: int
    declared_grade: int
    evidence: tuple[Mapping[str, Any], ...]
    state: str
    decided_by: str
    note: str


@dataclass(frozen=True)
class StageRow:
    """One of the seven stages; `at` is None where the resource has not reached it."""

    stage: str
    title: Text
    at: datetime | None
    operator: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class LoadRow:
    id: int
    resource_id: str
    resource_title: Text
    file_name: str
    file_size: int
    state: str
    stage: str
    stage_title: Text
    progress: float
    source: int
    accepted: int
    rejected: int
    inserted: int
    updated: int
    removed: int
    operator_name: str
    created_at: datetime
    finished_at: datetime | None
    corrects_id: int | None
    error: Mapping[str, str] | None

    @property
    def unchanged(self) -> bool:
        return self.state == "done" and not (self.inserted or self.updated or self.removed)


@dataclass(frozen=True)
class ResourceDetail:
    row: CatalogueRow
    definition: ResourceFile
    duties: tuple[tuple[Text, Text], ...]
    liaisons: tuple[str, ...]
    scores: tuple[Score, ...]
    history: tuple[ScorePoint, ...]
    last_load: LoadRow | None
    findings: tuple[FindingRow, ...]
    lifecycle: tuple[StageRow, ...]
    version: int | None


@dataclass(frozen=True)
class Sample:
    """`columns`: (column, title, grade); `rows` as text, masked where a field's grade asks for it."""

    columns: tuple[tuple[str, Text, int], ...]
    rows: tuple[tuple[str, ...], ...]
    masked: bool


@dataclass(frozen=True)
class ProfileRow:
    field: str
    title: Text
    rows: int
    nulls: int
    distinct: int
    minimum: str
    maximum: str
    top: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Node:
    """`kind`: file, raw, standard, field, rule or resource."""

    id: str
    kind: str
    title: Text
    detail: str


@dataclass(frozen=True)
class Lineage:
    nodes: tuple[Node, ...]
    # (from, to, label)
    edges: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class ReasonRow:
    code: str
    text: Text
    rows: int


@dataclass(frozen=True)
class MappingRow:
    header: str
    field: str
    how: str
    sure: bool
    example: str


@dataclass(frozen=True)
class LoadDetail:
    row: LoadRow
    reasons: tuple[ReasonRow, ...]
    flags: tuple[ReasonRow, ...]
    mapping: tuple[MappingRow, ...]
    scores: tuple[Score, ...]
    receipt_id: str
    encoding: str
    notes: tuple[str, ...]
    table_version: int | None
    can_correct: bool


@dataclass(frozen=True)
class MappingQuestion:
    """`fields`: (id, title, required)."""

    headers: tuple[MappingRow, ...]
    fields: tuple[tuple[str, Text, bool], ...]
    sample: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class RejectedRow:
    """One rejected record; `values` in header order, `text` instead of them when it was no row at all."""

    row: int
    values: tuple[str, ...]
    text: str
    # (code, header of the cell or "", text)
    reasons: tuple[tuple[str, str, Text], ...]


@dataclass(frozen=True)
class RejectedPage:
    headers: tuple[str, ...]
    items: tuple[RejectedRow, ...]
    total: int
    page: int
    per_page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))


@dataclass(frozen=True)
class DemandRow:
    id: int
    title: str
    need: str
    fields_wanted: tuple[str, ...]
    purpose: str
    department: str
    department_name: Text
    wanted_by: date | None
    state: str
    resource_id: str
    answer: str
    basis: str
    filed_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class DepartmentHealth:
    code: str
    name: Text
    resources: int
    rows: int
    rejected: int
    quality: float | None


@dataclass(frozen=True)
class HealthBoard:
    """The first board: data health of the city."""

    resources: int
    with_data: int
    rows: int
    loads_30d: int
    source: int
    accepted: int
    rejected: int
    dimensions: tuple[Score, ...]
    by_department: tuple[DepartmentHealth, ...]
    # (day, source rows, rejected rows)
    trend: tuple[tuple[date, int, int], ...]
    # (resource, reason, rows)
    worst_rules: tuple[tuple[CatalogueRow, Text, int], ...]
    # (resource, days since its last load; None where it never had one)
    stale: tuple[tuple[CatalogueRow, int | None], ...]
    open_findings: int
    open_demands: int
