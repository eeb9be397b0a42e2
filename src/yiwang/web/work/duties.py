"""The duty list: which department answers for which topic, by which law; and gaps, whose ruling becomes part of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.flow import selectors as flow
from yiwang.flow import service
from yiwang.flow.selectors import GapRow
from yiwang.kernel import selectors as kernel
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound, YiwangError
from yiwang.web.actors import actor_of_request, may
from yiwang.web.answers import problem_of
from yiwang.web.language import say
from yiwang.web.reading import posted_needed

DEPARTMENT = Text(zh="负责部门", en="Department responsible")
LAW = Text(zh="依据的文件", en="Law or rule")
ARTICLE = Text(zh="条款", en="Article")


@require_safe
def duties(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    context = {"rows": flow.topic_list(actor), "gaps": flow.duty_gap_list(actor)}
    return render(request, "yiwang/work/cases/duties.html", context)


@require_safe
def topic(request: HttpRequest, topic_id: str) -> HttpResponse:
    detail = flow.topic_get(actor_of_request(request), topic_id)
    return render(request, "yiwang/work/cases/topic.html", {"detail": detail, "row": detail.row})


def _gap(actor: Actor, number: str) -> GapRow:
    found = next((one for one in flow.duty_gap_list(actor) if one.case == number), None)
    if found is None:
        raise NotFound(zh=f"没有编号为 {number} 的职责空白", en=f"there is no duty gap {number}", where=number)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def gap(request: HttpRequest, number: str) -> HttpResponse:
    """A ruling: from today on tickets of the topic go to the department it names."""
    actor = actor_of_request(request)
    found = _gap(actor, number)
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            law, article = posted_needed(request, "law", LAW), posted_needed(request, "article", ARTICLE)
            service.duty_rule(
                actor=actor,
                topic=found.topic,
                department=posted_needed(request, "department", DEPARTMENT),
                basis=flow.duty_basis(law=law, article=article),
                case=number,
            )
            told = Text(
                zh="已裁定，今后同类诉求直接派给该部门。", en="Ruled; tickets of this topic go there from now on."
            )
            messages.success(request, say(told))
            return HttpResponseRedirect(reverse("work:gap", args=[number]))
        except YiwangError as error:
            problem = error
    context = {
        "gap": found,
        "departments": sorted(kernel.department_names().items()),
        "may_rule": may(actor, "duty.rule") and found.duty is None,
        "given": request.POST,
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/cases/gap_page.html", context, status=problem.status if problem else 200)
