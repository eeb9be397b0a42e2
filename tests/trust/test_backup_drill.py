"""The drill: a city is copied while it stands, made again in an empty place, and every byte that was changed is found."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from yiwang.trust.backups import backup_check
from yiwang.trust.errors import ProofWrong

COUNTIES = """区划代码,县（市）名称,所在地市代码,地市内位次,2023年地区生产总值
230881,甲市,2308,1,90.5
230882,乙市,2308,2,80.25
230883,丙市,2308,0,70
"""
COMMAND = [sys.executable, "-c", "from yiwang.cli import main; main()"]
USE = """
import io, django; django.setup()
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.service import file_put
from yiwang.trust.service import ledger_append_pending, use_note
file_put(actor=system_actor("drill"), source=io.BytesIO(b"a card of somebody"), name="card.txt", sealed=True)
for number in range(7):
    use_note(actor=system_actor("drill"), resource="r", version="1", fields=["name"], about=["ab" * 32], purpose="核对名单")
    if number == 3:
        ledger_append_pending()
"""


@dataclass(frozen=True)
class Place:
    """A city of the drill: its home and, on PostgreSQL, its database."""

    home: Path
    database: str = ""

    def run(self, *arguments: str, code: int = 0) -> str:
        return self._call([*COMMAND, *arguments], code)

    def python(self, program: str) -> str:
        return self._call([sys.executable, "-c", program], 0)

    def _call(self, command: list[str], code: int) -> str:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("YIWANG_", "DJANGO_"))}
        environment |= {"YIWANG_HOME": str(self.home), "YIWANG_LANGUAGE": "en"}
        environment |= {"DJANGO_SETTINGS_MODULE": "yiwang.config.demo"}
        if self.database:
            environment["YIWANG_DATABASE_URL"] = self.database
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def take_keys(self, other: Place) -> None:
        """What is kept apart is brought from where it is kept."""
        shutil.copytree(other.home / "keys", self.home / "keys")

    def facts(self) -> dict[str, object]:
        return json.loads(self.python(FACTS).splitlines()[-1])


FACTS = """
import json, django; django.setup()
from yiwang.data.models import Load
from yiwang.kernel.models import AuditLine, StoredFile
from yiwang.kernel.selectors import file_verify
from yiwang.trust.service import ledger_append_pending
from yiwang.trust.selectors import ledger_head
from yiwang.trust.models import Entry
before = Entry.objects.count()
ledger_append_pending()
for row in StoredFile.objects.all():
    file_verify(row.digest)
print(json.dumps({"loads": list(Load.objects.values_list("resource_id", "accepted", "rejected", "table_version")),
    "files": StoredFile.objects.count(), "entries": [before, Entry.objects.count()]}))
