"""Any kind of file a department brings is opened for what it is, or refused with what it is."""

from __future__ import annotations

import gzip
import json
import random
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
from datacity import HEADER, Core, one_field, resource
from openpyxl import Workbook

from yiwang.data.core.framing import MAX_LINE, look
from yiwang.data.core.reading import Source, frame, open_source
from yiwang.data.errors import SourceError

ROWS = "1,张三,男\n2,李四,女\n"
TEXT = f"{HEADER}\n{ROWS}"
READ = [("1", "张三", "男"), ("2", "李四", "女")]


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def opened(scratch: Path, content: bytes | str, name: str = "list.csv") -> Source:
    path = scratch / "brought"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_source(path, name, resource(), scratch)


def said(scratch: Path, content: bytes | str, name: str = "list.csv") -> SourceError:
    with pytest.raises(SourceError) as refused:
        opened(scratch, content, name)
    assert refused.value.hint_zh and refused.value.hint_en and refused.value.where
    return refused.value


def sheet(path: Path, *rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("content", "encoding", "regular"),
    [
        (TEXT.encode(), "utf-8", True),
        (TEXT.replace("\n", "\r\n").encode(), "utf-8", True),
        (TEXT.encode("utf-8-sig"), "utf-8-sig", True),
        (TEXT.encode("utf-16"), "utf-16", False),
        (TEXT.encode("gb18030"), "gb18030", False),
        (TEXT.encode() + "3,王五,男\n".encode("gb18030"), "mixed", False),
        (TEXT.encode("gb18030") + "3,中文,男\n".encode(), "mixed", False),
        (TEXT.encode() + b"3,\xff\xff\xff,\n", "mixed", False),
        (TEXT.encode() + b"3,a,\r\n", "utf-8", False),
        (TEXT.replace("\n", "\r").encode(), "utf-8", False),
        (TEXT.encode() + b"3,\x00,\n", "utf-8", False),
        (TEXT.encode() + b"3," + b"x" * MAX_LINE + b",\n", "utf-8", False),
    ],
    ids=[
        "utf8",
        "crlf",
        "bom",
        "utf16",
        "gb18030",
        "gb-in-utf8",
        "utf8-in-gb",
        "bytes",
        "line-ends",
        "cr",
        "nul",
        "endless",
    ],
)
def test_one_look_tells_the_encoding_and_whether_the_file_is_regular(
    tmp_path: Path, content: bytes, encoding: str, regular: bool
) -> None:
    (tmp_path / "x").write_bytes(content)
    seen = look(tmp_path / "x")
    assert (seen.encoding, seen.regular, seen.size) == (encoding, regular, len(content))


def test_a_long_text_in_gb18030_is_not_taken_for_mixed(tmp_path: Path) -> None:
    draw = random.Random(7)
    # the 3,755 characters of level 1 are what lists are written in
    level1 = [bytes((a, b)) for a in range(0xB0, 0xD7) for b in range(0xA1, 0xFF)]
    lines = [b"%d,%s,x" % (n, b"".join(draw.choices(level1, k=draw.randint(2, 12)))) for n in range(20_000)]
    (tmp_path / "x").write_bytes(b"\n".join(lines))
    assert look(tmp_path / "x").encoding == "gb18030"


def test_a_regular_file_is_read_where_it_lies(scratch: Path) -> None:
    framed = frame(opened(scratch, TEXT), scratch)
    assert framed.path == scratch / "brought" and not framed.numbered


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_the_one_that_gives_names_the_resource_knows(core: Core, delimiter: str) -> None:
    addresses = {",": ";;;", "\t": ",,,", ";": ",,,", "|": ",,,"}[delimiter]
    lines = [["编号", "姓名", "性别"], *([str(n), f"{addresses}路", "男"] for n in range(9))]
    core.load("\n".join(delimiter.join(line) for line in lines) + "\n", "list.csv")
    assert core.rows() == [(str(n), f"{addresses}路", "男") for n in range(9)]


@pytest.mark.parametrize(
    "above",
    [
        "同江市名单\n",
        "同江市名单,,\n填报日期,2026年,\n",
        '"同江市\n名单",,\n',
        '他说"名单\n',
        "\n\n",
        "名单\r\n\r\n",
        '"名单\n',
        '甲 "乙",\n',
    ],
)
def test_the_header_is_found_below_titles_and_no_row_is_lost(core: Core, above: str) -> None:
    core.load(above + TEXT)
    assert core.rows() == READ


def test_line_ends_that_were_doubled_on_the_way_lose_no_row(core: Core) -> None:
    core.load("名单\r\r\n" + TEXT.replace("\n", "\r\r\n"))
    assert core.rows() == READ


