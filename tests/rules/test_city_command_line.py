"""The commands scripts rely on: decide, rerun, match and rules; one JSON object on stdout; exit codes 0, 1 and 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from decisioncity import DECISION, ROWS, install, pack, table
from typer.testing import CliRunner, Result

from yiwang.cli.app import app
from yiwang.config.place import Place
from yiwang.kernel.errors import InputError, NotFound, YiwangError
from yiwang.kernel.packing import BUILT_IN
from yiwang.rules.errors import FactsWrong, NotCovered

ASSISTANCE = str(BUILT_IN / "theme/social-assistance")


def run(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, list(words), input=given)


def answer(*words: str, given: str | None = None, code: int = 0) -> dict[str, Any]:
    result = run(*words, given=given)
    assert result.exit_code == code, (result.output, result.exception)
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def refusal(*words: str, given: str | None = None) -> YiwangError:
    result = run(*words, given=given)
    assert isinstance(result.exception, YiwangError), (result.output, result.exception)
    return result.exception


@pytest.fixture
def city(db: None, home: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIWANG_LANGUAGE", "zh")
    install()


def facts(folder: Path, **said: Any) -> str:
    path = folder / "facts.json"
    path.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    return str(path)


def test_decide_tells_the_result_and_rerun_gives_it_again(city: None, tmp_path: Path) -> None:
    file = facts(tmp_path, 年龄=82, 户籍="农村")
    found = answer("decide", DECISION, "--facts", file, "--on", "2026-11-01", "--json")
    assert {k: found[k] for k in ("decision", "version", "granted", "amount", "basis", "on")} == {
        "decision": DECISION,
        "version": 1,
        "granted": True,
        "amount": 150,
        "basis": ["某办法 第三条第二项"],
        "on": "2026-11-01",
    }
    assert "explanation" not in found
    again = answer("rerun", found["receipt"], "--json")
    assert again["same"] and again["outcome"]["value"] == found["value"] == {"结论": "符合", "金额": 150}


def test_decide_explains_and_says_what_would_have_to_change(city: None, tmp_path: Path) -> None:
    file = facts(tmp_path, 年龄=78, 户籍="农村")
    found = answer("decide", DECISION, "--facts", file, "--on", "2026-11-01", "--explain", "--json")
    assert found["explanation"]["rules"][0]["number"] == 1
    assert found["change"]["facts"] == [{"name": "年龄", "from": 78, "to": 80}] and found["change"]["amount"] == 150
    assert all({"zh", "en"} <= set(line) for line in found["sentences"])
    told = run("decide", DECISION, "--facts", file, "--on", "2026-11-01", "--explain")
    assert told.exit_code == 0 and "如果年龄由 78 周岁 变为 80 周岁" in told.output and "某办法 第三条" in told.output


def test_decide_reads_facts_from_standard_input(city: None) -> None:
    found = answer(
        "decide", DECISION, "--facts", "-", "--on", "2026-11-01", "--json", given='{"年龄": 20, "户籍": "城镇"}'
    )
    assert found["granted"] is False


@pytest.mark.parametrize(
    ("said", "on", "kind", "words"),
    [
        ('{"年龄": 82}', "2026-11-01", FactsWrong, "people.kind"),
        ('{"年龄": 82, "户籍": "城镇"}', "2030-01-01", NotCovered, "rate"),
        ("[1]", "2026-11-01", InputError, "one JSON object"),
        ("{", "2026-11-01", InputError, "not JSON"),
        ("{}", "next week", InputError, "2026-11-01"),
    ],
)
def test_what_cannot_be_decided_is_bad_input(city: None, said: str, on: str, kind: type, words: str) -> None:
    refused = refusal("decide", DECISION, "--facts", "-", "--on", on, "--json", given=said)
    assert isinstance(refused, kind) and words in str(refused) and refused.exit_code == 2


def test_a_decision_or_receipt_that_is_not_there_is_bad_input(city: None, tmp_path: Path) -> None:
    file = facts(tmp_path)
    for words in (
        ("decide", "nothing", "--facts", file, "--on", "2026-11-01"),
        ("decide", DECISION, "--facts", "/no/such.json", "--on", "2026-11-01"),
        ("rerun", "r-000000000000000000000000"),
        ("rules", "check", "no-such-pack"),
        ("rules", "prove", "/no/such.dmn"),
    ):
        refused = refusal(*words)
        assert isinstance(refused, NotFound | InputError) and refused.exit_code == 2


def test_the_list_tells_which_version_holds(city: None) -> None:
    result = run("rules", "list", "--json")
    (row,) = json.loads(result.stdout)
    assert (row["decision"], row["version"], row["resource"]) == (DECISION, 1, "people")


def test_the_built_in_decisions_are_sound_proved_and_run_over_everyone() -> None:
    checked = answer("rules", "check", ASSISTANCE, "--json")
    assert checked["sound"] and len(checked["files"]) == 6 and all(not one["findings"] for one in checked["files"])
    proved = answer("rules", "prove", ASSISTANCE, "--json")
    assert proved["sound"] and all(one["complete"] and one["disjoint"] for one in proved["tables"])
    plan = answer("rules", "explain-plan", ASSISTANCE, "--json")
    assert plan["expressions"] and not any(one["how"] == "refused" for one in plan["expressions"])


def write_pack(folder: Path, dmn: bytes) -> Path:
    for path, data in pack(table=dmn).files.items():
        target = folder / "trial" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    manifest = """id: trial
version: 1.0.0
title: {zh: 试验, en: Trial}
summary: {zh: 试验, en: Trial}
department: civil
"""
    (folder / "trial" / "pack.yaml").write_text(manifest, encoding="utf-8")
    return folder / "trial"


def test_a_gap_fails_the_check_and_the_proof_and_shows_a_row(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, table(ROWS[:2]))
    checked = answer("rules", "check", str(folder), "--json", code=1)
    assert not checked["sound"]
    proved = answer("rules", "prove", str(folder / "decisions/allowance.dmn"), "--json", code=1)
    (one,) = proved["tables"]
    gap = next(finding for finding in one["findings"] if finding["kind"] == "gap")
    assert one["complete"] is False and gap["witness"]["户籍"] == "农村" and int(gap["witness"]["年龄"]) >= 80
    told = run("rules", "prove", str(folder))
    assert told.exit_code == 1 and "农村" in told.output


def test_a_file_alone_is_checked_by_the_types_it_declares(tmp_path: Path) -> None:
    alone = tmp_path / "alone.dmn"
    alone.write_bytes(table())
    assert answer("rules", "prove", str(alone), "--json", code=run("rules", "prove", str(alone)).exit_code)["tables"]
    refused = refusal("rules", "explain-plan", str(alone))
    assert "companion" in refused.en and refused.exit_code == 2


def test_a_file_that_is_no_dmn_fails_the_check_with_a_reason(tmp_path: Path) -> None:
    broken = tmp_path / "broken.dmn"
    broken.write_bytes(b"<definitions")
    found = answer("rules", "check", str(broken), "--json", code=1)
    assert found["files"][0]["findings"][0]["en"]
