"""What waits to be done: mine, or my department's, by due date."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.flow import selectors as flow
from yiwang.flow.answers import WorkRow
from yiwang.kernel import selectors as kernel
from yiwang.kernel.core.text import Text
from yiwang.kernel.paging import Page
from yiwang.web.actors import actor_of_request, may
from yiwang.web.csvfile import csv_answer
from yiwang.web.language import pick, say
from yiwang.web.reading import one_of, page_number
from yiwang.web.templatetags.say import when
from yiwang.web.words import word

WHOSE: dict[str, Text] = {
    "mine": Text(zh="我的待办", en="Mine"),
    "department": Text(zh="部门待办", en="My departments'"),
}
MOST_EXPORTED = 500


def _whose(request: HttpRequest) -> str:
    """A department's works are shown first to somebody to whom few are given by name."""
    may_see = may(actor_of_request(request), "case.read")
    return one_of(request, "whose", WHOSE, "department" if may_see else "mine")


def _found(request: HttpRequest, *, page: int, per_page: int) -> Page[WorkRow]:
    return flow.work_list(
        actor_of_request(request),
        mine=_whose(request) == "mine",
        department=request.GET.get("department", "")[:64],
        page=page,
        per_page=per_page,
    )


@require_safe
def works(request: HttpRequest) -> HttpResponse:
    names = kernel.department_names()
    scopes = actor_of_request(request).scopes.values()
    covered = sorted(frozenset[str]().union(*scopes) & names.keys())
    context = {
        "rows": _found(request, page=page_number(request), per_page=30),
        "whose": _whose(request),
        "choices": tuple(WHOSE.items()),
        "department": request.GET.get("department", ""),
        "departments": [(code, names[code]) for code in covered],
        "names": names,
    }
    return render(request, "yiwang/work/works.html", context)


@require_safe
def works_export(request: HttpRequest) -> HttpResponseBase:
    names = kernel.department_names()
    heads = [
        pick("办件", "Case"),
        pick("标题", "Title"),
        pick("待办", "Task"),
        pick("部门", "Department"),
        pick("经办人", "Assignee"),
        pick("期限", "Due"),
        pick("状态", "State"),
    ]
    lines = (
        (
            row.case,
            row.case_title,
            say(row.title),
            say(names.get(row.department)) or row.department,
            row.assignee,
            when(row.clock.due) if row.clock else "",
            say(word("standing", row.clock.standing if row.clock else "").text),
        )
        for row in _found(request, page=1, per_page=MOST_EXPORTED).items
    )
    return csv_answer("works.csv", heads, lines)
