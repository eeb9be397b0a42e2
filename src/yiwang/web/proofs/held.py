"""What a person or firm was given, and may show in part."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError
from yiwang.trust import selectors as trust
from yiwang.trust.selectors import CredentialView
from yiwang.web.actors import actor_of_request
from yiwang.web.reading import posted


def said_of(found: CredentialView) -> list[tuple[Text, object]]:
    """Title and value of each thing it says, in the order of its declaration."""
    claims = found.claims or {}
    return [(title, claims[name]) for name, title in found.titles.items() if name in claims]


@never_cache
@require_safe
def credentials(request: HttpRequest) -> HttpResponse:
    rows = trust.credential_holder_list(actor_of_request(request))
    return render(request, "yiwang/proofs/mine.html", {"rows": rows})


@never_cache
@require_safe
def credential(request: HttpRequest, number: str) -> HttpResponse:
    found = trust.credential_get(actor_of_request(request), number)
    choices = [(name, found.titles[name]) for name in found.choices if name in (found.claims or {})]
    return render(
        request, "yiwang/proofs/my_credential.html", {"found": found, "said": said_of(found), "choices": choices}
    )


@never_cache
@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    answer = HttpResponse(trust.credential_pdf_bytes(actor_of_request(request), number), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{number}.pdf"'
    return answer


@never_cache
@require_POST
def text(request: HttpRequest, number: str) -> HttpResponse:
    """The signed text: whole, or showing only what was ticked."""
    form = posted(request, "form")
    if form not in ("vc", "sd-jwt"):
        raise InputError(zh=f"没有格式 {form}", en=f"there is no form {form}", where="form")
    chosen = request.POST.getlist("field") if form == "sd-jwt" else None
    told = trust.credential_text(actor_of_request(request), number, form, disclose=chosen)
    answer = HttpResponse(told, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{number}.{form}.txt"'
    return answer
