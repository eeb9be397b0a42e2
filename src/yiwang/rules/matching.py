"""Decisions over everyone: counts, a hit list and a receipt, from a population that a caller prepared."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
from django.conf import settings
from django.db import transaction

import yiwang
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import InputError
from yiwang.kernel.service import audit, emit, file_put, receipt_write
from yiwang.rules.adapters.factfile import FactColumn, FactFile, WrongColumn, connected, facts_write
from yiwang.rules.answers import MatchResult
from yiwang.rules.asking import day
from yiwang.rules.core.plan.columns import FEEL_KINDS
from yiwang.rules.events import POPULATION_MATCHED
from yiwang.rules.executing import Executed, execute
from yiwang.rules.population import KEY, Population, column_of
from yiwang.rules.prepared import Prepared, prepared
from yiwang.rules.proofwork import base_type
from yiwang.rules.rows import content_of, decision_row, version_row
from yiwang.rules.runs import Asked

RECEIPT = "decision-match"
SHORTEST_PURPOSE, LONGEST_PURPOSE = 4, 400


def purpose_needed(purpose: str) -> str:
    text = purpose.strip()
    if len(text) < SHORTEST_PURPOSE:
        raise InputError(
            zh="请写明用途",
            en="state the purpose",
            where="purpose",
            hint_zh="至少四个字，例如“免申即享筛查”。",
            hint_en="At least four characters, for example: find those entitled who never applied.",
        )
    return text[:LONGEST_PURPOSE]


def population_match(
    *, actor: Actor, decision_ids: Sequence[str], population: Population, on: date, purpose: str, engine: str = ""
) -> MatchResult:
    """Run decisions, each in the version that holds, over every subject as of a day.

    `engine` is a URL (the city's own by default; `interpreter://` decides one after the other). Hits are kept as a file by digest.
    Raises NotFound, Refused, InputError, NotCovered, PlanRefused.
    """
    reason = purpose_needed(purpose)
    rows = [decision_row(name) for name in dict.fromkeys(decision_ids)]
    rule = ""
    for row in rows:
        rule = demand(actor, "decision.match", row.department).rule
    versions = [version_row(row) for row in rows]
    found = [prepared(content_of(version)) for version in versions]
    chosen = engine or settings.PLACE.engine_url
    with working_folder() as folder:
        done = run_over(found, [v.number for v in versions], population, on, chosen, folder)
        with transaction.atomic():
            kept = file_put(
                actor=actor,
                source=done.hits,
                name=f"hits-{population.needs.resource}-{on}.parquet",
                media_type="application/vnd.apache.parquet",
            )
            receipt = receipt_write(
                actor=actor,
                kind=RECEIPT,
                inputs={
                    "decisions": {v.decision_id: v.digest for v in versions},
                    "resource": population.needs.resource,
                    "tables": dict(population.versions),
                },
                outputs={"hits": kept.digest, "granted": {c.decision: c.granted for c in done.counts}},
                pack_digests={r.pack_id: v.pack_digest or r.pack_digest for r, v in zip(rows, versions, strict=True)},
                as_of=on,
                engine_versions={"yiwang": yiwang.__version__, "engine": chosen, "duckdb": duckdb.__version__},
            )
            audit(
                actor=actor,
                act="decision.match",
                object_kind="resource",
                object_id=population.needs.resource,
                rule=rule,
                purpose=reason,
                details={"decisions": [r.pk for r in rows], "on": on.isoformat(), "receipt": receipt.id},
            )
            emit(
                POPULATION_MATCHED,
                {"decisions": [r.pk for r in rows], "resource": population.needs.resource, "receipt": receipt.id},
            )
    return MatchResult(
        on=on,
        resource=population.needs.resource,
        versions=dict(population.versions),
        engine=chosen,
        counts=done.counts,
        hits=kept.digest,
        receipt=receipt.id,
    )


@contextmanager
def working_folder() -> Iterator[Path]:
    root = Path(settings.PLACE.scratch)
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix="match-") as folder:
        yield Path(folder)


def run_over(
    found: Sequence[Prepared], numbers: Sequence[int], population: Population, on: date, engine: str, folder: Path
) -> Executed:
    """The decisions over the facts of a day. Raises InputError when the population lacks a field one of them reads."""
    columns: dict[tuple[str, str], FactColumn] = {}
    asked: list[Asked] = []
    for one, number in zip(found, numbers, strict=True):
        names = {}
        for name in one.inputs:
            if name not in one.uses:
                column = column_of(one, name)
                derive = one.bindings[name].derive
                fact = columns.setdefault(
                    (column.name, derive), FactColumn(_fact_name(name, columns), column.name, derive)
                )
                names[name] = fact.name
        asked.append(Asked(one, number, names))
    _covered(population, columns.values())
    with connected(folder, memory=settings.ENGINE_MEMORY, threads=settings.ENGINE_THREADS) as db:
        facts = _facts(db, population, list(columns.values()), on, folder)
        for each in asked:
            _typed(each, facts)
        return execute(asked, facts, db, on, engine, folder)


def _fact_name(name: str, taken: dict[tuple[str, str], FactColumn]) -> str:
    """The input's own name, unless another decision calls something else so."""
    used = {one.name for one in taken.values()}
    return (
        name if name not in used else next(f"{name} {n}" for n in range(2, len(used) + 3) if f"{name} {n}" not in used)
    )


def _covered(population: Population, columns: object) -> None:
    there = {column.name for column in population.needs.columns}
    missing = sorted({one.source for one in columns} - there)  # type: ignore[attr-defined]
    if missing:
        raise InputError(
            zh=f"准备的数据缺少：{'、'.join(missing)}",
            en=f"the population lacks: {', '.join(missing)}",
            where=population.needs.resource,
        )


def _typed(asked: Asked, facts: FactFile) -> None:
    """Raises InputError where the table's column is of another type than the input is declared."""
    for name, column in asked.names.items():
        declared = base_type(asked.found, asked.found.inputs[name].variable.type)
        kind = facts.columns[column].kind
        if declared not in (None, "Any") and FEEL_KINDS.get(declared) != kind:
            raise InputError(
                zh=f"输入“{name}”声明为 {declared}，表里的列是 {kind}",
                en=f"the input “{name}” is declared {declared}; its column is a {kind}",
                where=asked.id,
            )


def _facts(
    db: duckdb.DuckDBPyConnection, population: Population, columns: list[FactColumn], on: date, folder: Path
) -> FactFile:
    try:
        return facts_write(db, population.files, KEY, columns, day(on), folder)
    except WrongColumn as wrong:
        raise InputError(
            zh=f"“{wrong.name}”在表里是 {wrong.kind}，不能作为事实",
            en=f"“{wrong.name}” is a {wrong.kind} in the table and can be no fact",
            where=population.needs.resource,
        ) from wrong
