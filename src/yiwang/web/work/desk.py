"""The workbench's first page: what waits for the person who signed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.data import selectors as data
from yiwang.kernel import selectors as kernel
from yiwang.web.actors import actor_of_request, may

NEWEST = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    mine = data.load_list(actor, mine=True, page=1, per_page=NEWEST)
    may_classify = may(actor, "resource.classify")
    context = {
        "loads": mine,
        "waiting": data.load_list(actor, state="needs-mapping", mine=True, page=1, per_page=1),
        "rejected_rows": sum(row.rejected for row in mine.items),
        "to_correct": [row for row in mine.items if row.rejected],
        "findings": data.finding_list(actor, state="open", page=1, per_page=1) if may_classify else None,
        "inbox": kernel.message_list(actor, page=1, per_page=5).items,
        "may_load": may(actor, "resource.load"),
        "may_classify": may_classify,
    }
    return render(request, "yiwang/work/home.html", context)
