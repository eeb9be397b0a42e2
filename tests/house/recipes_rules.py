"""For each service of the rules engine, a call that must leave an audit line."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import duckdb
from smallcity import Recipe, World
from sources import ROOT

from yiwang.kernel.core.actor import Actor, system_actor
from yiwang.kernel.core.pack import Pack, pack_read
from yiwang.rules import service as rules
from yiwang.rules.installing import pack_parameters
from yiwang.rules.schema import ParameterFile
from yiwang.rules.selectors import Population, decision_get, population_needs

EXEMPT: dict[str, str] = {}
DECISION = "elderly-allowance"
PARAMETER = "elderly-rate-80"
DAY = date(2026, 11, 1)
APPROVER = system_actor("house:approver")


def pack() -> Pack:
    return pack_read(ROOT / "packs/theme/social-assistance")


def installed(world: World) -> None:
    rules.decision_install(actor=world.actor, path=f"decisions/{DECISION}.dmn", pack=pack())


def draft(world: World, actor: Actor | None = None) -> int:
    """A draft in which the allowance begins at seventy-nine."""
    installed(world)
    dmn = decision_get(world.actor, DECISION).dmn
    changed = dmn.replace(b"&lt; 80", b"&lt; 79").replace(b"[80..90)", b"[79..90)")
    return rules.decision_draft_save(actor=actor or world.actor, decision_id=DECISION, dmn=changed).number


def proposed(world: World) -> int:
    number = draft(world)
    rules.decision_propose(actor=world.actor, decision_id=DECISION, number=number)
    return number


def population(folder: Path, actor: Actor) -> Population:
    """Two residents, one of them over eighty."""
    path = folder / "population.parquet"
    with duckdb.connect() as db:
        db.execute(
            f"""COPY (SELECT * FROM (VALUES ('1', DATE '1940-01-01'), ('2', DATE '1947-06-01')) AS t("_key", "resident-register.birth_date"))
            TO '{path}' (FORMAT parquet)"""
        )
    return Population(population_needs(actor, [DECISION]), (str(path),), {"resident-register": 0}, 2)


def decision_approve(world: World) -> partial[object]:
    return partial(rules.decision_approve, actor=APPROVER, decision_id=DECISION, number=proposed(world))


def decision_draft_save(world: World) -> partial[object]:
    installed(world)
    dmn = decision_get(world.actor, DECISION).dmn
    return partial(rules.decision_draft_save, actor=world.actor, decision_id=DECISION, dmn=dmn)


def decision_effect(world: World) -> partial[object]:
    number = draft(world)
    people = population(world.folder, world.actor)
    return partial(
        rules.decision_effect,
        actor=world.actor,
        decision_id=DECISION,
        number=number,
        population=people,
        on=DAY,
        purpose="看看影响",
    )


def decision_install(world: World) -> partial[object]:
    return partial(rules.decision_install, actor=world.actor, path=f"decisions/{DECISION}.dmn", pack=pack())


def decision_propose(world: World) -> partial[object]:
    return partial(rules.decision_propose, actor=world.actor, decision_id=DECISION, number=draft(world))


def decision_reject(world: World) -> partial[object]:
    number = proposed(world)
    return partial(rules.decision_reject, actor=APPROVER, decision_id=DECISION, number=number, note="too early")


def decision_retake(world: World) -> partial[object]:
    outcome = decision_take(world)()
    return partial(rules.decision_retake, actor=world.actor, receipt_id=outcome.receipt)  # type: ignore[attr-defined]


def decision_roll_back(world: World) -> partial[object]:
    decision_approve(world)()
    return partial(rules.decision_roll_back, actor=APPROVER, decision_id=DECISION, number=1, note="a mistake")


def decision_take(world: World) -> partial[object]:
    installed(world)
    return partial(rules.decision_take, actor=world.actor, decision_id=DECISION, facts={"年龄": 80}, on=DAY)


def decision_withdraw(world: World) -> partial[object]:
    return partial(rules.decision_withdraw, actor=world.actor, decision_id=DECISION, number=proposed(world))


def parameter_install(world: World) -> partial[object]:
    text = pack_parameters(pack())[PARAMETER]
    file = ParameterFile.model_validate(
        {
            "id": PARAMETER,
            "title": {"zh": "标准", "en": "Rate"},
            "unit": {"zh": "元", "en": "yuan"},
            "values": [{"from": DAY, "value": 100, "reference": {"law": "老年人权益保障法", "article": "第三十三条"}}],
        }
    )
    return partial(rules.parameter_install, actor=world.actor, file=file, text=text, pack=pack())


def population_match(world: World) -> partial[object]:
    installed(world)
    people = population(world.folder, world.actor)
    return partial(
        rules.population_match,
        actor=world.actor,
        decision_ids=[DECISION],
        population=people,
        on=DAY,
        purpose="免申即享",
    )


RECIPES: dict[str, Recipe] = {
    recipe.__name__: recipe
    for recipe in (
        decision_approve,
        decision_draft_save,
        decision_effect,
        decision_install,
        decision_propose,
        decision_reject,
        decision_retake,
        decision_roll_back,
        decision_take,
        decision_withdraw,
        parameter_install,
        population_match,
    )
}
