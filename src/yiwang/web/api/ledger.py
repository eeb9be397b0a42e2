"""The ledger as outsiders read it (C2SP tlog-tiles): checkpoint, keys and tiles of hashes, and proofs between heads. No leaf leaves here."""

from __future__ import annotations

import base64
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_safe

from yiwang.kernel.errors import NotFound
from yiwang.trust.selectors import ledger_consistency, ledger_file, ledger_inclusion

FOREVER = "public, max-age=31536000, immutable"


@require_safe
def file(request: HttpRequest, name: str) -> HttpResponse:
    """What is full never changes; a checkpoint does every second."""
    try:
        body = ledger_file(name)
    except NotFound as missing:
        raise Http404(str(missing)) from missing
    is_tile = name.startswith("tile/")
    answer = HttpResponse(body, content_type="application/octet-stream" if is_tile else "text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = FOREVER if is_tile else "no-cache"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@require_safe
def inclusion(request: HttpRequest, index: int, size: int) -> HttpResponse:
    return _proof(lambda: ledger_inclusion(index, size))


@require_safe
def consistency(request: HttpRequest, before: int, after: int) -> HttpResponse:
    return _proof(lambda: ledger_consistency(before, after))


def _proof(ask: Callable[[], tuple[bytes, ...]]) -> HttpResponse:
    try:
        hashes = ask()
    except NotFound as missing:
        raise Http404(str(missing)) from missing
    answer = JsonResponse({"hashes": [base64.b64encode(one).decode() for one in hashes]})
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


urlpatterns = [
    path("ledger/inclusion/<int:index>/<int:size>/", inclusion, name="ledger-inclusion"),
    path("ledger/consistency/<int:before>/<int:after>/", consistency, name="ledger-consistency"),
    path("ledger/<path:name>", file, name="ledger-file"),
]
