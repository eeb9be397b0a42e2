"""The way in for programs: stands before sessions, cookies and pages, which a bearer token does not need.

Here a call is let in (token, limit), answered once (idempotency key), signed, and told what went wrong in one shape.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import re
import secrets
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import ResolverMatch, resolve

from yiwang.data import selectors as reads
from yiwang.data import service as data
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_json
from yiwang.kernel.errors import InputError, NotFound, TooOften, YiwangError
from yiwang.trust.errors import ClientRefused
from yiwang.trust.selectors import client_actor
from yiwang.web.access import route_is_public
from yiwang.web.actors import HELD_AS

ROOT = "/api/exchange/"
JSON = "application/json; charset=utf-8"
SIGNATURE, KEY, REPLAYED = "Yiwang-Signature", "Idempotency-Key", "Idempotency-Replayed"
# asked for by its name of WSGI: the view over all headers is made anew for every request
_KEY_SENT = "HTTP_IDEMPOTENCY_KEY"
LARGEST_BODY = 1 << 20
# The two addresses that are called most are reached without a look through all routes of the city: a view by its last
# word. None for what a view cannot read: then the long way tells what is wrong with it.
_SHORT = re.compile(ROOT + r"resources/([a-z][a-z0-9-]{0,79})/([a-z]+)")
SHORTCUTS: dict[str, Callable[[HttpRequest, str], HttpResponse | None]] = {}
_KEY = re.compile(r"[A-Za-z0-9._:-]{8,80}")
_MOST_CLIENTS = 10_000
# client → (calls left, when that was), of this process
_BUCKETS: dict[str, tuple[float, float]] = {}
logger = logging.getLogger("yiwang.web")


class ExchangeDoor:
    """First in line: what it answers is seen by no other middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ROOT):
            return self.get_response(request)
        response = _told(request)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def _told(request: HttpRequest) -> HttpResponse:
    try:
        return _let_in(request)
    except YiwangError as error:
        return error_told(error)
    except Http404:
        return error_told(_no_address(request))
    except Exception as error:
        reference = secrets.token_hex(4)
        logger.error("unexpected error, reference %s, at %s", reference, request.path, exc_info=error)
        return error_told(
            YiwangError(
                zh=f"系统出现未预料的错误，已经记录，编号 {reference}",
                en=f"something unexpected happened and was recorded as {reference}",
                where=reference,
            )
        )


def told(answer: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """One way to write an answer, so that what is signed can be written again."""
    return HttpResponse(canonical_json(answer), status=status, content_type=JSON)


def error_told(error: YiwangError) -> HttpResponse:
    """An error as every address of the exchange tells it."""
    response = HttpResponse(
        json.dumps({"error": error.as_dict()}, ensure_ascii=False), status=error.status, content_type=JSON
    )
    if isinstance(error, ClientRefused):
        response.headers["WWW-Authenticate"] = 'Bearer realm="exchange"'
    if isinstance(error, TooOften):
        response.headers["Retry-After"] = "1"
    return response


def _let_in(request: HttpRequest) -> HttpResponse:
    short = _SHORT.fullmatch(request.path_info) if request.method == "POST" else None
    view = SHORTCUTS.get(short[2]) if short else None
    if short is None or view is None:
        match = _match(request)
        if route_is_public(match.view_name):
            return _answered(match.func(request, *match.args, **match.kwargs))
    actor = client_actor(request)
    _limit(actor)
    setattr(request, HELD_AS, actor)
    if request.method == "POST" and len(request.body) > LARGEST_BODY:
        raise InputError(zh="请求超过 1 MB", en="the request is over 1 MB", where="body")

    def answer() -> HttpResponse:
        said = view(request, short[1]) if short and view else None
        if said is None:
            match = _match(request)
            said = match.func(request, *match.args, **match.kwargs)
        return _answered(said)

    key = request.META.get(_KEY_SENT)
    return _once(request, actor, key, answer) if request.method == "POST" and key is not None else answer()


def _match(request: HttpRequest) -> ResolverMatch:
    try:
        request.resolver_match = resolve(request.path_info)
    except Http404:
        raise _no_address(request) from None
    return request.resolver_match


def _no_address(request: HttpRequest) -> NotFound:
    return NotFound(
        zh="没有这个接口地址",
        en="there is no such address",
        where=request.path_info[:200],
        hint_zh=f"接口说明见 {ROOT}openapi.json。",
        hint_en=f"The description is at {ROOT}openapi.json.",
    )


def _answered(response: HttpResponse) -> HttpResponse:
    """Every whole answer is signed; a stream carries the signature of its manifest."""
    if not response.streaming and response.status_code < 300 and SIGNATURE not in response.headers:
        response.headers[SIGNATURE] = reads.exchange_signature(response.content)
    return response


def _limit(actor: Actor) -> None:
    """So many calls a second and client, twice as many at once, in each process. Raises TooOften."""
    most = settings.EXCHANGE_PER_SECOND
    if not most:
        return
    now = monotonic()
    left, at = _BUCKETS.get(actor.id, (2.0 * most, now))
    left = min(2.0 * most, left + (now - at) * most) - 1
    if len(_BUCKETS) > _MOST_CLIENTS:
        _BUCKETS.clear()
    _BUCKETS[actor.id] = (max(left, 0.0), now)
    if left < 0:
        raise TooOften(
            zh=f"每秒最多 {most} 次调用",
            en=f"at most {most} calls a second",
            where="rate",
            hint_zh="请按 Retry-After 稍后再试。",
            hint_en="Wait as Retry-After says.",
        )


def _once(request: HttpRequest, actor: Actor, key: str, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The work is done once a key. What went wrong is not kept: the call may be tried again with the same key."""
    if not _KEY.fullmatch(key):
        raise InputError(
            zh="幂等键须是 8 至 80 个字母、数字或 . _ : -",
            en="an idempotency key has 8 to 80 letters, digits or . _ : -",
            where=KEY,
        )
    call = hashlib.sha256(request.path_info.encode() + b"\0" + request.body).hexdigest()
    kept = data.answer_begin(client=actor.id, key=key, call=call)
    if kept is not None:
        said = json.loads(kept.answer)
        again = HttpResponse(base64.b64decode(said["body"]), status=kept.status, content_type=JSON)
        again.headers[SIGNATURE], again.headers[REPLAYED] = said["signature"], "true"
        return again
    try:
        response = answer()
    except BaseException:
        data.answer_drop(client=actor.id, key=key)
        raise
    if response.status_code >= 300:
        data.answer_drop(client=actor.id, key=key)
        return response
    body = base64.b64encode(response.content).decode()
    said = json.dumps({"body": body, "signature": response.headers[SIGNATURE]}).encode()
    data.answer_keep(client=actor.id, key=key, status=response.status_code, answer=said)
    return response
