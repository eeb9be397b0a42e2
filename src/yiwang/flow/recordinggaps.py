"""Where the law wants a recording and there is none: a task that was done at a step the diagram marks as to be recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from yiwang.flow.core.process.nodes import Definition, UserTask
from yiwang.flow.definitions import definition_of
from yiwang.flow.models import Case, CaseRecording, ProcessVersion, Work
from yiwang.flow.scopes import cases_seen, covered
from yiwang.flow.turns import Turn
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.paging import Page, paged


@dataclass(frozen=True)
class StepGap:
    """`done_at` None: the step is open, and a recording is still to be made."""

    step: str
    title: Text
    department: str
    done_at: datetime | None
    done_by: str


@dataclass(frozen=True)
class CaseGap:
    """A gap with the case it is in."""

    case: str
    title: str
    gap: StepGap


def recorded_steps(definition: Definition) -> frozenset[str]:
    """The tasks the law wants recorded."""
    return frozenset(
        one.id for one in definition.nodes.values() if isinstance(one, UserTask) and one.requires_recording
    )


def recording_gaps(case: Case) -> tuple[StepGap, ...]:
    """The steps to be recorded that were reached and have no recording, in the order they were reached."""
    wanted = recorded_steps(definition_of(case.process)) - set(_bound(case).values_list("step", flat=True))
    if not wanted:
        return ()
    works = case.works.filter(node__in=wanted, closed_how__in=("", "done")).order_by("number")
    # The last work at a step tells how it stands: sent back and done again it is one step.
    return tuple(_gap(work) for work in {work.node: work for work in works}.values())


def recording_gap_list(actor: Actor, *, department: str = "", page: int = 1, per_page: int = 50) -> Page[CaseGap]:
    """Steps that were done without the recording the law wants, over the cases the actor may read, the newest first.

    Raises Refused for somebody without any such right.
    """
    if not (actor.is_system or covered(actor, "case.read") or actor.id):
        demand(actor, "case.read")
    wanted = Q(pk__in=[])
    # Of the versions that run or ran; their definitions are kept once read.
    for version in ProcessVersion.objects.filter(case__isnull=False).distinct():
        steps = recorded_steps(definition_of(version))
        if steps:
            wanted |= Q(case__process=version, node__in=steps)
    here = {"case": OuterRef("case"), "node": OuterRef("node")}
    later = Work.objects.filter(**here, closed_how__in=("", "done"), number__gt=OuterRef("number"))
    bound = CaseRecording.objects.filter(case=OuterRef("case"), step=OuterRef("node"))
    seen = Case.objects.filter(cases_seen(actor))
    rows = Work.objects.filter(wanted, closed_how="done", case__in=seen).exclude(Exists(later)).exclude(Exists(bound))
    if department:
        rows = rows.filter(department=department)
    rows = rows.select_related("case").order_by("-closed_at", "-id")
    return paged(
        rows, lambda work: CaseGap(work.case.number, work.case.title, _gap(work)), page=page, per_page=per_page
    )


def gap_noted(turn: Turn, work: Work) -> None:
    """Say on the case that a step was done without the recording the law wants; the recording may still come in."""
    node = turn.definition.nodes.get(work.node)
    if not (isinstance(node, UserTask) and node.requires_recording) or _bound(turn.case).filter(step=node.id).exists():
        return
    turn.note(
        "recording_gap",
        Text(
            zh=f"“{work.title_zh}”依法须全过程音像记录，还没有绑定录音录像，请补录入。",
            en=f"The law wants “{work.title_en}” recorded and no recording is bound to it yet; please bind one.",
        ),
    )


def _bound(case: Case) -> QuerySet[CaseRecording]:
    return CaseRecording.objects.filter(case=case)


def _gap(work: Work) -> StepGap:
    title = Text(zh=work.title_zh, en=work.title_en)
    return StepGap(work.node, title, work.department, work.closed_at, work.closed_by)
