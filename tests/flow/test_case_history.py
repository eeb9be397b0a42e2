"""What really happened, against what the diagram says and what the item promised."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bpmnfiles import flow
from casecity import SYSTEM, CaseCity, at, finish, straight, task, work_at

from yiwang.flow.models import Case, CaseFile
from yiwang.flow.selectors import bounces, four_cuts, paths, waiting_by_step
from yiwang.flow.service import case_open, work_done, work_hand_over, work_send_back
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import InputError

FORK = (
    '<startEvent id="start"/><exclusiveGateway id="way" default="way-small"/><endEvent id="end"/>'
    + task("small", sendBack="small")
    + task("large")
    + flow("start", "way")
    + flow("way", "small")
    + flow("way", "large", "amount &gt; 100")
    + flow("small", "end")
    + flow("large", "end")
)


def test_the_ways_cases_went_are_counted_and_the_flows_none_took_are_named(cases: CaseCity) -> None:
    cases.process("fork", FORK)
    for _ in range(2):
        finish(cases.opened("fork", answers={"amount": 1}), "small")
    found = paths(SYSTEM, "fork")
    assert [(row.nodes, row.count, row.straight) for row in found.rows] == [(("small",), 2, True)]
    assert set(found.unused) == {"way-large", "large-end"} and found.added == {}


def test_sending_back_and_handing_over_are_deviations_and_are_counted(cases: CaseCity) -> None:
    cases.process("two", straight(task("first"), task("second", department="&quot;water&quot;", sendBack="first")))
    case = cases.opened("two")
    finish(case, "first")
    work_send_back(actor=SYSTEM, work_id=work_at(case, "second").pk, to="first", redo=True, reason="不清")
    work_hand_over(actor=SYSTEM, work_id=work_at(case, "first").pk, department="pipes", reason="职责")
    finish(case, "first")
    finish(case, "second")
    found = paths(SYSTEM, "two")
    assert found.added == {"handed_over": 1, "sent_back": 1}
    assert [(row.nodes, row.straight) for row in found.rows] == [(("first", "second", "first", "second"), False)]
    rows = {row.department: (row.sent_back, row.handed_over) for row in bounces(SYSTEM)}
    assert rows["water"] == (1, 0) and sum(handed for _, handed in rows.values()) == 1


def lived(cases: CaseCity, first: str, second: str) -> Case:
    """Taken in on a day in March, its works done at these moments."""
    found = case_open(actor=SYSTEM, item_id="lamp", title="试", opened_at=at("2026-03-02T09:00"))
    case = Case.objects.get(number=found.number)
    for node, moment in (("first", first), ("second", second)):
        work_done(actor=SYSTEM, work_id=work_at(case, node).pk, at=at(moment))
    return case


def prepared(cases: CaseCity, **changes: Any) -> None:
    cases.process("two", straight(task("first"), task("second")))
    cases.item("lamp", "two", **changes)


def test_how_long_cases_stood_at_each_task(cases: CaseCity) -> None:
    prepared(cases)
    lived(cases, "2026-03-03T09:00", "2026-03-06T09:00")
    lived(cases, "2026-03-05T09:00", "2026-03-06T09:00")
    lived(cases, "2026-03-03T09:00", "2026-03-11T09:00")
    second, first = waiting_by_step(SYSTEM, "two")
    assert (second.node, second.median, second.longest) == ("second", timedelta(days=3), timedelta(days=8))
    assert (first.node, first.median, first.count, first.open) == ("first", timedelta(days=1), 3, 0)


def test_the_four_cuts_before_now_and_really(cases: CaseCity) -> None:
    material = {"id": "photo", "title": {"zh": "照片", "en": "Photo"}}
    before = {"steps": 6, "materials": 4, "days": "20wd", "fee": "50", "source": {"zh": "旧规", "en": "Old rules"}}
    prepared(cases, materials=[material], before=before)
    case = lived(cases, "2026-03-03T09:00", "2026-03-06T09:00")
    CaseFile.objects.create(
        case=case,
        question="photo",
        digest="0" * 64,
        name="a",
        media_type="",
        size=1,
        given_at=case.opened_at,
        given_by="",
    )
    found = four_cuts(SYSTEM, "lamp")
    assert (found.steps.before, found.steps.after, found.steps.really) == (6, 2, 2)
    assert (found.materials.before, found.materials.after, found.materials.really) == (4, 1, 1)
    assert (found.days.before, found.days.after, found.days.really) == (20, 5, 4)
    assert (found.fee.before, found.fee.after, found.cases) == (50, 0, 1)


def test_only_the_system_may_tell_of_the_past(cases: CaseCity) -> None:
    prepared(cases)
    staff: Actor = cases.person("staff", "civil")
    case = cases.opened(item_id="lamp", opened_at=at("2026-03-02T09:00"))
    with pytest.raises(InputError, match="only the system"):
        work_done(actor=staff, work_id=work_at(case, "first").pk, at=at("2026-03-03T09:00"))
