"""One piece of work: its form, and the typed steps beside it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yiwang.flow import selectors as flow
from yiwang.flow import service
from yiwang.flow.core.forms.viewing import FormView
from yiwang.kernel import selectors as kernel
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, YiwangError
from yiwang.web.actors import actor_of_request, may
from yiwang.web.answers import problem_of
from yiwang.web.drafts import draft_held, staff_step, staff_view
from yiwang.web.forms import form_part
from yiwang.web.language import say
from yiwang.web.people import colleagues
from yiwang.web.reading import posted, posted_needed
from yiwang.web.work.cases import answer_lines
from yiwang.web.work.tickets import ticket_parts

REASON = Text(zh="理由", en="Reason")
TO = Text(zh="退回到哪一步", en="Send back to")
WHO = Text(zh="交给谁", en="To whom")
LAW = Text(zh="职责依据的法规", en="Law of the duty")
ARTICLE = Text(zh="条款", en="Article")
PROPOSED = Text(zh="应由哪个部门负责", en="Department responsible")


@never_cache
@require_safe
def work(request: HttpRequest, work_id: int) -> HttpResponse:
    return work_page(request, work_id)


def work_page(
    request: HttpRequest, work_id: int, problem: YiwangError | None = None, form: FormView | None = None
) -> HttpResponse:
    actor = actor_of_request(request)
    found = flow.work_get(actor, work_id)
    detail = flow.case_get(actor, found.case.number)
    is_open = found.work.closed_at is None
    if form is None and found.work.form and is_open and found.may_work:
        form = staff_view(request, actor, key_of(work_id), found.work.form)
    context = {
        "found": found,
        "one": found.work,
        "row": found.case,
        "detail": detail,
        "answers": answer_lines(actor, detail),
        "is_open": is_open,
        "form": form,
        "action": reverse("work:work-done", args=[work_id]),
        "assists": [other for other in detail.works if other.of == found.work.number],
        "signs": [other for other in detail.works if other.kind == "sign" and other.node == found.work.node],
        "departments": sorted(kernel.department_names().items()),
        "colleagues": colleagues(found.work.department),
        "can_hand_over": is_open and (found.may_work or may(actor, "case.assign", found.work.department)),
        "can_take_back": found.work.closed_how == "done" and found.work.closed_by == actor.id,
        "given": request.POST,
        "problem": problem_of(problem) if problem else None,
        **ticket_parts(actor, detail),
    }
    return render(request, "yiwang/work/cases/work.html", context, status=problem.status if problem else 200)


def _begin(request: HttpRequest, actor: Actor, work_id: int) -> None:
    service.work_begin(actor=actor, work_id=work_id)


def _send_back(request: HttpRequest, actor: Actor, work_id: int) -> None:
    service.work_send_back(
        actor=actor,
        work_id=work_id,
        to=posted_needed(request, "to", TO),
        redo=posted(request, "redo") == "yes",
        reason=posted_needed(request, "reason", REASON),
    )


def _refuse(request: HttpRequest, actor: Actor, work_id: int) -> None:
    law, article = posted_needed(request, "law", LAW), posted_needed(request, "article", ARTICLE)
    service.work_refuse(
        actor=actor,
        work_id=work_id,
        basis=flow.duty_basis(law=law, article=article),
        proposed_department=posted_needed(request, "proposed", PROPOSED),
        reason=posted_needed(request, "reason", REASON),
    )


def _hand_over(request: HttpRequest, actor: Actor, work_id: int) -> None:
    who = posted_needed(request, "who", WHO)
    to, department = (who, "") if who.startswith("account:") else ("", who)
    reason = posted_needed(request, "reason", REASON)
    service.work_hand_over(actor=actor, work_id=work_id, to=to, department=department, reason=reason)


def _sign_add(request: HttpRequest, actor: Actor, work_id: int) -> None:
    service.work_sign_add(
        actor=actor,
        work_id=work_id,
        signer=posted_needed(request, "who", WHO),
        before=posted(request, "before") != "no",
        reason=posted_needed(request, "reason", REASON),
    )


def _assist(request: HttpRequest, actor: Actor, work_id: int) -> None:
    helpers = [who for who in request.POST.getlist("who") if who]
    must, reason = posted(request, "must") == "yes", posted_needed(request, "reason", REASON)
    service.work_assist_ask(actor=actor, work_id=work_id, helpers=helpers, must=must, reason=reason)


def _take_back(request: HttpRequest, actor: Actor, work_id: int) -> None:
    service.work_take_back(actor=actor, work_id=work_id, reason=posted_needed(request, "reason", REASON))


ACTS: dict[str, tuple[Callable[[HttpRequest, Actor, int], None], Text]] = {
    "begin": (_begin, Text(zh="已开始办理。", en="Begun.")),
    "send-back": (_send_back, Text(zh="已退回。", en="Sent back.")),
    "refuse": (_refuse, Text(zh="已退单，依据和建议部门已记下。", en="Refused, with its basis and counter-proposal.")),
    "hand-over": (_hand_over, Text(zh="已转办。", en="Handed over.")),
    "sign-add": (_sign_add, Text(zh="已加签。", en="A signer was added.")),
    "assist": (_assist, Text(zh="已请求协办。", en="Help was asked for.")),
    "take-back": (_take_back, Text(zh="已撤回。", en="Taken back.")),
}


@require_POST
def work_act(request: HttpRequest, work_id: int) -> HttpResponse:
    """A typed step. A refusal is told on the page of the work, with what was typed."""
    actor = actor_of_request(request)
    number = flow.work_get(actor, work_id).case.number
    try:
        name = posted(request, "act")
        if name not in ACTS:
            raise InputError(zh=f"没有“{name}”这一步。", en=f"There is no step “{name}”.", where="act")
        act, told = ACTS[name]
        act(request, actor, work_id)
    except YiwangError as error:
        return work_page(request, work_id, error)
    messages.success(request, say(told))
    if name in ("begin", "assist"):
        return HttpResponseRedirect(reverse("work:work", args=[work_id]))
    return HttpResponseRedirect(reverse("work:case", args=[number]))


def key_of(work_id: int) -> str:
    return f"draft-work-{work_id}"


@require_POST
def work_done(request: HttpRequest, work_id: int) -> HttpResponse:
    """Finish it with its form, or keep the answers for later."""
    actor = actor_of_request(request)
    found = flow.work_get(actor, work_id)
    form: FormView | None = None
    try:
        answers: dict[str, object] = {}
        asked_by: int | None = None
        if found.work.form:
            step = staff_step(request, actor, key_of(work_id), found.work.form, work_id=work_id)
            form = step.view
            if getattr(request, "htmx", False):
                return form_part(request, step.view, request.path)
            if not step.is_done:
                return work_page(request, work_id, form=form)
            said = service.form_submit(actor=actor, draft_id=step.draft.id)
            answers, asked_by = dict(said.answers), said.form_number
        service.work_done(
            actor=actor, work_id=work_id, answers=answers, note=posted(request, "note"), form_number=asked_by
        )
    except YiwangError as error:
        return work_page(request, work_id, error, form)
    if (draft := draft_held(request, actor, key_of(work_id))) is not None:
        service.draft_drop(actor=actor, draft_id=draft.id)
    messages.success(request, say(Text(zh="已办完这一步。", en="This step is done.")))
    return HttpResponseRedirect(reverse("work:case", args=[found.case.number]))
