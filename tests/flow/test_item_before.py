"""What an item took before its reform is entered with its source, counts in the four cuts, and is never changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from casecity import SYSTEM, CaseCity, straight, task
from django.utils import timezone

from yiwang.flow.schema import BeforeFile
from yiwang.flow.selectors import four_cuts, item_before_list
from yiwang.flow.service import item_before_save
from yiwang.kernel.errors import InputError, NotFound, Refused
from yiwang.kernel.models import AuditLine

ON = date(2019, 5, 1)


def figures(steps: int = 6) -> BeforeFile:
    said = {"steps": steps, "materials": 4, "days": "20wd", "fee": "50", "source": {"zh": "旧规", "en": "Old rules"}}
    return BeforeFile.model_validate(said)


@pytest.fixture
def lamp(cases: CaseCity) -> CaseCity:
    cases.process("two", straight(task("first"), task("second")))
    cases.item("lamp", "two")
    return cases


def test_without_an_entry_nothing_is_known_of_before(lamp: CaseCity) -> None:
    found = four_cuts(SYSTEM, "lamp")
    assert (found.steps.before, found.days.before, found.source.en) == (None, None, "nothing is known of before")


def test_an_entry_counts_with_its_source_and_day_and_leaves_a_line(lamp: CaseCity) -> None:
    item_before_save(actor=SYSTEM, item_id="lamp", figures=figures(), on=ON)
    found = four_cuts(SYSTEM, "lamp")
    assert (found.steps.before, found.materials.before, found.days.before, found.fee.before) == (6, 4, 20, 50)
    assert found.source.en == "Old rules (2019-05-01)"
    line = AuditLine.objects.get(act="item.before")
    assert (line.object_id, line.details["on"]) == ("lamp", "2019-05-01")


def test_a_better_entry_counts_and_the_one_before_stays(lamp: CaseCity) -> None:
    item_before_save(actor=SYSTEM, item_id="lamp", figures=figures(6), on=ON)
    item_before_save(actor=SYSTEM, item_id="lamp", figures=figures(7), on=ON)
    assert four_cuts(SYSTEM, "lamp").steps.before == 7
    assert [row.figures.steps for row in item_before_list(SYSTEM, "lamp")] == [7, 6]


def test_a_day_to_come_an_unknown_item_and_whoever_may_not_are_refused(lamp: CaseCity) -> None:
    with pytest.raises(InputError, match="still to come"):
        item_before_save(actor=SYSTEM, item_id="lamp", figures=figures(), on=timezone.localdate() + timedelta(days=1))
    with pytest.raises(NotFound):
        item_before_save(actor=SYSTEM, item_id="nothing", figures=figures(), on=ON)
    with pytest.raises(Refused):
        item_before_save(actor=lamp.person("staff", "civil"), item_id="lamp", figures=figures(), on=ON)
