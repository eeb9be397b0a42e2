"""Recordings as they are read. Watching one is a use of the person's data: it takes a purpose and leaves two lines, one in
the ledger of uses and one in the chain of custody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import BinaryIO

from django.db import transaction

from yiwang.flow.applicants import recording_seen
from yiwang.flow.casework import case_locked, moment
from yiwang.flow.core.process.nodes import UserTask
from yiwang.flow.custody import custody_add
from yiwang.flow.definitions import definition_of
from yiwang.flow.errors import CaseClosed
from yiwang.flow.models import Case, CaseRecording, RecordingCustody
from yiwang.flow.recordinggaps import StepGap, recording_gaps
from yiwang.flow.recordingrows import PARTS, RecordingRow, recording_row
from yiwang.flow.recordingrules import declared, demand_open, recordings_until
from yiwang.flow.recordings import recording_held
from yiwang.flow.scopes import demand_case, handling
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound, Refused
from yiwang.kernel.selectors import file_open
from yiwang.kernel.service import audit

# A player asks for hundreds of ranges of one recording. They are one viewing: the purpose stands once, and for so long
# beyond the recording's own length the same account may go on asking.
VIEWING = timedelta(minutes=30)
LONGEST_PURPOSE = 400


@dataclass(frozen=True)
class RecordingList:
    """`until`: the moment from which none comes in any more, None while the case runs; `steps`: the tasks one may be taken at;
    `basis` and `officers`: what the item says of recordings.
    """

    rows: tuple[RecordingRow, ...]
    gaps: tuple[StepGap, ...]
    takes: bool
    until: datetime | None
    steps: tuple[tuple[str, Text], ...]
    basis: str
    officers: int


@dataclass(frozen=True)
class Viewing:
    """One viewing of a recording: its number among the rows of custody, good for the account that opened it until `until`."""

    recording: RecordingRow
    number: int
    until: datetime


def recording_list(actor: Actor, number: str) -> RecordingList:
    """What was recorded in a case, with every hand it went through; nothing of it is played. Where it was taken and what its
    file is called only those are told who deal with the case; others open it for a purpose. Raises NotFound, Refused.
    """
    case = _case(number)
    demand_case(actor, "case.read", case)
    rows = CaseRecording.objects.filter(case=case).select_related(*PARTS).prefetch_related("custody").order_by("number")
    said, deals = declared(case), bool(handling(actor, case))
    told = (recording_row(row) for row in rows)
    return RecordingList(
        rows=tuple(row if deals else replace(row, place="", at_place=None, name="") for row in told),
        gaps=recording_gaps(case),
        takes=_takes(case),
        until=recordings_until(case),
        steps=_steps(case),
        basis=said.basis.say() if said else "",
        officers=said.officers if said else 1,
    )


def recording_open(actor: Actor, number: str, recording: int, *, purpose: str) -> Viewing:
    """Begin to watch or listen: the line the person reads stands on the disk, and the row of custody in the base, before this
    returns. Raises NotFound, Refused, InputError without a purpose.
    """
    if not purpose.strip() or len(purpose.strip()) > LONGEST_PURPOSE:
        raise InputError(
            zh=f"请写明查看的用途（不超过 {LONGEST_PURPOSE} 字）",
            en=f"say what you look at it for (at most {LONGEST_PURPOSE} characters)",
            where="purpose",
            hint_zh="用途会记入保管链和数据使用账本，当事人能看到。",
            hint_en="The purpose goes into the chain of custody and the ledger of uses; the person concerned reads it.",
        )
    with transaction.atomic():
        case = case_locked(number=number)
        rule = demand_case(actor, "case.read", case)
        row = recording_held(case, recording)
        # The bytes have to open before anybody is told they were seen.
        file_open(row.digest).close()
        use = recording_seen(actor, case, row.number, purpose.strip())
        line = custody_add(row, RecordingCustody.Act.READ, actor, moment(), purpose, use=use)
        audit(
            actor=actor,
            act="recording.read",
            object_kind="recording",
            object_id=f"{number}/{row.number}",
            rule=rule,
            purpose=purpose.strip(),
            details={"digest": row.digest, "viewing": line.number},
        )
    return Viewing(recording_row(row), line.number, _until(row, line))


def recording_viewing(actor: Actor, number: str, recording: int, viewing: int) -> Viewing:
    """A viewing that still lasts. Raises NotFound, Refused for another's or one that is over."""
    case = _case(number)
    demand_case(actor, "case.read", case)
    row = recording_held(case, recording)
    line = row.custody.filter(number=viewing, act=RecordingCustody.Act.READ, by=actor.id).first()
    if line is None or moment() >= _until(row, line):
        raise Refused(
            zh="这次查看已经结束",
            en="this viewing is over",
            where="viewing",
            hint_zh="请写明用途，重新打开。",
            hint_en="Say what for, and open it again.",
        )
    return Viewing(recording_row(row), line.number, _until(row, line))


def recording_bytes(actor: Actor, number: str, recording: int, viewing: int, first: int = 0) -> BinaryIO:
    """The recording from byte `first` on, within a viewing; what lies before it stays sealed. Raises as recording_viewing."""
    return file_open(recording_viewing(actor, number, recording, viewing).recording.digest, first)


def _until(row: CaseRecording, line: RecordingCustody) -> datetime:
    return line.at + VIEWING + (row.ended_at - row.started_at)


def _case(number: str) -> Case:
    case = Case.objects.select_related("process", "item").filter(number=number).first()
    if case is None:
        raise NotFound(zh=f"没有办件 {number}", en=f"there is no case {number}", where="case")
    return case


def _takes(case: Case) -> bool:
    try:
        demand_open(case, moment())
    except CaseClosed:
        return False
    return True


def _steps(case: Case) -> tuple[tuple[str, Text], ...]:
    return tuple(
        (node.id, Text(zh=node.name.zh, en=node.name.en) if node.name else Text(zh=node.id, en=node.id))
        for node in definition_of(case.process).nodes.values()
        if isinstance(node, UserTask)
    )
