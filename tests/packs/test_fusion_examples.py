"""A fusion is tried on the examples it must refuse before its pack can be installed."""

from __future__ import annotations

from typing import Any

import pytest

from yiwang.data.products.fusions import FusionFile, fusion_check
from yiwang.kernel.core.pack import View, pack_objects, pack_read, packs_find
from yiwang.kernel.packing import BUILT_IN

PACKS = packs_find([BUILT_IN])
PATH = "fusions/firm-activity-by-type.yaml"


def found(**changes: Any) -> list[str]:
    """What the check says of the shipped fusion with parts of it changed, as `element: finding`."""
    economy, firms = (pack_read(PACKS[name], [BUILT_IN]) for name in ("economy", "legal-person"))
    own = dict(pack_objects(economy)[0])
    file = FusionFile.model_validate(own["fusions"][PATH].model_dump(mode="json") | changes)
    own["fusions"] = {PATH: file}
    view = View(economy, own, pack_objects(firms)[0])
    return [f"{f.where.removeprefix(f'economy/{PATH} ')}: {f.en}" for f in fusion_check(PATH, file, view)]


def test_the_shipped_fusion_has_no_finding_and_every_rule_it_can_break_an_example() -> None:
    assert found() == []
    file = pack_objects(pack_read(PACKS["economy"], [BUILT_IN]))[0]["fusions"][PATH]
    shown = {example.rule for example in file.refused}
    assert shown == {"resource", "field", "key", "type", "person", "grade", "number", "contract"}


def test_an_example_that_is_not_refused_by_its_rule_is_found() -> None:
    said = found(refused=[{"rule": "grade", "change": {"by": [{"side": "purchased", "field": "activity"}]}}])
    assert said == ["refused 1: the example is not refused by grade (-)"]


def test_an_example_that_allows_joining_is_no_example() -> None:
    clause = {"text": "可融合", "kind": "enforced", "control": "aggregates"}
    assert found(refused=[{"rule": "contract", "clauses": [clause]}]) == [
        "refused 1: the example is not refused by contract (-)"
    ]


@pytest.mark.parametrize("change", [{"by": []}, {"no_such": 1}])
def test_an_example_that_is_no_declaration_is_found(change: dict[str, Any]) -> None:
    (said,) = found(refused=[{"rule": "grade", "change": change}])
    assert said.startswith("refused 1: no example: ")


def test_a_group_of_grade_three_is_found_with_its_element() -> None:
    said = found(by=[{"side": "purchased", "field": "contact"}])
    assert said == ["by 1: Contact is of grade 3: figures are not grouped by it"]
