"""What a version would do to everyone: the same subjects decided by it and by the version that holds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.service import audit
from yiwang.rules.adapters.factfile import connected, literal
from yiwang.rules.answers import Effect, Shift
from yiwang.rules.matching import purpose_needed, run_over, working_folder
from yiwang.rules.population import Population, PopulationNeeds, needs_of
from yiwang.rules.prepared import prepared
from yiwang.rules.rows import content_of, decision_row, version_row

SHOWN = 20


def effect_needs(actor: Actor, decision_id: str, number: int) -> PopulationNeeds:
    """What it takes to compare a version with the one that holds. Raises NotFound, Refused, InputError."""
    decision = decision_row(decision_id)
    demand(actor, "decision.match", decision.department)
    both = (version_row(decision), version_row(decision, number))
    return needs_of([prepared(content_of(version)) for version in both])


def decision_effect(
    *, actor: Actor, decision_id: str, number: int, population: Population, on: date, purpose: str, engine: str = ""
) -> Effect:
    """How many a version grants and what it costs beside the version that holds; who gains and who loses.

    Takes the population of `effect_needs`. Nothing is kept but the audit line. Raises NotFound, Refused, InputError, NotCovered.
    """
    reason = purpose_needed(purpose)
    decision = decision_row(decision_id)
    rule = demand(actor, "decision.match", decision.department).rule
    before, after = version_row(decision), version_row(decision, number)
    chosen = engine or settings.PLACE.engine_url
    counts, hits = [], []
    with working_folder() as folder:
        for at, version in enumerate((before, after)):
            part = folder / str(at)
            part.mkdir()
            done = run_over([prepared(content_of(version))], [version.number], population, on, chosen, part)
            counts.append(done.counts[0])
            hits.append(done.hits)
        with connected(folder) as db:
            found = _shifts(db, hits[0], hits[1])
    effect = Effect(
        decision_id, on, counts[0], counts[1], **found, same=counts[0].subjects - found["gain"] - found["lose"]
    )
    audit(
        actor=actor,
        act="decision.effect",
        object_kind="decision",
        object_id=decision_id,
        rule=rule,
        purpose=reason,
        details={
            "version": number,
            "on": on.isoformat(),
            "tables": dict(population.versions),
            "subjects": counts[0].subjects,
        },
    )
    return effect


def _shifts(db: duckdb.DuckDBPyConnection, before: Path, after: Path) -> dict[str, Any]:
    """Newly and no longer granted, who gets more or less, and the first of each by how much."""
    db.execute(
        f"""CREATE TEMP TABLE shifts AS
        SELECT coalesce(b.subject, a.subject) AS subject, b.amount AS was, a.amount AS now,
            b.subject IS NOT NULL AS held, a.subject IS NOT NULL AS holds,
            coalesce(a.amount, 0) - coalesce(b.amount, 0) AS step
        FROM read_parquet({literal(str(before))}) b FULL JOIN read_parquet({literal(str(after))}) a USING (subject)"""
    )
    gains, loses = "(step > 0 OR (step = 0 AND holds AND NOT held))", "(step < 0 OR (step = 0 AND held AND NOT holds))"
    row = db.execute(
        f"""SELECT count(*) FILTER (holds AND NOT held), count(*) FILTER (held AND NOT holds),
            count(*) FILTER ({gains}), count(*) FILTER ({loses}), coalesce(sum(step), 0) FROM shifts"""
    ).fetchone()
    assert row is not None  # an aggregate has one row
    return {
        "newly_granted": int(row[0]),
        "no_longer_granted": int(row[1]),
        "gain": int(row[2]),
        "lose": int(row[3]),
        "change": Decimal(row[4]),
        "gainers": _first(db, gains, "step DESC"),
        "losers": _first(db, loses, "step"),
    }


def _first(db: duckdb.DuckDBPyConnection, which: str, order: str) -> tuple[Shift, ...]:
    rows = db.execute(
        f"SELECT subject, was, now, held, holds FROM shifts WHERE {which} ORDER BY {order}, subject LIMIT {SHOWN}"
    ).fetchall()
    return tuple(Shift(masked(subject), was, now, held, holds) for subject, was, now, held, holds in rows)


def masked(subject: str) -> str:
    """Enough of a number to tell rows apart, not enough to know a person."""
    if len(subject) < 8:
        return "*" * max(0, len(subject) - 2) + subject[-2:]
    return f"{subject[:4]}{'*' * (len(subject) - 6)}{subject[-2:]}"
