"""Of a table without a fault nothing is said: no error, no warning."""

from __future__ import annotations

import pytest
from prooftables import Case, cases

from yiwang.rules.core.dmn.boxed import HitPolicy
from yiwang.rules.core.proofs.proving import prove

SOUND = cases("sound.yaml")


def test_there_are_thirty_of_every_policy() -> None:
    assert len(SOUND) == len({case.name for case in SOUND}) == 30
    assert {case.table.policy for case in SOUND} == set(HitPolicy)


@pytest.mark.parametrize("case", SOUND, ids=lambda case: case.name)
def test_nothing_is_said_of_a_sound_table(case: Case) -> None:
    proof = prove(case.table, case.domains, case.parameters, case.period)
    assert [f"{finding.kind} {finding.zh}" for finding in proof.findings] == []
    assert proof.complete is True
    if case.table.policy is HitPolicy.UNIQUE:
        assert proof.disjoint is True
