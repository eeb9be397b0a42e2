"""Loads: a file comes in, is checked, and becomes a version of a table — once, whatever happens on the way."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import deltalake
import duckdb
from django.conf import settings
from django.db import transaction
from django.utils import timezone

import yiwang
from yiwang.data.adapters.engine import engine
from yiwang.data.adapters.lake import Lake
from yiwang.data.core.checks import Checks
from yiwang.data.core.headers import Match, match_headers, open_fields
from yiwang.data.core.profiling import profile_table
from yiwang.data.core.quality import accessibility, timeliness
from yiwang.data.core.reading import Source, open_source
from yiwang.data.core.sensitive import find_sensitive
from yiwang.data.errors import MappingNeeded
from yiwang.data.events import LOAD_FINISHED
from yiwang.data.loading import STAGES_OF_LOAD, Prepared, Published, Report, prepare, publish
from yiwang.data.models import FieldProfile, LifecycleRecord, Load, QualityScore, Resource, SensitiveFinding
from yiwang.data.resources import definition, resource_row
from yiwang.data.schema import ResourceFile
from yiwang.kernel.access import demand
from yiwang.kernel.auditing import audit
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.departments import liaison_of
from yiwang.kernel.errors import InputError, YiwangError
from yiwang.kernel.files import file_get, file_path, file_put
from yiwang.kernel.outbox import emit
from yiwang.kernel.receipts import receipt_write


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
    key = canonical_digest(
        {
            "resource": resource.id,
            "file": stored.digest,
            "rules": resource.rules_digest,
            "mapping": dict(mapping or {}),
            "corrects": corrects or 0,
            "again": Load.objects.filter(file_digest=stored.digest).count() if again else 0,
        }
    )
    with transaction.atomic():
        known = Load.objects.filter(key=key, resource=resource).exclude(state=Load.State.FAILED).order_by("-id").first()
        if known is not None:
            return known, known.state == Load.State.DONE
        load = Load.objects.create(
            resource=resource,
            key=key,
            file_name=file_name,
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
            details={"resource": resource.id, "file": stored.digest, "name": file_name},
        )
    return load, False


def load_execute(load: Load, actor: Actor) -> Load:
    """Run a received load to its end. Raises MappingNeeded when a person must say which header is which field first.

    Whatever goes wrong is kept on the load, so that the page that shows it can say what to do.
    """
    with transaction.atomic():
        Load.objects.filter(pk=load.pk).update(state=Load.State.RUNNING, error=None, stage="frame")
    scratch_root = Path(settings.PLACE.scratch)
    scratch_root.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f"load-{load.pk}-", dir=scratch_root))
    try:
        with the_lake().lock(load.resource_id):
            _run(load, actor, scratch)
    except MappingNeeded as question:
        _stop(load, Load.State.NEEDS_MAPPING, question)
        raise
    except YiwangError as error:
        _stop(load, Load.State.FAILED, error)
        raise
    except Exception:
        _stop(load, Load.State.FAILED, _unexpected())
        raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Load.objects.select_related("resource").get(pk=load.pk)


def _unexpected() -> YiwangError:
    return YiwangError(
        zh="程序内部出错，数据未改变",
        en="an internal fault; no data was changed",
        hint_zh="请重试；仍出错请联系维护人员。",
        hint_en="Try again; if it stays, call your maintainers.",
    )


def _stop(load: Load, state: str, error: YiwangError) -> None:
    Load.objects.filter(pk=load.pk).update(state=state, error=error.as_dict(), finished_at=timezone.now())


def _run(load: Load, actor: Actor, scratch: Path) -> None:
    lake, resource = the_lake(), load.resource
    file = definition(resource)
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
    _finish(load, actor, file, prepared, published, profiles, findings)


def _widen(connection: duckdb.DuckDBPyConnection, lake: Lake, checks: Checks) -> None:
    """A resource that gained fields gains columns, before anything is compared with the old rows."""
    raw = ", ".join(f'NULL::VARCHAR AS "{f.id}"' for f in checks.resource.fields)
    typed = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in checks.output_columns())
    for layer, columns in (("raw", raw), ("standard", typed)):
        lake.table(layer, checks.resource.id).widen(
            connection.execute(f"SELECT {columns} LIMIT 0").to_arrow_table().schema
        )


def settle(source: Source, file: ResourceFile, given: Mapping[str, str]) -> tuple[Match, ...]:
    """The mapping of a source: what a person said, and for the rest what is sure. Raises MappingNeeded."""
    if given:
        unknown = [h for h in given if h not in source.headers]
        if unknown:
            raise InputError(
                zh=f"文件里没有这些列：{'、'.join(unknown)}",
                en=f"the file has no such columns: {', '.join(unknown)}",
                where=source.name,
                hint_zh=f"文件的列：{'、'.join(source.headers)}",
                hint_en=f"It has: {', '.join(source.headers)}",
            )
        known = {f.id for f in file.fields}
        wrong = [f for f in given.values() if f and f not in known]
        if wrong:
            raise InputError(
                zh=f"资源里没有这些信息项：{'、'.join(wrong)}",
                en=f"the resource has no such fields: {', '.join(wrong)}",
                where=file.id,
                hint_zh="、".join(sorted(known)),
                hint_en=", ".join(sorted(known)),
            )
        return tuple(
            Match(i, h, given.get(h, ""), "confirmed" if given.get(h) else "none") for i, h in enumerate(source.headers)
        )
    matches = match_headers(source.headers, file)
    undecided = open_fields(matches, file)
    if undecided:
        titles_zh = "、".join(file.field(f).title.zh for f in undecided)
        titles_en = ", ".join(file.field(f).title.en for f in undecided)
        raise MappingNeeded(
            headers=source.headers,
            open_fields=undecided,
            zh=f"请确认这些信息项对应哪一列：{titles_zh}",
            en=f"say which column holds: {titles_en}",
            where=source.name,
            hint_zh=f"文件的列：{'、'.join(source.headers)}。命令行可用 --map 列名=信息项。",
            hint_en=f"The file has: {', '.join(source.headers)}. On the command line: --map HEADER=FIELD.",
        )
    return matches


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


@transaction.atomic
def _finish(
    load: Load,
    actor: Actor,
    file: ResourceFile,
    prepared: Prepared,
    published: Published,
    profiles: tuple[Any, ...],
    findings: tuple[Any, ...],
) -> None:
    load.refresh_from_db()
    now = timezone.now()
    receipt = receipt_write(
        actor=actor,
        kind="load",
        inputs={
            "resource": file.id,
            "file": load.file_digest,
            "rules": load.rules_digest,
            "mapping": load.reading["columns"],
        },
        outputs={
            "source": prepared.source,
            "accepted": prepared.accepted,
            "rejected": prepared.rejected,
            "reasons": dict(prepared.reasons),
            "content": prepared.content_hash,
            "raw_version": published.raw_version,
            "table_version": published.table_version,
        },
        pack_digests={load.resource.pack_id: load.resource.pack_digest},
        as_of=date.fromisoformat(load.reading["as_of"]),
        engine_versions={
            "yiwang": yiwang.__version__,
            "duckdb": duckdb.__version__,
            "deltalake": deltalake.__version__,
        },
    )
    Load.objects.filter(pk=load.pk).update(
        state=Load.State.DONE,
        stage="done",
        raw_version=published.raw_version,
        table_version=published.table_version,
        receipt_id=receipt.id,
        finished_at=now,
    )
    parts = [
        *prepared.parts,
        timeliness(file, now, now),
        accessibility(file, published.table_version is not None, bool(liaison_of(file.provider))),
    ]
    QualityScore.objects.filter(load=load).delete()
    QualityScore.objects.bulk_create(
        QualityScore(load=load, dimension=p.dimension, good=p.good, total=p.total) for p in parts
    )
    FieldProfile.objects.filter(load=load).delete()
    FieldProfile.objects.bulk_create(
        FieldProfile(
            load=load,
            field=p.field,
            rows=p.rows,
            nulls=p.nulls,
            distinct=p.distinct,
            minimum=p.minimum,
            maximum=p.maximum,
            average_length=p.average_length,
            top=[list(t) for t in p.top],
        )
        for p in profiles
    )
    for finding in findings:
        SensitiveFinding.objects.get_or_create(
            resource_id=file.id,
            field=finding.field,
            semantic=finding.semantic,
            defaults={
                "load": load,
                "grade": finding.grade,
                "declared_grade": finding.declared_grade,
                "evidence": [dict(s) for s in finding.signs],
            },
        )
    for stage in ("parse", "process"):
        LifecycleRecord.objects.get_or_create(
            resource_id=file.id, stage=stage, load=load, defaults={"operator": actor.id, "details": {"load": load.pk}}
        )
    audit(
        actor=actor,
        act="resource.load",
        object_kind="load",
        object_id=str(load.pk),
        details={"done": True, "source": prepared.source, "accepted": prepared.accepted, "rejected": prepared.rejected},
    )
    emit(LOAD_FINISHED, {"load": load.pk, "resource": file.id, "rejected": prepared.rejected})


def stage_share(stage: str) -> float:
    """How far along a running load is, 0 to 1, by its stage."""
    if stage == "done":
        return 1.0
    return STAGES_OF_LOAD.index(stage) / len(STAGES_OF_LOAD) if stage in STAGES_OF_LOAD else 0.0


def mapping_question(load: Load) -> tuple[Source, tuple[Match, ...]]:
    """The headers and sample rows of a load that waits for its mapping."""
    scratch_root = Path(settings.PLACE.scratch)
    scratch_root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch_root) as folder:
        file = definition(Resource.objects.get(pk=load.resource_id))
        source = open_source(file_path(file_get(load.file_digest).digest), load.file_name, file, Path(folder))
        return source, match_headers(source.headers, file)
