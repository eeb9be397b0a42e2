"""Tables change one step after the other, and every change of a model has its step."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState
from sources import engines

APPS = [engine.name for engine in engines()]


def steps(app: str) -> dict[str, Migration]:
    disk = MigrationLoader(None).disk_migrations
    return {name: step for (label, name), step in disk.items() if label == app}


def order_faults(app: str, known: dict[str, Migration]) -> list[str]:
    """Every step but the first follows exactly one step of its own app, and no two follow the same."""
    faults, followed = [], []
    for place, name in enumerate(sorted(known)):
        before = [step for label, step in known[name].dependencies if label == app]
        if len(before) != (1 if place else 0):
            faults.append(f"{app}.{name} follows {len(before)} steps")
        followed += before
    return faults + [f"{app}: two steps follow {name}" for name in sorted(set(followed)) if followed.count(name) > 1]


@pytest.mark.parametrize("app", APPS)
def test_the_steps_of_an_app_stand_in_one_line(app: str) -> None:
    known = steps(app)
    assert known
    assert order_faults(app, known) == []


@pytest.mark.django_db
def test_no_change_of_a_model_is_without_its_step() -> None:
    said = io.StringIO()
    call_command("makemigrations", *APPS, check=True, dry_run=True, verbosity=1, stdout=said)
    assert "No changes detected" in said.getvalue()


def test_two_steps_side_by_side_are_found() -> None:
    def step(name: str, *before: str) -> Migration:
        made = Migration(name, "x")
        made.dependencies = [("x", other) for other in before]
        return made

    known = {"0001": step("0001"), "0002_a": step("0002_a", "0001"), "0002_b": step("0002_b", "0001")}
    assert order_faults("x", known) == ["x: two steps follow 0001"]
    assert order_faults("x", {"0001": step("0001"), "0002": step("0002")}) == ["x.0002 follows 0 steps"]


def test_a_model_without_its_step_is_found() -> None:
    loader = MigrationLoader(None)
    state = ProjectState.from_apps(apps)
    state.add_field("kernel", "account", "planted", models.IntegerField(default=0), True)
    found = MigrationAutodetector(loader.project_state(), state).changes(loader.graph, trim_to_apps={"kernel"})
    assert "AddField" in [type(operation).__name__ for operation in found["kernel"][0].operations]


def test_migrations_are_plain_files(tmp_path: Path) -> None:
    named = [p for engine in engines() for p in (engine / "migrations").glob("*.py") if p.name != "__init__.py"]
    assert [p.name for p in named if not p.name[:4].isdigit()] == []
