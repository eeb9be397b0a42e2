"""What holds for every page: language, policy, sign-in, errors."""

from __future__ import annotations

import logging

import pytest
from django.test import Client
from webcity import english

from yiwang.config.place import Place
from yiwang.data import selectors as data
from yiwang.kernel.core.actor import Role


def test_health_answers_without_a_city(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


def test_a_visitor_comes_back_to_the_page_that_was_asked_for(city: Place) -> None:
    answer = Client().get("/work/loads/?state=done")
    assert answer["Location"] == "/sign-in/?next=%2Fwork%2Floads%2F%3Fstate%3Ddone"


def test_the_interface_says_401_in_both_languages_instead_of_sending_to_a_page(city: Place) -> None:
    answer = Client().get("/api/data/catalogue")
    assert answer.status_code == 401
    assert answer.json()["error"]["zh"] and answer.json()["error"]["en"]


def test_the_content_policy_allows_nothing_inline_and_nothing_from_outside(city: Place) -> None:
    policy = Client().get("/")["Content-Security-Policy"]
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert rules["default-src"] == rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["img-src"] == "'self' data:"
    assert "unsafe" not in policy and "http" not in policy


@pytest.mark.parametrize("asked", ["/", "/sign-in/", "/about/", "/catalogue/", "/no-such-page/"])
def test_pages_name_no_other_place_and_carry_no_inline_script_or_style(city: Place, asked: str) -> None:
    page = Client().get(asked).content.decode()
    assert "http://" not in page.replace("http://www.w3.org/", "") and "https://" not in page
    assert "<style" not in page and " style=" not in page and " onclick=" not in page
    assert all("src=" in tag or "application/json" in tag for tag in page.split("<script")[1:])


def test_chinese_comes_first_and_english_is_one_click_away(city: Place) -> None:
    client = Client(headers={"accept-language": "en"})
    assert '<html lang="zh-Hans"' in client.get("/about/").content.decode()
    switched = client.post("/language/", {"language": "en", "next": "/about/"}, follow=True)
    assert '<html lang="en"' in switched.content.decode()
    assert "Accessibility" in client.get("/about/").content.decode()


def test_a_page_that_is_not_there_says_so_in_the_frame_of_the_site(city: Place) -> None:
    answer = Client().get("/no-such-page/")
    assert answer.status_code == 404
    assert "这个地址没有页面" in answer.content.decode()


def test_an_error_of_a_service_becomes_a_page_with_its_status(city: Place) -> None:
    answer = english().get("/catalogue/no-such-resource/")
    assert answer.status_code == 404
    assert "no-such-resource" in answer.content.decode()
    assert "Not found" in answer.content.decode()


def test_an_unexpected_error_shows_a_number_in_both_languages_and_is_logged(
    city: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(data, "health_figures", broken)
    with caplog.at_level(logging.ERROR, logger="yiwang.web"):
        answer = Client().get("/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "系统出现未预料的错误" in page and "Something unexpected happened" in page
    assert "the disk is on fire" not in page
    reference = caplog.records[0].getMessage().split("reference ")[1].split(",")[0]
    assert reference in page


def test_the_menu_shows_only_what_the_reader_may_open(signed_in) -> None:
    page = signed_in(Role.STAFF).get("/work/").content.decode()
    assert "归集记录" in page
    assert "驾驶舱" not in page and "审计记录" not in page and "/work/upload/" not in page


def test_a_form_without_its_token_is_refused_with_words(city: Place) -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert "这次提交没有通过安全核对" in answer.content.decode()
