"""Careful reading: every record of the source comes out exactly once, as a row or as broken with its reason."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import duckdb
import pytest
from datacity import resource
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.data.core.framing import Framed
from yiwang.data.core.reading import careful, frame, open_source, read_csv_sql
from yiwang.data.core.records import MAX_CELL, Broken, Line, lines_of, records_of

HEAD = "编号,姓名,性别\n"


def records(text: str, delimiter: str = ",", width: int = 3) -> list[list[str] | Broken]:
    return list(records_of((Line(t) for t in text.split("\n")), delimiter, width))


def brief(found: list[list[str] | Broken]) -> list[object]:
    return [(r.number, r.reason) if isinstance(r, Broken) else r for r in found]


def test_rows_are_numbered_from_one_and_blank_lines_are_no_records() -> None:
    assert records("1,a,x\n\n   \n2,b,y\n") == [["1", "1", "a", "x"], ["2", "2", "b", "y"]]


def test_a_quoted_cell_may_hold_delimiters_quotes_and_line_ends() -> None:
    assert records('1,"a,""b""\nc",x\n2,d,y') == [["1", "1", 'a,"b"\nc', "x"], ["2", "2", "d", "y"]]


def test_a_stray_quote_inside_a_cell_is_a_character_like_any_other() -> None:
    assert records('1,5" 管,男\n2,李,女\n3,6" 管,男') == [
        ["1", "1", '5" 管', "男"],
        ["2", "2", "李", "女"],
        ["3", "3", '6" 管', "男"],
    ]


def test_an_unclosed_quote_costs_its_own_line_only() -> None:
    assert brief(records('1,"a,x\n2,b,y\n3,c,z')) == [(1, "unclosed_quote"), ["2", "2", "b", "y"], ["3", "3", "c", "z"]]


def test_two_unclosed_quotes_cost_two_lines() -> None:
    found = brief(records('1,"a,x\n2,b,y\n3,"c,z\n4,d,w'))
    assert found == [(1, "unclosed_quote"), ["2", "2", "b", "y"], (3, "unclosed_quote"), ["4", "4", "d", "w"]]


def test_text_after_a_closing_quote_breaks_the_record() -> None:
    assert brief(records('1,"a"b,x\n2,c,y')) == [(1, "bad_quote"), ["2", "2", "c", "y"]]


def test_too_few_and_too_many_cells_break_the_record_empty_ones_at_the_end_do_not() -> None:
    assert brief(records("1,a\n2,b,y,extra\n3,c,z,,\n")) == [
        (1, "too_few_cells"),
        (2, "too_many_cells"),
        ["3", "3", "c", "z"],
    ]


def test_a_cell_longer_than_the_house_takes_breaks_the_record() -> None:
    assert brief(records(f"1,{'a' * (MAX_CELL + 1)},x\n2,b,y")) == [(1, "cell_too_long"), ["2", "2", "b", "y"]]


def test_a_faulty_line_inside_a_quoted_cell_is_counted_by_itself() -> None:
    lines = [Line('1,"a'), Line("bad", "undecodable"), Line('b",x'), Line("2,c,y")]
    found = brief(list(records_of(iter(lines), ",", 3)))
    assert found == [(1, "unclosed_quote"), (2, "undecodable"), (3, "too_few_cells"), ["4", "2", "c", "y"]]


def texts(path: Path, content: bytes, encoding: str) -> list[tuple[str, str]]:
    path.write_bytes(content)
    return [(line.text, line.fault) for line in lines_of(path, encoding)]


def test_lines_end_at_any_kind_of_line_end(tmp_path: Path) -> None:
    assert texts(tmp_path / "x", b"a\r\nb\nc\rd\r\r\ne", "utf-8") == [(t, "") for t in ("a", "b", "c", "d", "", "e")]


def test_each_line_of_a_mixed_file_is_read_in_its_own_encoding(tmp_path: Path) -> None:
    content = "甲中文\n".encode() + "乙中文\n".encode("gb18030") + b"\xff\xff\n"
    found = texts(tmp_path / "x", content, "mixed")
    assert [text for text, fault in found if not fault] == ["甲中文", "乙中文"]
    assert [fault for _, fault in found] == ["", "", "undecodable"]


def test_a_short_line_that_both_encodings_can_read_is_read_as_chinese(tmp_path: Path) -> None:
    assert texts(tmp_path / "x", "12,模\n".encode("gb18030"), "mixed") == [("12,模", "")]


def test_a_nul_faults_its_line(tmp_path: Path) -> None:
    assert [fault for _, fault in texts(tmp_path / "x", b"a\nb\x00c\nd\n", "utf-8")] == ["", "nul_character", ""]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_text_of_either_order_is_read(tmp_path: Path, encoding: str) -> None:
    content = ("\ufeff" + "编号\t姓名\r\n1\t张\r\n").encode(encoding)
    assert texts(tmp_path / "x", content, "utf-16") == [("编号\t姓名", ""), ("1\t张", "")]


def test_an_endless_line_is_one_fault_and_the_next_line_is_read(tmp_path: Path) -> None:
    found = texts(tmp_path / "x", b"a\n" + b"x" * (9 << 20) + b"\nb\n", "utf-8")
    assert [fault for _, fault in found] == ["", "line_too_long", ""] and found[2][0] == "b"


def test_old_macintosh_text_of_many_megabytes_is_lines_not_one_endless_line(tmp_path: Path) -> None:
    found = texts(tmp_path / "x", b"0123456789\r" * 500_000, "utf-8")
    assert len(found) == 500_000 and set(found) == {("0123456789", "")}


# What a department might type, and everything that has a meaning to a reader of delimited text.
CELL = st.text(st.sampled_from("ab1 ,;\t|\"'\n甲乙龘é=-"), max_size=8)
ROW = st.tuples(st.integers(0, 99).map(str), CELL, CELL).map(list)
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")


def written(rows: list[list[str]], encoding: str, end: str, quoting: int) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end, quoting=quoting).writerows(rows)
    return (HEAD.replace("\n", end) + out.getvalue()).encode(encoding)


def as_read(framed: Framed) -> list[tuple[str, ...]]:
    """The cells of every record, an empty one as empty text, without the record's number."""
    rows = duckdb.execute(f"SELECT * FROM {read_csv_sql(framed)}").fetchall()
    return [tuple(cell or "" for cell in row[1 if framed.numbered else 0 :]) for row in rows]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(ROW, max_size=12),
    st.sampled_from(ENCODINGS),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_whatever_a_writer_wrote_is_read_back_by_the_fast_and_the_careful_reader_alike(
    rows: list[list[str]], encoding: str, end: str, quoting: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        (scratch / "x.csv").write_bytes(written(rows, encoding, end, quoting))
        source = open_source(scratch / "x.csv", "x.csv", resource(), scratch)
        found = as_read(careful(source, scratch))
        assert found == [tuple(row) for row in rows]
        framed = frame(source, scratch)
        assert as_read(framed) == found
        assert framed.numbered or encoding in {"utf-8", "utf-8-sig"}


LINE = st.text(st.sampled_from('ab1,"\t 甲\x00'), max_size=10)


@settings(max_examples=200, deadline=None)
@given(st.lists(LINE, max_size=15))
def test_no_line_is_lost_or_read_twice_whatever_it_holds(lines: list[str]) -> None:
    faulty = [Line(t, "nul_character" if "\x00" in t else "") for t in lines]
    found = list(records_of(iter(faulty), ",", 3))
    assert [r.number if isinstance(r, Broken) else int(r[0]) for r in found] == list(range(1, len(found) + 1))
    letters = "".join(r.text if isinstance(r, Broken) else "".join(r[1:]) for r in found)
    assert sum(map(letters.count, "ab1甲")) == sum("".join(lines).count(c) for c in "ab1甲")
