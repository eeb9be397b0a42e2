"""What is owed and by whom, who is late and why, who stands in for whom, and what the applicant says of it in the end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from casecity import CITIZEN, SYSTEM, CaseCity, at, finish, open_works, straight, task, work_at
from icalendar import Calendar

from yiwang.flow.errors import CaseMoved, StepForbidden
from yiwang.flow.models import Case
from yiwang.flow.selectors import (
    case_list,
    case_track,
    late_list,
    leave_list,
    obligation_calendar,
    obligation_list,
    work_list,
)
from yiwang.flow.service import (
    case_hand_over_all,
    case_open,
    case_rate,
    leave_save,
    work_done,
    work_hand_over,
    work_send_back,
)
from yiwang.kernel.core.actor import Role
from yiwang.kernel.errors import NotFound, Refused

TWO = straight(task("first"), task("second", department="&quot;water&quot;", sendBack="first"))


def three(cases: CaseCity) -> list[Case]:
    """Three cases: due on 9 March at the civil office, on 16 March at the water office, and one without any limit."""
    cases.process("two", TWO)
    cases.item("lamp", "two")
    early = cases.opened(item_id="lamp", opened_at=at("2026-03-02T10:00"))
    later = cases.opened(item_id="lamp", opened_at=at("2026-03-09T10:00"))
    finish(later, "first")
    return [early, later, cases.opened("two")]


def test_what_is_owed_comes_by_due_date_across_departments(cases: CaseCity) -> None:
    early, later, free = three(cases)
    leader = cases.person("mayor", "city", Role.LEADER)
    assert [one.case for one in obligation_list(leader).items] == [early.number, later.number, free.number]
    assert [one.case for one in obligation_list(leader, department="water").items] == [later.number]
    assert [one.due for one in obligation_list(leader, until=at("2026-03-12T00:00")).items] == [
        at("2026-03-09T23:59:59")
    ]
    assert obligation_list(leader).items[2].due is None


def test_a_department_sees_what_it_covers_and_nothing_else(cases: CaseCity) -> None:
    _, later, _ = three(cases)
    water = cases.person("water", "water")
    assert [one.case for one in obligation_list(water).items] == [later.number]
    assert [row.number for row in case_list(water).items] == [later.number]
    assert [row.case for row in work_list(water, mine=False).items] == [later.number]
    with pytest.raises(Refused):
        obligation_list(water, department="civil")
    with pytest.raises(Refused):
        work_list(water, mine=False, department="civil")


def test_who_is_late_since_when_and_why(cases: CaseCity) -> None:
    early, later, _ = three(cases)
    work_send_back(actor=SYSTEM, work_id=work_at(later, "second").pk, to="first", redo=True, reason="不属本局")
    leader = cases.person("mayor", "city", Role.LEADER)
    one, two = late_list(leader)
    assert (one.obligation.case, one.since) == (early.number, at("2026-03-09T23:59:59"))
    assert one.overdue > timedelta(days=100) and one.bounced == 0
    assert (two.obligation.case, two.bounced) == (later.number, 1)
    assert {waited.department for waited in two.waited} == {"civil", "water"}
    assert "sent back or handed over 1 times" in two.why.en


def test_obligations_are_exported_as_a_calendar(cases: CaseCity) -> None:
    early, later, _ = three(cases)
    found = Calendar.from_ical(obligation_calendar(cases.person("mayor", "city", Role.LEADER)))
    entries = found.walk("VEVENT")
    assert [entry.decoded("dtstart") for entry in entries] == [at("2026-03-09T23:59:59"), at("2026-03-16T23:59:59")]
    assert early.number in str(entries[0]["uid"]) and later.number in str(entries[1]["uid"])


def test_a_deputy_sees_and_does_what_somebody_on_leave_owes(cases: CaseCity) -> None:
    anna, ben = cases.person("anna", "civil"), cases.person("ben", "civil")
    cases.process("own", straight(task("only", assignee="who")))
    case = cases.opened("own", answers={"who": anna.id})
    with pytest.raises(Refused):
        leave_save(actor=ben, account=anna.id, deputy=ben.id, first=date(2020, 1, 1))
    leave_save(actor=anna, account=anna.id, deputy=ben.id, first=date(2020, 1, 1), reason="年假")
    assert [row.deputy for row in leave_list(ben)] == [ben.id]
    assert [one.case for one in obligation_list(ben, account=ben.id).items] == [case.number]
    assert obligation_list(anna, account=anna.id).items[0].deputy == ben.id
    finish(case, "only", ben)
    assert case.status == Case.Status.COMPLETED


def test_a_leave_that_is_over_gives_no_rights(cases: CaseCity) -> None:
    anna, ben = cases.person("anna", "civil"), cases.person("ben", "civil")
    cases.process("own", straight(task("only", assignee="who")))
    case = cases.opened("own", answers={"who": anna.id})
    leave_save(actor=anna, account=anna.id, deputy=ben.id, first=date(2020, 1, 1), last=date(2020, 1, 9))
    with pytest.raises(Refused):
        work_done(actor=ben, work_id=work_at(case, "only").pk)


def test_all_that_somebody_owes_is_handed_over_at_once(cases: CaseCity) -> None:
    anna, ben = cases.person("anna", "civil"), cases.person("ben", "civil")
    leader, outside = cases.person("boss", "civil", Role.LEADER), cases.person("other", "water", Role.LEADER)
    cases.process("own", straight(task("only", assignee="who")))
    opened = [cases.opened("own", answers={"who": anna.id}) for _ in range(3)]
    with pytest.raises(Refused):
        case_hand_over_all(actor=outside, from_account=anna.id, to=ben.id, reason="调离")
    assert {work.assignee for case in opened for work in open_works(case)} == {anna.id}
    assert case_hand_over_all(actor=leader, from_account=anna.id, to=ben.id, reason="调离") == 3
    assert {work.assignee for case in opened for work in open_works(case)} == {ben.id}


def test_handing_over_keeps_the_clock(cases: CaseCity) -> None:
    cases.process("own", straight(task("only", budget="3wd")))
    case = cases.opened("own", opened_at=at("2026-03-02T10:00"))
    before = work_at(case, "only").sort_due
    work_hand_over(actor=SYSTEM, work_id=work_at(case, "only").pk, department="water", reason="职责")
    moved = work_at(case, "only")
    assert (moved.department, moved.sort_due) == ("water", before)


def test_work_sent_back_and_come_again_keeps_its_clock(cases: CaseCity) -> None:
    cases.process("own", straight(task("first", budget="5wd"), task("second", sendBack="first")))
    case = cases.opened("own", opened_at=at("2026-03-02T10:00"))
    before = work_at(case, "first").sort_due
    finish(case, "first")
    work_send_back(actor=SYSTEM, work_id=work_at(case, "second").pk, to="first", redo=True, reason="不清")
    again = work_at(case, "first")
    assert (again.sort_due, again.round) == (before, 2)


def test_a_low_grade_opens_a_follow_up_and_a_case_is_rated_once(cases: CaseCity) -> None:
    cases.process("two", TWO)
    cases.item("call-back", "two", open_to=["staff"], channels=["phone"])
    cases.item("lamp", "two", follow_up="call-back")
    found = case_open(actor=CITIZEN, item_id="lamp", title="灯不亮", channel="web")
    rate = {"actor": CITIZEN, "number": found.number, "code": found.code}
    with pytest.raises(StepForbidden):
        case_rate(**rate, grade=1)
    case = Case.objects.get(number=found.number)
    finish(case, "first")
    finish(case, "second")
    with pytest.raises(NotFound):
        case_rate(**{**rate, "code": "WRONG"}, grade=1)
    rated = case_rate(**rate, grade=2, text="还是不亮", solved=False)
    follow = Case.objects.get(number=rated.follow_up)
    assert follow.item is not None and follow.item.item_id == "call-back"
    assert follow.answers["of"] == case.number and follow.answers["solved"] is False
    assert case_track(found.number, found.code).may_rate is False
    with pytest.raises(CaseMoved):
        case_rate(**rate, grade=5)
