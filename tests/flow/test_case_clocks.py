"""Clocks of cases: begun at intake, still while suspended, longer when extended; each rung is told once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from casecity import CITIZEN, SYSTEM, CaseCity, at, finish, open_works, straight, task, work_at

from yiwang.flow.models import Case, Due
from yiwang.flow.selectors import case_get
from yiwang.flow.service import case_extend, case_open, case_resume, case_supervise, case_suspend, dues_tick
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.calendar import ZONE
from yiwang.kernel.errors import InputError, Refused
from yiwang.kernel.selectors import message_list

ONE = straight(task("only"))
MONDAY = at("2026-03-02T10:00")
DUE = at("2026-03-09T23:59:59")


def lamp(cases: CaseCity, **more: object) -> Case:
    """Taken in on a Monday, due on the next: five working days."""
    if not cases.people:
        cases.process("one", ONE)
        cases.item("lamp", "one")
        cases.person("staff", "civil")
        cases.person("leader", "civil", Role.LEADER)
    return cases.opened(item_id="lamp", opened_at=MONDAY, **more)


def titles(reader: Actor) -> list[str]:
    return [row.title.en for row in message_list(reader).items]


def due_of(case: Case) -> datetime | None:
    clock = case_get(SYSTEM, case.number).case.clock
    assert clock is not None
    return clock.due


def suspended(case: Case, begin: str, end: str, reason: str = "supplement") -> None:
    """As if it had been suspended then."""
    case_suspend(actor=SYSTEM, number=case.number, reason=reason)
    case.pauses.filter(end=None).update(begin=at(begin))
    case_resume(actor=SYSTEM, number=case.number)
    case.pauses.filter(begin=at(begin)).update(end=at(end))


def test_the_clock_starts_at_intake_and_its_end_is_derived(cases: CaseCity) -> None:
    assert due_of(lamp(cases)) == DUE


def test_a_suspension_moves_the_end_by_the_days_it_took(cases: CaseCity) -> None:
    case = lamp(cases)
    suspended(case, "2026-03-03T09:00", "2026-03-06T09:00")
    assert due_of(case) == at("2026-03-13T23:59:59")


def test_while_suspended_nothing_is_due_and_nothing_fires(cases: CaseCity) -> None:
    lamp(cases)
    case = cases.opened(item_id="lamp")
    case_suspend(actor=SYSTEM, number=case.number, reason="hearing")
    assert set(Due.objects.filter(case=case).values_list("look_at", flat=True)) == {None}
    dues_tick(now=at("2026-12-01T00:00"))
    assert Due.objects.filter(case=case).count() == 2
    assert open_works(case)[0].sort_due is None
    assert due_of(case) is None


def test_each_rung_is_told_once_to_those_it_is_for(cases: CaseCity) -> None:
    lamp(cases)
    staff, leader = cases.people["staff"], cases.people["leader"]
    assert dues_tick(now=at("2026-03-03T12:00")).fired == 0
    assert dues_tick(now=at("2026-03-06T12:00")).fired == 1
    assert titles(staff) == ["due soon: 试办"] and titles(leader) == []
    assert dues_tick(now=DUE).fired == 0
    assert dues_tick(now=DUE + timedelta(seconds=2)).fired == 1
    assert dues_tick(now=DUE + timedelta(days=9)).fired == 0
    assert titles(leader) == ["overdue: 试办"] and len(titles(staff)) == 1


def test_a_closed_case_is_told_of_no_more(cases: CaseCity) -> None:
    case = lamp(cases)
    finish(case, "only")
    assert Due.objects.count() == 0
    assert dues_tick(now=at("2026-12-01T00:00")).fired == 0


def test_an_extension_needs_its_basis_and_counts_in_the_same_unit(cases: CaseCity) -> None:
    case, leader = lamp(cases), cases.people["leader"]
    with pytest.raises(InputError):
        case_extend(actor=leader, number=case.number, budget="3wd", reason="复杂", basis=" ")
    with pytest.raises(InputError):
        case_extend(actor=leader, number=case.number, budget="3d", reason="复杂", basis="条例第四条")
    with pytest.raises(Refused):
        case_extend(actor=cases.people["staff"], number=case.number, budget="3wd", reason="复杂", basis="条例第四条")
    case_extend(actor=leader, number=case.number, budget="3wd", reason="复杂", basis="条例第四条")
    clock = case_get(SYSTEM, case.number).case.clock
    assert clock is not None and clock.due == at("2026-03-12T23:59:59")
    assert [(one.budget, one.basis) for one in clock.extended] == [("3wd", "条例第四条")]
    assert dues_tick(now=DUE + timedelta(hours=1)).messages == 1  # the reminder, not the breach


def test_past_the_calendar_nothing_is_guessed_and_the_case_is_taken_in_all_the_same(cases: CaseCity) -> None:
    cases.process("one", ONE)
    cases.item("slow", "one", limit={"budget": "400wd", "law": "条例", "article": "第三条"})
    case = cases.opened(item_id="slow")
    clock = case_get(SYSTEM, case.number).case.clock
    assert clock is not None and clock.due is None and clock.problem is not None
    assert clock.standing == "uncovered"
    report = dues_tick(now=datetime.now(ZONE) + timedelta(days=2))
    assert (report.fired, report.failed) == (0, 1)


def test_work_has_a_clock_of_its_own_beside_the_cases(cases: CaseCity) -> None:
    cases.process("own", straight(task("quick", budget="2wd"), task("slow")))
    cases.item("lamp", "own")
    case = cases.opened(item_id="lamp", opened_at=MONDAY)
    assert work_at(case, "quick").sort_due == at("2026-03-04T23:59:59")
    finish(case, "quick")
    assert work_at(case, "slow").sort_due == DUE


def test_supervision_tells_those_who_have_it_and_sets_a_limit_from_now(cases: CaseCity) -> None:
    case, leader = lamp(cases), cases.people["leader"]
    case_supervise(actor=leader, number=case.number, text="请于两小时内办结", budget="2h")
    work = open_works(case)[0]
    assert titles(cases.people["staff"]) == ["Supervised: 试办"]
    assert work.sort_due == DUE or work.sort_due < datetime.now(ZONE) + timedelta(hours=3)
    with pytest.raises(Refused):
        case_supervise(actor=cases.people["staff"], number=case.number, text="快")


def test_a_timer_of_the_diagram_fires_once_and_goes_its_own_way(cases: CaseCity) -> None:
    body = (
        '<startEvent id="start"/><endEvent id="end"/><endEvent id="other"/>'
        + task("wait")
        + task("chase")
        + '<boundaryEvent id="late" attachedToRef="wait" cancelActivity="false">'
        + "<timerEventDefinition><timeDuration>P2D</timeDuration></timerEventDefinition></boundaryEvent>"
        + '<sequenceFlow id="a" sourceRef="start" targetRef="wait"/><sequenceFlow id="b" sourceRef="wait" targetRef="end"/>'
        + '<sequenceFlow id="c" sourceRef="late" targetRef="chase"/><sequenceFlow id="d" sourceRef="chase" targetRef="other"/>'
    )
    cases.process("timed", body)
    case = cases.opened("timed", opened_at=MONDAY)
    assert dues_tick(now=at("2026-03-04T09:59")).fired == 0
    assert dues_tick(now=at("2026-03-04T10:01")).fired == 1
    assert dues_tick(now=at("2026-03-09T10:01")).fired == 0
    assert [work.node for work in open_works(case)] == ["wait", "chase"]


def test_a_budget_timer_counts_working_days_and_stands_still_with_the_case(cases: CaseCity) -> None:
    body = (
        '<startEvent id="start"/><intermediateCatchEvent id="rest"><timerEventDefinition><timeDuration>3wd</timeDuration>'
        '</timerEventDefinition></intermediateCatchEvent><endEvent id="end"/>'
        '<sequenceFlow id="a" sourceRef="start" targetRef="rest"/><sequenceFlow id="b" sourceRef="rest" targetRef="end"/>'
    )
    cases.process("resting", body)
    case = cases.opened("resting", opened_at=at("2026-03-05T10:00"))
    assert Due.objects.get(case=case).look_at == at("2026-03-11T00:00")
    suspended(case, "2026-03-06T00:00", "2026-03-07T00:00")
    case_suspend(actor=SYSTEM, number=case.number, reason="testing")
    case_resume(actor=SYSTEM, number=case.number)
    assert Due.objects.get(case=case).look_at == at("2026-03-12T00:00")
    assert dues_tick(now=at("2026-03-12T00:00")).fired == 1
    case.refresh_from_db()
    assert case.status == Case.Status.COMPLETED


def test_the_topics_own_limit_holds(cases: CaseCity) -> None:
    cases.process("one", ONE)
    by = {"field": "topic", "values": {"flood": {"budget": "4h"}}}
    cases.item("lamp", "one", limits_by=by)
    found = case_open(actor=CITIZEN, item_id="lamp", title="淹水", channel="web", topic="flood")
    clock = case_get(SYSTEM, found.number).case.clock
    assert clock is not None and clock.due is not None
    assert clock.due - clock.started_at.replace(microsecond=0) == timedelta(hours=4)
