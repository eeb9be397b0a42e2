"""What the applicant is asked or may say while a case runs: materials to add, whether it is solved, a review, a consent."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yiwang.flow import selectors as flow
from yiwang.flow import service
from yiwang.flow.answers import Tracking
from yiwang.flow.selectors import DraftRow
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound, YiwangError
from yiwang.web.actors import CITIZEN
from yiwang.web.answers import problem_of
from yiwang.web.brake import public_demand
from yiwang.web.drafts import empty_view
from yiwang.web.forms import draft_view, form_part, form_step
from yiwang.web.language import say
from yiwang.web.portal.tracking import code_of, code_tried

PORTAL = system_actor("portal")
COOKIE, DAYS = "answer", 30


def _title(case: Tracking, what: str) -> Text:
    """What is asked, or may be said, under this name. Raises NotFound."""
    for work in case.asked:
        if str(work.id) == what:
            return work.title
    for one in case.says:
        if one.node == what:
            return one.title
    raise NotFound(
        zh="这件事已经不等您回答",
        en="nothing waits for your answer here any more",
        where=case.number,
        hint_zh="请回到办件页查看现在的进展。",
        hint_en="Go back to the case to see how it stands.",
    )


def _held(request: HttpRequest) -> tuple[DraftRow, str] | None:
    """The draft this browser has of the answer, with its token."""
    said = request.get_signed_cookie(COOKIE, default="", max_age=DAYS * 86400) or ""
    number, _, token = said.partition(":")
    if not number.isdecimal():
        return None
    try:
        return flow.draft_get(CITIZEN, int(number), token=token), token
    except NotFound:
        # Handed in already, or older than drafts are kept: one begins anew.
        return None


def _send(number: str, code: str, what: str, draft: DraftRow | None) -> None:
    answers = dict(draft.answers) if draft else {}
    asked_by = draft.form_number if draft else None
    if what.isdecimal():
        service.work_done(actor=CITIZEN, work_id=int(what), answers=answers, code=code, form_number=asked_by)
    else:
        service.case_answer(actor=CITIZEN, number=number, code=code, node=what, answers=answers, form_number=asked_by)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """Answered like any form: kept as a draft with its files until everything is there, then handed over at once."""
    code = code_of(request, number)
    if not code:
        return HttpResponseRedirect(f"{reverse('portal:track')}?number={number}")
    with code_tried(number):
        case = flow.case_track(number, code)
    title = _title(case, what)
    form_id, now = flow.applicant_form(number, code, what), timezone.localtime()
    found = _held(request) if form_id else None
    if found is not None and found[0].form.id != form_id:
        found = None
    # The code was proved above, and a form holds nothing about anybody.
    view = (draft_view(found[0], now) if found else empty_view(PORTAL, form_id, now)) if form_id else None
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            public_demand(request, max(1, sum(len(request.FILES.getlist(name)) for name in request.FILES)))
            is_done = True
            if form_id:
                if found is None:
                    which = (number, code, what)
                    fresh = service.draft_save(actor=CITIZEN, form_id=form_id, answers={}, asked=which)
                    found = fresh, fresh.token
                step = form_step(request, CITIZEN, found[0].id, now, token=found[1])
                found, view, is_done = (step.draft, found[1]), step.view, step.is_done
            if is_done:
                _send(number, code, what, found[0] if found else None)
                return _sent(request, number, found)
        except YiwangError as error:
            problem = error
    if problem is None and view is not None and getattr(request, "htmx", False):
        return _kept(form_part(request, view, request.path), request, found)
    context = {
        "case": case,
        "title": title,
        "form": view,
        "action": request.path,
        "problem": problem_of(problem) if problem else None,
    }
    page = render(request, "yiwang/portal/asked.html", context, status=problem.status if problem else 200)
    return _kept(page, request, found)


def _sent(request: HttpRequest, number: str, found: tuple[DraftRow, str] | None) -> HttpResponse:
    if found is not None:
        service.draft_drop(actor=CITIZEN, draft_id=found[0].id, token=found[1])
    messages.success(request, say(Text(zh="谢谢，您的回答已收到。", en="Thank you, your answer was received.")))
    answer = HttpResponseRedirect(reverse("portal:tracked", args=[number]))
    answer.delete_cookie(COOKIE, path=request.path)
    return answer


def _kept(answer: HttpResponse, request: HttpRequest, found: tuple[DraftRow, str] | None) -> HttpResponse:
    if found is not None:
        answer.set_signed_cookie(
            COOKIE,
            f"{found[0].id}:{found[1]}",
            max_age=DAYS * 86400,
            path=request.path,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return answer
