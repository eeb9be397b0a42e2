"""Diagrams in packs: what they name must be there, and checking a pack or a file tells every fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bpmnfiles import between, diagram, file_of, line, process
from bpmnrefusals import EXAMPLES
from packfolder import departments, pack
from typer.testing import CliRunner

from yiwang.cli.app import app
from yiwang.flow.service import process_install
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.core.pack import Pack, pack_check
from yiwang.kernel.errors import InputError

RUN = CliRunner()


def xml(body: str, one: str = "p") -> str:
    return diagram(body).decode().replace('process id="p"', f'process id="{one}"')


def told(own: Pack, *others: Pack) -> list[str]:
    """Errors about diagrams: the file's path and the reason."""
    found = pack_check(own, list(others))[1]
    return [
        f"{one.where.partition('/')[2]}: {one.en}" for one in found if one.level == "error" and ".bpmn" in one.where
    ]


def extended(tag: str, inner: str, more: str = "") -> str:
    return between(f'<{tag} id="x" {more}><extensionElements>{inner}</extensionElements></{tag}>', "x")


def only(tmp_path: Path, body: str, **files: Any) -> list[str]:
    """What checking says of a pack with one process that holds `body`."""
    return [one.partition(": ")[2] for one in told(pack(tmp_path, processes__p=xml(body), **files))]


def test_a_sound_diagram_passes(tmp_path: Path) -> None:
    form: dict[str, Any] = {"id": "reply", "components": []}
    task = (
        '<userTask id="x" name="办理" yw:en="Work" yw:form="reply" yw:department="&quot;civil&quot;" yw:role="staff"/>'
    )
    assert only(tmp_path, between(task, "x"), forms__reply=form, departments__all=departments()) == []


def test_the_findings_of_reading_are_those_of_the_pack(tmp_path: Path) -> None:
    (reason,) = told(pack(tmp_path, processes__p=xml(between('<task id="x"/>', "x"))))
    assert reason.startswith("processes/p.bpmn:1 <task id=x>: task is not supported")


def test_a_file_is_called_by_its_process(tmp_path: Path) -> None:
    assert told(pack(tmp_path, processes__q=xml(between("")))) == ["processes/q.bpmn: the file must be called p.bpmn"]


def test_a_mere_drawing_has_no_place_among_processes(tmp_path: Path) -> None:
    drawn = file_of(process(between(""), more='isExecutable="false"')).decode()
    (reason,) = told(pack(tmp_path, processes__p=drawn))
    assert "no process is executable" in reason


def test_a_process_of_another_pack_may_be_called_but_not_be_there_twice(tmp_path: Path) -> None:
    call = '<callActivity id="x" calledElement="other"/>'
    other = pack(tmp_path, "base", processes__other=xml(between(""), "other"))
    own = pack(tmp_path, "own", ("base",), processes__p=xml(between(call, "x")))
    assert told(own, other) == []
    (reason,) = told(own)
    assert reason.endswith("there is no process other (near: –); what another pack has must stand in needs")
    twice = pack(tmp_path, "twice", ("base",), processes__other=xml(between(""), "other"))
    assert told(twice, other) == ["processes/other.bpmn: there is another process other"]


def test_forms_departments_decisions_and_actions_must_be_there(tmp_path: Path) -> None:
    task = '<userTask id="x" name="办理" yw:en="Work" yw:form="repli" yw:department="&quot;moon&quot;"/>'
    found = only(tmp_path, between(task, "x"), departments__all=departments())
    assert "there is no form repli" in found[0] and "there is no department moon" in found[1]


def test_an_action_and_its_arguments_must_be_known(tmp_path: Path) -> None:
    (unknown,) = only(tmp_path / "a", extended("serviceTask", '<yw:action name="case.notes"/>'))
    assert "there is no action case.notes (near: case.note" in unknown and "needs" not in unknown
    found = only(
        tmp_path / "b",
        extended("serviceTask", '<yw:action name="case.note"><yw:input name="colour" value="1"/></yw:action>'),
    )
    assert "there is no argument colour" in found[0]
    assert any("is missing" in one for one in found[1:])


def test_a_decision_must_be_known(tmp_path: Path) -> None:
    (unknown,) = only(tmp_path, extended("businessRuleTask", '<yw:decision id="fee"/>', 'yw:result="y"'))
    assert "there is no decision fee" in unknown


@pytest.mark.usefixtures("home")
def test_several_processes_of_a_file_are_installed_each(db: None, tmp_path: Path) -> None:
    second = process('<startEvent id="s9"/><endEvent id="e9"/>' + line("s9", "e9"), "q")
    both = pack(tmp_path, processes__p=file_of(process(between("")) + second).decode())
    rows = process_install(actor=system_actor("tests"), path="processes/p.bpmn", pack=both)
    assert [(row.process, row.state) for row in rows] == [("p", "published"), ("q", "published")]


def test_the_command_tells_every_fault_of_a_file(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.bpmn", tmp_path / "bad.bpmn"
    good.write_bytes(diagram(between("")))
    bad.write_bytes(EXAMPLES["language"])
    fine = RUN.invoke(app, ["process", "check", str(good)])
    assert fine.exit_code == 0 and "p" in fine.output
    refused = RUN.invoke(app, ["process", "check", str(good), str(bad), "--json"])
    assert refused.exit_code == 1
    said = json.loads(refused.stdout)
    assert [one["file"] for one in said["files"]] == [str(good), str(bad)]
    (finding,) = said["files"][1]["findings"]
    assert (finding["code"], finding["element"], finding["level"]) == ("language", "x", "error")
    none = RUN.invoke(app, ["process", "check", str(tmp_path / "none.bpmn")])
    assert isinstance(none.exception, InputError) and none.exception.exit_code == 2
