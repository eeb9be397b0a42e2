"""`yiwang process migrate` judges, moves what may be moved, and `revert` takes it back."""

from __future__ import annotations

import json
from typing import Any

from casecity import CaseCity, finish, straight, task
from typer.testing import CliRunner

from yiwang.cli.app import app
from yiwang.flow.models import Case

RUN = CliRunner()
A, B, D = task("a"), task("b"), task("d")


def asked(*words: str, code: int = 0) -> dict[str, Any]:
    said = RUN.invoke(app, ["process", *words, "--json"])
    assert said.exit_code == code, said.output
    answer: dict[str, Any] = json.loads(said.stdout)
    return answer


def version_of(case: Case) -> int:
    return Case.objects.select_related("process").get(pk=case.pk).process.number


def test_without_really_it_only_judges_and_says_why(cases: CaseCity) -> None:
    cases.process("flow", straight(A, B))
    case = cases.opened("flow")
    cases.process("flow", straight(B))
    said = RUN.invoke(app, ["process", "migrate", "flow", "--to", "2"])
    assert said.exit_code == 0
    assert case.number in said.stdout and "不能迁移" in said.stdout and "未动" in said.stdout
    assert asked("migrate", "flow", "--to", "2")["batch"] == ""
    assert version_of(case) == 1


def test_a_case_that_consents_moves_and_comes_back(cases: CaseCity) -> None:
    cases.process("flow", straight(A, B))
    one, two = cases.opened("flow"), cases.opened("flow")
    cases.process("flow", straight(A, B, D))
    moved = asked("migrate", "flow", "--to", "2", "--really", "--consent", two.number)
    assert {row["number"]: row["moved"] for row in moved["cases"]} == {one.number: False, two.number: True}
    assert (version_of(one), version_of(two)) == (1, 2)
    assert asked("revert", moved["batch"])["cases"][0]["moved"] is True
    assert version_of(two) == 1


def test_a_case_that_has_moved_on_is_not_taken_back_and_the_command_says_so(cases: CaseCity) -> None:
    cases.process("flow", straight(A, B))
    case = cases.opened("flow")
    cases.process("flow", straight(A, B, D))
    batch = asked("migrate", "flow", "--to", "2", "--really", "--consent", case.number)["batch"]
    finish(case, "a")
    assert asked("revert", batch, code=1)["cases"][0]["moved"] is False
    assert version_of(case) == 2
