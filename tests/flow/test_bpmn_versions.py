"""A process in a city: installed from a pack, drafted, proposed, approved by somebody else, rolled back."""

from __future__ import annotations

from pathlib import Path

import pytest
from bpmnfiles import WORK, between, diagram

from yiwang.config.place import Place
from yiwang.flow.definitions import definition_of
from yiwang.flow.errors import DiagramRefused
from yiwang.flow.models import Process, ProcessVersion
from yiwang.flow.processrows import ProcessVersionRow
from yiwang.flow.selectors import process_check, process_difference, process_get, process_list, process_versions
from yiwang.flow.service import (
    process_approve,
    process_draft_save,
    process_install,
    process_propose,
    process_reject,
    process_roll_back,
    process_withdraw,
)
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.core.pack import Manifest, Pack
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound
from yiwang.rules.errors import SelfApproval, VersionMoved

AUTHOR, APPROVER = system_actor("author"), system_actor("approver")
OLD = diagram(between(WORK, "work"))
CHECK = '<userTask id="check" name="复核" yw:en="Check"/>'
NEW = diagram(between(WORK + CHECK, "work", "check"))
NEWER = diagram(between(CHECK, "check"))
BROKEN = diagram(between('<task id="t"/>', "t"))

pytestmark = pytest.mark.usefixtures("home")


def pack(bpmn: bytes, version: str = "1.0.0") -> Pack:
    said = Text(zh="试", en="Trial")
    manifest = Manifest(id="trial", version=version, title=said, summary=said, department="civil")
    return Pack(manifest, Path(), {"processes/p.bpmn": bpmn})


def install(bpmn: bytes, version: str = "1.0.0") -> ProcessVersionRow:
    (row,) = process_install(actor=AUTHOR, path="processes/p.bpmn", pack=pack(bpmn, version))
    return row


def proposed(bpmn: bytes = NEW) -> int:
    number = process_draft_save(actor=AUTHOR, process_id="p", bpmn=bpmn).number
    return process_propose(actor=AUTHOR, process_id="p", number=number).number


def holding() -> tuple[int, str]:
    published = Process.objects.get(pk="p").published
    assert published is not None
    return published.number, published.state


def test_a_packs_process_holds_at_once_and_is_read_back(db: None, home: Place) -> None:
    row = install(OLD)
    assert (row.number, row.state, row.author) == (1, "published", "pack:trial")
    process = Process.objects.get(pk="p")
    assert (process.title_zh, process.title_en, process.department) == ("办件", "A case", "civil")
    version = ProcessVersion.objects.get()
    assert list(definition_of(version).nodes) == ["start", "work", "end"]
    assert definition_of(version) is definition_of(version)


def test_the_same_content_changes_nothing_and_other_content_replaces(db: None) -> None:
    install(OLD)
    assert install(OLD, "1.0.1").number == 1
    assert install(NEW, "1.1.0").number == 2
    assert [(v.number, v.state) for v in ProcessVersion.objects.order_by("number")] == [
        (1, "replaced"),
        (2, "published"),
    ]


def test_a_packs_new_content_waits_where_the_city_has_its_own(db: None) -> None:
    install(OLD)
    process_approve(actor=APPROVER, process_id="p", number=proposed())
    assert install(NEWER, "2.0.0").state == "proposed"
    assert holding() == (2, "published")


def test_a_draft_holds_when_somebody_else_approves_it(db: None) -> None:
    install(OLD)
    number = proposed()
    with pytest.raises(SelfApproval):
        process_approve(actor=AUTHOR, process_id="p", number=number)
    row = process_approve(actor=APPROVER, process_id="p", number=number, note="好")
    assert (row.state, row.approver, row.based_on) == ("published", "system:approver", 1)
    assert holding() == (2, "published")


def test_a_draft_is_saved_again_by_its_author_only(db: None) -> None:
    install(OLD)
    number = process_draft_save(actor=AUTHOR, process_id="p", bpmn=BROKEN).number
    assert process_draft_save(actor=AUTHOR, process_id="p", bpmn=NEW, number=number).number == number
    with pytest.raises(VersionMoved):
        process_draft_save(actor=APPROVER, process_id="p", bpmn=NEWER, number=number)


def test_a_broken_draft_can_be_saved_but_not_proposed(db: None) -> None:
    install(OLD)
    number = process_draft_save(actor=AUTHOR, process_id="p", bpmn=BROKEN).number
    with pytest.raises(DiagramRefused) as refused:
        process_propose(actor=AUTHOR, process_id="p", number=number)
    assert [finding.code for finding in refused.value.findings] == ["not_supported"]


def test_what_is_no_diagram_or_another_process_is_not_saved(db: None) -> None:
    install(OLD)
    with pytest.raises(DiagramRefused):
        process_draft_save(actor=AUTHOR, process_id="p", bpmn=b"<definitions")
    with pytest.raises(InputError, match="no process p"):
        process_draft_save(actor=AUTHOR, process_id="p", bpmn=OLD.replace(b'id="p"', b'id="q"'))
    assert ProcessVersion.objects.count() == 1


