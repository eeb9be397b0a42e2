"""Accounts and the roles they hold; what an account may act for on a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from pydantic import BaseModel

from yiwang.kernel.access import demand
from yiwang.kernel.auditing import audit
from yiwang.kernel.core.actor import ANONYMOUS, Actor, Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.dated import holds_on, today
from yiwang.kernel.departments import below_each, department_chain, department_get
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.models import Account, Department, RoleAssignment
from yiwang.kernel.outbox import emit, event_declare
from yiwang.kernel.paging import Page, paged

LANGUAGES = ("zh-hans", "en")
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_ID = re.compile(r"account:(\d+)")
_PASSWORD_FAULTS = {
    "password_too_short": ("密码太短，至少 10 个字符", "the password is too short; it takes at least 10 characters"),
    "password_too_common": ("密码太常见", "the password is one that everybody tries"),
}


class AccountChanged(BaseModel):
    """`what` is created, disabled, enabled, password, granted or revoked."""

    account: int
    what: str


ACCOUNT_CHANGED = event_declare(
    "account.changed", AccountChanged, Text(zh="账号或角色有变更", en="an account or its roles changed")
)


@dataclass(frozen=True)
class RoleRow:
    """A role held from a day until the day before `valid_until`."""

    id: int
    role: Role
    department: str
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class AccountRow:
    """An account with the roles it holds today."""

    id: int
    username: str
    display_name: str
    department: str
    language: str
    is_active: bool
    roles: tuple[RoleRow, ...]


def account_create(
    *,
    actor: Actor,
    username: str,
    display_name: str,
    password: str,
    department: str | None = None,
    language: str = "zh-hans",
) -> Account:
    """Make an account without any role. Raises InputError, Conflict for a name that is taken, NotFound."""
    rule = demand(actor, "account.edit", department or "").rule
    if not _USERNAME.fullmatch(username):
        raise InputError(
            zh=f"用户名 {username!r} 不合要求",
            en=f"user name {username!r} will not do",
            where="username",
            hint_zh="2 至 64 个小写字母、数字、点、横线或下划线，以字母或数字开头。",
            hint_en="2 to 64 lower-case letters, digits, dots, dashes or underscores, a letter or digit first.",
        )
    if not display_name.strip() or language not in LANGUAGES:
        raise InputError(
            zh="姓名为空，或语言不是 zh-hans、en",
            en="no name, or a language other than zh-hans and en",
            where="account",
        )
    _check_password(password)
    with transaction.atomic():
        if Account.objects.filter(username=username).exists():
            raise Conflict(
                zh=f"用户名 {username} 已被使用",
                en=f"user name {username} is taken",
                where="username",
                hint_zh="请换一个。",
                hint_en="Choose another.",
            )
        account = Account(username=username, display_name=display_name.strip(), language=language)
        if department:
            department_get(department)
            account.department = Department.objects.get(code=department)
        account.set_password(password)
        account.save()
        _tell(actor, account, "created", rule, {"username": username, "department": department})
    return account


def account_enable(*, actor: Actor, account: int, enabled: bool) -> Account:
    """Let an account sign in, or no longer. Nobody can disable the account they are using."""
    row = _account(account)
    rule = demand(actor, "account.edit", row.department.code if row.department else "").rule
    if not enabled and account_number(actor) == row.pk:
        raise Refused(
            zh="不能停用自己的账号",
            en="You cannot disable your own account",
            where="account",
            hint_zh="请由另一位管理员操作。",
            hint_en="Ask another administrator.",
        )
    with transaction.atomic():
        row.is_active = enabled
        row.save(update_fields=["is_active"])
        _tell(actor, row, "enabled" if enabled else "disabled", rule, {})
    return row


def password_set(*, actor: Actor, account: int, password: str, old_password: str = "") -> Account:
    """Set a password: one's own with the old one, somebody else's with the right to edit accounts."""
    row = _account(account)
    own = account_number(actor) == row.pk
    if own and not row.check_password(old_password):
        raise Refused(
            zh="原密码不正确",
            en="The old password is wrong",
            where="old_password",
            hint_zh="忘记密码请联系系统管理员。",
            hint_en="If you forgot it, ask your system administrator.",
        )
    rule = "own" if own else demand(actor, "account.edit", row.department.code if row.department else "").rule
    _check_password(password)
    with transaction.atomic():
        row.set_password(password)
        row.save(update_fields=["password"])
        _tell(actor, row, "password", rule, {})
    return row


def role_grant(
    *, actor: Actor, account: int, role: Role, department: str, on: date | None = None, until: date | None = None
) -> RoleAssignment:
    """Give a role within a department and all below it; `until` is the first day without it.

    Granting what is already held changes nothing. Only who administers that department may. Raises InputError for
    `until` not after `on`.
    """
    rule = demand(actor, "account.edit", department).rule
    day = on or today()
    if until is not None and until <= day:
        raise InputError(zh="止日须晚于起日", en="`until` must be after `on`", where="until")
    row = _account(account)
    with transaction.atomic():
        department_get(department, day)
        held = row.roles.filter(role=role, department__code=department).exclude(valid_until__lte=day).first()
        if held is not None and held.valid_from <= day and held.valid_until == until:
            return held
        if held is not None:
            raise Conflict(
                zh=f"该账号在 {held.valid_from} 起已有此角色",
                en=f"the account already has this role from {held.valid_from}",
                where="role",
                hint_zh="请先撤销，再按新日期授予。",
                hint_en="Revoke it first, then grant it with the new days.",
            )
        granted = RoleAssignment.objects.create(
            account=row,
            role=role,
            department=Department.objects.get(code=department),
            valid_from=day,
            valid_until=until,
        )
        _tell(actor, row, "granted", rule, {"role": role, "department": department, "on": day, "until": until})
    return granted


def role_revoke(*, actor: Actor, account: int, role: Role, department: str, on: date | None = None) -> RoleAssignment:
    """End a role: `on` is the first day without it, today by default. Raises NotFound when it is not held then."""
    rule = demand(actor, "account.edit", department).rule
    day = on or today()
    row = _account(account)
    with transaction.atomic():
        held = row.roles.filter(holds_on(day), role=role, department__code=department).first()
        if held is None:
            raise NotFound(
                zh=f"该账号在 {day} 没有部门 {department} 的角色 {role}",
                en=f"the account does not hold {role} for {department} on {day}",
                where="role",
            )
        if held.valid_from == day:
            # It never held for a whole day: the row goes, so that the same role can be granted anew today.
            held.delete()
        else:
            held.valid_until = day
            held.save(update_fields=["valid_until"])
        _tell(actor, row, "revoked", rule, {"role": role, "department": department, "on": day})
    return held


def actor_of(account: object, as_of: date | None = None) -> Actor:
    """The actor an account is on a day (today), its roles' departments expanded to all below them.

    Anything that is not a saved account is nobody; a disabled account is somebody without roles.
    """
    if not isinstance(account, Account) or account.pk is None:
        return ANONYMOUS
    day = as_of or today()
    held = account.roles.filter(holds_on(day)).select_related("department") if account.is_active else ()
    below = below_each(day) if held else {}
    scopes: dict[Role, frozenset[str]] = {}
    for row in held:
        role = Role(row.role)
        covered = below.get(row.department.code, frozenset())
        scopes[role] = scopes.get(role, frozenset()) | covered
    return Actor(
        id=f"account:{account.pk}",
        name=account.display_name,
        department=account.department.code if account.department else "",
        scopes={role: codes for role, codes in scopes.items() if codes},
    )


def actor_again(actor_id: str, name: str) -> Actor:
    """The actor who began a piece of work that is taken up later: with the roles of today, or the same program.

    Raises NotFound when the account is gone.
    """
    found = _ID.fullmatch(actor_id)
    return actor_of(_account(int(found[1]))) if found else Actor(id=actor_id, name=name, kind="system")


def account_number(actor: Actor) -> int | None:
    """The account behind an actor; None for programs and nobody."""
    found = _ID.fullmatch(actor.id)
    return int(found[1]) if found else None


def account_named(username: str) -> int:
    """The number of the active account with this user name. Raises NotFound."""
    number = Account.objects.filter(username=username.strip().lower(), is_active=True).values_list("pk", flat=True)
    if not number:
        raise NotFound(zh=f"没有账号 {username}", en=f"there is no account {username}", where="username")
    return int(number[0])


def role_holders(role: Role, department: str, as_of: date | None = None) -> tuple[int, ...]:
    """Active accounts holding a role at a department on a day; when none does, those at the nearest one above."""
    day = as_of or today()
    for code in department_chain(department, day):
        rows = RoleAssignment.objects.filter(
            holds_on(day), role=role, department__code=code, account__is_active=True
        ).order_by("account_id")
        if numbers := tuple(dict.fromkeys(rows.values_list("account_id", flat=True))):
            return numbers
    return ()


def account_get(actor: Actor, account: int) -> AccountRow:
    """One account: one's own, or with the right to edit accounts. Raises NotFound, Refused."""
    row = _account(account)
    if account_number(actor) != row.pk:
        demand(actor, "account.edit", row.department.code if row.department else "")
    return _row(row)


