"""Signing in: five wrong passwords in fifteen minutes lock the name for fifteen more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import SignInLocked, SignInRefused
from yiwang.kernel.models import Account, AuditLine, SignInAttempt
from yiwang.kernel.service import account_enable, sign_in

pytestmark = pytest.mark.django_db
# As in conftest.
PASSWORD = "a-long-and-rare-one"


class Clock:
    def __init__(self) -> None:
        self.now = timezone.now()

    def __call__(self) -> datetime:
        return self.now

    def passes(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("yiwang.kernel.signin.timezone.now", clock)
    return clock


@pytest.fixture
def account(people: Any) -> Account:
    found: Account = people.account("name", "civil")
    return found


def try_in(password: str = PASSWORD, username: str = "name") -> Account:
    return sign_in(username=username, password=password, address="10.0.0.1")


def fail(times: int, username: str = "name") -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            try_in("wrong", username)


def test_the_right_password_gives_the_account(account: Account, clock: Clock) -> None:
    assert try_in() == account
    assert try_in(username=" NAME ") == account
    line = AuditLine.objects.filter(act="account.sign-in").first()
    assert (line.actor_id, line.details) == (f"account:{account.pk}", {"address": "10.0.0.1"})


def test_a_wrong_name_and_a_wrong_password_sound_the_same(account: Account, clock: Clock) -> None:
    with pytest.raises(SignInRefused) as one:
        try_in("wrong")
    with pytest.raises(SignInRefused) as two:
        try_in(username="nobody")
    assert one.value.as_dict() == two.value.as_dict()
    assert one.value.status == 401
    assert AuditLine.objects.filter(act="account.sign-in-refused").count() == 2


def test_five_failures_lock_and_fifteen_minutes_open_again(account: Account, clock: Clock) -> None:
    fail(5)
    with pytest.raises(SignInLocked) as locked:
        try_in()
    assert "15" in locked.value.en and locked.value.status == 429
    clock.passes(14.9)
    with pytest.raises(SignInLocked):
        try_in()
    clock.passes(0.2)
    assert try_in() == account


def test_trying_while_locked_does_not_lengthen_the_lock(account: Account, clock: Clock) -> None:
    fail(5)
    for _ in range(10):
        clock.passes(1)
        with pytest.raises(SignInLocked):
            try_in("wrong")
    clock.passes(5.1)
    assert try_in() == account
    assert SignInAttempt.objects.count() == 6
    assert AuditLine.objects.filter(rule="locked").count() == 10


def test_failures_further_apart_do_not_lock(account: Account, clock: Clock) -> None:
    for _ in range(8):
        fail(1)
        clock.passes(4)
    assert try_in() == account


def test_a_success_forgets_the_failures_before_it(account: Account, clock: Clock) -> None:
    fail(4)
    try_in()
    fail(4)
    assert try_in() == account


def test_one_name_is_locked_and_not_another_whether_it_exists_or_not(account: Account, clock: Clock) -> None:
    fail(5, "nobody")
    with pytest.raises(SignInLocked):
        try_in(username="nobody")
    assert try_in() == account


def test_a_disabled_account_cannot_sign_in(account: Account, clock: Clock, system: Actor) -> None:
    account_enable(actor=system, account=account.pk, enabled=False)
    with pytest.raises(SignInRefused):
        try_in()
