"""Sharing with the parent platform, both ways: catalogue and data go up, what belongs to this city's divisions comes back.

What goes up and what comes back stands in `parent.json` of the city's home; nothing else does. Each run keeps
source = accepted + rejected with a receipt; what comes back goes through the same intake as any department's file.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field, ValidationError

import yiwang
from yiwang.data.adapters.engine import engine
from yiwang.data.adapters.parent import ParentClient, Reply
from yiwang.data.adapters.scratch import scratch_folder
from yiwang.data.core import sql
from yiwang.data.exchange.records import shape_of
from yiwang.data.exchange.shape import Shape, json_sql
from yiwang.data.exchange.uses import subjects_in
from yiwang.data.loads import load_execute, load_receive, the_lake
from yiwang.data.models import ParentRun
from yiwang.data.versions import version_files
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.errors import InputError
from yiwang.kernel.service import audit, receipt_write
from yiwang.trust.core.purposes import PURPOSES
from yiwang.trust.service import use_note

CHUNK = 2_000
ACT = "exchange.parent"


class PulledFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    resource: str
    division: str = Field(min_length=2)


class ParentFile(BaseModel):
    """`parent.json`. `push`: resources whose data goes up whole; `basis` is the law it goes up by. `open`: what this city opened is
    also published on the parent's portal."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern="^[a-z][a-z0-9-]{1,59}$")
    url: str = Field(pattern="^https?://")
    key: str = Field(min_length=16)
    purpose: str
    basis: str = Field(min_length=2)
    push: tuple[str, ...] = ()
    pull: tuple[PulledFile, ...] = ()
    open: bool = False


@dataclass(frozen=True)
class ParentRunRow:
    """One push or pull: `load` is that of what came back."""

    parent: str
    direction: str
    resource: str
    source: int
    accepted: int
    rejected: int
    reasons: dict[str, int]
    receipt: str
    load: int | None


def parent_path() -> Path:
    return Path(settings.PLACE.home) / "parent.json"


