"""The first board: data health of the city (城市数据体检)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from yiwang.data.answers import CatalogueRow, DemandRow, DepartmentHealth, HealthBoard, Score
from yiwang.data.catalogue import catalogue_rows
from yiwang.data.demands import OPEN_STATES
from yiwang.data.exports import reason_texts
from yiwang.data.models import Demand, Load, Resource, SensitiveFinding
from yiwang.data.resources import definition
from yiwang.data.schema import CYCLES, DIMENSIONS
from yiwang.data.standing import Standing, scores_now, standings
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.paging import Page, paged
from yiwang.kernel.selectors import department_names

WORST = 10


def board_health(actor: Actor) -> HealthBoard:
    """Totals, the five dimensions city-wide, departments, trend, worst rules and stale resources."""
    demand(actor, "board.view")
    return health_board()


def health_figures() -> tuple[int, int, tuple[Score, ...]]:
    """Public figures of the portal: resources, rows, and the five dimensions; nothing about any single list."""
    board = health_board()
    return board.resources, board.rows, board.dimensions


def health_board() -> HealthBoard:
    resources = list(Resource.objects.filter(is_retired=False).order_by("id"))
    rows, last = catalogue_rows(resources), standings(r.pk for r in resources)
    by_id = {r.id: r for r in rows}
    month = timezone.now() - timedelta(days=30)
    totals = Load.objects.filter(state=Load.State.DONE, corrects=None).aggregate(
        source=Sum("source"), accepted=Sum("accepted"), rejected=Sum("rejected")
    )
    return HealthBoard(
        resources=len(resources),
        with_data=len(last),
        rows=sum(r.rows or 0 for r in rows),
        loads_30d=Load.objects.filter(state=Load.State.DONE, finished_at__gte=month).count(),
        source=totals["source"] or 0,
        accepted=totals["accepted"] or 0,
        rejected=totals["rejected"] or 0,
        dimensions=_dimensions(resources, last),
        by_department=_departments(resources, last, by_id),
        trend=_trend(),
        worst_rules=tuple((by_id[r.pk], text, n) for r, text, n in _worst(resources, last) if r.pk in by_id),
        stale=tuple((by_id[r.pk], days) for r, days in _stale(resources, last)),
        open_findings=SensitiveFinding.objects.filter(state=SensitiveFinding.State.OPEN).count(),
        open_demands=Demand.objects.filter(state__in=OPEN_STATES).count(),
    )


def _dimensions(resources: list[Resource], last: dict[str, Standing]) -> tuple[Score, ...]:
    """Good and total summed over resources; the two that are not about rows weigh each resource alike."""
    good: dict[str, int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    for resource in resources:
        for score in scores_now(resource, last.get(resource.pk)):
            weight = 1000 if score.dimension in {"timeliness", "accessibility"} else 0
            good[score.dimension] += round(score.share * weight) if weight else score.good
            total[score.dimension] += weight or score.total
    return tuple(Score(d, title, good[d], total[d]) for d, title in DIMENSIONS.items())


def _departments(
    resources: list[Resource], last: dict[str, Standing], by_id: dict[str, CatalogueRow]
) -> tuple[DepartmentHealth, ...]:
    names, groups = department_names(), defaultdict(list)
    for resource in resources:
        groups[resource.provider].append(resource)
    found = []
    for code, owned in groups.items():
        held = [last[r.pk] for r in owned if r.pk in last]
        shares = [s.share for r in owned if r.pk in last for s in scores_now(r, last[r.pk])]
        found.append(
            DepartmentHealth(
                code,
                names.get(code, Text(zh=code, en=code)),
                len(owned),
                sum(one.rows for one in held),
                sum(one.judged.rejected for one in held),
                sum(shares) / len(shares) if shares else None,
            )
        )
    return tuple(sorted(found, key=lambda d: (-d.rows, d.code)))


def _trend() -> tuple[tuple[date, int, int], ...]:
    since = timezone.now() - timedelta(days=30)
    days = (
        Load.objects.filter(state=Load.State.DONE, finished_at__gte=since)
        .annotate(day=TruncDate("finished_at"))
        .values("day")
        .annotate(source=Sum("source"), rejected=Sum("rejected"))
        .order_by("day")
    )
    return tuple((d["day"], d["source"], d["rejected"]) for d in days)


def _worst(resources: list[Resource], last: dict[str, Standing]) -> list[tuple[Resource, Text, int]]:
    found = []
    for resource in resources:
        if resource.pk not in last:
            continue
        texts = reason_texts(definition(resource))
        found += [(resource, texts.get(c, Text(zh=c, en=c)), n) for c, n in last[resource.pk].judged.reasons.items()]
    return sorted(found, key=lambda item: -item[2])[:WORST]


def _stale(resources: list[Resource], last: dict[str, Standing]) -> list[tuple[Resource, int | None]]:
    now = timezone.now()
    found: list[tuple[Resource, int | None]] = []
    for resource in resources:
        standing, cycle = last.get(resource.pk), CYCLES[resource.definition["update"]["cycle"]][1]
        at = standing.newest.finished_at if standing else None
        if at is None:
            found.append((resource, None))
        elif cycle and (now - at).days > cycle:
            found.append((resource, (now - at).days))
    return found


def demand_list(actor: Actor, *, state: str = "", page: int = 1, per_page: int = 20) -> Page[DemandRow]:
    """Demands of all departments: what is wanted is no secret, that is how supply finds it."""
    demand(actor, "catalogue.read")
    rows = Demand.objects.order_by("-id")
    if state:
        rows = rows.filter(state=state)
    names = department_names()
    return paged(rows, lambda d: _demand(d, names), page=page, per_page=per_page)


def _demand(row: Demand, names: dict[str, Text]) -> DemandRow:
    return DemandRow(
        id=row.pk,
        title=row.title,
        need=row.need,
        fields_wanted=tuple(row.fields_wanted),
        purpose=row.purpose,
        department=row.department,
        department_name=names.get(row.department, Text(zh=row.department or "—", en=row.department or "—")),
        wanted_by=row.wanted_by,
        state=row.state,
        resource_id=row.resource_id or "",
        answer=row.answer,
        basis=row.basis,
        filed_at=row.filed_at,
        answered_at=row.answered_at,
    )
