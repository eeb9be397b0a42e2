"""Facts of several lists come together by the fields a companion names: every subject once, with the row that is theirs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from yiwang.config.place import Place
from yiwang.data.errors import NoData
from yiwang.data.schema import DUTIES, ResourceFile
from yiwang.data.selectors import population_of
from yiwang.data.service import load_run, resource_install
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.core.pack import Manifest, Pack
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound
from yiwang.kernel.service import department_save
from yiwang.rules.selectors import KEY, Population, PopulationColumn, PopulationNeeds, Through

SYSTEM = system_actor("tests")
TITLE = {"zh": "表", "en": "List"}
LISTS = {
    "people": ("number", {"number": "text", "home": "text", "born": "date"}),
    "homes": ("home", {"home": "text", "head": "text"}),
    "cards": ("card", {"card": "text", "holder": "text", "level": "text", "issued": "date"}),
    "aid": ("aid", {"aid": "text", "applicant": "text"}),
}


def resource(name: str) -> ResourceFile:
    key, fields = LISTS[name]
    return ResourceFile.model_validate(
        {
            "id": name,
            "code": f"JOIN/{name}",
            "title": TITLE,
            "summary": TITLE,
            "category": "department",
            "provider": "civil",
            "share": {"type": "unconditional"},
            "update": {"cycle": "daily"},
            "published": date(2020, 1, 1),
            "duties": dict.fromkeys(DUTIES, "civil"),
            "key": [key],
            "fields": [{"id": f, "title": {"zh": f, "en": f}, "semantic": s} for f, s in fields.items()],
        }
    )


@pytest.fixture
def inbox(db: None, home: Place, tmp_path: Path) -> Path:
    department_save(actor=SYSTEM, code="civil", name=Text(zh="民政局", en="Civil"), parent=None, on=date(2020, 1, 1))
    text = Text(zh="试", en="Trial")
    pack = Pack(Manifest(id="joins", version="1.0.0", title=text, summary=text, department="civil"), Path(), {})
    for name in LISTS:
        resource_install(actor=SYSTEM, file=resource(name), pack=pack)
    return tmp_path


def load(inbox: Path, name: str, *rows: str) -> None:
    path = inbox / f"{name}-{len(list(inbox.iterdir()))}.csv"
    path.write_text("\n".join([",".join(LISTS[name][1]), *rows]) + "\n", encoding="utf-8")
    load_run(actor=SYSTEM, resource_id=name, path=path, file_name=path.name)


def own(field: str) -> PopulationColumn:
    return PopulationColumn(f"people.{field}", "people", field)


def card(field: str, newest: str = "issued") -> PopulationColumn:
    return PopulationColumn(f"cards.{field}", "cards", field, by="holder", match="number", newest=newest)


AID = PopulationColumn("aid.aid", "aid", "aid", by="applicant", match="home", through=Through("homes", "home", "head"))


def rows(population: Population) -> list[tuple[Any, ...]]:
    with duckdb.connect() as db:
        return db.execute(f"SELECT * FROM read_parquet({list(population.files)}) ORDER BY {KEY}").fetchall()


def needs(*columns: PopulationColumn) -> PopulationNeeds:
    return PopulationNeeds("people", "number", columns)


def test_every_subject_stands_once_with_what_is_theirs_and_nothing_where_there_is_none(inbox: Path) -> None:
    load(inbox, "people", "1,h1,1940-01-01", "2,h1,1960-01-01", "3,h2,1990-01-01")
    load(inbox, "cards", "c1,1,一级,2020-01-01", "c2,1,二级,2024-01-01", "c3,9,三级,2024-01-01")
    found = population_of(SYSTEM, needs(own("born"), card("level")))
    assert found.rows == 3 and found.versions == {"people": 0, "cards": 0}
    assert rows(found) == [
        ("1", date(1940, 1, 1), "二级"),
        ("2", date(1960, 1, 1), None),
        ("3", date(1990, 1, 1), None),
    ]


def test_of_several_rows_without_a_day_the_first_by_key_counts(inbox: Path) -> None:
    load(inbox, "people", "1,h1,1940-01-01")
    load(inbox, "cards", "c2,1,二级,2024-01-01", "c1,1,一级,2020-01-01")
    assert rows(population_of(SYSTEM, needs(card("level", newest="")))) == [("1", "一级")]


def test_a_list_of_heads_reaches_everybody_of_the_household(inbox: Path) -> None:
    load(inbox, "people", "1,h1,1940-01-01", "2,h1,1960-01-01", "3,h2,1990-01-01")
    load(inbox, "homes", "h1,1", "h2,3")
    load(inbox, "aid", "a7,1")
    found = population_of(SYSTEM, needs(AID))
    assert rows(found) == [("1", "a7"), ("2", "a7"), ("3", None)]
    assert set(found.versions) == {"people", "homes", "aid"}


def test_the_same_versions_give_the_same_file_and_a_new_load_another(inbox: Path) -> None:
    load(inbox, "people", "1,h1,1940-01-01")
    first, again = (population_of(SYSTEM, needs(own("born"))) for _ in range(2))
    assert first == again
    load(inbox, "people", "2,h1,1960-01-01")
    newer = population_of(SYSTEM, needs(own("born")))
    assert newer.files != first.files and newer.versions == {"people": 1} and newer.rows == 2


def test_a_list_that_is_empty_or_not_there_is_told(inbox: Path) -> None:
    load(inbox, "people", "1,h1,1940-01-01")
    with pytest.raises(NoData):
        population_of(SYSTEM, needs(card("level")))
    with pytest.raises(NotFound):
        population_of(SYSTEM, PopulationNeeds("nothing", "number", ()))
