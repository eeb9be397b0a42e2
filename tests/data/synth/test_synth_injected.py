"""What is wrong in the lists is what the record says, and nothing else; judged by a reader that shares no code with them."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import oracle
import pyarrow.parquet as pq
import pytest

from yiwang.data.synth import CLASSES, CityManifest, ClassScore, score
from yiwang.data.synth.lists import BY_RESOURCE, LISTS
from yiwang.data.synth.places import DEFAULT_TABLE

City = tuple[Path, CityManifest]
AS_OF = date(2026, 11, 1)


def divisions_on(day: date) -> set[str]:
    with DEFAULT_TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    text = day.isoformat()
    return {r["code"] for r in rows if r["valid_from"] <= text and (not r["valid_until"] or text < r["valid_until"])}


@pytest.fixture(scope="module")
def found(city: City) -> list[oracle.Finding]:
    return oracle.findings(city[0], AS_OF, divisions_on(AS_OF))[0]


@pytest.fixture(scope="module")
def scores(city: City, found: list[oracle.Finding]) -> dict[str, ClassScore]:
    return score(city[0] / "errors.parquet", found)


def test_every_class_of_error_is_injected(city: City) -> None:
    injected = set(pq.read_table(city[0] / "errors.parquet")["class"].to_pylist())
    assert injected == set(CLASSES)


@pytest.mark.parametrize("error_class", [entry.id for entry in CLASSES.values() if entry.decided])
def test_every_decided_error_is_really_wrong(scores: dict[str, ClassScore], error_class: str) -> None:
    result = scores[error_class]
    assert (result.found, result.recall) == (result.injected, 1.0)


@pytest.mark.parametrize("error_class", [entry.id for entry in CLASSES.values() if entry.decided])
def test_no_clean_row_is_wrong(scores: dict[str, ClassScore], error_class: str) -> None:
    assert (scores[error_class].false, scores[error_class].precision) == (0, 1.0)


def test_rows_with_something_wrong_are_rows_with_an_injected_error(city: City, found: list[oracle.Finding]) -> None:
    errors = pq.read_table(city[0] / "errors.parquet").to_pylist()
    assert {(f[0], f[1]) for f in found} <= {(e["list"], e["row"]) for e in errors}


def test_a_row_holds_at_most_one_error(city: City) -> None:
    errors = pq.read_table(city[0] / "errors.parquet").to_pylist()
    assert len({(e["list"], e["row"]) for e in errors}) == len(errors) > 1000


def test_the_record_says_what_stands_in_the_file(city: City) -> None:
    for spec in LISTS:
        rows = list(oracle.rows_of(city[0], spec))
        for error in pq.read_table(city[0] / "errors.parquet", filters=[("list", "=", spec.resource)]).to_pylist():
            row = rows[error["row"] - 1]
            if error["field"] != "*" and not error["written"].strip():
                assert not row[error["field"]].strip()
            elif error["field"] != "*" and BY_RESOURCE[spec.resource].field(error["field"]).kind != "date":
                assert row[error["field"]].strip() == error["written"].strip()


def test_a_duplicate_names_an_earlier_row_with_the_same_key(city: City) -> None:
    rows = [row["resident_id"].strip() for row in oracle.rows_of(city[0], BY_RESOURCE["resident-register"])]
    errors = pq.read_table(city[0] / "errors.parquet", filters=[("list", "=", "resident-register")]).to_pylist()
    pairs = [(e["row"], e["twin"]) for e in errors if e["class"] == "duplicate_key"]
    assert pairs
    assert all(twin < row for row, twin in pairs)
    plain = [oracle.plain(text).replace(" ", "").upper() for text in rows]
    assert all(plain[row - 1] == plain[twin - 1] for row, twin in pairs)


def test_counts_of_errors_in_the_manifest_are_those_of_the_record(city: City) -> None:
    folder, manifest = city
    counted: dict[str, dict[str, int]] = {spec.resource: {} for spec in LISTS}
    for error in pq.read_table(folder / "errors.parquet").to_pylist():
        of_list = counted[error["list"]]
        of_list[error["class"]] = of_list.get(error["class"], 0) + 1
    assert counted == manifest.errors


def test_lists_have_as_many_rows_as_the_manifest_says(city: City) -> None:
    folder, manifest = city
    stated = {file.resource: file.rows for file in manifest.files if file.resource}
    assert stated == {spec.resource: sum(1 for _ in oracle.rows_of(folder, spec)) for spec in LISTS}
