"""The hit list of many decisions: the same rows however decisions are put together."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from tableworld import Residents, model, residents, table

from yiwang.rules.adapters import duck
from yiwang.rules.core.plan import bundles
from yiwang.rules.core.plan.plan import Plan
from yiwang.rules.core.plan.refusal import PlanRefused


def _town(folder: Path) -> tuple[Residents, Plan]:
    town = residents(
        folder, n=pa.array([*range(40), None], pa.int16()), k=pa.array([3, None, 9] * 13 + [1, 2], pa.int16())
    )
    decisions = model(
        ["n", "k"],
        low=table(["n"], ["< 10 | 1", "[10..20] | n * 2", "null | 7"], "FIRST"),
        sums=table(["n", "k"], ["> 5 | - | 1", "> 15 | > 2 | k", "- | null | 4"], "COLLECT"),
        clash=table(["k"], ["> 2 | 1", "> 8 | 2"], "UNIQUE"),
    )
    return town, town.plan(decisions)


def _told(town: Residents, plan: Plan) -> list[tuple[object, ...]]:
    found = town.hits(plan)
    return sorted((r["subject"], r["decision"], r["rule"], str(r["amount"]), r["violated"]) for r in found)


@pytest.mark.parametrize("most", [1, 20])
def test_hits_are_the_same_however_few_decisions_share_a_look_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    town, plan = _town(tmp_path)
    together = _told(town, plan)
    monkeypatch.setattr(bundles, "MOST", most)
    assert _told(town, plan) == together


def test_each_decision_tells_its_hits_in_a_shared_look_up(tmp_path: Path) -> None:
    town, plan = _town(tmp_path)
    told = _told(town, plan)
    assert [one for one in told if one[0] == 17] == [
        (17, "clash", 1, "None", True),
        (17, "low", 2, "34", False),
        (17, "sums", 1, "1", False),
        (17, "sums", 2, "9", False),
    ]
    assert [one for one in told if one[0] == 40] == [(40, "low", 3, "7", False)]


def test_a_table_wider_than_a_word_tells_its_hits(tmp_path: Path) -> None:
    town = residents(tmp_path, n=pa.array(range(150), pa.int16()))
    plan = town.plan(model(["n"], d=table(["n"], [f"{at} | {at * 2}" for at in range(140)])))
    assert [(one["subject"], one["rule"], int(one["amount"])) for one in town.hits(plan)] == [
        (at, at + 1, at * 2) for at in range(140)
    ]


def test_a_computed_result_is_listed_as_it_is_written(tmp_path: Path) -> None:
    town = residents(
        tmp_path,
        n=pa.array([1, 2, None], pa.int16()),
        born=pa.array([date(1950, 1, 31), date(2000, 12, 1), None], pa.date32()),
        paid=pa.array([Decimal("10.00"), Decimal("100.50"), Decimal("0.00")], pa.decimal128(8, 2)),
    )
    told = {}
    for name, said in (("boolean", "n > 1"), ("date", "born"), ("string", 'if n > 1 then "甲" else "乙"')):
        plan = town.plan(model(["n", "born"], d=table(["n"], [f"- | {said}"], "FIRST", kind=name)))
        told[name] = [one["result"] for one in town.hits(plan)]
    assert told == {
        "boolean": ["false", "true", None],
        "date": ["1950-01-31", "2000-12-01", None],
        "string": ["乙", "甲", "乙"],
    }


def test_a_list_kept_to_results_that_are_computed_is_refused(tmp_path: Path) -> None:
    town = residents(tmp_path, n=pa.array([1, 2], pa.int16()))
    plan = town.plan(model(["n"], d=table(["n"], ["- | n > 1"], "FIRST", kind="boolean")))
    with pytest.raises(PlanRefused, match="computed for each"):
        duck.hits(plan, town.relation, tmp_path / "hits.parquet", results=["true"])
