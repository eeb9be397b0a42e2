"""Which person or firm an account is, and so whose data somebody who is signed in may look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor, system_actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.selectors import account_get, account_number
from yiwang.kernel.service import audit
from yiwang.trust.keys import open_bytes, seal_bytes
from yiwang.trust.models import Delegation, SubjectLink
from yiwang.trust.subjects import KINDS, subject_hash

IDENTITY = system_actor("identity")
# How surely it is known that the account is this person or firm.
ASSURANCES: dict[str, Text] = {
    "counter": Text(zh="窗口核验证件", en="identity document seen at the counter"),
    "provider": Text(zh="统一身份认证", en="said by an identity provider the city trusts"),
    "demo": Text(zh="演示绑定", en="bound for a demo"),
}
KIND_TITLES: dict[str, Text] = {"resident": Text(zh="本人", en="person"), "firm": Text(zh="企业", en="firm")}
# What a delegation allows; to act includes to look.
SCOPES: dict[str, Text] = {"look": Text(zh="查看", en="look"), "act": Text(zh="查看和办理", en="look and act")}
LONGEST_IDENTIFIER, LONGEST_TITLE = 64, 80


@dataclass(frozen=True)
class SubjectRow:
    """A person or firm somebody may look at. `hash` is how ledger and credentials know them. `acting_for` is "" for
    oneself, else "kind:hash" as it goes into a line of use; `scope` is look or act; `link` numbers the binding."""

    kind: str
    hash: str
    title: str
    acting_for: str
    scope: str
    link: int


@dataclass(frozen=True)
class LinkRow:
    """A binding as an account's own page, or a clerk, sees it."""

    id: int
    account: int
    kind: str
    title: str
    assurance: str
    bound_by: str
    since: datetime
    ended_at: datetime | None


def subject_bind(
    *, actor: Actor, account: int, kind: str, identifier: str, assurance: str, title: str = ""
) -> SubjectRow:
    """Say that an account is this resident, or speaks for this firm. Binding what is bound changes nothing.

    `identifier` is the number the registers know them by; it is kept sealed. Raises Refused without "subject.bind", for
    one's own account and for an account with roles; Conflict for a resident who has another account; InputError, NotFound.
    """
    rule = demand(actor, "subject.bind").rule
    _check(kind, identifier, assurance, title)
    # Reading the account is the program's business here: the clerk need not be an administrator.
    row = account_get(IDENTITY, account)
    if account_number(actor) == account:
        raise _refused(
            "不能绑定自己的账号，请由另一位工作人员办理", "You cannot bind your own account; ask a colleague"
        )
    if row.roles:
        raise _refused(
            "工作账号不能绑定个人或企业，请另开一个个人账号",
            "A work account is bound to nobody; open a personal account for it",
        )
    name = subject_hash(kind, identifier)
    with transaction.atomic():
        if kind == "resident" and _living().filter(kind=kind, subject_hash=name).exclude(account_id=account).exists():
            raise Conflict(
                zh="此人已绑定另一个账号",
                en="this person is bound to another account already",
                where="identifier",
                hint_zh="请先在原账号解除绑定。",
                hint_en="End the binding of the other account first.",
            )
        link, made = SubjectLink.objects.get_or_create(
            account_id=account,
            kind=kind,
            subject_hash=name,
            ended_at=None,
            defaults={
                "sealed_identifier": seal_bytes("identity", identifier.strip().encode(), _about(account, kind, name)),
                "title": title.strip() or row.display_name,
                "assurance": assurance,
                "bound_by": actor.id,
            },
        )
        details = {"kind": kind, "assurance": assurance, "account": account, "new": made}
        audit(actor=actor, act="subject.bind", object_kind="account", object_id=account, rule=rule, details=details)
    return _own(link)


def subject_unbind(*, actor: Actor, link: int) -> LinkRow:
    """End a binding and every delegation that rests on it: one's own, or with "subject.bind". Raises Refused, NotFound."""
    row = _living().filter(pk=link).first()
    own = row is not None and row.account_id == account_number(actor)
    rule = "own" if own else demand(actor, "subject.bind").rule
    if row is None:
        raise NotFound(zh=f"没有绑定 {link}", en=f"there is no binding {link}", where="link")
    with transaction.atomic():
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at"])
        ended = row.delegations.filter(ended_at=None).update(ended_at=row.ended_at, ended_by=actor.id)
        details = {"kind": row.kind, "delegations_ended": ended}
        audit(
            actor=actor,
            act="subject.unbind",
            object_kind="account",
            object_id=row.account_id,
            rule=rule,
            details=details,
        )
    return _link(row)


