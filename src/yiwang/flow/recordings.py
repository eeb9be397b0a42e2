"""执法音视频采集: recordings of enforcement come in, are bound to their case for good, change hands and are superseded.

The bytes lie sealed. Nothing is replaced in place and nothing is deleted: a better recording says which one it supersedes
and why, and both stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import BinaryIO

from django.db import IntegrityError, transaction

from yiwang.flow.adapters.scanning import scan
from yiwang.flow.casework import case_locked, moment
from yiwang.flow.core.media import HEAD, MEDIA, media_kind, media_problem
from yiwang.flow.custody import LONGEST_REASON, custody_add
from yiwang.flow.models import Case, CaseRecording, RecordingCustody
from yiwang.flow.recordingrows import RecordingRow, Taken, recording_row
from yiwang.flow.recordingrules import demand_free, demand_open, demand_said
from yiwang.flow.scopes import demand_case, known_hands
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import Conflict, InputError, NotFound
from yiwang.kernel.selectors import file_title
from yiwang.kernel.service import audit, file_put

MOST_BYTES = 4 << 30
CHUNK = 1 << 20


def recording_add(*, actor: Actor, number: str, source: BinaryIO, name: str, taken: Taken) -> RecordingRow:
    """Bind a recording to a case. `source` can go back to its beginning; memory stays at one chunk.

    Raises NotFound, Refused, CaseClosed when the case no longer takes recordings, InputError for what is said of it or for
    a file that no browser plays, Conflict for bytes that are bound already, VirusFound, Unavailable.
    """
    return _added(actor, number, source, name, taken, lambda case: None, "")


def recording_supersede(
    *, actor: Actor, number: str, recording: int, source: BinaryIO, name: str, taken: Taken, reason: str
) -> RecordingRow:
    """Bind a recording that takes another's place, which stays as it is. Raises as recording_add does, and Conflict when
    another has taken its place already.
    """
    _reasoned(reason)

    def old(case: Case) -> CaseRecording:
        found = recording_held(case, recording)
        follower = CaseRecording.objects.filter(supersedes=found).first()
        if follower is not None:
            raise Conflict(
                zh=f"第 {recording} 号已由第 {follower.number} 号替换",
                en=f"number {recording} was superseded by number {follower.number} already",
                where="recording",
                hint_zh=f"请替换第 {follower.number} 号。",
                hint_en=f"Supersede number {follower.number}.",
            )
        return found

    return _added(actor, number, source, name, taken, old, reason)


@transaction.atomic
def recording_hand_over(*, actor: Actor, number: str, recording: int, to: str, reason: str) -> RecordingRow:
    """Note that the medium went into other hands: `to` is an account with a role today. Raises NotFound, Refused, InputError."""
    case = case_locked(number=number)
    rule = demand_case(actor, "case.work", case)
    _reasoned(reason)
    row = recording_held(case, recording)
    if not to.startswith("account:"):
        raise InputError(
            zh="须写明交给哪个账号",
            en="say to which account it goes",
            where="to",
            hint_zh="请填写接收人的账号。",
            hint_en="Write the account of whoever takes it.",
        )
    known_hands([to])
    custody_add(row, RecordingCustody.Act.HANDED, actor, moment(), reason, to=to)
    _audited(actor, "recording.hand-over", row, rule, {"to": to, "reason": reason.strip()[:LONGEST_REASON]})
    return recording_row(row)


def recording_held(case: Case, number: int) -> CaseRecording:
    """A recording of this case. Raises NotFound."""
    row = CaseRecording.objects.filter(case=case, number=number).select_related("case", "supersedes").first()
    if row is None:
        raise NotFound(
            zh=f"办件 {case.number} 没有第 {number} 号录音录像",
            en=f"case {case.number} has no recording {number}",
            where="recording",
            hint_zh="请看本件的执法音视频清单。",
            hint_en="See the list of recordings of this case.",
        )
    return row


def _added(
    actor: Actor,
    number: str,
    source: BinaryIO,
    name: str,
    taken: Taken,
    old: Callable[[Case], CaseRecording | None],
    reason: str,
) -> RecordingRow:
    # The case is not locked while gigabytes are looked through: all is asked now, to refuse early, and again under the lock.
    case = Case.objects.select_related("process", "item").filter(number=number).first()
    if case is None:
        raise NotFound(zh=f"没有办件 {number}", en=f"there is no case {number}", where="case")
    _may(actor, case, taken)
    old(case)
    title, kind = file_title(name), _kind(source, name)
    digest = _digest(source, title)
    demand_free(case, digest)
    source.seek(0)
    scan(source, title)
    source.seek(0)
    media_type = MEDIA[kind].media_type
    stored = file_put(actor=actor, source=source, name=title, media_type=media_type, digest=digest, sealed=True)
    with transaction.atomic():
        case = case_locked(number=number)
        rule = _may(actor, case, taken)
        demand_free(case, digest)
        row = CaseRecording(case=case, digest=digest, name=title, media_type=media_type, size=stored.size)
        row.supersedes = old(case)
        return _bound(actor, row, taken, rule, reason)


def _bound(actor: Actor, row: CaseRecording, taken: Taken, rule: str, reason: str) -> RecordingRow:
    now = moment()
    row.number = CaseRecording.objects.filter(case=row.case).count() + 1
    row.step, row.started_at, row.ended_at = taken.step, taken.started_at, taken.ended_at
    row.device, row.place, row.basis = taken.device.strip(), taken.place.strip(), taken.basis.strip()
    row.officers, row.longitude, row.latitude = list(dict.fromkeys(taken.officers)), taken.longitude, taken.latitude
    row.received_at, row.received_by = now, actor.id
    _saved(row)
    custody_add(row, RecordingCustody.Act.RECEIVED, actor, now, reason or row.basis)
    details = {"digest": row.digest, "size": row.size, "step": row.step, "device": row.device}
    if row.supersedes is not None:
        custody_add(row.supersedes, RecordingCustody.Act.SUPERSEDED, actor, now, reason, to=str(row.number))
        details |= {"supersedes": row.supersedes.number, "reason": reason.strip()[:LONGEST_REASON]}
    _audited(actor, "recording.supersede" if row.supersedes else "recording.add", row, rule, details)
    return recording_row(row)


def _saved(row: CaseRecording) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        # Two cases asked for the same bytes at once: each holds its own lock, the table decides.
        demand_free(row.case, row.digest)
        raise


def _may(actor: Actor, case: Case, taken: Taken) -> str:
    rule = demand_case(actor, "case.work", case)
    demand_open(case, moment())
    demand_said(case, taken, moment())
    return rule


def _kind(source: BinaryIO, name: str) -> str:
    source.seek(0)
    head = source.read(HEAD)
    if not head:
        raise InputError(
            zh=f"文件 {name} 是空的",
            en=f"the file {name} is empty",
            where="file",
            hint_zh="请从设备重新导出。",
            hint_en="Export it from the device again.",
        )
    problem = media_problem(head, name)
    if problem is not None:
        raise InputError(
            zh=problem.zh,
            en=problem.en,
            where="file",
            hint_zh="请上传设备导出的原始文件，不要改后缀；其他格式请先转换并保留原件。",
            hint_en="Send the file as the device gave it and do not rename it; convert other formats first and keep the "
            "original.",
        )
    return media_kind(head) or ""


def _digest(source: BinaryIO, name: str) -> str:
    source.seek(0)
    hasher, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if size > MOST_BYTES:
            raise InputError(
                zh=f"文件 {name} 超过 {MOST_BYTES >> 30} GB",
                en=f"the file {name} has more than {MOST_BYTES >> 30} GB",
                where="file",
                hint_zh="请按设备分段导出，一段一段上传。",
                hint_en="Export it from the device in parts and send them one by one.",
            )
        hasher.update(chunk)
    source.seek(0)
    return hasher.hexdigest()


def _reasoned(reason: str) -> None:
    if not reason.strip():
        raise InputError(
            zh="请写明理由",
            en="give a reason",
            where="reason",
            hint_zh="保管链须写明为什么。",
            hint_en="Custody says why.",
        )


def _audited(actor: Actor, act: str, row: CaseRecording, rule: str, details: dict[str, object]) -> None:
    audit(
        actor=actor,
        act=act,
        object_kind="recording",
        object_id=f"{row.case.number}/{row.number}",
        rule=rule,
        details=details,
    )
