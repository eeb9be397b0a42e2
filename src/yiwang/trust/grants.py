"""May this be used, and how: the one question every way out of the city's data asks first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from yiwang.kernel.core.actor import Actor
from yiwang.trust.core.rowfilter import RowFilter, row_filter_held
from yiwang.trust.core.userules import USE_RULES
from yiwang.trust.errors import UseRefused
from yiwang.trust.models import Grant
from yiwang.trust.quotas import grant_held, quota_back, quota_take

CLIENT = "client:"


@dataclass(frozen=True)
class Permit:
    """Leave to use. `grant` is "" for data shared without conditions; its `masks` are then empty and the grade decides.

    `row_filter` must pass every row that leaves, on the day `on`. `rows` is what was taken from the quota. `purpose` is a code,
    `words` what the grant says beside it.
    """

    grant: str
    resource: str
    method: str
    fields: tuple[str, ...]
    masks: Mapping[str, str]
    row_filter: RowFilter | None
    purpose: str
    basis: str
    department: str
    on: date
    rows: int = 0
    words: str = ""
    grant_id: int = field(default=0, repr=False)
    quota: int | None = field(default=None, repr=False)


def grant_check(
    *,
    actor: Actor,
    grant: str,
    resource: str,
    method: str,
    fields: Sequence[str],
    share: str,
    purpose: str,
    rows: int = 1,
    on: datetime | None = None,
) -> Permit:
    """Leave to use these fields by this method, with `rows` taken from the day's quota.

    `purpose` is the code the grant was given for. `fields` empty asks for all the grant covers. Cheap: at most one read of
    the database a second and grant, and one write for each twentieth of a quota. A revocation holds at once in the process
    that made it, within a second in others. Raises UseRefused with the rule in `where`.
    """
    day = timezone.localdate(on) if on else timezone.localdate()
    if not purpose.strip():
        raise _refused("use.purpose-missing", resource)
    if share == "refused":
        raise _refused("use.not-shared", resource)
    if share == "unconditional" and not grant:
        return Permit("", resource, method, tuple(fields), {}, None, purpose.strip(), "", actor.department, day)
    if not grant:
        raise _refused("use.grant-missing", resource)
    row = grant_held(grant)
    if row is None:
        raise _refused("use.grant-unknown", grant)
    _holds(row, day)
    _covers(row, actor, resource, method, purpose.strip())
    permit = _permit(row, method, _fields(row, fields), day, rows)
    if not quota_take(row.pk, row.quota_per_day, day, rows):
        raise _refused("use.quota", grant, f"每日 {row.quota_per_day} 行", f"{row.quota_per_day} rows a day")
    return permit


def grant_used(permit: Permit, rows: int) -> None:
    """Settle with the quota what a permit gave in fact, when that is not what was taken. Raises UseRefused past the quota."""
    if not permit.grant or rows == permit.rows:
        return
    if rows < permit.rows:
        quota_back(permit.grant_id, permit.on, permit.rows - rows)
    elif not quota_take(permit.grant_id, permit.quota, permit.on, rows - permit.rows):
        raise _refused("use.quota", permit.grant, f"每日 {permit.quota} 行", f"{permit.quota} rows a day")


def _holds(row: Grant, day: date) -> None:
    if row.state == Grant.State.EXPIRED or (row.state == Grant.State.ACTIVE and day >= row.valid_until):
        raise _refused("use.grant-expired", row.number, f"至 {row.valid_until} 前", f"until {row.valid_until}")
    if row.state != Grant.State.ACTIVE:
        raise _refused("use.grant-not-active", row.number, row.state, row.state)
    if day < row.valid_from:
        raise _refused("use.grant-early", row.number, f"自 {row.valid_from} 起", f"from {row.valid_from}")


def _covers(row: Grant, actor: Actor, resource: str, method: str, purpose: str) -> None:
    in_department = actor.department == row.department or any(row.department in s for s in actor.scopes.values())
    if not in_department:
        # Whose it is instead is nobody else's business.
        raise _refused("use.other-department", row.number)
    if row.client and actor.id != CLIENT + row.client:
        raise _refused("use.other-client", row.number)
    if resource != row.resource:
        raise _refused("use.other-resource", row.number, resource, resource)
    if method not in row.methods:
        raise _refused("use.method", row.number, "、".join(row.methods), ", ".join(row.methods))
    if purpose != row.purpose_code:
        raise _refused("use.other-purpose", row.number, row.purpose_code, row.purpose_code)


def _fields(row: Grant, wanted: Sequence[str]) -> tuple[str, ...]:
    shown = tuple(name for name in row.fields if row.masks[name] != "none")
    for name in wanted:
        if name not in row.fields:
            raise _refused("use.field", row.number, name, name)
        if name not in shown:
            raise _refused("use.field-hidden", row.number, name, name)
    return tuple(dict.fromkeys(wanted)) or shown


def _permit(row: Grant, method: str, fields: tuple[str, ...], day: date, rows: int) -> Permit:
    covered = row_filter_held(row.row_filter, tuple(sorted(row.row_types.items()))) if row.row_filter else None
    return Permit(
        grant=row.number,
        resource=row.resource,
        method=method,
        fields=fields,
        masks={name: row.masks[name] for name in fields},
        row_filter=covered,
        purpose=row.purpose_code,
        basis=row.basis,
        department=row.department,
        on=day,
        rows=rows,
        words=row.purpose,
        grant_id=row.pk,
        quota=row.quota_per_day,
    )


def _refused(rule: str, what: str, zh: str = "", en: str = "") -> UseRefused:
    said = USE_RULES[rule]
    return UseRefused(
        zh=f"不能使用（{what}）：{said.zh}{'（' + zh + '）' if zh else ''}",
        en=f"this use is refused ({what}): {said.en}{' (' + en + ')' if en else ''}",
        where=rule,
        hint_zh="请查看授权，或者申请新的授权。",
        hint_en="Look at the grant, or apply for another.",
    )
