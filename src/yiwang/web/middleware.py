"""What holds for every page: where things may be fetched from, who must sign in, how an error looks."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import translation

from yiwang.kernel.errors import YiwangError
from yiwang.trust.errors import ClientRefused
from yiwang.trust.selectors import client_actor
from yiwang.trust.service import session_seen
from yiwang.web.access import ENROL, ENROL_ROUTES, path_takes_token, route_is_public
from yiwang.web.actors import HELD_AS
from yiwang.web.answers import error_answer, large_answer, page_malformed, unexpected_answer, unsigned_answer

logger = logging.getLogger("yiwang.web")
Next = Callable[[HttpRequest], HttpResponse]

# Pictures may be data: because the chart library draws its export button from one. Nothing else leaves the city.
CONTENT_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "object-src 'none'",
    ]
)
# Django's own "not found" and "not allowed" have their pages already.
HANDLED_BY_DJANGO = (Http404, PermissionDenied, SuspiciousOperation, BadRequest)


class ContentPolicyMiddleware:
    """Adds the content policy to every answer: no inline script or style, nothing from another place."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
        return response


class LanguageMiddleware:
    """Chinese first, whatever the browser prefers; English from the moment somebody chooses it, until they change back."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


class BodyLimitMiddleware:
    """Refuses a request that says it carries too much before any of it is read. Nothing is read beyond what it says.

    Refuses NUL in an address or a field of a form too: PostgreSQL keeps no such text, so nobody could have meant it.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or "0"
        if not (said.isascii() and said.isdecimal()) or _has_nul(request.path, request.GET):
            return page_malformed(request)
        if int(said) > settings.BODY_PUBLIC:
            # Only now is it worth the look who asks.
            most = settings.BODY_SIGNED_IN if SESSION_KEY in request.session else settings.BODY_PUBLIC
            if int(said) > most:
                return large_answer(request, most)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, *_: object) -> HttpResponse | None:
        # Where forgery is looked for the form is read anyway; a program's address reads its body itself.
        is_form = request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}
        looked_at = is_form and not getattr(view, "csrf_exempt", False)
        return page_malformed(request) if looked_at and _has_nul("", request.POST) else None


def _has_nul(path: str, said: QueryDict) -> bool:
    return "\x00" in path or any("\x00" in name + "".join(values) for name, values in said.lists())


class SignInRequiredMiddleware:
    """Sends a visitor who asks for a route that is not public to the sign-in page (401 under /api/)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        match = request.resolver_match
        if match is not None and route_is_public(match.view_name):
            return None
        if path_takes_token(request.path):
            return token_needed(request)
        if request.user.is_authenticated:
            return factor_needed(request)
        if request.path.startswith("/api/"):
            return unsigned_answer(request)
        back = request.get_full_path() if request.method == "GET" else "/"
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': back})}")


def factor_needed(request: HttpRequest) -> HttpResponse | None:
    """None, unless the role of who is signed in takes a second factor and there is none yet: then the way to set one up."""
    session_seen(str(request.session.session_key))
    match = request.resolver_match
    if not request.session.get(ENROL) or (match is not None and match.view_name in ENROL_ROUTES):
        return None
    if request.path.startswith("/api/"):
        return unsigned_answer(request)
    return HttpResponseRedirect(reverse("portal:security"))


def token_needed(request: HttpRequest) -> HttpResponse | None:
    """None when the request carries a good token: its program is then who asks."""
    try:
        setattr(request, HELD_AS, client_actor(request))
    except ClientRefused as refusal:
        response = error_answer(request, refusal)
        response.headers["WWW-Authenticate"] = 'Bearer realm="exchange"'
        return response
    return None


class ErrorPageMiddleware:
    """Turns an error that a person may read into its page, and any other into a plain page with a reference number."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, HANDLED_BY_DJANGO):
            return None
        if isinstance(exception, YiwangError):
            return error_answer(request, exception)
        reference = secrets.token_hex(4)
        logger.error("unexpected error, reference %s, at %s", reference, request.path, exc_info=exception)
        return unexpected_answer(request, reference)
