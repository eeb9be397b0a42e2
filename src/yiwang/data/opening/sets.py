"""Reading open data: what is public, for anybody; what is on its way, for staff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Case, IntegerField, Q, Sum, When

from yiwang.data.answers import Facet
from yiwang.data.core.semantics import semantic_type
from yiwang.data.models import OpenCount, Release
from yiwang.data.opening.blocks import definition_blocks
from yiwang.data.opening.licences import LICENCES, Licence
from yiwang.data.opening.plans import FORMATS, THEMES, Plan, plan_of
from yiwang.data.opening.writing import rows_read
from yiwang.data.resources import definition, resource_row
from yiwang.data.schema import CYCLES
from yiwang.kernel.access import demand, verdict
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound
from yiwang.kernel.paging import Page
from yiwang.kernel.selectors import department_names, file_path

MOST_ROWS = 32_000


@dataclass(frozen=True)
class OpenFile:
    format: str
    digest: str
    size: int
    media_type: str


@dataclass(frozen=True)
class OpenColumn:
    id: str
    title: Text
    type: str
    unit: str


@dataclass(frozen=True)
class ReleaseRow:
    """One release. `opinions`: stage, who, whether they agreed, why."""

    id: int
    set_id: str
    title: Text
    resource_id: str
    department: str
    department_title: Text
    number: int
    state: str
    version: int
    plan: Plan
    offered_by: str
    offered_at: datetime
    reviewed_by: str
    published_by: str
    published_at: datetime | None
    closed_at: datetime | None
    note: str
    opinions: tuple[Mapping[str, Any], ...]
    is_automatic: bool
    columns: tuple[OpenColumn, ...]
    preview: tuple[tuple[Any, ...], ...]
    rows: int
    suppressed: int
    files: tuple[OpenFile, ...]


@dataclass(frozen=True)
class OpenRow:
    """A public set with its newest release. `held` says why its data is not given out just now."""

    id: str
    title: Text
    summary: Text
    theme: str
    theme_title: Text
    keywords: tuple[str, ...]
    licence: Licence
    department: str
    department_title: Text
    resource_id: str
    condition: Text | None
    cycle: str
    cycle_title: Text
    first_at: datetime
    updated_at: datetime
    is_automatic: bool
    downloads: int
    calls: int
    release: ReleaseRow
    held: tuple[Text, ...]


def _release_row(row: Release, names: Mapping[str, Text]) -> ReleaseRow:
    resource = row.set.resource
    return ReleaseRow(
        id=row.pk,
        set_id=row.set_id,
        title=Text(zh=row.set.title_zh, en=row.set.title_en),
        resource_id=resource.pk,
        department=resource.provider,
        department_title=names.get(resource.provider, Text(zh=resource.provider, en=resource.provider)),
        number=row.number,
        state=row.state,
        version=row.table_version,
        plan=plan_of(row.plan),
        offered_by=row.offered_by,
        offered_at=row.offered_at,
        reviewed_by=row.reviewed_by,
        published_by=row.published_by,
        published_at=row.published_at,
        closed_at=row.closed_at,
        note=row.note,
        opinions=tuple(one for one in row.reasons if "stage" in one),
        is_automatic=row.follows_id is not None,
        columns=tuple(OpenColumn(c["id"], Text.model_validate(c["title"]), c["type"], c["unit"]) for c in row.columns),
        preview=tuple(tuple(line) for line in row.preview),
        rows=row.rows,
        suppressed=row.suppressed,
        files=tuple(OpenFile(f["format"], f["digest"], f["size"], FORMATS[f["format"]]) for f in row.files),
    )


def _open_row(row: Release, names: Mapping[str, Text], counts: Mapping[tuple[str, bool], int]) -> OpenRow:
    opened, file = row.set, definition(row.set.resource)
    first = opened.releases.exclude(published_at=None).order_by("published_at").first()
    shown = _release_row(row, names)
    assert row.published_at is not None  # only published releases are asked for
    return OpenRow(
        id=opened.pk,
        title=shown.title,
        summary=Text(zh=opened.summary_zh, en=opened.summary_en),
        theme=opened.theme,
        theme_title=THEMES[opened.theme],
        keywords=tuple(opened.keywords),
        licence=LICENCES[opened.licence],
        department=shown.department,
        department_title=shown.department_title,
        resource_id=shown.resource_id,
        condition=file.open.condition,
        cycle=file.update.cycle,
        cycle_title=CYCLES[file.update.cycle][0],
        first_at=(first.published_at if first else None) or row.published_at,
        updated_at=row.published_at,
        is_automatic=opened.is_automatic,
        downloads=counts.get((opened.pk, False), 0),
        calls=counts.get((opened.pk, True), 0),
        release=shown,
        held=held(row),
    )


def held(row: Release) -> tuple[Text, ...]:
    """Why a published release is not given out now: what was found or changed since. Empty when all is well."""
    return tuple(block.reason for block in definition_blocks(row.set.resource, plan_of(row.plan)))


def _counts() -> dict[tuple[str, bool], int]:
    is_call = Case(When(way="api", then=1), default=0, output_field=IntegerField())
    found = OpenCount.objects.annotate(call=is_call).values_list("set_id", "call").annotate(n=Sum("count"))
    return {(set_id, bool(call)): n for set_id, call, n in found}


def _public() -> dict[str, Release]:
    rows = Release.objects.filter(state=Release.State.PUBLISHED).select_related("set__resource").order_by("set_id")
    return {row.set_id: row for row in rows}


def open_list(
    actor: Actor,
    *,
    search: str = "",
    theme: str = "",
    department: str = "",
    licence: str = "",
    keyword: str = "",
    sort: str = "-updated",
    page: int = 1,
    per_page: int = 20,
) -> tuple[Page[OpenRow], dict[str, list[Facet]]]:
    """Public sets with how many there are per theme, department, licence and keyword. Open to anybody."""
    names, counts = department_names(), _counts()
    rows = [_open_row(row, names, counts) for row in _public().values()]
    asked = {"theme": theme, "department": department, "licence": licence, "keyword": keyword}
    found = [r for r in rows if _fits(r, search) and all(v in _values(r, k) for k, v in asked.items() if v)]
    orders: dict[str, Any] = {"title": lambda r: r.title.zh, "-downloads": lambda r: -r.downloads, "id": lambda r: r.id}
    found.sort(key=orders.get(sort, lambda r: -r.updated_at.timestamp()))
    per_page = min(max(1, per_page), 1000)
    pages = max(1, -(-len(found) // per_page))
    start = (min(max(1, page), pages) - 1) * per_page
    return Page(tuple(found[start : start + per_page]), len(found), min(max(1, page), pages), per_page), _facets(found)


def _values(row: OpenRow, facet: str) -> tuple[str, ...]:
    return {
        "theme": (row.theme,),
        "department": (row.department,),
        "licence": (row.licence.id,),
        "keyword": row.keywords,
    }[facet]


def _fits(row: OpenRow, search: str) -> bool:
    told = [row.id, row.title.zh, row.title.en, row.summary.zh, row.summary.en, *row.keywords]
    told += [row.department_title.zh, row.department_title.en, *(c.title.zh for c in row.release.columns)]
    text = " ".join(told).lower()
    return all(word in text for word in search.lower().split())


def _facets(rows: list[OpenRow]) -> dict[str, list[Facet]]:
    titles = {r.department: r.department_title for r in rows} | {r.theme: r.theme_title for r in rows}
    titles |= {r.licence.id: r.licence.title for r in rows}
    return {
        name: [
            Facet(v, titles.get(v, Text(zh=v, en=v)), n)
            for v, n in Counter(v for r in rows for v in _values(r, name)).most_common()
        ]
        for name in ("theme", "department", "licence", "keyword")
    }


def open_get(actor: Actor, set_id: str) -> OpenRow:
    """One public set. Raises NotFound, also for one that is not published or was withdrawn."""
    row = _public().get(set_id)
    if row is None:
        raise NotFound(
            zh=f"没有开放数据集 {set_id}",
            en=f"there is no open data set {set_id}",
            where="open",
            hint_zh="它可能已被撤回，请从开放数据目录里找。",
            hint_en="It may have been withdrawn; look in the list of open data.",
        )
    return _open_row(row, department_names(), _counts())


def open_history(actor: Actor, set_id: str) -> tuple[ReleaseRow, ...]:
    """Every release of a set that the public saw, newest first."""
    rows = Release.objects.filter(set_id=set_id).exclude(published_at=None).select_related("set__resource")
    return tuple(_release_row(row, department_names()) for row in rows.order_by("-number"))


def open_usage(actor: Actor, set_id: str) -> dict[str, int]:
    """How often each way was taken, ever."""
    found = OpenCount.objects.filter(set_id=set_id).values_list("way").annotate(n=Sum("count"))
    return dict(found.order_by("way"))


def open_file(actor: Actor, set_id: str, format: str) -> tuple[OpenRow, OpenFile, Path]:
    """The file of the newest release. Whoever hands it out counts it (open_count). Raises NotFound, also while the set is held back."""
    row = _given_out(actor, set_id)
    file = next((f for f in row.release.files if f.format == format), None)
    if file is None:
        raise NotFound(
            zh=f"没有 {format} 格式",
            en=f"there is no {format} file",
            where="format",
            hint_zh="csv、json、parquet",
            hint_en="csv, json, parquet",
        )
    return row, file, file_path(file.digest)


def open_rows(
    actor: Actor, set_id: str, *, search: str = "", offset: int = 0, limit: int = 100
) -> tuple[OpenRow, int, list[dict[str, Any]]]:
    """Rows of the newest release for programs. Whoever hands them out counts it (open_count). Raises NotFound, InputError."""
    if not 0 <= limit <= MOST_ROWS or offset < 0 or "\x00" in search:
        raise InputError(
            zh=f"limit 须在 0 到 {MOST_ROWS} 之间，offset 不小于 0",
            en=f"limit lies in 0..{MOST_ROWS}, offset is not negative",
            where="limit",
        )
    row = _given_out(actor, set_id)
    parquet = next(f for f in row.release.files if f.format == "parquet")
    total, rows = rows_read(file_path(parquet.digest), search=search, offset=offset, limit=limit)
    return row, total, rows


def _given_out(actor: Actor, set_id: str) -> OpenRow:
    row = open_get(actor, set_id)
    if row.held:
        raise NotFound(
            zh=f"这个数据集暂停提供：{'；'.join(t.zh for t in row.held)}",
            en=f"this data set is held back: {'; '.join(t.en for t in row.held)}",
            where=set_id,
            hint_zh="核实之后会恢复或撤回。",
            hint_en="It comes back or is withdrawn once this is settled.",
        )
    return row


def release_list(actor: Actor, *, state: str = "", page: int = 1, per_page: int = 20) -> Page[ReleaseRow]:
    """Releases of the departments the actor may read, newest first."""
    rows = Release.objects.select_related("set__resource").order_by("-id")
    if state:
        rows = rows.filter(state=state)
    providers = set(rows.values_list("set__resource__provider", flat=True))
    seen = rows.filter(Q(set__resource__provider__in=[p for p in providers if verdict(actor, "open.read", p)]))
    names, total = department_names(), seen.count()
    page = min(max(1, page), max(1, -(-total // per_page)))
    chosen = seen[(page - 1) * per_page : page * per_page]
    return Page(tuple(_release_row(row, names) for row in chosen), total, page, per_page)


def release_get(actor: Actor, release_id: int) -> tuple[ReleaseRow, tuple[Text, ...]]:
    """One release, with what stops it now. Raises NotFound, Refused."""
    row = Release.objects.select_related("set__resource").filter(pk=release_id).first()
    if row is None:
        raise NotFound(zh=f"没有发布 {release_id}", en=f"there is no release {release_id}", where="release")
    demand(actor, "open.read", row.set.resource.provider)
    return _release_row(row, department_names()), held(row)


@dataclass(frozen=True)
class Openable:
    """A field as it stands for opening: `stop` says why it can never leave, None where it may."""

    id: str
    title: Text
    semantic_title: Text
    grade: int
    stop: Text | None


def open_fields(actor: Actor, resource_id: str) -> tuple[tuple[Text, ...], tuple[Openable, ...], bool]:
    """What stops the resource as a whole, its fields, and whether only counts may leave. Raises NotFound, Refused."""
    resource = resource_row(resource_id)
    demand(actor, "open.offer", resource.provider)
    file = definition(resource)
    blocks = definition_blocks(resource, Plan(fields=tuple(f.id for f in file.fields)))
    stops = {b.field: b.reason for b in blocks if b.rule in {"grade", "finding"}}
    fields = []
    for f in file.fields:
        kind = semantic_type(f.semantic)
        title = Text(zh=kind.title_zh, en=kind.title_en)
        fields.append(Openable(f.id, f.title, title, f.effective_grade, stops.get(f.id)))
    whole = tuple(b.reason for b in blocks if not b.field)
    return whole, tuple(fields), any(b.rule == "person-rows" for b in blocks)
