"""The second factor: codes that work once, a lock for guessing, and an owner who is told."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.core.exceptions import ImproperlyConfigured

from yiwang.config.place import Place
from yiwang.kernel.core.actor import Actor, Role, system_actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound, Refused, SignInLocked, SignInRefused
from yiwang.kernel.models import AuditLine, Message
from yiwang.kernel.selectors import actor_again, sign_in_list
from yiwang.kernel.service import account_create, department_save, role_grant, sign_in
from yiwang.trust import factors
from yiwang.trust.models import RecoveryCode, TotpDevice

pytestmark = pytest.mark.django_db
SHELL = system_actor("test")
PASSWORD = "a-long-and-rare-one"


class Clock:
    now = 1_700_000_000.0


@pytest.fixture(autouse=True)
def clock(home: Place, db: None, monkeypatch: pytest.MonkeyPatch) -> Clock:
    department_save(actor=SHELL, code="civil", name=Text(zh="民政", en="Civil"), parent=None)
    kept = Clock()
    monkeypatch.setattr(factors.time, "time", lambda: kept.now)
    return kept


def somebody(username: str = "wang") -> Actor:
    row = account_create(actor=SHELL, username=username, display_name=username, password=PASSWORD, department="civil")
    return actor_again(f"account:{row.pk}", "")


def number(actor: Actor) -> int:
    return int(actor.id.partition(":")[2])


def shown(start: factors.TotpStart, at: float) -> str:
    """What an authenticator app shows: worked out from the text its owner typed in."""
    key = base64.b32decode(start.secret + "=" * (-len(start.secret) % 8))
    return TOTP(key, 6, SHA1(), 30).generate(at).decode()


def with_app(clock: Clock) -> tuple[Actor, factors.TotpStart, tuple[str, ...]]:
    actor = somebody()
    start = factors.totp_begin(actor=actor, label="手机")
    codes = factors.totp_confirm(actor=actor, device=start.device, code=shown(start, clock.now))
    clock.now += 60
    return actor, start, codes


def use(actor: Actor, code: str) -> str:
    return factors.code_use(account=number(actor), code=code, address="127.0.0.1")


def test_an_app_counts_once_a_code_of_it_was_seen(clock: Clock) -> None:
    actor = somebody()
    start = factors.totp_begin(actor=actor, label="手机")
    assert start.address.startswith("otpauth://totp/") and start.secret in start.address
    assert factors.factor_list(actor).kinds == ()
    with pytest.raises(SignInRefused):
        factors.totp_confirm(actor=actor, device=start.device, code="000000")
    codes = factors.totp_confirm(actor=actor, device=start.device, code=shown(start, clock.now))
    assert len(codes) == 10 == len(set(codes))
    assert factors.factor_list(actor).kinds == ("totp", "recovery")
    assert AuditLine.objects.filter(act="factor.add").count() == 1
    assert Message.objects.filter(recipient_id=number(actor)).count() == 1


def test_the_secret_and_the_recovery_codes_are_not_kept_in_the_clear(clock: Clock) -> None:
    _, start, codes = with_app(clock)
    key = base64.b32decode(start.secret + "=" * (-len(start.secret) % 8))
    assert key not in bytes(TotpDevice.objects.get().sealed_secret)
    kept = " ".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert all(code.replace("-", "") not in kept for code in codes)


def test_a_code_works_once_and_an_older_one_no_more(clock: Clock) -> None:
    actor, start, _ = with_app(clock)
    earlier, now = shown(start, clock.now - 30), shown(start, clock.now)
    assert use(actor, now) == "totp"
    for again in (now, earlier):
        with pytest.raises(SignInRefused):
            use(actor, again)
    clock.now += 30
    assert use(actor, f" {shown(start, clock.now)[:3]} {shown(start, clock.now)[3:]} ") == "totp"


def test_a_clock_half_a_minute_off_still_signs_in_and_two_minutes_do_not(clock: Clock) -> None:
    actor, start, _ = with_app(clock)
    with pytest.raises(SignInRefused):
        use(actor, shown(start, clock.now + 120))
    assert use(actor, shown(start, clock.now + 30)) == "totp"


def test_a_recovery_code_works_once_however_it_is_typed(clock: Clock) -> None:
    actor, _, codes = with_app(clock)
    assert use(actor, codes[0].upper().replace("-", " ")) == "recovery"
    with pytest.raises(SignInRefused):
        use(actor, codes[0])
    assert factors.factor_list(actor).codes == 9
    factors.recovery_make(actor=actor)
    with pytest.raises(SignInRefused):
        use(actor, codes[1])


def test_five_wrong_codes_lock_the_second_step_and_a_right_password_does_not_unlock_it(clock: Clock) -> None:
    actor, start, codes = with_app(clock)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            use(actor, "123456")
        sign_in(username="wang", password=PASSWORD, address="::1")
    for right in (shown(start, clock.now), codes[0]):
        with pytest.raises(SignInLocked):
            use(actor, right)
    assert factors.factor_list(actor).codes == 10
    assert [row.second for row in sign_in_list(actor)][:2] == [False, True]


def test_nobody_locks_the_second_step_of_others_by_typing_names(clock: Clock) -> None:
    actor, start, _ = with_app(clock)
    for name in (f"second:{number(actor)}", f"SECOND:{number(actor)}"):
        for _ in range(5):
            with pytest.raises((SignInRefused, SignInLocked)):
                sign_in(username=name, password="x", address="::1")
    assert use(actor, shown(start, clock.now)) == "totp"


@pytest.mark.parametrize("wrong", ["", "12345", "1234567", "１２３４５６", "abc", "\x00", "x" * 5000])
def test_what_is_no_code_is_refused_and_counted(clock: Clock, wrong: str) -> None:
    actor, _, _ = with_app(clock)
    with pytest.raises(SignInRefused):
        use(actor, wrong)
    assert not sign_in_list(actor)[0].succeeded


def test_a_code_of_somebody_else_is_worth_nothing(clock: Clock) -> None:
    _, start, codes = with_app(clock)
    other = somebody("li")
    for code in (shown(start, clock.now), codes[0]):
        with pytest.raises(SignInRefused):
            use(other, code)
    with pytest.raises(NotFound):
        factors.totp_confirm(actor=other, device=start.device, code=shown(start, clock.now))


def test_taking_the_last_factor_away_takes_the_codes_and_tells_the_owner(clock: Clock) -> None:
    actor, _, _ = with_app(clock)
    told = Message.objects.count()
    (row,) = factors.factor_list(actor).devices
    with pytest.raises(NotFound):
        factors.factor_remove(actor=somebody("li"), kind="totp", id=row.id)
    factors.factor_remove(actor=actor, kind="totp", id=row.id)
    assert factors.factor_list(actor).kinds == () and not RecoveryCode.objects.exists()
    assert Message.objects.count() == told + 1
    assert AuditLine.objects.filter(act="factor.remove").count() == 1
    with pytest.raises(InputError):
        factors.factor_remove(actor=actor, kind="hat", id=1)


def test_where_a_role_demands_a_factor_the_last_one_stays(clock: Clock, settings: object) -> None:
    actor, _, _ = with_app(clock)
    role_grant(actor=SHELL, account=number(actor), role=Role.STEWARD, department="civil")
    actor = actor_again(actor.id, "")
    assert not factors.factor_demanded(actor)
    settings.SECOND_FACTOR_ROLES = ["steward"]  # type: ignore[attr-defined]
    assert factors.factor_demanded(actor) and not factors.factor_demanded(somebody("li"))
    with pytest.raises(Refused):
        factors.factor_remove(actor=actor, kind="totp", id=factors.factor_list(actor).devices[0].id)


def test_a_role_that_is_none_is_refused_at_the_start(settings: object) -> None:
    settings.SECOND_FACTOR_ROLES = ["admin", "stewart"]  # type: ignore[attr-defined]
    with pytest.raises(ImproperlyConfigured, match="stewart"):
        factors.roles_check()


def test_an_administrator_resets_the_factors_of_others_and_the_owner_is_told(clock: Clock) -> None:
    actor, _, _ = with_app(clock)
    clerk, admin = somebody("li"), somebody("zhao")
    role_grant(actor=SHELL, account=number(admin), role=Role.ADMIN, department="civil")
    admin = actor_again(admin.id, "")
    for who, whose in ((clerk, actor), (admin, admin)):
        with pytest.raises(Refused):
            factors.factors_reset(actor=who, account=number(whose))
    assert factors.factors_reset(actor=admin, account=number(actor)) == 1
    assert factors.factor_list(actor).kinds == ()
    assert "zhao" in Message.objects.filter(recipient_id=number(actor)).latest("id").title_zh
    assert AuditLine.objects.get(act="factor.reset").actor_id == admin.id


def test_without_a_factor_there_are_no_recovery_codes() -> None:
    with pytest.raises(Refused):
        factors.recovery_make(actor=somebody())
