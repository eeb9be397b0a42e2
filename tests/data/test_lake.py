"""The lake keeps whole versions, exactly typed, and says what it holds."""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb
import pytest

from yiwang.data.adapters.lake import Lake, Table
from yiwang.data.errors import LoadBusy, SchemaChanged
from yiwang.kernel.errors import InputError

KEY = "k{}".format
COLUMNS = "1::BIGINT AS a, 'x' AS b"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


@pytest.fixture
def table(lake: Lake) -> Table:
    return lake.table("standard", "people")


def written(table: Table, select: str) -> Path:
    path = table.new_file()
    duckdb.execute(f"COPY (SELECT {select}) TO '{path}' (FORMAT parquet)")
    return path


def read(table: Table, version: int | None = None) -> list[tuple[object, ...]]:
    files = table.files(version)
    return duckdb.execute("SELECT * FROM read_parquet(?, union_by_name = true) ORDER BY ALL", [files]).fetchall()


def test_a_table_nobody_wrote_has_no_version_and_no_rows(table: Table) -> None:
    assert (table.version(), table.files(), table.rows(), table.schema(), table.history()) == (None, [], 0, None, [])
    assert table.committed(KEY(1)) is None


def test_each_commit_is_a_version_that_stays_readable(table: Table) -> None:
    assert table.commit([written(table, COLUMNS)], [], KEY(1)) == 0
    first = table.files()
    assert table.commit([written(table, "2::BIGINT AS a, 'y' AS b")], [], KEY(2)) == 1
    assert table.commit([written(table, "3::BIGINT AS a, 'z' AS b")], first, KEY(3)) == 2
    assert read(table) == [(2, "y"), (3, "z")]
    assert read(table, 1) == [(1, "x"), (2, "y")]
    assert read(table, 0) == [(1, "x")]
    assert table.rows() == 2 and table.rows(0) == 1


def test_a_commit_is_found_again_by_the_load_that_made_it(table: Table) -> None:
    table.commit([written(table, COLUMNS)], [], KEY(1))
    table.commit([written(table, COLUMNS)], [], KEY(2))
    assert (table.committed(KEY(1)), table.committed(KEY(2)), table.committed(KEY(3))) == (0, 1, None)
    assert [(v.number, v.load_key) for v in table.history()] == [(1, KEY(2)), (0, KEY(1))]


def test_it_is_found_again_after_many_more_commits_and_a_checkpoint(table: Table) -> None:
    for number in range(25):
        table.commit([written(table, f"{number}::BIGINT AS a, 'x' AS b")], [], KEY(number))
    assert [table.committed(KEY(number)) for number in (0, 9, 10, 24)] == [0, 9, 10, 24]


@pytest.mark.parametrize(
    "select", ["1.5::DOUBLE AS a, 'x' AS b", "1::BIGINT AS a", "1::BIGINT AS a, 'x' AS b, 2 AS c", "'1' AS a, 'x' AS b"]
)
def test_other_types_or_columns_are_refused_and_change_nothing(table: Table, select: str) -> None:
    table.commit([written(table, COLUMNS)], [], KEY(1))
    with pytest.raises(SchemaChanged):
        table.commit([written(table, select)], [], KEY(2))
    assert table.version() == 0 and read(table) == [(1, "x")]


def test_a_commit_of_nothing_to_a_table_that_is_not_there_is_refused(table: Table) -> None:
    with pytest.raises(SchemaChanged):
        table.commit([], [], KEY(1))


def test_a_table_that_gained_a_column_takes_files_that_have_it(table: Table) -> None:
    table.commit([written(table, COLUMNS)], [], KEY(1))
    wide = "2::BIGINT AS a, 'n' AS new, 'y' AS b"
    wanted = duckdb.execute(f"SELECT {wide} LIMIT 0").to_arrow_table().schema
    assert table.widen(wanted) and not table.widen(wanted)
    table.commit([written(table, wide)], [], KEY(2))
    assert duckdb.execute(
        "SELECT a, b, new FROM read_parquet(?, union_by_name = true) ORDER BY a", [table.files()]
    ).fetchall() == [(1, "x", None), (2, "y", "n")]


def test_files_of_the_killed_are_swept_and_files_of_versions_are_not(table: Table) -> None:
    table.commit([written(table, COLUMNS)], [], KEY(1))
    old = table.files()
    table.commit([written(table, COLUMNS)], old, KEY(2))
    orphan = written(table, COLUMNS)
    assert table.sweep() == 1 and not orphan.exists()
    assert read(table) == read(table, 0) == [(1, "x")]


def test_a_destroyed_table_is_gone_and_can_begin_anew(table: Table) -> None:
    table.commit([written(table, COLUMNS)], [], KEY(1))
    assert table.destroy() > 0
    assert table.version() is None and not table.folder.exists()
    assert table.destroy() == 0
    assert table.commit([written(table, COLUMNS)], [], KEY(1)) == 0


@pytest.mark.parametrize("name", ["同江市", "my lake", "湖 1"])
def test_the_lake_may_stand_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    table = Lake(str(tmp_path / name)).table("standard", "people")
    first = written(table, COLUMNS)
    table.commit([first], [], KEY(1))
    assert read(table) == [(1, "x")]
    table.commit([written(table, "2::BIGINT AS a, 'y' AS b")], table.files(), KEY(2))
    assert read(table) == [(2, "y")]


def test_a_percent_sign_in_the_folder_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        Lake(str(tmp_path / "a%20b"))


def test_an_address_that_is_no_folder_is_refused() -> None:
    with pytest.raises(InputError):
        Lake("s3://bucket/lake")


def test_a_layer_that_does_not_exist_is_a_mistake_of_the_program(lake: Lake) -> None:
    with pytest.raises(ValueError, match="no layer"):
        lake.table("silver", "people")


def test_a_second_writer_of_a_resource_is_told_to_wait_and_others_are_not(lake: Lake) -> None:
    with lake.lock("people"):
        with pytest.raises(LoadBusy), lake.lock("people"):
            raise AssertionError("two writers at once")
        with lake.lock("firms"):
            assert lake.root.is_dir()
    with lake.lock("people"):
        assert (lake.root / "locks" / "people.lock").is_file()


def hold(root: str, ready: Event) -> None:
    with Lake(root).lock("people"):
        ready.set()
        time.sleep(60)


def test_the_lock_of_a_killed_writer_is_free(lake: Lake) -> None:
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Event()
    writer = spawn.Process(target=hold, args=(str(lake.root), ready))
    writer.start()
    assert ready.wait(60)
    with pytest.raises(LoadBusy), lake.lock("people"):
        raise AssertionError("two writers at once")
    writer.kill()
    writer.join()
    with lake.lock("people"):
        assert not writer.is_alive()


def test_forgetting_rejected_rows_leaves_none(lake: Lake) -> None:
    lake.rejected_file("people", KEY(1)).write_bytes(b"x" * 10)
    assert lake.forget_rejected("people") == 10
    assert lake.forget_rejected("people") == 0
