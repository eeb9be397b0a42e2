"""What somebody gave once, where it was used, and how they end that."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yiwang.kernel.core.text import Text
from yiwang.trust import selectors as trust
from yiwang.trust import service
from yiwang.web.actors import actor_of_request
from yiwang.web.language import say


@never_cache
@require_safe
def materials(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    context = {"rows": trust.material_list(actor), "uses": trust.material_use_list(actor)}
    return render(request, "yiwang/proofs/materials.html", context)


@require_POST
def material_end(request: HttpRequest, material: int) -> HttpResponse:
    service.material_end(actor=actor_of_request(request), material=material)
    messages.success(request, say(Text(zh="已停止重复使用。", en="Reuse was ended.")))
    return HttpResponseRedirect(reverse("proofs:materials"))
