"""The division pack says who Tongjiang's towns and villages are, on each day."""

from __future__ import annotations

from datetime import date

import pytest

from yiwang.data.synth.figures import figure
from yiwang.data.synth.places import DEFAULT_TABLE, places_read
from yiwang.kernel.core.divisionfile import DivisionLine, division_lines
from yiwang.kernel.core.pack import pack_read


@pytest.fixture(scope="module")
def lines() -> tuple[DivisionLine, ...]:
    return division_lines(DEFAULT_TABLE.read_text(encoding="utf-8"), DEFAULT_TABLE.name)


def held(lines: tuple[DivisionLine, ...], on: date) -> dict[str, DivisionLine]:
    return {x.code: x for x in lines if x.valid_from <= on and (x.valid_until is None or on < x.valid_until)}


@pytest.mark.parametrize("on", [date(2016, 7, 31), date(2020, 1, 1), date(2023, 6, 30), date(2026, 11, 1)])
def test_every_division_has_its_parent_on_every_day(lines: tuple[DivisionLine, ...], on: date) -> None:
    now = held(lines, on)
    assert len(now) > 150
    assert all(line.parent in now for line in now.values() if line.parent)


def test_the_street_of_today_was_the_committee_of_yesterday(lines: tuple[DivisionLine, ...]) -> None:
    assert held(lines, date(2020, 1, 1))["230881001000"].name == "同江市城市管理委员会"
    assert held(lines, date(2026, 11, 1))["230881001000"].name == "繁荣街道"


def test_a_community_that_moved_says_from_where(lines: tuple[DivisionLine, ...]) -> None:
    moved = held(lines, date(2026, 11, 1))["230881002003"]
    assert (moved.name, moved.came_from) == ("和平社区居委会", ("230881001005",))
    assert "230881001005" not in held(lines, date(2026, 11, 1))


def test_what_a_division_came_from_stands_in_the_table(lines: tuple[DivisionLine, ...]) -> None:
    codes = {line.code for line in lines}
    assert all(origin in codes for line in lines for origin in line.came_from)


def test_place_holders_of_statistics_are_left_out(lines: tuple[DivisionLine, ...]) -> None:
    assert not any("虚拟" in line.name or line.name == "市辖区" for line in lines)


def test_the_pack_can_be_read() -> None:
    pack = pack_read(DEFAULT_TABLE.parents[1])
    assert pack.manifest.id == "divisions"


def test_places_are_the_villages_in_force() -> None:
    places = places_read(date(2026, 11, 1), figure("places.shares").shares)
    assert "230881002003" in places.code
    assert "230881001005" in places.retired
    assert places.weight.sum() == pytest.approx(1)
    assert not any(town + town in street for town, street in zip(places.town, places.street, strict=True))
