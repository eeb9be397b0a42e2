"""What is owed by when, by a department, a person or the city; and who is late, since when, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.flow import selectors as flow
from yiwang.kernel import selectors as kernel
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.web.actors import actor_of_request
from yiwang.web.reading import one_of, page_number

WHOSE: dict[str, Text] = {
    "": Text(zh="我管的全部", en="All I cover"),
    "me": Text(zh="我本人", en="Myself"),
}


@dataclass(frozen=True)
class Asked:
    department: str
    account: str


def _asked(request: HttpRequest, actor: Actor) -> Asked:
    if one_of(request, "whose", WHOSE) == "me":
        return Asked("", actor.id)
    return Asked(request.GET.get("department", "")[:64], "")


def _frame(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    names = kernel.department_names()
    covered = sorted(frozenset[str]().union(*actor.scopes.values()) & names.keys())
    return {
        "whose": one_of(request, "whose", WHOSE),
        "choices": tuple(WHOSE.items()),
        "department": request.GET.get("department", ""),
        "departments": [(code, names[code]) for code in covered],
    }


@require_safe
def obligations(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    asked = _asked(request, actor)
    rows = flow.obligation_list(
        actor, department=asked.department, account=asked.account, page=page_number(request), per_page=50
    )
    return render(request, "yiwang/work/cases/obligations.html", {"rows": rows, **_frame(request, actor)})


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    asked = _asked(request, actor)
    told = flow.obligation_calendar(actor, department=asked.department, account=asked.account)
    answer = HttpResponse(told, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="obligations.ics"'
    return answer


@require_safe
def late(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    asked = _asked(request, actor)
    rows = flow.late_list(actor, department=asked.department, account=asked.account)
    context = {"rows": rows, **_frame(request, actor)}
    return render(request, "yiwang/work/cases/late.html", context)
