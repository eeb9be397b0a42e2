"""Who may see and do what with a case: by department, by being named, by standing in for somebody, by holding its code."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from yiwang.flow.models import Case, Leave, Work
from yiwang.flow.turns import APPLICANT
from yiwang.kernel.access import ACTS, demand, verdict
from yiwang.kernel.core.actor import ROLE_TITLES, Actor, Role
from yiwang.kernel.errors import InputError, NotFound, Refused
from yiwang.kernel.selectors import actor_again

PUBLIC = "public"
# Programs that file for citizens: public too, and named after their key.
CLIENT = "client:"
BY_CODE = "code"
NAMED = "named"
DEPUTY = "deputy"
OPENED = "opened"
LONGEST_WORDS = 2000


def secret_of(number: str, code: str) -> str:
    """What is kept of a tracking code."""
    return hashlib.sha256(f"{number}:{code.strip().upper()}".encode()).hexdigest()


def holds_code(case: Case, code: str) -> bool:
    return bool(case.secret and code) and hmac.compare_digest(case.secret, secret_of(case.number, code))


def demand_code(case: Case | None, code: str) -> Case:
    """The applicant's own way in. A wrong code and an unknown number are told apart by nobody."""
    if case is None or not holds_code(case, code):
        raise NotFound(
            zh="办件编号或查询码不对",
            en="no case has this number and code",
            where="case",
            hint_zh="请核对受理时给您的编号和查询码。",
            hint_en="Check the number and the code you were given.",
        )
    return case


def words_bounded(text: str) -> None:
    """What is said about a case, by whoever. Raises InputError."""
    if len(text.strip()) > LONGEST_WORDS:
        raise InputError(
            zh=f"内容超过 {LONGEST_WORDS} 字，请分开写",
            en=f"more than {LONGEST_WORDS} characters; say it in several parts",
            where="text",
        )


def covered(actor: Actor, act: str) -> frozenset[str] | None:
    """The departments in which the actor may do `act`; None is all of them."""
    if actor.is_system:
        return None
    return frozenset().union(*(actor.scopes.get(role, frozenset()) for role in ACTS[act].roles))


def stands_for(actor: Actor) -> tuple[str, ...]:
    """The actor and whoever it is the deputy of today."""
    if not actor.id or actor.is_system or actor.kind == PUBLIC:
        return (actor.id,) if actor.id else ()
    day = timezone.localdate()
    away = Leave.objects.filter(Q(last=None) | Q(last__gte=day), deputy=actor.id, first__lte=day)
    return (actor.id, *sorted(set(away.values_list("account", flat=True))))


def cases_seen(actor: Actor) -> Q:
    """The cases an actor may read: its departments', those it works or worked on, those it opened."""
    where = covered(actor, "case.read")
    if where is None:
        return Q()
    # Whoever filed it as one of the public follows it as one: what is internal is not for them.
    mine = Q(opened_by=actor.id) if actor.id and actor.kind != PUBLIC and actor.scopes else Q(pk__in=[])
    works = Work.objects.filter(Q(department__in=where) | Q(assignee__in=stands_for(actor)))
    return Q(department__in=where) | Q(pk__in=works.values("case_id")) | mine


def demand_case(actor: Actor, act: str, case: Case, code: str = "", *, whole: bool = False) -> str:
    """The rule by which the actor may do `act` to the case: at the department accountable for it, and unless it is about the
    `whole` case also at one that has work in it. Raises Refused, NotFound for a wrong code.
    """
    if code:
        demand_code(case, code)
        return BY_CODE
    if verdict(actor, act, case.department):
        return verdict(actor, act, case.department).rule
    if whole:
        return demand(actor, act, case.department).rule
    works = list(case.works.values_list("department", "assignee", "closed_at"))
    for department in dict.fromkeys(
        department for department, _, closed in works if closed is None or act == "case.read"
    ):
        found = verdict(actor, act, department)
        if found:
            return found.rule
    if act == "case.read":
        if actor.id and actor.kind != PUBLIC and actor.scopes and case.opened_by == actor.id:
            return OPENED
        if any(assignee in stands_for(actor) for _, assignee, _ in works if assignee):
            return NAMED
    return demand(actor, act, case.department).rule


def handling(actor: Actor, case: Case) -> str:
    """What those read a case for who deal with it, by right or by name; "" for who may only look and has to say what for."""
    if _may_do(actor, "case.work", case) or demand_case(actor, "case.read", case) in (NAMED, OPENED):
        return f"办理办件 {case.number}"
    return f"督办办件 {case.number}" if _may_do(actor, "case.supervise", case) else ""


def _may_do(actor: Actor, act: str, case: Case) -> bool:
    works = case.works.filter(closed_at=None).values_list("department", flat=True)
    return any(verdict(actor, act, department) for department in (case.department, *works))


def demand_work(actor: Actor, work: Work, case: Case, code: str = "") -> str:
    """The rule by which the actor may do this piece of work. Raises Refused, NotFound for a wrong code."""
    if code and work.assignee == APPLICANT:
        demand_code(case, code)
        return BY_CODE
    if actor.is_system:
        return demand(actor, "case.work").rule
    if work.assignee:
        if actor.id and actor.kind != PUBLIC and _is_theirs(actor, work, case):
            return NAMED if work.assignee == actor.id else DEPUTY
        raise _not_theirs(work)
    if work.role:
        role = Role(work.role)
        if actor.holds(role, work.department):
            return f"role:{role}"
        raise Refused(
            zh=f"这项工作须由 {work.department} 的{ROLE_TITLES[role].zh}办理",
            en=f"this work is for {ROLE_TITLES[role].en.lower()} of {work.department}",
            where=f"work {work.pk}",
        )
    return demand(actor, "case.work", work.department).rule


def _is_theirs(actor: Actor, work: Work, case: Case) -> bool:
    if work.assignee == APPLICANT:
        return case.opened_by == actor.id
    return work.assignee in stands_for(actor)


def _not_theirs(work: Work) -> Refused:
    return Refused(
        zh="这项工作交给了别人",
        en="this work is somebody else's",
        where=f"work {work.pk}",
        hint_zh="请先转办，或由其休假代理人办理。",
        hint_en="Have it handed over first, or ask the deputy.",
    )


def known_hands(names: Iterable[str]) -> None:
    """Accounts exist and can sign in. Raises NotFound, Refused for one that holds no role today."""
    for name in names:
        if name.startswith("account:") and not actor_again(name, "").scopes:
            raise Refused(
                zh=f"{name} 目前没有任何角色，不能承接工作",
                en=f"{name} holds no role today and cannot take work",
                where=name,
            )
