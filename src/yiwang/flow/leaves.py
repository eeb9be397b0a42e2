"""Somebody is away: a deputy sees and does what they owe; or all of it is handed over for good."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yiwang.flow.answers import LeaveRow
from yiwang.flow.models import Leave, Work
from yiwang.flow.scopes import known_hands
from yiwang.flow.works import work_hand_over
from yiwang.kernel.access import demand, verdict
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import InputError
from yiwang.kernel.selectors import actor_again
from yiwang.kernel.service import audit


@transaction.atomic
def leave_save(
    *, actor: Actor, account: str, deputy: str, first: date, last: date | None = None, reason: str = ""
) -> int:
    """From `first` until the end of `last` what `account` owes may be done by `deputy`; one's own, or as a leader of theirs.

    Raises Refused, NotFound, InputError.
    """
    rule = "own" if actor.id == account else demand(actor, "case.assign", actor_again(account, "").department).rule
    if account == deputy or not (account.startswith("account:") and deputy.startswith("account:")):
        raise InputError(zh="代理人须是另一个账号", en="the deputy is another account", where="deputy")
    if last is not None and last < first:
        raise InputError(zh="结束早于开始", en="it ends before it begins", where="last")
    known_hands([account, deputy])
    row = Leave.objects.create(
        account=account, deputy=deputy, first=first, last=last, reason=reason.strip()[:300], by=actor.id
    )
    audit(
        actor=actor,
        act="leave.save",
        object_kind="leave",
        object_id=row.pk,
        rule=rule,
        details={"account": account, "deputy": deputy, "first": first, "last": last},
    )
    return row.pk


@transaction.atomic
def case_hand_over_all(*, actor: Actor, from_account: str, to: str, reason: str) -> int:
    """Hand over every open work of an account, in one transaction; how many. Raises Refused for any outside the actor's scope."""
    demand(actor, "case.assign")
    known_hands([to])
    works = list(Work.objects.filter(assignee=from_account, closed_at=None).order_by("case_id", "number"))
    for work in works:
        work_hand_over(actor=actor, work_id=work.pk, to=to, reason=reason)
    audit(
        actor=actor,
        act="case.hand-over-all",
        object_kind="account",
        object_id=from_account,
        details={"to": to, "works": len(works), "reason": reason[:400]},
    )
    return len(works)


def leave_list(actor: Actor, *, on: date | None = None) -> tuple[LeaveRow, ...]:
    """The leaves of a day (today) of those the actor may hand over for, and one's own."""
    day = on or timezone.localdate()
    rows = Leave.objects.filter(Q(last=None) | Q(last__gte=day), first__lte=day).order_by("first", "id")
    seen = [row for row in rows if actor.id in (row.account, row.deputy) or _hands_over_for(actor, row.account)]
    return tuple(LeaveRow(row.pk, row.account, row.deputy, row.first, row.last, row.reason) for row in seen)


def _hands_over_for(actor: Actor, account: str) -> bool:
    department = actor_again(account, "").department
    return actor.is_system or bool(department and verdict(actor, "case.assign", department))
