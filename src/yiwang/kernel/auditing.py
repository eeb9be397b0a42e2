"""The audit trail: every service adds a line, nothing takes one away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yiwang.kernel.access import demand
from yiwang.kernel.batch import Batch
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import plain
from yiwang.kernel.errors import InputError
from yiwang.kernel.models import AuditLine
from yiwang.kernel.paging import Page, paged

LONGEST_PURPOSE = 400


@dataclass(frozen=True)
class AuditRow:
    """One line: who did what to what, under which rule and for what purpose."""

    id: int
    at: datetime
    actor_id: str
    actor_name: str
    act: str
    object_kind: str
    object_id: str
    rule: str
    purpose: str
    details: dict[str, Any]


def audit(
    *,
    actor: Actor,
    act: str,
    object_kind: str,
    object_id: str | int,
    rule: str = "",
    purpose: str = "",
    details: Mapping[str, object] | None = None,
    batch: Batch | None = None,
) -> int:
    """Append a line in the current transaction and return its number; 0 for one that is written with a batch.

    `rule` is the rule of the access verdict; `details` may hold anything canonical JSON can say. Raises InputError for
    a purpose of more than 400 characters.
    """
    if len(purpose) > LONGEST_PURPOSE:
        raise InputError(
            zh=f"用途说明有 {len(purpose)} 字，超过 {LONGEST_PURPOSE} 字",
            en=f"the purpose has {len(purpose)} characters, more than {LONGEST_PURPOSE}",
            where="purpose",
            hint_zh="请写得短一些。",
            hint_en="Say it shorter.",
        )
    line = AuditLine(
        actor_id=actor.id,
        actor_name=actor.name,
        act=act,
        object_kind=object_kind,
        object_id=str(object_id),
        rule=rule,
        purpose=purpose,
        details=plain(details or {}),
    )
    if batch is not None:
        batch.insert([line])
        return 0
    line.save(force_insert=True)
    return int(line.pk)


def audit_list(
    actor: Actor,
    *,
    actor_id: str = "",
    act: str = "",
    object_kind: str = "",
    object_id: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    page: int = 1,
    per_page: int = 50,
) -> Page[AuditRow]:
    """Lines, the newest first; `act` matches itself and all below it ("department" finds "department.save").

    `since` is included, `until` is not. Raises Refused without the right "audit.read".
    """
    demand(actor, "audit.read")
    lines = AuditLine.objects.order_by("-id")
    exact = {"actor_id": actor_id, "object_kind": object_kind, "object_id": object_id}
    lines = lines.filter(**{name: value for name, value in exact.items() if value})
    if act:
        lines = lines.filter(act=act) | lines.filter(act__startswith=f"{act}.")
    if since:
        lines = lines.filter(at__gte=since)
    if until:
        lines = lines.filter(at__lt=until)
    return paged(lines, _row, page=page, per_page=per_page)


def _row(line: AuditLine) -> AuditRow:
    return AuditRow(
        line.pk,
        line.at,
        line.actor_id,
        line.actor_name,
        line.act,
        line.object_kind,
        line.object_id,
        line.rule,
        line.purpose,
        line.details,
    )
