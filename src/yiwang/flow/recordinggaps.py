"""Where the law wants a recording and there is none: a task that was done at a step the diagram marks as to be recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from yiwang.flow.core.process.nodes import Definition, UserTask
from yiwang.flow.definitions import definition_of
from yiwang.flow.models import Case, CaseRecording, Work
from yiwang.flow.turns import Turn
from yiwang.kernel.core.text import Text


@dataclass(frozen=True)
class StepGap:
    """`done_at` None: the step is open, and a recording is still to be made."""

    step: str
    title: Text
    department: str
    done_at: datetime | None
    done_by: str


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
    return tuple(
        StepGap(work.node, Text(zh=work.title_zh, en=work.title_en), work.department, work.closed_at, work.closed_by)
        for work in {work.node: work for work in works}.values()
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
