"""What happens to a grant: applied for, found in order, issued or refused, called up to the coordinator, revoked, run out."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound
from yiwang.kernel.service import RoleAt, audit, emit, message_send
from yiwang.trust.asking import REVIEW_EVERY, GrantAsk, ask_judge
from yiwang.trust.core.purposes import MASKS, is_tighter
from yiwang.trust.grantevents import GRANT_CHANGED
from yiwang.trust.models import Grant
from yiwang.trust.quotas import held_forget

State = Grant.State
OPEN = (State.APPLIED, State.REVIEWED)
LINK = "/work/grants/{}/"
# Both sides are told this long before a yearly review.
REMIND_BEFORE = timedelta(days=30)
COMING = ("数据授权即将年度复核", "A data grant is to be reviewed soon")
LATE = ("数据授权应当年度复核", "A data grant's yearly review is due")
# Why the coordinator is called, and what its message says.
CALLS = {
    "silence": ("数据共享申请逾期未答复", "A data-sharing application was not answered in time"),
    "refusal": ("数据共享申请被拒后提请协调", "A refused data-sharing application is appealed"),
}


@transaction.atomic
def grant_apply(*, actor: Actor, ask: GrantAsk, case_number: str = "", department: str = "") -> str:
    """File an application for the actor's own department; only a program names another. The number of the grant to be.

    Raises NotFound, Refused, InputError.
    """
    wanted = department if actor.is_system and department else actor.department
    rule = demand(actor, "grant.apply", wanted)
    if not wanted:
        raise InputError(zh="须指明申请部门", en="name the department that applies", where="department")
    on = timezone.localdate()
    judged = ask_judge(ask, on)
    if judged.facts.provider == wanted:
        raise InputError(
            zh="这是本部门自己的数据，不需要申请",
            en="this is your own department's data: no application is needed",
            where="resource",
        )
    row = Grant.objects.create(
        number=secrets.token_hex(8),
        resource=ask.resource,
        department=wanted,
        provider=judged.facts.provider,
        client=ask.client.strip(),
        methods=list(ask.methods),
        fields=list(ask.fields),
        row_filter=judged.rows.text if judged.rows else "",
        row_types=dict(judged.rows.types) if judged.rows else {},
        masks=dict(judged.masks),
        purpose_code=ask.purpose_code,
        purpose=ask.purpose.strip(),
        basis=ask.basis.strip(),
        quota_per_day=ask.quota_per_day,
        valid_from=ask.valid_from,
        valid_until=ask.valid_until,
        case_number=case_number,
        applied_by=actor.id,
    )
    row.number = f"G{on.year}-{row.pk:06d}"
    row.save(update_fields=["number"])
    _told(actor, row, "grant.apply", rule.rule, {"case": case_number, "resource": ask.resource})
    return row.number


@transaction.atomic
def grant_review_note(*, actor: Actor, number: str) -> None:
    """The conformity review found the application in order."""
    row = _locked(number)
    rule = demand(actor, "grant.review", row.provider)
    _expect(row, State.APPLIED)
    row.state = State.REVIEWED
    _told(actor, row, "grant.review", rule.rule)


@transaction.atomic
def grant_issue(
    *,
    actor: Actor,
    number: str,
    masks: Mapping[str, str] | None = None,
    quota_per_day: int | None = None,
    valid_until: date | None = None,
    reason: str = "",
) -> None:
    """The owner agrees, or the coordinator rules so: as asked, or less of it. Raises InputError for more than was asked."""
    row = _locked(number)
    rule = _demand_deciding(actor, row)
    _expect(row, State.REVIEWED)
    _narrow(row, masks or {}, quota_per_day, valid_until)
    on = timezone.localdate()
    if row.valid_until <= on:
        raise Conflict(zh="申请的使用期已过", en="the time asked for is over already", where=row.number)
    row.state, row.review_on = State.ACTIVE, min(on + REVIEW_EVERY, row.valid_until)
    _decided(row, actor, reason, "")
    _told(actor, row, "grant.issue", rule, {"masks": row.masks, "until": row.valid_until})


@transaction.atomic
def grant_refuse(*, actor: Actor, number: str, reason: str, basis: str) -> None:
    """No, for a reason and by a law. Raises InputError without either."""
    row = _locked(number)
    rule = _demand_deciding(actor, row)
    _expect(row, *OPEN)
    if not basis.strip():
        raise InputError(
            zh="不予共享须注明法律、法规依据",
            en="a refusal must cite the law or regulation",
            where="basis",
            hint_zh="写明法律名称和条款。",
            hint_en="Name the law and the article.",
        )
    _needed("reason", reason)
    row.state = State.REFUSED
    _decided(row, actor, reason, basis)
    _told(actor, row, "grant.refuse", rule, {"reason": reason, "basis": basis})


@transaction.atomic
def grant_escalate(*, actor: Actor, number: str, why: str, reason: str = "") -> None:
    """The coordinator is called: `why` is "silence" (the owner did not answer in time) or "refusal" (the applicant appeals)."""
    if why not in CALLS:
        raise InputError(zh=f"没有这种提请：{why}", en=f"nobody is called for {why}", where="why")
    row = _locked(number)
    rule = demand(actor, "grant.apply" if why == "refusal" else "grant.review", row.department)
    _expect(row, State.REFUSED if why == "refusal" else State.REVIEWED)
    if row.escalated:
        raise Conflict(zh="已经提请过协调", en="the coordinator was called already", where=row.number)
    if why == "refusal":
        _needed("reason", reason)
    row.escalated, row.state = why, State.REVIEWED
    _told(actor, row, "grant.escalate", rule.rule, {"why": why, "reason": reason})
    _message(actor, row, Role.DATA_LEAD, row.provider, *CALLS[why])


@transaction.atomic
def grant_withdraw(*, actor: Actor, number: str, reason: str) -> None:
    """The applicant does not want it any more, before it is decided."""
    row = _locked(number)
    rule = demand(actor, "grant.apply", row.department)
    _expect(row, *OPEN)
    _needed("reason", reason)
    row.state = State.WITHDRAWN
    _decided(row, actor, reason, "")
    _told(actor, row, "grant.withdraw", rule.rule, {"reason": reason})


@transaction.atomic
def grant_revoke(*, actor: Actor, number: str, reason: str, basis: str) -> None:
    """Taken back by the owner or the coordinator, from now on. Raises InputError without reason and basis."""
    row = _locked(number)
    rule = demand(actor, "grant.answer", row.provider)
    _expect(row, State.ACTIVE)
    _needed("reason", reason)
    _needed("basis", basis)
    row.state = State.REVOKED
    _decided(row, actor, reason, basis)
    _told(actor, row, "grant.revoke", rule.rule, {"reason": reason, "basis": basis})
    _message(actor, row, Role.STEWARD, row.department, "数据授权已撤销", "A data grant was revoked")


@transaction.atomic
def grant_confirm(*, actor: Actor, number: str, reason: str) -> None:
    """The yearly review: the owner looked and lets it stand, until the next."""
    row = _locked(number)
    rule = demand(actor, "grant.answer", row.provider)
    _expect(row, State.ACTIVE)
    _needed("reason", reason)
    row.review_on = min(timezone.localdate() + REVIEW_EVERY, row.valid_until)
    _told(actor, row, "grant.confirm", rule.rule, {"reason": reason, "next": row.review_on})


@transaction.atomic
def grants_expire(*, actor: Actor) -> tuple[str, ...]:
    """Close those that ran out. It only writes down what holds already: a grant past its last day gives nothing."""
    rule = demand(actor, "grant.review")
    closed = []
    for row in Grant.objects.select_for_update().filter(state=State.ACTIVE, valid_until__lte=timezone.localdate()):
        row.state = State.EXPIRED
        _told(actor, row, "grant.expire", rule.rule)
        closed.append(row.number)
    return tuple(closed)


@transaction.atomic
def grants_remind(*, actor: Actor) -> tuple[str, ...]:
    """Tell both sides of grants whose yearly review comes within REMIND_BEFORE, and once more when it is due: the numbers told.

    A grant that nobody looks at stands until its last day; that its review is late is seen by whoever may end it.
    """
    rule, today = demand(actor, "grant.review"), timezone.localdate()
    told = []
    for row in Grant.objects.select_for_update().filter(
        state=State.ACTIVE, review_on__lte=today + REMIND_BEFORE, valid_until__gt=today
    ):
        late = row.review_on is not None and row.review_on <= today
        since = row.review_on if late else (row.review_on or today) - REMIND_BEFORE
        if row.reminded_on is not None and since is not None and row.reminded_on >= since:
            continue
        row.reminded_on = today
        zh, en = LATE if late else COMING
        _told(actor, row, "grant.remind", rule.rule, {"review_on": row.review_on})
        for role, department in ((Role.STEWARD, row.provider), (Role.STEWARD, row.department)):
            _message(actor, row, role, department, zh, en)
        if late:
            _message(actor, row, Role.DATA_LEAD, row.provider, zh, en)
        told.append(row.number)
    return tuple(told)


def _demand_deciding(actor: Actor, row: Grant) -> str:
    """The rule by which the actor may decide now: before the review who reviews, then the owner, and once the coordinator
    has it only somebody who is over both sides."""
    if row.escalated:
        demand(actor, "grant.rule", row.department)
        return demand(actor, "grant.rule", row.provider).rule
    return demand(actor, "grant.review" if row.state == State.APPLIED else "grant.answer", row.provider).rule


def _narrow(row: Grant, masks: Mapping[str, str], quota: int | None, until: date | None) -> None:
    for name, mask in masks.items():
        if name not in row.masks or mask not in MASKS or not is_tighter(mask, row.masks[name]):
            raise InputError(
                zh=f"{name} 的遮盖方式 {mask} 不比申请的更严",
                en=f"the mask {mask} of {name} is not tighter than what was asked",
                where="masks",
            )
    if quota is not None and (quota < 1 or (row.quota_per_day is not None and quota > row.quota_per_day)):
        raise InputError(
            zh="每日限量不能多于申请的", en="the daily limit is above what was asked", where="quota_per_day"
        )
    if until is not None and not row.valid_from < until <= row.valid_until:
        raise InputError(zh="截止日不能晚于申请的", en="it cannot last longer than was asked", where="valid_until")
    row.masks = {**row.masks, **masks}
    row.quota_per_day = quota if quota is not None else row.quota_per_day
    row.valid_until = until or row.valid_until


def _locked(number: str) -> Grant:
    row = Grant.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise NotFound(zh=f"没有授权 {number}", en=f"there is no grant {number}", where="grant")
    return row


def _expect(row: Grant, *states: str) -> None:
    if row.state not in states:
        raise Conflict(
            zh=f"授权 {row.number} 现在是“{row.state}”，不能这样做",
            en=f"the grant {row.number} is {row.state}: this cannot be done now",
            where=row.number,
            hint_zh="请刷新页面看最新状态。",
            hint_en="Load the page again to see how it stands.",
        )


def _needed(where: str, text: str) -> None:
    if not text.strip():
        raise InputError(zh="请说明理由和依据", en="give the reason and its basis", where=where)


def _decided(row: Grant, actor: Actor, reason: str, basis: str) -> None:
    at: datetime = timezone.now()
    row.decided_by, row.decided_at, row.reason, row.reason_basis = (
        actor.id,
        at,
        reason.strip()[:1000],
        basis.strip()[:300],
    )


def _told(actor: Actor, row: Grant, act: str, rule: str, details: Mapping[str, object] | None = None) -> None:
    """Keep the row, and leave a line and an event. A process that holds the grant in memory forgets it."""
    row.save()
    audit(
        actor=actor,
        act=act,
        object_kind="grant",
        object_id=row.number,
        rule=rule,
        purpose=row.purpose,
        details=details or {},
    )
    emit(GRANT_CHANGED, {"grant": row.number, "resource": row.resource, "state": str(row.state)})
    transaction.on_commit(lambda: held_forget(row.number))


def _message(actor: Actor, row: Grant, role: Role, department: str, zh: str, en: str) -> None:
    title = Text(zh=f"{zh}：{row.number}", en=f"{en}: {row.number}")
    message_send(actor=actor, to=RoleAt(role, department), title=title, link=LINK.format(row.number))
