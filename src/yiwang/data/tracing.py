"""Where one record came from: the file, its row, the rules it passed, and who brought it (来源可查)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from yiwang.data.adapters.engine import engine
from yiwang.data.core import sql
from yiwang.data.exports import purpose_needed
from yiwang.data.loads import the_lake
from yiwang.data.looking import rows_seen, subject_fields
from yiwang.data.models import Load
from yiwang.data.resources import definition, resource_row
from yiwang.data.versions import version_files
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import InputError, NotFound
from yiwang.kernel.service import audit
from yiwang.trust.selectors import reading_demand


@dataclass(frozen=True)
class RecordTrace:
    """The lineage of one record in one version of its table. `file_row` counts data rows from 1."""

    resource_id: str
    version: int
    load_id: int
    file_name: str
    file_digest: str
    file_row: int
    rules_digest: str
    operator_name: str
    loaded_at: datetime | None


def record_trace(
    actor: Actor, resource_id: str, *, key: Mapping[str, str], purpose: str, version: int | None = None
) -> RecordTrace:
    """Trace the record with this key (field id → value as text). Leaves an audit line. Raises NotFound, InputError."""
    row = resource_row(resource_id)
    rule = reading_demand(actor, "resource.read", department=row.provider, grade=row.grade, purpose=purpose)
    reason = purpose_needed(purpose)
    file = definition(row)
    if set(key) != set(file.key):
        raise InputError(
            zh=f"请给出主键：{'、'.join(file.key)}", en=f"give the key: {', '.join(file.key)}", where=resource_id
        )
    number, files = version_files(the_lake().table("standard", resource_id), resource_id, version)
    wanted = " AND ".join(f"CAST({sql.name(k)} AS VARCHAR) = ?" for k in key)
    whose = "".join(f", {sql.name(name)}" for name in subject_fields(file))
    with engine(Path(settings.PLACE.scratch)) as connection:
        found = connection.execute(
            f"SELECT _load, _row{whose} FROM {sql.rows_of(files)} WHERE {wanted} LIMIT 1", list(key.values())
        ).fetchone()
    if found is not None:
        fields, numbers = [*file.key], [found[2:]]
        rows_seen(
            actor=actor, file=file, version=number, fields=fields, numbers=numbers, rows=1, purpose=reason, via="page"
        )
    audit(
        actor=actor,
        act="resource.read",
        object_kind="resource",
        object_id=resource_id,
        rule=rule.rule,
        purpose=reason,
        details={"trace": True, "found": found is not None, "version": number},
    )
    if found is None:
        raise NotFound(zh="没有这条记录", en="there is no such record", where=resource_id)
    load = Load.objects.get(pk=found[0])
    return RecordTrace(
        resource_id=resource_id,
        version=number,
        load_id=load.pk,
        file_name=load.file_name,
        file_digest=load.file_digest,
        file_row=int(found[1]),
        rules_digest=load.rules_digest,
        operator_name=load.operator_name,
        loaded_at=load.finished_at,
    )
