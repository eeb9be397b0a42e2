"""How the services of identity are called once."""

from __future__ import annotations

import base64
import hashlib
import time
from datetime import timedelta
from functools import partial

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application
from smallcity import PASSWORD, Recipe, World

from yiwang.kernel import service as kernel
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.selectors import actor_again
from yiwang.trust import service as trust
from yiwang.trust.models import IdentityProvider, ProviderLink
from yiwang.trust.selectors import TotpStart, factor_list

TOKEN = "a-token-of-the-house"


def client_new(world: World) -> partial[object]:
    world.departments()
    return partial(
        trust.client_new, actor=world.actor, client_id="desk", name="窗口", department="civil", purpose="核验"
    )


def client_rotate(world: World) -> partial[object]:
    client_new(world)()
    return partial(trust.client_rotate, actor=world.actor, client_id="desk")


def client_enable(world: World) -> partial[object]:
    client_new(world)()
    return partial(trust.client_enable, actor=world.actor, client_id="desk", enabled=False)


def demo_client_make(world: World) -> partial[object]:
    world.departments()
    kernel.department_save(actor=world.actor, code="human-resources", name=Text(zh="人社", en="HR"), parent="city")
    kernel.city_mark_synthetic(actor=world.actor)
    return partial(trust.demo_client_make, actor=world.actor)


def token_given(world: World) -> partial[object]:
    client_new(world)()
    AccessToken.objects.create(
        application=Application.objects.get(),
        token="",
        token_checksum=hashlib.sha256(TOKEN.encode()).hexdigest(),
        expires=timezone.now() + timedelta(hours=1),
        scope="exchange",
    )
    return partial(trust.token_given, token=TOKEN)


def subject_bind(world: World) -> partial[object]:
    account = world.account()
    return partial(
        trust.subject_bind, actor=world.actor, account=account, kind="resident", identifier="P-1", assurance="counter"
    )


def subject_unbind(world: World) -> partial[object]:
    return partial(trust.subject_unbind, actor=world.actor, link=subject_bind(world)().link)


def delegation_give(world: World) -> partial[object]:
    bound = subject_bind(world)
    link = bound().link
    kernel.account_create(actor=world.actor, username="daughter", display_name="女儿", password=PASSWORD)
    return partial(
        trust.delegation_give,
        actor=actor_again(f"account:{bound.keywords['account']}", ""),
        link=link,
        to="daughter",
        scope="look",
        until=timezone.localdate(),
        reason="代看",
    )


def delegation_end(world: World) -> partial[object]:
    give = delegation_give(world)
    return partial(trust.delegation_end, actor=give.keywords["actor"], delegation=give().id)


def owner(world: World) -> Actor:
    return actor_again(f"account:{world.account()}", "")


def code_of(device: TotpStart) -> str:
    """The code an authenticator app shows now."""
    key = base64.b32decode(device.secret + "=" * (-len(device.secret) % 8))
    return TOTP(key, 6, SHA1(), 30).generate(time.time()).decode()


def with_totp(world: World) -> Actor:
    actor = owner(world)
    device = trust.totp_begin(actor=actor, label="手机")
    trust.totp_confirm(actor=actor, device=device.device, code=code_of(device))
    return actor


def totp_begin(world: World) -> partial[object]:
    return partial(trust.totp_begin, actor=owner(world), label="手机")


def totp_confirm(world: World) -> partial[object]:
    begin = totp_begin(world)
    device = begin()
    return partial(trust.totp_confirm, actor=begin.keywords["actor"], device=device.device, code=code_of(device))


def recovery_make(world: World) -> partial[object]:
    return partial(trust.recovery_make, actor=with_totp(world))


def code_use(world: World) -> partial[object]:
    actor = with_totp(world)
    code = trust.recovery_make(actor=actor)[0]
    return partial(trust.code_use, account=int(actor.id[8:]), code=code, address="127.0.0.1")


def factor_remove(world: World) -> partial[object]:
    actor = with_totp(world)
    return partial(trust.factor_remove, actor=actor, kind="totp", id=factor_list(actor).devices[0].id)


def factors_reset(world: World) -> partial[object]:
    return partial(trust.factors_reset, actor=world.actor, account=int(with_totp(world).id[8:]))


def session_begin(world: World) -> partial[object]:
    return partial(
        trust.session_begin, actor=owner(world), session_key="k1", method="password", address="::1", browser="x"
    )


def session_end(world: World) -> partial[object]:
    begin = session_begin(world)
    return partial(trust.session_end, actor=begin.keywords["actor"], session=begin())


def session_over(world: World) -> partial[object]:
    begin = session_begin(world)
    begin()
    return partial(trust.session_over, actor=begin.keywords["actor"], session_key="k1")


def sessions_end_others(world: World) -> partial[object]:
    begin = session_begin(world)
    begin()
    return partial(trust.sessions_end_others, actor=begin.keywords["actor"], session_key="k2")


def sessions_end_all(world: World) -> partial[object]:
    return partial(trust.sessions_end_all, actor=world.actor, account=world.account())


def provider_save(world: World) -> partial[object]:
    ask = trust.ProviderAsk("city", Text(zh="市统一认证", en="City"), "https://id.example", "yiwang", "s")
    return partial(trust.provider_save, actor=world.actor, ask=ask)


def provider_unlink(world: World) -> partial[object]:
    provider_save(world)()
    actor = owner(world)
    link = ProviderLink.objects.create(
        provider=IdentityProvider.objects.get(), account_id=int(actor.id[8:]), subject="s"
    )
    return partial(trust.provider_unlink, actor=actor, link=link.pk)


RECIPES: dict[str, Recipe] = {
    "provider_save": provider_save,
    "provider_unlink": provider_unlink,
    "code_use": code_use,
    "factor_remove": factor_remove,
    "factors_reset": factors_reset,
    "recovery_make": recovery_make,
    "session_begin": session_begin,
    "session_end": session_end,
    "session_over": session_over,
    "sessions_end_all": sessions_end_all,
    "sessions_end_others": sessions_end_others,
    "totp_begin": totp_begin,
    "totp_confirm": totp_confirm,
    "delegation_end": delegation_end,
    "delegation_give": delegation_give,
    "subject_bind": subject_bind,
    "subject_unbind": subject_unbind,
    "client_enable": client_enable,
    "client_new": client_new,
    "client_rotate": client_rotate,
    "demo_client_make": demo_client_make,
    "token_given": token_given,
}
EXEMPT: dict[str, str] = {
    "passkey_add": "needs a device that signs; the line is looked at in tests/trust/test_identity_passkeys.py",
    "passkey_ask": "asks a question and keeps nothing; its answer is passkey_use",
    "passkey_begin": "asks a question and keeps nothing; its answer is passkey_add",
    "passkey_use": "needs a device that signs; the line is looked at in tests/trust/test_identity_passkeys.py",
    "provider_begin": "asks the provider and keeps nothing; its answer is provider_return",
    "provider_return": "needs a provider; the line is looked at in tests/trust/test_identity_providers.py",
    "session_seen": "notes when a browser was last seen, five minutes exact; who signed in has its line",
}