def subjects_of(actor: Actor) -> tuple[SubjectRow, ...]:
    """Whom a signed-in person may look at: themselves first, then by delegation. Nobody for programs and strangers."""
    number = account_number(actor)
    if number is None:
        return ()
    own = [_own(link) for link in _living().filter(account_id=number, account__is_active=True)]
    return (*own, *(_lent(one) for one in delegations_held(number)))


def subject_demand(actor: Actor, kind: str, name: str, scope: str = "look") -> SubjectRow:
    """The subject with this hash, when the actor may look at it, or act for it. Raises Refused."""
    for row in subjects_of(actor):
        if (row.kind, row.hash) == (kind, name) and (scope == "look" or row.scope == "act"):
            return row
    raise _refused("您不能查看或办理这一对象的事项", "You may not look at or act for this person or firm")


def subject_identifier(actor: Actor, kind: str, name: str, scope: str = "look") -> str:
    """The number the registers know a subject by, for whoever may look at it. Raises Refused."""
    link = SubjectLink.objects.get(pk=subject_demand(actor, kind, name, scope).link)
    return open_bytes("identity", bytes(link.sealed_identifier), _about(link.account_id, kind, name)).decode()


def link_list(actor: Actor, account: int) -> tuple[LinkRow, ...]:
    """The bindings of an account, ended ones too: one's own, or with "subject.bind". Raises Refused."""
    if account_number(actor) != account:
        demand(actor, "subject.bind")
    return tuple(_link(row) for row in SubjectLink.objects.filter(account_id=account))


def subject_account(kind: str, name: str) -> int | None:
    """The account of a subject; None when nobody, or more than one (a firm's people), is bound to it."""
    numbers = list(_living().filter(kind=kind, subject_hash=name).values_list("account_id", flat=True)[:2])
    return numbers[0] if len(numbers) == 1 else None


def delegations_held(account: int) -> list[Delegation]:
    """The delegations an account may use today."""
    day = timezone.localdate()
    rows = Delegation.objects.filter(to_id=account, ended_at=None, valid_until__gt=day, link__ended_at=None)
    active = rows.filter(Q(to__is_active=True) & Q(link__account__is_active=True))
    return list(active.select_related("link").order_by("id"))


def _living() -> QuerySet[SubjectLink]:
    return SubjectLink.objects.filter(ended_at=None)


def _own(link: SubjectLink) -> SubjectRow:
    return SubjectRow(link.kind, link.subject_hash, link.title, "", "act", link.pk)


def _lent(one: Delegation) -> SubjectRow:
    link = one.link
    return SubjectRow(link.kind, link.subject_hash, link.title, f"{link.kind}:{link.subject_hash}", one.scope, link.pk)


def _link(row: SubjectLink) -> LinkRow:
    return LinkRow(row.pk, row.account_id, row.kind, row.title, row.assurance, row.bound_by, row.since, row.ended_at)


def _check(kind: str, identifier: str, assurance: str, title: str) -> None:
    if kind not in KINDS:
        raise InputError(zh="请选择个人或企业", en="choose a person or a firm", where="kind")
    if not identifier.strip() or len(identifier) > LONGEST_IDENTIFIER:
        raise InputError(
            zh="请填写证件号码或统一社会信用代码", en="give the identity number or the credit code", where="identifier"
        )
    if assurance not in ASSURANCES:
        raise InputError(zh="没有这种核验方式", en="there is no such way of verifying", where="assurance")
    if len(title) > LONGEST_TITLE:
        raise InputError(zh="称呼太长", en="the name is too long", where="title")


def _about(account: int, kind: str, name: str) -> str:
    return f"subject link {account}/{kind}/{name}"


def _refused(zh: str, en: str) -> Refused:
    return Refused(zh=zh, en=en, where="subject")
