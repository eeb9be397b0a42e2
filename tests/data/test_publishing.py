"""A table becomes what its loads say, in the smallest change, whatever the order they come in."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import duckdb
import pytest
from datacity import HEADER, Core, DataCity, counts, one_field, resource, table_of
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.data.errors import WouldEmpty
from yiwang.kernel.errors import YiwangError

FIRST = f"{HEADER}\n1,张三,男\n2,李四,女\n3,王五,男\n"


def lists(tmp_path: Path, mode: str) -> Core:
    return Core(tmp_path, resource(load={"mode": mode}))


def test_merge_adds_new_keys_replaces_changed_rows_and_leaves_the_rest(core: Core) -> None:
    core.load(FIRST)
    prepared, published = core.load(f"{HEADER}\n2,李四,男\n3,王五,男\n4,赵六,女\n")
    assert core.rows() == [("1", "张三", "男"), ("2", "李四", "男"), ("3", "王五", "男"), ("4", "赵六", "女")]
    assert (prepared.change.inserted, prepared.change.updated, prepared.change.removed) == (1, 1, 0)
    assert published.table_version == 1


def test_rows_that_did_not_change_keep_the_load_they_came_with(tmp_path: Path) -> None:
    core = Core(tmp_path)
    core.load(FIRST)
    core.load(f"{HEADER}\n1,张三,男\n2,李四,男\n")
    assert [row[-2:] for row in table_of(core.lake, lineage=True)] == [(1, 1), (2, 2), (1, 3)]


def test_the_same_content_makes_no_new_version(core: Core) -> None:
    core.load(FIRST)
    prepared, published = core.load(f"{HEADER}\n3,王五,男\n1,张三,男\n")
    assert published.table_version == 0 and core.lake.table("standard", "people").version() == 0
    assert prepared.change.add == ()


def test_replace_makes_the_table_what_the_file_says(tmp_path: Path) -> None:
    core = lists(tmp_path, "replace")
    core.load(FIRST)
    prepared, published = core.load(f"{HEADER}\n2,李四,男\n4,赵六,女\n")
    assert core.rows() == [("2", "李四", "男"), ("4", "赵六", "女")]
    assert (prepared.change.inserted, prepared.change.updated, prepared.change.removed) == (1, 1, 2)
    assert core.load(f"{HEADER}\n4,赵六,女\n2,李四,男\n")[1].table_version == published.table_version
    assert core.rows(0) == [("1", "张三", "男"), ("2", "李四", "女"), ("3", "王五", "男")]


@pytest.mark.parametrize("rows", ["", ",张三,男\n"])
def test_a_file_without_a_good_row_does_not_empty_a_table_it_would_replace(tmp_path: Path, rows: str) -> None:
    core = lists(tmp_path, "replace")
    core.load(FIRST)
    with pytest.raises(WouldEmpty):
        core.load(f"{HEADER}\n{rows}")
    assert len(core.rows()) == 3


def test_append_adds_every_row_each_time(tmp_path: Path) -> None:
    core = lists(tmp_path, "append")
    core.load(FIRST)
    core.load(f"{HEADER}\n1,张三,男\n")
    assert [row[0] for row in core.rows()] == ["1", "1", "2", "3"]


@pytest.mark.parametrize("mode", ["merge", "replace", "append"])
def test_the_same_load_again_after_its_commit_changes_nothing(tmp_path: Path, mode: str) -> None:
    core = lists(tmp_path, mode)
    core.load(FIRST, key="k")
    before = core.rows()
    _, again = core.load(FIRST, key="k")
    assert again.resumed and again.table_version == 0
    assert core.rows() == before
    assert core.lake.table("raw", "people").rows() == 3


def test_a_load_that_was_killed_between_its_two_commits_finishes_the_second(core: Core) -> None:
    prepared, key = core.prepared(FIRST, key="k")
    core.lake.table("raw", "people").commit([prepared.raw.path], [], key)
    assert core.rows() == []
    core.load(FIRST, key="k")
    assert len(core.rows()) == 3 and core.lake.table("raw", "people").rows() == 3


def test_a_prepared_load_that_is_never_published_changes_nothing(core: Core) -> None:
    core.load(FIRST)
    core.prepared(f"{HEADER}\n1,别人,男\n")
    assert core.rows()[0] == ("1", "张三", "男") and core.lake.table("standard", "people").version() == 0


def test_every_row_of_the_file_is_in_the_raw_layer_with_its_number_and_the_columns_nobody_took(core: Core) -> None:
    prepared, _ = core.load(f"备注,{HEADER}\n甲,1,张三,男\n乙,,李四,女\n")
    files = core.lake.table("raw", "people").files()
    rows = duckdb.execute("SELECT _row, _load, code, name, sex, _more FROM read_parquet(?) ORDER BY 1", [files])
    assert rows.fetchall() == [(1, 1, "1", "张三", "男", ["甲"]), (2, 1, None, "李四", "女", ["乙"])]
    assert (prepared.source, prepared.accepted, prepared.rejected) == (2, 1, 1)


CODE, VALUE = st.sampled_from("123456"), st.sampled_from(["甲", "乙", "丙"])
LOADS = st.lists(st.lists(st.tuples(CODE, VALUE), max_size=6), min_size=1, max_size=5)


def after(mode: str, table: list[tuple[str, str]], new: dict[str, str]) -> list[tuple[str, str]]:
    if mode == "append":
        return [*table, *new.items()]
    return list(new.items() if mode == "replace" else (dict(table) | new).items())


def as_csv(rows: list[tuple[str, str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([["编号", "姓名", "性别"], *([c, v, ""] for c, v in rows)])
    return out.getvalue()


@settings(max_examples=25, deadline=None)
@given(LOADS, st.sampled_from(["merge", "replace", "append"]))
def test_any_sequence_of_loads_gives_the_table_a_plain_dictionary_gives(
    loads: list[list[tuple[str, str]]], mode: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        core = lists(Path(folder), mode)
        versions: list[list[tuple[str, str]]] = [[]]
        for rows in loads:
            # of a key that stands twice in a file the first row counts
            new = dict(reversed(rows))
            if mode == "replace" and versions[-1] and not new:
                with pytest.raises(WouldEmpty):
                    core.load(as_csv(rows))
                continue
            core.load(as_csv(rows))
            expected = sorted(after(mode, versions[-1], new))
            if expected != versions[-1]:
                versions.append(expected)
        assert [row[:2] for row in core.rows()] == versions[-1]
        for number, expected in enumerate(versions[1:]):
            assert [row[:2] for row in core.rows(number)] == expected


def test_a_resource_that_gained_a_field_takes_new_files_and_keeps_old_rows(city: DataCity) -> None:
    city.load(FIRST)
    fields = [one_field("age"), *resource().model_dump(mode="json")["fields"]]
    city.install(resource(fields=fields))
    load = city.load(f"{HEADER},age\n2,李四,女,40\n4,赵六,男,50\n")
    assert counts(load) == (2, 2, 0) and (load.inserted, load.updated) == (1, 1)
    assert [(row[1], row[0]) for row in city.rows()] == [("2", "40"), ("4", "50"), ("1", None), ("3", None)]
    assert city.lake.table("raw", "people").rows() == 5


def test_a_resource_that_gained_a_field_can_be_looked_at_before_its_next_load(city: DataCity) -> None:
    city.load(FIRST)
    city.install(resource(fields=[*resource().model_dump(mode="json")["fields"], one_field("age")]))
    load = city.load(f"{HEADER}\n1,张三,男\n")
    assert (load.inserted, load.updated) == (0, 0)
    assert {p.field: p.nulls for p in load.profiles.all()}["age"] == 3


def test_a_resource_that_lost_a_field_or_changed_its_type_says_so_and_keeps_its_table(city: DataCity) -> None:
    city.load(FIRST)
    city.install(resource(fields=resource().model_dump(mode="json")["fields"][:2], rules=[]))
    with pytest.raises(YiwangError) as said:
        city.load("编号,姓名\n9,丁\n")
    assert said.value.code == "schema_changed" and len(city.rows()) == 3
