"""Scores: a perfect finder gets 1, a useless one 0, and what a finder cannot help is not held against it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from yiwang.data.synth import CLASSES, CityManifest, score

City = tuple[Path, CityManifest]


def record(*errors: tuple[str, int, str, str, int | None]) -> pa.Table:
    names = ["list", "row", "field", "class", "twin"]
    return pa.table({name: [error[place] for error in errors] for place, name in enumerate(names)})


def test_a_perfect_finder_gets_one_everywhere(city: City) -> None:
    errors = pq.read_table(city[0] / "errors.parquet").to_pylist()
    found = [(e["list"], e["row"], e["field"], min(CLASSES[e["class"]].reasons)) for e in errors]
    results = score(city[0] / "errors.parquet", found)
    assert {(r.recall, r.precision) for r in results.values()} == {(1.0, 1.0)}


def test_a_silent_finder_gets_nothing(city: City) -> None:
    results = score(city[0] / "errors.parquet", [])
    assert {(r.recall, r.precision) for r in results.values()} == {(0.0, 0.0)}


def test_a_finder_that_blames_good_rows_gets_nothing(city: City) -> None:
    errors = pq.read_table(city[0] / "errors.parquet")
    bad = set(zip(errors["list"].to_pylist(), errors["row"].to_pylist(), strict=True))
    good = [row for row in range(1, 400) if ("resident-register", row) not in bad]
    found = [
        ("resident-register", row, "name", reason) for row in good for c in CLASSES.values() for reason in c.reasons
    ]
    results = score(city[0] / "errors.parquet", found)
    assert {(r.recall, r.precision) for r in results.values()} == {(0.0, 0.0)}


def test_findings_may_come_as_an_arrow_table() -> None:
    found = pa.table({"list": ["grid-cells"], "row": [3], "field": ["division"], "reason": ["unknown_division"]})
    results = score(record(("grid-cells", 3, "division", "unknown_division", None)), found)
    assert results["unknown_division"].recall == 1.0


def test_the_right_row_with_a_wrong_reason_is_neither_found_nor_false() -> None:
    errors = record(("grid-cells", 3, "division", "unknown_division", None))
    results = score(errors, [("grid-cells", 3, "division", "not_null")])
    assert results["unknown_division"].found == 0
    assert results["missing_required"].false == 0


def test_a_finding_in_another_field_of_a_bad_row_is_false() -> None:
    errors = record(("grid-cells", 3, "division", "unknown_division", None))
    results = score(errors, [("grid-cells", 3, "worker_name", "not_null")])
    assert results["missing_required"].false == 1


def test_a_field_that_a_rule_reads_with_the_wrong_one_may_be_blamed() -> None:
    errors = record(("resident-register", 5, "sex", "cross_field_contradiction", None))
    results = score(errors, [("resident-register", 5, "sex,resident_id", "compare")])
    assert results["cross_field_contradiction"].recall == 1.0


def test_blaming_the_first_of_two_equal_rows_is_not_false() -> None:
    errors = record(("resident-register", 9, "resident_id", "duplicate_key", 4))
    found = [("resident-register", row, "resident_id", "duplicate_key") for row in (4, 9)]
    result = score(errors, found)["duplicate_key"]
    assert (result.recall, result.precision) == (1.0, 1.0)


def test_in_a_shifted_row_any_finding_is_forgiven() -> None:
    errors = record(("grid-cells", 2, "*", "shifted_row", None))
    results = score(errors, [("grid-cells", 2, "division", "unknown_division"), ("grid-cells", 2, "", "row_shifted")])
    assert results["unknown_division"].false == 0
    assert results["shifted_row"].recall == 1.0


def test_a_class_that_nobody_injected_is_scored_one_until_blamed() -> None:
    errors = record(("grid-cells", 2, "*", "shifted_row", None))
    assert score(errors, [])["date_order_broken"].precision == 1.0
    assert score(errors, [("grid-cells", 7, "division", "date_order")])["date_order_broken"].precision == 0.0


def test_a_reason_with_the_name_of_its_semantic_type_counts() -> None:
    errors = record(("resident-register", 2, "resident_id", "wrong_check_digit", None))
    found = [("resident-register", 2, "resident_id", "resident_id_check_digit")]
    assert score(errors, found)["wrong_check_digit"].recall == 1.0
