"""The bench of routing cuts its examples fairly and says what it missed. No time is judged here."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from bench.routing import benchmark
from bench.routing.folding import PARTS, kept_together, parts_apart, plain_parts

from yiwang.flow.core.routing.router import Example

LAMP = "滨江小区三号楼门口的路灯坏了五天，晚上老人出门看不见路"
COPY = "滨江小区三号楼门口路灯坏了五天，老人晚上出门看不见路"
OTHERS = tuple(
    f"{place}的{thing}" for place in "甲乙丙丁戊己庚辛壬癸" for thing in ("工资拖欠", "河水发臭", "公交改线")
)
EXAMPLES = [
    Example("市政", LAMP),
    *(Example("其他", text) for text in OTHERS),
    Example("市政", COPY),
    Example("市政", LAMP),
]


def test_every_part_gets_its_share_of_each_label() -> None:
    part = plain_parts(EXAMPLES, seed=0)
    held = Counter(its for its, one in zip(part, EXAMPLES, strict=True) if one.label == "其他")
    assert set(held) == set(range(PARTS)) and set(held.values()) == {len(OTHERS) // PARTS}
    assert part == plain_parts(EXAMPLES, seed=0) != plain_parts(EXAMPLES, seed=1)


def test_copies_follow_the_first_of_them_into_one_part() -> None:
    leaders = kept_together(EXAMPLES)
    assert leaders[0] == leaders[-1] == leaders[-2] == 0
    for seed in range(5):
        part = parts_apart(EXAMPLES, leaders, seed)
        assert part[0] == part[-1] == part[-2]


def test_what_was_missed_is_said_and_what_holds_is_not() -> None:
    good = {"macro_f1": 0.9, "macro_f1_at_80": 0.95, "per_second": 5_000.0, "train_seconds": 6.0}
    peer = {"macro_f1": 0.87}
    held = {"yiwang": good, "yiwang_apart": good, "peer": peer, "peer_apart": peer}
    assert benchmark._missed(held) == []
    for name, value in (
        ("macro_f1", 0.879),
        ("macro_f1_at_80", 0.92),
        ("per_second", 1_999.0),
        ("train_seconds", 61.0),
    ):
        (said,) = benchmark._missed(held | {"yiwang": good | {name: value}})
        assert said.startswith(f"{name} {value}")
    (said,) = benchmark._missed(held | {"peer_apart": {"macro_f1": 0.9}})
    assert "macro_f1_apart" in said


def test_without_the_public_data_nothing_is_measured_and_the_run_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIWANG_SHARED_DATA", str(tmp_path))
    found = benchmark.run(10, 1, str)
    assert found["failed"] and "not measured" in benchmark.table(found)


def test_both_contenders_see_the_same_parts_and_every_example_once() -> None:
    part = plain_parts(EXAMPLES, seed=0)
    asked = [one for number in range(PARTS) for one in benchmark._sides(EXAMPLES, part, number)[1]]
    assert Counter(asked) == Counter(EXAMPLES)
    learned, held_back = benchmark._sides(EXAMPLES, part, 0)
    assert len(learned) + len(held_back) == len(EXAMPLES)
