"""Staff see which programs have data brought to them, what is stuck, and send a dead letter again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from exchangecity import ASKER, OWNER, REGISTER, SYSTEM, ExchangeCity, found

from yiwang.config.place import Place
from yiwang.data.exchange.records import shapes_forget
from yiwang.data.models import Delivery
from yiwang.kernel.core.actor import Role
from yiwang.kernel.service import account_create, role_grant
from yiwang.trust.clients import clients_forget

PAGE = "/work/deliveries/"


@pytest.fixture
def city(db: None, home: Place, settings: Any) -> ExchangeCity:
    clients_forget()
    shapes_forget()
    settings.EXCHANGE_LOCAL = True
    made = found(home.home / "inbox")
    body = {"resource": REGISTER, "grant": made.grant(), "purpose": "benefit", "url": "http://127.0.0.1:1/take"}
    assert made.post("subscriptions", body).status_code == 201
    Delivery.objects.update(state="dead", attempts=18, last_error="HTTP 503")
    return made


def browser(department: str, role: Role = Role.STEWARD) -> Client:
    made = account_create(
        actor=SYSTEM,
        username=department,
        display_name=department,
        password="a-long-and-rare-one",
        department=department,
    )
    role_grant(actor=SYSTEM, account=made.pk, role=role, department=department)
    client = Client()
    client.force_login(made)
    return client


@pytest.mark.parametrize("department", [OWNER, ASKER])
def test_both_departments_see_a_dead_letter_and_send_it_again(city: ExchangeCity, department: str) -> None:
    client = browser(department)
    page = client.get(PAGE).content.decode()
    assert "未能送达" in page and "HTTP 503" in page and "重新推送" in page
    assert client.post(PAGE, {"delivery": Delivery.objects.get().pk}).status_code == 302
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == ("waiting", 0)
    assert client.post(PAGE, {"delivery": row.pk}).status_code == 409


def test_another_department_sees_and_moves_nothing(city: ExchangeCity) -> None:
    client = browser("tax")
    assert "还没有程序订阅" in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"delivery": Delivery.objects.get().pk}).status_code == 404
    assert Delivery.objects.get().state == "dead"


def test_an_auditor_may_look_and_not_touch(city: ExchangeCity) -> None:
    client = browser(OWNER, Role.AUDITOR)
    page = client.get(PAGE).content.decode()
    assert "HTTP 503" in page and "重新推送</button>" not in page
    assert client.post(PAGE, {"delivery": Delivery.objects.get().pk}).status_code == 403
