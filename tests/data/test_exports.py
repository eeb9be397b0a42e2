"""What leaves the house as a file is masked, harmless to open, and comes back as it was."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb
import pytest
from datacity import DEPARTMENT, HEADER, SYSTEM, Core, DataCity, one_field, resource
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from yiwang.data import service
from yiwang.data.core.formulas import guarded, guarded_sql, unguarded_sql
from yiwang.data.errors import NoData
from yiwang.data.models import LifecycleRecord
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.errors import InputError, NotFound, Refused
from yiwang.kernel.selectors import audit_list

FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", " =1", "＝1+1", "－2+3", "'=1+1", "--", "\r=1"]
HARMLESS = ["张三", "-5", "-1,234.50", "-", "—", "1=1", "'90后", "a-b", ""]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_it_would_only_show_is_left_alone(text: str) -> None:
    assert guarded(text) == text


@given(st.text(st.sampled_from("=+-@'1.a \t\r\n\u3000＝－"), max_size=6))
def test_both_engines_guard_alike_and_taking_the_guard_off_gives_the_text_back(text: str) -> None:
    query = f"SELECT {guarded_sql('v')}, {unguarded_sql('g')} FROM (SELECT ?::VARCHAR AS v, ?::VARCHAR AS g)"
    assert duckdb.execute(query, [text, guarded(text)]).fetchone() == (guarded(text), text)


def exported(city: DataCity, format: str, resource_id: str = "people") -> Path:
    return service.export_file(actor=SYSTEM, resource_id=resource_id, format=format, purpose="核对名单").path


def read_csv(path: Path) -> list[list[str]]:
    text = path.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))


FIELDS = [
    one_field("code", title={"zh": "编号", "en": "Number"}),
    one_field("name", "person-name", title={"zh": "姓名", "en": "Name"}),
    one_field("note", title={"zh": "=备注", "en": "Note"}),
    one_field("born", "date", title={"zh": "出生日期", "en": "Born"}, grade=3),
    one_field("phone", "mobile", title={"zh": "手机", "en": "Mobile"}),
    one_field("twin", title={"zh": "编号", "en": "Twin"}),
]
ROWS = '编号,姓名,note,出生日期,手机,twin\n1,王小江,=1+1,1990-03-07,13812345678,t\n2,李,"-5",,,\n'


@pytest.fixture
def masked(city: DataCity) -> DataCity:
    city.install(resource(fields=FIELDS, rules=[]))
    city.load(ROWS, mapping={"编号": "code", "twin": "twin"})
    return city


def test_sensitive_columns_leave_masked_in_every_format(masked: DataCity) -> None:
    shown = [["1", "王****", "=1+1", "1990-**-**", "138****5678", "t"], ["2", "****", "-5", "", "", ""]]
    guarded_rows = [[guarded(cell) for cell in row] for row in shown]
    assert read_csv(exported(masked, "csv"))[1:] == guarded_rows
    sheet = load_workbook(exported(masked, "xlsx")).active
    assert [["" if c is None else c for c in row] for row in sheet.iter_rows(min_row=2, values_only=True)] == shown
    found = duckdb.execute("SELECT * FROM read_parquet(?)", [str(exported(masked, "parquet"))]).fetchall()
    assert [["" if c is None else c for c in row] for row in found] == shown


def test_headings_are_harmless_too_and_two_of_one_name_keep_their_columns(masked: DataCity) -> None:
    assert read_csv(exported(masked, "csv"))[0] == ["编号", "姓名", "'=备注", "出生日期", "手机", "编号"]


def test_no_cell_of_a_workbook_is_a_formula(masked: DataCity) -> None:
    book = load_workbook(exported(masked, "xlsx"))
    assert {cell.data_type for row in book.active.iter_rows() for cell in row if cell.value is not None} <= {
        "s",
        "inlineStr",
    }


def test_every_export_is_on_the_trail_with_its_purpose(masked: DataCity) -> None:
    exported(masked, "csv")
    (line,) = audit_list(SYSTEM, act="resource.export").items
    facts = {"format": "csv", "version": 0, "rows": 2, "country": "CN", "crossing": ""}
    assert (line.purpose, line.details) == ("核对名单", facts)
    assert LifecycleRecord.objects.get(stage="serve").details["purpose"] == "核对名单"


def test_an_export_takes_a_purpose_a_known_format_the_right_and_some_data(city: DataCity) -> None:
    with pytest.raises(NoData):
        exported(city, "csv")
    city.load(f"{HEADER}\n1,甲,男\n")
    for format, purpose in (("csv", " x "), ("pdf", "核对名单")):
        with pytest.raises(InputError):
            service.export_file(actor=SYSTEM, resource_id="people", format=format, purpose=purpose)
    reader = Actor(id="account:9", name="x", scopes={Role.AUDITOR: frozenset({DEPARTMENT})})
    with pytest.raises(Refused):
        service.export_file(actor=reader, resource_id="people", format="csv", purpose="核对名单")


def test_nothing_is_left_behind_but_the_file_itself(masked: DataCity) -> None:
    path = exported(masked, "csv")
    assert [p.name for p in path.parent.glob("*.*") if p.name != "work.lock"] == [path.name]


BAD = f'{HEADER},备注\n1,张三,男,好\n=cmd(),李四,x,"多\n行"\n+86 138,,男,@a\n9,少\n'


def rejected(city: DataCity, load_id: int) -> Path:
    return service.rejected_file(actor=SYSTEM, load_id=load_id).path


def test_rejected_rows_leave_as_the_same_columns_with_number_and_reasons_and_nothing_runs(city: DataCity) -> None:
    path = rejected(city, city.load(BAD).pk)
    rows = read_csv(path)
    assert rows[0] == ["编号", "姓名", "性别", "备注", "来源行号", "拒绝原因"]
    assert rows[1] == ["'=cmd()", "李四", "x", "多\n行", "2", "sex 性别应为男或女"]
    assert rows[2] == ["'+86 138", "", "男", "'@a", "3", "name 必填项为空"]
    assert rows[3][0] == "9,少" and rows[3][4] == "4"


def test_a_corrected_download_comes_back_with_every_other_cell_as_it_was(city: DataCity) -> None:
    path = rejected(city, city.load(BAD).pk)
    mended = path.read_bytes().decode("utf-8-sig").replace(",李四,x,", ",李四,女,").replace(",,男,", ",王五,男,")
    load = city.load(mended.encode("utf-8-sig"), "mended.csv")
    assert (load.accepted, load.rejected) == (2, 1)
    assert city.rows() == [("+86 138", "王五", "男"), ("1", "张三", "男"), ("=cmd()", "李四", "女")]


def test_rejected_rows_of_a_workbook_leave_as_a_workbook(city: DataCity, tmp_path: Path) -> None:
    book = Workbook()
    for row in (["编号", "姓名", "性别"], ["1", None, "男"], ["=1+1", "李四", "x"]):
        book.active.append(row)
    for cell in book.active[3]:
        cell.data_type = "s"
    book.save(tmp_path / "x.xlsx")
    path = rejected(city, city.load((tmp_path / "x.xlsx").read_bytes(), "x.xlsx").pk)
    sheet = load_workbook(path).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[2][:3] == ("=1+1", "李四", "x") and sheet["A3"].data_type == "s"


def test_rejected_rows_of_what_is_not_there_are_not_found(city: DataCity) -> None:
    with pytest.raises(NotFound):
        rejected(city, 99)
    load = city.load(BAD)
    city.lake.forget_rejected("people")
    with pytest.raises(NoData):
        rejected(city, load.pk)


def test_the_guard_does_not_change_what_a_load_accepts_otherwise(core: Core) -> None:
    core.load(f"{HEADER}\n1,'90后,男\n2,'=1,女\n")
    assert core.rows() == [("1", "'90后", "男"), ("2", "=1", "女")]
