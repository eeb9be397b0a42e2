"""The versions of a resource's table: any of them can be read as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yiwang.data.adapters.lake import Table
from yiwang.data.errors import NoData
from yiwang.data.loads import the_lake
from yiwang.data.models import Load
from yiwang.data.resources import resource_row
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import NotFound


@dataclass(frozen=True)
class VersionRow:
    """One version of a resource's table and the load that made it."""

    version: int
    at: datetime
    load_id: int | None
    file_name: str
    rows: int


def version_files(table: Table, resource_id: str, version: int | None = None) -> tuple[int, list[str]]:
    """The version's number (the newest by default) and its files. Raises NoData, or NotFound for one that is gone."""
    newest = table.version()
    if newest is None or not table.files():
        raise NoData(zh="这个资源还没有数据", en="nothing was loaded into this resource yet", where=resource_id)
    if version is None:
        return newest, table.files()
    if not 0 <= version <= newest:
        raise NotFound(
            zh=f"没有版本 {version}",
            en=f"there is no version {version}",
            where=resource_id,
            hint_zh=f"0–{newest}",
            hint_en=f"0–{newest}",
        )
    return version, table.files(version)


def version_list(actor: Actor, resource_id: str, *, limit: int = 50) -> tuple[VersionRow, ...]:
    """The newest versions of a resource's table, each with the load that made it: what one can travel back to."""
    resource_row(resource_id)
    demand(actor, "catalogue.read")
    table = the_lake().table("standard", resource_id)
    loads = {load.key: load for load in Load.objects.filter(resource_id=resource_id)}
    return tuple(
        VersionRow(
            version=v.number,
            at=v.at,
            load_id=loads[v.load_key].pk if v.load_key in loads else None,
            file_name=loads[v.load_key].file_name if v.load_key in loads else "",
            rows=table.rows(v.number),
        )
        for v in table.history(limit)
    )
