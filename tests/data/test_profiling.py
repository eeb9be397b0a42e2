"""A profile says what a field looks like and keeps no value of a sensitive one."""

from __future__ import annotations

import duckdb
import pytest
from datacity import one_field, resource

from yiwang.data.core.profiling import SMALLEST_SHOWN, Profile, profile_table
from yiwang.data.schema import ResourceFile

ROWS = (
    "SELECT CAST(i AS VARCHAR) AS code, CASE WHEN i % 4 = 0 THEN NULL WHEN i % 2 = 0 THEN '甲' ELSE '乙乙' END AS kind, "
    "'王' || i AS name, DATE '2020-01-01' + CAST(i AS INTEGER) AS day FROM range(40) t(i)"
)


def listed(**grades: int) -> ResourceFile:
    fields = [
        one_field("code"),
        one_field("kind", grade=grades.get("kind", 0)),
        one_field("name", "person-name"),
        one_field("day", "date"),
    ]
    return resource(fields=fields, rules=[])


@pytest.fixture
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    path = tmp_path_factory.mktemp("profile") / "x.parquet"
    duckdb.execute(f"COPY ({ROWS}) TO '{path}' (FORMAT parquet)")
    return [str(path)]


def profiled(file: ResourceFile, files: list[str]) -> dict[str, Profile]:
    with duckdb.connect() as connection:
        return {p.field: p for p in profile_table(connection, file, files)}


def test_counts_ends_lengths_and_frequent_values_are_told(files: list[str]) -> None:
    kind = profiled(listed(), files)["kind"]
    assert (kind.rows, kind.nulls, kind.minimum, kind.maximum) == (40, 10, "乙乙", "甲")
    assert kind.top == (("乙乙", 20), ("甲", 10)) and kind.average_length == round((20 * 2 + 10) / 30, 1)
    assert abs(kind.distinct - 2) <= 1


def test_days_have_a_first_and_a_last(files: list[str]) -> None:
    day = profiled(listed(), files)["day"]
    assert (day.minimum, day.maximum) == ("2020-01-01", "2020-02-09")


def test_of_a_sensitive_field_nothing_but_counts_is_kept(files: list[str]) -> None:
    name = profiled(listed(), files)["name"]
    assert (name.rows, name.nulls, name.minimum, name.maximum, name.top) == (40, 0, "", "", ())
    raised = profiled(listed(kind=3), files)["kind"]
    assert (raised.nulls, raised.minimum, raised.maximum, raised.top) == (10, "", "", ())


def test_values_that_are_rare_are_not_shown_as_frequent(files: list[str]) -> None:
    assert SMALLEST_SHOWN > 1 and profiled(listed(), files)["code"].top == ()


def test_a_table_without_files_has_no_profile() -> None:
    assert profiled(listed(), []) == {}
