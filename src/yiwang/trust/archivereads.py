"""The archive as it is read."""

from __future__ import annotations

from datetime import date
from typing import BinaryIO

from django.utils import timezone

from yiwang.kernel.access import ACTS, demand, verdict
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound
from yiwang.kernel.selectors import Page, file_open, paged
from yiwang.kernel.service import audit
from yiwang.trust.answers import ArchiveRow, ArchiveView, CheckLine, TransferLine
from yiwang.trust.core.fourchecks import CHECKS, Check
from yiwang.trust.holders import holder_hashes
from yiwang.trust.models import ArchiveBox
from yiwang.trust.uses import use_note


def archive_list(actor: Actor, *, state: str = "", over: bool = False, page: int = 1) -> Page[ArchiveRow]:
    """Packages of the actor's departments, the newest first; `over` only those whose time is over. Raises Refused."""
    demand(actor, "archive.read")
    rows = ArchiveBox.objects.all()
    if not actor.is_system:
        readers = ACTS["archive.read"].roles
        rows = rows.filter(department__in={c for role, codes in actor.scopes.items() if role in readers for c in codes})
    if state:
        rows = rows.filter(state=state)
    if over:
        rows = rows.filter(keep_until__lte=timezone.localdate()).exclude(state=ArchiveBox.State.DESTROYED)
    return paged(rows, _row, page=page, per_page=50)


def archive_get(actor: Actor, number: str) -> ArchiveView:
    """One package with its checks and transfers, the newest first. Raises NotFound, also where it is not the actor's to see."""
    box = _box(actor, number)
    checks = tuple(
        CheckLine(
            run.at,
            run.by,
            run.holds,
            tuple(
                (CHECKS[Check(one["check"])], Text(zh=one["zh"], en=one["en"]), tuple(one["problems"]))
                for one in run.results
            ),
        )
        for run in box.checks.all()
    )
    handed = tuple(TransferLine(t.office, t.digest, t.by, t.at, t.receipt, t.received_at) for t in box.transfers.all())
    return ArchiveView(_row(box), checks, handed, box.destroy_by, box.destroy_reason, box.certificate)


def archive_file(actor: Actor, number: str, *, purpose: str) -> BinaryIO:
    """The package itself, for a purpose, which leaves a line those it is about read: all of a case is in it. Raises NotFound."""
    box = _box(actor, number)
    if not purpose.strip():
        raise InputError(zh="请说明调阅的用途", en="say what you read it for", where="purpose")
    audit(
        actor=actor,
        act="archive.read",
        object_kind="archive",
        object_id=number,
        rule=demand(actor, "archive.read", box.department).rule,
        purpose=purpose,
    )
    use_note(
        actor=actor,
        resource=f"case:{number}",
        version="",
        fields=("archive",),
        about=holder_hashes(number),
        purpose=purpose.strip()[:400],
        via="archive",
        rows=1,
    )
    return file_open(box.digest)


def archive_over(actor: Actor, on: date | None = None) -> int:
    """How many packages have outlived their time and are still there."""
    demand(actor, "archive.read")
    day = on or timezone.localdate()
    return ArchiveBox.objects.filter(keep_until__lte=day).exclude(state=ArchiveBox.State.DESTROYED).count()


def _box(actor: Actor, number: str) -> ArchiveBox:
    box = ArchiveBox.objects.filter(number=number).first()
    if box is None or not verdict(actor, "archive.read", box.department):
        raise NotFound(zh=f"没有档案 {number}", en=f"there is no archive {number}", where="number")
    return box


def _row(box: ArchiveBox) -> ArchiveRow:
    newest = box.checks.first()
    return ArchiveRow(
        box.number,
        box.title,
        box.department,
        box.result,
        box.closed_on,
        box.retention,
        box.retention_basis,
        box.keep_until,
        box.state,
        box.digest,
        box.size,
        box.packed_at,
        newest.holds if newest is not None else None,
    )
