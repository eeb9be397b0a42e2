"""The chain of custody (保管链) of a recording: who received it, handed it on, saw it and replaced it. Rows are only added.

Each row's `link` is the digest of what it says, of what is said of the recording, and of the link before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yiwang.flow.models import CaseRecording, RecordingCustody
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest

LONGEST_REASON = 400


@dataclass(frozen=True)
class CustodyRow:
    """`is_sound` False: this row, one before it or what is said of the recording was changed past the program."""

    number: int
    act: str
    at: datetime
    by: str
    by_name: str
    department: str
    to: str
    reason: str
    use: str
    link: str
    is_sound: bool


def custody_add(
    recording: CaseRecording, act: str, actor: Actor, at: datetime, reason: str, *, to: str = "", use: str = ""
) -> RecordingCustody:
    """Add a row, in the transaction of what it tells of and with the case locked."""
    last = recording.custody.order_by("-number").first()
    row = RecordingCustody(
        recording=recording,
        number=last.number + 1 if last else 1,
        act=act,
        at=at,
        by=actor.id,
        by_name=actor.name[:120],
        department=actor.department,
        to=to,
        reason=reason.strip()[:LONGEST_REASON],
        use=use,
    )
    row.link = _link(recording, row, last.link if last else "")
    row.save()
    return row


def custody_rows(recording: CaseRecording) -> tuple[CustodyRow, ...]:
    """The whole chain, from the receipt on, each row checked against those before it."""
    found, before, is_sound = [], "", True
    for place, row in enumerate(sorted(recording.custody.all(), key=lambda one: one.number), 1):
        is_sound = is_sound and row.number == place and row.link == _link(recording, row, before)
        before = row.link
        found.append(
            CustodyRow(
                number=row.number,
                act=row.act,
                at=row.at,
                by=row.by,
                by_name=row.by_name,
                department=row.department,
                to=row.to,
                reason=row.reason,
                use=row.use,
                link=row.link,
                is_sound=is_sound,
            )
        )
    return tuple(found)


def _link(recording: CaseRecording, row: RecordingCustody, before: str) -> str:
    return canonical_digest([before, _said(recording, "id"), _said(row, "id", "link")])


def _said(row: Any, *left: str) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in left}
