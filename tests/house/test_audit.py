"""Whoever writes leaves a line: every service of every engine is called once, and the trail is looked at."""

from __future__ import annotations

import inspect
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest
import recipes_data
import recipes_flow
import recipes_kernel
import recipes_rules
import recipes_trust
from smallcity import Recipe, World
from sources import engines

import yiwang.data.service
import yiwang.flow.service
import yiwang.kernel.service
import yiwang.rules.service
import yiwang.trust.service
from yiwang.config.place import Place
from yiwang.kernel.models import AuditLine

DOORS: dict[str, tuple[ModuleType, dict[str, Recipe], dict[str, str]]] = {
    "data": (yiwang.data.service, recipes_data.RECIPES, recipes_data.EXEMPT),
    "flow": (yiwang.flow.service, recipes_flow.RECIPES, recipes_flow.EXEMPT),
    "kernel": (yiwang.kernel.service, recipes_kernel.RECIPES, recipes_kernel.EXEMPT),
    "rules": (yiwang.rules.service, recipes_rules.RECIPES, recipes_rules.EXEMPT),
    "trust": (yiwang.trust.service, recipes_trust.RECIPES, recipes_trust.EXEMPT),
}
CASES = [(door, name) for door, (_, recipes, _) in DOORS.items() for name in recipes]
SHORTEST_REASON = 20


def services(door: ModuleType) -> set[str]:
    return {name for name in door.__all__ if inspect.isfunction(getattr(door, name))}


def list_faults(offered: set[str], recipes: set[str], exempt: dict[str, str]) -> list[str]:
    faults = [f"{name} has no recipe" for name in sorted(offered - recipes - set(exempt))]
    faults += [f"{name} is no service any more" for name in sorted((recipes | set(exempt)) - offered)]
    faults += [f"{name} has a recipe and an excuse" for name in sorted(recipes & set(exempt))]
    return faults + [f"{n} leaves no line and says not why" for n, why in exempt.items() if len(why) < SHORTEST_REASON]


def line_faults(call: partial[object]) -> list[str]:
    """What is wrong with the trail after a call: no line, or a line that names nobody or nothing."""
    last = AuditLine.objects.order_by("-id").values_list("id", flat=True).first() or 0
    call()
    lines = list(AuditLine.objects.filter(id__gt=last))
    if not lines:
        return [f"{call.func.__name__} left no line"]
    empty = [line for line in lines if not (line.actor_id and line.act and line.object_kind and line.object_id)]
    return [f"{call.func.__name__} left a line without who, what or which" for _ in empty]


@pytest.fixture
def world(db: None, home: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


def test_every_engine_has_its_recipes() -> None:
    assert set(DOORS) == {engine.name for engine in engines()}


@pytest.mark.parametrize("door", DOORS)
def test_every_service_has_a_recipe_or_says_why_not(door: str) -> None:
    module, recipes, exempt = DOORS[door]
    assert list_faults(services(module), set(recipes), exempt) == []


@pytest.mark.parametrize(("door", "name"), CASES)
def test_a_service_leaves_a_line_that_says_who_did_what(world: World, door: str, name: str) -> None:
    module, recipes, _ = DOORS[door]
    call = recipes[name](world)
    assert call.func is getattr(module, name), "the recipe calls another service"
    assert line_faults(call) == []


def test_a_service_that_leaves_no_line_is_found(db: None) -> None:
    def silent() -> None:
        AuditLine.objects.count()

    def nameless() -> None:
        AuditLine.objects.create(actor_id="", actor_name="", act="x", object_kind="x", object_id="x", details={})

    assert line_faults(partial(silent)) == ["silent left no line"]
    assert line_faults(partial(nameless)) == ["nameless left a line without who, what or which"]


def test_a_new_service_without_a_recipe_is_found() -> None:
    faults = list_faults({"old", "new"}, {"old", "gone"}, {"old": "an excuse that is long enough"})
    assert faults == ["new has no recipe", "gone is no service any more", "old has a recipe and an excuse"]