def test_a_header_cell_may_go_over_two_lines(core: Core) -> None:
    core.load(f'编号,"姓名\n(必填)",性别\n{ROWS}')
    assert core.rows() == READ


def test_blank_lines_of_a_file_with_one_column_are_no_rows(tmp_path: Path) -> None:
    core = Core(tmp_path, resource(fields=[one_field("code")], rules=[]))
    prepared, _ = core.load("code\n1\n\n2\n\n")
    assert (prepared.source, core.rows()) == (2, [("1",), ("2",)])


def test_columns_without_a_name_get_one_and_equal_names_a_number(scratch: Path) -> None:
    source = opened(scratch, "编号,姓名,,备注,备注,备注 (2),\n1,a,,,,,\n")
    assert source.headers == ("编号", "姓名", "column 3", "备注", "备注 (2)", "备注 (2) (2)")


def test_a_file_without_any_header_line_is_refused(scratch: Path) -> None:
    assert "编号" in said(scratch, "\n \n\n").hint_zh
    assert said(scratch, b"x" * (2 << 20)).code == "bad_source"


@pytest.mark.parametrize(
    ("beginning", "kind"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG"),
        (b"Rar!\x1a\x07\x00", "RAR"),
        (b"PAR1\x15\x00", "Parquet"),
        (b"SQLite format 3\0", "SQLite"),
        ("\ufeff<html><table><tr><td>编号</td></tr></table>".encode(), "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "web page"),
    ],
)
def test_what_is_no_table_is_refused_by_its_name(scratch: Path, beginning: bytes, kind: str) -> None:
    assert kind in said(scratch, beginning, "list.xls").en


def test_a_gzipped_file_is_read_as_what_is_in_it(core: Core) -> None:
    core.load(gzip.compress(TEXT.encode("gb18030")), "list.csv.gz")
    assert core.rows() == READ


@pytest.mark.parametrize("damage", ["cut", "changed", "trailer"])
def test_a_damaged_gzip_file_is_refused(scratch: Path, damage: str) -> None:
    whole = bytearray(gzip.compress(random.Random(1).randbytes(20_000)))
    if damage == "cut":
        del whole[9_000:]
    elif damage == "changed":
        whole[10] = 0xFF
    else:
        whole[-6] ^= 0xFF
    assert "damaged" in said(scratch, bytes(whole), "list.csv.gz").en


def test_a_gzip_bomb_is_stopped_before_it_fills_the_disk(scratch: Path) -> None:
    assert "bomb" in said(scratch, gzip.compress(bytes(100 << 20)), "list.csv.gz").en
    assert (scratch / "unpacked").stat().st_size <= 64 << 20


def test_a_workbook_is_read_with_the_digits_a_person_would_read(core: Core, tmp_path: Path) -> None:
    rows = [
        ["编号", "姓名", "性别"],
        [7, 1e-7, None],
        [8.5, datetime.fromisoformat("2024-01-02"), "男"],
        ["9", time(8, 30), True],
    ]
    core.load(sheet(tmp_path / "x.xlsx", *rows), "x.xlsx")
    assert [row[:2] for row in core.rows()] == [("7", "1e-07"), ("8.5", "2024-01-02")]


def test_dates_and_large_numbers_of_a_workbook_keep_their_form(scratch: Path, tmp_path: Path) -> None:
    rows = [
        ["编号", "姓名"],
        [date(2024, 1, 2), datetime.fromisoformat("2024-01-02T03:04:05")],
        [230881199001011234, 123456789012345],
    ]
    source = opened(scratch, sheet(tmp_path / "x.xlsx", *rows), "x.xlsx")
    assert source.sample == (("2024-01-02", "2024-01-02 03:04:05"), ("2.308811990010112e+17", "123456789012345"))


def test_a_workbook_with_a_merged_title_and_an_empty_sheet_is_read(core: Core, tmp_path: Path) -> None:
    book = Workbook()
    first = book.active
    second = book.create_sheet("名单")
    third = book.create_sheet("说明")
    second.merge_cells("A1:C1")
    second["A1"] = "同江市名单"
    for row in (["编号", "姓名", "性别"], [1, "张三", "男"], [None, None, None], [2, "李四", "女"]):
        second.append(row)
    third["B2"] = "别的"
    assert first.max_row == 1
    book.save(tmp_path / "x.xlsx")
    prepared, _ = core.load((tmp_path / "x.xlsx").read_bytes(), "x.xlsx")
    assert core.rows() == READ
    assert prepared.framed.notes == ("sheet not read: 说明",)


def test_rows_of_a_workbook_that_run_over_the_header_are_rejected_whole(core: Core, tmp_path: Path) -> None:
    rows = [["编号", "姓名", "性别"], [1, "张三", "男", "多"], [2, "李四", "女"]]
    prepared, _ = core.load(sheet(tmp_path / "x.xlsx", *rows), "x.xlsx")
    assert (prepared.source, prepared.accepted, dict(prepared.reasons)) == (2, 1, {"too_many_cells": 1})
    assert core.rejected(f"{1:064d}")[0]["text"] == "1 | 张三 | 男 | 多"


def test_a_cell_in_the_last_corner_ends_the_reading_and_not_the_program(scratch: Path, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["编号", "姓名"])
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "x.xlsx")
    assert "memory" in said(scratch, (tmp_path / "x.xlsx").read_bytes(), "x.xlsx").en


