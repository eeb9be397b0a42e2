"""Divisions as of a day: renamed, split, merged, moved and retired codes, and what became of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.divisioncode import full_code, level_of, short_code
from yiwang.kernel.core.divisionfile import division_lines
from yiwang.kernel.errors import Conflict, InputError, NotFound, PackError, Refused
from yiwang.kernel.models import AuditLine, Division, Event
from yiwang.kernel.schema import InstallCount
from yiwang.kernel.selectors import (
    division_chain,
    division_children,
    division_full_name,
    division_get,
    division_history,
    division_list,
    division_successors,
)
from yiwang.kernel.service import DivisionTarget, division_change, divisions_install

pytestmark = pytest.mark.django_db
FILES = Path(__file__).resolve().parents[2] / "packs/foundation/divisions/divisions"
BEFORE, ON, AFTER = date(2023, 12, 31), date(2024, 1, 1), date(2026, 1, 1)
PROVINCE, CITY, COUNTY = "230000000000", "230800000000", "230881000000"
TOWN, OTHER, THIRD = "230881100000", "230881101000", "230881102000"
ONE, TWO = "230881100201", "230881100202"
HEADER = "code\tparent\tname\tlevel\tvalid_from\tvalid_until\tchange\tcame_from\tsource"


def rows(*lines: str) -> str:
    return "\n".join((HEADER, *(f"{line}\t公报" for line in lines))) + "\n"


SMALL = rows(
    f"{PROVINCE}\t\t甲省\tprovince\t2000-01-01\t\tcreated\t",
    f"{CITY}\t{PROVINCE}\t乙市\tcity\t2000-01-01\t\tcreated\t",
    f"{COUNTY}\t{CITY}\t丙县\tcounty\t2000-01-01\t\tcreated\t",
    f"{TOWN}\t{COUNTY}\t丁镇\ttown\t2000-01-01\t\tcreated\t",
    f"{OTHER}\t{COUNTY}\t戊镇\ttown\t2000-01-01\t\tcreated\t",
    f"{ONE}\t{TOWN}\t一村\tvillage\t2000-01-01\t\tcreated\t",
    f"{TWO}\t{TOWN}\t二村\tvillage\t2000-01-01\t\tcreated\t",
)


@pytest.fixture
def small(system: Actor) -> None:
    divisions_install(actor=system, lines=division_lines(SMALL, "small.tsv"))


def change(actor: Actor, kind: Any, codes: list[str], *into: DivisionTarget, **kwargs: Any) -> list[str]:
    began = division_change(actor=actor, kind=kind, codes=codes, into=into, **{"on": ON, "source": "公报"} | kwargs)
    return [row.code for row in began]


@pytest.mark.parametrize(
    ("text", "full", "level", "short"),
    [
        ("23", PROVINCE, "province", "23"),
        ("2308", CITY, "city", "2308"),
        ("230881", COUNTY, "county", "230881"),
        ("230881100", TOWN, "town", "230881100"),
        (" 230881100201 ", ONE, "village", ONE),
    ],
)
def test_a_code_may_be_short(text: str, full: str, level: str, short: str) -> None:
    assert (full_code(text), level_of(full), short_code(full)) == (full, level, short)


@pytest.mark.parametrize("text", ["", "2", "230", "23088x", "２３", "0000", "2308811002011"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        full_code(text)


def test_look_ups_climb_and_descend_the_tree(small: None) -> None:
    assert division_get("230881").name == "丙县"
    assert [row.name for row in division_chain(ONE)] == ["一村", "丁镇", "丙县", "乙市", "甲省"]
    assert [row.name for row in division_children(COUNTY)] == ["丁镇", "戊镇"]
    assert division_full_name(TOWN) == "甲省乙市丙县丁镇"
    assert [row.code for row in division_list(level="town")] == [TOWN, OTHER]


def test_a_renamed_code_has_each_name_in_its_time(small: None, system: Actor) -> None:
    change(system, "renamed", [TOWN], DivisionTarget(TOWN, "新丁镇", COUNTY))
    assert (division_get(TOWN, BEFORE).name, division_get(TOWN, ON).name) == ("丁镇", "新丁镇")
    assert [row.code for row in division_children(TOWN, ON)] == [ONE, TWO]
    assert [row.name for row in division_successors(TOWN, AFTER, known_on=BEFORE)] == ["新丁镇"]
    line = AuditLine.objects.get(act="division.change")
    assert (line.object_id, line.details["kind"]) == (TOWN, "renamed")
    assert Event.objects.filter(name="division.changed").get().payload["ended"] == [TOWN]


def test_a_split_sends_what_stood_below_where_it_is_told(small: None, system: Actor) -> None:
    new = (DivisionTarget(TOWN, "丁镇", COUNTY), DivisionTarget(THIRD, "己镇", COUNTY))
    assert change(system, "split", [TOWN], *new, children={TWO: THIRD}) == [TOWN, THIRD]
    assert [row.code for row in division_children(TOWN, ON)] == [ONE]
    assert [row.code for row in division_children(THIRD, ON)] == [TWO]
    assert division_get(TWO, BEFORE).parent == TOWN
    assert [row.code for row in division_successors(TOWN, AFTER, known_on=BEFORE)] == [TOWN, THIRD]


def test_a_split_that_forgets_somebody_below_is_refused(small: None, system: Actor) -> None:
    new = (DivisionTarget("230881103000", "庚镇", COUNTY), DivisionTarget(THIRD, "己镇", COUNTY))
    with pytest.raises(Conflict) as refusal:
        change(system, "split", [TOWN], *new, children={ONE: THIRD})
    assert "二村" in refusal.value.zh
    assert division_get(TOWN, AFTER).valid_until is None


def test_a_merger_takes_everybody_below_along(small: None, system: Actor) -> None:
    assert change(system, "merged", [TOWN, OTHER], DivisionTarget(THIRD, "己镇", COUNTY)) == [THIRD]
    assert [row.code for row in division_children(THIRD, ON)] == [ONE, TWO]
    assert [row.code for row in division_successors(OTHER, AFTER)] == [THIRD]
    with pytest.raises(NotFound) as gone:
        division_get(TOWN, ON)
    assert "丁镇 2000-01-01–2024-01-01" in gone.value.hint_en


def test_a_move_may_give_a_new_code_and_is_followed_over_several_changes(small: None, system: Actor) -> None:
    moved = "230881101201"
    change(system, "moved", [ONE], DivisionTarget(moved, "一村", OTHER))
    change(system, "merged", [moved, TWO], DivisionTarget(TWO, "大村", TOWN), on=date(2025, 1, 1))
    assert [row.name for row in division_successors(ONE, date(2024, 6, 1))] == ["一村"]
    assert [row.name for row in division_successors(ONE, AFTER)] == ["大村"]


def test_a_retired_code_has_no_successor_and_nothing_may_stand_below_it(small: None, system: Actor) -> None:
    with pytest.raises(Conflict):
        change(system, "retired", [TOWN])
    assert change(system, "retired", [ONE, TWO]) == []
    assert division_successors(ONE, AFTER) == ()
    assert change(system, "retired", [TOWN], on=date(2025, 1, 1)) == []


def test_a_code_that_came_back_for_another_place_is_told_apart_by_day(small: None, system: Actor) -> None:
    change(system, "retired", [ONE])
    change(system, "created", [], DivisionTarget(ONE, "另一村", TOWN), on=date(2025, 1, 1))
    assert division_successors(ONE, AFTER, known_on=BEFORE) == ()
    assert [row.name for row in division_successors(ONE, AFTER)] == ["另一村"]
    assert [row.name for row in division_history(ONE)] == ["一村", "另一村"]


@pytest.mark.parametrize(
    ("kind", "codes", "into"),
    [
        ("renamed", [TOWN], [DivisionTarget(TOWN, "丁镇", COUNTY)]),
        ("renamed", [TOWN], [DivisionTarget(THIRD, "新镇", COUNTY)]),
        ("moved", [TOWN], [DivisionTarget(TOWN, "新镇", COUNTY)]),
        ("split", [TOWN], [DivisionTarget(THIRD, "新镇", COUNTY)]),
        ("merged", [TOWN], [DivisionTarget(THIRD, "新镇", COUNTY)]),
        ("retired", [ONE], [DivisionTarget(THIRD, "新镇", COUNTY)]),
        ("created", [ONE], [DivisionTarget(THIRD, "新镇", COUNTY)]),
        ("renamed", ["230881999000"], [DivisionTarget("230881999000", "新镇", COUNTY)]),
        ("created", [], [DivisionTarget(THIRD, "新镇", ONE)]),
    ],
)
def test_a_change_must_be_what_its_kind_says(
    small: None, system: Actor, kind: str, codes: list[str], into: list[DivisionTarget]
) -> None:
    with pytest.raises(InputError):
        change(system, kind, codes, *into)


def test_spans_of_one_code_never_overlap(small: None, system: Actor) -> None:
    with pytest.raises(Conflict):
        change(system, "created", [], DivisionTarget(OTHER, "又一镇", COUNTY))
    with pytest.raises(Conflict):
        change(system, "split", [ONE], DivisionTarget(TWO, "二村", TOWN), DivisionTarget("230881100203", "三村", TOWN))
    change(system, "retired", [ONE], on=AFTER)
    with pytest.raises(Conflict):
        change(system, "renamed", [ONE], DivisionTarget(ONE, "乙村", TOWN))
    with pytest.raises(Conflict):
        change(system, "created", [], DivisionTarget("230881100203", "三村", THIRD))


def test_only_who_governs_divisions_changes_them(small: None, people: Any) -> None:
    with pytest.raises(Refused):
        change(people.with_role("steward", Role.STEWARD, "city"), "retired", [ONE])
    assert change(people.with_role("lead", Role.DATA_LEAD, "city"), "retired", [ONE]) == []


def test_installing_twice_changes_nothing_and_a_correction_changes_its_line(system: Actor) -> None:
    lines = division_lines(SMALL, "small.tsv")
    assert divisions_install(actor=system, lines=lines) == InstallCount(7, 0, 0)
    assert divisions_install(actor=system, lines=lines) == InstallCount(0, 0, 7)
    corrected = division_lines(SMALL.replace("一村", "壹村"), "small.tsv")
    assert divisions_install(actor=system, lines=corrected) == InstallCount(0, 1, 6)
    assert AuditLine.objects.filter(act="division.install").count() == 3


def test_installing_again_keeps_what_the_city_has_ended(small: None, system: Actor) -> None:
    change(system, "retired", [ONE])
    assert divisions_install(actor=system, lines=division_lines(SMALL, "small.tsv")) == InstallCount(0, 0, 7)
    assert division_history(ONE)[0].valid_until == ON


def test_an_installed_span_may_not_overlap_one_that_is_there(small: None, system: Actor) -> None:
    late = rows(f"{ONE}\t{TOWN}\t新村\tvillage\t2010-01-01\t\tcreated\t")
    with pytest.raises(PackError):
        divisions_install(actor=system, lines=division_lines(late, "late.tsv"))
    assert Division.objects.filter(code=ONE).count() == 1


def test_an_installed_span_needs_its_parent_on_its_first_day(small: None, system: Actor) -> None:
    early = rows(f"230881100299\t{TOWN}\t早村\tvillage\t1999-01-01\t\tcreated\t")
    with pytest.raises(PackError) as refusal:
        divisions_install(actor=system, lines=division_lines(early, "early.tsv"))
    assert TOWN in refusal.value.en


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("code\tname\n", "x.tsv:1"),
        (HEADER + "\tcolour\n", "x.tsv:1"),
        (rows(f"{ONE}\t{TOWN}\t一村\ttown\t2000-01-01\t\tcreated\t"), "x.tsv:2"),
        (rows(f"{ONE}\t\t一村\tvillage\t2000-01-01\t\tcreated\t"), "x.tsv:2"),
        (rows(f"{TOWN}\t{ONE}\t丁镇\ttown\t2000-01-01\t\tcreated\t"), "x.tsv:2"),
        (rows(f"{ONE}\t{TOWN}\t一村\tvillage\t2000-01-01\t1999-01-01\tcreated\t"), "x.tsv:2"),
        (rows(f"23x\t{TOWN}\t一村\tvillage\t2000-01-01\t\tcreated\t"), "x.tsv:2"),
        (rows(f"{ONE}\t{TOWN}\t一村\tvillage\tsoon\t\tcreated\t"), "x.tsv:2"),
        (rows(f"{ONE}\t{TOWN}"), "x.tsv:2"),
        (
            rows(
                f"{ONE}\t{TOWN}\t一村\tvillage\t2000-01-01\t2010-01-02\tcreated\t",
                f"{ONE}\t{TOWN}\t二村\tvillage\t2010-01-01\t\trenamed\t{ONE}",
            ),
            "x.tsv",
        ),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_line(text: str, where: str) -> None:
    with pytest.raises(PackError) as refusal:
        division_lines(text, "x.tsv")
    assert refusal.value.where == where


def test_the_built_in_divisions_install_and_look_ups_take_a_day(system: Actor) -> None:
    lines = [
        line for path in sorted(FILES.glob("*.tsv")) for line in division_lines(path.read_text("utf-8"), path.name)
    ]
    assert divisions_install(actor=system, lines=lines).created == len(lines)
    assert division_full_name("230881101", date(2026, 1, 1)) == "黑龙江省佳木斯市同江市乐业镇"
    assert division_get("230881001", date(2020, 1, 1)).name == "同江市城市管理委员会"
    assert division_get("230881001", date(2026, 1, 1)).name == "繁荣街道"
