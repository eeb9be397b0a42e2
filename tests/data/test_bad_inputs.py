"""Each kind of bad input gets what the table says, and the page of the manual is the table."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from badinputs import TABLE, bad_inputs_page
from badkinds import Bad, Leaves, Loaded, Refused
from datacity import HEADER, SYSTEM, DataCity, one_field, resource, rule
from openpyxl import load_workbook

from yiwang.data import service
from yiwang.data.models import Load
from yiwang.data.schema import ResourceFile
from yiwang.data.selectors import load_get
from yiwang.kernel.errors import YiwangError

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs/reference/bad-inputs.md"
# Of a gigabyte in one line not a tenth may be held at once; the rest is what reading takes for any file.
MOST_MEGABYTES = 100
FIELDS = [
    one_field("code", aliases=["编号"]),
    one_field("person", "resident-id", aliases=["身份证号"]),
    one_field("day", "date", aliases=["日期"]),
    one_field("money", "money", aliases=["金额"]),
    one_field("count", "integer", aliases=["人数"]),
]
RESOURCES: dict[str, ResourceFile] = {
    "claims": resource("claims", fields=FIELDS, rules=[]),
    "replaced": resource("replaced", load={"mode": "replace"}),
    "references": resource(
        "references",
        fields=[one_field("code", aliases=["编号"])],
        rules=[rule("known", "foreign_key", "code", references="claims.code", good=[{"code": "1"}])],
    ),
}


def content(bad: Bad) -> bytes | str:
    return bad.made() if callable(bad.made) else bad.made


def brought(city: DataCity, bad: Bad, **more: object) -> Load:
    path = city.file(content(bad))
    load, _ = service.load_run(
        actor=SYSTEM,
        resource_id=bad.resource,
        path=path,
        file_name=bad.name,
        **more,  # type: ignore[arg-type]
    )
    return load


def by_query(city: DataCity, bad: Bad) -> None:
    path = city.inbox / "theirs.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE people (code)")
    service.query_file(f"sqlite:///{path}", str(bad.made))


def twice(city: DataCity, bad: Bad) -> Load:
    first = brought(city, bad)
    path = city.file(content(bad))
    again, unchanged = service.load_run(actor=SYSTEM, resource_id=bad.resource, path=path, file_name=bad.name)
    assert unchanged and again.pk == first.pk
    return again


def over_good_rows(city: DataCity, bad: Bad) -> Load:
    city.load(f"{HEADER}\n1,张三,男\n", resource_id=bad.resource)
    return brought(city, bad)


def while_busy(city: DataCity, bad: Bad) -> Load:
    with city.lake.lock(bad.resource):
        return brought(city, bad)


def of_a_gigabyte(city: DataCity, bad: Bad) -> Loaded:
    folder = city.inbox / "peak"
    folder.mkdir()
    ran = subprocess.run(
        [sys.executable, str(HERE / "peakload.py"), str(folder)],
        capture_output=True,
        text=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "yiwang.config.test"},
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["more"] < MOST_MEGABYTES, told
    return Loaded(told["source"], told["accepted"], told["reasons"])


def second_cell(rows: list[list[str]], column: int) -> Leaves:
    return Leaves(rows[1][column])


def exported(city: DataCity, bad: Bad) -> Leaves:
    brought(city, bad)
    path = service.export_file(actor=SYSTEM, resource_id=bad.resource, format=bad.how, purpose="核对名单").path
    if bad.how == "csv":
        return second_cell(list(csv.reader(io.StringIO(path.read_text("utf-8-sig")))), 1)
    cell = load_workbook(path).active["B2"]
    assert cell.data_type == "s"
    return Leaves(cell.value)


def downloaded(city: DataCity, bad: Bad) -> Leaves:
    path = service.rejected_file(actor=SYSTEM, load_id=brought(city, bad).pk).path
    return second_cell(list(csv.reader(io.StringIO(path.read_text("utf-8-sig")))), 1)


WAYS: dict[str, Callable[[DataCity, Bad], Load | Loaded | Leaves | None]] = {
    "load": brought,
    "answer": lambda city, bad: brought(city, bad, mapping={"号码": "code"}),
    "two answers": lambda city, bad: brought(city, bad, mapping={"号码": "code", "性别": "code"}),
    "folder": lambda city, bad: city.load(city.inbox),
    "gigabyte": of_a_gigabyte,
    "query": by_query,
    "csv": exported,
    "xlsx": exported,
    "rejected": downloaded,
    "again": twice,
    "replace": over_good_rows,
    "busy": while_busy,
}


def as_told(load: Load) -> Loaded:
    assert load.source == load.accepted + load.rejected and load.state == Load.State.DONE
    return Loaded(load.source, load.accepted, load.reasons, " ".join(load_get(SYSTEM, load.pk).notes))


@pytest.mark.parametrize("bad", TABLE, ids=[bad.id for bad in TABLE])
def test_a_bad_input_gets_what_the_table_says(city: DataCity, bad: Bad) -> None:
    if bad.resource in RESOURCES:
        city.install(RESOURCES[bad.resource])
    before = city.rows(bad.resource)
    if isinstance(bad.gets, Refused):
        with pytest.raises(YiwangError) as said:
            WAYS[bad.how](city, bad)
        assert said.value.code == bad.gets.code
        assert said.value.zh and said.value.en and said.value.where
        assert city.rows(bad.resource) == before or bad.how == "replace"
        return
    got = WAYS[bad.how](city, bad)
    assert (as_told(got) if isinstance(got, Load) else got) == bad.gets
    if isinstance(got, Load):
        assert len(city.rows(bad.resource)) == got.accepted
        assert "/" not in got.file_name and len(got.file_name) <= 255


def test_the_table_has_every_kind_once_and_says_what_next_in_both_languages() -> None:
    assert len({bad.id for bad in TABLE}) == len(TABLE) >= 36
    assert all(bad.zh and bad.en and bad.then_zh and bad.then_en for bad in TABLE)
    assert {bad.how for bad in TABLE} == set(WAYS)


def test_the_page_of_the_manual_is_the_table_as_it_stands() -> None:
    assert PAGE.read_text(encoding="utf-8") == bad_inputs_page(), "run: python tests/data/badinputs.py"
