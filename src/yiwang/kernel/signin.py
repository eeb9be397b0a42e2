"""Signing in with name and password, and being locked out for guessing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, transaction
from django.utils import timezone

from yiwang.kernel.accounts import account_number
from yiwang.kernel.auditing import audit
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import SignInLocked, SignInRefused
from yiwang.kernel.models import Account, SignInAttempt

MOST_FAILURES = 5
WINDOW = timedelta(minutes=15)
LOCKED_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class AttemptRow:
    """One try to sign in; `second` when it was the second step."""

    at: datetime
    address: str
    succeeded: bool
    second: bool


def sign_in(*, username: str, password: str, address: str) -> Account:
    """The account whose name and password these are; every try is kept and leaves an audit line.

    Raises SignInRefused, in the same words whichever of the two is wrong, and SignInLocked after 5 failures within 15
    minutes, for the 15 minutes after the fifth, whether the account exists or not. The session is the caller's work.
    """
    name = username.strip().lower()[:64]
    now = timezone.now()
    account = Account.objects.filter(username=name).first()
    # Outside the transaction: hashing takes long on purpose, and nobody else should wait for it.
    matches = locked_until(name, now) is None and _matches(account, password)
    # Kept before anything is raised, and not undone by it: the transaction ends first.
    with transaction.atomic():
        if account is not None and connection.features.has_select_for_update:
            # Tries at the same moment are counted one after the other.
            Account.objects.select_for_update().get(pk=account.pk)
        until = locked_until(name, now)
        fine = until is None and matches
        if until is None:
            SignInAttempt.objects.create(username=name, address=address[:64], succeeded=fine, at=now)
        audit(
            actor=Actor(id=f"account:{account.pk}", name=account.display_name) if account else _nobody(name),
            act="account.sign-in" if fine else "account.sign-in-refused",
            object_kind="account",
            object_id=account.pk if account else name,
            rule="locked" if until else "password",
            details={"address": address[:64]},
        )
    if until is not None:
        raise _locked(until, now)
    if account is None or not fine:
        raise SignInRefused(
            zh="用户名或密码不正确",
            en="The user name or the password is wrong",
            where="sign-in",
            hint_zh="请核对后重试；连续错误 5 次将锁定 15 分钟。",
            hint_en="Check and try again; five failures lock the account for 15 minutes.",
        )
    return account


def factor_try(*, account: int, method: str, address: str, check: Callable[[], bool]) -> None:
    """Count one try of a second factor; `check` says whether it is right, and is not asked while the account is locked.

    Counted apart from passwords, so that a right password does not forget wrong codes. Raises SignInRefused, SignInLocked.
    """
    row = Account.objects.get(pk=account)
    name, now = _second(account), timezone.now()
    with transaction.atomic():
        if connection.features.has_select_for_update:
            Account.objects.select_for_update().get(pk=account)
        until = locked_until(name, now)
        fine = until is None and row.is_active and check()
        if until is None:
            SignInAttempt.objects.create(username=name, address=address[:64], succeeded=fine, at=now)
        audit(
            actor=Actor(id=f"account:{account}", name=row.display_name),
            act="account.second-factor" if fine else "account.second-factor-refused",
            object_kind="account",
            object_id=account,
            rule="locked" if until else method,
            details={"address": address[:64]},
        )
    if until is not None:
        raise _locked(until, now)
    if not fine:
        raise SignInRefused(
            zh="验证没有通过",
            en="That was not accepted",
            where="code",
            hint_zh="验证码每 30 秒更换，用过一次就失效；连续错误 5 次将锁定 15 分钟。",
            hint_en="Codes change every 30 seconds and work once; five failures lock it for 15 minutes.",
        )


def sign_in_list(actor: Actor, limit: int = 20) -> tuple[AttemptRow, ...]:
    """The newest tries to sign in with the actor's own name, wrong ones too."""
    row = Account.objects.filter(pk=account_number(actor) or 0).first()
    if row is None:
        return ()
    tries = SignInAttempt.objects.filter(username__in=(row.username, _second(row.pk))).order_by("-at", "-id")
    return tuple(
        AttemptRow(one.at, one.address, one.succeeded, one.username == _second(row.pk)) for one in tries[:limit]
    )


def locked_until(username: str, now: datetime) -> datetime | None:
    """When the lock of a name ends; None when it is not locked. A success forgets the failures before it."""
    recent = SignInAttempt.objects.filter(username=username, at__gt=now - WINDOW - LOCKED_FOR).order_by("-at", "-id")
    failures: list[datetime] = []
    for attempt in recent[: 4 * MOST_FAILURES]:
        if attempt.succeeded:
            break
        failures.append(attempt.at)
    for last, first in zip(failures, failures[MOST_FAILURES - 1 :], strict=False):
        if last - first <= WINDOW and now < last + LOCKED_FOR:
            return last + LOCKED_FOR
    return None


def _matches(account: Account | None, password: str) -> bool:
    if account is None or not account.is_active:
        # The same work as for an account that exists, so that the time taken tells nothing.
        check_password(password, make_password(password))
        return False
    return account.check_password(password)


def _locked(until: datetime, now: datetime) -> SignInLocked:
    minutes = max(1, -(-int((until - now).total_seconds()) // 60))
    return SignInLocked(
        zh=f"错误次数过多，账号已锁定，约 {minutes} 分钟后可再试",
        en=f"Too many wrong tries; the account is locked for about {minutes} minutes more",
        where="sign-in",
        hint_zh="忘记密码或丢失验证设备，请联系系统管理员。",
        hint_en="If you forgot the password or lost the device, ask your system administrator.",
    )


def _second(account: int) -> str:
    """What tries of the second step are kept under. In capitals: nobody can type it as a name, and so lock somebody out."""
    return f"SECOND:{account}"


def _nobody(name: str) -> Actor:
    return Actor(id="", name=name, kind="anonymous")
