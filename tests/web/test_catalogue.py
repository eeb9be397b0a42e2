"""The catalogue: what data there is, for everybody; rows only for a purpose."""

from __future__ import annotations

import csv
import io

from django.test import Client
from webcity import TABLE, english, upload

from yiwang.config.place import Place
from yiwang.kernel.core.actor import Role

ALL_TABS = ("", "fields/", "quality/", "profile/", "lineage/", "sample/", "lifecycle/")


def test_everybody_can_search_the_descriptions(city: Place) -> None:
    page = Client().get("/catalogue/", {"search": "公交"}).content.decode()
    assert "公交站点" in page
    assert "取暖补贴对象" not in page


def test_a_facet_narrows_the_list_and_chosen_again_widens_it(city: Place) -> None:
    page = Client().get("/catalogue/", {"share_type": "conditional"}).content.decode()
    assert "取暖补贴对象" in page and "公交站点</a>" not in page
    assert 'aria-current="true"' in page
    assert 'href="/catalogue/?order=' not in page


def test_a_search_without_a_hit_offers_a_way_on(city: Place) -> None:
    page = Client().get("/catalogue/", {"search": "nothing-like-it"}).content.decode()
    assert "没有符合条件的数据资源" in page and "/work/demands/new/" in page


def test_the_list_can_be_taken_away_as_csv_in_the_reader_s_language(city: Place) -> None:
    answer = english().get("/catalogue/export.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["Name"] for row in rows} == {"Heating aid", "Bus stops"}
    assert rows[0]["Sharing"]


def test_a_description_states_every_item_a_catalogue_entry_must_have(city: Place) -> None:
    page = Client().get("/catalogue/heating-aid/").content.decode()
    items = "名称 代码 分类 提供方 摘要 格式 信息项 共享类型 共享条件 共享方式 是否开放 开放条件 更新周期 发布日期"
    for item in items.split():
        assert f"<dt>{item}</dt>" in page, item


def test_the_seven_duties_each_name_a_department(city: Place) -> None:
    page = Client().get("/catalogue/heating-aid/").content.decode()
    for duty in ["归集", "共享", "开放", "应用", "安全", "存储", "归档"]:
        assert f"<dt>{duty}</dt><dd>" in page, duty


def test_each_page_of_a_resource_opens_before_any_data_came(signed_in) -> None:
    client = signed_in(Role.DATA_LEAD)
    for tab in ALL_TABS:
        answer = client.get(f"/catalogue/heating-aid/{tab}")
        assert answer.status_code == 200, tab


def test_each_page_of_a_resource_opens_with_data_in_it_in_both_languages(signed_in) -> None:
    client = signed_in(Role.DATA_LEAD)
    upload(client)
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        for tab in ALL_TABS:
            answer = client.get(f"/catalogue/heating-aid/{tab}")
            assert answer.status_code == 200, f"{language} {tab}"


def test_fields_show_type_grade_and_rules(signed_in) -> None:
    page = signed_in(Role.STEWARD).get("/catalogue/heating-aid/fields/").content.decode()
    assert "户主姓名" in page and "取暖方式应在列表内" in page and "级" in page


def test_the_five_dimensions_are_shown_with_how_each_is_counted(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    upload(client)
    page = client.get("/catalogue/heating-aid/quality/").content.decode()
    for dimension in ["精确性", "可达性", "一致性", "完整性", "时效性"]:
        assert dimension in page
    assert "没有格式、校验码、取值范围错误的行 ÷ 来源行" in page
    assert 'id="history"' in page and "看同样内容的表格" in page


def test_lineage_has_a_table_that_says_what_the_picture_says(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    upload(client)
    page = client.get("/catalogue/heating-aid/lineage/").content.decode()
    assert 'data-chart="graph"' in page
    assert "文件 · heating.csv" in page


def test_a_record_is_traced_to_the_row_of_the_file_it_came_from(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    upload(client)
    given = {"key-household": "100002", "purpose": "核对来源"}
    page = client.post("/catalogue/heating-aid/trace/", given).content.decode()
    traced = page.split('id="trace-title"')[1]
    assert "heating.csv" in traced and "<dt>文件中的行</dt><dd>2</dd>" in traced


def test_a_record_that_is_not_there_is_said_beside_the_question(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    upload(client)
    answer = client.post("/catalogue/heating-aid/trace/", {"key-household": "999999", "purpose": "核对来源"})
    assert answer.status_code == 404
    assert "没有这条记录" in answer.content.decode() and 'value="999999"' in answer.content.decode()


def test_an_earlier_version_can_be_looked_at_as_it_was(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    upload(client)
    upload(client, TABLE.replace("100002,李冬雪,八岔村", "100002,李冬雪,乐业村"), name="later.csv")
    address = "/catalogue/heating-aid/sample/"
    newest = client.post(address, {"purpose": "核对名单"}).content.decode()
    first = client.post(address, {"purpose": "核对名单", "version": "0"}).content.decode()
    assert "乐业村" in newest and "八岔村" not in newest
    assert "八岔村" in first and "乐业村" not in first


def test_a_sample_is_shown_only_after_a_purpose_was_stated(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    upload(client)
    silent = client.post("/catalogue/heating-aid/sample/", {"purpose": " "})
    assert silent.status_code == 400
    assert "“用途”没有填写" in silent.content.decode() and "街津口村" not in silent.content.decode()
    shown = client.post("/catalogue/heating-aid/sample/", {"purpose": "核对取暖补贴名单"})
    assert shown.status_code == 200
    assert "街津口村" in shown.content.decode()
    assert "王小江" not in shown.content.decode(), "a name is masked"


def test_an_export_leaves_with_a_purpose_and_is_not_kept_on_the_way(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    upload(client)
    answer = client.post("/catalogue/heating-aid/export/", {"purpose": "核对取暖补贴名单", "format": "csv"})
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "no-store"
    assert "街津口村" in b"".join(answer.streaming_content).decode("utf-8-sig")


def test_an_export_in_an_unknown_format_is_refused_beside_the_form(signed_in) -> None:
    answer = signed_in(Role.STEWARD).post("/catalogue/heating-aid/export/", {"purpose": "核对名单", "format": "doc"})
    assert answer.status_code == 400
    assert "不能导出成" in answer.content.decode()


def test_who_may_not_export_reads_why(signed_in) -> None:
    client = signed_in(Role.STAFF)
    assert "导出数据" in client.get("/catalogue/heating-aid/sample/").content.decode()
    refused = client.post("/catalogue/heating-aid/export/", {"purpose": "核对名单", "format": "csv"})
    assert refused.status_code == 403


def test_destruction_asks_for_the_code_and_then_leaves_its_record(signed_in) -> None:
    client = signed_in(Role.DATA_LEAD)
    upload(client)
    address = "/catalogue/heating-aid/destroy/"
    wrong = client.post(address, {"basis": "保存期满", "confirm_code": "nonsense"})
    assert wrong.status_code == 400
    done = client.post(address, {"basis": "保存期满", "confirm_code": "TEST/00001"}, follow=True)
    page = done.content.decode()
    assert page.count('class="is-done"') >= 4 and "销毁记录" in page
