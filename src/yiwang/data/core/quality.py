"""The five dimensions, each as good / total, so that every score can be explained and added up.

精确性 accuracy       rows without a format, check-digit, range, list or damage fault / source rows
可达性 accessibility  conditions met / conditions asked (readable table, way of delivery, not refused, liaison named)
一致性 consistency    rows without a uniqueness, order, reference or cross-field fault / source rows
完整性 completeness   required cells that are filled / required cells (a broken record counts as all empty; what one
                      rule asks of several fields counts as one cell)
时效性 timeliness     days of the promised cycle / days since the last load, at most 1; irregular data counts as on time
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from yiwang.data.core.rules import dimension_of
from yiwang.data.schema import CYCLES, ResourceFile


@dataclass(frozen=True)
class Part:
    """One dimension's score: `good` of `total`; a total of 0 means there was nothing to judge."""

    dimension: str
    good: int
    total: int


def row_parts(
    connection: duckdb.DuckDBPyConnection, resource: ResourceFile, source: int, broken: dict[str, int]
) -> tuple[Part, ...]:
    """Accuracy, consistency and completeness of a load, from the `reasons` table. `broken` counts records that are no row
    by the dimension they fail."""
    faulty = dict(
        connection.execute("SELECT dimension, count(DISTINCT _row) FROM reasons GROUP BY dimension").fetchall()
    )
    missing_row = connection.execute(
        "SELECT count(DISTINCT (_row, field)) FROM reasons WHERE dimension = 'completeness'"
    ).fetchone()
    missing = int(missing_row[0]) if missing_row else 0
    required = len(
        {
            *resource.key,
            *(f.id for f in resource.fields if f.required),
            *(",".join(r.fields) for r in resource.rules if dimension_of(r) == "completeness"),
        }
    )
    broken_rows = sum(broken.values())
    return (
        Part("accuracy", source - int(faulty.get("accuracy", 0)) - broken_rows, source),
        Part("consistency", source - int(faulty.get("consistency", 0)), source),
        Part("completeness", source * required - missing - broken_rows * required, source * required),
    )


def timeliness(resource: ResourceFile, last_load: datetime | None, now: datetime) -> Part:
    days = CYCLES[resource.update.cycle][1]
    if last_load is None:
        return Part("timeliness", 0, 1)
    if not days:
        return Part("timeliness", 1, 1)
    age = max((now - last_load).days, 1)
    return Part("timeliness", days, max(days, age))


def accessibility(resource: ResourceFile, readable: bool, has_liaison: bool) -> Part:
    met = (readable, bool(resource.share.methods), resource.share.type != "refused", has_liaison)
    return Part("accessibility", sum(met), len(met))
