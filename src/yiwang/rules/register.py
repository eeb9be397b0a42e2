"""Reading decisions: which there are, what a version says, how it came to be."""

from __future__ import annotations

from django.db.models import Q

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.selectors import department_names
from yiwang.rules.answers import CheckReport, DecisionDetail, DecisionRow, StepRow, VersionRow
from yiwang.rules.casework import cases_run
from yiwang.rules.checking import content_check
from yiwang.rules.models import Decision, VersionStep
from yiwang.rules.prepared import prepared
from yiwang.rules.rows import content_of, decision_row, decision_told, step_told, version_row, version_told


def decision_list(actor: Actor, *, search: str = "", department: str = "") -> tuple[DecisionRow, ...]:
    """Every decision, by id. Rules are public: anybody signed in may read them."""
    demand(actor, "decision.read")
    rows = Decision.objects.select_related("published").prefetch_related("versions").order_by("id")
    for word in search.split():
        rows = rows.filter(Q(id__icontains=word) | Q(title_zh__icontains=word) | Q(title_en__icontains=word))
    if department:
        rows = rows.filter(department=department)
    names = department_names()
    return tuple(decision_told(row, names) for row in rows)


def decision_get(actor: Actor, decision_id: str, *, number: int | None = None) -> DecisionDetail:
    """A version of a decision, the one that holds by default. Raises NotFound."""
    demand(actor, "decision.read")
    decision = decision_row(decision_id)
    version = version_row(decision, number)
    content = content_of(version)
    return DecisionDetail(
        row=decision_told(decision),
        version=version_told(version),
        file=content.file,
        dmn=content.dmn,
        companion=content.companion,
        parameters=tuple(content.values[name] for name in sorted(content.values)),
        parameter_texts=dict(content.parameters),
    )


def decision_versions(actor: Actor, decision_id: str) -> tuple[VersionRow, ...]:
    """Every version, the newest first. Raises NotFound."""
    demand(actor, "decision.read")
    return tuple(version_told(v) for v in decision_row(decision_id).versions.order_by("-number"))


def decision_history(actor: Actor, decision_id: str) -> tuple[StepRow, ...]:
    """What happened to the versions of a decision, the newest first. Raises NotFound."""
    demand(actor, "decision.read")
    steps = VersionStep.objects.filter(version__decision=decision_row(decision_id)).select_related("version")
    return tuple(step_told(step) for step in steps.order_by("-id"))


def decision_check(actor: Actor, decision_id: str, *, number: int | None = None) -> CheckReport:
    """What checking a version finds (reading, companion, articles, proofs), and whether the pack's cases hold on it."""
    demand(actor, "decision.read")
    decision = decision_row(decision_id)
    content = content_of(version_row(decision, number))
    findings = tuple(content_check(content))
    if any(finding.level == "error" for finding in findings):
        return CheckReport(findings, ())
    return CheckReport(findings, cases_run(prepared(content), decision.cases))
