"""Cases of one's own and of those one may look for: who filed them, where they stand, without a code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yiwang.flow import selectors as flow
from yiwang.web.actors import actor_of_request
from yiwang.web.people import said_hands


@never_cache
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    rows = [(row, said_hands(row.by)) for row in flow.case_own_list(actor)]
    return render(request, "yiwang/portal/own_cases.html", {"rows": rows})


@never_cache
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    own, tracked = flow.case_own_get(actor_of_request(request), number)
    context = {
        "own": own,
        "by": said_hands(own.by),
        "case": tracked,
        "notes": tuple(reversed(tracked.notes)),
    }
    return render(request, "yiwang/portal/own_case.html", context)
