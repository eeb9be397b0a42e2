"""One intake for every channel: a case taken in by staff at the counter, on the telephone, from a message."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.flow import selectors as flow
from yiwang.flow import service
from yiwang.flow.core.forms.viewing import FormView
from yiwang.flow.schema import CHANNELS
from yiwang.kernel.access import demand
from yiwang.kernel.errors import NotFound, YiwangError
from yiwang.web.actors import actor_of_request
from yiwang.web.answers import problem_of
from yiwang.web.drafts import draft_held, staff_step, staff_view
from yiwang.web.forms import form_part
from yiwang.web.portal.filing import case_filed
from yiwang.web.reading import page_number

DESK = ("phone", "counter", "message")


@require_safe
def intake(request: HttpRequest) -> HttpResponse:
    """What can be taken in, the hotline's own first."""
    actor = actor_of_request(request)
    demand(actor, "case.open")
    search = request.GET.get("search", "").strip()[:100]
    rows = flow.item_list(actor, search=search, page=page_number(request), per_page=30).page
    return render(request, "yiwang/work/cases/intake.html", {"rows": rows, "search": search})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: HttpRequest, item_id: str) -> HttpResponse:
    """The same form as on the web, with the channel it came by; the number and the code are read out to the caller."""
    actor = actor_of_request(request)
    demand(actor, "case.open")
    detail = flow.item_get(actor, item_id)
    channels = [one for one in DESK if one in detail.file.channels]
    channel = request.GET.get("channel", "")
    channel = channel if channel in channels else (channels[0] if channels else "")
    if not channel or not detail.file.form:
        raise NotFound(
            zh=f"“{detail.row.title.zh}”不由工作人员受理",
            en=f"“{detail.row.title.en}” is not taken in by staff",
            where=item_id,
        )
    key, form = f"draft-item-{item_id}", detail.file.form
    view: FormView | None = None
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            step = staff_step(request, actor, key, form, item_id=item_id)
            view = step.view
            if getattr(request, "htmx", False):
                return form_part(request, view, request.get_full_path())
            if step.is_done:
                said = service.form_submit(actor=actor, draft_id=step.draft.id)
                draft_key = f"draft:{step.draft.id}"
                opened = case_filed(actor, detail, step.draft.form, said, channel=channel, key=draft_key)
                service.draft_drop(actor=actor, draft_id=step.draft.id)
                # Told once, on the next page only.
                request.session["taken"] = {"number": opened.number, "code": opened.code}
                return HttpResponseRedirect(reverse("work:taken", args=[item_id, opened.number]))
        except YiwangError as error:
            problem = error
    context = {
        "detail": detail,
        "form": view or staff_view(request, actor, key, form),
        "action": request.get_full_path(),
        "channel": channel,
        "channels": [(one, CHANNELS[one]) for one in channels],
        "draft": draft_held(request, actor, key),
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/cases/take_in.html", context, status=problem.status if problem else 200)


@never_cache
@require_safe
def taken(request: HttpRequest, item_id: str, number: str) -> HttpResponse:
    told = request.session.pop("taken", {})
    if told.get("number") != number:
        return HttpResponseRedirect(reverse("work:case", args=[number]))
    context = {"number": number, "code": told["code"], "item_id": item_id}
    return render(request, "yiwang/work/cases/taken.html", context)
