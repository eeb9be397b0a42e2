"""Killed at any moment, a load leaves a whole version behind, and run again it gives what it would have given."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import psycopg
import pytest
from datacity import HEADER, table_of
from django.conf import settings

from yiwang.config.place import Place
from yiwang.data.adapters.lake import Lake

# What differs on a server is the commit alone: fewer kills show it.
KILLS = 50 if "sqlite" in settings.DATABASES["default"]["ENGINE"] else 15
# So many loads are also run undisturbed, to know how long one takes and that the model is right.
CALM = 8
KEYS = 20_000
# A row that is refused, and why.
REFUSED = {",无编号,男": "not_null", "7,,男": "not_null", "8,缺": "too_few_cells", "9,错,未知": "sex-known"}
# Rows, and the exclusive or of a digest of each.
Content = tuple[int, int]
HERE = Path(__file__).resolve().parent
# Any other seed is as good: YIWANG_KILL_SEED=… draws other files and other moments.
SEED = int(os.environ.get("YIWANG_KILL_SEED", "20261122"))
MOMENTS = (
    "before its file was kept",
    "before it began",
    "before its rows were framed",
    "before its counts were noted",
    "before its raw rows were committed",
    "between its two commits",
    "after its commits",
    "before it was said to be done",
    "before what it said was committed",
)

pytestmark = pytest.mark.database


@dataclass
class Served:
    """A city in another process, and the lake it writes, read from this one."""

    process: subprocess.Popen[str]
    home: Path

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

    def load(self, file: Path, moment: str = "", *, kill_after: float | None = None) -> int:
        """Load in a child that may die at a moment or after some seconds. Returns how it ended, 0 when it was done."""
        pid = self.ask(file=str(file), name=file.name, die=moment)["pid"]
        return int(self.ask(wait=pid, seconds=kill_after)["status"])

    def timed(self, file: Path) -> float:
        began = time.monotonic()
        assert self.load(file) == 0
        return time.monotonic() - began

    @property
    def lake(self) -> Lake:
        return Lake(str(self.home / "lake"))

    def facts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(facts=True)["facts"]
        return found

    def table(self) -> Content:
        """The content of the newest version, as a reader sees it."""
        files = self.lake.table("standard", "people").files()
        if not files:
            return 0, 0
        found = duckdb.execute(
            "SELECT count(*), bit_xor(CAST('0x' || left(md5(concat_ws('|', code, name, sex)), 15) AS BIGINT)) "
            "FROM read_parquet(?)",
            [files],
        ).fetchone()
        assert found is not None
        return int(found[0]), int(found[1])

    def work(self) -> list[str]:
        return [p.name for p in (self.home / "scratch").glob("work-*/")]


@contextmanager
def served(folder: Path, *names: str) -> Iterator[list[Served]]:
    """Cities of these names, ready to load."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("YIWANG_", "PYTEST_"))}
    cities: list[Served] = []
    try:
        for name in names:
            home = folder / name
            env = {"YIWANG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "yiwang.config.test", **database_for(name)}
            with (folder / f"{name}.log").open("w") as log:
                process = subprocess.Popen(
                    [sys.executable, str(HERE / "forkserver.py")],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    env=inherited | env,
                )
            cities.append(Served(process, home))
        for city in cities:
            city.answer()
        yield cities
    finally:
        for city in cities:
            city.process.kill()
            city.process.communicate()


def database_for(name: str) -> dict[str, str]:
    """On a PostgreSQL server a database for each city; otherwise a file in its home, as in any city."""
    place: Place = settings.PLACE
    if not place.database_url.startswith("postgres"):
        return {}
    database = f"kill_{name}_{os.getpid()}"
    with psycopg.connect(place.database_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{database}"')
    return {"YIWANG_DATABASE_URL": place.database_url.rsplit("/", 1)[0] + f"/{database}"}


@dataclass(frozen=True)
class Sent:
    """A file, what the table holds after it, and what its load must say, both worked out without the program."""

    path: Path
    content: Content
    counts: dict[str, Any]


class Model:
    """A table as a plain dictionary. Its files change some keys, add some, and hold rows that are refused."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.draw = folder, random.Random(seed)
        self.rows: dict[str, tuple[str, str]] = {}
        self.digest = self.files = 0

    def send(self) -> Sent:
        number, self.files = self.files, self.files + 1
        keys = range(KEYS) if not number else self.draw.sample(range(KEYS + 500 * number), KEYS // 4)
        rows = {str(key): (f"姓名{number}-{key}", "男" if key % 3 else "女") for key in keys}
        lines = [",".join((key, *cells)) for key, cells in rows.items()]
        refused = self.draw.choices(list(REFUSED), k=50)
        for line in refused:
            lines.insert(self.draw.randrange(len(lines)), line)
        path = self.folder / f"list-{number}.csv"
        encoding = self.draw.choice(["utf-8", "gb18030"])
        path.write_bytes("\n".join([HEADER, *lines, ""]).encode(encoding))
        inserted = self.take(rows)
        counts = {
            "file_name": path.name,
            "state": "done",
            "source": len(lines),
            "accepted": len(rows),
            "rejected": len(refused),
            "inserted": inserted,
            "updated": len(rows) - inserted,
            "reasons": dict(Counter(REFUSED[line] for line in refused)),
        }
        return Sent(path, (len(self.rows), self.digest), counts)

    def take(self, rows: dict[str, tuple[str, str]]) -> int:
        before = len(self.rows)
        for key, cells in rows.items():
            if key in self.rows:
                self.digest ^= mark(key, self.rows[key])
            self.digest ^= mark(key, cells)
        self.rows |= rows
        return len(self.rows) - before


def mark(key: str, cells: tuple[str, str]) -> int:
    return int(hashlib.md5("|".join((key, *cells)).encode()).hexdigest()[:15], 16)


def counted(city: Served) -> list[dict[str, Any]]:
    """The loads as far as they may not depend on what happened on the way."""
    return [{k: v for k, v in load.items() if k not in {"id", "stage"}} for load in city.facts()]


def test_loads_killed_at_random_moments_leave_whole_versions_and_end_as_if_undisturbed(tmp_path: Path) -> None:
    model, draw = Model(tmp_path, SEED), random.Random(SEED)
    sent, stages = [model.send() for _ in range(KILLS + 1)], []
    with served(tmp_path, "calm", "killed") as (calm, killed):
        lasted = [calm.timed(file.path) for file in sent[:CALM]]
        assert calm.table() == sent[CALM - 1].content
        assert counted(calm) == [file.counts for file in sent[:CALM]]
        assert killed.load(sent[0].path) == 0
        for before, file in pairwise(sent):
            moment = draw.uniform(0, median(lasted[1:]))
            said = f"seed {SEED}, {file.path.name} killed after {moment:.3f} s"
            assert killed.load(file.path, kill_after=moment) in {0, -signal.SIGKILL}, said
            loads = [load for load in killed.facts() if load["file_name"] == file.path.name]
            stages.append(loads[0]["stage"] or "received" if loads else "none")
            assert killed.table() in {before.content, file.content}, said
            assert killed.load(file.path) == 0, said
            assert killed.table() == file.content, said
            assert killed.work() == [], said
        sys.stdout.write(f"seed {SEED}: killed in {dict(Counter(stages))}\n")
        assert len(set(stages) - {"done"}) >= 3, stages
        assert counted(killed) == [file.counts for file in sent]
        assert whole(killed) == (sum(rows_of(file) for file in sent), len(model.rows), set())


def rows_of(file: Sent) -> int:
    """Records that are rows: what is none is in no raw layer."""
    return int(file.counts["source"] - file.counts["reasons"].get("too_few_cells", 0))


def whole(city: Served) -> tuple[int, int, set[int]]:
    """Rows of the raw layer, of the table, and the numbers of loads that rows name but the database does not know."""
    raw, table = city.lake.table("raw", "people"), city.lake.table("standard", "people")
    known = {load["id"] for load in city.facts()}
    named = {row[-2] for row in table_of(city.lake, lineage=True)}
    for each in (raw, table):
        each.clean(retention_hours=0)
        assert {p.name for p in each.folder.glob("*.parquet")} == {Path(p).name for p in each.files()}
    return raw.rows(), table.rows(), named - known


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("moments"), "city") as (one,):
        yield one


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return Model(tmp_path_factory.mktemp("files"), SEED)


@pytest.mark.parametrize("number", range(len(MOMENTS)), ids=MOMENTS)
def test_killed_where_it_matters_most_a_load_is_taken_up_again(city: Served, model: Model, number: int) -> None:
    before, rows = city.table(), city.lake.table("raw", "people").rows()
    version = city.lake.table("standard", "people").version()
    file = model.send()
    assert city.load(file.path, MOMENTS[number]) == -signal.SIGKILL
    assert city.table() == (file.content if number >= MOMENTS.index("after its commits") else before)
    assert city.load(file.path) == 0
    assert city.table() == file.content
    assert city.lake.table("standard", "people").version() == (0 if version is None else version + 1)
    assert counted(city)[-1] == file.counts and len(city.facts()) == model.files
    assert whole(city) == (rows + rows_of(file), len(model.rows), set())
    assert city.work() == []
