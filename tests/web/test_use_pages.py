"""People see who used their data, check the proof, and ask why; nobody sees what is not theirs."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from webcity import PASSWORD, ROOT, SYSTEM

from yiwang.config.place import Place
from yiwang.flow.models import Case, Work
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.service import account_create, department_save, pack_install
from yiwang.trust.core.verifier import check_proof
from yiwang.trust.core.witness import witness_key, witness_look
from yiwang.trust.models import SignedHead
from yiwang.trust.selectors import ledger_file, subject_hash
from yiwang.trust.service import (
    cosignature_take,
    ledger_append_pending,
    subject_bind,
    use_note,
    witness_register,
)

pytestmark = pytest.mark.django_db
CLERK = Actor(id="account:77", name="王办事", department="civil-affairs")
MINE, OTHERS = "230881199001011234", "230881199001015678"


def note(number: str, purpose: str, **more: object) -> str:
    given = {"resource": "low-income-allowance", "version": "4", "fields": ["name", "income"], **more}
    return use_note(actor=CLERK, about=[subject_hash("resident", number)], purpose=purpose, **given)  # type: ignore[arg-type]


@pytest.fixture
def resident(home: Place) -> Client:
    """Somebody who is bound to a person of the city."""
    for name in ("calendar", "departments"):
        pack_install(actor=SYSTEM, folder=ROOT / "packs/foundation" / name)
    pack_install(actor=SYSTEM, folder=ROOT / "packs/service/data-question")
    account = account_create(actor=SYSTEM, username="liu", display_name="刘", password=PASSWORD)
    subject_bind(actor=SYSTEM, account=account.pk, kind="resident", identifier=MINE, assurance="counter", title="刘某")
    client = Client()
    client.force_login(account)
    return client


def test_a_use_under_a_grant_is_told_in_the_grant_s_own_words(resident: Client) -> None:
    use = note(MINE, "benefit", grant="G2026-000001", words="高龄津贴资格核对")
    ledger_append_pending()
    for address in ("/account/uses/", f"/account/uses/{use}/"):
        assert "免申即享和待遇核发：高龄津贴资格核对" in resident.get(address).content.decode()


def test_one_sees_one_s_own_uses_and_not_those_of_others(resident: Client) -> None:
    note(MINE, "核对低保名单")
    note(OTHERS, "核查邻居收入")
    ledger_append_pending()
    page = resident.get("/account/uses/").content.decode()
    assert "核对低保名单" in page and "民政" in page
    assert "核查邻居收入" not in page


def test_who_signed_the_checkpoint_too_stands_under_the_proof_and_the_list(resident: Client, tmp_path: Path) -> None:
    use = note(MINE, "核对低保名单")
    ledger_append_pending()
    assert "联署" not in resident.get("/account/uses/").content.decode()
    witness_register(actor=SYSTEM, key=str(witness_key(tmp_path, "audit.example")))
    seen = witness_look(tmp_path, ledger_file, "audit.example", int(timezone.now().timestamp()))
    cosignature_take(actor=SYSTEM, text=seen.note)
    for address in ("/account/uses/", f"/account/uses/{use}/"):
        page = resident.get(address).content.decode()
        assert "audit.example" in page.replace("data-proof", "") and "联署" in page
    (own,) = resident.get(f"/account/uses/{use}/").context["witnesses"]
    assert own[0] == "audit.example"


def test_a_use_shows_its_proof_which_holds_offline(resident: Client) -> None:
    use = note(MINE, "核对低保名单", basis="社会救助暂行办法")
    ledger_append_pending()
    page = resident.get(f"/account/uses/{use}/").content.decode()
    assert "本站核对：成立" in page and "社会救助暂行办法" in page
    bundle = json.loads(resident.get(f"/account/uses/{use}/proof.json").content)
    assert check_proof(bundle) is None
    bundle["leaf"] = bundle["leaf"][:-8] + "AAAAAAA="
    assert check_proof(bundle) is not None


def test_a_use_that_is_not_signed_yet_says_so(resident: Client) -> None:
    first = note(MINE, "核对低保名单")
    ledger_append_pending()
    SignedHead.objects.all().delete()
    assert "证明还没有签出" in resident.get(f"/account/uses/{first}/").content.decode()


def test_somebody_else_s_use_is_not_there(resident: Client) -> None:
    use = note(OTHERS, "核查收入")
    ledger_append_pending()
    for path in ("", "proof.json"):
        assert resident.get(f"/account/uses/{use}/{path}").status_code == 404
    assert resident.post(f"/account/uses/{use}/", {"doubt": "为什么"}).status_code == 404


def test_what_the_law_hides_is_counted_and_not_shown(resident: Client) -> None:
    use = note(MINE, "案件侦查", hidden_until=timezone.localdate() + timedelta(days=30))
    ledger_append_pending()
    page = resident.get("/account/uses/").content.decode()
    assert "案件侦查" not in page and "另有 1 次使用依法暂不显示" in page
    assert resident.get(f"/account/uses/{use}/").status_code == 404


def test_a_question_opens_one_case_for_the_office(resident: Client) -> None:
    use = note(MINE, "核对低保名单")
    ledger_append_pending()
    answer = resident.post(f"/account/uses/{use}/", {"doubt": "我没有申请过低保"})
    assert answer.status_code == 302 and "/receipt/" in answer["Location"]
    again = resident.post(f"/account/uses/{use}/", {"doubt": "我没有申请过低保"})
    assert again["Location"] == answer["Location"]
    case = Case.objects.get()
    assert case.answers["doubt"] == "我没有申请过低保"
    assert Work.objects.get(case=case).department == "civil-affairs"


def test_a_question_without_words_is_asked_again(resident: Client) -> None:
    use = note(MINE, "核对低保名单")
    ledger_append_pending()
    answer = resident.post(f"/account/uses/{use}/", {"doubt": " "})
    assert answer.status_code == 400 and "您的疑问" in answer.content.decode()


def test_without_a_binding_the_page_says_how_to_get_one(home: Place) -> None:
    department_save(actor=SYSTEM, code="x", name=Text(zh="某局", en="X"), parent=None, on=timezone.localdate())
    account = account_create(actor=SYSTEM, username="new", display_name="新", password=PASSWORD)
    client = Client()
    client.force_login(account)
    assert "还没有绑定个人或企业" in client.get("/account/uses/").content.decode()
    client.cookies["django_language"] = "en"
    assert "not bound to a person or firm" in client.get("/account/uses/").content.decode()
