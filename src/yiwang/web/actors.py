"""Who asks: the signed-in account as an actor, made once per request."""

from __future__ import annotations

from django.http import HttpRequest

from yiwang.kernel import selectors as kernel
from yiwang.kernel.access import verdict
from yiwang.kernel.core.actor import ANONYMOUS, Actor

HELD_AS = "yiwang_actor"
# Whoever uses the portal without an account: may file what is open to the public, and act on a case with its code.
CITIZEN = Actor(id="public:web", name="市民", kind="public")


def actor_of_request(request: HttpRequest) -> Actor:
    held: Actor | None = getattr(request, HELD_AS, None)
    if held is None:
        account = getattr(request, "user", None)
        held = kernel.actor_of(account) if account is not None and account.is_authenticated else ANONYMOUS
        setattr(request, HELD_AS, held)
    return held


def may(actor: Actor, act: str, department: str = "") -> bool:
    """Whether to show a way to something; the service behind it asks again."""
    return bool(verdict(actor, act, department))
