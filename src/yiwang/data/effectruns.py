"""What a version of a decision would do to the city, worked out beside the requests and kept: figures of groups, never of persons.

A run is a small file named by what it was worked out from, so that the same question is not computed twice; whoever wants it again
on newer data asks again. The figures are counts and sums: rows of people stay in the lake.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from yiwang.data.populations import population_of
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.errors import InputError, YiwangError
from yiwang.kernel.service import audit
from yiwang.rules.answers import Effect, MatchCount
from yiwang.rules.selectors import decision_get, effect_needs
from yiwang.rules.service import decision_effect

SHORTEST_PURPOSE = 4
# A run that says nothing for so long was lost with its worker and may be asked for again.
LOST_SECONDS = 15 * 60


@dataclass(frozen=True)
class RuleFigures:
    """One rule before and after: how many it decides. Number 0: those no rule fits."""

    number: int
    basis: str
    was: int
    now: int


@dataclass(frozen=True)
class EffectFigures:
    """`change` is what the version costs more (or less) each time the amounts are paid."""

    subjects: int
    was_granted: int
    now_granted: int
    was_amount: Decimal | None
    now_amount: Decimal | None
    newly_granted: int
    no_longer_granted: int
    gain: int
    lose: int
    same: int
    change: Decimal
    rules: tuple[RuleFigures, ...]


@dataclass(frozen=True)
class EffectRun:
    """`state` is waiting, running, done or failed; `stage` what it is at. `against` is the version it is compared with."""

    decision: str
    number: int
    against: int
    on: date
    state: str
    stage: str
    purpose: str
    asked_by: str
    asked_by_name: str
    asked_at: datetime
    tables: Mapping[str, int]
    figures: EffectFigures | None = None
    error: Mapping[str, str] | None = None

    @property
    def ended(self) -> bool:
        return self.state in {"done", "failed"}


def effect_get(actor: Actor, decision_id: str, *, number: int) -> EffectRun | None:
    """The newest run for a version against the one that holds; None when there is none. Figures are of groups: any reader may."""
    demand(actor, "decision.read")
    return _read(_path(actor, decision_id, number))


def effect_ask(*, actor: Actor, decision_id: str, number: int, on: date, purpose: str) -> EffectRun:
    """Note down that the effect of a version is wanted; the caller queues `effect_work`. A run under way is left alone.

    Raises NotFound, Refused, and InputError without a purpose or for a decision that cannot run over everyone.
    """
    detail = decision_get(actor, decision_id)
    rule = demand(actor, "decision.match", detail.row.department).rule
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        raise InputError(
            zh="请写明用途",
            en="state the purpose",
            where="purpose",
            hint_zh="至少四个字，例如“测算调整标准的影响”。",
            hint_en="At least four characters, for example: what a new rate would cost.",
        )
    effect_needs(actor, decision_id, number)
    path = _path(actor, decision_id, number)
    held = _read(path)
    if held is not None and not held.ended and time.time() - path.stat().st_mtime < LOST_SECONDS:
        return held
    run = EffectRun(
        decision=decision_id,
        number=number,
        against=detail.version.number,
        on=on,
        state="waiting",
        stage="",
        purpose=purpose.strip()[:400],
        asked_by=actor.id,
        asked_by_name=actor.name,
        asked_at=timezone.now(),
        tables={},
    )
    _write(path, run)
    audit(
        actor=actor,
        act="decision.effect-ask",
        object_kind="decision",
        object_id=decision_id,
        rule=rule,
        purpose=run.purpose,
        details={"version": number, "on": on.isoformat()},
    )
    return run


def effect_work(actor: Actor, decision_id: str, number: int) -> EffectRun | None:
    """Work out what was asked for; an error a person can act on is kept with the run, any other is raised as well."""
    path = _path(actor, decision_id, number)
    run = _read(path)
    if run is None or run.ended:
        return run
    try:
        run = _step(path, run, "gather")
        population = population_of(actor, effect_needs(actor, decision_id, number))
        run = _step(path, replace(run, tables=dict(population.versions)), "decide")
        effect = decision_effect(
            actor=actor, decision_id=decision_id, number=number, population=population, on=run.on, purpose=run.purpose
        )
        run = replace(run, state="done", stage="", figures=_figures(effect))
    except YiwangError as error:
        run = replace(run, state="failed", error=_told(error))
    except Exception:
        _write(path, replace(run, state="failed", error=_told(_BROKEN)))
        raise
    _write(path, run)
    return run


_BROKEN = YiwangError(
    zh="测算没有完成，已经记录。",
    en="The effect could not be worked out; it was recorded.",
    hint_zh="请告诉系统管理员，或稍后再试。",
    hint_en="Tell your system administrator, or try again later.",
)


def _told(error: YiwangError) -> dict[str, str]:
    return {"zh": error.zh, "en": error.en, "hint_zh": error.hint_zh, "hint_en": error.hint_en, "where": error.where}


def _step(path: Path, run: EffectRun, stage: str) -> EffectRun:
    moved = replace(run, state="running", stage=stage)
    _write(path, moved)
    return moved


def _path(actor: Actor, decision_id: str, number: int) -> Path:
    """Named by both contents: a changed draft, or another version that holds, is another question."""
    now, wanted = decision_get(actor, decision_id), decision_get(actor, decision_id, number=number)
    name = canonical_digest({"decision": decision_id, "before": now.version.digest, "after": wanted.version.digest})
    return Path(settings.PLACE.scratch) / "effects" / f"{name}.json"


def _figures(effect: Effect) -> EffectFigures:
    before, after = effect.before, effect.after
    return EffectFigures(
        subjects=after.subjects,
        was_granted=before.granted,
        now_granted=after.granted,
        was_amount=before.amount,
        now_amount=after.amount,
        newly_granted=effect.newly_granted,
        no_longer_granted=effect.no_longer_granted,
        gain=effect.gain,
        lose=effect.lose,
        same=effect.same,
        change=effect.change,
        rules=_rules(before, after),
    )


def _rules(before: MatchCount, after: MatchCount) -> tuple[RuleFigures, ...]:
    was, now = ({one.number: one for one in count.rules} for count in (before, after))
    return tuple(
        RuleFigures(
            number=number,
            basis=(now.get(number) or was[number]).basis,
            was=was[number].subjects if number in was else 0,
            now=now[number].subjects if number in now else 0,
        )
        for number in sorted({*was, *now})
    )


# The file of a run ------------------------------------------------------------------------------------------------------


def _write(path: Path, run: EffectRun) -> None:
    """Whole or not at all: a reader never meets half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{uuid.uuid4().hex}.part")
    beside.write_text(json.dumps(asdict(run), ensure_ascii=False, default=_plain), encoding="utf-8")
    os.replace(beside, path)


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def _read(path: Path) -> EffectRun | None:
    if not path.is_file():
        return None
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    figures = said["figures"]
    if figures is not None:
        rules = tuple(RuleFigures(**one) for one in figures["rules"])
        figures = EffectFigures(**{**_amounts(figures), "rules": rules})
    return EffectRun(
        **{
            **said,
            "on": date.fromisoformat(said["on"]),
            "asked_at": datetime.fromisoformat(said["asked_at"]),
            "figures": figures,
        }
    )


def _amounts(said: Mapping[str, Any]) -> dict[str, Any]:
    exact = ("was_amount", "now_amount", "change")
    return {key: Decimal(value) if key in exact and value is not None else value for key, value in said.items()}
