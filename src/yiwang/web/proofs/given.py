"""What an office gave, and the ledger of keys."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.kernel.core.text import Text
from yiwang.trust import selectors as trust
from yiwang.web.actors import actor_of_request
from yiwang.web.proofs.held import said_of
from yiwang.web.reading import page_number, posted_needed

PURPOSE = Text(zh="查看的用途", en="What you read it for")


@require_safe
def credentials(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")[:80]
    rows = trust.credential_list(actor_of_request(request), kind=kind, page=page_number(request))
    context = {"rows": rows, "kinds": trust.credential_kind_list(), "kind": kind}
    return render(request, "yiwang/proofs/credentials.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def credential(request: HttpRequest, number: str) -> HttpResponse:
    """What it says of its holder comes with a purpose only, by POST: an address leaves no purpose behind."""
    purpose = posted_needed(request, "purpose", PURPOSE) if request.method == "POST" else ""
    found = trust.credential_get(actor_of_request(request), number, purpose=purpose)
    return render(
        request, "yiwang/proofs/credential.html", {"found": found, "purpose": purpose, "said": said_of(found)}
    )


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    rows = trust.key_list(actor_of_request(request))
    return render(request, "yiwang/proofs/keys.html", {"rows": rows, "master": trust.master_state()})
