"""Cases on pages: filed by a citizen, followed by number and code, worked on by departments, ruled, counted."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from webcity import ROOT, SYSTEM, english

from yiwang.flow.models import Case, Work
from yiwang.kernel.core.actor import Role
from yiwang.kernel.packing import pack_install
from yiwang.kernel.service import account_create, role_grant

Person = Callable[[Role, str, str], Client]
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


@pytest.fixture
def hotline(city: object) -> None:
    for folder in ("foundation/departments", "foundation/calendar", "service/hotline-12345"):
        pack_install(actor=SYSTEM, folder=ROOT / "packs" / folder)


@pytest.fixture
def person(hotline: None) -> Person:
    """A client of somebody with a role at a department."""

    def make(role: Role, name: str, department: str) -> Client:
        account = account_create(
            actor=SYSTEM, username=name, display_name=name, password="a-long-and-rare-one", department=department
        )
        role_grant(actor=SYSTEM, account=account.pk, role=role, department=department)
        client = Client()
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


def page(client: Client, where: str, status: int = 200) -> str:
    answer = client.get(where)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def filed(client: Client, **changes: str) -> tuple[str, str]:
    """Number and code of a ticket filed through the pages."""
    where = "/services/hotline-ticket/apply/"
    answer = client.post(where, {**TICKET, **changes})
    assert answer.status_code == 302, answer.content.decode()
    answer = client.post(f"{where}review/")
    assert answer.status_code == 302, answer.content.decode()
    receipt = page(client, answer["Location"])
    number, code = (re.search(rf"data-{key}>([^<]+)<", receipt) for key in ("number", "code"))
    assert number and code
    return number[1], code[1]


def test_everybody_reads_what_the_city_does_and_an_unknown_item_is_told(hotline: None) -> None:
    assert "12345诉求" in page(Client(), "/services/")
    assert "没有符合条件的事项" in page(Client(), "/services/?search=没有这个")
    text = page(Client(), "/services/hotline-ticket/")
    assert "5个工作日" in text and "不收费" in text and "紧急" in text and "开始办理" in text
    assert "Begin" in page(english(), "/services/hotline-ticket/")
    assert page(Client(), "/services/no-such-item/", 404)
    lines = b"".join(Client().get("/services/export.csv").streaming_content).decode("utf-8-sig")
    assert "hotline-ticket" in lines


def test_a_ticket_is_filled_in_reviewed_and_sent_without_an_account(hotline: None) -> None:
    citizen = Client()
    wrong = citizen.post("/services/hotline-ticket/apply/", {**TICKET, "q.content": ""})
    assert wrong.status_code == 200 and "需要改正" in wrong.content.decode()
    citizen.post("/services/hotline-ticket/apply/", TICKET)
    assert "乐业小区三号楼暖气不热" in page(citizen, "/services/hotline-ticket/apply/review/")
    number, code = filed(citizen)
    assert "暖气不热" in page(citizen, f"/track/{number}/") and code


def test_a_case_is_followed_only_with_its_code(hotline: None) -> None:
    number, code = filed(Client())
    stranger = Client()
    assert stranger.get(f"/track/{number}/").status_code == 302
    assert stranger.post("/track/", {"number": number, "code": "wrong"}).status_code == 404
    answer = stranger.post("/track/", {"number": number.lower(), "code": code}, follow=True)
    assert number in answer.content.decode()


def test_an_applicant_adds_a_word_and_withdraws(hotline: None) -> None:
    citizen = Client()
    number, _ = filed(citizen)
    citizen.post(f"/track/{number}/add/", {"text": "老人在家，请快一些"})
    assert "老人在家" in page(citizen, f"/track/{number}/")
    assert citizen.post(f"/track/{number}/withdraw/", {"reason": ""}).status_code == 400
    citizen.post(f"/track/{number}/withdraw/", {"reason": "已经修好"})
    assert "已撤回" in page(citizen, f"/track/{number}/")


@pytest.fixture
def desk(person: Person) -> Client:
    return person(Role.STAFF, "operator", "hotline-12345")


def open_work(client: Client, number: str) -> str:
    """The address of the case's first open work, from the case's own page."""
    found = re.search(r'href="(/work/works/\d+/)"', page(client, f"/work/cases/{number}/"))
    assert found
    return found[1]


def given_to(number: str) -> str:
    """The department that has the open work."""
    return Work.objects.get(case__number=number, closed_at=None).department


def member(person: Person, number: str) -> Client:
    """Somebody of the department that has the ticket."""
    department = given_to(number)
    return person(Role.STAFF, f"staff-{department}", department)


def test_a_ticket_goes_to_its_department_is_answered_called_back_and_taken_up_again(person, desk) -> None:
    citizen = Client()
    number, _ = filed(citizen)
    worker = member(person, number)
    assert "暖气不热" in page(worker, "/work/works/?whose=department")
    where = open_work(worker, number)
    text = page(worker, where)
    assert "办理结果" in text and "退单" in text and "乐业小区三号楼" in text
    worker.post(f"{where}act/", {"act": "begin"})
    done = {
        "asked": ["outcome", "reply", "evidence"],
        "q.outcome": "done",
        "q.reply": "已排气，室温二十度",
        "act": "submit",
    }
    assert worker.post(f"{where}done/", done).status_code == 302
    assert "已排气" in page(citizen, f"/track/{number}/")
    call = {"asked": ["reached", "solved", "callback_note"], "q.reached": "yes", "q.solved": "no", "act": "submit"}
    where = open_work(desk, number)
    assert desk.post(f"{where}done/", call).status_code == 302
    assert Case.objects.get(number=number).status == "open"
    where = open_work(desk, number)
    assert "派单" in page(desk, where) or "办理" in page(desk, where)


def test_an_answer_that_is_missing_is_told_at_its_question_and_a_draft_is_kept(person, hotline) -> None:
    number, _ = filed(Client())
    worker = member(person, number)
    where = open_work(worker, number)
    form = {"asked": ["outcome", "reply", "evidence"], "q.reply": "先记下", "act": "submit"}
    assert "需要改正" in worker.post(f"{where}done/", form).content.decode()
    worker.post(f"{where}done/", {**form, "act": "save"})
    assert "先记下" in page(worker, where)


def test_a_refusal_needs_a_basis_and_another_department_and_shows_on_the_ticket(person, desk) -> None:
    number, _ = filed(Client())
    worker = member(person, number)
    where = open_work(worker, number)
    refusal = {"act": "refuse", "law": "", "article": "第五条", "proposed": "transport", "reason": "不归我们管"}
    answer = worker.post(f"{where}act/", refusal)
    assert answer.status_code == 400 and "不归我们管" in answer.content.decode()
    assert worker.post(f"{where}act/", {**refusal, "law": "城市供热条例"}).status_code == 302
    text = page(desk, f"/work/cases/{number}/")
    assert "退单记录" in text and "城市供热条例" in text
    assert given_to(number) == "hotline-12345"


def test_a_case_is_suspended_resumed_noted_supervised_and_extended(person, desk) -> None:
    number, _ = filed(Client())
    worker = member(person, number)
    leader = person(Role.LEADER, "boss", given_to(number))
    act = f"/work/cases/{number}/act/"
    worker.post(act, {"act": "suspend", "reason": "supplement", "text": "等照片"})
    assert "暂停计时" in page(worker, f"/work/cases/{number}/")
    worker.post(act, {"act": "resume"})
    worker.post(act, {"act": "note", "text": "已联系物业", "public": "yes"})
    leader.post(act, {"act": "supervise", "text": "今日办结", "budget": "1wd"})
    leader.post(act, {"act": "extend", "budget": "2wd", "reason": "缺配件", "basis": "国办发〔2020〕53号 三（五）"})
    text = page(leader, f"/work/cases/{number}/")
    assert "已联系物业" in text and "今日办结" in text and "缺配件" in text
    assert leader.post(act, {"act": "jump"}).status_code == 400
    assert "没有填写" in leader.post(act, {"act": "extend", "budget": "2wd"}).content.decode()


def test_who_may_not_read_a_case_is_refused(person, desk) -> None:
    number, _ = filed(Client())
    assert Client().get(f"/work/cases/{number}/").status_code == 302
    page(person(Role.STAFF, "stranger", "audit"), f"/work/cases/{number}/", 403)


def test_the_applicant_is_shown_for_a_purpose_only_and_it_leaves_a_line(person, hotline) -> None:
    number, _ = filed(Client())
    worker, where = member(person, number), f"/work/cases/{number}/"
    assert worker.post(where, {"purpose": ""}).status_code == 400
    assert worker.post(where, {"purpose": "上门前联系"}).status_code == 200


def test_an_auditor_says_what_for_before_anything_that_was_said_is_shown(person, hotline) -> None:
    number, _ = filed(Client(), **{"q.address": "北四街七号院"})
    auditor, where = person(Role.AUDITOR, "audit-one", given_to(number)), f"/work/cases/{number}/"
    shown = page(auditor, where)
    assert "您不经办这一件" in shown and number in shown and "北四街七号院" not in shown and "经过</h2>" not in shown
    work = Work.objects.get(case__number=number, closed_at=None).pk
    assert "写明用途后查看" in (shown := page(auditor, f"/work/works/{work}/")) and "北四街七号院" not in shown
    told = auditor.post(where, {"purpose": "抽查办理质量"}).content.decode()
    assert "您不经办这一件" not in told and "北四街七号院" in told and "经过</h2>" in told


def test_obligations_late_duties_leaves_intake_and_figures_have_their_pages(person, desk) -> None:
    number, _ = filed(Client())
    leader = person(Role.LEADER, "city", "city-government")
    assert number in page(leader, "/work/obligations/")
    ics = leader.get("/work/obligations/calendar.ics").content.decode()
    assert "BEGIN:VEVENT" in ics and number in ics
    assert "没有超期的" in page(leader, "/work/late/")
    assert "职责清单" in page(desk, "/work/duties/") and "供热" in page(desk, "/work/duties/")
    assert "例句" in page(desk, "/work/duties/heating/")
    assert "现在的代理" in page(desk, "/work/leaves/")
    assert "12345诉求" in page(desk, "/work/intake/")
    assert "近 30 天的热线" in page(leader, "/work/figures/")
    assert leader.get("/work/figures/week.pdf").content[:4] == b"%PDF"
    assert number in page(leader, "/work/cases/") and page(english(), "/services/")


def test_a_call_is_taken_in_with_the_same_form_and_its_code_is_told_once(desk) -> None:
    answer = desk.post("/work/intake/hotline-ticket/?channel=phone", TICKET)
    assert answer.status_code == 302, answer.content.decode()
    assert re.search(r"data-code>\S+<", page(desk, answer["Location"]))
    again = desk.get(answer["Location"])
    assert again.status_code == 302 and "/work/cases/" in again["Location"]
    number = again["Location"].split("/")[3]
    assert Case.objects.get(number=number).channel == "phone"
