"""The doors that stand open to everybody, pushed harder than anybody in good faith would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from webcity import ROOT, SYSTEM, english

from yiwang.flow import service
from yiwang.flow.models import Case, Draft
from yiwang.kernel.packing import pack_install
from yiwang.web import brake
from yiwang.web.brake import Brake, address_of

APPLY = "/services/hotline-ticket/apply/"
TICKET = {
    "asked": ["content", "class", "topic", "address", "place", "photos", "name", "phone"],
    "q.content": "乐业小区三号楼暖气不热，室内只有十五度",
    "q.class": "ordinary",
    "q.topic": "heating",
    "q.address": "乐业小区三号楼",
    "q.place": "132.5180,47.6510",
    "q.name": "王大江",
    "q.phone": "13900000000",
    "act": "submit",
}


@pytest.fixture(autouse=True)
def hotline(city: object) -> Iterator[None]:
    for folder in ("foundation/departments", "foundation/calendar", "service/hotline-12345"):
        pack_install(actor=SYSTEM, folder=ROOT / "packs" / folder)
    brake.PUBLIC.forget()
    brake.GUESSES.forget()
    yield
    brake.PUBLIC.forget()
    brake.GUESSES.forget()


def filed(client: Client) -> tuple[str, str]:
    assert client.post(APPLY, TICKET).status_code == 302
    where = client.post(f"{APPLY}review/")["Location"]
    text = client.get(where).content.decode()
    number, code = (re.search(rf"data-{key}>([^<]+)<", text) for key in ("number", "code"))
    assert number and code
    return number[1], code[1]


def photos(count: int) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(f"{n}.png", b"\x89PNG\r\n\x1a\n" + bytes([n] * 20)) for n in range(count)]


def test_a_code_cannot_be_guessed_for_long_and_the_lock_says_so(hotline: None) -> None:
    number, code = filed(Client())
    asked = {"number": number, "code": "WRONGONE"}
    assert [Client().post("/track/", asked).status_code for _ in range(20)] == [404] * 20
    locked = english().post("/track/", {"number": number.lower(), "code": code})
    assert locked.status_code == 429 and "try again in 15 minutes" in locked.content.decode()
    other, other_code = filed(Client())
    assert Client().post("/track/", {"number": other, "code": other_code}).status_code == 302


def test_whoever_knows_the_code_already_goes_on_while_others_guess(hotline: None) -> None:
    citizen = Client()
    number, _ = filed(citizen)
    for _ in range(21):
        Client().post("/track/", {"number": number, "code": "WRONGONE"})
    assert citizen.get(f"/track/{number}/").status_code == 200


def test_one_address_begins_only_so_much_in_an_hour(settings: Any) -> None:
    settings.PUBLIC_PER_HOUR = 3
    answers = [Client().post(APPLY, TICKET) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert "至多 3 次" in answers[3].content.decode() and Draft.objects.count() == 3
    assert Client().post(APPLY, TICKET, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_files_count_one_by_one_and_a_case_once(settings: Any) -> None:
    settings.PUBLIC_PER_HOUR = 3
    citizen = Client()
    assert citizen.post(APPLY, {**TICKET, "q.photos": photos(3)}).status_code == 429
    assert not Draft.objects.exists()
    assert citizen.post(APPLY, {**TICKET, "q.photos": photos(1)}).status_code == 302
    assert citizen.post(f"{APPLY}review/").status_code == 302
    again = citizen.post(APPLY, TICKET)
    assert again.status_code == 429 and Case.objects.count() == 1


def test_a_ticket_sent_twice_at_once_is_one_case_and_its_code_stays_with_the_browser(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    citizen = Client()
    citizen.post(APPLY, TICKET)
    draft = citizen.cookies["draft-hotline-ticket"].value
    # The second was on its way before the first had dropped the draft.
    monkeypatch.setattr(service, "draft_drop", lambda **_: None)
    first = citizen.post(f"{APPLY}review/")
    citizen.cookies["draft-hotline-ticket"] = draft
    assert citizen.post(f"{APPLY}review/")["Location"] == first["Location"]
    assert Case.objects.count() == 1
    assert re.search("data-code>[A-Z0-9]{8}<", citizen.get(first["Location"]).content.decode())


def test_an_address_is_believed_only_as_far_as_our_own_proxies_wrote_it(settings: Any) -> None:
    said = RequestFactory().get("/", HTTP_X_FORWARDED_FOR="1.1.1.1, 203.0.113.9", REMOTE_ADDR="10.0.0.1")
    settings.PROXIES = 0
    assert address_of(said) == "10.0.0.1"
    settings.PROXIES = 1
    assert address_of(said) == "203.0.113.9"
    settings.PROXIES = 3
    assert address_of(said) == "10.0.0.1"


def test_a_brake_forgets_what_is_past_and_holds_no_more_keys_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [0.0]
    held = Brake(10, clock=lambda: moment[0])
    assert held.taken("a", 2, 2) and not held.taken("a", 1, 2)
    moment[0] = 11
    assert held.tries("a") == 0 and held.taken("a", 1, 2)
    monkeypatch.setattr(brake, "MOST_KEYS", 2)
    assert held.taken("b", 1, 2) and held.taken("c", 1, 2)
    assert (held.tries("a"), held.tries("b"), held.tries("c")) == (0, 1, 1)


def test_a_form_of_the_public_is_not_taken_from_another_site(hotline: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    for where in (APPLY, f"{APPLY}review/", "/track/", "/track/20260101-ABCDEFGH/add/"):
        assert strict.post(where, TICKET).status_code == 403
    assert not Draft.objects.exists()