"""


def _city(place: Place, inbox: Path) -> Place:
    place.run("init")
    listed = inbox / "counties.csv"
    listed.write_text(COUNTIES, encoding="utf-8")
    place.run("load", "county-gdp", str(listed))
    place.python(USE)
    return place


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return _city(Place(tmp_path_factory.mktemp("city")), tmp_path_factory.mktemp("inbox"))


@pytest.fixture(scope="module")
def backup(city: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backups") / "one"
    city.run("backup", str(folder))
    return folder


@pytest.fixture
def copy(backup: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(backup, tmp_path / "copy"))


def test_a_city_made_again_is_the_same_and_goes_on(city: Place, backup: Path, tmp_path: Path) -> None:
    again = Place(tmp_path / "again")
    again.take_keys(city)
    told = json.loads(
        next(line for line in again.run("restore", str(backup), "--verify", "--json").splitlines() if line[0] == "{")
    )
    assert told["ledger"]["size"] == 4 and told["rows"] > 100
    facts = again.facts()
    assert facts["entries"] == [4, 7], "what was acknowledged but had no index yet gets it now"
    assert facts == city.facts() | {"entries": [4, 7]}
    assert len(facts["loads"]) == 1


def test_a_backup_shows_no_file_that_somebody_handed_in(backup: Path) -> None:
    kept = list((backup / "files").rglob("*.sealed"))
    assert len(kept) == 1
    assert not any(b"a card of somebody" in path.read_bytes() for path in backup.rglob("*") if path.is_file())


def test_a_backup_says_what_it_leaves_out_and_holds_no_key(backup: Path) -> None:
    manifest = json.loads((backup / "manifest.json").read_text(encoding="utf-8"))
    assert {"keys", "secret.key", "scratch"} <= set(manifest["excluded"])
    assert not [name for name in manifest["files"] if name.startswith("keys") or name.endswith(".key")]
    assert manifest["marks"]["lake"] and manifest["ledger_size"] == 4


def test_a_flipped_byte_ends_a_restore_before_it_begins(copy: Path, tmp_path: Path) -> None:
    victim = _flip(copy, random.Random(1))
    again = Place(tmp_path / "again")
    assert victim in again.run("restore", str(copy), "--verify", code=1)
    assert not again.home.exists() or not any(again.home.iterdir())


@pytest.mark.parametrize("seed", range(20))
def test_a_flipped_byte_is_found_by_name(copy: Path, seed: int) -> None:
    victim = _flip(copy, random.Random(seed))
    with pytest.raises(ProofWrong, match=re.escape(victim)):
        backup_check(copy)


def _flip(copy: Path, chance: random.Random) -> str:
    victim = chance.choice(sorted(p for p in copy.rglob("*") if p.is_file() and p.stat().st_size))
    victim.chmod(0o644)
    body = bytearray(victim.read_bytes())
    body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    victim.write_bytes(bytes(body))
    return victim.name


@pytest.mark.parametrize("spoil", ["missing", "extra", "unfinished"])
def test_a_backup_that_is_not_whole_is_refused(copy: Path, spoil: str) -> None:
    victim = next(p for p in sorted((copy / "files").rglob("*")) if p.is_file())
    changes: dict[str, Callable[[], object]] = {
        "missing": victim.unlink,
        "extra": lambda: (copy / "files" / "extra").write_text("x"),
        "unfinished": (copy / "manifest.json").unlink,
    }
    changes[spoil]()
    named = {"missing": victim.name, "extra": "files/extra", "unfinished": "not finished"}[spoil]
    with pytest.raises(ProofWrong, match=named):
        backup_check(copy)


def test_nothing_is_overwritten(city: Place, backup: Path) -> None:
    assert "is not empty" in city.run("restore", str(backup), "--verify", code=2)
    assert "is not empty" in city.run("backup", str(backup), code=2)
    assert "within the city's own folder" in city.run("backup", str(city.home / "inside"), code=2)


def test_a_table_that_differs_after_a_restore_is_named(city: Place, backup: Path, tmp_path: Path) -> None:
    program = f"""
import django; django.setup()
from pathlib import Path
from yiwang.kernel.models import AuditLine
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.service import audit
from yiwang.trust.backups import restored_check
from yiwang.trust.core.manifest import manifest_read
from yiwang.trust.errors import ProofWrong
manifest = manifest_read(Path({str(backup)!r}))
try:
    restored_check(manifest)
except ProofWrong as wrong:
    print(wrong.where)
"""
    again = Place(tmp_path / "again")
    again.run("restore", str(backup))
    assert "table kernel_auditline" in again.python(program), "the restore's own line is one more"


@pytest.fixture
def databases(postgres_url: str) -> Iterator[list[str]]:
    names = ["drill_one", "drill_two"]
    with closing(psycopg.connect(postgres_url, autocommit=True)) as server:
        for name in names:
            server.execute(f"CREATE DATABASE {name}")
        yield [postgres_url.rsplit("/", 1)[0] + f"/{name}" for name in names]
        for name in names:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_city_on_postgresql_is_made_again_too(databases: list[str], tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    city = _city(Place(tmp_path / "city", databases[0]), inbox)
    city.run("backup", str(tmp_path / "backup"))
    again = Place(tmp_path / "again", databases[1])
    again.take_keys(city)
    again.run("restore", str(tmp_path / "backup"), "--verify")
    assert again.facts()["entries"] == [4, 7]
    assert "is sqlite" in Place(tmp_path / "third").run("restore", str(tmp_path / "backup"), "--verify", code=2)
