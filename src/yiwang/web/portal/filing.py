"""Filing: a form filled in and kept as a draft, reviewed, sent; then a number and a code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
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
from yiwang.flow.core.forms.viewing import FormView
from yiwang.flow.errors import AnswersWrong
from yiwang.flow.selectors import DraftRow, ItemDetail
from yiwang.flow.service import Filer, Submission
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import NotFound, YiwangError
from yiwang.web.actors import CITIZEN, actor_of_request
from yiwang.web.answers import problem_of
from yiwang.web.brake import public_demand
from yiwang.web.drafts import empty_view
from yiwang.web.forms import Step, draft_view, form_part, form_step
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


@dataclass(frozen=True)
class _Filing:
    """Who files, and for whom. Without anybody to file for it is the public that files, as for whoever is signed out."""

    actor: Actor
    choices: tuple[flow.FilerChoice, ...] = ()
    subject: str = ""
    offers: Mapping[str, flow.HeldOffers] = field(default_factory=dict)


def _filing(request: HttpRequest, item_id: str) -> _Filing:
    """What the session holds, or the page sent. Oneself alone needs no choosing; between several nobody chooses for anybody."""
    actor = actor_of_request(request)
    choices = flow.filer_choices(actor, item_id)
    possible = [one.subject for one in choices if one.why_not is None]
    if not possible:
        return _Filing(CITIZEN, choices)
    key = f"filing-{item_id}"
    if request.POST.get("filer") in possible:
        request.session[key] = request.POST["filer"]
    own = [one.subject for one in choices if not one.by_delegation]
    subject = request.session.get(key) or (own[0] if possible == own and len(own) == 1 else "")
    offers = flow.filer_offers(actor, item_id, subject) if subject in possible else {}
    return _Filing(actor, choices, subject, offers)


def _draft(request: HttpRequest, item_id: str, actor: Actor) -> tuple[DraftRow, str] | None:
    """One's own draft of this browser; one begun signed out becomes one's own when it is gone on with."""
    held = held_draft(request, item_id)
    if held is None:
        return None
    for who in (actor,) if actor is CITIZEN else (actor, CITIZEN):
        try:
            draft = flow.draft_get(who, held[0], token=held[1])
        except NotFound:
            # Sent already, or older than drafts are kept, or somebody else's: one begins anew.
            continue
        if who is actor or request.method != "POST":
            return draft, held[1]
        return service.draft_adopt(actor=actor, draft_id=draft.id, token=held[1]), ""
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
    detail, now, filing = open_item(item_id), timezone.localtime(), _filing(request, item_id)
    actor = filing.actor
    found = _draft(request, item_id, actor)
    if request.method != "POST":
        view = draft_view(found[0], now) if found else empty_view(CITIZEN, detail.file.form, now)
        return _form_page(request, detail, filing, view, found)
    given = sum(len(request.FILES.getlist(name)) for name in request.FILES)
    public_demand(request, given + (found is None))
    if found is None:
        fresh = service.draft_save(actor=actor, form_id=detail.file.form, item_id=item_id, answers={})
        found = fresh, fresh.token
    draft, token = found
    step = form_step(request, actor, draft.id, now, token=token)
    problem: YiwangError | None = None
    try:
        view = _held_added(request, filing, step, now)
    except YiwangError as error:
        view, problem = step.view, error
    if step.is_done:
        answer: HttpResponse = HttpResponseRedirect(reverse("portal:review", args=[item_id]))
    elif getattr(request, "htmx", False):
        answer = form_part(request, view, request.path, filing=filing)
    else:
        is_saved = request.POST.get("act") == "save" and not view.troubles
        answer = _form_page(request, detail, filing, view, (step.draft, token), problem, is_saved=is_saved)
    return _kept(answer, request, item_id, draft.id, token)


def _held_added(request: HttpRequest, filing: _Filing, step: Step, now: datetime) -> FormView:
    """What the holder chose of what they hold (`held:QUESTION:THING`) answers the question, beside what was typed."""
    act, _, chosen = request.POST.get("act", "").partition(":")
    question, _, held = chosen.partition(":")
    if act != "held":
        return step.view
    draft = step.draft
    service.draft_held_add(actor=filing.actor, draft_id=draft.id, question=question, subject=filing.subject, held=held)
    return draft_view(flow.draft_get(filing.actor, draft.id), now)


def _form_page(
    request: HttpRequest,
    detail: ItemDetail,
    filing: _Filing,
    view: FormView,
    found: tuple[DraftRow, str] | None,
    problem: YiwangError | None = None,
    *,
    is_saved: bool = False,
) -> HttpResponse:
    context = {
        "detail": detail,
        "form": view,
        "filing": filing,
        "action": request.path,
        "draft": found[0] if found else None,
        "is_saved": is_saved,
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/portal/apply.html", context, status=problem.status if problem else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, item_id: str) -> HttpResponse:
    """What will be sent, once more; sending opens the case."""
    detail, now, filing = open_item(item_id), timezone.localtime(), _filing(request, item_id)
    found = _draft(request, item_id, filing.actor)
    if found is None:
        return HttpResponseRedirect(reverse("portal:apply", args=[item_id]))
    draft, token = found
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            public_demand(request)
            opened = _sent(request, detail, filing, draft, token)
        except AnswersWrong:
            return HttpResponseRedirect(reverse("portal:apply", args=[item_id]))
        except YiwangError as error:
            problem = error
        else:
            request.session.pop(f"filing-{item_id}", None)
            answer = HttpResponseRedirect(reverse("portal:receipt", args=[opened.number]))
            answer.delete_cookie(_cookie(item_id), path=reverse("portal:item", args=[item_id]))
            # Sent twice, the second is told no code: the first one's stays.
            return code_kept(answer, request, opened.number, opened.code) if opened.code else answer
    context = {
        "detail": detail,
        "form": draft_view(draft, now),
        "filer": next((one for one in filing.choices if one.subject == filing.subject), None),
        "may_keep": bool(filing.subject) and any(one.question for one in detail.file.materials),
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/portal/review.html", context, status=problem.status if problem else 200)


def _sent(request: HttpRequest, detail: ItemDetail, filing: _Filing, draft: DraftRow, token: str) -> Any:
    actor = filing.actor
    filer = None if actor is CITIZEN else Filer(filing.subject, keep=request.POST.get("keep") == "yes")
    said = service.form_submit(actor=actor, draft_id=draft.id, token=token)
    opened = case_filed(actor, detail, draft.form, said, channel="web", key=f"draft:{draft.id}", filer=filer)
    service.draft_drop(actor=actor, draft_id=draft.id, token=token)
    return opened


def case_filed(
    actor: Actor,
    detail: ItemDetail,
    form: Form,
    said: Submission,
    *,
    channel: str,
    key: str = "",
    filer: Filer | None = None,
) -> Any:
    """Open the case of a submission. Who and where the applicant is (questions a browser fills in by itself, or the group
    `applicant`) is kept apart from the answers: it is shown for a purpose only.
    """
    answers = dict(said.answers)
    applicant = {q.key: answers.pop(q.key) for q in form.questions if q.autocomplete and answers.get(q.key)}
    if isinstance(answers.get(APPLICANT), Mapping):
        applicant |= answers.pop(APPLICANT)
    opens = service.case_open if filer is None else partial(service.case_file, filer=filer)
    return opens(
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
