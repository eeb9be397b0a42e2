"""The items of a real county: every one of them has a kind, fits the definition, and is found again in the list."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from packfolder import item, pack, said

from yiwang.flow.schema import KIND_CODES, WITHOUT_LAW, ItemFile
from yiwang.flow.selectors import item_list
from yiwang.flow.service import item_install
from yiwang.kernel.core.actor import system_actor

SYSTEM = system_actor("tests")


@pytest.fixture
def rows(shared_data: Path) -> list[dict[str, str]]:
    path = shared_data / "gov_items" / "qianfeng_511602_service_items.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def file_of(row: dict[str, str], number: int) -> ItemFile:
    kind = KIND_CODES[row["taskType"]]
    basis = [] if kind in WITHOUT_LAW else [{"law": "某法", "article": "第一条"}]
    names = {"title": said(row["name"], f"Item {number}"), "words": [row["main_item"], row["department"]]}
    return ItemFile.model_validate(item(id=f"item-{number}", kind=kind, legal_basis=basis, **names))


def test_every_kind_the_county_uses_is_known(rows: list[dict[str, str]]) -> None:
    assert len(rows) == 1135
    kinds = Counter(file_of(row, number).kind for number, row in enumerate(rows))
    assert kinds == {
        "licence": 536,
        "service": 348,
        "other": 182,
        "confirmation": 50,
        "benefit": 9,
        "ruling": 8,
        "award": 2,
    }


@pytest.mark.django_db
def test_they_are_installed_listed_and_found(rows: list[dict[str, str]], tmp_path: Path) -> None:
    made = pack(tmp_path)
    for number, row in enumerate(rows):
        item_install(actor=SYSTEM, file=file_of(row, number), pack=made)
    found = item_list(SYSTEM, kind="licence", per_page=50)
    assert (found.page.total, found.page.pages, {f.value: f.count for f in found.kinds}["service"]) == (536, 11, 348)
    wanted = {row["name"] for row in rows if "食品" in row["name"]}
    shown = {row.title.zh for row in item_list(SYSTEM, search="食品", per_page=500).page.items}
    assert wanted <= shown
