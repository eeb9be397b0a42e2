"""Signing in: the way in, the lock, the demo accounts."""

from __future__ import annotations

from django.test import Client
from webcity import PASSWORD, SYSTEM

from yiwang.config.place import Place
from yiwang.kernel.core.actor import Role
from yiwang.kernel.service import account_create


def an_account() -> None:
    account_create(actor=SYSTEM, username="wang", display_name="王", password=PASSWORD, department="civil-affairs")


def test_the_right_password_leads_to_the_page_that_was_asked_for(city: Place) -> None:
    an_account()
    answer = Client().post("/sign-in/", {"username": "wang", "password": PASSWORD, "next": "/work/loads/"})
    assert answer.status_code == 302
    assert answer["Location"] == "/work/loads/"


def test_nobody_is_sent_to_another_site_after_signing_in(city: Place) -> None:
    an_account()
    answer = Client().post("/sign-in/", {"username": "wang", "password": PASSWORD, "next": "//elsewhere.example/"})
    assert answer["Location"] == "/account/"


def test_a_wrong_password_is_said_beside_the_form_and_keeps_the_name(city: Place) -> None:
    answer = Client().post("/sign-in/", {"username": "wang", "password": "wrong"})
    page = answer.content.decode()
    assert answer.status_code == 401
    assert 'role="alert"' in page and "用户名或密码不正确" in page and 'value="wang"' in page


def test_after_five_wrong_passwords_the_page_says_for_how_long_the_account_is_locked(city: Place) -> None:
    an_account()
    client = Client()
    for _ in range(5):
        client.post("/sign-in/", {"username": "wang", "password": "wrong"})
    answer = client.post("/sign-in/", {"username": "wang", "password": PASSWORD})
    assert answer.status_code == 429
    assert "已锁定" in answer.content.decode()


def test_signing_out_ends_the_session(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    assert client.post("/sign-out/")["Location"] == "/"
    assert client.get("/work/").status_code == 302


def test_a_synthetic_city_shows_its_demo_accounts_and_says_that_its_data_are_made_up(demo: None) -> None:
    page = Client().get("/sign-in/").content.decode()
    assert "steward-civil" in page and "yiwang-demo-2026" in page
    assert "均为合成" in page
    answer = Client().post("/sign-in/", {"username": "steward-civil", "password": "yiwang-demo-2026"})
    assert answer["Location"] == "/work/"


def test_a_real_city_shows_no_accounts(city: Place) -> None:
    page = Client().get("/sign-in/").content.decode()
    assert "演示" not in page
