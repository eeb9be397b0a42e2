"""The rows that decisions run over: fields of several resources joined to their subjects, as one Parquet file."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from yiwang.data.adapters.engine import engine
from yiwang.data.core import sql
from yiwang.data.core.checks import output_columns
from yiwang.data.loads import the_lake
from yiwang.data.resources import definition, resource_row
from yiwang.data.versions import version_files
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.rules.selectors import KEY, Population, PopulationColumn, PopulationNeeds

# A prepared file is kept as long as its tables may still be asked for again in one sitting.
KEPT_SECONDS = 24 * 3600


def population_of(actor: Actor, needs: PopulationNeeds) -> Population:
    """The population of decisions, from the newest version of each resource; whoever may not run them gets no `needs`.

    The same versions give the same file again. Raises NotFound and NoData for a resource that is not there or holds nothing.
    """
    tables, versions = {}, {}
    for resource_id in needs.resources:
        row = resource_row(resource_id)
        versions[resource_id], files = version_files(the_lake().table("standard", resource_id), resource_id)
        tables[resource_id] = sql.table_of(files, output_columns(definition(row)))
    folder = Path(settings.PLACE.scratch) / "populations"
    folder.mkdir(parents=True, exist_ok=True)
    _forget_old(folder)
    path = folder / f"{canonical_digest({'needs': needs, 'versions': versions})}.parquet"
    with engine(Path(settings.PLACE.scratch), memory=settings.ENGINE_MEMORY, threads=settings.ENGINE_THREADS) as db:
        if not path.is_file():
            beside = path.with_name(f"{uuid.uuid4().hex}.part")
            keys = {name: definition(resource_row(name)).key for name in needs.resources}
            query = _joined(needs, tables, keys)
            db.execute(
                f"COPY ({query}) TO {sql.text(str(beside))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
            )
            os.replace(beside, path)
        os.utime(path)
        count = db.execute(f"SELECT count(*) FROM {sql.rows_of([str(path)])}").fetchone()
    return Population(needs, (str(path),), versions, int(count[0]) if count else 0)


def _joined(needs: PopulationNeeds, tables: dict[str, str], keys: dict[str, tuple[str, ...]]) -> str:
    """Each subject once, with the row of every other resource that belongs to it; NULL where there is none."""
    shown = [f"s.{sql.name(needs.key)}::VARCHAR AS {sql.name(KEY)}"]
    joins: list[str] = []
    for group in _groups(needs.columns):
        first = group[0]
        if not first.by:
            shown += [f"s.{sql.name(c.field)} AS {sql.name(c.name)}" for c in group]
            continue
        joined = f"j{len(joins)}"
        joins.append(_join(joined, first, [c.field for c in group], tables, keys))
        shown += [f"{joined}.{sql.name(c.field)} AS {sql.name(c.name)}" for c in group]
    subjects = _one_each(tables[needs.resource], needs.key, "", keys[needs.resource])
    return f"SELECT {', '.join(shown)} FROM {subjects} AS s {' '.join(joins)} ORDER BY s.{sql.name(needs.key)}"


def _groups(columns: Iterable[PopulationColumn]) -> list[list[PopulationColumn]]:
    """Columns that come by the same join."""
    found: dict[object, list[PopulationColumn]] = {}
    for one in columns:
        found.setdefault((one.resource, one.by, one.match, one.newest, one.through), []).append(one)
    return list(found.values())


def _join(
    joined: str, one: PopulationColumn, fields: list[str], tables: dict[str, str], keys: dict[str, tuple[str, ...]]
) -> str:
    match = f"s.{sql.name(one.match)}"
    between = ""
    if one.through is not None:
        middle = _one_each(tables[one.through.resource], one.through.field, "", keys[one.through.resource])
        between = f"LEFT JOIN {middle} AS {joined}m ON {joined}m.{sql.name(one.through.field)} = {match} "
        match = f"{joined}m.{sql.name(one.through.gives)}"
    rows = _one_each(tables[one.resource], one.by, one.newest, keys[one.resource])
    return f"{between}LEFT JOIN {rows} AS {joined} ON {joined}.{sql.name(one.by)} = {match}"


def _one_each(table: str, by: str, newest: str, key: tuple[str, ...]) -> str:
    """One row for each value of `by`: the one with the largest `newest`, then the first by key, so that it is always the same."""
    if not newest and key == (by,):
        return table
    order = [f"{sql.name(newest)} DESC NULLS LAST"] if newest else []
    order += [sql.name(k) for k in key]
    return (
        f"(SELECT * FROM {table} WHERE {sql.name(by)} IS NOT NULL "
        f"QUALIFY row_number() OVER (PARTITION BY {sql.name(by)} ORDER BY {', '.join(order)}) = 1)"
    )


def _forget_old(folder: Path) -> None:
    """Prepared files hold personal data: what nobody asked for in a day goes."""
    before = time.time() - KEPT_SECONDS
    for path in folder.iterdir():
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
