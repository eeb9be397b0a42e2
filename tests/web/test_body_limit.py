"""What one request may carry is bounded before any of it is read, less for somebody without an account."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from yiwang.kernel.core.actor import Role
from yiwang.web.middleware import BodyLimitMiddleware


def big() -> SimpleUploadedFile:
    return SimpleUploadedFile("big.bin", bytes(5_000))


@pytest.fixture
def small(settings: Any) -> None:
    settings.BODY_PUBLIC, settings.BODY_SIGNED_IN = 2_000, 8_000


def test_too_much_from_somebody_without_an_account_is_told_on_a_page_of_its_own(city: object, small: None) -> None:
    for where in ("/track/", "/sign-in/", "/work/", "/nowhere/"):
        answer = Client(enforce_csrf_checks=True).post(where, {"file": big()})
        text = answer.content.decode()
        assert answer.status_code == 413 and "一次提交的内容超过" in text and "nothing was taken" in text
    answer = Client().post("/api/v1/anything", {"file": big()})
    assert answer.status_code == 413 and answer.json()["error"]["code"] == "too_large"


def test_nothing_of_it_is_read(city: object, small: None) -> None:
    class Unread:
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    answer = Client().generic("POST", "/track/", **{"CONTENT_LENGTH": "99999999999", "wsgi.input": Unread()})  # type: ignore[arg-type]
    assert answer.status_code == 413


def test_somebody_signed_in_may_send_more_and_not_anything(city: object, small: None, signed_in: Any) -> None:
    client = signed_in(Role.STEWARD)
    assert client.post("/track/", {"number": "x", "code": "y", "file": big()}).status_code == 404
    assert client.post("/track/", {"file": SimpleUploadedFile("more.bin", bytes(9_000))}).status_code == 413


def test_a_session_that_nobody_signed_in_to_counts_as_nobody(city: object, small: None) -> None:
    client = Client()
    client.cookies["sessionid"] = "made-up"
    assert client.post("/track/", {"file": big()}).status_code == 413


@pytest.mark.parametrize("length", ["-1", "many", "1e3", "１２", "0x10", " 5"])
def test_a_length_that_is_no_number_is_malformed(length: str) -> None:
    request = RequestFactory().post("/track/")
    request.META["CONTENT_LENGTH"] = length
    answer = BodyLimitMiddleware(lambda _: pytest.fail("it went on"))(request)
    assert answer.status_code == 400


def test_what_is_just_small_enough_goes_on(city: object, settings: Any) -> None:
    body = "number=x&code=y"
    settings.BODY_PUBLIC = len(body)
    kind = "application/x-www-form-urlencoded"
    assert Client().post("/track/", body, content_type=kind).status_code == 404
    assert Client().post("/track/", body + "z", content_type=kind).status_code == 413


@pytest.mark.parametrize(
    ("where", "said"),
    [("/services/?q=a%00b", None), ("/services/%00/", None), ("/track/", {"number": "2026\x00", "code": "x"})],
)
def test_what_no_text_may_hold_is_malformed(city: object, where: str, said: dict[str, str] | None) -> None:
    answer = Client().get(where) if said is None else Client().post(where, said)
    assert answer.status_code == 400
    assert "不合规范" in answer.content.decode()
    assert Client().get("/api/catalogue?q=%00").json()["error"]["code"] == "malformed"
