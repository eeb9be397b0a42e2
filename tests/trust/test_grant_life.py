"""A grant from the application to its end: who may do what to it, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import grantcity as city
import pytest
from django.utils import timezone

from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.selectors import actor_of, audit_list, message_list
from yiwang.kernel.service import account_create, role_grant
from yiwang.trust.models import Grant
from yiwang.trust.selectors import grant_get, grant_list
from yiwang.trust.service import (
    grant_apply,
    grant_confirm,
    grant_escalate,
    grant_issue,
    grant_refuse,
    grant_review_note,
    grant_revoke,
    grant_withdraw,
    grants_expire,
    grants_remind,
)


@pytest.fixture(autouse=True)
def _city(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    city.describe(monkeypatch)
    city.departments()


def wrong(**changed: Any) -> InputError:
    with pytest.raises(InputError) as raised:
        city.applied(**changed)
    assert raised.value.zh and raised.value.en
    return raised.value


def refused_one(number: str) -> None:
    grant_refuse(actor=city.steward(), number=number, reason="涉及隐私", basis="个人信息保护法 第二十八条")


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"fields": []}, "fields"),
        ({"fields": ["nickname"]}, "fields"),
        ({"fields": ["name", "name"]}, "fields"),
        ({"methods": ["subscribe"]}, "methods"),
        ({"purpose_code": "curiosity"}, "purpose_code"),
        ({"purpose": "  "}, "purpose"),
        ({"basis": ""}, "basis"),
        ({"masks": {"income": "none"}}, "masks"),
        ({"masks": {"name": "blurred"}}, "masks"),
        ({"masks": {"name": "year"}}, "masks"),
        ({"quota_per_day": 0}, "quota_per_day"),
        ({"valid_until": timezone.localdate()}, "valid_until"),
        ({"valid_until": timezone.localdate() + timedelta(days=5000)}, "valid_until"),
        ({"resource": "weather"}, "resource"),
        ({"resource": "secrets"}, "resource"),
    ],
)
def test_what_cannot_be_granted_is_refused_when_it_is_asked_for(changed: dict[str, Any], where: str) -> None:
    assert wrong(**changed).where == where


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('division = "230881" and', "第"),
        ('village = "x"', "village"),
        ("1 = 1", "没有提到"),
        ("income + 1", "真假"),
        ('matches(name, "^王")', "筛选条件不能用"),
        ("seen_at > now()", "seen_at"),
        ("for x in 1..9 return x", "筛选条件不能用"),
    ],
)
def test_a_row_filter_that_cannot_be_read_or_lowered_is_refused_with_the_reason(text: str, said: str) -> None:
    error = wrong(row_filter=text)
    assert error.where == "row_filter" and said in error.zh


def test_personal_fields_are_covered_unless_the_plain_value_is_asked_for_and_agreed_to() -> None:
    assert grant_get(city.LEAD, city.applied()).masks == {
        "id_number": "partial",
        "name": "partial",
        "division": "plain",
    }
    assert grant_get(city.LEAD, city.applied(masks={"name": "plain"})).masks["name"] == "plain"


def test_a_department_does_not_apply_for_its_own_data_or_in_anothers_name() -> None:
    with pytest.raises(InputError, match="own department"):
        grant_apply(actor=city.steward(), ask=city.ask())
    number = grant_apply(actor=city.clerk(), ask=city.ask(), department="tax")
    assert grant_get(city.LEAD, number).row.department == "civil"


def test_numbers_run_and_every_step_leaves_a_line_with_the_purpose() -> None:
    number = city.active()
    assert number == f"G{timezone.localdate().year}-{Grant.objects.get().pk:06d}"
    lines = audit_list(city.SYSTEM, object_kind="grant", object_id=number).items
    assert {line.act for line in lines} == {"grant.apply", "grant.review", "grant.issue"}
    assert {line.purpose for line in lines} == {"高龄津贴资格核对"}


@pytest.mark.parametrize("actor", [city.clerk(), city.steward("civil"), city.clerk("police")])
def test_neither_the_applicant_nor_a_clerk_answers_for_the_owner(actor: Actor) -> None:
    number = city.reviewed()
    with pytest.raises(Refused):
        grant_issue(actor=actor, number=number)


def test_an_application_is_answered_only_after_its_review() -> None:
    number = city.applied()
    with pytest.raises(Conflict):
        grant_issue(actor=city.LEAD, number=number)
    with pytest.raises(Refused):
        grant_review_note(actor=city.steward(), number=number)


@pytest.mark.parametrize("missing", ["reason", "basis"])
def test_a_refusal_takes_a_reason_and_a_law(missing: str) -> None:
    number = city.reviewed()
    said = {"reason": "涉及隐私", "basis": "个人信息保护法 第二十八条", missing: " "}
    with pytest.raises(InputError) as raised:
        grant_refuse(actor=city.steward(), number=number, **said)
    assert raised.value.where == missing


def test_a_refusal_goes_to_the_coordinator_who_rules_over_the_owner() -> None:
    number = city.reviewed()
    refused_one(number)
    grant_escalate(actor=city.clerk(), number=number, why="refusal", reason="属于法定职责")
    with pytest.raises(Refused):
        grant_issue(actor=city.steward(), number=number)
    with pytest.raises(Refused):
        grant_issue(actor=city.clerk("police", Role.DATA_LEAD), number=number)
    grant_issue(actor=city.LEAD, number=number, reason="履行法定职责所必需")
    assert grant_get(city.LEAD, number).row.state == "active"


def test_a_ruling_is_not_appealed_again() -> None:
    number = city.reviewed()
    refused_one(number)
    grant_escalate(actor=city.clerk(), number=number, why="refusal", reason="属于法定职责")
    grant_refuse(actor=city.LEAD, number=number, reason="涉密", basis="保守国家秘密法 第十三条")
    with pytest.raises(Conflict):
        grant_escalate(actor=city.clerk(), number=number, why="refusal", reason="还是需要")


def test_silence_is_called_up_and_never_taken_for_a_yes() -> None:
    number = city.reviewed()
    grant_escalate(actor=city.LEAD, number=number, why="silence")
    detail = grant_get(city.LEAD, number)
    assert (detail.row.state, detail.row.escalated) == ("reviewed", "silence")


@pytest.mark.parametrize(
    "wider",
    [
        {"masks": {"name": "plain"}},
        {"masks": {"income": "none"}},
        {"quota_per_day": 51},
        {"valid_until": timezone.localdate() + timedelta(days=366)},
    ],
)
def test_an_answer_is_never_wider_than_the_application(wider: dict[str, Any]) -> None:
    number = city.reviewed(quota_per_day=50)
    with pytest.raises(InputError):
        grant_issue(actor=city.steward(), number=number, **wider)
    assert grant_get(city.LEAD, number).row.state == "reviewed"


def test_an_applicant_may_withdraw_before_the_answer_and_not_after() -> None:
    number = city.applied()
    grant_withdraw(actor=city.clerk(), number=number, reason="不再需要")
    assert grant_get(city.LEAD, number).row.state == "withdrawn"
    with pytest.raises(Conflict):
        grant_withdraw(actor=city.clerk(), number=city.active(), reason="不再需要")


def test_only_the_owner_or_the_coordinator_revokes_with_a_reason_and_a_basis() -> None:
    number = city.active()
    with pytest.raises(Refused):
        grant_revoke(actor=city.clerk(), number=number, reason="不要了", basis="某条")
    with pytest.raises(InputError):
        grant_revoke(actor=city.steward(), number=number, reason="超范围", basis="")
    grant_revoke(actor=city.steward(), number=number, reason="超范围", basis="某办法第九条")
    assert grant_get(city.clerk(), number).reason == "超范围"


def test_a_grant_is_looked_at_every_year_and_stands_on_when_the_owner_says_so() -> None:
    today, number = timezone.localdate(), city.active(valid_until=timezone.localdate() + timedelta(days=900))
    assert grant_get(city.steward(), number).row.review_on == today + timedelta(days=365)
    Grant.objects.update(review_on=today)
    grant_confirm(actor=city.steward(), number=number, reason="仍为办理高龄津贴所需")
    assert grant_get(city.steward(), number).row.review_on == today + timedelta(days=365)


def test_both_sides_are_told_a_month_before_the_review_and_once_more_when_it_is_due() -> None:
    today = timezone.localdate()
    readers = [holder("civil", Role.STEWARD), holder("police", Role.STEWARD), holder("police", Role.DATA_LEAD)]
    number = city.active(valid_until=today + timedelta(days=900))

    def told(days: int) -> tuple[str, ...]:
        Grant.objects.filter(number=number).update(review_on=today + timedelta(days=days))
        return grants_remind(actor=city.SYSTEM)

    assert told(31) == ()
    assert told(30) == (number,)
    assert told(30) == told(29) == ()
    Grant.objects.update(reminded_on=today - timedelta(days=20))
    assert told(10) == ()
    assert told(0) == (number,)
    assert told(0) == ()
    acts = [line.details["review_on"] for line in audit_list(city.SYSTEM, act="grant.remind").items]
    assert acts == [str(today), str(today + timedelta(days=30))]
    words = [[row.title.en.partition(":")[0] for row in message_list(reader).items] for reader in readers]
    coming, late = "A data grant is to be reviewed soon", "A data grant's yearly review is due"
    assert words == [[late, coming], [late, coming], [late]]
    Grant.objects.update(reminded_on=None, state=Grant.State.REVOKED)
    assert told(0) == ()
    with pytest.raises(Refused):
        grants_remind(actor=city.clerk())


def holder(department: str, role: Role) -> Actor:
    name = f"{department}-{role}"
    account = account_create(
        actor=city.SYSTEM, username=name, display_name=name, password="a-long-and-rare-one", department=department
    )
    role_grant(actor=city.SYSTEM, account=account.pk, role=role, department=department)
    return actor_of(account)


def test_a_grant_that_ran_out_reads_as_expired_before_and_after_it_is_written_down() -> None:
    number, today = city.active(), timezone.localdate()
    Grant.objects.update(valid_from=today - timedelta(days=9), valid_until=today)
    assert grant_get(city.LEAD, number).row.state == "expired"
    assert grant_list(city.LEAD, state="active").total == 0
    assert grants_expire(actor=city.SYSTEM) == (number,)
    assert grants_expire(actor=city.SYSTEM) == ()
    assert grant_list(city.LEAD, state="expired").total == 1


def test_each_side_sees_its_grants_and_nobody_elses_exist() -> None:
    number = city.active()
    assert [row.number for row in grant_list(city.clerk(), side="applicant").items] == [number]
    assert grant_list(city.clerk(), side="owner").total == 0
    assert grant_list(city.steward(), side="owner").total == 1
    assert grant_list(city.clerk("tax")).total == 0
    with pytest.raises(NotFound) as foreign:
        grant_get(city.clerk("tax"), number)
    with pytest.raises(NotFound) as unknown:
        grant_get(city.clerk("tax"), "G1999-000001")
    assert foreign.value.where == unknown.value.where
