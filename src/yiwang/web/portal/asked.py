"""What the applicant is asked while a case runs: materials to add, the call back, a consent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yiwang.flow import selectors as flow
from yiwang.flow import service
from yiwang.flow.core.forms.asked import Asked
from yiwang.flow.core.forms.checking import problems
from yiwang.flow.core.forms.viewing import FormView, Shown, form_view, fresh_questions
from yiwang.flow.selectors import FormDetail
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound, YiwangError
from yiwang.web.actors import CITIZEN
from yiwang.web.answers import problem_of
from yiwang.web.forms import form_filled, form_part
from yiwang.web.language import say
from yiwang.web.portal.tracking import code_of

PORTAL = system_actor("portal")


def _answered(request: HttpRequest, detail: FormDetail) -> tuple[FormView, dict[str, Any]]:
    """The form as it stands with what was sent, and the answers to what is asked."""
    filled = form_filled(request, detail.form, {})
    found = Asked(detail.form, filled.answers, timezone.localtime())
    fresh = fresh_questions(found, filled.seen) if filled.act == "submit" else ()
    wrong = problems(found) if filled.act == "submit" and not fresh else {}
    return form_view(found, Shown(wrong, number=detail.number), fresh), found.told()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: HttpRequest, number: str, work_id: int) -> HttpResponse:
    """Answered in one go: the code is the right to answer, and a draft of it would need a second one."""
    code = code_of(request, number)
    if not code:
        return HttpResponseRedirect(f"{reverse('portal:track')}?number={number}")
    case = flow.case_track(number, code)
    work = next((one for one in case.asked if one.id == work_id), None)
    if work is None:
        raise NotFound(zh="这件事已经不等您回答", en="nothing waits for your answer here any more", where=number)
    # The code was proved above, and a form holds nothing about anybody.
    detail = flow.form_get(PORTAL, work.form) if work.form else None
    view: FormView | None = None
    problem: YiwangError | None = None
    if detail is not None:
        view = form_view(Asked(detail.form, {}, timezone.localtime()), Shown(number=detail.number))
    if request.method == "POST":
        try:
            answers: dict[str, Any] = {}
            if detail is not None:
                view, answers = _answered(request, detail)
                if getattr(request, "htmx", False):
                    return form_part(request, view, request.path)
            if view is None or not (view.troubles or view.fresh or request.POST.get("act", "submit") != "submit"):
                service.work_done(actor=CITIZEN, work_id=work_id, answers=answers, code=code)
                messages.success(
                    request, say(Text(zh="谢谢，您的回答已收到。", en="Thank you, your answer was received."))
                )
                return HttpResponseRedirect(reverse("portal:tracked", args=[number]))
        except YiwangError as error:
            problem = error
    context = {
        "case": case,
        "work": work,
        "form": view,
        "action": request.path,
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/portal/asked.html", context, status=problem.status if problem else 200)
