"""Applying for data, answering, refusing, appealing, revoking: in pages, by people of three departments."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from webcity import HERE, ROOT, SYSTEM, english, upload
from yaml import safe_load

from yiwang.data.exchange.batches import batch_make
from yiwang.data.schema import ResourceFile
from yiwang.data.service import resource_install
from yiwang.flow.models import Work
from yiwang.kernel.core.actor import Role
from yiwang.kernel.core.pack import pack_read
from yiwang.kernel.core.text import Text
from yiwang.kernel.packing import pack_install
from yiwang.kernel.service import department_save
from yiwang.trust.models import Grant

RESOURCE = "heating-aid"
FOUNDED = timezone.localdate()
APPLY = f"/catalogue/{RESOURCE}/apply/"


@pytest.fixture
def sharing(city: object) -> None:
    """The way to apply for the list of the civil-affairs bureau, which is shared on conditions."""
    for name in ("departments", "calendar", "data-sharing"):
        pack_install(actor=SYSTEM, folder=ROOT / "packs" / "foundation" / name)
    for code in ("civil-affairs", "data-bureau"):
        department_save(
            actor=SYSTEM, code=code, name=Text(zh=code, en=code.title()), parent="city-government", on=FOUNDED
        )


def share(kind: str) -> None:
    pack = pack_read(HERE / "web-tests", [])
    said = safe_load(pack.files[f"resources/{RESOURCE}.yaml"])
    said["share"] = {"type": kind, "condition": {"zh": "用于核对", "en": "for checks"}, "basis": "某法第一条"}
    newer = replace(pack, files={**pack.files, "pack.yaml": pack.files["pack.yaml"] + b"\n# shared otherwise"})
    resource_install(actor=SYSTEM, file=ResourceFile.model_validate(said), pack=newer)


def asked(**changed: Any) -> dict[str, Any]:
    until = timezone.localdate() + timedelta(days=100)
    said = {
        "fields": ["head", "village"],
        "mask-head": "partial",
        "mask-village": "plain",
        "methods": ["query"],
        "purpose_code": "benefit",
        "purpose": "取暖补助核对",
        "basis": "某办法第五条",
        "until": str(until),
    }
    return {**said, **changed}


@pytest.fixture
def people(sharing: None, signed_in: Any) -> dict[str, Client]:
    return {
        "applicant": signed_in(Role.STAFF, "finance"),
        "lead": signed_in(Role.DATA_LEAD, "city-government"),
        "owner": signed_in(Role.LEADER, "civil-affairs"),
        "stranger": signed_in(Role.STEWARD, "tax"),
    }


def done(client: Client, node: str, **answers: str) -> int:
    """Finish a step as its form does; 302 when it is done, 200 when something is still asked."""
    work = Work.objects.get(node=node, closed_at=None)
    said = {f"q.{name}": value for name, value in answers.items()}
    return client.post(f"/work/works/{work.pk}/done/", {"act": "submit", "asked": list(answers), **said}).status_code


AGREED = {"answer": "grant", "answer_masks": "", "answer_quota": "", "answer_until": ""}


def granted(people: dict[str, Client], **changed: Any) -> str:
    answer = people["applicant"].post(APPLY, asked(**changed))
    assert answer.status_code == 302, answer.content.decode()
    assert done(people["lead"], "review", finding="conforms") == 302
    assert done(people["owner"], "answer", **AGREED) == 302
    return str(answer["Location"])


def test_a_resource_of_another_department_offers_to_apply_and_ones_own_does_not(people: dict[str, Client]) -> None:
    assert APPLY in people["applicant"].get(f"/catalogue/{RESOURCE}/").content.decode()
    assert APPLY not in people["owner"].get(f"/catalogue/{RESOURCE}/").content.decode()
    assert "有条件共享" in people["applicant"].get(APPLY).content.decode()


def test_an_application_becomes_a_grant_with_its_fields_and_masks(people: dict[str, Client]) -> None:
    address = granted(people)
    page = people["applicant"].get(address).content.decode()
    assert "有效" in page and "部分遮盖" in page and "取暖补助核对" in page
    grant = Grant.objects.get()
    assert (grant.department, grant.masks) == ("finance", {"head": "partial", "village": "plain"})
    assert "Active" in english_page(people["applicant"], address)


def english_page(client: Client, address: str) -> str:
    client.cookies["django_language"] = "en"
    return client.get(address).content.decode()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"fields": []}, "请选择信息项"),
        ({"methods": []}, "请选择共享方式"),
        ({"purpose": " "}, "用途说明"),
        ({"until": ""}, "用到哪天"),
        ({"until": "soon"}, "不是日期"),
        ({"quota": "many"}, "不是整数"),
        ({"row_filter": "village ="}, "筛选条件不能用"),
        ({"mask-head": "blurred"}, "没有遮盖方式"),
    ],
)
def test_an_application_that_is_not_in_order_keeps_what_was_written(
    people: dict[str, Client], changed: dict[str, Any], said: str
) -> None:
    answer = people["applicant"].post(APPLY, asked(**changed))
    page = answer.content.decode()
    assert answer.status_code == 400 and said in page
    assert 'value="某办法第五条"' in page
    assert not Grant.objects.exists()


def test_a_refusal_without_a_law_is_sent_back_and_one_with_it_is_appealed(people: dict[str, Client]) -> None:
    address = people["applicant"].post(APPLY, asked())["Location"]
    done(people["lead"], "review", finding="conforms")
    refusal = {"answer": "refuse", "answer_reason": "涉及隐私"}
    assert done(people["owner"], "answer", **refusal, answer_basis="") == 200
    assert done(people["owner"], "answer", **refusal, answer_basis="个人信息保护法 第二十八条") == 302
    page = people["applicant"].get(address).content.decode()
    assert "不予共享" in page and "个人信息保护法 第二十八条" in page and "是否提请协调" in page
    done(people["applicant"], "decide-appeal", appeal="appeal", appeal_reason="属于法定职责")
    assert "提请协调" in people["lead"].get(address).content.decode()
    done(people["lead"], "rule", ruling="grant", ruling_reason="履行职责必需")
    assert "有效" in people["applicant"].get(address).content.decode()


def test_the_owner_revokes_with_a_reason_and_a_basis(people: dict[str, Client]) -> None:
    address = granted(people)
    missing = people["owner"].post(address + "act/", {"act": "revoke", "reason": "超范围", "basis": ""})
    assert missing.status_code == 400 and "超范围" in missing.content.decode()
    people["owner"].post(address + "act/", {"act": "revoke", "reason": "超范围", "basis": "某办法第九条"})
    page = people["applicant"].get(address).content.decode()
    assert "已撤销" in page and "某办法第九条" in page


def test_the_owner_lets_a_grant_stand_at_its_yearly_review(people: dict[str, Client]) -> None:
    address = granted(people)
    assert people["owner"].post(address + "act/", {"act": "confirm", "reason": "仍需要"}).status_code == 302
    assert people["owner"].post(address + "act/", {"act": "burn", "reason": "x"}).status_code == 400


def test_an_applicant_cannot_revoke_and_a_stranger_does_not_know_of_it(people: dict[str, Client]) -> None:
    address = granted(people)
    said = {"act": "revoke", "reason": "不要", "basis": "某条"}
    assert people["applicant"].post(address + "act/", said).status_code == 403
    assert people["stranger"].get(address).status_code == 404
    assert people["stranger"].post(address + "act/", said).status_code == 404
    assert Grant.objects.get().state == "active"


def test_the_list_knows_sides_and_states_and_says_when_it_is_empty(people: dict[str, Client]) -> None:
    assert "没有这类授权" in people["stranger"].get("/work/grants/").content.decode()
    granted(people)
    number = Grant.objects.get().number
    for who, side, there in (("applicant", "applicant", True), ("applicant", "owner", False), ("owner", "owner", True)):
        assert (number in people[who].get("/work/grants/", {"side": side}).content.decode()) is there
    assert number not in people["owner"].get("/work/grants/", {"state": "refused"}).content.decode()
    assert number not in people["stranger"].get("/work/grants/").content.decode()


def exported(client: Client) -> list[list[str]]:
    answer: Any = client.get("/work/grants/export.csv")
    return list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))


def test_the_list_is_exported_as_it_is_shown(people: dict[str, Client]) -> None:
    granted(people)
    rows = exported(people["applicant"])
    assert rows[0][0] == "授权" and rows[1][1] == RESOURCE
    assert len(exported(people["stranger"])) == 1


@pytest.mark.parametrize(("kind", "said"), [("unconditional", "不需要申请"), ("refused", "不予共享")])
def test_what_needs_no_application_or_allows_none_says_so(people: dict[str, Client], kind: str, said: str) -> None:
    share(kind)
    assert said in people["applicant"].get(APPLY).content.decode()
    assert people["applicant"].post(APPLY, asked()).status_code == 400


def test_an_auditor_reads_grants_and_applies_for_none(sharing: None, signed_in: Any) -> None:
    auditor = signed_in(Role.AUDITOR, "finance")
    assert auditor.get("/work/grants/").status_code == 200
    assert auditor.get(APPLY).status_code == 403
    assert english().get(APPLY).status_code == 302


def test_a_file_is_taken_as_the_grant_says_masked_filtered_and_with_a_line_in_the_ledger(
    people: dict[str, Client],
) -> None:
    upload(people["lead"])
    address = granted(people, methods=["export"], row_filter='village = "街津口村"')
    ordered = people["applicant"].post(address + "act/", {"act": "export", "once": "a"})
    batch_make(ordered["Location"].split("/")[-2])
    answer: Any = people["applicant"].get(ordered["Location"])
    text = b"".join(answer).decode("utf-8-sig")
    assert "街津口村" in text and "八岔村" not in text
    assert "王小江" not in text and "王" in text
    assert people["owner"].get(ordered["Location"]).status_code == 404
    assert people["owner"].post(address + "act/", {"act": "export"}).status_code == 403