def test_a_process_that_is_only_drawn_cannot_be_proposed(db: None) -> None:
    install(OLD)
    drawn = NEW.replace(b'isExecutable="true"', b'isExecutable="false"')
    number = process_draft_save(actor=AUTHOR, process_id="p", bpmn=drawn).number
    with pytest.raises(DiagramRefused, match="isExecutable"):
        process_propose(actor=AUTHOR, process_id="p", number=number)


def test_what_a_draft_names_must_be_in_the_city(db: None) -> None:
    install(OLD)
    task = '<userTask id="work" name="办理" yw:en="Work" yw:form="reply"/>'
    number = process_draft_save(actor=AUTHOR, process_id="p", bpmn=diagram(between(task, "work"))).number
    with pytest.raises(DiagramRefused, match="there is no form reply"):
        process_propose(actor=AUTHOR, process_id="p", number=number)


def test_a_draft_that_says_the_same_is_not_proposed(db: None) -> None:
    install(OLD)
    number = process_draft_save(actor=AUTHOR, process_id="p", bpmn=OLD).number
    with pytest.raises(VersionMoved, match="says the same"):
        process_propose(actor=AUTHOR, process_id="p", number=number)


def test_an_author_takes_a_proposal_back(db: None) -> None:
    install(OLD)
    number = proposed()
    with pytest.raises(VersionMoved):
        process_withdraw(actor=APPROVER, process_id="p", number=number)
    assert process_withdraw(actor=AUTHOR, process_id="p", number=number).state == "draft"


def test_a_proposal_is_sent_back_with_a_reason(db: None) -> None:
    install(OLD)
    number = proposed()
    with pytest.raises(InputError, match="reason"):
        process_reject(actor=APPROVER, process_id="p", number=number, note=" ")
    assert process_reject(actor=APPROVER, process_id="p", number=number, note="缺一步").state == "rejected"
    assert holding() == (1, "published")


def test_an_earlier_version_holds_again(db: None) -> None:
    install(OLD)
    process_approve(actor=APPROVER, process_id="p", number=proposed())
    process_roll_back(actor=APPROVER, process_id="p", number=1, note="有误")
    assert holding() == (1, "published")
    with pytest.raises(VersionMoved):
        process_roll_back(actor=APPROVER, process_id="p", number=1, note="有误")


def test_a_designer_makes_a_process_of_their_own(db: None) -> None:
    with pytest.raises(NotFound):
        process_draft_save(actor=AUTHOR, process_id="p", bpmn=OLD)
    row = process_draft_save(actor=AUTHOR, process_id="p", bpmn=OLD, department="civil")
    assert (row.number, row.state, row.based_on) == (1, "draft", None)
    assert process_propose(actor=AUTHOR, process_id="p", number=1).state == "proposed"
    assert process_approve(actor=APPROVER, process_id="p", number=1).state == "published"


def test_the_register_tells_what_holds_and_what_waits(db: None) -> None:
    install(OLD)
    proposed()
    process_draft_save(actor=AUTHOR, process_id="p", bpmn=BROKEN)
    (row,) = process_list(AUTHOR, search="办")
    assert (row.title.en, row.pack, row.drafts, row.waiting) == ("A case", "trial", 1, 1)
    assert row.published is not None and row.published.number == 1
    assert process_list(AUTHOR, search="没有") == () == process_list(AUTHOR, department="water")
    assert [version.number for version in process_versions(AUTHOR, "p")] == [3, 2, 1]


def test_a_version_is_given_back_byte_by_byte(db: None) -> None:
    install(OLD)
    process_draft_save(actor=AUTHOR, process_id="p", bpmn=BROKEN)
    assert process_get(AUTHOR, "p").bpmn == OLD
    detail = process_get(AUTHOR, "p", number=2)
    assert detail.bpmn == BROKEN and detail.definition is None
    (finding,) = process_check(AUTHOR, "p", number=2)
    assert finding.where == "p.bpmn:1 <task id=t>"
    with pytest.raises(NotFound):
        process_get(AUTHOR, "p", number=9)


def test_the_difference_of_two_versions_is_told_in_words(db: None) -> None:
    install(OLD)
    number = proposed()
    told = {(one.element, one.turn.value): one.text for one in process_difference(AUTHOR, "p", before=1, after=number)}
    assert told["check", "added"].zh == "增加了任务“复核”"
    assert told["work-end", "removed"].en == "removed the flow from “Work on it” to “end”"
    assert set(told) == {("check", "added"), ("work-check", "added"), ("check-end", "added"), ("work-end", "removed")}
    assert process_difference(AUTHOR, "p", before=1, after=1) == ()
