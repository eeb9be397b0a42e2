"""Signing in by another place: off to it, and back again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yiwang.kernel.core.actor import ANONYMOUS
from yiwang.kernel.errors import Conflict, NotFound, SignInRefused, Unavailable
from yiwang.trust import selectors as trust
from yiwang.trust import service
from yiwang.web.actors import actor_of_request
from yiwang.web.brake import Brake, address_of
from yiwang.web.portal.session import CAME_BY, back_of, first_passed, own_home, proof_needed, sign_in_page

# What was asked, by provider, until it comes back; and for which provider the one signed in wants a link.
ASKED, LINKING = "provider_asked", "provider_linking"
# How often one address may set out within ten minutes: each costs a call to the provider.
STARTS, MOST_STARTS = Brake(600.0), 60


def _callback(request: HttpRequest, name: str) -> str:
    return request.build_absolute_uri(reverse("portal:provider-return", args=[name]))


@never_cache
@require_safe
def begin(request: HttpRequest, name: str) -> HttpResponse:
    linking = request.session.pop(LINKING, "") == name
    if request.user.is_authenticated and not linking:
        return HttpResponseRedirect(own_home(request))
    if not STARTS.taken(address_of(request), 1, MOST_STARTS):
        return sign_in_page(
            request, SignInRefused(zh="尝试过于频繁，请稍后再试", en="Too many attempts; try again later")
        )
    try:
        address, state = service.provider_begin(name=name, callback=_callback(request, name))
    except (NotFound, Unavailable) as wrong:
        return sign_in_page(request, wrong)
    request.session[ASKED] = {"name": name, "state": state, "next": back_of(request), "linking": linking}
    return HttpResponseRedirect(address)


@never_cache
@require_safe
def came_back(request: HttpRequest, name: str) -> HttpResponse:
    asked = request.session.pop(ASKED, {})
    held = asked if asked.get("name") == name else {}
    linking = bool(held.get("linking")) and request.user.is_authenticated
    try:
        account = service.provider_return(
            name=name,
            callback=_callback(request, name),
            state=held.get("state", {}),
            returned=request.GET.dict(),
            actor=actor_of_request(request) if linking else ANONYMOUS,
        )
    except (SignInRefused, NotFound, Unavailable, Conflict) as wrong:
        return sign_in_page(request, wrong)
    if linking:
        return HttpResponseRedirect(reverse("portal:security"))
    answer = first_passed(request, account, f"oidc:{name}", held.get("next", ""))
    request.session[CAME_BY] = name
    return answer


@never_cache
@require_POST
def link(request: HttpRequest, name: str) -> HttpResponse:
    """The wish to link; a page with the way there follows, because a form may not lead out of this site."""
    proof_needed(request)
    request.session[LINKING] = name
    shown = [one for one in trust.provider_buttons() if one.name == name]
    return render(request, "yiwang/portal/provider_link.html", {"provider": shown[0] if shown else None})


@require_POST
def unlink(request: HttpRequest, link_id: int) -> HttpResponse:
    proof_needed(request)
    service.provider_unlink(actor=actor_of_request(request), link=link_id)
    return HttpResponseRedirect(reverse("portal:security"))
