"""Grants as those may see them who asked for them or answer for them."""

from __future__ import annotations

from django.db.models import Q, Sum
from django.utils import timezone

from yiwang.kernel.access import ACTS, demand, verdict
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound
from yiwang.kernel.paging import Page, paged
from yiwang.trust.answers import GrantDetail, GrantRow
from yiwang.trust.asking import GrantAsk, ask_judge
from yiwang.trust.core.purposes import PURPOSES
from yiwang.trust.models import Grant


def grant_list(
    actor: Actor, *, side: str = "", state: str = "", resource: str = "", page: int = 1, per_page: int = 20
) -> Page[GrantRow]:
    """The grants of the departments the actor covers: as `side` "applicant", "owner", or both. The newest first."""
    demand(actor, "grant.read")
    rows = Grant.objects.filter(_seen(actor, side))
    if resource:
        rows = rows.filter(resource=resource)
    if state:
        rows = rows.filter(_standing(state))
    return paged(rows.order_by("-id"), _row, page=page, per_page=per_page)


def grant_get(actor: Actor, number: str) -> GrantDetail:
    """One grant. Raises NotFound also for one that is neither side's of the actor: what exists is not told."""
    row = Grant.objects.filter(number=number).first()
    if row is None or not may_see(actor, row.department, row.provider):
        raise NotFound(zh=f"没有授权 {number}", en=f"there is no grant {number}", where="grant")
    today = timezone.localdate()
    given = row.days.aggregate(all=Sum("used"))["all"] or 0
    newest = row.days.filter(day=today).values_list("used", flat=True).first() or 0
    return GrantDetail(
        row=_row(row),
        row_filter=row.row_filter,
        masks=dict(row.masks),
        basis=row.basis,
        client=row.client,
        quota_per_day=row.quota_per_day,
        applied_at=row.applied_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
        reason_basis=row.reason_basis,
        used_rows=given,
        used_today=newest,
        may_answer=_may_decide(actor, row),
        may_revoke=bool(verdict(actor, "grant.answer", row.provider)) and row.state == Grant.State.ACTIVE,
        may_apply=bool(verdict(actor, "grant.apply", row.department)),
    )


def grant_of_case(actor: Actor, case_number: str) -> str:
    """The number of the grant a case is about, "" when there is none the actor may see."""
    row = Grant.objects.filter(case_number=case_number).order_by("-id").first()
    return row.number if row is not None and may_see(actor, row.department, row.provider) else ""


def grant_ask_check(actor: Actor, ask: GrantAsk) -> None:
    """Whether an application could be registered: what a page asks before a case is opened. Raises as `grant_apply`."""
    demand(actor, "grant.apply", actor.department)
    ask_judge(ask, timezone.localdate())


def may_see(actor: Actor, *departments: str) -> bool:
    return any(verdict(actor, "grant.read", code) for code in departments if code)


def _may_decide(actor: Actor, row: Grant) -> bool:
    if row.escalated:
        return all(verdict(actor, "grant.rule", code) for code in (row.department, row.provider))
    act = "grant.review" if row.state == Grant.State.APPLIED else "grant.answer"
    return bool(verdict(actor, act, row.provider))


def _seen(actor: Actor, side: str) -> Q:
    if actor.is_system:
        return Q()
    covered = frozenset[str]().union(*(actor.scopes.get(role, frozenset()) for role in ACTS["grant.read"].roles))
    asked, owned = Q(department__in=covered), Q(provider__in=covered)
    return {"applicant": asked, "owner": owned}.get(side, asked | owned)


def _standing(state: str) -> Q:
    """A grant past its last day counts as expired, whether or not somebody wrote it down yet."""
    over = Q(state=Grant.State.ACTIVE, valid_until__lte=timezone.localdate())
    if state == Grant.State.EXPIRED:
        return Q(state=state) | over
    return Q(state=state) & ~over


def _row(row: Grant) -> GrantRow:
    over = row.state == Grant.State.ACTIVE and row.valid_until <= timezone.localdate()
    return GrantRow(
        number=row.number,
        resource=row.resource,
        department=row.department,
        provider=row.provider,
        methods=tuple(row.methods),
        fields=tuple(row.fields),
        purpose_code=row.purpose_code,
        purpose_title=PURPOSES.get(row.purpose_code, Text(zh=row.purpose_code, en=row.purpose_code)),
        purpose=row.purpose,
        state=str(Grant.State.EXPIRED) if over else row.state,
        escalated=row.escalated,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        review_on=row.review_on,
        case_number=row.case_number,
    )
