"""One version of a decision holds; a new one is written by one person and let hold by another; the way back is open."""

from __future__ import annotations

import pytest
from decisioncity import APPROVER, AUTHOR, COMPANION, DAY, DECISION, RATE, SYSTEM, earlier_table, install, pack, table

from yiwang.config.place import Place
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.errors import InputError, NotFound, PackError, Refused
from yiwang.kernel.models import AuditLine, Event
from yiwang.kernel.selectors import receipt_get
from yiwang.rules.errors import DecisionUnsound, SelfApproval, VersionMoved
from yiwang.rules.selectors import decision_check, decision_get, decision_history, decision_list, decision_versions
from yiwang.rules.service import (
    decision_approve,
    decision_draft_save,
    decision_propose,
    decision_reject,
    decision_roll_back,
    decision_take,
    decision_withdraw,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city(db: None, home: Place) -> None:
    install()


def steward(name: str, department: str = "civil", role: Role = Role.STEWARD) -> Actor:
    return Actor(f"account:{name}", name, department=department, scopes={role: frozenset({department})})


def drafted(actor: Actor = AUTHOR, dmn: bytes | None = None) -> int:
    return decision_draft_save(actor=actor, decision_id=DECISION, dmn=dmn or earlier_table()).number


def proposed() -> int:
    number = drafted()
    decision_propose(actor=AUTHOR, decision_id=DECISION, number=number, note="79 岁起")
    return number


def granted_at(age: int) -> bool:
    facts = {"年龄": age, "户籍": "城镇"}
    return decision_take(actor=SYSTEM, decision_id=DECISION, facts=facts, on=DAY, explain=False).granted


def test_the_packs_table_is_version_one_let_hold_by_the_installation() -> None:
    (row,) = decision_versions(SYSTEM, DECISION)
    assert (row.number, row.state, row.author, row.approver) == (1, "published", "pack:trial", "installation")
    assert receipt_get(row.receipt).body["outputs"]["digest"] == row.digest
    (listed,) = decision_list(SYSTEM)
    assert (listed.id, listed.title.en, listed.resource, listed.published.number) == (
        DECISION,
        "Allowance",
        "people",
        1,
    )


def test_installing_the_same_again_makes_no_version() -> None:
    install()
    install(pack("1.0.1"))
    assert len(decision_versions(SYSTEM, DECISION)) == 1


def test_a_draft_changes_nothing_until_somebody_else_lets_it_hold() -> None:
    number = drafted()
    assert not granted_at(79)
    decision_propose(actor=AUTHOR, decision_id=DECISION, number=number)
    assert not granted_at(79)
    row = decision_approve(actor=APPROVER, decision_id=DECISION, number=number)
    assert granted_at(79)
    assert (row.state, row.author, row.approver) == ("published", AUTHOR.id, APPROVER.id)
    assert [v.state for v in decision_versions(SYSTEM, DECISION)] == ["published", "replaced"]


def test_an_author_cannot_decide_on_their_own_version() -> None:
    number = proposed()
    with pytest.raises(SelfApproval):
        decision_approve(actor=AUTHOR, decision_id=DECISION, number=number)
    with pytest.raises(SelfApproval):
        decision_reject(actor=AUTHOR, decision_id=DECISION, number=number, note="no")
    assert not granted_at(79)


def test_a_draft_is_saved_again_by_its_author_only_and_not_once_it_is_proposed() -> None:
    number = drafted()
    again = decision_draft_save(actor=AUTHOR, decision_id=DECISION, dmn=earlier_table(78), number=number)
    assert again.number == number
    with pytest.raises(VersionMoved, match="a draft of author"):
        decision_draft_save(actor=APPROVER, decision_id=DECISION, dmn=table(), number=number)
    decision_propose(actor=AUTHOR, decision_id=DECISION, number=number)
    with pytest.raises(VersionMoved, match="starts from draft"):
        decision_draft_save(actor=AUTHOR, decision_id=DECISION, dmn=table(), number=number)


def test_a_broken_draft_may_be_saved_and_may_not_be_proposed() -> None:
    number = drafted(dmn=earlier_table().replace(b"&lt; 79", b"&lt; 70"))
    report = decision_check(SYSTEM, DECISION, number=number)
    assert not report.sound and any("79" in f.en or "70" in f.en for f in report.findings)
    with pytest.raises(DecisionUnsound) as refused:
        decision_propose(actor=AUTHOR, decision_id=DECISION, number=number)
    assert refused.value.findings == report.findings


def test_a_draft_that_says_the_same_is_not_proposed() -> None:
    with pytest.raises(VersionMoved, match="says the same"):
        decision_propose(actor=AUTHOR, decision_id=DECISION, number=drafted(dmn=table()))


def test_a_draft_can_change_a_rate_of_its_own() -> None:
    rate = RATE.replace("value: 100", "value: 130")
    number = decision_draft_save(actor=AUTHOR, decision_id=DECISION, dmn=table(), parameters={"rate": rate}).number
    decision_propose(actor=AUTHOR, decision_id=DECISION, number=number)
    decision_approve(actor=APPROVER, decision_id=DECISION, number=number)
    facts = {"年龄": 80, "户籍": "城镇"}
    assert decision_take(actor=SYSTEM, decision_id=DECISION, facts=facts, on=DAY).amount == 130


def test_a_companion_of_another_decision_is_refused() -> None:
    other = COMPANION.replace("id: allowance", "id: other", 1)
    with pytest.raises(InputError, match="must be allowance"):
        decision_draft_save(actor=AUTHOR, decision_id=DECISION, dmn=table(), companion=other)
    with pytest.raises(PackError):
        decision_draft_save(actor=AUTHOR, decision_id=DECISION, dmn=table(), companion="id: [")


def test_a_rejected_version_says_why_and_is_over() -> None:
    number = proposed()
    with pytest.raises(InputError, match="reason"):
        decision_reject(actor=APPROVER, decision_id=DECISION, number=number, note=" ")
    decision_reject(actor=APPROVER, decision_id=DECISION, number=number, note="没有依据")
    with pytest.raises(VersionMoved):
        decision_approve(actor=APPROVER, decision_id=DECISION, number=number)
    assert [(s.act, s.note) for s in decision_history(SYSTEM, DECISION)][0] == ("reject", "没有依据")


def test_an_author_takes_a_version_back_before_it_is_decided() -> None:
    number = proposed()
    with pytest.raises(VersionMoved):
        decision_withdraw(actor=APPROVER, decision_id=DECISION, number=number)
    assert decision_withdraw(actor=AUTHOR, decision_id=DECISION, number=number).state == "draft"


def test_the_way_back_is_to_a_version_that_held_with_a_reason() -> None:
    number = proposed()
    decision_approve(actor=APPROVER, decision_id=DECISION, number=number)
    assert granted_at(79)
    with pytest.raises(InputError, match="reason"):
        decision_roll_back(actor=APPROVER, decision_id=DECISION, number=1, note="")
    decision_roll_back(actor=APPROVER, decision_id=DECISION, number=1, note="数额有误")
    assert not granted_at(79)
    assert {v.number: v.state for v in decision_versions(SYSTEM, DECISION)} == {1: "published", 2: "rolled-back"}
    acts = [step.act for step in decision_history(SYSTEM, DECISION)]
    assert acts == ["roll-back", "rolled-back", "approve", "replaced", "propose", "save", "install"]


def test_a_new_pack_holds_at_once_unless_the_city_has_a_version_of_its_own() -> None:
    install(pack("1.1.0", table=earlier_table(81)))
    assert decision_get(SYSTEM, DECISION).version.number == 2 and not granted_at(80)
    number = drafted(dmn=earlier_table(79))
    decision_propose(actor=AUTHOR, decision_id=DECISION, number=number)
    decision_approve(actor=APPROVER, decision_id=DECISION, number=number)
    install(pack("1.2.0", table=earlier_table(82)))
    states = {v.number: v.state for v in decision_versions(SYSTEM, DECISION)}
    assert states == {1: "replaced", 2: "replaced", 3: "published", 4: "proposed"}
    assert granted_at(79)


def test_who_may_write_and_who_may_let_hold() -> None:
    writer, lead = steward("writer"), steward("lead", role=Role.DATA_LEAD)
    number = drafted(writer)
    with pytest.raises(Refused):
        drafted(steward("stranger", "agriculture"))
    with pytest.raises(Refused):
        drafted(steward("auditor", role=Role.AUDITOR))
    decision_propose(actor=writer, decision_id=DECISION, number=number)
    with pytest.raises(Refused):
        decision_approve(actor=steward("colleague"), decision_id=DECISION, number=number)
    assert decision_approve(actor=lead, decision_id=DECISION, number=number).approver == lead.id


def test_every_step_leaves_its_line_and_what_others_should_know_an_event() -> None:
    number = proposed()
    decision_approve(actor=APPROVER, decision_id=DECISION, number=number, note="同意")
    decision_roll_back(actor=APPROVER, decision_id=DECISION, number=1, note="数额有误")
    lines = AuditLine.objects.filter(object_kind="decision", act__startswith="decision.")
    acts = list(lines.order_by("id").values_list("act", flat=True))
    assert acts == ["decision.install", "decision.edit", "decision.propose", "decision.approve", "decision.roll-back"]
    names = Event.objects.filter(name__startswith="decision.").order_by("id").values_list("name", flat=True)
    assert list(names) == ["decision.published", "decision.proposed", "decision.published", "decision.rolled-back"]


def test_what_is_not_there_is_told_with_what_comes_closest() -> None:
    with pytest.raises(NotFound, match="Did you mean allowance"):
        decision_get(SYSTEM, "alowance")
    with pytest.raises(NotFound, match="no version 9"):
        decision_get(SYSTEM, DECISION, number=9)
