"""安全 / Security: how one signs in, where one is signed in, and how each is changed or ended."""

from __future__ import annotations

import json

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.kernel import selectors as kernel
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, SignInLocked, SignInRefused, YiwangError
from yiwang.trust import selectors as trust
from yiwang.trust import service
from yiwang.web.access import ENROL
from yiwang.web.actors import actor_of_request
from yiwang.web.answers import problem_of
from yiwang.web.brake import address_of
from yiwang.web.language import say
from yiwang.web.portal.second import answer_of, site_of
from yiwang.web.portal.session import proof_needed
from yiwang.web.reading import posted, posted_needed

LABEL = Text(zh="名称", en="Name")
NEW_ASKED = "passkey_new_asked"


@never_cache
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    linked = trust.provider_links(actor)
    context = {
        "factors": trust.factor_list(actor),
        "demanded": trust.factor_demanded(actor),
        "sessions": trust.session_list(actor, str(request.session.session_key)),
        "tries": kernel.sign_in_list(actor),
        "links": linked,
        "providers": [one for one in trust.provider_buttons() if one.name not in {row.provider for row in linked}],
    }
    return render(request, "yiwang/portal/security.html", context)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def app_new(request: HttpRequest) -> HttpResponse:
    """Begin with a name, scan the picture, type the first code."""
    proof_needed(request)
    actor = actor_of_request(request)
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            if "label" in request.POST:
                service.totp_begin(actor=actor, label=posted_needed(request, "label", LABEL))
                return HttpResponseRedirect(reverse("portal:security-app"))
            device = posted(request, "device")
            codes = service.totp_confirm(
                actor=actor,
                device=int(device) if device.isdecimal() and len(device) < 15 else 0,
                code=posted(request, "code"),
                address=address_of(request),
            )
            return _added(request, codes)
        except (InputError, SignInRefused, SignInLocked) as wrong:
            problem = wrong
    waiting = trust.totp_waiting(actor)
    picture = segno.make(waiting.address, error="m").svg_data_uri(scale=5, border=2) if waiting else ""
    context = {"waiting": waiting, "picture": picture, "problem": problem_of(problem) if problem else None}
    return render(request, "yiwang/portal/security_app.html", context, status=problem.status if problem else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def passkey_new(request: HttpRequest) -> HttpResponse:
    proof_needed(request)
    actor, site = actor_of_request(request), site_of(request)
    problem: YiwangError | None = None
    if request.method == "POST":
        state = request.session.pop(NEW_ASKED, {})
        try:
            label = posted_needed(request, "label", LABEL)
            codes = service.passkey_add(actor=actor, site=site, state=state, answer=answer_of(request), label=label)
            return _added(request, codes)
        except InputError as wrong:
            problem = wrong
    question, request.session[NEW_ASKED] = service.passkey_begin(actor=actor, site=site)
    context = {"asked": json.dumps(question), "problem": problem_of(problem) if problem else None}
    return render(request, "yiwang/portal/security_passkey.html", context, status=problem.status if problem else 200)


@never_cache
@require_POST
def codes_new(request: HttpRequest) -> HttpResponse:
    proof_needed(request)
    return _codes(request, service.recovery_make(actor=actor_of_request(request)))


@require_POST
def factor_remove(request: HttpRequest, kind: str, factor_id: int) -> HttpResponse:
    proof_needed(request)
    service.factor_remove(actor=actor_of_request(request), kind=kind, id=factor_id)
    return _done(request, Text(zh="已移除。", en="Removed."))


@require_POST
def session_end(request: HttpRequest, session_id: int) -> HttpResponse:
    service.session_end(actor=actor_of_request(request), session=session_id)
    return _done(request, Text(zh="该会话已结束。", en="The session has ended."))


@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    ended = service.sessions_end_others(actor=actor_of_request(request), session_key=str(request.session.session_key))
    return _done(request, Text(zh=f"已结束其他 {ended} 个会话。", en=f"{ended} other sessions have ended."))


def _added(request: HttpRequest, codes: tuple[str, ...]) -> HttpResponse:
    request.session.pop(ENROL, None)
    return _codes(request, codes) if codes else _done(request, Text(zh="已添加。", en="Added."))


def _codes(request: HttpRequest, codes: tuple[str, ...]) -> HttpResponse:
    """The only time they are shown: the answer to the change itself, kept nowhere."""
    return render(request, "yiwang/portal/security_codes.html", {"codes": codes})


def _done(request: HttpRequest, said: Text) -> HttpResponse:
    messages.success(request, say(said))
    return HttpResponseRedirect(reverse("portal:security"))
