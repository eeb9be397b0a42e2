"""How a resource stands today, from its loads: the newest one made its table, the last whole delivery says how good it is.

A correction brings a handful of rows that somebody has just looked at; its scores say nothing about the delivery.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from yiwang.data.answers import Score
from yiwang.data.core.quality import accessibility, timeliness
from yiwang.data.finishing import has_liaison
from yiwang.data.models import Load, Resource
from yiwang.data.resources import definition
from yiwang.data.schema import DIMENSIONS


@dataclass(frozen=True)
class Standing:
    """`newest` is the last finished load of any kind, `judged` the last that was no correction."""

    newest: Load
    judged: Load

    @property
    def rows(self) -> int:
        return next((p.rows for p in self.newest.profiles.all()), 0)


def standings(resources: Iterable[str]) -> dict[str, Standing]:
    """The standing of each of these resources that has data."""
    done = Load.objects.filter(resource__in=list(resources), state=Load.State.DONE).select_related("resource")
    found: dict[str, Standing] = {}
    for load in done.prefetch_related("scores", "profiles").order_by("id"):
        before = found.get(load.resource_id)
        judged = load if before is None or load.corrects_id is None else before.judged
        found[load.resource_id] = Standing(load, judged)
    return found


def scores_now(resource: Resource, standing: Standing | None) -> tuple[Score, ...]:
    """The five dimensions as they stand today: row dimensions of the last delivery, the other two as of now."""
    if standing is None:
        return ()
    file = definition(resource)
    kept = {s.dimension: (s.good, s.total) for s in standing.judged.scores.all()}
    late = timeliness(file, standing.newest.finished_at, timezone.now())
    reach = accessibility(file, standing.newest.table_version is not None, has_liaison(resource.provider))
    kept["timeliness"], kept["accessibility"] = (late.good, late.total), (reach.good, reach.total)
    return tuple(Score(d, DIMENSIONS[d], *kept.get(d, (0, 0))) for d in DIMENSIONS)
