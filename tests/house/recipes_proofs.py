"""How the services of keys, credentials, materials and the archive are called once."""

from __future__ import annotations

from functools import partial

from smallcity import Recipe, World

from yiwang.trust import service as trust


def keys_prepare(world: World) -> partial[object]:
    return partial(trust.keys_prepare)


def key_rotate(world: World) -> partial[object]:
    trust.keys_prepare()
    return partial(trust.key_rotate, actor=world.actor, purpose="exchange")


RECIPES: dict[str, Recipe] = {
    "key_rotate": key_rotate,
    "keys_prepare": keys_prepare,
}
EXEMPT: dict[str, str] = {}
