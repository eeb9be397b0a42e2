"""Every fault that was planted is found, with a row that shows it, and nothing else is said."""

from __future__ import annotations

import pytest
from prooftables import Case, cases

from yiwang.rules.core.feel.parser import parse_tests
from yiwang.rules.core.feel.values import Date
from yiwang.rules.core.proofs.evaluation import Judge
from yiwang.rules.core.proofs.findings import Finding
from yiwang.rules.core.proofs.proving import prove

PLANTED = cases("planted.yaml")
JUDGE = Judge({}, Date(2026, 1, 1))


def shows(finding: Finding, witness: dict[str, str]) -> bool:
    row = dict(finding.witness)
    return all(
        JUDGE.passes(parse_tests(text, frozenset(row)), row[name], row) is True for name, text in witness.items()
    )


def test_there_are_thirty() -> None:
    assert len(PLANTED) == len({case.name for case in PLANTED}) == 30


@pytest.mark.parametrize("case", PLANTED, ids=lambda case: case.name)
def test_a_planted_fault_is_found_with_its_row(case: Case) -> None:
    proof = prove(case.table, case.domains, case.parameters, case.period)
    said = [f"{finding.kind} {finding.rules} {finding.witness} {finding.zh}" for finding in proof.findings]
    assert sorted((finding.kind, finding.rules) for finding in proof.findings) == sorted(
        find[:2] for find in case.finds
    ), said
    for kind, rules, witness in case.finds:
        found = next(finding for finding in proof.findings if (finding.kind, finding.rules) == (kind, rules))
        assert shows(found, witness), said
        assert found.level == ("warning" if kind == "identical" else "error"), said
