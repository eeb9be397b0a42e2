"""The studio: a decision read, tried, changed as a draft, weighed by its effect, approved by somebody else, rolled back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from webcity import HERE, SYSTEM, english

from yiwang.data.service import load_run
from yiwang.kernel.core.actor import Role
from yiwang.kernel.models import AuditLine
from yiwang.kernel.packing import pack_install
from yiwang.kernel.service import account_create, role_grant

DECISION = "/studio/elder-allowance/"
# In November 2026: twenty of eighty-six, three of eighty-one, six of seventy-nine, ten of seventy-six.
BORN = ["1940-01-01"] * 20 + ["1945-06-01"] * 3 + ["1947-06-01"] * 6 + ["1950-01-01"] * 10
TABLE = (HERE / "rules-tests/decisions/elder-allowance.dmn").read_text(encoding="utf-8")
Doors = Callable[[Role, str], Client]


@pytest.fixture
def rules_city(city: object, tmp_path: Path) -> None:
    """The small city with one decision and a list of elders."""
    pack_install(actor=SYSTEM, folder=HERE / "rules-tests")
    table = tmp_path / "elders.csv"
    table.write_text(
        "编号,出生日期\n" + "".join(f"E{at:03},{born}\n" for at, born in enumerate(BORN)), encoding="utf-8"
    )
    load_run(actor=SYSTEM, resource_id="elder-list", path=table, file_name=table.name)


@pytest.fixture
def person(rules_city: None) -> Doors:
    """A client of somebody with a role and a name of their own."""

    def make(role: Role, name: str) -> Client:
        account = account_create(
            actor=SYSTEM, username=name, display_name=name, password="a-long-and-rare-one", department="civil-affairs"
        )
        role_grant(actor=SYSTEM, account=account.pk, role=role, department="civil-affairs")
        client = Client()
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


@pytest.fixture
def author(person: Doors) -> Client:
    return person(Role.STEWARD, "author")


@pytest.fixture
def approver(person: Doors) -> Client:
    return person(Role.LEADER, "approver")


def page(client: Client, where: str, status: int = 200) -> str:
    answer = client.get(where)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def threshold(client: Client, value: str = "120", **more: str) -> object:
    form = {"parameter": "elder-rate", "value": value, "from": "2026-07-01", "law": "新通知", "article": "第三条"}
    return client.post(f"{DECISION}change/", {**form, **more})


def draft(client: Client, value: str = "120") -> str:
    """The address of a fresh draft that changes the rate."""
    answer = threshold(client, value)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def band(client: Client, age: int) -> str:
    """The address of a fresh draft that begins at another age."""
    changed = TABLE.replace("&lt; 80", f"&lt; {age}").replace("&gt;= 80", f"&gt;= {age}")
    return client.post(f"{DECISION}change/table/", {"dmn": changed})["Location"]


def moved(client: Client, where: str, act: str, note: str = "") -> object:
    return client.post(f"{where}move/", {"act": act, "note": note})


def published(author: Client, approver: Client, value: str = "120") -> str:
    where = draft(author, value)
    moved(author, where, "propose")
    assert moved(approver, where, "approve").status_code == 302
    return where


# Reading ----------------------------------------------------------------------------------------------------------------


def test_the_list_tells_what_is_decided_by_whom_and_which_version_holds(author) -> None:
    text = page(author, "/studio/")
    assert "高龄补贴" in text and "八十周岁起每月发给补贴。" in text and "civil-affairs 局" in text
    assert "第 1 版生效" in text


def test_the_list_is_searched_and_an_empty_one_says_what_to_do(author) -> None:
    assert "高龄补贴" in page(author, "/studio/?search=高龄")
    empty = page(author, "/studio/?search=没有这个")
    assert "没有符合条件的决定" in empty and "看全部" in empty


def test_a_city_without_decisions_says_where_they_come_from(signed_in) -> None:
    assert "安装带有决定的应用包之后" in page(signed_in(Role.STEWARD), "/studio/")


def test_the_list_leaves_as_a_table(author) -> None:
    lines = b"".join(author.get("/studio/export.csv").streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("标识,名称,决定什么") and lines[1].startswith("elder-allowance,高龄补贴,")


def test_a_decision_is_a_table_with_plain_words_beneath_the_formal_ones(author) -> None:
    text = page(author, DECISION)
    assert re.search(r'cell-words">\s*小于 80', text) and "&lt; 80" in text
    assert "现为 100 元/月" in text
    assert "老年人权益保障法 第三十三条" in text


def test_a_decision_shows_each_value_of_its_parameters_with_the_basis(author) -> None:
    text = page(author, DECISION)
    assert "2025-01-01" in text and "试验通知 第二条" in text


def test_a_decision_leads_to_the_fields_its_facts_come_from(author) -> None:
    assert 'href="/catalogue/elder-list/fields/"' in page(author, DECISION)


def test_everything_is_said_in_english_too(author) -> None:
    author.cookies["django_language"] = "en"
    text = page(author, DECISION)
    assert "less than 80" in text and "Exactly one rule fits each person." in text and "Rates and thresholds" in text


def test_an_unknown_decision_is_not_found(author) -> None:
    assert "没有决定 nothing" in page(author, "/studio/nothing/", 404)


def test_a_visitor_is_sent_to_the_sign_in(rules_city) -> None:
    assert english().get(DECISION)["Location"].startswith("/sign-in/")


# Trying -----------------------------------------------------------------------------------------------------------------


def test_a_refusal_says_by_which_rule_and_what_would_have_to_change(author) -> None:
    text = author.post(f"{DECISION}try/", {"fact-1": "79", "on": "2026-11-01"}).content.decode()
    assert "79 周岁，未满八十周岁。" in text and "规则 1" in text and "老年人权益保障法 第三十三条" in text
    assert "如果年龄由 79 周岁 变为 80 周岁" in text


def test_the_day_of_the_decision_chooses_the_value(author) -> None:
    text = author.post(f"{DECISION}try/", {"fact-1": "85", "on": "2025-06-01"}).content.decode()
    assert "每月可领 80 元" in text


def test_a_fact_that_cannot_be_is_told_beside_the_form(author) -> None:
    answer = author.post(f"{DECISION}try/", {"fact-1": "300", "on": "2026-11-01"})
    assert answer.status_code == 400
    assert "应在 0 与 130 之间" in answer.content.decode() and 'value="300"' in answer.content.decode()


def test_a_day_that_no_value_covers_is_told(author) -> None:
    answer = author.post(f"{DECISION}try/", {"fact-1": "85", "on": "2020-01-01"})
    assert answer.status_code == 400 and "在 2020-01-01 没有值" in answer.content.decode()


def test_a_try_out_keeps_nothing(author) -> None:
    before = AuditLine.objects.count()
    author.post(f"{DECISION}try/", {"fact-1": "85", "on": "2026-11-01"})
    assert AuditLine.objects.count() == before


def test_a_draft_is_tried_before_it_holds(author) -> None:
    number = draft(author).split("/")[-2]
    form = {"fact-1": "85", "on": "2026-11-01", "version": number}
    assert "每月可领 120 元" in author.post(f"{DECISION}try/", form).content.decode()


# Changing ---------------------------------------------------------------------------------------------------------------


def test_a_new_rate_becomes_a_draft_that_says_what_changes(author) -> None:
    text = page(author, draft(author))
    assert "自 2026-07-01 起由 100 改为 120 元/月（依据 新通知 第三条）" in text
    assert "草稿" in text and "提交审批" in text


def test_a_rate_is_changed_again_in_the_same_draft(author) -> None:
    number = draft(author).split("/")[-2]
    answer = threshold(author, "130", version=number)
    assert answer["Location"].endswith(f"/versions/{number}/")
    assert "改为 130 元/月" in page(author, answer["Location"])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"value": "many"}, "不能作为"),
        ({"value": ""}, "没有填写"),
        ({"from": "soon"}, "不是日期"),
        ({"from": ""}, "没有填写"),
        ({"law": ""}, "没有填写"),
        ({"article": ""}, "没有填写"),
    ],
)
def test_a_change_that_cannot_be_used_is_told_and_what_was_typed_stays(author, given, told) -> None:
    answer = threshold(author, **given)
    assert answer.status_code == 400
    text = answer.content.decode()
    assert told in text and ('value="新通知"' in text or given.get("law") == "")


def test_a_parameter_of_another_decision_is_not_found(author) -> None:
    assert threshold(author, parameter="nothing").status_code == 404


def test_the_table_is_changed_as_text_without_scripts(author) -> None:
    source = page(author, f"{DECISION}change/table/")
    assert "data-dmn-source" in source
    changed = TABLE.replace("&lt; 80", "&lt; 79").replace("&gt;= 80", "&gt;= 79").replace("\n", "\r\n")
    answer = author.post(f"{DECISION}change/table/", {"dmn": changed})
    text = page(author, answer["Location"])
    assert "由“小于 80”改为“小于 79”" in text and "谁的结果会不同" in text and "年龄为 79 周岁" in text


def test_a_table_that_was_not_touched_says_the_same(author) -> None:
    answer = author.post(f"{DECISION}change/table/", {"dmn": TABLE.replace("\n", "\r\n")})
    assert "内容相同" in page(author, answer["Location"])


def test_a_gap_in_the_table_is_shown_with_a_row_and_keeps_it_from_being_sent(author) -> None:
    where = author.post(f"{DECISION}change/table/", {"dmn": TABLE.replace("&gt;= 80", "&gt; 80")})["Location"]
    text = page(author, where)
    assert "必须改正" in text and "提交审批" not in text and re.search(r"finding-list.*80", text, re.DOTALL)
    answer = moved(author, where, "propose")
    assert answer.status_code == 400 and "note-bad" in answer.content.decode()


def test_a_text_that_is_no_table_is_a_draft_that_says_why(author) -> None:
    answer = author.post(f"{DECISION}change/table/", {"dmn": "<nothing"})
    text = page(author, answer["Location"]) if answer.status_code == 302 else answer.content.decode()
    assert "note-bad" in text


def test_an_empty_table_is_refused(author) -> None:
    assert author.post(f"{DECISION}change/table/", {"dmn": " "}).status_code == 400


def test_who_may_not_edit_finds_no_way_to(person) -> None:
    staff = person(Role.STAFF, "reader")
    assert f'href="{DECISION}change/"' not in page(staff, DECISION)
    assert page(staff, f"{DECISION}change/", 403) and threshold(staff).status_code == 403


def test_a_draft_is_changed_by_its_author_only(author, person) -> None:
    number = draft(author).split("/")[-2]
    other = person(Role.DATA_LEAD, "another")
    assert threshold(other, version=number).status_code == 409


# The effect on the city -------------------------------------------------------------------------------------------------


def asked(client: Client, where: str, purpose: str = "测算调整标准", on: str = "2026-11-01") -> object:
    return client.post(f"{where}effect/", {"purpose": purpose, "on": on})


def test_the_effect_tells_people_and_money_and_the_purpose(author) -> None:
    where = draft(author)
    assert asked(author, where).status_code == 302
    text = page(author, where)
    assert re.search(r"<span>2,300</span>.*<strong>2,760</strong>", text, re.DOTALL)
    assert "+460" in text and "测算调整标准" in text
    assert AuditLine.objects.filter(act="decision.effect", purpose="测算调整标准").exists()


def test_the_effect_of_a_changed_band_counts_who_gains(author) -> None:
    where = band(author, 79)
    asked(author, where)
    text = page(author, where)
    assert re.search(r"新增享受</span><span[^>]*>6<", text)
    lines = b"".join(author.get(f"{where}effect.csv").streaming_content).decode("utf-8-sig")
    assert "新增享受,,6,人" in lines and "规则 2,23,29,人" in lines


def test_fewer_than_five_people_are_not_counted_out(author) -> None:
    where = band(author, 82)
    asked(author, where)
    assert re.search(r"不再享受</span><span[^>]*>&lt;5<", page(author, where))
    lines = b"".join(author.get(f"{where}effect.csv").streaming_content).decode("utf-8-sig")
    assert "不再享受,,<5,人" in lines


def test_an_effect_without_a_purpose_is_not_worked_out(author) -> None:
    where = draft(author)
    assert asked(author, where, purpose="").status_code == 400
    answer = asked(author, where, purpose="看看")
    assert answer.status_code == 400 and "请写明用途" in answer.content.decode()
    assert "export" not in page(author, where)


def test_an_effect_on_a_day_without_a_rate_says_so(author) -> None:
    where = draft(author)
    asked(author, where, on="2020-01-01")
    assert "在 2020-01-01 没有值" in page(author, where)


def test_who_approves_sees_the_effect_and_who_may_not_run_it_is_not_asked_to(author, approver) -> None:
    where = draft(author)
    assert "请起草人先测算影响" in page(approver, where)
    assert asked(approver, where).status_code == 403
    asked(author, where)
    assert "2,760" in page(approver, where)


def test_an_effect_nobody_asked_for_has_no_file_and_no_progress(author) -> None:
    where = draft(author)
    assert author.get(f"{where}effect.csv").status_code == 404
    assert author.get(f"{where}effect/progress/").status_code == 404


def test_progress_of_a_finished_effect_asks_for_the_whole_page(author) -> None:
    where = draft(author)
    asked(author, where)
    assert "data-load-ended" in page(author, f"{where}effect/progress/")


# Approving and rolling back ---------------------------------------------------------------------------------------------


def test_somebody_else_approves_and_the_version_holds(author, approver) -> None:
    where = draft(author)
    moved(author, where, "propose", "请批")
    assert "批准，立即生效" in page(approver, where)
    moved(approver, where, "approve", "同意")
    assert "第 2 版生效" in page(author, DECISION) and "现为 120 元/月" in page(author, DECISION)


def test_an_author_who_may_approve_cannot_approve_their_own(person) -> None:
    lead = person(Role.DATA_LEAD, "lead")
    where = draft(lead)
    moved(lead, where, "propose")
    assert "起草人不能批准自己的版本" in page(lead, where)
    answer = moved(lead, where, "approve")
    assert answer.status_code == 403 and "起草人不能批准自己的版本" in answer.content.decode()


def test_who_may_only_draft_cannot_approve(author, person) -> None:
    where = draft(author)
    moved(author, where, "propose")
    assert moved(person(Role.STEWARD, "colleague"), where, "approve").status_code == 403


def test_a_version_goes_back_with_a_reason_only(author, approver) -> None:
    where = draft(author)
    moved(author, where, "propose")
    answer = moved(approver, where, "reject")
    assert answer.status_code == 400 and "请写明理由" in answer.content.decode()
    moved(approver, where, "reject", "依据不足")
    assert "已退回" in page(author, where) and "依据不足" in page(author, f"{DECISION}history/")


def test_an_author_takes_a_version_back_before_it_is_decided(author, approver) -> None:
    where = draft(author)
    moved(author, where, "propose")
    moved(author, where, "withdraw")
    assert "提交审批" in page(author, where)
    assert moved(approver, where, "approve").status_code == 409


def test_a_version_that_moved_on_meanwhile_is_told(author, approver) -> None:
    where = published(author, approver)
    answer = moved(approver, where, "approve")
    assert answer.status_code == 409 and "第 2 版现在是" in answer.content.decode()


def test_a_step_there_is_not_is_refused(author) -> None:
    assert moved(author, draft(author), "jump").status_code == 400


def test_history_names_author_approver_and_receipt_and_compares_any_two(author, approver) -> None:
    published(author, approver)
    text = page(author, f"{DECISION}history/")
    assert "author" in text and "approver" in text and "批准生效" in text and "已被取代" in text
    assert "取消自 2026-07-01 起的值 120 元/月" in page(author, f"{DECISION}compare/?a=2&b=1")


def test_rolling_back_warns_asks_for_a_reason_and_brings_the_earlier_version_back(author, approver) -> None:
    published(author, approver)
    where = f"{DECISION}versions/1/roll-back/"
    assert "从现在起，所有新的决定都按第 1 版作出" in page(approver, where)
    assert approver.post(where, {"note": ""}).status_code == 400
    assert approver.post(where, {"note": "通知撤销"}).status_code == 302
    text = page(author, f"{DECISION}history/")
    assert "通知撤销" in text and "重新生效" in text
    assert "现为 100 元/月" in page(author, DECISION)


def test_only_a_version_that_held_before_can_hold_again(author, approver) -> None:
    where = draft(author)
    assert "只能退回到以前生效过的版本" in page(approver, f"{where}roll-back/")
    assert approver.post(f"{where}roll-back/", {"note": "试试"}).status_code == 409


def test_who_may_not_approve_cannot_roll_back(author) -> None:
    assert page(author, f"{DECISION}versions/1/roll-back/", 403)
