"""Who is away and who stands in; and all that somebody owes handed over at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.flow import selectors as flow
from yiwang.flow import service
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import YiwangError
from yiwang.web.actors import actor_of_request, may
from yiwang.web.answers import problem_of
from yiwang.web.language import pick, say
from yiwang.web.people import colleagues
from yiwang.web.reading import posted, posted_day, posted_needed

DEPUTY = Text(zh="代理人", en="Deputy")
FIRST = Text(zh="自", en="From")
LAST = Text(zh="至", en="Until")
REASON = Text(zh="理由", en="Reason")
WHO = Text(zh="谁", en="Who")


@require_http_methods(["GET", "HEAD", "POST"])
def leaves(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    if request.method != "POST":
        return _page(request)
    try:
        posted_needed(request, "first", FIRST)
        service.leave_save(
            actor=actor,
            account=posted(request, "account") or actor.id,
            deputy=posted_needed(request, "deputy", DEPUTY),
            first=posted_day(request, "first", FIRST) or timezone.localdate(),
            last=posted_day(request, "last", LAST),
            reason=posted(request, "reason"),
        )
    except YiwangError as error:
        return _page(request, error)
    messages.success(
        request, say(Text(zh="已登记，代理人能看到并办理。", en="Saved; the deputy sees and may do the work."))
    )
    return HttpResponseRedirect(reverse("work:leaves"))


@require_POST
def hand_over(request: HttpRequest) -> HttpResponse:
    try:
        count = service.case_hand_over_all(
            actor=actor_of_request(request),
            from_account=posted_needed(request, "account", WHO),
            to=posted_needed(request, "to", DEPUTY),
            reason=posted_needed(request, "reason", REASON),
        )
    except YiwangError as error:
        return _page(request, error)
    messages.success(request, pick(f"已转交 {count} 项工作。", f"{count} pieces of work were handed over."))
    return HttpResponseRedirect(reverse("work:leaves"))


def _page(request: HttpRequest, problem: YiwangError | None = None) -> HttpResponse:
    actor = actor_of_request(request)
    known = dict(colleagues(actor.department)) if actor.department else {}
    context = {
        "rows": flow.leave_list(actor),
        "others": tuple((who, name) for who, name in known.items() if who != actor.id),
        "everybody": tuple(known.items()),
        "assigns": may(actor, "case.assign", actor.department),
        "today": timezone.localdate(),
        "given": request.POST,
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/cases/leaves.html", context, status=problem.status if problem else 200)
