"""From the tracking page a citizen says whether it is solved, and gives what was asked for, files too."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from webcity import ROOT, SYSTEM, english

from yiwang.flow.models import Case, CaseFile, CaseStep, Draft, Work
from yiwang.flow.service import work_done
from yiwang.kernel.packing import pack_install
from yiwang.web.brake import GUESSES

APPLY = "/services/hotline-ticket/apply/"
TICKET = {
    "asked": ["content", "class", "topic", "address", "place", "photos", "name", "phone"],
    "q.content": "乐业小区三号楼暖气不热",
    "q.class": "ordinary",
    "q.topic": "heating",
    "q.address": "乐业小区",
    "q.place": "132.5180,47.6510",
    "q.name": "王大江",
    "q.phone": "13900000000",
    "act": "submit",
}
ASKED = ["solved", "answer_reason", "answer_photos"]
SOLVED = {"asked": ASKED, "q.solved": "yes", "act": "submit"}
NOT_SOLVED = {"asked": ASKED, "q.solved": "no", "q.answer_reason": "还是只有十五度", "act": "submit"}


def picture(name: str = "room.png", size: int = 40) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"\x89PNG\r\n\x1a\n" + bytes(size))


@pytest.fixture
def hotline(city: object) -> None:
    for folder in ("foundation/departments", "foundation/calendar", "service/hotline-12345"):
        pack_install(actor=SYSTEM, folder=ROOT / "packs" / folder)


def handled(citizen: Client) -> str:
    """The number of a ticket the department says it has handled."""
    assert citizen.post(APPLY, TICKET).status_code == 302
    receipt = citizen.post(f"{APPLY}review/")["Location"]
    number = receipt.split("/")[2]
    if Work.objects.filter(case__number=number, node="dispatch", closed_at=None).exists():
        done(number, "dispatch", topic="heating", department="housing-construction")
    done(number, "handle", outcome="done", reply="已排气")
    return number


def done(number: str, node: str, **answers: str) -> None:
    work = Work.objects.get(case__number=number, node=node, closed_at=None)
    work_done(actor=SYSTEM, work_id=work.pk, answers=answers)


def say_page(number: str) -> str:
    return f"/track/{number}/asked/citizen-answers/"


def test_the_tracking_page_asks_whether_it_is_solved_in_both_languages(hotline: None) -> None:
    citizen = Client()
    number = handled(citizen)
    text = citizen.get(f"/track/{number}/").content.decode()
    assert "说说是否解决" in text and say_page(number) in text
    form = citizen.get(say_page(number)).content.decode()
    assert "已解决" in form and "未解决" in form
    reader = english()
    reader.cookies["track"] = citizen.cookies["track"].value
    assert "Say whether it is solved" in reader.get(f"/track/{number}/").content.decode()
    assert "Not solved" in reader.get(say_page(number)).content.decode()


def test_solved_closes_the_ticket_without_a_call(hotline: None) -> None:
    citizen = Client()
    number = handled(citizen)
    answer = citizen.post(say_page(number), SOLVED)
    assert answer.status_code == 302 and answer["Location"] == f"/track/{number}/"
    assert Case.objects.get(number=number).status == "completed"
    assert "说说是否解决：已解决" in citizen.get(f"/track/{number}/").content.decode()
    assert citizen.post(say_page(number), SOLVED).status_code == 404


def test_not_solved_needs_a_reason_and_goes_back_to_dispatch_with_it_and_the_photo(hotline: None) -> None:
    citizen = Client()
    number = handled(citizen)
    blank = citizen.post(say_page(number), {**NOT_SOLVED, "q.answer_reason": ""})
    assert blank.status_code == 200 and "哪里没有解决" in blank.content.decode()
    assert Case.objects.get(number=number).events == CaseStep.objects.filter(case__number=number).count()
    answer = citizen.post(say_page(number), {**NOT_SOLVED, "q.answer_photos": picture()})
    assert answer.status_code == 302, answer.content.decode()
    assert Work.objects.get(case__number=number, closed_at=None).node == "dispatch"
    assert CaseFile.objects.get(case__number=number).question == "answer_photos"
    text = citizen.get(f"/track/{number}/").content.decode()
    assert "未解决；还是只有十五度" in text and say_page(number) not in text
    assert not Draft.objects.exists()


def test_twice_not_solved_is_supervised(hotline: None) -> None:
    citizen = Client()
    number = handled(citizen)
    assert citizen.post(say_page(number), NOT_SOLVED).status_code == 302
    done(number, "dispatch", topic="heating", department="housing-construction")
    done(number, "handle", outcome="done", reply="又排气")
    assert citizen.post(say_page(number), NOT_SOLVED).status_code == 302
    assert Work.objects.get(case__number=number, closed_at=None).node == "supervise"


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (SimpleUploadedFile("run.png", b"MZ" + bytes(40)), "run.png"),
        (SimpleUploadedFile("big.png", b"\x89PNG\r\n\x1a\n" + bytes(5 << 20)), "5 MB"),
        (SimpleUploadedFile("none.png", b""), "none.png"),
    ],
    ids=["a type its bytes are not", "too large", "empty"],
)
def test_a_file_that_may_not_be_given_is_told_at_its_question_and_nothing_moves(
    hotline: None, file: SimpleUploadedFile, told: str
) -> None:
    citizen = Client()
    number = handled(citizen)
    answer = citizen.post(say_page(number), {**NOT_SOLVED, "q.answer_photos": file})
    assert answer.status_code == 200 and told in answer.content.decode()
    assert Work.objects.get(case__number=number, closed_at=None).node == "callback"
    assert not CaseFile.objects.exists()


def test_nobody_says_it_for_another_or_before_it_is_asked(hotline: None) -> None:
    citizen, stranger = Client(), Client()
    number = handled(citizen)
    assert stranger.post(say_page(number), SOLVED)["Location"].startswith("/track/?number=")
    assert citizen.get(f"/track/{number}/asked/callback/").status_code == 404
    work = Work.objects.get(case__number=number, closed_at=None)
    assert citizen.post(f"/track/{number}/asked/{work.pk}/", SOLVED).status_code == 404
    citizen.cookies["track"] = citizen.cookies["track"].value.replace(number, "HL0000000000")
    assert citizen.post(say_page(number), SOLVED).status_code == 302
    assert Work.objects.get(case__number=number, closed_at=None).node == "callback"


def test_answers_count_against_what_one_address_may_send(hotline: None, settings: Any) -> None:
    citizen = Client()
    number = handled(citizen)
    settings.PUBLIC_PER_HOUR = 1
    photos = [picture(), picture("b.png", 50)]
    assert citizen.post(say_page(number), {**NOT_SOLVED, "q.answer_photos": photos}).status_code == 429
    assert citizen.post(f"/track/{number}/rate/", {"grade": "9"}).status_code == 400
    assert citizen.post(f"/track/{number}/rate/", {"grade": "5"}).status_code == 429
    assert citizen.post(f"/track/{number}/withdraw/", {"reason": "不用了"}).status_code == 429
    assert Case.objects.get(number=number).status == "open"


@pytest.mark.parametrize("act", ["rate", "withdraw", "add", "asked/citizen-answers"])
def test_a_code_that_is_no_longer_right_is_counted_wherever_it_is_used(hotline: None, act: str) -> None:
    citizen = Client()
    number = handled(citizen)
    Case.objects.filter(number=number).update(secret="0" * 64)
    before = GUESSES.tries(number)
    answer = citizen.post(f"/track/{number}/{act}/", {"grade": "5", "reason": "x", "text": "x"})
    assert answer.status_code == 404 and GUESSES.tries(number) == before + 1
    for _ in range(20):
        last = citizen.post(f"/track/{number}/{act}/", {"grade": "5", "reason": "x", "text": "x"})
    assert last.status_code == 429 and re.search("15 分钟", last.content.decode())
