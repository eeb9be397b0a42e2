"""Records follow their table: after each load the rows that changed are written, those that went away go.

A filling may be cut off anywhere and begun again: rows that are written already are recognised by their mark. What
subscribers see are whole fillings only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from yiwang.data.adapters.engine import engine
from yiwang.data.adapters.lake import Table
from yiwang.data.adapters.scratch import scratch_folder
from yiwang.data.errors import LoadBusy
from yiwang.data.exchange.records import FIND, SEAL, about_record
from yiwang.data.exchange.shape import Shape, record_id, record_mark
from yiwang.data.loads import the_lake
from yiwang.data.models import LifecycleRecord, Load, Projection, Record, Resource
from yiwang.data.resources import definition
from yiwang.trust.selectors import key_secret, seal_bytes

BATCH = 5_000
_COLUMNS = "(id, resource, version, turn, is_gone, mark, plain, sealed)"
_UPSERT = (
    f"INSERT INTO data_record {_COLUMNS} VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET "
    "version = excluded.version, turn = excluded.turn, is_gone = excluded.is_gone, mark = excluded.mark, "
    "plain = excluded.plain, sealed = excluded.sealed"
)
Line = tuple[str, str, int, int, bool, str, str, bytes]


@dataclass(frozen=True)
class Filled:
    """What a filling did, in records; `version` is None where there is nothing to serve."""

    resource: str
    version: int | None
    written: int
    gone: int


@dataclass(frozen=True)
class _Job:
    shape: Shape
    version: int
    turn: int
    find: bytes

    @property
    def resource(self) -> str:
        return self.shape.file.id


def projection_fill(resource_id: str) -> Filled | None:
    """Bring the records of a resource to its newest version. None when another process is at it, which then does this too."""
    filled = None
    while True:
        try:
            with the_lake().lock(f"records-{resource_id}"):
                filled = _fill(resource_id)
        except LoadBusy:
            return filled
        # Who came while the lock was held went away again: what they came for is ours to do.
        if not _is_behind(resource_id):
            return filled


def projections_behind() -> tuple[str, ...]:
    """The resources whose records are behind their table or their definition."""
    names = set(Resource.objects.values_list("id", flat=True)) | set(Projection.objects.values_list("pk", flat=True))
    return tuple(name for name in sorted(names) if _is_behind(name))


def records_forget(resource_id: str) -> int:
    """Delete all records of a resource. Returns how many."""
    gone, _ = Record.objects.filter(resource=resource_id).delete()
    state = Projection.objects.filter(pk=resource_id)
    state.update(version=None, shape="", records=0, filled_at=timezone.now())
    return gone


def _shape(resource_id: str) -> Shape | None:
    """None for a resource of which nothing may be served."""
    row = Resource.objects.filter(pk=resource_id, is_retired=False).exclude(share_type="refused").first()
    if row is None:
        return None
    return Shape(definition(row), LifecycleRecord.objects.filter(resource=row, stage="destroy").count())


def _is_behind(resource_id: str) -> bool:
    shape, state = _shape(resource_id), Projection.objects.filter(pk=resource_id).first()
    version = the_lake().table("standard", resource_id).version() if shape else None
    if shape is None or version is None:
        return state is not None and (state.version is not None or state.records > 0)
    return state is None or state.version != version or state.shape != shape.digest


def _fill(resource_id: str) -> Filled:
    shape, table = _shape(resource_id), the_lake().table("standard", resource_id)
    version = table.version() if shape else None
    if shape is None or version is None:
        return Filled(resource_id, None, 0, records_forget(resource_id))
    state, _ = Projection.objects.get_or_create(pk=resource_id)
    if state.version == version and state.shape == shape.digest:
        return Filled(resource_id, version, 0, 0)
    job = _Job(shape, version, state.turn + 1, key_secret(FIND))
    files = table.files(version)
    only = None if state.shape != shape.digest or state.version is None else _loads_since(shape, table, state.version)
    with scratch_folder(Path(settings.PLACE.scratch)) as scratch, engine(scratch) as lake:
        written = _write_rows(lake, job, shape.rows_sql(files, only)) if files and only != () else 0
        live = Record.objects.filter(resource=resource_id, is_gone=False).count()
        rows = live if only is not None else _count(lake, shape, files)
        gone = _let_go(lake, job, files) if live != rows else 0
    Projection.objects.filter(pk=resource_id).update(
        version=version, shape=shape.digest, turn=job.turn, records=live - gone, filled_at=timezone.now()
    )
    return Filled(resource_id, version, written, gone)


def _loads_since(shape: Shape, table: Table, version: int) -> tuple[int, ...] | None:
    """The loads whose rows are new since a version; None when it takes a look at all rows to know."""
    if shape.file.load.mode == "replace":
        return None
    newer = [v for v in table.history() if v.number > version]
    loads = {
        load.key: load.pk
        for load in Load.objects.filter(resource_id=shape.file.id, key__in=[v.load_key for v in newer])
    }
    # An upkeep's version has no load and moves no row; a load that is not known any more is looked for among all rows.
    named = [v.load_key for v in newer if v.load_key]
    return tuple(loads[key] for key in named) if all(key in loads for key in named) else None


def _count(lake: duckdb.DuckDBPyConnection, shape: Shape, files: Sequence[str]) -> int:
    found = lake.execute(f"SELECT count(*) FROM ({shape.keys_sql(files)})").fetchone() if files else None
    return int(found[0]) if found else 0


def _write_rows(lake: duckdb.DuckDBPyConnection, job: _Job, query: str) -> int:
    found, written = lake.execute(query), 0
    while rows := found.fetchmany(BATCH):
        # Outside the transaction, where it is kept in memory: inside, every row would unwrap it anew.
        key_secret(SEAL)
        with transaction.atomic():
            written += _write(job, rows)
    return written


def _write(job: _Job, rows: Iterable[tuple[str, ...]]) -> int:
    """Write those rows that are not there as they are."""
    named = {record_id(job.find, job.resource, key): (plain, sealed) for plain, sealed, *key in rows}
    known = _standing(tuple(named))
    fresh: list[Line] = []
    changed: list[Line] = []
    for record, (plain, sealed) in named.items():
        mark, old = record_mark(job.find, job.shape.digest, plain, sealed), known.get(record)
        if old == mark:
            continue
        closed = seal_bytes(SEAL, sealed.encode(), about_record(record)) if sealed else b""
        line = (record, job.resource, job.version, job.turn, False, mark, plain, closed)
        (changed if old is not None else fresh).append(line)
    _insert(fresh)
    _upsert(changed)
    return len(fresh) + len(changed)


def _standing(records: Sequence[str]) -> dict[str, str]:
    """Record → mark; that of one which went away is none that a row could have."""
    return dict(Record.objects.filter(pk__in=records).values_list("id", "mark"))


def _insert(lines: Sequence[Line]) -> None:
    """New records, by the fastest way the database has."""
    if connection.vendor != "postgresql":
        _upsert(lines)
        return
    with connection.cursor() as cursor, cursor.copy(f"COPY data_record {_COLUMNS} FROM STDIN") as copy:
        for line in lines:
            copy.write_row(line)


def _upsert(lines: Sequence[Line]) -> None:
    if lines:
        with connection.cursor() as cursor:
            cursor.executemany(_UPSERT, lines)


def _let_go(lake: duckdb.DuckDBPyConnection, job: _Job, files: Sequence[str]) -> int:
    """Of records whose row is not in the table any more nothing stays but that they are gone."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS records_seen")
        cursor.execute("CREATE TEMPORARY TABLE records_seen (id varchar(32) PRIMARY KEY)")
        if files:
            keys = lake.execute(job.shape.keys_sql(files))
            while rows := keys.fetchmany(BATCH):
                seen = [(record_id(job.find, job.resource, key),) for key in rows]
                cursor.executemany("INSERT INTO records_seen (id) VALUES (%s)", seen)
        cursor.execute(
            "SELECT id FROM data_record WHERE resource = %s AND NOT is_gone "
            "AND NOT EXISTS (SELECT 1 FROM records_seen WHERE records_seen.id = data_record.id)",
            [job.resource],
        )
        doomed = [row[0] for row in cursor.fetchall()]
        cursor.execute("DROP TABLE records_seen")
    for start in range(0, len(doomed), BATCH):
        Record.objects.filter(pk__in=doomed[start : start + BATCH]).update(
            version=job.version, turn=job.turn, is_gone=True, mark="", plain="", sealed=b""
        )
    return len(doomed)
