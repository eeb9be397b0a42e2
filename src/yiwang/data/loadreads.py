"""Reading loads: lists, one load whole, its rejected rows, its mapping question."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from yiwang.data.adapters.engine import engine
from yiwang.data.answers import (
    LoadDetail,
    LoadRow,
    MappingQuestion,
    MappingRow,
    ReasonRow,
    RejectedPage,
    RejectedRow,
    Score,
)
from yiwang.data.core import sql
from yiwang.data.corrections import load_row
from yiwang.data.exports import reason_texts
from yiwang.data.loads import mapping_question, stage_share, the_lake
from yiwang.data.models import Load
from yiwang.data.resources import definition
from yiwang.data.schema import DIMENSIONS
from yiwang.kernel.access import demand, verdict
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.paging import Page, paged
from yiwang.kernel.service import audit

STAGE_TITLES: dict[str, Text] = {
    "": Text(zh="等待处理", en="waiting"),
    "frame": Text(zh="识别文件", en="reading the file"),
    "raw": Text(zh="写入贴源层", en="writing the raw layer"),
    "check": Text(zh="逐行检查", en="checking every row"),
    "write": Text(zh="写入标准层", en="writing the standard layer"),
    "publish": Text(zh="发布版本", en="publishing the version"),
    "profile": Text(zh="生成画像", en="profiling"),
    "done": Text(zh="完成", en="done"),
}


def load_row_of(load: Load) -> LoadRow:
    return LoadRow(
        id=load.pk,
        resource_id=load.resource_id,
        resource_title=Text(zh=load.resource.title_zh, en=load.resource.title_en),
        file_name=load.file_name,
        file_size=load.file_size,
        state=load.state,
        stage=load.stage,
        stage_title=STAGE_TITLES.get(load.stage, STAGE_TITLES[""]),
        progress=stage_share(load.stage),
        source=load.source,
        accepted=load.accepted,
        rejected=load.rejected,
        inserted=load.inserted,
        updated=load.updated,
        removed=load.removed,
        operator_name=load.operator_name,
        created_at=load.created_at,
        finished_at=load.finished_at,
        corrects_id=load.corrects_id,
        error=load.error,
    )


def _visible(actor: Actor) -> QuerySet[Load]:
    """Loads of the departments the actor may read, and the actor's own."""
    rows = Load.objects.select_related("resource").order_by("-id")
    if actor.is_system:
        return rows
    covered: set[str] = set()
    for role in (Role.STEWARD, Role.DATA_LEAD, Role.AUDITOR):
        covered |= actor.scopes.get(role, frozenset())
    return rows.filter(resource__provider__in=covered) | rows.filter(operator=actor.id)


def load_list(
    actor: Actor, *, resource_id: str = "", state: str = "", mine: bool = False, page: int = 1, per_page: int = 20
) -> Page[LoadRow]:
    rows = _visible(actor)
    if resource_id:
        rows = rows.filter(resource_id=resource_id)
    if state:
        rows = rows.filter(state=state)
    if mine:
        rows = rows.filter(operator=actor.id)
    return paged(rows, load_row_of, page=page, per_page=per_page)


def _seen(actor: Actor, load_id: int) -> Load:
    load = load_row(load_id)
    if load.operator != actor.id:
        demand(actor, "resource.read", load.resource.provider)
    return load


def load_get(actor: Actor, load_id: int) -> LoadDetail:
    """One load with its reasons, mapping and scores. Raises NotFound, Refused."""
    load = _seen(actor, load_id)
    texts = reason_texts(definition(load.resource))
    scores = {s.dimension: s for s in load.scores.all()}

    def listed(counts: dict[str, int]) -> tuple[ReasonRow, ...]:
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return tuple(ReasonRow(c, texts.get(c, Text(zh=c, en=c)), n) for c, n in ordered)

    return LoadDetail(
        row=load_row_of(load),
        reasons=listed(load.reasons),
        flags=listed(load.flags),
        mapping=tuple(
            MappingRow(c["header"], c["field"], c["how"], c["how"] in {"exact", "unit", "confirmed"}, "")
            for c in load.reading.get("columns", [])
        ),
        scores=tuple(Score(d, t, scores[d].good, scores[d].total) for d, t in DIMENSIONS.items() if d in scores),
        receipt_id=load.receipt_id,
        encoding=load.reading.get("encoding", ""),
        notes=tuple(load.reading.get("notes", [])),
        table_version=load.table_version,
        can_correct=load.state == Load.State.DONE
        and load.rejected > 0
        and bool(verdict(actor, "resource.load", load.resource.provider)),
    )


def load_mapping_get(actor: Actor, load_id: int) -> MappingQuestion:
    """What must be answered before a load can run: every header with a suggestion, and the fields to choose from."""
    load = _seen(actor, load_id)
    file = definition(load.resource)
    source, matches = mapping_question(load)
    examples = source.sample[0] if source.sample else ()
    return MappingQuestion(
        headers=tuple(
            MappingRow(m.header, m.field, m.how, m.sure, examples[m.index] if m.index < len(examples) else "")
            for m in matches
        ),
        fields=tuple((f.id, f.title, f.required or f.id in file.key) for f in file.fields),
        sample=tuple(dict(zip(source.headers, row, strict=False)) for row in source.sample[:5]),
    )


def rejected_list(actor: Actor, load_id: int, *, reason: str = "", page: int = 1, per_page: int = 50) -> RejectedPage:
    """Rejected records, whole, for those who may correct them; leaves an audit line because the rows are not masked."""
    load = load_row(load_id)
    rule = demand(actor, "resource.load", load.resource.provider)
    texts = reason_texts(definition(load.resource))
    headers = tuple(load.reading.get("headers", []))
    header_of = {c["field"]: c["header"] for c in load.reading.get("columns", []) if c["field"]}
    path = the_lake().rejected_file(load.resource_id, load.key)
    per_page = min(max(1, per_page), 200)
    if not path.is_file() or not load.rejected:
        return RejectedPage(headers, (), 0, 1, per_page)
    wanted = f"WHERE len(list_filter(reasons, r -> r.code = {sql.text(reason)})) > 0" if reason else ""
    scan = sql.rows_of([str(path)])
    with engine(Path(settings.PLACE.scratch)) as connection:
        connection.execute("SET lambda_syntax = 'ENABLE_SINGLE_ARROW'")
        counted = connection.execute(f"SELECT count(*) FROM {scan} {wanted}").fetchone()
        total = int(counted[0]) if counted else 0
        page = min(max(1, page), max(1, -(-total // per_page)))
        found = connection.execute(
            f"SELECT row, cells, text, to_json(reasons) FROM {scan} {wanted} ORDER BY row "
            f"LIMIT {per_page} OFFSET {(page - 1) * per_page}"
        ).fetchall()
    audit(
        actor=actor,
        act="resource.load",
        object_kind="load",
        object_id=str(load_id),
        rule=rule.rule,
        purpose="更正被拒绝的行",
        details={"viewed": len(found), "page": page},
    )
    items = tuple(
        RejectedRow(
            int(number),
            tuple("" if c is None else c for c in cells),
            text,
            tuple(
                (
                    r["code"],
                    header_of.get(r["field"].split(",")[0], ""),
                    texts.get(r["code"], Text(zh=r["code"], en=r["code"])),
                )
                for r in json.loads(reasons)
            ),
        )
        for number, cells, text, reasons in found
    )
    return RejectedPage(headers, items, total, page, per_page)
