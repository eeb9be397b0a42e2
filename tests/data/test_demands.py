"""A demand is filed with a purpose, matched, delivered or refused with a reason in law, and closed once."""

from __future__ import annotations

from datetime import date

import pytest
from datacity import DEPARTMENT, DataCity

from yiwang.data.models import Demand
from yiwang.data.selectors import demand_list
from yiwang.data.service import demand_answer, demand_file
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.models import Event
from yiwang.kernel.selectors import audit_list

HERE = frozenset({DEPARTMENT})
STAFF = Actor(id="account:1", name="staff", department=DEPARTMENT, scopes={Role.STAFF: HERE})
LEAD = Actor(id="account:2", name="lead", department=DEPARTMENT, scopes={Role.DATA_LEAD: HERE})


def filed(**changes: object) -> Demand:
    given = {"title": "低保名单", "need": "在册户", "fields_wanted": ["户号", " "], "purpose": "免申即享核对"} | changes
    return demand_file(actor=STAFF, **given)  # type: ignore[arg-type]


def test_a_demand_is_filed_for_ones_own_department_and_everybody_sees_it(city: DataCity) -> None:
    row = filed(wanted_by=date(2026, 12, 31))
    assert (row.state, row.department, row.fields_wanted) == ("open", DEPARTMENT, ["户号"])
    (seen,) = demand_list(STAFF).items
    assert seen.title == "低保名单" and seen.department_name.zh == "民政局" and seen.wanted_by == date(2026, 12, 31)
    assert demand_list(STAFF, state="delivered").total == 0


@pytest.mark.parametrize("missing", ["title", "need", "purpose"])
def test_a_demand_says_what_and_why(city: DataCity, missing: str) -> None:
    with pytest.raises(InputError) as said:
        filed(**{missing: "  "})
    assert said.value.where == missing and Demand.objects.count() == 0


def test_a_demand_is_matched_and_then_delivered(city: DataCity) -> None:
    row = filed()
    matched = demand_answer(actor=LEAD, demand_id=row.pk, state="matched", resource_id="people")
    assert (matched.state, matched.resource_id) == ("matched", "people") and matched.answered_at
    assert demand_answer(actor=LEAD, demand_id=row.pk, state="delivered").resource_id == "people"
    assert [e.payload["state"] for e in Event.objects.filter(name="demand.changed").order_by("id")] == [
        "open",
        "matched",
        "delivered",
    ]
    assert {line.act for line in audit_list_of(row)} == {"demand.file", "demand.answer"}


def audit_list_of(row: Demand) -> tuple[object, ...]:
    reader = Actor(id="account:3", name="auditor", scopes={Role.AUDITOR: HERE})
    return audit_list(reader, object_kind="demand", object_id=str(row.pk)).items


def test_a_refusal_cites_the_law(city: DataCity) -> None:
    row = filed()
    with pytest.raises(InputError):
        demand_answer(actor=LEAD, demand_id=row.pk, state="refused", answer="不给")
    refused = demand_answer(actor=LEAD, demand_id=row.pk, state="refused", basis="个人信息保护法第二十八条")
    assert refused.basis == "个人信息保护法第二十八条" and refused.resource is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"state": "matched"}, InputError),
        ({"state": "matched", "resource_id": "nothing"}, NotFound),
        ({"state": "open"}, InputError),
        ({"state": "withdrawn"}, InputError),
    ],
)
def test_an_answer_that_answers_nothing_is_refused(
    city: DataCity, answer: dict[str, str], error: type[Exception]
) -> None:
    row = filed()
    with pytest.raises(error):
        demand_answer(actor=LEAD, demand_id=row.pk, **answer)
    row.refresh_from_db()
    assert row.state == "open"


def test_a_closed_demand_stays_closed(city: DataCity) -> None:
    row = filed()
    demand_answer(actor=LEAD, demand_id=row.pk, state="delivered", resource_id="people")
    with pytest.raises(Conflict):
        demand_answer(actor=LEAD, demand_id=row.pk, state="refused", basis="x")


def test_staff_ask_and_data_leads_answer(city: DataCity) -> None:
    row = filed()
    with pytest.raises(Refused):
        demand_answer(actor=STAFF, demand_id=row.pk, state="delivered", resource_id="people")
    with pytest.raises(NotFound):
        demand_answer(actor=LEAD, demand_id=row.pk + 1, state="delivered", resource_id="people")
    with pytest.raises(Refused):
        demand_file(actor=Actor(id="", name=""), title="x", need="x", fields_wanted=[], purpose="x")
