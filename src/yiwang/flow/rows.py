"""Rows of cases as answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yiwang.flow.answers import (
    CaseRow,
    ClockView,
    FileRow,
    NoteRow,
    PauseRow,
    RatingRow,
    StepRow,
    WorkRow,
)
from yiwang.flow.clocks import clock_view
from yiwang.flow.models import Case, CaseClock, CaseFile, CaseNote, CaseStep, Pause, Rating, Work
from yiwang.kernel.core.calendar import Calendar
from yiwang.kernel.core.text import Text

# What a query of cases needs so that `case_row` asks nothing more.
CASE_PARTS = ("process", "item")
CASE_SETS = ("clocks", "pauses")


def case_row(case: Case, calendar: Calendar, now: datetime) -> CaseRow:
    clock = next((one for one in case.clocks.all() if one.work_id is None), None)
    pauses = list(case.pauses.all()) if clock is not None else []
    item = case.item
    return CaseRow(
        number=case.number,
        title=case.title,
        item=item.item_id if item else "",
        item_title=Text(zh=item.title_zh, en=item.title_en) if item else None,
        process=case.process.process_id,
        version=case.process.number,
        department=case.department,
        channel=case.channel,
        topic=case.topic,
        division=case.division,
        status=case.status,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        clock=clock_view(clock, pauses, calendar, now) if clock else None,
        form_number=case.form_number,
    )


def work_row_of(work: Work, case: Case, pauses: Sequence[Pause], calendar: Calendar, now: datetime) -> WorkRow:
    """`work.clock` must have been asked for with the work."""
    return WorkRow(
        id=work.pk,
        case=case.number,
        case_title=case.title,
        number=work.number,
        node=work.node,
        kind=work.kind,
        title=Text(zh=work.title_zh, en=work.title_en),
        department=work.department,
        role=work.role,
        assignee=work.assignee,
        form=work.form_id,
        round=work.round,
        is_waiting=work.is_waiting,
        begun_by=work.begun_by,
        opened_at=work.opened_at,
        closed_at=work.closed_at,
        closed_how=work.closed_how,
        closed_by=work.closed_by,
        clock=_clock(work, pauses, calendar, now),
        of=work.of,
    )


def _clock(work: Work, pauses: Sequence[Pause], calendar: Calendar, now: datetime) -> ClockView | None:
    clock: CaseClock | None = getattr(work, "clock", None)
    return clock_view(clock, pauses, calendar, now) if clock is not None else None


def note_row(note: CaseNote) -> NoteRow:
    return NoteRow(note.at, note.kind, Text(zh=note.text_zh, en=note.text_en), note.is_public, note.by)


def file_row(file: CaseFile) -> FileRow:
    return FileRow(file.question, file.digest, file.name, file.media_type, file.size, file.given_at)


def pause_row(pause: Pause) -> PauseRow:
    return PauseRow(pause.begin, pause.end, pause.reason, pause.text)


def rating_row(rating: Rating | None) -> RatingRow | None:
    if rating is None:
        return None
    follow_up = rating.follow_up.number if rating.follow_up else ""
    return RatingRow(rating.grade, rating.text, rating.solved, rating.channel, rating.at, follow_up)


def step_row(step: CaseStep) -> StepRow:
    passed = tuple((mark, element, token) for mark, element, token in step.passed)
    return StepRow(step.number, step.at, step.kind, step.node, step.actor_name, step.event, passed, step.process.number)
