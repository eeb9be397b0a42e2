"""The pages of open data and of data products, for the public and for staff."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client
from opensets import stops_load, stops_publish
from webcity import PASSWORD, SYSTEM, english

from yiwang.config.place import Place
from yiwang.data.models import Crossing, Operation, Release
from yiwang.data.service import CrossingArguments, crossing_approve, release_withdraw
from yiwang.kernel.core.actor import Role, system_actor
from yiwang.kernel.service import account_create, role_grant

OFFER = {
    "id": "stops",
    "title_zh": "公交站点",
    "title_en": "Bus stops",
    "summary_zh": "全部站点",
    "summary_en": "All stops",
    "theme": "transport",
    "licence": "CC0-1.0",
    "keywords": "公交，出行",
    "fields": ["name", "line"],
    "shape": "rows",
    "threshold": "10",
    "rounding": "1",
}
PRODUCT = {
    "id": "stop-product",
    "title_zh": "站点产品",
    "title_en": "Stop product",
    "summary_zh": "开放站点",
    "summary_en": "Open stops",
    "parts": "open-set: bus-stops",
    "pricing": "per-month",
    "price": "100",
    "terms": "注明来源",
}
CONTRACT = {
    "buyer": "某公司",
    "purpose": "出行导航",
    "valid_from": "2026-01-01",
    "valid_until": "2030-01-01",
    "text": ["每次使用留痕", "不转给第三方", ""],
    "kind": ["evidenced", "promised", "promised"],
    "control": ["ledger", "", ""],
}


def person(name: str, role: Role, *departments: str) -> Client:
    account = account_create(
        actor=SYSTEM, username=name, display_name=name, password=PASSWORD, department=departments[0]
    )
    for department in departments:
        role_grant(actor=SYSTEM, account=account.pk, role=role, department=department)
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


@pytest.fixture
def published(city: Place) -> Place:
    stops_load(city)
    stops_publish()
    return city


def test_anybody_searches_narrows_and_opens_a_set(published: Place) -> None:
    assert "公交站点 &lt;一&gt;" in text_of(Client(), "/open/?search=公交站 站名")
    assert 'aria-current="true"' in text_of(Client(), "/open/?theme=transport")
    assert "没有符合条件的数据集" in text_of(Client(), "/open/?search=no-such-thing")
    page = text_of(Client(), "/open/sets/bus-stops/")
    assert all(said in page for said in ("勤得利", "知识共享 署名 4.0", "data.csv", "历次发布", "government-office 局"))


def test_the_same_pages_are_read_in_english(published: Place) -> None:
    assert "Open data" in text_of(english(), "/open/")
    page = text_of(english(), "/open/sets/bus-stops/")
    assert "Creative Commons Attribution 4.0" in page and "Releases" in page


def test_the_kinds_of_counts_are_said_in_words(city: Place) -> None:
    stops_load(city, "站名,线路\n" + "".join(f"站{n},{n % 2 + 1}\n" for n in range(60)))
    stops_publish(by=["line"])
    shown = re.findall(r"<td>([^<]*)</td>", text_of(Client(), "/open/sets/bus-stops/").partition('id="preview"')[2])
    assert "分项" in shown and "总计" in shown and not {"cell", "grand-total"} & set(shown)
    told = re.findall(r"<td>([^<]*)</td>", text_of(english(), "/open/sets/bus-stops/").partition('id="preview"')[2])
    assert "part" in told and "grand total" in told


def test_an_empty_city_says_so(city: Place) -> None:
    assert "还没有开放数据" in text_of(Client(), "/open/")
    assert Client().get("/open/sets/none/").status_code == 404
    assert Client().get("/open/sets/none/data.csv").status_code == 404


def test_a_withdrawn_set_is_not_found(published: Place) -> None:
    release_withdraw(actor=SYSTEM, release_id=Release.objects.get().pk, reason="有误")
    assert Client().get("/open/sets/bus-stops/").status_code == 404


def test_three_people_open_a_set_by_pages_alone(city: Place) -> None:
    stops_load(city)
    steward = person("steward-a", Role.STEWARD, "government-office")
    lead, leader = (
        person("lead-b", Role.DATA_LEAD, "data-bureau", "government-office"),
        person("leader-c", Role.LEADER, "data-bureau", "government-office"),
    )
    assert "公交站点" in text_of(steward, "/work/opening/new/")
    assert "检查并送审核" in text_of(steward, "/work/opening/new/?resource=bus-stops")
    answer = steward.post("/work/opening/new/?resource=bus-stops", OFFER)
    where = answer["Location"]
    assert answer.status_code == 302 and where.startswith("/work/opening/")
    assert "审核通过" not in text_of(steward, where)
    refused = lead.post(f"{where}act/", {"act": "refuse", "reason": ""})
    assert refused.status_code == 400 and "须写明理由" in refused.content.decode()
    assert "审核通过" in text_of(lead, where)
    assert lead.post(f"{where}act/", {"act": "agree"}).status_code == 302
    assert "下一步须由另一位同事办理" in text_of(lead, where)
    assert leader.post(f"{where}act/", {"act": "agree", "reason": "同意"}).status_code == 302
    assert "公交站点" in text_of(Client(), "/open/")
    assert "已发布" in text_of(steward, "/work/opening/")
    assert steward.post("/work/opening/renew/stops/").status_code == 302


def test_what_is_blocked_is_told_with_field_and_reason(city: Place) -> None:
    client = person("steward-a", Role.STEWARD, "civil-affairs")
    page = text_of(client, "/work/opening/new/?resource=heating-aid")
    assert "目录注明不开放" in page and "“户主姓名”为 3 级，不得开放" in page
    answer = client.post("/work/opening/new/?resource=heating-aid", OFFER | {"fields": ["head"]})
    assert answer.status_code == 409
    assert "“户主姓名”为 3 级，不得开放" in answer.content.decode()
    assert not Release.objects.exists()


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN])
def test_who_has_no_part_in_opening_is_turned_away(published: Place, role: Role) -> None:
    client = person("steward-a", role, "government-office")
    number = Release.objects.get().pk
    assert client.get("/work/opening/new/").status_code == 403
    assert client.get(f"/work/opening/{number}/").status_code == 403
    assert client.post(f"/work/opening/{number}/act/", {"act": "withdraw", "reason": "x"}).status_code == 403


def test_a_product_goes_from_the_shelf_to_a_signed_contract(published: Place) -> None:
    steward = person("steward-a", Role.STEWARD, "government-office")
    leader = person("leader-c", Role.LEADER, "government-office")
    assert steward.post("/work/products/new/", PRODUCT | {"price": "-1"}).status_code == 400
    assert steward.post("/work/products/new/", PRODUCT)["Location"] == "/work/products/shelf/stop-product/"
    assert "站点产品" in text_of(leader, "/work/products/?search=站点")
    claimed = CONTRACT | {"kind": ["enforced", "promised", "promised"], "control": ["quota", "", ""]}
    wrong = steward.post("/work/products/shelf/stop-product/", claimed)
    assert wrong.status_code == 400 and "第 1 条称由系统执行" in wrong.content.decode()
    where = steward.post("/work/products/shelf/stop-product/", CONTRACT)["Location"]
    page = text_of(steward, where)
    assert "留痕可查" in page and "书面承诺" in page and ">签订</button>" not in page
    assert leader.post(f"{where}act/", {"act": "sign"}).status_code == 302
    assert "履行中" in text_of(steward, "/work/products/shelf/stop-product/")
    assert "没有一条由系统执行" in text_of(leader, "/work/products/supervision/")
    assert steward.get("/work/products/supervision/").status_code == 403


def test_a_purchase_is_registered_found_and_used_by_another(city: Place) -> None:
    client = person("steward-a", Role.STEWARD, "civil-affairs")
    bought = {
        "title": "移动信令热力",
        "subject": "人口分布",
        "supplier": "某公司",
        "cost": "10",
        "sharing": "all",
        "valid_from": "2026-01-01",
        "valid_until": "2030-01-01",
    }
    assert client.post("/work/products/purchases/", bought).status_code == 302
    again = client.post("/work/products/purchases/", bought)
    assert again.status_code == 409 and "可能重复采购" in again.content.decode()
    other = person("lead-b", Role.STEWARD, "data-bureau")
    number = re.search(r'name="reuse" value="(\d+)"', text_of(other, "/work/products/purchases/?search=热力"))
    assert number is not None
    told = other.post("/work/products/purchases/", {"reuse": number[1], "purpose": "应急疏散"})
    assert told.status_code == 302
    assert "应急疏散" in text_of(client, "/work/products/purchases/")


OPERATION = {
    "act": "register",
    "operator": "同江数科公司",
    "scope": "公交站点产品",
    "resources": "bus-stops",
    "basis": "公共数据资源授权运营办法",
    "city_share": "30",
    "valid_from": "2026-01-01",
    "valid_until": "2029-01-01",
}
SUPERVISION = "/work/products/supervision/"


def crossing() -> str:
    return crossing_approve(
        actor=system_actor("process:cross-border"),
        decision=CrossingArguments(
            case="20261122-000001",
            by="account:leader",
            resource="bus-stops",
            fields="name",
            recipient="Vostok Bus",
            country="RU",
            purpose="口岸客运衔接",
            route="contract",
            assessment="仅含站点公开信息，不含个人信息。",
            until=date(2099, 1, 1),
        ),
    ).number


def test_an_operation_is_registered_and_ended_on_the_page_of_supervision(city: Place) -> None:
    lead = person("lead-b", Role.DATA_LEAD, "data-bureau", "government-office")
    assert "没有登记授权运营" in text_of(lead, SUPERVISION)
    assert lead.post(SUPERVISION, OPERATION | {"valid_until": "2039-01-01"}).status_code == 400
    assert lead.post(SUPERVISION, OPERATION | {"resources": "no-such"}).status_code == 404
    assert not Operation.objects.exists()
    assert lead.post(SUPERVISION, OPERATION).status_code == 302
    row = Operation.objects.get()
    assert (row.department, row.resources) == ("data-bureau", ["bus-stops"])
    assert "同江数科公司" in text_of(lead, SUPERVISION)
    assert lead.post(SUPERVISION, {"act": "end", "number": row.pk, "reason": ""}).status_code == 400
    assert lead.post(SUPERVISION, {"act": "end", "number": row.pk, "reason": "违约"}).status_code == 302
    row.refresh_from_db()
    assert row.ended_at is not None and row.end_reason == "违约"
    assert f'value="{row.pk}"' not in text_of(lead, SUPERVISION)


def test_an_approval_to_leave_the_country_is_taken_back_by_whose_data_it_is(city: Place) -> None:
    number = crossing()
    other = person("leader-x", Role.LEADER, "civil-affairs")
    assert f'value="{number}"' not in text_of(other, SUPERVISION)
    back = {"act": "revoke", "number": number, "reason": "目的变更"}
    assert other.post(SUPERVISION, back).status_code == 403
    assert Crossing.objects.get().revoked_at is None
    leader = person("leader-c", Role.LEADER, "government-office")
    assert f'value="{number}"' in text_of(leader, SUPERVISION)
    assert leader.post(SUPERVISION, back | {"reason": " "}).status_code == 400
    assert leader.post(SUPERVISION, back).status_code == 302
    assert Crossing.objects.get().revoked_at is not None
    assert leader.post(SUPERVISION, back).status_code == 409


@pytest.mark.parametrize("given", [OPERATION, {"act": "end", "number": "1", "reason": "x"}, {"act": "other"}])
def test_who_only_looks_at_the_trade_changes_nothing_there(city: Place, given: dict[str, str]) -> None:
    auditor = person("auditor-z", Role.AUDITOR, "data-bureau")
    assert 'value="register"' not in text_of(auditor, SUPERVISION)
    assert auditor.post(SUPERVISION, given).status_code in (400, 403, 404)
    assert not Operation.objects.exists()
    assert person("staff-y", Role.STAFF, "data-bureau").post(SUPERVISION, given).status_code == 403


def test_settings_of_the_parent_that_cannot_be_read_are_told_beside_what_was_sent(city: Place) -> None:
    lead = person("lead-a", Role.DATA_LEAD, "data-bureau")
    assert "还没有设置" in text_of(lead, "/work/opening/portal/")
    (city.home / "parent.json").write_text('{"name": "heilongjiang"}', encoding="utf-8")
    answer = lead.get("/work/opening/portal/")
    assert answer.status_code == 400 and "上级平台的设置有误" in answer.content.decode()
    assert "还没有开放数据集" in answer.content.decode()
