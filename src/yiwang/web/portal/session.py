"""Signing in and out. Passwords, lock-out and the audit line are the kernel's, second factors trust's; the session is ours."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.kernel import selectors as kernel
from yiwang.kernel import service
from yiwang.kernel.core.actor import ROLE_TITLES
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Refused, SignInLocked, SignInRefused, YiwangError
from yiwang.trust import selectors as trust
from yiwang.trust import service as trusting
from yiwang.web.access import ENROL
from yiwang.web.actors import HELD_AS, actor_of_request
from yiwang.web.answers import problem_of
from yiwang.web.brake import address_of
from yiwang.web.reading import posted

BACKEND = "django.contrib.auth.backends.ModelBackend"
OWN = Text(zh="本人账号", en="A person's or firm's own account")
# Between the first step and the second, in the session.
WAITING, WAITING_SECONDS = "second_step", 600.0
# When the one who is signed in last proved it, and for how long that is enough to change how they sign in.
PROVED, PROVED_SECONDS = "proved_at", 900.0
# The provider one came by.
CAME_BY = "provider"


@dataclass(frozen=True)
class DemoLine:
    username: str
    password: str
    name: Text
    role_title: Text
    department_name: Text | None


@dataclass(frozen=True)
class Waiting:
    """Somebody who passed the first step: who, by what, and where they wanted to go."""

    account: int
    method: str
    next: str


def back_of(request: HttpRequest) -> str:
    """The page of this site that was asked for before signing in, "" when none was."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    fine = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if fine else ""


def own_home(request: HttpRequest) -> str:
    """The workbench for who has a role, one's own page for residents and firms."""
    return str(settings.LOGIN_REDIRECT_URL) if actor_of_request(request).scopes else reverse("portal:account")


def first_passed(request: HttpRequest, account: int, method: str, back: str) -> HttpResponse:
    """Who passed the first step goes on to the second where they have one, else in. Whoever was signed in here before is out."""
    if request.user.is_authenticated:
        # Django keeps the session's key for who signs in again, and each sign-in has a row with a key of its own.
        trusting.session_over(actor=actor_of_request(request), session_key=str(request.session.session_key))
        logout(request)
    if not trust.factors_of(account).kinds:
        return enter(request, Waiting(account, method, back), method)
    request.session.cycle_key()
    request.session[WAITING] = {"account": account, "method": method, "next": back, "at": time.time()}
    return HttpResponseRedirect(reverse("portal:second"))


def waiting_of(request: HttpRequest) -> Waiting | None:
    """Who waits for the second step in this browser; None after ten minutes."""
    held = request.session.get(WAITING)
    if not held or time.time() - held["at"] > WAITING_SECONDS:
        request.session.pop(WAITING, None)
        return None
    return Waiting(held["account"], held["method"], held["next"])


def enter(request: HttpRequest, waiting: Waiting, method: str) -> HttpResponse:
    """Open the session. Raises Refused for an account that was disabled in the meantime."""
    account = ModelBackend().get_user(waiting.account)
    if account is None:
        raise Refused(zh="账号已停用", en="The account is disabled", where="sign-in")
    request.session.pop(WAITING, None)
    login(request, account, backend=BACKEND)
    if hasattr(request, HELD_AS):
        delattr(request, HELD_AS)
    actor = actor_of_request(request)
    request.session[PROVED] = time.time()
    if trust.factor_demanded(actor) and not trust.factor_list(actor).kinds:
        request.session[ENROL] = True
    request.session.save()
    trusting.session_begin(
        actor=actor,
        session_key=str(request.session.session_key),
        method=method,
        address=address_of(request),
        browser=request.headers.get("User-Agent", ""),
    )
    return HttpResponseRedirect(waiting.next or own_home(request))


def proof_needed(request: HttpRequest) -> None:
    """Raises Refused when the one who is signed in did not prove it within the last 15 minutes."""
    if time.time() - request.session.get(PROVED, 0.0) > PROVED_SECONDS:
        raise Refused(
            zh="登录已超过 15 分钟，改动登录方式需要重新登录",
            en="You signed in more than 15 minutes ago; to change how you sign in, sign in again",
            where="sign-in",
            hint_zh="请退出后重新登录，再做这项改动。",
            hint_en="Sign out, sign in again, then make the change.",
        )


def _demo_lines() -> tuple[DemoLine, ...]:
    names = kernel.department_names()
    return tuple(
        DemoLine(
            one.username,
            one.password,
            one.name,
            ROLE_TITLES[one.role] if one.role else OWN,
            names.get(one.department),
        )
        for one in kernel.demo_accounts()
    )


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(back_of(request) or own_home(request))
        return sign_in_page(request)
    try:
        account = service.sign_in(
            username=posted(request, "username"),
            password=request.POST.get("password", ""),
            address=address_of(request),
        )
    except (SignInRefused, SignInLocked) as refusal:
        return sign_in_page(request, refusal)
    return first_passed(request, account.pk, "password", back_of(request))


def sign_in_page(request: HttpRequest, refusal: YiwangError | None = None) -> HttpResponse:
    context = {
        "next": back_of(request),
        "username": posted(request, "username"),
        "accounts": _demo_lines(),
        "providers": trust.provider_buttons(),
        "problem": problem_of(refusal) if refusal else None,
    }
    return render(request, "yiwang/portal/sign_in.html", context, status=refusal.status if refusal else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session here; who came by a provider is shown the way to sign out there too."""
    came_by = request.session.get(CAME_BY, "")
    leave = trust.provider_farewell(came_by, request.build_absolute_uri(reverse("portal:home"))) if came_by else ""
    trusting.session_over(actor=actor_of_request(request), session_key=str(request.session.session_key))
    logout(request)
    if leave:
        # A form may not lead out of this site, so it is a page with a link.
        return render(request, "yiwang/portal/signed_out.html", {"leave": leave})
    return HttpResponseRedirect(str(settings.LOGOUT_REDIRECT_URL))
