"""Accounts, roles by day and department, and what an account may act for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from yiwang.kernel.access import verdict
from yiwang.kernel.core.actor import ANONYMOUS, Actor, Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.dated import today
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.models import AuditLine, Event, RoleAssignment
from yiwang.kernel.selectors import account_get, account_list, actor_of, role_holders
from yiwang.kernel.service import (
    account_create,
    account_enable,
    department_dissolve,
    department_save,
    password_set,
    role_grant,
    role_revoke,
)

pytestmark = pytest.mark.django_db
# As in conftest.
PASSWORD = "a-long-and-rare-one"
FOUNDED = date(2020, 1, 1)


def test_a_role_covers_its_department_and_all_below_it(people: Any) -> None:
    steward = people.with_role("steward", Role.STEWARD, "civil")
    assert steward.scopes == {Role.STEWARD: frozenset({"civil", "shelter"})}
    assert (steward.name, steward.department, steward.kind) == ("steward", "civil", "staff")
    assert verdict(steward, "resource.load", "shelter")
    assert not verdict(steward, "resource.load", "data")
    assert not verdict(steward, "division.edit")


def test_roles_at_two_departments_add_up(people: Any, system: Actor) -> None:
    account = people.account("steward")
    for department in ("shelter", "data"):
        role_grant(actor=system, account=account.pk, role=Role.STEWARD, department=department)
    assert actor_of(account).scopes[Role.STEWARD] == {"shelter", "data"}


def test_a_role_holds_from_its_first_day_until_the_day_before_its_last(people: Any, system: Actor) -> None:
    account, first, last = people.account("steward"), date(2025, 1, 1), date(2025, 2, 1)
    role_grant(actor=system, account=account.pk, role=Role.STAFF, department="civil", on=first, until=last)
    day = timedelta(days=1)
    held = [bool(actor_of(account, when).scopes) for when in (first - day, first, last - day, last)]
    assert held == [False, True, True, False]


def test_a_role_follows_the_tree_of_its_day(people: Any, system: Actor) -> None:
    account = people.account("steward")
    role_grant(actor=system, account=account.pk, role=Role.STAFF, department="civil", on=FOUNDED)
    moved = date(2025, 1, 1)
    department_save(actor=system, code="shelter", name=Text(zh="救助站", en="Shelter"), parent="data", on=moved)
    assert actor_of(account, moved - timedelta(days=1)).scopes[Role.STAFF] == {"civil", "shelter"}
    assert actor_of(account, moved).scopes[Role.STAFF] == {"civil"}
    department_dissolve(actor=system, code="civil", on=date(2026, 1, 1))
    assert actor_of(account, date(2026, 1, 1)).scopes == {}


def test_a_revoked_role_is_gone_from_its_day_and_kept_before(people: Any, system: Actor) -> None:
    steward = people.with_role("steward", Role.STEWARD, "civil")
    number, day = int(steward.id.split(":")[1]), date(2025, 1, 1)
    role_revoke(actor=system, account=number, role=Role.STEWARD, department="civil", on=day)
    assert role_holders(Role.STEWARD, "civil", day - timedelta(days=1)) == (number,)
    assert role_holders(Role.STEWARD, "civil", day) == ()
    with pytest.raises(NotFound):
        role_revoke(actor=system, account=number, role=Role.STEWARD, department="civil", on=day)


def test_a_role_revoked_on_its_first_day_can_be_granted_anew_that_day(people: Any, system: Actor) -> None:
    account = people.account("steward")
    for _ in range(2):
        role_grant(actor=system, account=account.pk, role=Role.STAFF, department="civil")
        role_revoke(actor=system, account=account.pk, role=Role.STAFF, department="civil")
    assert not RoleAssignment.objects.exists()
    assert AuditLine.objects.filter(act="account.revoked").count() == 2


def test_granting_what_is_held_changes_nothing_and_other_days_are_a_conflict(people: Any, system: Actor) -> None:
    account = people.account("steward")
    first = role_grant(actor=system, account=account.pk, role=Role.STAFF, department="civil")
    again = role_grant(actor=system, account=account.pk, role=Role.STAFF, department="civil")
    assert (first.pk, AuditLine.objects.filter(act="account.granted").count()) == (again.pk, 1)
    until = today() + timedelta(days=9)
    with pytest.raises(Conflict):
        role_grant(actor=system, account=account.pk, role=Role.STAFF, department="civil", until=until)
    with pytest.raises(InputError):
        role_grant(actor=system, account=account.pk, role=Role.STAFF, department="data", until=today())


def test_an_administrator_governs_only_the_departments_they_cover(people: Any) -> None:
    admin = people.with_role("admin", Role.ADMIN, "civil")
    mine = account_create(actor=admin, username="mine", display_name="我", password=PASSWORD, department="shelter")
    role_grant(actor=admin, account=mine.pk, role=Role.STAFF, department="shelter")
    other = people.account("other", "data")
    with pytest.raises(Refused):
        role_grant(actor=admin, account=mine.pk, role=Role.ADMIN, department="city")
    with pytest.raises(Refused):
        account_create(actor=admin, username="new", display_name="新", password=PASSWORD, department="data")
    with pytest.raises(Refused):
        password_set(actor=admin, account=other.pk, password=PASSWORD)
    with pytest.raises(Refused):
        account_enable(actor=admin, account=other.pk, enabled=False)
    assert [row.username for row in account_list(admin).items] == ["admin", "mine"]


def test_staff_see_themselves_and_no_others(people: Any) -> None:
    staff = people.with_role("staff", Role.STAFF, "civil")
    assert account_get(staff, int(staff.id.split(":")[1])).roles[0].role is Role.STAFF
    with pytest.raises(Refused):
        account_get(staff, people.account("other", "data").pk)
    with pytest.raises(Refused):
        account_list(staff)


def test_a_disabled_account_is_somebody_without_roles_and_nobody_disables_themselves(
    people: Any, system: Actor
) -> None:
    admin = people.with_role("admin", Role.ADMIN, "city")
    number = int(admin.id.split(":")[1])
    with pytest.raises(Refused):
        account_enable(actor=admin, account=number, enabled=False)
    row = account_enable(actor=system, account=number, enabled=False)
    assert (actor_of(row).id, actor_of(row).scopes) == (admin.id, {})


def test_what_is_no_account_is_nobody() -> None:
    assert actor_of(AnonymousUser()) is actor_of(None) is ANONYMOUS


@pytest.mark.parametrize("username", ["", "a", "With Space", "UPPER", "-dash", "中文", "a" * 65])
def test_a_user_name_has_a_form(tree: None, system: Actor, username: str) -> None:
    with pytest.raises(InputError):
        account_create(actor=system, username=username, display_name="名", password=PASSWORD)


@pytest.mark.parametrize(("password", "word"), [("short", "too short"), ("1234567890", "everybody")])
def test_a_weak_password_is_refused_in_both_languages(tree: None, system: Actor, password: str, word: str) -> None:
    with pytest.raises(InputError) as refusal:
        account_create(actor=system, username="name", display_name="名", password=password)
    assert refusal.value.zh and refusal.value.zh.startswith("密码")
    assert word in refusal.value.en


def test_a_name_is_taken_once(people: Any, system: Actor) -> None:
    people.account("name")
    with pytest.raises(Conflict):
        people.account("name")
    with pytest.raises(InputError):
        account_create(actor=system, username="other", display_name=" ", password=PASSWORD)
    with pytest.raises(NotFound):
        account_create(actor=system, username="other", display_name="名", password=PASSWORD, department="nowhere")


def test_ones_own_password_takes_the_old_one(people: Any) -> None:
    account = people.account("name")
    with pytest.raises(Refused):
        password_set(actor=actor_of(account), account=account.pk, password="another-long-one", old_password="wrong")
    row = password_set(actor=actor_of(account), account=account.pk, password="another-long-one", old_password=PASSWORD)
    assert row.check_password("another-long-one")


def test_every_write_leaves_a_line_and_an_event_and_no_password(people: Any, system: Actor) -> None:
    account = people.account("name")
    password_set(actor=system, account=account.pk, password="another-long-one")
    account_enable(actor=system, account=account.pk, enabled=False)
    role_grant(actor=system, account=account.pk, role=Role.STAFF, department="civil", on=FOUNDED)
    role_revoke(actor=system, account=account.pk, role=Role.STAFF, department="civil")
    acts = AuditLine.objects.filter(object_kind="account", object_id=account.pk).order_by("id")
    told = Event.objects.filter(name="account.changed").order_by("id")
    whats = ["created", "password", "disabled", "granted", "revoked"]
    assert [line.act for line in acts] == [f"account.{what}" for what in whats]
    assert [event.payload["what"] for event in told] == whats
    assert all("long" not in str(line.details) for line in acts)
