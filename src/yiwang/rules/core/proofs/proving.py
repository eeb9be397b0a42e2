"""The door of the proofs: what a decision table leaves open, says twice or can never use, on every day of a period.

Regions, not samples: each input is cut where some cell cuts it, the interpreter decides every cell once per region, and the rules are then
boxes in a finite space, where coverage and overlap are exact. What cannot be decided so is said, never taken as fine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from yiwang.rules.core.dmn.boxed import DecisionTable
from yiwang.rules.core.feel.values import Date, Value
from yiwang.rules.core.feel.wording import Words, glued, value_words
from yiwang.rules.core.proofs.cellchecks import references, wrong_types
from yiwang.rules.core.proofs.checks import Checks
from yiwang.rules.core.proofs.cover import OutOfWork, Work
from yiwang.rules.core.proofs.domains import Domain, Missing, Parameters, Period, Span, spans
from yiwang.rules.core.proofs.evaluation import Judge, open_names
from yiwang.rules.core.proofs.findings import Assumption, Finding, Proof, Unprovable
from yiwang.rules.core.proofs.outcomes import Outcomes
from yiwang.rules.core.proofs.space import reader_of, space_of

BUDGET = 400_000
_ANY_DAY = Period(Date(2000, 1, 1), Date(2000, 1, 1))


@dataclass(slots=True)
class _Answer:
    """What one span of days gave."""

    since: Date
    findings: list[Finding] = field(default_factory=list)
    regions: int = 0
    complete: bool | None = None
    disjoint: bool | None = None
    assumptions: list[Assumption] = field(default_factory=list)


def prove(
    table: DecisionTable,
    domains: Mapping[str, Domain] | None = None,
    parameters: Parameters | None = None,
    period: Period | None = None,
    budget: int = BUDGET,
) -> Proof:
    """Prove a table over the domains of its inputs, for every value its parameters have in the period.

    `domains` by label or expression of an input (or by the text of whatever else a cell compares with); an input without one has the type and
    the allowed values of its column. `budget` limits the steps per span of days.
    """
    used = _used(table)
    dated = {name: list(values) for name, values in (parameters or {}).items() if name in used}
    answers: list[_Answer] = []
    missing: list[Finding] = []
    for stretch in spans(dated, period or _ANY_DAY):
        if isinstance(stretch, Missing):
            missing.append(_uncovered(stretch))
        else:
            answers.append(_prove_span(table, domains or {}, stretch, set(dated), budget))
    findings = [*references(table), *missing, *_over_time(answers)]
    return Proof(
        findings=tuple(findings),
        regions=sum(answer.regions for answer in answers),
        complete=_worst(answer.complete for answer in answers),
        disjoint=_worst(answer.disjoint for answer in answers),
        assumptions=tuple(dict.fromkeys(note for answer in answers for note in answer.assumptions)),
    )


def _used(table: DecisionTable) -> set[str]:
    read: set[str] = set()
    for rule in table.rules:
        for cell in rule.inputs:
            read |= open_names(cell.tests)
        for result in rule.outputs:
            read |= open_names(result.node)
    for column in table.inputs:
        read |= open_names(column.values) if column.values is not None else set()
    return read


def _worst(answers: Iterable[bool | None]) -> bool | None:
    found = set(answers)
    return False if False in found else None if None in found or not found else True


def _prove_span(
    table: DecisionTable, domains: Mapping[str, Domain], span: Span, parameters: set[str], budget: int
) -> _Answer:
    answer = _Answer(span.since)
    absent = sorted(parameters - set(span.values))
    if absent:
        # The parameter's own finding says so; nothing can be said of the rules on these days.
        return answer
    judge = Judge(span.values, span.since)
    outcomes = Outcomes(table, judge)
    answer.findings += outcomes.findings()
    checks: Checks | None = None
    try:
        space = space_of([table], domains, judge, Work(budget))
        answer.assumptions = space.notes
        answer.regions = sum(len(each.regions) for each in space.dimensions)
        answer.findings += wrong_types(table, space, reader_of(table, judge))
        checks = Checks(table, space, outcomes)
        answer.findings += checks.all()
    except OutOfWork:
        answer.findings.append(_unproved("计算量超过上限", "it takes more work than allowed"))
        return answer
    except Unprovable as reason:
        answer.findings.append(_unproved(reason.zh, reason.en))
        return answer
    answer.complete, answer.disjoint = checks.complete, checks.disjoint
    return answer


def _unproved(zh: str, en: str) -> Finding:
    return Finding("unproved", "warning", (), (), f"没有证明：{zh}", f"Not proved: {en}")


def _uncovered(missing: Missing) -> Finding:
    since = value_words(missing.since)
    until = Words("起没有取值", "") if missing.until is None else _until(missing.until)
    zh = glued(f"参数“{missing.name}”自", since.zh, until.zh)
    en = f'The parameter "{missing.name}" has no value from {since.en} on{until.en}'
    return Finding("parameter", "error", (), (), zh, en, missing.since)


def _until(day: Value) -> Words:
    said = value_words(day)
    return Words(glued("起至", said.zh, "前没有取值"), f" until before {said.en}")


def _over_time(answers: list[_Answer]) -> list[Finding]:
    """Each finding once: as it is when it holds throughout, else with the day from which it does."""
    found: dict[tuple[str, tuple[int, ...], str], tuple[Finding, list[Date]]] = {}
    for answer in answers:
        for finding in answer.findings:
            key = (finding.kind, finding.rules, finding.zh)
            found.setdefault(key, (finding, []))[1].append(answer.since)
    told: list[Finding] = []
    for finding, days in found.values():
        if len(days) >= len(answers):
            told.append(finding)
        else:
            since = value_words(days[0])
            told.append(
                replace(
                    finding,
                    since=days[0],
                    zh=glued("自", since.zh, f"起：{finding.zh}"),
                    en=f"From {since.en} on: {finding.en}",
                )
            )
    return told
