"""How a resource stands: its table from the newest load, its quality from the last whole delivery."""

from __future__ import annotations

from datacity import SYSTEM, DataCity

from yiwang.data.selectors import board_health, catalogue_list, resource_get
from yiwang.data.service import rejected_correct


def test_a_correction_adds_its_rows_and_leaves_the_delivery_judged_as_it_was(city: DataCity) -> None:
    load = city.load("编号,姓名,性别\n1,甲,男\n2,,女\n3,丙,错\n4,丁,女\n")
    before = {s.dimension: (s.good, s.total) for s in resource_get(SYSTEM, "people").scores}
    rejected_correct(actor=SYSTEM, load_id=load.pk, corrections={2: {"姓名": "乙"}})
    after = resource_get(SYSTEM, "people")
    assert catalogue_list(SYSTEM).items[0].rows == 3
    assert {s.dimension: (s.good, s.total) for s in after.scores} == before
    assert before["completeness"] == (7, 8) and before["accuracy"] == (3, 4)
    assert {point.load_id for point in after.history} == {load.pk}
    assert after.last_load is not None and after.last_load.corrects_id == load.pk


def test_the_board_counts_rules_broken_in_the_delivery_also_after_a_correction(city: DataCity) -> None:
    load = city.load("编号,姓名,性别\n1,甲,男\n2,,女\n")
    rejected_correct(actor=SYSTEM, load_id=load.pk, corrections={2: {"姓名": "乙"}})
    board = board_health(SYSTEM)
    assert [(row.id, rows) for row, _, rows in board.worst_rules] == [("people", 1)]
    assert board.by_department[0].rejected == 1 and board.rows == 2


def test_a_resource_without_data_has_no_scores_and_is_told_as_never_loaded(city: DataCity) -> None:
    assert resource_get(SYSTEM, "people").scores == ()
    assert [(row.id, days) for row, days in board_health(SYSTEM).stale] == [("people", None)]
