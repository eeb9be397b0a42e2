"""One's own page: whom one is here, who may act for one, and for whom one may act (代办)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.kernel import selectors as kernel
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, YiwangError
from yiwang.trust import selectors as trust
from yiwang.trust import service
from yiwang.web.actors import actor_of_request
from yiwang.web.answers import problem_of
from yiwang.web.language import say
from yiwang.web.reading import posted, posted_day, posted_needed

TO = Text(zh="对方账号", en="Their account")
UNTIL = Text(zh="截止日", en="Last day")
REASON = Text(zh="事由", en="Reason")


@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    subjects = trust.subjects_of(actor)
    context = {
        "own": [row for row in subjects if not row.acting_for],
        "others": [row for row in subjects if row.acting_for],
        "messages_new": kernel.message_unread_count(actor),
        "has_second": bool(trust.factor_list(actor).kinds),
    }
    return render(request, "yiwang/portal/account.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Who may act for whom; giving it needs no clerk."""
    actor = actor_of_request(request)
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            link = posted(request, "link")
            made = service.delegation_give(
                actor=actor,
                link=int(link) if link.isdecimal() and len(link) < 15 else 0,
                to=posted_needed(request, "to", TO),
                scope=posted(request, "scope"),
                until=posted_day(request, "until", UNTIL) or timezone.localdate(),
                reason=posted_needed(request, "reason", REASON),
            )
            messages.success(request, say(Text(zh=f"已委托 {made.to_name}。", en=f"{made.to_name} may now do this.")))
            return HttpResponseRedirect(reverse("portal:people"))
        except (InputError, NotFound, Conflict) as wrong:
            problem = wrong
    rows = trust.delegation_list(actor)
    context = {
        "own": [row for row in trust.subjects_of(actor) if not row.acting_for],
        "given": [row for row in rows if row.given],
        "held": [row for row in rows if not row.given],
        "scopes": trust.SCOPES.items(),
        "filled": {name: posted(request, name) for name in ("to", "scope", "until", "reason")},
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/portal/people.html", context, status=problem.status if problem else 200)


@require_POST
def people_end(request: HttpRequest, delegation_id: int) -> HttpResponse:
    service.delegation_end(actor=actor_of_request(request), delegation=delegation_id)
    messages.success(request, say(Text(zh="委托已结束。", en="It has ended.")))
    return HttpResponseRedirect(reverse("portal:people"))
