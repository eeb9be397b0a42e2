"""Killed at any moment, a write has happened whole or not at all; a tick fires each due once whoever else ticks."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

HERE = Path(__file__).resolve().parent
SEED = int(os.environ.get("YIWANG_KILL_SEED", "20261122"))
KILLS = 15
CASES = 12
WRITES = (
    "before the event is taken",
    "before the case is written",
    "before its step is written",
    "before its works are written",
    "before its timers are written",
    "before the audit line",
    "before its events",
    "before all of it is written",
    "before the commit",
)
TICKS = (
    "before a rung is told",
    "before the told rungs are deleted",
    "before the round of a tick is written down",
)

pytestmark = pytest.mark.database


class Served:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def ask(self, **question: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the server is gone"
        found: dict[str, Any] = json.loads(line)
        return found

    def begin(self, do: str, die: str = "") -> int:
        return int(self.ask(do=do, die=die)["pid"])

    def end(self, pid: int, seconds: float | None = None) -> int:
        return int(self.ask(wait=pid, seconds=seconds)["status"])

    def faults(self) -> list[str]:
        found: list[str] = self.ask(check=True)["faults"]
        return found

    def count(self) -> dict[str, Any]:
        return self.ask(count=True)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Served]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("YIWANG_", "PYTEST_"))}
    env = {
        "YIWANG_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "yiwang.config.test",
        "YIWANG_KILL_CASES": str(CASES),
    }
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, str(HERE / "caseserver.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=inherited | env | database(),
        )
    served = Served(process)
    try:
        served.answer()
        yield served
    finally:
        process.kill()
        process.communicate()


def database() -> dict[str, str]:
    """On a PostgreSQL server a database of its own; otherwise a file in its home, as in any city."""
    url = settings.PLACE.database_url
    if not url.startswith("postgres"):
        return {}
    name = f"case_kill_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return {"YIWANG_DATABASE_URL": url.rsplit("/", 1)[0] + f"/{name}"}


def test_killed_where_it_matters_most_a_write_leaves_nothing_half_done(city: Served) -> None:
    for moment in WRITES:
        assert city.end(city.begin("work", moment)) == -signal.SIGKILL, moment
        assert city.faults() == [], moment
    assert city.end(city.begin("work")) == 0
    assert city.faults() == []
    assert city.count()["statuses"] == {"completed": CASES}


def test_killed_at_random_moments_works_end_as_if_undisturbed(city: Served) -> None:
    draw = random.Random(SEED)
    for number in range(KILLS):
        seconds = draw.uniform(0, 0.25)
        assert city.end(city.begin("work"), seconds) in {0, -signal.SIGKILL}
        assert city.faults() == [], f"seed {SEED}, kill {number} after {seconds:.3f} s"
    assert city.end(city.begin("work")) == 0
    assert city.count()["statuses"] == {"completed": CASES}


def test_a_tick_killed_midway_and_two_that_race_tell_each_rung_once(city: Served) -> None:
    for moment in TICKS:
        assert city.end(city.begin("tick", moment)) == -signal.SIGKILL, moment
        assert city.faults() == [], moment
    both = [city.begin("tick"), city.begin("tick")]
    assert [city.end(pid) for pid in both] == [0, 0]
    # A reminder and a breach of each case, and of the first task of each.
    told = city.count()
    assert (told["messages"], told["rungs"]) == ({"due soon": 2 * CASES, "overdue": 2 * CASES}, 0)
    assert city.faults() == []


def test_two_that_work_at_once_do_no_work_twice(city: Served) -> None:
    both = [city.begin("work"), city.begin("work")]
    ends = [city.end(pid) for pid in both]
    assert city.end(city.begin("work")) == 0 and ends.count(0) >= 1
    assert city.faults() == []
    assert city.count()["statuses"] == {"completed": CASES}
