"""Loads: a file comes in, is checked, and becomes a version of a table — once, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from yiwang.data.adapters.engine import engine
from yiwang.data.adapters.lake import Lake
from yiwang.data.adapters.scratch import scratch_folder
from yiwang.data.columns import settle
from yiwang.data.core.checks import Checks
from yiwang.data.core.headers import Match, match_headers
from yiwang.data.core.profiling import profile_table
from yiwang.data.core.reading import Source, open_source
from yiwang.data.core.sensitive import find_sensitive
from yiwang.data.errors import LoadBusy, MappingNeeded
from yiwang.data.finishing import load_finish
from yiwang.data.loading import STAGES_OF_LOAD, Prepared, Report, prepare, publish
from yiwang.data.models import LifecycleRecord, Load, Resource
from yiwang.data.resources import definition, resource_row
from yiwang.data.schema import LoadFile, ResourceFile
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.errors import YiwangError
from yiwang.kernel.selectors import file_get, file_path, file_title
from yiwang.kernel.service import audit, file_put


def the_lake() -> Lake:
    return Lake(settings.PLACE.lake_url)


def load_receive(
    *,
    actor: Actor,
    resource_id: str,
    path: Path,
    file_name: str,
    mapping: Mapping[str, str] | None = None,
    again: bool = False,
    corrects: int | None = None,
) -> tuple[Load, bool]:
    """Take a file in and make (or find) its load. Returns the load and whether it was done before, unchanged.

    The same file under the same rules and mapping is the same load: a finished one is returned as it is, an unfinished one
    is taken up again. `again` asks for a fresh run over whatever was loaded since.
    """
    resource = resource_row(resource_id)
    demand(actor, "resource.load", resource.provider)
    stored = file_put(actor=actor, source=path, name=file_name)
    name = file_title(file_name)
    key = canonical_digest(
        {
            "resource": resource.id,
            "file": stored.digest,
            "rules": resource.rules_digest,
            "mapping": dict(mapping or {}),
            "corrects": corrects or 0,
            "again": Load.objects.filter(file_digest=stored.digest).count() if again else 0,
            # what was loaded before the data were destroyed is no longer there
            "destroyed": LifecycleRecord.objects.filter(resource=resource, stage="destroy").count(),
        }
    )
    with transaction.atomic():
        known = Load.objects.filter(key=key, resource=resource).exclude(state=Load.State.FAILED).order_by("-id").first()
        if known is not None:
            return known, known.state == Load.State.DONE
        load = Load.objects.create(
            resource=resource,
            key=key,
            file_name=name,
            file_digest=stored.digest,
            file_size=stored.size,
            rules_digest=resource.rules_digest,
            mapping=dict(mapping or {}),
            reading={"as_of": timezone.localdate().isoformat()},
            operator=actor.id,
            operator_name=actor.name,
            corrects_id=corrects,
        )
        audit(
            actor=actor,
            act="resource.load",
            object_kind="load",
            object_id=str(load.id),
            details={"resource": resource.id, "file": stored.digest, "name": name},
        )
    return load, False


def load_execute(load: Load, actor: Actor) -> Load:
    """Run a received load to its end. Raises MappingNeeded when a person must say which header is which field first.

    Whatever goes wrong is kept on the load, so that the page that shows it can say what to do.
    """
    try:
        with the_lake().lock(load.resource_id):
            Load.objects.filter(pk=load.pk).update(state=Load.State.RUNNING, error=None, stage="frame")
            with scratch_folder(Path(settings.PLACE.scratch)) as scratch:
                _run(load, actor, scratch)
    except LoadBusy as busy:
        # it may be this very load that is running elsewhere: then it is not for us to say how it ends
        _stop(Load.objects.filter(pk=load.pk).exclude(state=Load.State.RUNNING), Load.State.FAILED, busy)
        raise
    except MappingNeeded as question:
        _stop(Load.objects.filter(pk=load.pk), Load.State.NEEDS_MAPPING, question)
        raise
    except YiwangError as error:
        _stop(Load.objects.filter(pk=load.pk), Load.State.FAILED, error)
        raise
    except Exception:
        _stop(Load.objects.filter(pk=load.pk), Load.State.FAILED, _unexpected())
        raise
    return Load.objects.select_related("resource").get(pk=load.pk)


def _unexpected() -> YiwangError:
    return YiwangError(
        zh="程序内部出错，数据未改变",
        en="an internal fault; no data was changed",
        hint_zh="请重试；仍出错请联系维护人员。",
        hint_en="Try again; if it stays, call your maintainers.",
    )


def _stop(loads: QuerySet[Load], state: str, error: YiwangError) -> None:
    loads.update(state=state, error=error.as_dict(), finished_at=timezone.now())


def _run(load: Load, actor: Actor, scratch: Path) -> None:
    lake = the_lake()
    file = _loaded_as(load)
    report = _reporter(load.pk)
    stored = file_path(load.file_digest)
    source = open_source(stored, load.file_name, file, scratch)
    matches = settle(source, file, load.mapping)
    mapping = {m.index: m.field for m in matches if m.field}
    checks = Checks(file, date.fromisoformat(load.reading["as_of"]))
    table = lake.table("standard", file.id)
    with engine(scratch, memory=settings.ENGINE_MEMORY, threads=settings.ENGINE_THREADS) as connection:
        _widen(connection, lake, checks)
        resumed = table.committed(load.key) is not None
        prepared = prepare(
            connection, lake, checks, source, mapping, load=load.pk, load_key=load.key, scratch=scratch, report=report
        )
        _note_prepared(load, source, matches, prepared, resumed)
        findings = find_sensitive(connection, checks, prepared.raw)
        report("publish", 0, 1)
        published = publish(lake, prepared, load.key)
        report("profile", 0, 1)
        profiles = profile_table(connection, file, table.files(published.table_version))
    load_finish(load, actor, file, prepared, published, profiles, findings)


def _loaded_as(load: Load) -> ResourceFile:
    """The resource's definition; corrected rows join a table that a whole file replaces."""
    file = definition(load.resource)
    if load.corrects_id and file.load.mode == "replace":
        return file.model_copy(update={"load": LoadFile(mode="merge")})
    return file


