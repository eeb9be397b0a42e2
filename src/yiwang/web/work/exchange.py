"""Subscriptions of programs to data: what is delivered, what is stuck, and sending a dead letter again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from yiwang.data import selectors as data
from yiwang.data import service
from yiwang.kernel.core.text import Text
from yiwang.web.actors import actor_of_request
from yiwang.web.language import pick

STATES: dict[str, Text] = {
    "active": Text(zh="订阅中", en="Active"),
    "stopped": Text(zh="已停止", en="Stopped"),
    "waiting": Text(zh="等待送达", en="On its way"),
    "dead": Text(zh="未能送达", en="Dead letter"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def deliveries(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    if request.method == "POST":
        service.delivery_retry(actor=actor, name=request.POST.get("delivery", "")[:32])
        messages.success(request, pick("已重新推送。", "It is sent again."))
        return HttpResponseRedirect(reverse("work:deliveries"))
    rows = data.subscription_board(actor)
    shown = [
        {"row": row, "state": STATES[row.state], "stuck": [(one, STATES[one.state]) for one in row.stuck]}
        for row in rows
    ]
    return render(request, "yiwang/work/deliveries.html", {"rows": shown})
