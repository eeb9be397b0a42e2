"""Filing: a form filled in and kept as a draft, reviewed, sent; then a number and a code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yiwang.flow import selectors as flow
from yiwang.flow import service
from yiwang.flow.core.forms.elements import Form, Kind
from yiwang.flow.errors import AnswersWrong
from yiwang.flow.selectors import DraftRow, ItemDetail
from yiwang.flow.service import Submission
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import NotFound, YiwangError
from yiwang.web.actors import CITIZEN
from yiwang.web.answers import problem_of
from yiwang.web.brake import public_demand
from yiwang.web.drafts import empty_view
from yiwang.web.forms import draft_view, form_part, form_step
from yiwang.web.language import say
from yiwang.web.portal.tracking import code_kept

DAYS = 30
TITLE = 40
# Names under which a form may ask for what a case keeps beside its answers.
APPLICANT, TOPIC, DIVISION = "applicant", "topic", "division"


def _cookie(item_id: str) -> str:
    return f"draft-{item_id}"


def held_draft(request: HttpRequest, item_id: str) -> tuple[int, str] | None:
    """The draft this browser has for an item: its number and token."""
    said = request.get_signed_cookie(_cookie(item_id), default="", max_age=DAYS * 86400) or ""
    number, _, token = said.partition(":")
    return (int(number), token) if number.isdecimal() else None


def _draft(request: HttpRequest, item_id: str) -> tuple[DraftRow, str] | None:
    held = held_draft(request, item_id)
    if held is None:
        return None
    try:
        return flow.draft_get(CITIZEN, held[0], token=held[1]), held[1]
    except NotFound:
        # Sent already, or older than drafts are kept: one begins anew.
        return None


def _kept(answer: HttpResponse, request: HttpRequest, item_id: str, draft_id: int, token: str) -> HttpResponse:
    answer.set_signed_cookie(
        _cookie(item_id),
        f"{draft_id}:{token}",
        max_age=DAYS * 86400,
        path=reverse("portal:item", args=[item_id]),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return answer


def open_item(item_id: str) -> ItemDetail:
    """An item that is filed on the web by anybody. Raises NotFound."""
    detail = flow.item_get(CITIZEN, item_id)
    if "web" not in detail.file.channels or not detail.file.form:
        raise NotFound(
            zh=f"“{detail.row.title.zh}”不在网上办理",
            en=f"“{detail.row.title.en}” is not filed on the web",
            where=item_id,
            hint_zh="请到窗口办理，或拨打 12345。",
            hint_en="Come to the counter, or call 12345.",
        )
    return detail


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, item_id: str) -> HttpResponse:
    """The form. Nothing is kept before something was sent."""
    detail, now = open_item(item_id), timezone.localtime()
    found = _draft(request, item_id)
    if request.method != "POST":
        view = draft_view(found[0], now) if found else empty_view(CITIZEN, detail.file.form, now)
        return _form_page(request, detail, view, found)
    given = sum(len(request.FILES.getlist(name)) for name in request.FILES)
    public_demand(request, given + (found is None))
    if found is None:
        fresh = service.draft_save(actor=CITIZEN, form_id=detail.file.form, item_id=item_id, answers={})
        found = fresh, fresh.token
    draft, token = found
    step = form_step(request, CITIZEN, draft.id, now, token=token)
    if step.is_done:
        answer: HttpResponse = HttpResponseRedirect(reverse("portal:review", args=[item_id]))
    elif getattr(request, "htmx", False):
        answer = form_part(request, step.view, request.path)
    else:
        is_saved = request.POST.get("act") == "save" and not step.view.troubles
        answer = _form_page(request, detail, step.view, (step.draft, token), is_saved=is_saved)
    return _kept(answer, request, item_id, draft.id, token)


def _form_page(
    request: HttpRequest, detail: ItemDetail, view: Any, found: tuple[DraftRow, str] | None, *, is_saved: bool = False
) -> HttpResponse:
    context = {
        "detail": detail,
        "form": view,
        "action": request.path,
        "draft": found[0] if found else None,
        "is_saved": is_saved,
    }
    return render(request, "yiwang/portal/apply.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, item_id: str) -> HttpResponse:
    """What will be sent, once more; sending opens the case."""
    detail, now = open_item(item_id), timezone.localtime()
    found = _draft(request, item_id)
    if found is None:
        return HttpResponseRedirect(reverse("portal:apply", args=[item_id]))
    draft, token = found
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            public_demand(request)
            said = service.form_submit(actor=CITIZEN, draft_id=draft.id, token=token)
            opened = case_filed(CITIZEN, detail, draft.form, said, channel="web", key=f"draft:{draft.id}")
            service.draft_drop(actor=CITIZEN, draft_id=draft.id, token=token)
        except AnswersWrong:
            return HttpResponseRedirect(reverse("portal:apply", args=[item_id]))
        except YiwangError as error:
            problem = error
        else:
            answer = HttpResponseRedirect(reverse("portal:receipt", args=[opened.number]))
            answer.delete_cookie(_cookie(item_id), path=reverse("portal:item", args=[item_id]))
            # Sent twice, the second is told no code: the first one's stays.
            return code_kept(answer, request, opened.number, opened.code) if opened.code else answer
    context = {
        "detail": detail,
        "form": draft_view(draft, now),
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/portal/review.html", context, status=problem.status if problem else 200)


def case_filed(actor: Actor, detail: ItemDetail, form: Form, said: Submission, *, channel: str, key: str = "") -> Any:
    """Open the case of a submission. Who and where the applicant is (questions a browser fills in by itself, or the group
    `applicant`) is kept apart from the answers: it is shown for a purpose only.
    """
    answers = dict(said.answers)
    applicant = {q.key: answers.pop(q.key) for q in form.questions if q.autocomplete and answers.get(q.key)}
    if isinstance(answers.get(APPLICANT), Mapping):
        applicant |= answers.pop(APPLICANT)
    return service.case_open(
        actor=actor,
        item_id=detail.row.id,
        title=title_of(detail, form, answers),
        answers=answers,
        applicant=applicant,
        files=said.files,
        place=said.place,
        topic=str(answers.get(TOPIC) or ""),
        division=str(answers.get(DIVISION) or ""),
        channel=channel,
        key=key,
        form_number=said.form_number,
    )


def title_of(detail: ItemDetail, form: Form, answers: Mapping[str, Any]) -> str:
    """What a list shows: the first words of a request; of an application its item, which names nobody."""
    if detail.row.kind == "request":
        for question in form.questions:
            words = answers.get(question.key)
            if question.kind is Kind.LONG and isinstance(words, str) and words.strip():
                first = " ".join(words.split())
                return first if len(first) <= TITLE else f"{first[:TITLE]}…"
    return say(detail.row.title)
