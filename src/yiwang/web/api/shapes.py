"""What the interface answers with. Names are stable; new ones may be added."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema

from yiwang.data.answers import CatalogueRow, LoadDetail, LoadRow
from yiwang.kernel.core.text import Text


class TextOut(Schema):
    zh: str
    en: str


class ResourceOut(Schema):
    id: str
    code: str
    title: TextOut
    summary: TextOut
    category: str
    library: str
    provider: str
    share_type: str
    is_open: bool
    grade: int
    fields: int
    rows: int | None
    updated_at: datetime | None
    quality: float | None


class CatalogueOut(Schema):
    items: list[ResourceOut]
    total: int
    page: int
    pages: int


class ReasonOut(Schema):
    code: str
    text: TextOut
    rows: int


class LoadOut(Schema):
    """`source` is `accepted` plus `rejected` once the load is done."""

    id: int
    resource: str
    file_name: str
    state: str
    stage: str
    progress: float
    source: int
    accepted: int
    rejected: int
    inserted: int
    updated: int
    unchanged: bool
    created_at: datetime
    finished_at: datetime | None
    receipt: str
    reasons: list[ReasonOut]
    error: dict[str, str] | None


def text_out(text: Text) -> TextOut:
    return TextOut(zh=text.zh, en=text.en)


def resource_out(row: CatalogueRow) -> ResourceOut:
    return ResourceOut(
        id=row.id,
        code=row.code,
        title=text_out(row.title),
        summary=text_out(row.summary),
        category=row.category,
        library=row.library,
        provider=row.provider,
        share_type=row.share_type,
        is_open=row.is_open,
        grade=row.grade,
        fields=row.fields,
        rows=row.rows,
        updated_at=row.updated_at,
        quality=row.quality,
    )


def load_out(load: LoadDetail) -> LoadOut:
    row: LoadRow = load.row
    return LoadOut(
        id=row.id,
        resource=row.resource_id,
        file_name=row.file_name,
        state=row.state,
        stage=row.stage,
        progress=row.progress,
        source=row.source,
        accepted=row.accepted,
        rejected=row.rejected,
        inserted=row.inserted,
        updated=row.updated,
        unchanged=row.unchanged,
        created_at=row.created_at,
        finished_at=row.finished_at,
        receipt=load.receipt_id,
        reasons=[ReasonOut(code=one.code, text=text_out(one.text), rows=one.rows) for one in load.reasons],
        error={key: str(value) for key, value in row.error.items()} if row.error else None,
    )
