"""The second step of signing in: a code, a recovery code, or a passkey."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yiwang.kernel.errors import SignInLocked, SignInRefused
from yiwang.trust import selectors as trust
from yiwang.trust import service
from yiwang.trust.selectors import Site
from yiwang.web.answers import problem_of
from yiwang.web.brake import address_of
from yiwang.web.portal.session import Waiting, enter, waiting_of
from yiwang.web.reading import posted

ASKED = "passkey_asked"
LONGEST_ANSWER = 20_000


def site_of(request: HttpRequest) -> Site:
    host = request.get_host()
    return Site(host.rsplit(":", 1)[0] if ":" in host else host, f"{request.scheme}://{host}")


def answer_of(request: HttpRequest) -> dict[str, Any]:
    """What the browser's device answered; an empty object for anything that is none."""
    try:
        read = json.loads(request.POST.get("answer", "")[:LONGEST_ANSWER])
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


@never_cache
@sensitive_post_parameters("code", "answer")
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    waiting = waiting_of(request)
    if waiting is None:
        return HttpResponseRedirect(reverse("portal:sign-in"))
    if request.method != "POST":
        return _page(request, waiting)
    try:
        method = _prove(request, waiting)
    except (SignInRefused, SignInLocked) as refusal:
        return _page(request, waiting, refusal)
    return enter(request, waiting, f"{waiting.method}+{method}")


def _prove(request: HttpRequest, waiting: Waiting) -> str:
    address = address_of(request)
    if "answer" not in request.POST:
        return service.code_use(account=waiting.account, code=posted(request, "code"), address=address)
    # The challenge was for one answer.
    state = request.session.pop(ASKED, {})
    service.passkey_use(
        account=waiting.account, site=site_of(request), state=state, answer=answer_of(request), address=address
    )
    return "passkey"


def _page(request: HttpRequest, waiting: Waiting, refusal: SignInRefused | SignInLocked | None = None) -> HttpResponse:
    kinds = trust.factors_of(waiting.account).kinds
    asked = ""
    if "passkey" in kinds:
        question, request.session[ASKED] = service.passkey_ask(account=waiting.account, site=site_of(request))
        asked = json.dumps(question)
    context = {"kinds": kinds, "asked": asked, "problem": problem_of(refusal) if refusal else None}
    return render(request, "yiwang/portal/second.html", context, status=refusal.status if refusal else 200)
