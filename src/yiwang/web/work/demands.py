"""Requests for data that may not exist yet: filed, matched, answered, delivered."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.data import selectors as data
from yiwang.data import service
from yiwang.data.answers import DemandRow
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound, YiwangError
from yiwang.web.actors import actor_of_request, may
from yiwang.web.answers import problem_of
from yiwang.web.reading import one_of, page_number, posted, posted_day, posted_needed
from yiwang.web.words import WORDS

TITLE = Text(zh="需要什么数据", en="What data")
NEED = Text(zh="具体说明", en="In detail")
PURPOSE = Text(zh="用途", en="Purpose")
WANTED_BY = Text(zh="希望在何时前", en="Wanted by")
ANSWER = Text(zh="答复", en="Answer")
OUTCOMES = ("matched", "delivered", "refused")
ALL = Text(zh="全部", en="All")
MOST_RESOURCES = 500


@require_safe
def demands(request: HttpRequest) -> HttpResponse:
    actor, state = actor_of_request(request), one_of(request, "state", WORDS["demand"])
    context = {
        "rows": data.demand_list(actor, state=state, page=page_number(request)),
        "states": [("", ALL), *((value, known.text) for value, known in WORDS["demand"].items())],
        "state": state,
        "may_file": may(actor, "demand.file"),
    }
    return render(request, "yiwang/work/demands.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def demand_new(request: HttpRequest) -> HttpResponse:
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            filed = service.demand_file(
                actor=actor_of_request(request),
                title=posted_needed(request, "title", TITLE),
                need=posted_needed(request, "need", NEED),
                fields_wanted=[line.strip() for line in posted(request, "fields_wanted").splitlines() if line.strip()],
                purpose=posted_needed(request, "purpose", PURPOSE),
                wanted_by=posted_day(request, "wanted_by", WANTED_BY),
            )
            return HttpResponseRedirect(reverse("work:demand", args=[filed.pk]))
        except InputError as error:
            problem = error
    context = {"given": request.POST, "problem": problem_of(problem) if problem else None}
    return render(request, "yiwang/work/demand_new.html", context, status=problem.status if problem else 200)


def _demand(actor: Actor, demand_id: int) -> DemandRow:
    """One demand. Numbers fall along the list, so the walk ends at the page that would hold it."""
    page = 1
    while True:
        found = data.demand_list(actor, page=page, per_page=MOST_RESOURCES)
        for row in found.items:
            if row.id == demand_id:
                return row
        if page >= found.pages:
            raise NotFound(
                zh=f"没有编号为 {demand_id} 的需求。",
                en=f"There is no demand {demand_id}.",
                where="demand",
                hint_zh="请从供需对接的列表里选。",
                hint_en="Choose it from the list of demands.",
            )
        page += 1


@require_http_methods(["GET", "HEAD", "POST"])
def demand(request: HttpRequest, demand_id: int) -> HttpResponse:
    actor = actor_of_request(request)
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            service.demand_answer(
                actor=actor,
                demand_id=demand_id,
                state=posted_needed(request, "state", Text(zh="结果", en="Outcome")),
                resource_id=posted(request, "resource"),
                answer=posted_needed(request, "answer", ANSWER),
                basis=posted(request, "basis"),
            )
            return HttpResponseRedirect(reverse("work:demand", args=[demand_id]))
        except InputError as error:
            problem = error
    row = _demand(actor, demand_id)
    may_answer = row.state in {"open", "matched"} and may(actor, "demand.answer", row.department)
    context = {
        "row": row,
        "may_answer": may_answer,
        "outcomes": [(value, WORDS["demand"][value].text) for value in OUTCOMES],
        "resources": data.catalogue_list(actor, page=1, per_page=MOST_RESOURCES).items if may_answer else (),
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/demand.html", context, status=problem.status if problem else 200)