def parent_read() -> ParentFile:
    """The city's parent. Raises InputError when `parent.json` is missing or says something unknown."""
    path = parent_path()
    try:
        said = ParentFile.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise InputError(
            zh="没有上级平台的设置", en="no parent platform is set", where=str(path), hint_zh=_HINT, hint_en=_HINT
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(
            zh=f"上级平台的设置有误：{place} {first['msg']}", en=f"{place}: {first['msg']}", where=str(path)
        ) from None
    if said.purpose not in PURPOSES:
        listed = ", ".join(PURPOSES)
        raise InputError(
            zh=f"没有用途类别 {said.purpose}",
            en=f"there is no purpose {said.purpose}",
            where=str(path),
            hint_zh=listed,
            hint_en=listed,
        )
    return said


_HINT = "docs/how-to/use-the-exchange.md"


def parent_push(*, actor: Actor) -> tuple[ParentRunRow, ...]:
    """Send the catalogue entries and the data marked for the parent. Raises Refused, InputError, NotFound, Unavailable."""
    rule = demand(actor, ACT).rule
    parent = parent_read()
    client, shapes = ParentClient(parent.url, parent.key), [shape_of(name) for name in parent.push]
    runs = [run_kept(actor, parent, "push", "catalogue", None, client.catalogue([_entry(s) for s in shapes]), rule)]
    runs += [_push_rows(actor, parent, client, shape, rule) for shape in shapes]
    return tuple(runs)


def parent_pull(*, actor: Actor) -> tuple[ParentRunRow, ...]:
    """Fetch what belongs to this city and load it as any department's file. Raises as `parent_push`."""
    rule = demand(actor, ACT).rule
    parent = parent_read()
    client = ParentClient(parent.url, parent.key)
    return tuple(_pulled(actor, parent, client, one, rule) for one in parent.pull)


def _entry(shape: Shape) -> dict[str, Any]:
    file = shape.file
    return {
        "id": file.id,
        "code": file.code,
        "title": file.title.zh,
        "summary": file.summary.zh,
        "provider": file.provider,
        "share": file.share.type,
        "grade": file.grade,
        "key": list(file.key),
        "fields": [
            {"id": f.id, "title": f.title.zh, "type": f.semantic, "grade": f.effective_grade} for f in file.fields
        ],
    }


def _push_rows(actor: Actor, parent: ParentFile, client: ParentClient, shape: Shape, rule: str) -> ParentRunRow:
    resource = shape.file.id
    version, files = version_files(the_lake().table("standard", resource), resource)
    source = accepted = 0
    reasons: Counter[str] = Counter()
    for rows in _rows(shape, files):
        # Before they leave, as with every use.
        use_note(
            actor=actor,
            resource=resource,
            version=str(version),
            fields=[f.id for f in shape.file.fields],
            about=sorted({subject for row in rows for subject in subjects_in(shape, row)}),
            purpose=parent.purpose,
            basis=parent.basis,
            via="export",
            acting_for=parent.name,
            rows=len(rows),
        )
        reply = client.rows(resource, version, rows)
        source, accepted = source + reply.source, accepted + reply.accepted
        reasons.update(reply.reasons)
    return run_kept(actor, parent, "push", resource, version, Reply(source, accepted, dict(reasons)), rule)


def _rows(shape: Shape, files: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    scan = sql.table_of(files, [(c.name, c.sql_type) for c in shape.columns])
    keys = ", ".join(sql.name(k) for k in shape.file.key)
    with scratch_folder(Path(settings.PLACE.scratch)) as scratch, engine(scratch) as lake:
        found = lake.execute(f"SELECT CAST({json_sql(shape.columns)} AS VARCHAR) FROM {scan} ORDER BY {keys}")
        while lines := found.fetchmany(CHUNK):
            yield [json.loads(line) for (line,) in lines]


def _pulled(actor: Actor, parent: ParentFile, client: ParentClient, one: PulledFile, rule: str) -> ParentRunRow:
    shape = shape_of(one.resource)
    said, rows = client.returned(one.resource, one.division)
    if not rows:
        return run_kept(actor, parent, "pull", one.resource, None, Reply(0, 0, {}), rule)
    names = list(dict.fromkeys(name for row in rows for name in row))
    with scratch_folder(Path(settings.PLACE.scratch)) as scratch:
        path = scratch / f"{parent.name}-{canonical_digest([said, len(rows)])[:12]}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(names)
            writer.writerows(["" if row.get(name) is None else str(row[name]) for name in names] for row in rows)
        mapping = {f.id: f.id for f in shape.file.fields if f.id in names}
        load, is_done = load_receive(
            actor=actor, resource_id=one.resource, path=path, file_name=path.name, mapping=mapping
        )
        load = load if is_done else load_execute(load, actor)
    reply = Reply(load.source, load.accepted, {str(k): int(v) for k, v in load.reasons.items()})
    return run_kept(actor, parent, "pull", one.resource, load.table_version, reply, rule, load.pk)


def run_kept(
    actor: Actor,
    parent: ParentFile,
    direction: str,
    resource: str,
    version: int | None,
    reply: Reply,
    rule: str,
    load: int | None = None,
) -> ParentRunRow:
    """Keep what became of one thing that went up or came back, with its receipt and its line of audit."""
    with transaction.atomic():
        receipt = receipt_write(
            actor=actor,
            kind=f"parent-{direction}",
            inputs={"parent": parent.name, "resource": resource, "version": version or 0, "load": load or 0},
            outputs={"source": reply.source, "accepted": reply.accepted, "reasons": dict(reply.reasons)},
            pack_digests={},
            as_of=timezone.now(),
            engine_versions={"yiwang": yiwang.__version__},
        )
        row = ParentRun.objects.create(
            parent=parent.name,
            direction=direction,
            resource=resource,
            version=version,
            source=reply.source,
            accepted=reply.accepted,
            rejected=reply.rejected,
            reasons=dict(reply.reasons),
            receipt_id=receipt.id,
            load=load,
        )
        audit(
            actor=actor,
            act=ACT,
            object_kind="parent",
            object_id=parent.name,
            rule=rule,
            purpose=parent.purpose,
            details={"direction": direction, "resource": resource, "source": reply.source, "accepted": reply.accepted},
        )
    return ParentRunRow(
        row.parent, direction, resource, row.source, row.accepted, row.rejected, row.reasons, row.receipt_id, load
    )
