"""A case goes from task to task; each write keeps state, step, works, notes, audit line and events together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bpmnfiles import flow
from casecity import CITIZEN, SYSTEM, CaseCity, finish, open_works, state_of, straight, task, work_at

from yiwang.data.core.semantics.checkdigits import resident_id_check
from yiwang.flow.core.process.reducing import begin, step
from yiwang.flow.definitions import definition_of
from yiwang.flow.errors import CaseClosed, NotWaiting, StepForbidden
from yiwang.flow.models import Case, CaseStep, Work
from yiwang.flow.selectors import case_get, case_steps, case_track
from yiwang.flow.service import (
    case_open,
    case_withdraw,
    work_begin,
    work_done,
    work_hand_over,
    work_send_back,
    work_take_back,
)
from yiwang.flow.steps import event_of
from yiwang.kernel.core.actor import Role
from yiwang.kernel.errors import InputError, NotFound, Refused
from yiwang.kernel.selectors import audit_list
from yiwang.trust.models import EntrySubject
from yiwang.trust.selectors import subject_hash
from yiwang.trust.service import ledger_append_pending

TWO = straight(task("first"), task("second", department="&quot;water&quot;", sendBack="first"))


def test_a_case_goes_from_task_to_task_and_is_closed(cases: CaseCity) -> None:
    cases.process("two", TWO)
    case = cases.opened("two")
    assert [(work.node, work.department) for work in open_works(case)] == [("first", "civil")]
    finish(case, "first", seen=True)
    assert [(work.node, work.department) for work in open_works(case)] == [("second", "water")]
    finish(case, "second")
    assert case.status == Case.Status.COMPLETED and case.closed_at is not None and open_works(case) == []
    with pytest.raises(CaseClosed):
        work_done(actor=SYSTEM, work_id=Work.objects.get(case=case, node="second").pk)


def test_the_steps_replayed_give_the_state(cases: CaseCity) -> None:
    version = cases.process("two", TWO)
    case = cases.opened("two", answers={"amount": 12.5, "names": ["甲", "乙"]})
    finish(case, "first", ok=True)
    work_send_back(actor=SYSTEM, work_id=work_at(case, "second").pk, to="first", redo=True, reason="材料不清")
    finish(case, "first", ok=False)
    definition = definition_of(version)
    state = begin(definition)
    for one in CaseStep.objects.filter(case=case).order_by("number"):
        state = step(definition, state, event_of(one.kind, one.event), one.at).state
    assert state.dumps() == Case.objects.get(pk=case.pk).state
    assert state_of(case).values["amount"] == 12.5


def test_the_public_opens_only_what_is_open_to_it_and_tracks_it_with_the_code(cases: CaseCity) -> None:
    cases.process("two", TWO)
    cases.item("lamp", "two")
    cases.item("inner", "two", open_to=["staff"], channels=["counter"])
    found = case_open(actor=CITIZEN, item_id="lamp", title="灯不亮", channel="web", applicant={"name": "张三"})
    tracked = case_track(found.number, found.code)
    assert tracked.status == "open" and tracked.due is not None
    assert [note.kind for note in tracked.notes] == ["opened", "state"]
    for code in ("", "WRONG", found.number):
        with pytest.raises(NotFound):
            case_track(found.number, code)
    with pytest.raises(Refused):
        case_open(actor=CITIZEN, item_id="inner", title="内部", channel="counter")
    with pytest.raises(Refused):
        case_open(actor=CITIZEN, process_id="two", title="流程", channel="web")
    with pytest.raises(InputError):
        case_open(actor=CITIZEN, item_id="lamp", title="灯", channel="kiosk")


def test_asked_again_with_the_same_key_a_case_is_opened_once(cases: CaseCity) -> None:
    cases.process("two", TWO)
    first = case_open(actor=SYSTEM, process_id="two", title="一次", key="draft:7")
    again = case_open(actor=SYSTEM, process_id="two", title="一次", key="draft:7")
    assert (again.number, again.code, again.repeated) == (first.number, "", True)
    assert Case.objects.count() == 1


def test_who_may_read_and_work_is_a_matter_of_department(cases: CaseCity) -> None:
    cases.process("two", TWO)
    civil, water = cases.person("civil", "civil"), cases.person("pumps", "water")
    pipes, leader = cases.person("pipes", "pipes"), cases.person("leader", "city", Role.LEADER)
    case = cases.opened("two")
    assert case_get(civil, case.number).case.number == case.number
    assert case_get(leader, case.number).case.status == "open"
    for stranger in (water, pipes):
        with pytest.raises(Refused):
            case_get(stranger, case.number)
        with pytest.raises(Refused):
            work_done(actor=stranger, work_id=work_at(case, "first").pk)
    finish(case, "first", civil)
    assert case_get(water, case.number).case.number == case.number
    with pytest.raises(Refused):
        work_done(actor=pipes, work_id=work_at(case, "second").pk)
    finish(case, "second", water)
    assert case.status == Case.Status.COMPLETED


def test_the_applicant_is_told_only_for_a_purpose_which_stays_in_the_trail(cases: CaseCity) -> None:
    cases.process("two", TWO)
    case = cases.opened("two", applicant={"name": "张三", "phone": "13900000000"})
    civil = cases.person("civil", "civil")
    assert case_get(civil, case.number).applicant is None
    assert case_get(civil, case.number, purpose="回访").applicant == {"name": "张三", "phone": "13900000000"}
    (line,) = audit_list(SYSTEM, act="case.applicant").items
    assert (line.actor_id, line.purpose, line.details) == (civil.id, "回访", {"fields": ["name", "phone"]})


def test_work_given_to_a_person_is_theirs_until_it_is_handed_over(cases: CaseCity) -> None:
    civil, other = cases.person("civil", "civil"), cases.person("other", "civil")
    cases.process("one", straight(task("only", assignee="boss")))
    case = cases.opened("one", answers={"boss": civil.id})
    work = work_at(case, "only")
    with pytest.raises(Refused):
        work_done(actor=other, work_id=work.pk)
    work_hand_over(actor=civil, work_id=work.pk, to=other.id, reason="出差")
    with pytest.raises(Refused):
        work_done(actor=civil, work_id=work.pk)
    finish(case, "only", other)
    assert case.status == Case.Status.COMPLETED


def test_work_is_taken_back_until_what_followed_is_begun(cases: CaseCity) -> None:
    cases.process("two", TWO)
    civil, water = cases.person("civil", "civil"), cases.person("pumps", "water")
    case = cases.opened("two")
    first = work_at(case, "first")
    finish(case, "first", civil)
    work_take_back(actor=civil, work_id=first.pk, reason="漏了附件")
    assert [work.node for work in open_works(case)] == ["first"]
    finish(case, "first", civil)
    done = Work.objects.filter(case=case, node="first").latest("id")
    work_begin(actor=water, work_id=work_at(case, "second").pk)
    with pytest.raises(StepForbidden):
        work_take_back(actor=civil, work_id=done.pk, reason="又漏了")


def test_of_two_hands_on_one_work_the_second_is_told(cases: CaseCity) -> None:
    cases.process("two", TWO)
    case = cases.opened("two")
    work = work_at(case, "first")
    work_done(actor=SYSTEM, work_id=work.pk)
    with pytest.raises(NotWaiting):
        work_done(actor=SYSTEM, work_id=work.pk)


def test_the_applicant_withdraws_with_the_code(cases: CaseCity) -> None:
    cases.process("two", TWO)
    cases.item("lamp", "two")
    found = case_open(actor=CITIZEN, item_id="lamp", title="灯不亮", channel="web")
    with pytest.raises(NotFound):
        case_withdraw(actor=CITIZEN, number=found.number, reason="修好了", code="WRONG")
    case_withdraw(actor=CITIZEN, number=found.number, reason="修好了", code=found.code)
    assert case_track(found.number, found.code).status == "withdrawn"
    assert open_works(Case.objects.get(number=found.number)) == []


def test_every_step_says_who_and_where_the_case_went(cases: CaseCity) -> None:
    cases.process("two", TWO)
    civil = cases.person("civil", "civil")
    case = cases.opened("two")
    finish(case, "first", civil)
    started, done = case_steps(civil, case.number)
    assert (started.kind, done.kind, done.by) == ("started", "work_done", "civil")
    assert ("entered", "second") in [(mark, element) for mark, element, _ in done.passed]
    assert done.at - started.at < timedelta(days=1)


def test_a_gateway_decides_by_the_answers(cases: CaseCity) -> None:
    body = (
        '<startEvent id="start"/><exclusiveGateway id="way" default="way-small"/><endEvent id="end"/>'
        + task("small")
        + task("large")
        + flow("start", "way")
        + flow("way", "small")
        + flow("way", "large", "amount &gt; 100")
        + flow("small", "end")
        + flow("large", "end")
    )
    cases.process("fork", body)
    assert [work.node for work in open_works(cases.opened("fork", answers={"amount": 500}))] == ["large"]
    assert [work.node for work in open_works(cases.opened("fork", answers={"amount": 5}))] == ["small"]


def test_who_was_told_of_an_applicant_is_found_by_that_person(cases: CaseCity) -> None:
    cases.process("two", TWO)
    number = "23088119900101001" + resident_id_check("23088119900101001")
    case = cases.opened("two", applicant={"name": "张三", "id_number": number.lower(), "firm": "OOOOOOOOOOOOOOOOOO"})
    civil = cases.person("civil", "civil")
    case_get(civil, case.number)
    case_get(civil, case.number, purpose="回访")
    assert ledger_append_pending().entries == 2
    dealt, asked = [
        one.entry for one in EntrySubject.objects.filter(subject=subject_hash("resident", number)).order_by("entry")
    ]
    assert (dealt.who, dealt.purpose) == (civil.id, f"办理办件 {case.number}")
    assert (asked.who, asked.purpose, asked.resource) == (civil.id, "回访", f"case:{case.number}")