def test_a_workbook_that_unfolds_beyond_measure_is_refused_by_what_it_says_of_itself(
    scratch: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(300 << 20))
    assert "bomb" in said(scratch, (tmp_path / "x.xlsx").read_bytes(), "x.xlsx").en


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04" + bytes(200), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), b"PK\x03\x04 and text"],
    ids=["zip", "old", "short"],
)
def test_a_workbook_that_is_none_is_refused(scratch: Path, content: bytes) -> None:
    assert "cannot be opened" in said(scratch, content, "x.xlsx").en


def test_a_workbook_without_a_filled_cell_is_refused(scratch: Path, tmp_path: Path) -> None:
    assert "no data" in said(scratch, sheet(tmp_path / "x.xlsx"), "x.xlsx").en


PEOPLE = [{"编号": "1", "姓名": "张三", "性别": "男"}, {"姓名": "李四", "编号": 2, "性别": "女", "多": None}]
LINES = "\n".join(json.dumps(item, ensure_ascii=False) for item in PEOPLE)


@pytest.mark.parametrize("name", ["x.jsonl", "x.json", "x.txt"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_json_lines_are_read_under_any_name(core: Core, name: str, encoding: str) -> None:
    core.load(LINES.encode(encoding), name if encoding == "utf-8" else "x.jsonl")
    assert core.rows() == READ


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_of_objects_is_read(core: Core, indent: int | None) -> None:
    core.load(json.dumps(PEOPLE, indent=indent), "x.json")
    assert core.rows() == READ


def test_a_tree_is_read_node_by_node(core: Core) -> None:
    core.load(json.dumps(PEOPLE[0] | {"children": [PEOPLE[1] | {"children": []}]}), "x.json")
    assert core.rows() == READ


def test_a_broken_json_line_is_rejected_by_itself_even_the_first(core: Core) -> None:
    prepared, _ = core.load('{"编号": "0", \n' + LINES + "\n[1]\n17\n", "x.json")
    assert core.rows() == READ
    assert (prepared.source, dict(prepared.reasons)) == (5, {"bad_json": 1, "not_an_object": 2})


def test_a_first_json_line_of_any_length_is_still_a_line(core: Core) -> None:
    long = json.dumps({"编号": "0", "姓名": "长", "备注": "x" * 200_000}, ensure_ascii=False)
    core.load(f"{long}\n{LINES}", "x.json")
    assert core.rows() == [("0", "长", None), *READ]


def test_halves_of_characters_and_nul_in_json_reject_their_row(core: Core) -> None:
    bad = r'{"编号": "3", "姓名": "\ud800"}' + "\n" + r'{"编号": "4", "姓名": "a\u0000"}' + "\n" + r'{"\u0000": 1}'
    prepared, _ = core.load(LINES + "\n" + bad, "x.jsonl")
    assert core.rows() == READ
    assert dict(prepared.reasons) == {"damaged_text": 2, "not_null": 1}


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("[1, 2]", "no JSON object"),
        ('[{"编号": 1}', "not valid JSON"),
        ("[" * 100_000 + "]" * 100_000, "not valid JSON"),
        (json.dumps({f"k{n}": n for n in range(3_000)}), "too many names"),
    ],
    ids=["numbers", "cut", "deep", "wide"],
)
def test_json_that_is_no_table_is_refused(scratch: Path, content: str, what: str) -> None:
    assert what in said(scratch, content, "x.json").en


def test_deep_json_in_one_line_costs_that_line(core: Core) -> None:
    prepared, _ = core.load(LINES + '\n{"编号": ' + "[" * 100_000 + "\n", "x.jsonl")
    assert core.rows() == READ and dict(prepared.reasons) == {"bad_json": 1}