def _widen(connection: duckdb.DuckDBPyConnection, lake: Lake, checks: Checks) -> None:
    """A resource that gained fields gains columns, before anything is compared with the old rows."""
    raw = ", ".join(f'NULL::VARCHAR AS "{f.id}"' for f in checks.resource.fields)
    typed = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in checks.output_columns())
    for layer, columns in (("raw", raw), ("standard", typed)):
        lake.table(layer, checks.resource.id).widen(
            connection.execute(f"SELECT {columns} LIMIT 0").to_arrow_table().schema
        )


def _reporter(load: int) -> Report:
    def report(stage: str, done: int, total: int) -> None:
        Load.objects.filter(pk=load).update(stage=stage, stage_done=done, stage_total=total)

    return report


def _note_prepared(load: Load, source: Source, matches: tuple[Match, ...], prepared: Prepared, resumed: bool) -> None:
    """Keep what was found before anything is committed; a load that was killed after its commit keeps its first counts."""
    reading = {
        **load.reading,
        "headers": list(source.headers),
        "columns": [{"header": m.header, "field": m.field, "how": m.how} for m in matches],
        "encoding": prepared.framed.encoding,
        "delimiter": source.delimiter,
        "kind": source.kind,
        "notes": [*source.notes, *(f"unchecked rule: {r}" for r in prepared.unchecked)],
        "content_hash": prepared.content_hash,
    }
    values: dict[str, Any] = {
        "reading": reading,
        "source": prepared.source,
        "accepted": prepared.accepted,
        "rejected": prepared.rejected,
        "reasons": dict(prepared.reasons),
        "flags": dict(prepared.flags),
    }
    if not resumed:
        change = prepared.change
        values |= {"inserted": change.inserted, "updated": change.updated, "removed": change.removed}
    Load.objects.filter(pk=load.pk).update(**values)


def stage_share(stage: str) -> float:
    """How far along a running load is, 0 to 1, by its stage."""
    if stage == "done":
        return 1.0
    return STAGES_OF_LOAD.index(stage) / len(STAGES_OF_LOAD) if stage in STAGES_OF_LOAD else 0.0


def mapping_question(load: Load) -> tuple[Source, tuple[Match, ...]]:
    """The headers and sample rows of a load that waits for its mapping."""
    with scratch_folder(Path(settings.PLACE.scratch)) as folder:
        file = definition(Resource.objects.get(pk=load.resource_id))
        source = open_source(file_path(file_get(load.file_digest).digest), load.file_name, file, folder)
        return source, match_headers(source.headers, file)
