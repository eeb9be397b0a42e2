"""A new ticket finds the earlier ones like it: the same again, or only of the same matter."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from routingworld import EXAMPLES

from yiwang.flow.core.routing.grams import folded
from yiwang.flow.core.routing.similar import COMPARED, Earlier, Similar, Ticket

LAMP = "滨江小区三号楼门口的路灯坏了五天，晚上老人出门看不见路"
SAME_LAMP = "滨江小区三号楼门口路灯坏了五天，老人晚上出门看不见路"
OTHER_LAMP = "东风路口的路灯白天亮着，浪费电"


@pytest.fixture
def earlier() -> Earlier:
    held = Earlier()
    held.add(Ticket(f"old-{at}", one.text) for at, one in enumerate(EXAMPLES))
    held.add(
        [Ticket("lamp", LAMP, "滨江小区", date(2026, 5, 1)), Ticket("other", OTHER_LAMP, "东风路", date(2026, 5, 1))]
    )
    return held


def first(earlier: Earlier, text: str, place: str = "", on: date | None = None) -> Similar:
    return earlier.like(Ticket("new", text, place, on))[0]


def test_the_same_text_is_wholly_alike_whatever_its_widths_and_blanks(earlier: Earlier) -> None:
    one = first(earlier, LAMP.replace("，", " , "))
    assert (one.key, one.likeness, one.duplicate) == ("lamp", 1.0, True)


def test_nearly_the_same_text_is_a_duplicate_and_one_of_the_same_matter_is_not(earlier: Earlier) -> None:
    found = {one.key: one for one in earlier.like(Ticket("new", SAME_LAMP), least=0.0)}
    assert found["lamp"].duplicate and 0.7 <= found["lamp"].likeness < 1
    assert not found["other"].duplicate and 0 < found["other"].likeness < 0.7


def test_the_best_comes_first_and_no_more_than_asked_for(earlier: Earlier) -> None:
    found = earlier.like(Ticket("new", "路灯坏了，路灯不亮"), limit=3, least=0.01)
    assert len(found) == 3
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_reasons_are_words_that_both_texts_hold(earlier: Earlier) -> None:
    one = first(earlier, "滨江小区的路灯又坏了")
    assert one.key == "lamp" and "滨江" in one.reasons[0]
    assert one.reasons and all(term in LAMP and term in "滨江小区的路灯又坏了" for term in one.reasons)


def test_the_same_words_about_another_place_are_no_duplicate(earlier: Earlier) -> None:
    here, there = first(earlier, LAMP, "滨江小区"), first(earlier, LAMP, "江南小区")
    assert here.duplicate and here.same_place is True
    assert not there.duplicate and there.same_place is False and there.score < here.score == 1.0


def test_the_same_thing_reported_long_after_is_a_new_ticket(earlier: Earlier) -> None:
    soon, late = first(earlier, LAMP, on=date(2026, 5, 9)), first(earlier, LAMP, on=date(2026, 8, 1))
    assert (soon.days, soon.duplicate) == (8, True)
    assert (late.days, late.duplicate) == (92, False) and late.score < soon.score


def test_an_unknown_place_or_day_speaks_for_nothing_and_against_nothing(earlier: Earlier) -> None:
    one = first(earlier, LAMP)
    assert (one.same_place, one.days, one.score) == (None, None, 1.0)


def test_what_was_added_last_is_found_at_once(earlier: Earlier) -> None:
    text = "公墓管理费年年涨"
    assert earlier.like(Ticket("new", text)) == ()
    earlier.add([Ticket("grave", text)])
    assert first(earlier, text).key == "grave"
    with pytest.raises(ValueError, match="grave"):
        earlier.add([Ticket("grave", text)])


def test_adding_one_by_one_is_adding_all_at_once(earlier: Earlier) -> None:
    by_one = Earlier()
    for held in earlier.tickets:
        by_one.add([held])
    new = Ticket("new", SAME_LAMP)
    assert by_one.like(new, least=0.0) == earlier.like(new, least=0.0)


def test_a_ticket_is_not_like_itself_and_nothing_is_like_an_empty_text(earlier: Earlier) -> None:
    assert all(one.key != "lamp" for one in earlier.like(Ticket("lamp", LAMP), least=0.0))
    assert earlier.like(Ticket("new", "？？")) == () and Earlier().like(Ticket("new", LAMP)) == ()


def test_an_equal_text_is_found_among_more_than_are_compared() -> None:
    held = Earlier()
    held.add(
        Ticket(str(at), f"小区{'甲乙丙丁戊己庚辛壬癸'[at % 10]}栋路灯坏了{'一二三四五六七'[at % 7]}天")
        for at in range(3 * COMPARED)
    )
    held.add([Ticket("mine", "小区门前井盖丢了，路灯坏了三天")])
    assert first(held, "小区门前井盖丢了，路灯坏了三天").key == "mine"


def test_every_public_message_finds_its_copy(shared_data: Path) -> None:
    path = shared_data / "complaints" / "tipdm2020_a3_hot_4326.csv.gz"
    if not path.is_file():
        pytest.skip("complaints/tipdm2020_a3_hot_4326.csv.gz is absent")
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        texts = {row["留言编号"]: row["留言详情"] for row in csv.DictReader(file)}
    copies = defaultdict(list)
    for key, text in texts.items():
        copies[folded(text)].append(key)
    held = Earlier()
    held.add(Ticket(key, text) for key, text in texts.items())
    asked = [keys for keys in copies.values() if len(keys) > 1]
    assert len(held) == len(texts) and len(asked) > 20
    for mine, *others in asked:
        found = {one.key for one in held.like(Ticket(mine, texts[mine]), limit=50) if one.likeness == 1.0}
        assert set(others) <= found
