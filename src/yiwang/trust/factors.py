"""Second factors: an authenticator app (TOTP), passkeys, and recovery codes for the day both are lost."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound, Refused
from yiwang.kernel.selectors import account_get, account_number
from yiwang.kernel.service import audit, factor_try, message_send
from yiwang.trust.keys import key_secret, open_bytes, seal_bytes
from yiwang.trust.models import Passkey, RecoveryCode, TotpDevice

STEP, DIGITS = 30, 6
# One step before and after: clocks differ.
DRIFT = (-1, 0, 1)
CODES = 10
LONGEST_LABEL = 60
PAGE = "/account/security/"
# No letters that look like others.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True)
class TotpStart:
    """What an authenticator app needs; shown until it is confirmed."""

    device: int
    address: str
    secret: str


@dataclass(frozen=True)
class FactorRow:
    """`kind` is totp or passkey."""

    kind: str
    id: int
    label: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Factors:
    """What an account has to prove itself a second time with; `codes` are the recovery codes still unused."""

    devices: tuple[FactorRow, ...]
    codes: int

    @property
    def kinds(self) -> tuple[str, ...]:
        """Strongest first; empty: there is no second step."""
        there = {row.kind for row in self.devices}
        known = [kind for kind in ("passkey", "totp") if kind in there]
        return (*known, "recovery") if known and self.codes else tuple(known)


def totp_begin(*, actor: Actor, label: str) -> TotpStart:
    """A new secret for an authenticator app; it counts once `totp_confirm` has seen a code of it. Raises InputError."""
    number, name = _number(actor), _label(label)
    secret = secrets.token_bytes(20)
    with transaction.atomic():
        TotpDevice.objects.filter(account_id=number, confirmed_at=None).delete()
        row = TotpDevice(account_id=number, label=name, sealed_secret=b"")
        row.save()
        row.sealed_secret = seal_bytes("identity", secret, f"totp {row.pk}")
        row.save(update_fields=["sealed_secret"])
        _line(actor, "factor.begin", number, {"kind": "totp"})
    return _start(actor, row, secret)


def totp_waiting(actor: Actor) -> TotpStart | None:
    """The app that waits to be confirmed, to be shown again."""
    row = TotpDevice.objects.filter(account_id=_number(actor), confirmed_at=None).first()
    return _start(actor, row, _secret(row)) if row else None


def totp_confirm(*, actor: Actor, device: int, code: str, address: str = "") -> tuple[str, ...]:
    """Count the app from now on. The first factor of an account also gets recovery codes: the answer, shown once.

    Raises NotFound, SignInRefused for a wrong code, SignInLocked.
    """
    number = _number(actor)
    row = TotpDevice.objects.filter(pk=device, account_id=number, confirmed_at=None).first()
    if row is None:
        raise NotFound(zh="没有等待确认的验证器", en="no authenticator waits to be confirmed", where="device")
    factor_try(account=number, method="totp", address=address, check=lambda: _totp_fits(row, code))
    with transaction.atomic():
        first = not factor_list(actor, number).devices
        row.confirmed_at = timezone.now()
        row.save(update_fields=["confirmed_at"])
        _added(actor, number, "totp", row.label)
        return recovery_make(actor=actor) if first else ()


def recovery_make(*, actor: Actor) -> tuple[str, ...]:
    """A new list of recovery codes, shown once; the old list ends. Raises Refused for an account without a factor."""
    number = _number(actor)
    if not factor_list(actor, number).devices:
        raise Refused(zh="请先设置验证器或通行密钥", en="Set up an authenticator or a passkey first", where="factors")
    codes = tuple("".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(CODES))
    with transaction.atomic():
        RecoveryCode.objects.filter(account_id=number).delete()
        RecoveryCode.objects.bulk_create(RecoveryCode(account_id=number, digest=_digest(code)) for code in codes)
        _line(actor, "factor.codes", number, {"count": len(codes)})
    return tuple(f"{code[:5]}-{code[5:]}" for code in codes)


def code_use(*, account: int, code: str, address: str) -> str:
    """Take a code of an authenticator app, or a recovery code, and say which it was: "totp" or "recovery".

    A code works once, a recovery code for good. Raises SignInRefused, SignInLocked.
    """
    given = "".join(code.split()).replace("-", "").lower()
    method = "totp" if given.isascii() and given.isdecimal() and len(given) == DIGITS else "recovery"

    def fits() -> bool:
        if method == "totp":
            devices = TotpDevice.objects.filter(account_id=account).exclude(confirmed_at=None)
            return any(_totp_fits(device, given) for device in devices)
        unused = RecoveryCode.objects.filter(account_id=account, digest=_digest(given), used_at=None)
        return unused.update(used_at=timezone.now()) == 1

    factor_try(account=account, method=method, address=address, check=fits)
    return method


def factor_remove(*, actor: Actor, kind: str, id: int) -> None:
    """Take one's own factor away; with the last one the recovery codes go. Raises NotFound, Refused where the role of the
    account demands a factor and this is the last."""
    number = _number(actor)
    rows = _rows(kind, number).filter(pk=id)
    if not rows.exists():
        raise NotFound(zh="没有这个验证方式", en="there is no such factor", where="factor")
    last = len(factor_list(actor, number).devices) == 1
    if last and factor_demanded(actor):
        raise Refused(
            zh="您的角色必须使用二次验证，不能移除最后一种验证方式",
            en="Your role takes a second factor: the last one stays",
            where="factor",
            hint_zh="请先添加另一种。",
            hint_en="Add another one first.",
        )
    with transaction.atomic():
        rows.delete()
        if last:
            RecoveryCode.objects.filter(account_id=number).delete()
        _line(actor, "factor.remove", number, {"kind": kind})
        _tell(actor, number, Text(zh="您移除了一种二次验证方式", en="You removed a second factor"))


def factors_reset(*, actor: Actor, account: int) -> int:
    """Take every factor of somebody else away, for who lost them all; the owner is told. Raises Refused, NotFound."""
    row = account_get(actor, account)
    if account_number(actor) == account:
        raise Refused(
            zh="不能重置自己的二次验证，请由另一位管理员办理",
            en="You cannot reset your own second factors; ask another administrator",
            where="account",
        )
    rule = demand(actor, "account.edit", row.department).rule
    with transaction.atomic():
        gone = sum(_rows(kind, account).delete()[0] for kind in ("totp", "passkey"))
        RecoveryCode.objects.filter(account_id=account).delete()
        details = {"removed": gone}
        audit(actor=actor, act="factor.reset", object_kind="account", object_id=account, rule=rule, details=details)
        _tell(
            actor,
            account,
            Text(
                zh=f"管理员 {actor.name} 重置了您的二次验证",
                en=f"The administrator {actor.name} reset your second factors",
            ),
        )
    return gone


def factor_list(actor: Actor, account: int | None = None) -> Factors:
    """One's own factors, or with the right to edit the account somebody else's. Raises Refused."""
    number = account if account is not None else _number(actor)
    if number != account_number(actor):
        demand(actor, "account.edit", account_get(actor, number).department)
    return factors_of(number)


def factors_of(account: int) -> Factors:
    """What an account has to give at its second step: for the sign-in itself, when nobody is anybody yet."""
    apps = TotpDevice.objects.filter(account_id=account).exclude(confirmed_at=None)
    keys = Passkey.objects.filter(account_id=account)
    rows = [FactorRow("totp", one.pk, one.label, one.created_at, _used(one)) for one in apps]
    rows += [FactorRow("passkey", one.pk, one.label, one.created_at, one.used_at) for one in keys]
    return Factors(tuple(rows), RecoveryCode.objects.filter(account_id=account, used_at=None).count())


def factor_demanded(actor: Actor) -> bool:
    """Whether a role the actor holds takes a second factor (YIWANG_SECOND_FACTOR_ROLES)."""
    return any(actor.holds(Role(name)) for name in settings.SECOND_FACTOR_ROLES)


def roles_check() -> None:
    """Raises ImproperlyConfigured when YIWANG_SECOND_FACTOR_ROLES names what is no role."""
    known = [str(role) for role in Role]
    if strange := [name for name in settings.SECOND_FACTOR_ROLES if name not in known]:
        raise ImproperlyConfigured(f"YIWANG_SECOND_FACTOR_ROLES: {strange[0]} is no role; there are {', '.join(known)}")


def factor_added(actor: Actor, kind: str, label: str) -> None:
    """The line and the message of a factor that another file of this room has just kept."""
    _added(actor, _number(actor), kind, label)


def label_checked(label: str) -> str:
    return _label(label)


def _added(actor: Actor, number: int, kind: str, label: str) -> None:
    _line(actor, "factor.add", number, {"kind": kind})
    _tell(actor, number, Text(zh=f"您添加了二次验证：{label}", en=f"You added a second factor: {label}"))


def _totp_fits(row: TotpDevice, code: str) -> bool:
    """Whether it is a code of now that was not used yet; it is used then."""
    totp, at = TOTP(_secret(row), DIGITS, SHA1(), STEP), int(time.time()) // STEP
    given = code.strip().encode()
    fit = [at + off for off in DRIFT if bytes_eq(totp.generate((at + off) * STEP), given)]
    # The row says which step was used last: of two requests with one code only one changes it.
    return any(TotpDevice.objects.filter(pk=row.pk, last_step__lt=step).update(last_step=step) for step in fit[:1])


def _start(actor: Actor, row: TotpDevice, secret: bytes) -> TotpStart:
    text = base64.b32encode(secret).decode().rstrip("=")
    said = urlencode({"secret": text, "issuer": "Yiwang", "digits": DIGITS, "period": STEP})
    return TotpStart(row.pk, f"otpauth://totp/{quote(f'Yiwang:{actor.name}')}?{said}", text)


def _secret(row: TotpDevice) -> bytes:
    return open_bytes("identity", bytes(row.sealed_secret), f"totp {row.pk}")


def _used(row: TotpDevice) -> datetime | None:
    return datetime.fromtimestamp(row.last_step * STEP, timezone.get_current_timezone()) if row.last_step else None


def _digest(code: str) -> str:
    # A key that is never rotated: a code is found by its digest.
    return hmac.new(key_secret("search"), f"recovery\0{code}".encode(), hashlib.sha256).hexdigest()


def _rows(kind: str, account: int) -> QuerySet[TotpDevice] | QuerySet[Passkey]:
    if kind not in ("totp", "passkey"):
        raise InputError(zh="没有这种验证方式", en="there is no such kind of factor", where="kind")
    return (TotpDevice if kind == "totp" else Passkey).objects.filter(account_id=account)


def _label(label: str) -> str:
    if not label.strip() or len(label.strip()) > LONGEST_LABEL:
        raise InputError(zh="请起个名字，不超过 60 字", en="give it a name of at most 60 characters", where="label")
    return label.strip()


def _number(actor: Actor) -> int:
    number = account_number(actor)
    if number is None:
        raise Refused(zh="请先登录", en="Sign in first", where="identity")
    return number


def _line(actor: Actor, act: str, number: int, details: dict[str, object]) -> None:
    audit(actor=actor, act=act, object_kind="account", object_id=number, rule="own", details=details)


def _tell(actor: Actor, number: int, title: Text) -> None:
    message_send(actor=actor, to=[number], title=title, link=PAGE)
