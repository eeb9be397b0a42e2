"""Entering what a service item took before its reform: four figures, the day they held, and where that is written."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from pydantic import ValidationError

from yiwang.flow import selectors as flow
from yiwang.flow import service
from yiwang.flow.schema import BeforeFile
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, YiwangError
from yiwang.web.actors import actor_of_request, may
from yiwang.web.answers import problem_of
from yiwang.web.language import say
from yiwang.web.reading import posted_day, posted_needed

ASKED = {
    "steps": Text(zh="环节数", en="Steps"),
    "materials": Text(zh="材料份数", en="Materials"),
    "days": Text(zh="时限", en="Time limit"),
    "fee": Text(zh="费用（元）", en="Fee (yuan)"),
}
SOURCE_ZH, SOURCE_EN = Text(zh="出处（中文）", en="Source (Chinese)"), Text(zh="出处（英文）", en="Source (English)")
ON = Text(zh="哪一天的情况", en="As it was on")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def before(request: HttpRequest, item_id: str) -> HttpResponse:
    actor, problem = actor_of_request(request), None
    detail = flow.item_get(actor, item_id)
    if request.method == "POST":
        try:
            on = posted_day(request, "on", ON)
            if on is None:
                raise InputError(zh=f"“{ON.zh}”没有填写。", en=f"“{ON.en}” is empty.", where="on")
            service.item_before_save(actor=actor, item_id=item_id, figures=_figures(request), on=on)
            messages.success(
                request, say(Text(zh="已登记，四减按它比较。", en="Entered; the four cuts are measured by it."))
            )
            return HttpResponseRedirect(reverse("portal:item", args=[item_id]))
        except InputError as error:
            problem = error
    return _page(request, detail, problem)


def _page(request: HttpRequest, detail: Any, problem: YiwangError | None) -> HttpResponse:
    actor = actor_of_request(request)
    context = {
        "detail": detail,
        "asked": [(name, title, request.POST.get(name, "")) for name, title in ASKED.items()],
        "given": request.POST,
        "entered": flow.item_before_list(actor, detail.row.id),
        "may_edit": may(actor, "process.edit", detail.row.department),
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/studio/before.html", context, status=problem.status if problem else 200)


def _figures(request: HttpRequest) -> BeforeFile:
    """Raises InputError naming the first figure that cannot be used."""
    said: dict[str, Any] = {name: posted_needed(request, name, title) for name, title in ASKED.items()}
    for name in ("steps", "materials"):
        said[name] = int(said[name]) if said[name].isdecimal() and len(said[name]) < 6 else said[name]
    source = {
        "zh": posted_needed(request, "source_zh", SOURCE_ZH),
        "en": posted_needed(request, "source_en", SOURCE_EN),
    }
    try:
        return BeforeFile.model_validate({**said, "source": source})
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        title = ASKED.get(name, SOURCE_ZH)
        raise InputError(
            zh=f"“{title.zh}”不能用：{request.POST.get(name, '')}",
            en=f"“{title.en}” cannot be used: {request.POST.get(name, '')}",
            where=name,
            hint_zh="环节和材料写整数，时限写成 20wd（工作日）或 30d（自然日），费用写数字。",
            hint_en="Steps and materials are whole numbers, a limit is 20wd (working days) or 30d (days), a fee is a number.",
        ) from error