def account_list(actor: Actor, *, search: str = "", page: int = 1, per_page: int = 50) -> Page[AccountRow]:
    """The accounts an administrator covers, by user name; `search` looks in user names and names."""
    demand(actor, "account.edit")
    rows = Account.objects.select_related("department").order_by("username")
    if not actor.is_system:
        rows = rows.filter(department__code__in=actor.scopes[Role.ADMIN])
    if search:
        rows = rows.filter(username__icontains=search) | rows.filter(display_name__icontains=search)
    return paged(rows, _row, page=page, per_page=per_page)


def _account(number: int) -> Account:
    row = Account.objects.select_related("department").filter(pk=number).first()
    if row is None:
        raise NotFound(zh=f"没有账号 {number}", en=f"there is no account {number}", where="account")
    return row


def _check_password(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        codes = [fault.code or "" for fault in error.error_list]
        faults = [_PASSWORD_FAULTS.get(code, ("密码不合要求", "the password will not do")) for code in codes]
        raise InputError(
            zh="；".join(zh for zh, _ in faults),
            en="; ".join(en for _, en in faults),
            where="password",
            hint_zh="请换一个更长、更少见的密码。",
            hint_en="Choose a longer and rarer one.",
        ) from error


def _tell(actor: Actor, account: Account, what: str, rule: str, details: dict[str, object]) -> None:
    audit(
        actor=actor,
        act=f"account.{what}",
        object_kind="account",
        object_id=account.pk,
        rule=rule,
        details=details,
    )
    emit(ACCOUNT_CHANGED, AccountChanged(account=account.pk, what=what))


def _row(row: Account) -> AccountRow:
    held = row.roles.filter(holds_on(today())).select_related("department").order_by("role", "id")
    return AccountRow(
        row.pk,
        row.username,
        row.display_name,
        row.department.code if row.department else "",
        row.language,
        row.is_active,
        tuple(RoleRow(r.pk, Role(r.role), r.department.code, r.valid_from, r.valid_until) for r in held),
    )
