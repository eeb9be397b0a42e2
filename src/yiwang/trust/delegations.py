"""代办: a person or firm lets another account look, or act, for them, until a day or until they take it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.selectors import account_named, account_number
from yiwang.kernel.service import audit, message_send
from yiwang.trust.bindings import SCOPES
from yiwang.trust.models import Delegation, SubjectLink

LONGEST = timedelta(days=366)
LONGEST_REASON = 200
PAGE = "/account/people/"


@dataclass(frozen=True)
class DelegationRow:
    """One delegation as either side sees it. `valid_until` is the first day it no longer holds; `state` is holds, over or
    ended; `given` says whether the reader gave it."""

    id: int
    kind: str
    subject_title: str
    from_name: str
    to_name: str
    scope: str
    reason: str
    made_at: datetime
    valid_until: date
    ended_at: datetime | None
    state: str
    given: bool


def delegation_give(*, actor: Actor, link: int, to: str, scope: str, until: date, reason: str) -> DelegationRow:
    """Let the account with the user name `to` look or act for the subject of one's own binding; both are told.

    `until` is the last day. Raises NotFound for a binding that is not one's own or an account that is not there, Conflict
    for one that has it already, InputError.
    """
    row = SubjectLink.objects.filter(pk=link, account_id=_number(actor), ended_at=None).first()
    if row is None:
        raise NotFound(zh="没有这个绑定", en="there is no such binding", where="link")
    day = timezone.localdate()
    if scope not in SCOPES:
        raise InputError(zh="请选择代办范围", en="choose what may be done", where="scope")
    if not day <= until <= day + LONGEST:
        raise InputError(
            zh="截止日应在今天之后、一年之内", en="the last day lies between today and a year from now", where="until"
        )
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise InputError(zh="请说明委托事由，不超过 200 字", en="say why, in at most 200 characters", where="reason")
    other = account_named(to)
    if other == row.account_id:
        raise InputError(zh="不能委托自己", en="you cannot delegate to yourself", where="to")
    with transaction.atomic():
        held = Delegation.objects.select_for_update().filter(link=row, to_id=other, ended_at=None).first()
        if held is not None and held.valid_until > day:
            raise Conflict(
                zh="已经委托过这个账号",
                en="this account has it already",
                where="to",
                hint_zh="要改范围或期限，请先收回再委托。",
                hint_en="To change scope or time take it back first.",
            )
        if held is not None:
            _end(held, "time")
        made = Delegation.objects.create(
            link=row,
            to_id=other,
            scope=scope,
            reason=reason.strip(),
            valid_until=until + timedelta(days=1),
        )
        _line(actor, "delegation.give", made, {"scope": scope, "until": until})
        _tell(actor, made, other, "委托您代办", "lets you act", until)
    return _row(made, given=True)


def delegation_end(*, actor: Actor, delegation: int) -> DelegationRow:
    """Take it back, or hand it back; it holds no more from this moment. Raises NotFound for one between others."""
    number = _number(actor)
    with transaction.atomic():
        row = Delegation.objects.select_related("link").filter(pk=delegation, ended_at=None).first()
        if row is None or number not in (row.to_id, row.link.account_id):
            raise NotFound(zh="没有这项委托", en="there is no such delegation", where="delegation")
        _end(row, actor.id)
        _line(actor, "delegation.end", row, {"scope": row.scope})
        other = row.link.account_id if number == row.to_id else row.to_id
        _tell(actor, row, other, "结束了代办委托", "ended a delegation")
    return _row(row, given=number == row.link.account_id)


def delegation_list(actor: Actor) -> tuple[DelegationRow, ...]:
    """Every delegation the actor gave or has, the newest first, ended ones too."""
    number = _number(actor)
    rows = Delegation.objects.select_related("link__account", "to")
    found = rows.filter(link__account_id=number) | rows.filter(to_id=number)
    return tuple(_row(row, given=row.link.account_id == number) for row in found.order_by("-id")[:200])


def _number(actor: Actor) -> int:
    number = account_number(actor)
    if number is None:
        raise Refused(zh="请先登录", en="Sign in first", where="identity")
    return number


def _end(row: Delegation, by: str) -> None:
    row.ended_at, row.ended_by = timezone.now(), by
    row.save(update_fields=["ended_at", "ended_by"])


def _tell(actor: Actor, row: Delegation, to: int, zh: str, en: str, until: date | None = None) -> None:
    scope = SCOPES[row.scope]
    message_send(
        actor=actor,
        to=[to],
        title=Text(zh=f"{actor.name}{zh}（{scope.zh}）", en=f"{actor.name} {en} ({scope.en})"),
        body=Text(zh=f"截止 {until}。{row.reason}", en=f"Until {until}. {row.reason}") if until else None,
        link=PAGE,
    )


def _line(actor: Actor, act: str, row: Delegation, details: dict[str, object]) -> None:
    details = {"from": row.link.account_id, "to": row.to_id, **details}
    audit(actor=actor, act=act, object_kind="delegation", object_id=row.pk, rule="own", details=details)


def _row(row: Delegation, *, given: bool) -> DelegationRow:
    over = row.valid_until <= timezone.localdate() or row.link.ended_at is not None
    return DelegationRow(
        row.pk,
        row.link.kind,
        row.link.title,
        str(row.link.account),
        str(row.to),
        row.scope,
        row.reason,
        row.made_at,
        row.valid_until,
        row.ended_at,
        "ended" if row.ended_at else "over" if over else "holds",
        given,
    )
