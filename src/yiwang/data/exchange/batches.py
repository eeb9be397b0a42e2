"""Many records at once: asked for, made beside the requests from one version of the table, kept some days for its client."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yiwang.data.adapters.engine import engine
from yiwang.data.adapters.scratch import scratch_folder
from yiwang.data.core import sql
from yiwang.data.core.formulas import guarded
from yiwang.data.exchange.answering import Call, permit_of
from yiwang.data.exchange.masks import Masker, masker
from yiwang.data.exchange.records import shape_of
from yiwang.data.exchange.shape import Column, Shape, json_sql
from yiwang.data.exchange.signing import exchange_signature
from yiwang.data.exchange.uses import noted, subjects_in
from yiwang.data.exchange.vault import vault_drop, vault_read, vault_write
from yiwang.data.loads import the_lake
from yiwang.data.models import ExchangeBatch
from yiwang.data.versions import version_files
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_json
from yiwang.kernel.errors import Conflict, InputError, NotFound, YiwangError
from yiwang.kernel.service import audit
from yiwang.trust.selectors import Permit, grant_used

FORMATS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}
KEPT_FOR = timedelta(days=7)
ROWS_AT_ONCE = 2_000
PERSON = "account:"
State = ExchangeBatch.State


@dataclass(frozen=True)
class BatchRow:
    """`manifest` says what the file holds and how it came about; `signature` is over its canonical JSON."""

    id: str
    resource: str
    grant: str
    purpose: str
    format: str
    state: str
    version: int | None
    rows: int
    manifest: Mapping[str, Any]
    signature: str
    error: Mapping[str, str] | None
    created_at: datetime
    finished_at: datetime | None


def batch_open(*, actor: Actor, call: Call, format: str, once: str) -> tuple[str, bool]:
    """Take an order for a batch; `once` is what makes it the same order again. Its id and whether it is new.

    Raises NotFound, InputError, UseRefused.
    """
    if format not in FORMATS:
        listed = ", ".join(FORMATS)
        raise InputError(
            zh=f"没有格式 {format}", en=f"there is no format {format}", where="format", hint_zh=listed, hint_en=listed
        )
    permit_of(actor, call, shape_of(call.resource), _method(actor.id), rows=0)
    name = hashlib.sha256(f"batch\0{actor.id}\0{once}".encode()).hexdigest()[:32]
    with transaction.atomic():
        _, created = ExchangeBatch.objects.get_or_create(
            pk=name,
            defaults={
                "client": actor.id,
                "department": actor.department,
                "resource": call.resource,
                "grant": call.grant,
                "purpose": call.purpose,
                "fields": list(call.fields),
                "format": format,
                "acting_for": call.acting_for,
            },
        )
        if created:
            _line(actor, name, "exchange.batch", call.purpose, {"resource": call.resource, "grant": call.grant})
    return name, created


def _method(who: str) -> str:
    """A person takes a file away, a program takes a batch: a grant may allow the one and not the other."""
    return "export" if who.startswith(PERSON) else "batch"


def batch_make(name: str) -> str:
    """Make the file of an order; the state it ends in. Made again after a crash it gives one file and one line of use."""
    row = ExchangeBatch.objects.get(pk=name)
    if row.state != State.WAITING:
        return row.state
    try:
        _made(row)
    except YiwangError as error:
        ExchangeBatch.objects.filter(pk=name).update(
            state=State.FAILED, error=error.as_dict(), finished_at=timezone.now()
        )
        return str(State.FAILED)
    return str(State.DONE)


def batch_get(actor: Actor, name: str) -> BatchRow:
    """An order of the client itself. Raises NotFound also for another's."""
    row = ExchangeBatch.objects.filter(pk=name, client=actor.id).first()
    if row is None:
        raise NotFound(zh=f"没有批次 {name}", en=f"there is no batch {name}", where="batch")
    return BatchRow(
        id=row.pk,
        resource=row.resource,
        grant=row.grant,
        purpose=row.purpose,
        format=row.format,
        state=row.state,
        version=row.version,
        rows=row.rows,
        manifest=row.manifest,
        signature=exchange_signature(canonical_json(row.manifest)) if row.manifest else "",
        error=row.error,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def batch_read(*, actor: Actor, name: str) -> tuple[BatchRow, Iterator[bytes]]:
    """The file of a finished order. Raises NotFound, Conflict for one that is not there (yet, or any more)."""
    found = batch_get(actor, name)
    if found.state != State.DONE:
        raise Conflict(
            zh=f"批次 {name} 没有文件（{found.state}）",
            en=f"the batch {name} has no file ({found.state})",
            where="batch",
            hint_zh="文件在完成后保留七天；请先查询状态。",
            hint_en="A file is kept for seven days once it is done; ask for its state first.",
        )
    _line(actor, name, "exchange.download", found.purpose, {"rows": found.rows, "resource": found.resource})
    return found, vault_read(name)


def batches_tidy() -> int:
    """Delete files whose time is over. Returns how many."""
    over = ExchangeBatch.objects.filter(state=State.DONE, finished_at__lt=timezone.now() - KEPT_FOR)
    names = list(over.values_list("pk", flat=True))
    for name in names:
        vault_drop(name)
    ExchangeBatch.objects.filter(pk__in=names).update(state=State.EXPIRED)
    return len(names)


def _made(row: ExchangeBatch) -> None:
    kind = "staff" if row.client.startswith(PERSON) else "client"
    actor = Actor(id=row.client, name=row.client, kind=kind, department=row.department)
    call = Call(row.resource, row.purpose, row.grant, tuple(row.fields), row.acting_for)
    shape = shape_of(row.resource)
    permit = permit_of(actor, call, shape, _method(actor.id), rows=0)
    version, files = version_files(the_lake().table("standard", row.resource), row.resource)
    masks = masker(permit, shape)
    about: set[str] = set()
    with scratch_folder(Path(settings.PLACE.scratch)) as scratch, engine(scratch) as lake:
        scan = sql.table_of(files, [(c.name, c.sql_type) for c in shape.columns])
        where = f" WHERE ({permit.row_filter.sql(permit.on)})" if permit.row_filter else ""
        count = lake.execute(f"SELECT count(*) FROM {scan}{where}").fetchone()
        rows = int(count[0]) if count else 0
        grant_used(permit, rows)
        keys = ", ".join(sql.name(k) for k in shape.file.key)
        wanted = _columns(shape, masks)
        query = f"SELECT CAST({json_sql(wanted)} AS VARCHAR) FROM {scan}{where} ORDER BY {keys}"
        write = _csv if row.format == "csv" else _jsonl
        digest, length = vault_write(row.pk, write(masks, _values(lake, query, shape, about)))
    use = noted(
        actor=actor,
        permit=permit,
        version=version,
        about=sorted(about),
        via="batch",
        acting_for=row.acting_for,
        rows=rows,
    )
    manifest = _manifest(row, permit, masks) | {"version": version, "rows": rows, "use": use}
    manifest |= {"sha256": digest, "bytes": length, "made_at": timezone.now().isoformat()}
    with transaction.atomic():
        ExchangeBatch.objects.filter(pk=row.pk).update(
            state=State.DONE,
            version=version,
            rows=rows,
            digest=digest,
            manifest=manifest,
            use=use,
            finished_at=timezone.now(),
        )
        _line(actor, row.pk, "exchange.batch", row.purpose, {"done": True, "rows": rows, "sha256": digest, "use": use})


def _columns(shape: Shape, masks: Masker) -> list[Column]:
    """What leaves, and whom a row is about."""
    wanted = {c.name for c, _ in masks.columns} | {name for name, _ in shape.subjects}
    return [c for c in shape.columns if c.name in wanted]


def _values(
    lake: duckdb.DuckDBPyConnection, query: str, shape: Shape, about: set[str]
) -> Iterator[list[dict[str, Any]]]:
    found = lake.execute(query)
    while rows := found.fetchmany(ROWS_AT_ONCE):
        values = [json.loads(line) for (line,) in rows]
        about.update(subject for one in values for subject in subjects_in(shape, one))
        yield values


def _csv(masks: Masker, batches: Iterator[list[dict[str, Any]]]) -> Iterator[bytes]:
    """Nothing in it can become a formula; our own intake takes the apostrophes off again."""
    yield _lines([[c.name for c, _ in masks.columns]])
    for rows in batches:
        yield _lines([[_cell(value) for value in masks.shown(one).values()] for one in rows])


def _lines(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _jsonl(masks: Masker, batches: Iterator[list[dict[str, Any]]]) -> Iterator[bytes]:
    for rows in batches:
        yield b"".join(json.dumps(masks.shown(one), ensure_ascii=False).encode() + b"\n" for one in rows)


def _manifest(row: ExchangeBatch, permit: Permit, masks: Masker) -> dict[str, Any]:
    return {
        "batch": row.pk,
        "client": row.client,
        "department": row.department,
        "resource": row.resource,
        "format": row.format,
        "grant": permit.grant,
        "purpose": permit.purpose,
        "basis": permit.basis,
        "fields": {c.name: mask for c, mask in masks.columns},
        "row_filter": permit.row_filter.text if permit.row_filter else "",
    }


def _line(actor: Actor, name: str, act: str, purpose: str, details: dict[str, Any]) -> None:
    audit(actor=actor, act=act, object_kind="batch", object_id=name, purpose=purpose, details=details)
