"""Every address of the city. Which of them answer without a sign-in stands in web/access.py."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.decorators.http import require_safe


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


urlpatterns = [
    path("healthz", health, name="health"),
    path("", include("yiwang.web.portal.urls")),
    path("", include("yiwang.web.work.urls")),
    path("", include("yiwang.web.proofs.urls")),
    path("", include("yiwang.web.studio.urls")),
    path("", include("yiwang.web.cockpit.urls")),
    path("", include("yiwang.web.api.urls")),
]

handler400 = "yiwang.web.answers.page_malformed"
handler403 = "yiwang.web.answers.page_refused"
handler404 = "yiwang.web.answers.page_missing"
handler500 = "yiwang.web.answers.page_broken"
