"""The list of decisions: what the city decides by rule, which version holds, what waits."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.kernel.core.text import Text
from yiwang.rules import selectors as rules
from yiwang.rules.selectors import DecisionRow
from yiwang.web.actors import actor_of_request
from yiwang.web.csvfile import csv_answer
from yiwang.web.language import pick, say
from yiwang.web.reading import one_of
from yiwang.web.templatetags.say import when

SHOWN: dict[str, Text] = {
    "": Text(zh="全部", en="All"),
    "waiting": Text(zh="待批准", en="Awaiting approval"),
    "drafts": Text(zh="有草稿", en="With drafts"),
}


def _search(request: HttpRequest) -> str:
    return request.GET.get("search", "").strip()[:100]


def _found(request: HttpRequest, shown: str) -> list[DecisionRow]:
    rows = rules.decision_list(
        actor_of_request(request), search=_search(request), department=request.GET.get("department", "")[:64]
    )
    return [row for row in rows if not shown or getattr(row, shown)]


@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    actor, shown = actor_of_request(request), one_of(request, "shown", SHOWN)
    every = rules.decision_list(actor)
    departments = {row.department: row.department_name for row in every}
    context = {
        "rows": _found(request, shown),
        "every": every,
        "waiting": sum(row.waiting for row in every),
        "drafts": sum(row.drafts for row in every),
        "departments": sorted(departments.items()),
        "department": request.GET.get("department", ""),
        "shown": shown,
        "choices": tuple(SHOWN.items()),
        "search": _search(request),
    }
    return render(request, "yiwang/studio/list.html", context)


@require_safe
def decisions_export(request: HttpRequest) -> HttpResponseBase:
    heads = [
        pick("标识", "Id"),
        pick("名称", "Name"),
        pick("决定什么", "What it decides"),
        pick("主管部门", "Department"),
        pick("生效版本", "Version in force"),
        pick("生效时间", "In force since"),
        pick("草稿", "Drafts"),
        pick("待批准", "Awaiting approval"),
        pick("应用包", "Pack"),
    ]
    lines = [
        (
            row.id,
            say(row.title),
            say(row.summary),
            say(row.department_name),
            row.published.number if row.published else "",
            when(row.published.published_at) if row.published else "",
            row.drafts,
            row.waiting,
            row.pack,
        )
        for row in _found(request, one_of(request, "shown", SHOWN))
    ]
    return csv_answer("decisions.csv", heads, lines)
