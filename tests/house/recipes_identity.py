"""How the services of identity are called once."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import partial

from django.utils import timezone
from oauth2_provider.models import AccessToken, Application
from smallcity import Recipe, World

from yiwang.trust import service as trust

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


RECIPES: dict[str, Recipe] = {
    "client_enable": client_enable,
    "client_new": client_new,
    "client_rotate": client_rotate,
    "token_given": token_given,
}
EXEMPT: dict[str, str] = {}
