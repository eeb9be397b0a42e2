"""The residents of the city hang together and look like those of the province."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from yiwang.data.synth import CityManifest
from yiwang.data.synth.figures import figure, figures_read

City = tuple[Path, CityManifest]
AS_OF = date(2026, 11, 1)


@pytest.fixture(scope="module")
def people(city: City) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(city[0] / "truth/people.parquet").to_pylist()
    return rows


@pytest.fixture(scope="module")
def households(people: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for person in people:
        grouped[person["household_id"]].append(person)
    return grouped


def years_between(first: date, second: date) -> int:
    return second.year - first.year - ((second.month, second.day) < (first.month, first.day))


@pytest.fixture(scope="module")
def ages(people: list[dict[str, Any]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.asarray([years_between(person["birth_date"], AS_OF) for person in people])


def test_there_are_as_many_residents_as_asked_for(people: list[dict[str, Any]], city: City) -> None:
    assert len(people) == city[1].residents == len({person["resident_id"] for person in people})


@pytest.mark.parametrize(
    ("band", "low", "high"), [("0-14", 0, 15), ("15-59", 15, 60), ("60+", 60, 200), ("65+", 65, 200)]
)
def test_ages_are_near_the_census(ages: np.ndarray[Any, Any], band: str, low: int, high: int) -> None:
    made = 100 * ((ages >= low) & (ages < high)).mean()
    assert made == pytest.approx(figure("population.age_percent").shares[band], abs=1.5)


def test_nobody_is_unborn_or_beyond_all_records(ages: np.ndarray[Any, Any]) -> None:
    assert ages.min() >= 0
    assert ages.max() <= 110


def test_sex_town_and_nationality_are_near_the_census(people: list[dict[str, Any]], city: City) -> None:
    urban = {h["household_id"]: h["urban"] for h in pq.read_table(city[0] / "truth/households.parquet").to_pylist()}
    made = {
        "population.male_percent": np.mean([person["sex"] == "男" for person in people]),
        "population.urban_percent": np.mean([urban[person["household_id"]] for person in people]),
        "population.minority_percent": np.mean([person["nationality"] != "汉族" for person in people]),
    }
    assert {name: 100 * share for name, share in made.items()} == {
        name: pytest.approx(figure(name).number, abs=2.0) for name in made
    }


def test_households_are_as_large_as_in_the_census(households: dict[str, list[dict[str, Any]]]) -> None:
    size = np.mean([len(members) for members in households.values()])
    assert size == pytest.approx(figure("population.household_size").number, abs=0.1)


def test_every_household_has_one_head_of_age(households: dict[str, list[dict[str, Any]]]) -> None:
    for members in households.values():
        heads = [member for member in members if member["relation"] == "户主"]
        assert len(heads) == 1
        assert years_between(heads[0]["birth_date"], AS_OF) >= 18


def test_children_are_younger_than_their_parents_by_a_generation(households: dict[str, list[dict[str, Any]]]) -> None:
    for members in households.values():
        parents = [m["birth_date"] for m in members if m["relation"] in ("户主", "配偶")]
        children = [m["birth_date"] for m in members if m["relation"] in ("子", "女")]
        elders = [m["birth_date"] for m in members if m["relation"] in ("父亲", "母亲")]
        head = next(m["birth_date"] for m in members if m["relation"] == "户主")
        assert all(18 <= years_between(parent, child) <= 55 for parent in parents for child in children)
        assert all(18 <= years_between(elder, head) <= 45 for elder in elders)


def test_couples_are_a_man_and_a_woman_and_relations_fit_the_sex(households: dict[str, list[dict[str, Any]]]) -> None:
    sex_of = {"子": "男", "女": "女", "父亲": "男", "母亲": "女"}
    for members in households.values():
        couple = [m["sex"] for m in members if m["relation"] in ("户主", "配偶")]
        assert len(couple) == len(set(couple))
        assert all(sex_of.get(m["relation"], m["sex"]) == m["sex"] for m in members)


def test_siblings_carry_the_surname_of_their_father(households: dict[str, list[dict[str, Any]]]) -> None:
    for members in households.values():
        fathers = {m["name"][0] for m in members if m["relation"] in ("户主", "配偶") and m["sex"] == "男"}
        children = {m["name"][0] for m in members if m["relation"] in ("子", "女")}
        assert len(children) <= 1
        if fathers:
            assert children <= fathers


def test_members_of_a_household_live_at_one_address(households: dict[str, list[dict[str, Any]]]) -> None:
    assert all(len({(m["division"], m["address"]) for m in members}) == 1 for members in households.values())


def test_income_is_of_the_size_the_province_reports(city: City) -> None:
    table = pq.read_table(city[0] / "truth/households.parquet").to_pylist()
    for kind, urban in (("urban", True), ("rural", False)):
        made = np.average(
            [h["income_per_head_year"] for h in table if h["urban"] is urban],
            weights=[h["members"] for h in table if h["urban"] is urban],
        )
        assert made == pytest.approx(figure("income.per_head_year").shares[kind], rel=0.05)


def test_no_child_works_and_the_poorest_hold_no_contract(people: list[dict[str, Any]]) -> None:
    assert all(years_between(p["birth_date"], AS_OF) >= 20 for p in people if p["employed"])


def test_every_figure_says_where_it_comes_from() -> None:
    assert len(figures_read()) >= 15
    for entry in figures_read().values():
        assert entry.source
        assert entry.unit
        assert entry.certainty in ("published", "approximate", "assumption")
