"""Reading the catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet

from yiwang.data.adapters.engine import engine
from yiwang.data.answers import (
    CatalogueRow,
    Facet,
    FindingRow,
    Lineage,
    Node,
    ProfileRow,
    ResourceDetail,
    Sample,
    Score,
    ScorePoint,
    StageRow,
)
from yiwang.data.core import sql
from yiwang.data.core.checks import output_columns
from yiwang.data.core.semantics import semantic_type
from yiwang.data.exports import purpose_needed, shown_columns
from yiwang.data.finishing import has_liaison
from yiwang.data.loadreads import load_row_of
from yiwang.data.loads import the_lake
from yiwang.data.looking import rows_seen, subject_fields
from yiwang.data.masking import is_masked
from yiwang.data.models import FieldProfile, LifecycleRecord, Load, QualityScore, Resource, SensitiveFinding
from yiwang.data.resources import definition, resource_row
from yiwang.data.schema import CATEGORIES, DIMENSIONS, DUTIES, LIBRARIES, SHARE_TYPES, STAGES, ResourceFile
from yiwang.data.standing import Standing, scores_now, standings
from yiwang.data.versions import version_files
from yiwang.kernel.access import demand, verdict
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.paging import Page
from yiwang.kernel.selectors import department_names, liaison_of
from yiwang.kernel.service import audit
from yiwang.trust.selectors import reading_demand

HISTORY_LOADS = 30
SORTS = {"title": "title_zh", "-updated": "-last", "provider": "provider", "grade": "grade", "id": "id"}


def _searched(search: str, category: str, library: str, provider: str, share_type: str) -> QuerySet[Resource]:
    rows = Resource.objects.filter(is_retired=False)
    for word in search.split():
        rows = rows.filter(
            Q(id__icontains=word)
            | Q(code__icontains=word)
            | Q(title_zh__icontains=word)
            | Q(title_en__icontains=word)
            | Q(definition__icontains=word)
        )
    for name, value in (
        ("category", category),
        ("library", library),
        ("provider", provider),
        ("share_type", share_type),
    ):
        if value:
            rows = rows.filter(**{name: value})
    return rows


def catalogue_list(
    actor: Actor,
    *,
    search: str = "",
    category: str = "",
    library: str = "",
    provider: str = "",
    share_type: str = "",
    semantic: str = "",
    sort: str = "id",
    page: int = 1,
    per_page: int = 20,
) -> Page[CatalogueRow]:
    """Entries of the catalogue. Its descriptions are public; data never comes through here."""
    rows = _searched(search, category, library, provider, share_type)
    if semantic:
        holding = [r.pk for r in rows if any(f["semantic"] == semantic for f in r.definition["fields"])]
        rows = rows.filter(pk__in=holding)
    rows = rows.annotate(last=Max("loads__finished_at")).order_by(SORTS.get(sort, "id"), "id")
    total = rows.count()
    per_page = min(max(1, per_page), 500)
    page = min(max(1, page), max(1, -(-total // per_page)))
    chosen = list(rows[(page - 1) * per_page : page * per_page])
    return Page(tuple(catalogue_rows(chosen)), total, page, per_page)


def catalogue_rows(resources: Iterable[Resource]) -> list[CatalogueRow]:
    """Catalogue rows with what the last finished load said of each."""
    listed, names = list(resources), department_names()
    standing = standings(r.pk for r in listed)
    return [_row(r, standing.get(r.pk), names) for r in listed]


def _row(resource: Resource, standing: Standing | None, names: dict[str, Text]) -> CatalogueRow:
    return CatalogueRow(
        id=resource.pk,
        code=resource.code,
        title=Text(zh=resource.title_zh, en=resource.title_en),
        summary=Text.model_validate(resource.definition["summary"]),
        category=resource.category,
        library=resource.library,
        provider=resource.provider,
        provider_name=names.get(resource.provider, Text(zh=resource.provider, en=resource.provider)),
        share_type=resource.share_type,
        is_open=resource.is_open,
        grade=resource.grade,
        fields=len(resource.definition["fields"]),
        rows=standing.rows if standing else None,
        updated_at=standing.newest.finished_at if standing else None,
        quality=_mean(scores_now(resource, standing)) if standing else None,
    )


def _mean(scores: tuple[Score, ...]) -> float:
    return sum(s.share for s in scores) / len(scores) if scores else 0.0


def catalogue_facets(actor: Actor) -> dict[str, list[Facet]]:
    """How many entries there are per category, library, provider and share type."""
    rows, names = Resource.objects.filter(is_retired=False), department_names()
    titles = {"category": CATEGORIES, "library": LIBRARIES, "provider": names, "share_type": SHARE_TYPES}
    found: dict[str, list[Facet]] = {}
    for name, known in titles.items():
        counted = rows.exclude(**{name: ""}).values_list(name).annotate(n=Count("id")).order_by("-n", name)
        found[name] = [Facet(v, known.get(v, Text(zh=v, en=v)), n) for v, n in counted]
    return found


def last_load(resource_id: str) -> Load | None:
    return (
        Load.objects.filter(resource_id=resource_id, state=Load.State.DONE)
        .select_related("resource")
        .prefetch_related("scores", "profiles")
        .order_by("-id")
        .first()
    )


def resource_get(actor: Actor, resource_id: str) -> ResourceDetail:
    """Everything the catalogue knows of a resource. Findings are left out for those who may not decide or see them."""
    resource = resource_row(resource_id)
    file, names = definition(resource), department_names()
    standing = standings([resource_id]).get(resource_id)
    people = liaison_of(resource.provider) if has_liaison(resource.provider) else ()
    points = QualityScore.objects.filter(load__resource=resource, load__corrects=None).order_by("-load_id", "dimension")
    may_see = bool(verdict(actor, "resource.read", resource.provider))
    findings = SensitiveFinding.objects.filter(resource=resource).select_related("resource").order_by("state", "id")
    return ResourceDetail(
        row=_row(resource, standing, names),
        definition=file,
        duties=tuple((DUTIES[d], names.get(c, Text(zh=c, en=c))) for d, c in file.duties.items()),
        liaisons=tuple(p.name for p in people),
        scores=scores_now(resource, standing),
        history=tuple(
            ScorePoint(s.at, s.load_id, s.dimension, s.good / s.total if s.total else 0.0)
            for s in reversed(points[: HISTORY_LOADS * len(DIMENSIONS)])
        ),
        last_load=load_row_of(standing.newest) if standing else None,
        findings=tuple(finding_row(f) for f in findings) if may_see else (),
        lifecycle=_stages(resource),
        version=standing.newest.table_version if standing else None,
    )


def resource_definitions(actor: Actor) -> dict[str, tuple[ResourceFile, ...]]:
    """Every resource of the catalogue as it is defined, by the pack that brought it."""
    demand(actor, "catalogue.read")
    found: dict[str, list[ResourceFile]] = {}
    for row in Resource.objects.filter(is_retired=False).order_by("id"):
        found.setdefault(row.pack_id, []).append(_defined(row.pk, row.pack_digest, json.dumps(row.definition)))
    return {pack_id: tuple(files) for pack_id, files in found.items()}


@lru_cache(maxsize=1024)
def _defined(resource_id: str, digest: str, text: str) -> ResourceFile:
    return ResourceFile.model_validate_json(text)


def finding_row(f: SensitiveFinding) -> FindingRow:
    kind = semantic_type(f.semantic)
    return FindingRow(
        id=f.pk,
        resource_id=f.resource_id,
        resource_title=Text(zh=f.resource.title_zh, en=f.resource.title_en),
        field=f.field,
        semantic=f.semantic,
        semantic_title=Text(zh=kind.title_zh, en=kind.title_en),
        grade=f.grade,
        declared_grade=f.declared_grade,
        evidence=tuple(f.evidence),
        state=f.state,
        decided_by=f.decided_by,
        note=f.note,
    )


def finding_list(actor: Actor, *, state: str = "open", page: int = 1, per_page: int = 20) -> Page[FindingRow]:
    """Findings in the departments the actor may read."""
    rows = SensitiveFinding.objects.filter(state=state) if state else SensitiveFinding.objects.all()
    seen = [
        f
        for f in rows.select_related("resource").order_by("id")
        if verdict(actor, "resource.read", f.resource.provider)
    ]
    start = (max(1, page) - 1) * per_page
    return Page(tuple(finding_row(f) for f in seen[start : start + per_page]), len(seen), max(1, page), per_page)


def _stages(resource: Resource) -> tuple[StageRow, ...]:
    newest = {r.stage: r for r in LifecycleRecord.objects.filter(resource=resource).order_by("id")}
    return tuple(
        StageRow(s, title, newest[s].at, newest[s].operator, newest[s].details)
        if s in newest
        else StageRow(s, title, None, "", {})
        for s, title in STAGES.items()
    )


def resource_sample(
    actor: Actor, resource_id: str, *, purpose: str, limit: int = 20, version: int | None = None
) -> Sample:
    """Some rows, masked by grade, for a stated purpose; leaves an audit line, and one in the ledger for those it shows.

    Raises NoData, Refused.
    """
    resource = resource_row(resource_id)
    rule = reading_demand(actor, "resource.read", department=resource.provider, grade=resource.grade, purpose=purpose)
    reason = purpose_needed(purpose)
    file = definition(resource)
    number, files = version_files(the_lake().table("standard", resource_id), resource_id, version)
    columns = shown_columns(file)
    whose = subject_fields(file)
    listed = ", ".join([*(m for _, _, m in columns), *(sql.name(name) for name in whose)])
    with engine(Path(settings.PLACE.scratch)) as connection:
        found = connection.execute(
            f"SELECT {listed} FROM {sql.table_of(files, output_columns(file))} LIMIT {min(max(limit, 1), 100)}"
        ).fetchall()
    rows = [row[: len(columns)] for row in found]
    rows_seen(
        actor=actor,
        file=file,
        version=number,
        fields=[f.id for f in file.fields],
        numbers=[row[len(columns) :] for row in found],
        rows=len(rows),
        purpose=reason,
        via="page",
    )
    audit(
        actor=actor,
        act="resource.read",
        object_kind="resource",
        object_id=resource_id,
        rule=rule.rule,
        purpose=reason,
        details={"rows": len(rows), "version": number, "masked": True},
    )
    field_of = {name: next(f for f in file.fields if name == f.id or name.startswith(f.id)) for name, _, _ in columns}
    return Sample(
        columns=tuple((n, field_of[n].title, field_of[n].effective_grade) for n, _, _ in columns),
        rows=tuple(tuple("" if v is None else str(v) for v in row) for row in rows),
        masked=any(is_masked(f) for f in file.fields),
    )


def resource_profile(actor: Actor, resource_id: str) -> tuple[ProfileRow, ...]:
    """The newest profile. It holds no value of a sensitive field, so whoever reads the catalogue may see it."""
    resource, load = resource_row(resource_id), last_load(resource_id)
    file = definition(resource)
    known = {f.id: f.title for f in file.fields}
    rows = FieldProfile.objects.filter(load=load).order_by("id") if load else []
    return tuple(
        ProfileRow(
            p.field, known[p.field], p.rows, p.nulls, p.distinct, p.minimum, p.maximum, tuple((v, n) for v, n in p.top)
        )
        for p in rows
        if p.field in known
    )


def resource_lineage(actor: Actor, resource_id: str) -> Lineage:
    """Files → raw table → fields (with the rules that judge them) → standard table, of the last finished loads."""
    resource = resource_row(resource_id)
    file, load = definition(resource), last_load(resource_id)
    nodes = [Node("standard", "standard", Text(zh="标准层", en="standard layer"), resource_id)]
    edges: list[tuple[str, str, str]] = []
    if load is not None:
        nodes.append(Node("raw", "raw", Text(zh="贴源层", en="raw layer"), resource_id))
    recent = Load.objects.filter(resource=resource, state=Load.State.DONE).order_by("-id")[:5]
    for one in recent:
        name = one.file_name
        nodes.append(
            Node(f"load-{one.pk}", "file", Text(zh=name, en=name), f"{one.file_digest[:12]} · {one.operator_name}")
        )
        edges.append((f"load-{one.pk}", "raw", f"{one.source}"))
    header_of = {c["field"]: c["header"] for c in load.reading.get("columns", []) if c["field"]} if load else {}
    for field in file.fields:
        header = header_of.get(field.id, "")
        nodes.append(
            Node(f"field-{field.id}", "field", field.title, f"{field.semantic}{' ← ' + header if header else ''}")
        )
        if load is not None and header:
            edges.append(("raw", f"field-{field.id}", header))
        edges.append((f"field-{field.id}", "standard", field.id))
    for rule in file.rules:
        nodes.append(Node(f"rule-{rule.id}", "rule", rule.title, rule.kind))
        edges += [(f"rule-{rule.id}", f"field-{f}", rule.kind) for f in rule.fields]
        if rule.references:
            other = rule.references.split(".")[0]
            nodes.append(Node(f"resource-{other}", "resource", Text(zh=other, en=other), rule.references))
            edges.append((f"resource-{other}", f"rule-{rule.id}", rule.references))
    unique = {n.id: n for n in nodes}
    return Lineage(tuple(unique.values()), tuple(edges))
