"""Rejected rows are mended and sent again; what is still wrong comes back, what was right is not touched."""

from __future__ import annotations

from typing import Any

import pytest
from datacity import HEADER, SYSTEM, DataCity, counts, resource

from yiwang.data import service
from yiwang.data.models import Load
from yiwang.data.selectors import load_get, rejected_list
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import InputError, NotFound, Refused
from yiwang.kernel.selectors import audit_list

LIST = f"{HEADER}\n1,张三,男\n2,,女\n3,王五,x\n4,赵六\n"


def corrected(load: Load, rows: dict[int, dict[str, str]], actor: Actor = SYSTEM) -> Load:
    number = service.rejected_correct(actor=actor, load_id=load.pk, corrections=rows)
    return Load.objects.select_related("resource").get(pk=number)


def test_rejected_rows_are_shown_whole_with_every_reason_at_its_cell(city: DataCity) -> None:
    page = rejected_list(SYSTEM, city.load(LIST).pk)
    assert page.headers == ("编号", "姓名", "性别") and page.total == 3
    seen = [(r.row, r.values, r.text, [(code, header) for code, header, _ in r.reasons]) for r in page.items]
    assert seen == [
        (2, ("2", "", "女"), "", [("not_null", "姓名")]),
        (3, ("3", "王五", "x"), "", [("sex-known", "性别")]),
        (4, (), "4,赵六", [("too_few_cells", "")]),
    ]


def test_they_can_be_looked_at_by_reason_and_looking_leaves_a_line(city: DataCity) -> None:
    load = city.load(LIST)
    assert [r.row for r in rejected_list(SYSTEM, load.pk, reason="sex-known").items] == [3]
    assert rejected_list(SYSTEM, load.pk, reason="duplicate_key").total == 0
    assert any("viewed" in line.details for line in audit_list(SYSTEM, object_kind="load").items)


def test_mended_rows_join_the_table_as_a_load_of_their_own(city: DataCity) -> None:
    load = city.load(LIST)
    fresh = corrected(load, {2: {"姓名": "李四"}, 4: {"编号": "4", "姓名": "赵六", "性别": "女"}})
    assert fresh.corrects_id == load.pk and counts(fresh) == (2, 2, 0) and fresh.state == Load.State.DONE
    assert city.rows() == [("1", "张三", "男"), ("2", "李四", "女"), ("4", "赵六", "女")]
    load.refresh_from_db()
    assert counts(load) == (4, 1, 3) and fresh.file_name == "list-corrected.csv"
    assert load_get(SYSTEM, fresh.pk).row.corrects_id == load.pk


def test_what_is_still_wrong_is_rejected_again_and_can_be_mended_again(city: DataCity) -> None:
    first = corrected(city.load(LIST), {2: {"姓名": "李四", "性别": "?"}, 3: {"性别": "男"}})
    assert counts(first) == (2, 1, 1) and first.reasons == {"sex-known": 1}
    second = corrected(first, {1: {"性别": "女"}})
    assert counts(second) == (1, 1, 0) and len(city.rows()) == 3


def test_mended_rows_join_a_table_that_whole_files_replace(city: DataCity) -> None:
    city.install(resource(load={"mode": "replace"}))
    corrected(city.load(LIST), {2: {"姓名": "李四"}})
    assert [row[0] for row in city.rows()] == ["1", "2"]


def test_a_column_a_person_left_out_stays_left_out(city: DataCity) -> None:
    load = city.load(LIST, mapping={"性别": ""})
    fresh = corrected(load, {2: {"姓名": "李四"}})
    assert {c["header"]: c["field"] for c in fresh.reading["columns"]} == {"编号": "code", "姓名": "name", "性别": ""}
    assert ("2", "李四", None) in city.rows()


def test_the_same_correction_twice_is_one_load(city: DataCity) -> None:
    load = city.load(LIST)
    assert corrected(load, {2: {"姓名": "李四"}}).pk == corrected(load, {2: {"姓名": "李四"}}).pk


@pytest.mark.parametrize("rows", [{}, {1: {"姓名": "x"}}, {99: {"姓名": "x"}}, {2: {"没有": "x"}}])
def test_a_correction_of_nothing_of_a_good_row_or_of_no_column_is_refused(city: DataCity, rows: dict[int, Any]) -> None:
    load = city.load(LIST)
    with pytest.raises(InputError):
        corrected(load, rows)
    assert Load.objects.count() == 1


def test_only_those_who_may_load_correct_and_only_what_is_there(city: DataCity) -> None:
    load = city.load(LIST)
    with pytest.raises(Refused):
        corrected(load, {2: {"姓名": "x"}}, Actor(id="account:1", name="x"))
    with pytest.raises(NotFound):
        service.rejected_correct(actor=SYSTEM, load_id=99, corrections={2: {"姓名": "x"}})
    with pytest.raises(Refused):
        rejected_list(Actor(id="account:1", name="x"), load.pk)


def test_mended_cells_may_hold_anything(city: DataCity) -> None:
    load = city.load(LIST)
    name = '他说"好",\n第二行\t=1+1 😀'
    corrected(load, {2: {"姓名": name}})
    assert ("2", name, "女") in city.rows()
