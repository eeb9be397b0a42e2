"""The commands scripts rely on: one JSON object on stdout, messages on stderr, exit codes 0, 1 and 2."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from datacity import DataCity
from typer.testing import CliRunner, Result

from yiwang.cli.app import app
from yiwang.kernel.errors import InputError, NotFound, YiwangError

LIST = "编号,姓名,性别\n1,甲,男\n2,,女\n3,丙,女\n"


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def answer(*words: str) -> dict[str, Any]:
    result = run(*words)
    assert result.exit_code == 0, (result.output, result.exception)
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def refusal(*words: str) -> YiwangError:
    result = run(*words)
    assert isinstance(result.exception, YiwangError), (result.output, result.exception)
    return result.exception


def test_load_tells_what_became_of_every_row_and_the_second_time_that_nothing_changed(city: DataCity) -> None:
    file = str(city.file(LIST))
    first = answer("load", "people", file, "--json")
    assert {k: first[k] for k in ("resource", "source", "accepted", "rejected", "reasons", "version", "unchanged")} == {
        "resource": "people",
        "source": 3,
        "accepted": 2,
        "rejected": 1,
        "reasons": {"not_null": 1},
        "version": 0,
        "unchanged": False,
    }
    assert first["receipt"].startswith("r-")
    second = answer("load", "people", file, "--json")
    assert second["unchanged"] and (second["version"], second["receipt"]) == (0, first["receipt"])


def test_load_in_words_says_the_identity(city: DataCity) -> None:
    result = run("load", "people", str(city.file(LIST)))
    assert result.exit_code == 0
    assert "3" in result.output and "2" in result.output and "not_null" in result.output


def test_load_takes_the_rows_of_a_select(city: DataCity, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "old.db") as old:
        old.execute("CREATE TABLE t (编号 TEXT, 姓名 TEXT, 性别 TEXT)")
        old.executemany("INSERT INTO t VALUES (?, ?, ?)", [("8", "甲", "男"), ("9", None, "女")])
    found = answer("load", "people", "--sql", "SELECT * FROM t", "--from", f"sqlite:///{tmp_path / 'old.db'}", "--json")
    assert (found["source"], found["accepted"], found["rejected"]) == (2, 1, 1)


def test_load_takes_the_mapping_a_person_gives(city: DataCity) -> None:
    file = str(city.file("甲列,乙列\n1,某\n"))
    assert refusal("load", "people", file).code == "mapping_needed"
    found = answer("load", "people", file, "--map", "甲列=code", "--map", "乙列=name", "--json")
    assert (found["accepted"], found["columns"]) == (1, {"甲列": "code", "乙列": "name"})


@pytest.mark.parametrize(
    ("words", "kind", "exit_code"),
    [
        (("load", "people", "/no/such/file.csv"), InputError, 2),
        (("load", "people"), InputError, 2),
        (("load", "people", "--sql", "DROP TABLE t", "--from", "sqlite:///x"), InputError, 2),
        (("pack", "check", "no-such-pack"), NotFound, 2),
    ],
)
def test_bad_usage_is_told_with_its_exit_code(
    city: DataCity, words: tuple[str, ...], kind: type[YiwangError], exit_code: int
) -> None:
    error = refusal(*words)
    assert isinstance(error, kind) and error.exit_code == exit_code


def test_an_unknown_resource_is_told_with_those_that_exist(city: DataCity) -> None:
    assert "people" in refusal("load", "persons", str(city.file(LIST))).hint_en


def test_clock_due_answers_in_json_and_in_words() -> None:
    found = answer("clock", "due", "--budget", "20wd", "--from", "2026-09-28T10:00", "--json")
    assert found["due"] == "2026-10-30T23:59:59+08:00"
    assert "2026-10-30" in run("clock", "due", "--budget", "20wd", "--from", "2026-09-28T10:00").output


def test_pack_check_answers_0_for_a_sound_pack_and_1_for_another(tmp_path: Path) -> None:
    assert answer("pack", "check", "calendar", "--json")["sound"]
    folder = tmp_path / "trial"
    folder.mkdir()
    text = "{zh: 试, en: Trial}"
    manifest = f"id: trial\nversion: 1.0.0\ntitle: {text}\nsummary: {text}\ndepartment: office\n"
    (folder / "pack.yaml").write_text(manifest, encoding="utf-8")
    assert run("pack", "check", str(folder)).exit_code == 0
    (folder / "script.py").write_text("1", encoding="utf-8")
    assert run("pack", "check", str(folder)).exit_code == 1
