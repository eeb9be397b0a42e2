"""Signing in and out. Passwords, lock-out and the audit line are the kernel's; the session is ours."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.kernel import selectors as kernel
from yiwang.kernel import service
from yiwang.kernel.core.actor import ROLE_TITLES
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import SignInLocked, SignInRefused
from yiwang.web.answers import problem_of
from yiwang.web.reading import posted

BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class DemoLine:
    username: str
    password: str
    name: Text
    role_title: Text
    department_name: Text | None


def _back(request: HttpRequest) -> str:
    """Where to go after signing in: a page of this site, else the workbench."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    fine = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if fine else str(settings.LOGIN_REDIRECT_URL)


def _demo_lines() -> tuple[DemoLine, ...]:
    names = kernel.department_names()
    return tuple(
        DemoLine(one.username, one.password, one.name, ROLE_TITLES[one.role], names.get(one.department))
        for one in kernel.demo_accounts()
    )


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(_back(request))
        return _page(request)
    try:
        account = service.sign_in(
            username=posted(request, "username"),
            password=request.POST.get("password", ""),
            address=request.META.get("REMOTE_ADDR", ""),
        )
    except (SignInRefused, SignInLocked) as refusal:
        return _page(request, refusal)
    login(request, account, backend=BACKEND)
    return HttpResponseRedirect(_back(request))


def _page(request: HttpRequest, refusal: SignInRefused | SignInLocked | None = None) -> HttpResponse:
    context = {
        "next": _back(request),
        "username": posted(request, "username"),
        "accounts": _demo_lines(),
        "problem": problem_of(refusal) if refusal else None,
    }
    return render(request, "yiwang/portal/sign_in.html", context, status=refusal.status if refusal else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect(str(settings.LOGOUT_REDIRECT_URL))
