"""Signed in, one chooses on the form for whom one files and what of one's own is used again; both are seen afterwards."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from webcity import PASSWORD, ROOT, SYSTEM

from yiwang.config.place import Place
from yiwang.flow.models import Case
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.service import account_create, file_put, pack_install
from yiwang.trust.models import SubjectLink
from yiwang.trust.selectors import material_list
from yiwang.trust.service import (
    GivenMaterial,
    delegation_end,
    delegation_give,
    ledger_append_pending,
    material_end,
    material_keep,
    subject_bind,
)

pytestmark = pytest.mark.django_db
FORM = "/services/reconsideration/apply/"
REVIEW = f"{FORM}review/"
SAID = {
    "asked": ["respondent", "act", "known_on", "claim", "procedure", "decision_file", "name", "phone"],
    "q.respondent": "市场监管局",
    "q.act": "罚款五百元",
    "q.known_on": "2026-03-02",
    "q.claim": "请求撤销",
    "q.procedure": "simple",
    "q.name": "王大江",
    "q.phone": "13900000000",
    "act": "submit",
}


@pytest.fixture
def elder(home: Place) -> Client:
    for name in ("foundation/calendar", "foundation/departments", "service/reconsideration"):
        pack_install(actor=SYSTEM, folder=ROOT / "packs" / name)
    client = signed_in("elder")
    number = int(client.session["_auth_user_id"])
    subject_bind(
        actor=SYSTEM, account=number, kind="resident", identifier="230881194001011234", assurance="counter", title="老*"
    )
    return client


def signed_in(name: str) -> Client:
    account = account_create(actor=SYSTEM, username=name, display_name=name, password=PASSWORD)
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def who(client: Client) -> Actor:
    return Actor(id=f"account:{client.session['_auth_user_id']}", name="x")


def kept(elder: Client) -> int:
    link = SubjectLink.objects.get()
    file = file_put(actor=SYSTEM, source=io.BytesIO(b"%PDF-1.4 x"), name="d.pdf", media_type="application/pdf")
    given = GivenMaterial("decision-copy", "处罚决定书", file.digest, given_for="C-1")
    return material_keep(actor=who(elder), kind="resident", subject=link.subject_hash, given=given)


def lent(elder: Client, child: Client, scope: str = "act") -> int:
    until = timezone.localdate() + timedelta(days=5)
    return delegation_give(
        actor=who(elder), link=SubjectLink.objects.get().pk, to="child", scope=scope, until=until, reason="住院"
    ).id


def page(client: Client, path: str, status: int = 200, **body: object) -> str:
    answer = client.post(path, body) if body else client.get(path)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode() if status == 200 else answer.headers.get("Location", "")


def subject() -> str:
    return f"resident:{SubjectLink.objects.get().subject_hash}"


def test_what_is_held_is_offered_used_when_chosen_and_seen(elder: Client) -> None:
    number = kept(elder)
    shown = page(elder, FORM)
    assert "处罚决定书" in shown and "C-1" in shown and "老*" in shown
    assert page(elder, FORM, **{**SAID, "act": f"held:decision_file:material:{number}"}).count("处罚决定书.pdf") > 0
    assert page(elder, FORM, 302, **SAID) == REVIEW
    assert "以“老*”的名义办理" in page(elder, REVIEW)
    page(elder, REVIEW, 302, act="send")
    case = Case.objects.get()
    assert case.files.get().name == "处罚决定书.pdf" and case.opened_by == who(elder).id
    ledger_append_pending()
    uses = page(elder, "/account/uses/")
    assert "您本人" in uses and "处罚决定书" in uses and case.number in uses
    assert case.number in page(elder, "/my/materials/")
    assert case.number in page(elder, "/account/cases/")
    elder.cookies["django_language"] = "en"
    assert "Filed by" in page(elder, f"/account/cases/{case.number}/")


def test_what_is_ended_says_so_and_is_not_to_choose(elder: Client) -> None:
    number = kept(elder)
    material_end(actor=who(elder), material=number)
    shown = page(elder, FORM)
    assert "您已停止重复使用" in shown and f"held:decision_file:material:{number}" not in shown
    answer = elder.post(FORM, {**SAID, "act": f"held:decision_file:material:{number}"})
    assert answer.status_code == 409 and "不能再用" in answer.content.decode()


def test_what_is_uploaded_is_kept_only_when_ticked(elder: Client) -> None:
    file = io.BytesIO(b"%PDF-1.4 y")
    file.name = "mine.pdf"
    assert page(elder, FORM, 302, **{**SAID, "q.decision_file": file}) == REVIEW
    assert "存进“我的材料”" in page(elder, REVIEW)
    page(elder, REVIEW, 302, keep="yes")
    (row,) = material_list(who(elder))
    assert row.given_for == Case.objects.get().number and row.kind == "decision-copy"


def test_one_files_for_whoever_let_one_and_they_see_it(elder: Client) -> None:
    child = signed_in("child")
    lent(elder, child)
    shown = page(child, FORM)
    assert "代办" in shown and "老*" in shown
    assert page(child, FORM, 302, **SAID) == REVIEW
    assert "选择替谁办理" in child.post(REVIEW, {"act": "send"}).content.decode()
    assert page(child, FORM, 302, **{**SAID, "filer": subject()}) == REVIEW
    assert "您替“老*”办理" in page(child, REVIEW)
    page(child, REVIEW, 302, act="send")
    number = Case.objects.get().number
    assert "child" in page(elder, f"/account/cases/{number}/") and "代办" in page(elder, "/account/cases/")
    ledger_append_pending()
    uses = page(elder, "/account/uses/")
    assert "受委托的人" in uses and "child" not in page(elder, "/account/people/").partition("<tbody>")[0]
    assert "代为办理" in uses


@pytest.mark.parametrize("how", ["revoked", "look"])
def test_a_delegation_that_does_not_hold_is_refused_in_words(elder: Client, how: str) -> None:
    child = signed_in("child")
    number = lent(elder, child, "look" if how == "look" else "act")
    if how == "look":
        assert "对方只委托您查看" in page(child, FORM)
        page(child, FORM, 302, **{**SAID, "filer": subject()})
        page(child, REVIEW, 302, act="send")
        assert page(elder, "/account/cases/").count("mono") == 0
        return
    page(child, FORM, 302, **{**SAID, "filer": subject()})
    other = SubjectLink.objects.get()
    account = int(child.session["_auth_user_id"])
    subject_bind(actor=SYSTEM, account=account, kind="resident", identifier="230881199901011234", assurance="counter")
    delegation_end(actor=who(elder), delegation=number)
    answer = child.post(REVIEW, {"act": "send"})
    assert answer.status_code == 403 and "委托已经收回" in answer.content.decode()
    assert not Case.objects.exists() and other.pk


def test_another_s_case_is_not_there(elder: Client) -> None:
    page(elder, FORM, 302, **SAID)
    page(elder, REVIEW, 302, act="send")
    number = Case.objects.get().number
    stranger = signed_in("stranger")
    assert stranger.get(f"/account/cases/{number}/").status_code == 404
    assert number not in page(stranger, "/account/cases/")
    assert Client().get("/account/cases/").status_code in (302, 403)


def test_a_form_begun_signed_out_goes_on_signed_in(elder: Client) -> None:
    browser = Client()
    page(browser, FORM, **{**SAID, "act": "save"})
    account = SubjectLink.objects.get().account
    browser.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    assert "罚款五百元" in page(browser, FORM)
    assert page(browser, FORM, 302, **SAID) == REVIEW
    page(browser, REVIEW, 302, act="send")
    assert Case.objects.get().opened_by == f"account:{account.pk}"


def test_signed_out_one_files_as_before(elder: Client) -> None:
    browser = Client()
    shown = page(browser, FORM)
    assert not re.search(r'name="filer"', shown)
    page(browser, FORM, 302, **SAID)
    page(browser, REVIEW, 302, act="send")
    assert Case.objects.get().opened_by == "public:web"
