"""A service item is dated and versioned, and every channel reads the one definition."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from packfolder import item, pack, said

from yiwang.flow.schema import CHANNELS, ItemFile
from yiwang.flow.selectors import item_get, item_list
from yiwang.flow.service import item_install
from yiwang.kernel.core.actor import ANONYMOUS, Actor, Role, system_actor
from yiwang.kernel.errors import NotFound

SYSTEM = system_actor("tests")
STAFF = Actor(id="1", name="甲", department="civil", scopes={Role.STAFF: frozenset({"civil"})})
pytestmark = pytest.mark.django_db


@pytest.fixture
def install(tmp_path: Path) -> Any:
    made = pack(tmp_path)

    def again(**more: Any) -> int:
        file = ItemFile.model_validate(item(**more))
        return item_install(actor=SYSTEM, file=file, pack=made).number

    return again


def test_the_same_content_is_no_new_version(install: Any) -> None:
    assert [install(), install(), install(title=said("新名", "New name")), install(title=said("新名", "New name"))] == [
        1,
        1,
        2,
        2,
    ]


def test_an_item_reads_as_it_stood_on_the_day(install: Any) -> None:
    install()
    install(title=said("新津贴", "New allowance"), valid_from="2027-01-01")
    assert item_get(STAFF, "allowance", as_of=date(2026, 12, 31)).row.title.en == "Allowance"
    assert item_get(STAFF, "allowance", as_of=date(2027, 1, 1)).row.title.en == "New allowance"
    assert item_get(STAFF, "allowance", number=2).row.valid_from == date(2027, 1, 1)


def test_before_its_first_day_and_from_its_last_an_item_is_not_there(install: Any) -> None:
    install(valid_from="2026-02-01", valid_until="2026-03-01")
    for day in (date(2026, 1, 31), date(2026, 3, 1)):
        with pytest.raises(NotFound):
            item_get(STAFF, "allowance", as_of=day)
    assert item_get(STAFF, "allowance", as_of=date(2026, 2, 28)).row.number == 1


def test_every_channel_reads_the_same_definition(install: Any) -> None:
    install(channels=list(CHANNELS))
    shown = [item_list(STAFF, channel=channel).page.items[0] for channel in CHANNELS]
    assert len(set(shown)) == 1
    assert {item_get(STAFF, row.id).digest for row in shown} == {item_get(ANONYMOUS, "allowance").digest}


def test_a_definition_has_no_place_for_what_only_one_channel_would_say(install: Any) -> None:
    named = set(ItemFile.model_fields) & set(CHANNELS)
    assert named == set()
    with pytest.raises(ValueError, match="Extra inputs"):
        install(counter={"materials": []})


def test_what_is_open_to_staff_alone_the_public_is_not_told_of(install: Any) -> None:
    install(open_to=["staff"], channels=["counter"])
    assert item_list(ANONYMOUS).page.items == ()
    with pytest.raises(NotFound):
        item_get(ANONYMOUS, "allowance")
    assert item_list(STAFF).page.total == 1


def test_the_list_narrows_and_says_what_else_it_could_narrow_to(install: Any) -> None:
    install()
    install(
        id="permit", title=said("某许可", "A permit"), kind="licence", channels=["counter"], applicants=["organisation"]
    )
    install(id="advice", title=said("咨询", "Advice"), kind="service", department="police", words=["问事"])
    found = item_list(STAFF, kind="licence")
    assert [row.id for row in found.page.items] == ["permit"]
    assert [(f.value, f.count) for f in found.kinds] == [("benefit", 1), ("licence", 1), ("service", 1)]
    assert [(f.value, f.count) for f in found.channels] == [("counter", 1)]
    assert [row.id for row in item_list(STAFF, search="问事").page.items] == ["advice"]
    assert [row.id for row in item_list(STAFF, applicant="person", department="civil").page.items] == ["allowance"]


def test_a_page_beyond_the_last_is_the_last(install: Any) -> None:
    for number in range(3):
        install(id=f"item-{number}")
    found = item_list(STAFF, page=9, per_page=2).page
    assert (found.page, found.pages, len(found.items)) == (2, 2, 1)


def test_a_class_has_its_own_limit_and_any_other_that_of_the_item() -> None:
    rung = {"key": "soon", "kind": "reminder", "when": "50%", "role": "leader"}
    classes = {"urgent": {"budget": "4h", "rungs": [rung]}, "plain": {"budget": "3wd"}}
    file = ItemFile.model_validate(item(limits_by={"field": "urgency", "values": classes}))
    urgent = file.limit_of({"urgency": "urgent"})
    assert (urgent.budget, [r.key for r in urgent.rungs], urgent.basis) == ("4h", ["soon"], "某办法 第五条")
    assert (file.limit_of({"urgency": "plain"}).budget, file.limit_of({}).budget) == ("3wd", "5wd")
