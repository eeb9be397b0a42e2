"""Demands, findings, messages, departments, audit lines, the board."""

from __future__ import annotations

from webcity import SYSTEM, upload

from yiwang.kernel.core.actor import Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.service import message_send

WANTED = {"title": "在校学生名单", "need": "核对资格", "purpose": "低保复核", "fields_wanted": "学号\n\n年级"}


def test_a_demand_is_filed_and_answered_with_a_resource(signed_in) -> None:
    staff = signed_in(Role.STAFF)
    filed = staff.post("/work/demands/new/", WANTED)
    address = filed["Location"]
    page = staff.get(address).content.decode()
    assert "学号" in page and "还没有答复" in page
    lead = signed_in(Role.DATA_LEAD)
    answered = lead.post(
        address, {"state": "matched", "resource": "heating-aid", "answer": "已有", "basis": ""}, follow=True
    )
    assert "已对接" in answered.content.decode()


def test_a_refusal_without_its_legal_basis_is_sent_back(signed_in) -> None:
    address = signed_in(Role.STAFF).post("/work/demands/new/", WANTED)["Location"]
    answer = signed_in(Role.DATA_LEAD).post(address, {"state": "refused", "answer": "不给"})
    assert answer.status_code == 400
    assert "依据" in answer.content.decode()


def test_a_demand_with_a_day_that_is_none_keeps_what_was_written(signed_in) -> None:
    answer = signed_in(Role.STAFF).post("/work/demands/new/", {**WANTED, "wanted_by": "soon"})
    assert answer.status_code == 400
    assert 'value="在校学生名单"' in answer.content.decode() and "不是日期" in answer.content.decode()


def test_demands_can_be_looked_at_by_state_and_an_unknown_one_is_not_found(signed_in) -> None:
    client = signed_in(Role.STAFF)
    client.post("/work/demands/new/", WANTED)
    assert "在校学生名单" in client.get("/work/demands/", {"state": "open"}).content.decode()
    assert "在校学生名单" not in client.get("/work/demands/", {"state": "refused"}).content.decode()
    assert client.get("/work/demands/99/").status_code == 404


def test_a_message_is_counted_until_it_was_opened(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    number = int(client.session["_auth_user_id"])
    message_send(actor=SYSTEM, to=[number], title=Text(zh="两行被退回", en="Two rows came back"), link="/work/loads/")
    page = client.get("/work/messages/").content.decode()
    assert "两行被退回" in page and "条未读" in page
    row = client.get("/work/messages/").context["rows"].items[0]
    read = client.post(f"/work/messages/{row.id}/", {"link": "/work/loads/"})
    assert read["Location"] == "/work/loads/"
    assert "条未读" not in client.get("/work/messages/").content.decode()


def test_a_message_never_leads_to_another_site(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    number = int(client.session["_auth_user_id"])
    message_send(actor=SYSTEM, to=[number], title=Text(zh="一", en="one"))
    row = client.get("/work/messages/").context["rows"].items[0]
    answer = client.post(f"/work/messages/{row.id}/", {"link": "https://elsewhere.example/"})
    assert answer["Location"] == "/work/messages/"


def test_departments_are_listed_with_the_one_who_speaks_for_them(signed_in) -> None:
    page = signed_in(Role.STAFF).get("/work/departments/").content.decode()
    assert "civil-affairs" in page and "未指定" in page


def test_audit_lines_are_for_auditors(signed_in) -> None:
    assert signed_in(Role.STAFF).get("/work/audit/").status_code == 403
    auditor = signed_in(Role.AUDITOR)
    page = auditor.get("/work/audit/", {"act": "pack"}).content.decode()
    assert "pack.install" in page and "account.created" not in page


def test_findings_are_open_until_somebody_decided(signed_in) -> None:
    lead = signed_in(Role.DATA_LEAD)
    assert "没有这类发现" in lead.get("/work/findings/").content.decode()
    assert lead.post("/work/findings/1/", {"decision": "perhaps"}).status_code == 400
    assert lead.post("/work/findings/1/", {"decision": "confirm"}).status_code == 404


def test_the_board_opens_empty_and_with_data(signed_in) -> None:
    lead = signed_in(Role.DATA_LEAD)
    assert "城市数据体检" in lead.get("/cockpit/").content.decode()
    upload(lead)
    page = lead.get("/cockpit/").content.decode()
    assert "来源 4 = 入库 2 + 退回 2" in page
    assert 'data-chart="radar"' in page and 'data-chart="bars"' in page


def test_each_chart_of_the_board_has_its_table_and_its_description(signed_in) -> None:
    lead = signed_in(Role.DATA_LEAD)
    upload(lead)
    page = lead.get("/cockpit/").content.decode()
    charts = page.split("data-chart=")[1:]
    assert charts
    for chart in charts:
        assert 'data-description="' in chart.split(">")[0]
        assert "<table" in chart


def test_the_board_is_not_for_everybody(signed_in) -> None:
    answer = signed_in(Role.STAFF).get("/cockpit/")
    assert answer.status_code == 403
    assert "没有权限" in answer.content.decode()
