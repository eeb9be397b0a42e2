"""The five dimensions by hand: every score is good of total, worked out on paper beside what the program says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from datacity import HEADER, SEX_RULE, SYSTEM, Core, DataCity, one_field, resource, rule

from yiwang.data.core.quality import accessibility, timeliness
from yiwang.data.models import QualityScore
from yiwang.data.selectors import resource_get

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


def scores(core: Core, text: str) -> dict[str, tuple[int, int]]:
    prepared, _ = core.load(text)
    return {part.dimension: (part.good, part.total) for part in prepared.parts}


def test_a_faultless_file_has_full_scores(core: Core) -> None:
    assert scores(core, f"{HEADER}\n1,甲,男\n2,乙,\n") == {
        "accuracy": (2, 2),
        "consistency": (2, 2),
        "completeness": (4, 4),
    }


def test_every_fault_counts_once_a_row_in_its_own_dimension(core: Core) -> None:
    rows = [
        "1,甲,男",
        "2,乙,x",  # not in the list: accuracy
        "3,,男",  # name missing: completeness
        ",,x",  # key and name missing, and not in the list
        "1,丁,男",  # key again: consistency
        "6,\ufffd,男",  # damaged: accuracy
        "7,庚",  # no row at all: inaccurate, and both required cells empty
        "8,辛,男",
    ]
    assert scores(core, "\n".join([HEADER, *rows]) + "\n") == {
        "accuracy": (8 - 4, 8),
        "consistency": (8 - 1, 8),
        "completeness": (16 - 5, 16),
    }


def test_a_fault_that_only_warns_counts_as_well(core: Core) -> None:
    core.resource = resource(rules=[SEX_RULE | {"severity": "warn"}])
    assert scores(core, f"{HEADER}\n1,甲,x\n2,乙,男\n")["accuracy"] == (1, 2)


def test_fields_a_rule_asks_for_are_required_cells_too_and_none_is_counted_twice(core: Core) -> None:
    fields = [one_field("code"), one_field("a", required=True), one_field("b"), one_field("c"), one_field("d")]
    rules = [rule("r1", "not_null", "a"), rule("r2", "not_null", "b"), rule("r3", "not_null", "c", "d")]
    core.resource = resource(fields=fields, rules=rules)
    # asked of each row: code, a, b, and c with d as one
    assert scores(core, "code,a,b,c,d\n1,x,x,x,x\n2,,,,\n3,x,,x,\n")["completeness"] == (12 - 5, 12)


def test_a_file_without_rows_has_nothing_to_judge(core: Core) -> None:
    assert scores(core, f"{HEADER}\n") == {"accuracy": (0, 0), "consistency": (0, 0), "completeness": (0, 0)}


@pytest.mark.parametrize(
    ("cycle", "days", "good", "total"),
    [
        ("daily", 0, 1, 1),
        ("daily", 1, 1, 1),
        ("daily", 4, 1, 4),
        ("weekly", 7, 7, 7),
        ("weekly", 14, 7, 14),
        ("monthly", 31, 31, 31),
        ("yearly", 732, 366, 732),
        ("irregular", 5_000, 1, 1),
    ],
)
def test_timeliness_is_the_promised_cycle_over_the_days_since(cycle: str, days: int, good: int, total: int) -> None:
    part = timeliness(resource(update={"cycle": cycle}), NOW - timedelta(days=days), NOW)
    assert (part.good, part.total) == (good, total)


def test_what_was_never_loaded_is_not_timely() -> None:
    part = timeliness(resource(), None, NOW)
    assert (part.good, part.total) == (0, 1)


def test_accessibility_counts_four_conditions() -> None:
    refused = resource(share={"type": "refused", "basis": "法律第一条"})
    assert (accessibility(resource(), True, True).good, accessibility(refused, False, False).good) == (4, 0)
    assert accessibility(resource(), True, False).total == 4 and accessibility(resource(), True, False).good == 3
    assert accessibility(resource(), False, True).good == 3


def test_every_load_adds_a_point_to_the_history(city: DataCity) -> None:
    city.load(f"{HEADER}\n1,甲,男\n2,乙,x\n")
    city.load(f"{HEADER}\n1,甲,男\n2,乙,男\n3,丙,男\n")
    detail = resource_get(SYSTEM, "people")
    accuracy = [round(p.share, 3) for p in detail.history if p.dimension == "accuracy"]
    assert accuracy == [0.5, 1.0] and QualityScore.objects.count() == 10
    now = {s.dimension: s.share for s in detail.scores}
    assert now["accuracy"] == 1.0 and now["timeliness"] == 1.0 and now["accessibility"] == 0.75
