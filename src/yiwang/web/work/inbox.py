"""Messages to the person who is signed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.kernel import selectors as kernel
from yiwang.kernel import service
from yiwang.web.actors import actor_of_request
from yiwang.web.reading import page_number, posted


@require_http_methods(["GET", "HEAD", "POST"])
def messages(request: HttpRequest) -> HttpResponse:
    """The list; posting to it marks all as read."""
    actor = actor_of_request(request)
    if request.method == "POST":
        service.message_read(actor=actor)
        return HttpResponseRedirect(reverse("work:messages"))
    return render(request, "yiwang/work/messages.html", {"rows": kernel.message_list(actor, page=page_number(request))})


@require_POST
def message_read(request: HttpRequest, message_id: int) -> HttpResponse:
    """Marks one as read and goes where it points."""
    service.message_read(actor=actor_of_request(request), message_ids=[message_id])
    link = posted(request, "link")
    fine = bool(link) and url_has_allowed_host_and_scheme(link, allowed_hosts=None)
    return HttpResponseRedirect(link if fine else reverse("work:messages"))
