"""Moves of running cases as they are looked at: what would still move, and what moved together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet

from yiwang.flow.casework import RUNNING
from yiwang.flow.models import Case, Migration
from yiwang.flow.processrows import process_row
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor

MOST_BATCHES = 100


@dataclass(frozen=True)
class Waiting:
    """Running cases that follow another version: some of them in the order in which they are moved, and how many there are."""

    numbers: tuple[str, ...]
    total: int


@dataclass(frozen=True)
class BatchRow:
    """What was moved together. `back` of its cases were taken back; the rest still follow version `to` or one after it."""

    batch: str
    to: int
    moved_at: datetime
    moved_by: str
    cases: int
    back: int
    from_versions: tuple[int, ...]


def migration_waiting(actor: Actor, process_id: str, to: int, *, after: str = "", most: int = 200) -> Waiting:
    """The running cases a move to version `to` would judge, those after the case `after`. Raises Refused, NotFound."""
    demand(actor, "case.move", process_row(process_id).department)
    rows = Case.objects.filter(process__process_id=process_id, status__in=RUNNING).exclude(process__number=to)
    if after:
        rows = rows.filter(pk__gt=_place(process_id, after))
    return Waiting(tuple(rows.order_by("pk").values_list("number", flat=True)[:most]), rows.count())


def _place(process_id: str, number: str) -> int:
    return Case.objects.filter(process__process_id=process_id, number=number).values_list("pk", flat=True).first() or 0


def migration_list(actor: Actor, process_id: str) -> tuple[BatchRow, ...]:
    """The newest batches of a process. Raises Refused, NotFound."""
    demand(actor, "case.move", process_row(process_id).department)
    found = (
        Migration.objects.filter(to_version__process_id=process_id)
        .values("batch", "to_version__number")
        .annotate(
            at=Min("moved_at"),
            by=Max("moved_by"),
            cases=Count("pk"),
            back=Count("pk", filter=Q(reverted_at__isnull=False)),
        )
        .order_by("-at")[:MOST_BATCHES]
    )
    rows = list(found)
    before = _before([row["batch"] for row in rows])
    return tuple(
        BatchRow(
            batch=row["batch"],
            to=row["to_version__number"],
            moved_at=row["at"],
            moved_by=row["by"],
            cases=row["cases"],
            back=row["back"],
            from_versions=tuple(sorted(before.get(row["batch"], ()))),
        )
        for row in rows
    )


def _before(batches: Iterable[str]) -> dict[str, set[int]]:
    rows: QuerySet[Migration, tuple[str, int]] = (
        Migration.objects.filter(batch__in=list(batches)).values_list("batch", "from_version__number").distinct()
    )
    found: dict[str, set[int]] = {}
    for batch, number in rows:
        found.setdefault(batch, set()).add(number)
    return found
