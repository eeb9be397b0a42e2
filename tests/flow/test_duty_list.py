"""The duty list: who answers for a topic, on a day, at a place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from dutycity import SYSTEM, departments, duty, install, list_body, pack
from pydantic import ValidationError

from yiwang.flow.dutyfile import DutyFile, duties_check
from yiwang.flow.models import Duty
from yiwang.flow.selectors import duty_of, topic_get, topic_list
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.divisionfile import division_lines
from yiwang.kernel.core.pack import View
from yiwang.kernel.errors import InputError, NotFound, Refused
from yiwang.kernel.service import divisions_install

DAY = date(2026, 11, 2)


@pytest.fixture
def city(db: None) -> None:
    departments()
    install()


def changed(topic_id: str, **more: object) -> dict[str, Any]:
    body = list_body()
    body["topics"] = [{**t, **more} if t["id"] == topic_id else t for t in body["topics"]]
    return body


def test_a_topic_has_the_duty_of_the_day(city: None) -> None:
    found = duty_of("road", DAY)
    assert (found.department, found.basis.law, found.inherited_from) == ("transport", "城市供热条例", "")


def test_a_topic_without_a_duty_has_its_parents(city: None) -> None:
    found = duty_of("heat-cold", DAY)
    assert (found.department, found.topic, found.inherited_from) == ("housing", "heat-cold", "heat")


def test_before_the_first_day_nobody_answers(city: None) -> None:
    with pytest.raises(NotFound, match="nobody answers"):
        duty_of("road", date(2025, 12, 31))


def test_an_unknown_topic_names_the_nearest(city: None) -> None:
    with pytest.raises(NotFound, match="roads") as caught:
        duty_of("roads", DAY)
    assert "road" in caught.value.hint_en


def test_a_duty_ends_and_the_next_begins(city: None) -> None:
    install(changed("road", duties=[duty("transport", until="2026-06-01"), duty("urban", "2026-06-01")]))
    assert [duty_of("road", day).department for day in (date(2026, 5, 31), date(2026, 6, 1))] == ["transport", "urban"]


def test_the_smallest_place_counts(city: None) -> None:
    text = "code\tparent\tname\tlevel\tvalid_from\tvalid_until\tsource\n"
    rows = [("230000000000", "", "黑龙江省", "province"), ("230800000000", "230000000000", "佳木斯市", "city")]
    rows += [("230881000000", "230800000000", "同江市", "county"), ("230881001000", "230881000000", "街道", "town")]
    text += "".join(f"{code}\t{parent}\t{name}\t{level}\t2020-01-01\t\tt\n" for code, parent, name, level in rows)
    divisions_install(actor=SYSTEM, lines=division_lines(text, "t"), where="t")
    assert duty_of("road", DAY, "230881001000").department == "urban"
    assert duty_of("road", DAY, "230881000000").department == "transport"


def test_the_list_shows_each_topic_after_its_parent(city: None) -> None:
    rows = topic_list(SYSTEM, on=DAY)
    assert [(r.id, r.depth) for r in rows][:3] == [("heat", 0), ("heat-cold", 1), ("heat-fee", 1)]
    assert [r.id for r in rows if r.is_urgent] == ["heat-cold"]
    assert all(r.duty is not None for r in rows)


def test_a_topic_that_the_pack_drops_is_retired(city: None) -> None:
    body = list_body()
    body["topics"] = [t for t in body["topics"] if t["id"] != "lamp"]
    install(body, version="1.1.0")
    assert "lamp" not in [r.id for r in topic_list(SYSTEM)]
    with pytest.raises(NotFound):
        topic_get(SYSTEM, "lamp")


def test_the_same_list_again_changes_nothing(city: None) -> None:
    before = list(Duty.objects.order_by("id").values())
    install()
    assert list(Duty.objects.order_by("id").values()) == before


def test_a_department_nobody_knows_is_refused(city: None) -> None:
    with pytest.raises(InputError, match="moon"):
        install(changed("lamp", duties=[duty("moon")]))


def test_only_who_may_install_packs_may_install_duties(city: None) -> None:
    with pytest.raises(Refused):
        install(actor=Actor(id="account:1", name="a"))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"parent": "nowhere"}, "must stand before"),
        ({"colour": "red"}, "Extra inputs"),
        ({"duties": [duty("urban"), duty("water")]}, "begin on one day"),
        ({"duties": [duty("urban", until="2025-01-01")]}, "after `from`"),
        ({"duties": [{"from": "2026-01-01", "department": "urban", "basis": {"law": "某法"}}]}, "stand together"),
        ({"duties": [{"from": "2026-01-01", "department": "urban", "basis": {}}]}, "one of them"),
    ],
)
def test_a_topic_that_makes_no_sense_is_refused(more: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        DutyFile.model_validate(changed("lamp", **more))


def findings(body: dict[str, Any], path: str = "duties/city.yaml") -> list[str]:
    file = DutyFile.model_validate(body)
    item = type("Item", (), {"id": "hotline-ticket"})()
    gap = type("Item", (), {"id": "duty-gap"})()
    view = View(pack(), {"duties": {path: file}, "items": {"a": item, "b": gap}}, {})
    return [one.en for one in duties_check(path, file, view)]


def test_the_check_finds_a_topic_nobody_answers_for_and_one_without_examples() -> None:
    assert findings(list_body()) == []
    told = findings(changed("lamp", duties=[], examples=[]))
    assert told == ["nobody answers for the topic lamp", "the topic lamp has no examples to learn from"]


def test_the_check_finds_an_unknown_item_and_a_wrong_file_name() -> None:
    told = findings(list_body(intake={"item": "none"}), "duties/other.yaml")
    assert told == ["the file must be called city.yaml", "there is no service item none"]
