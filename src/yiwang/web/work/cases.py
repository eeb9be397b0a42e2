"""Cases: the list one may read, and one case whole with what its readers may do to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.flow import selectors as flow
from yiwang.flow import service
from yiwang.flow.answers import CaseDetail, CaseRow
from yiwang.flow.selectors import CaseFilter
from yiwang.kernel import selectors as kernel
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound, YiwangError
from yiwang.trust import selectors as trust
from yiwang.web.actors import actor_of_request, may
from yiwang.web.answers import problem_of
from yiwang.web.csvfile import csv_answer
from yiwang.web.language import pick, say
from yiwang.web.people import said_hands
from yiwang.web.reading import page_number, posted, posted_needed
from yiwang.web.templatetags.say import when
from yiwang.web.words import WORDS, word
from yiwang.web.work.tickets import ticket_parts

FILTERS = ("department", "status", "channel", "item", "process", "topic")
RUNNING = ("open", "suspended")
REASON = Text(zh="理由", en="Reason")
TEXT = Text(zh="内容", en="Text")
BUDGET = Text(zh="增加的时限", en="Time added")
BASIS = Text(zh="依据", en="Legal basis")
MOST_EXPORTED = 500


def _wanted(request: HttpRequest) -> CaseFilter:
    department, status, channel, item, process, topic = (request.GET.get(name, "")[:80] for name in FILTERS)
    return CaseFilter(
        department=department,
        status=status,
        channel=channel,
        item=item,
        process=process,
        topic=topic,
        search=request.GET.get("search", "").strip()[:100],
    )


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    actor, wanted = actor_of_request(request), _wanted(request)
    context = {
        "rows": flow.case_list(actor, wanted, page=page_number(request), per_page=30),
        "wanted": wanted,
        "statuses": [(value, known.text) for value, known in WORDS["case"].items()],
        "channels": [(value, known.text) for value, known in WORDS["channel"].items()],
        "departments": sorted(kernel.department_names().items()),
        "may_open": may(actor, "case.open"),
    }
    return render(request, "yiwang/work/cases/list.html", context)


@require_safe
def cases_export(request: HttpRequest) -> HttpResponseBase:
    names = kernel.department_names()
    heads = [
        pick("编号", "Number"),
        pick("标题", "Title"),
        pick("事项", "Item"),
        pick("状态", "State"),
        pick("部门", "Department"),
        pick("渠道", "Channel"),
        pick("受理时间", "Opened"),
        pick("期限", "Due"),
        pick("办结时间", "Closed"),
    ]
    lines = (
        (
            row.number,
            row.title,
            say(row.item_title),
            say(word("case", row.status).text),
            say(names.get(row.department)) or row.department,
            say(word("channel", row.channel).text),
            when(row.opened_at),
            when(row.clock.due) if row.clock else "",
            when(row.closed_at),
        )
        for row in flow.case_list(actor_of_request(request), _wanted(request), per_page=MOST_EXPORTED).items
    )
    return csv_answer("cases.csv", heads, lines)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, number: str) -> HttpResponse:
    """A POST asks for the applicant, with a purpose; it leaves a line in the audit trail."""
    if request.method == "POST":
        try:
            purpose = posted_needed(request, "purpose", Text(zh="用途", en="Purpose"))
        except InputError as error:
            return case_page(request, number, error)
        return case_page(request, number, purpose=purpose)
    return case_page(request, number)


def case_page(
    request: HttpRequest, number: str, problem: YiwangError | None = None, *, purpose: str = ""
) -> HttpResponse:
    actor = actor_of_request(request)
    detail = flow.case_get(actor, number, purpose=purpose)
    row = detail.case
    works_open = any(may(actor, "case.work", one.department) for one in detail.works if one.closed_at is None)
    running = row.status in RUNNING
    context = {
        "detail": detail,
        "row": row,
        "open_works": [one for one in detail.works if one.closed_at is None],
        "done_works": [one for one in detail.works if one.closed_at is not None],
        "steps": tuple(reversed(flow.case_steps(actor, number, purpose=purpose))),
        "answers": answer_lines(actor, detail),
        "recordings": flow.recording_list(actor, number),
        "filed": trust.filing_of(number),
        "filed_by": said_hands(detail.opened_by),
        "division": kernel.division_full_name(row.division) if row.division else "",
        "running": running,
        "may_work": running and (works_open or may(actor, "case.work", row.department)),
        "may_end": running and may(actor, "case.work", row.department),
        "may_supervise": running and may(actor, "case.supervise", row.department),
        "reasons": [(value, known.text) for value, known in WORDS["reason"].items()],
        "given": request.POST,
        "problem": problem_of(problem) if problem else None,
        **ticket_parts(actor, detail),
    }
    return render(request, "yiwang/work/cases/case.html", context, status=problem.status if problem else 200)


def answer_lines(actor: Actor, detail: CaseDetail) -> tuple[tuple[str, str], ...]:
    """Answers under the names of their questions; what the form does not know stands under its key."""
    labels = _labels(actor, detail.case)
    return tuple((say(labels.get(key)) or key, _said(value)) for key, value in detail.answers.items())


def _labels(actor: Actor, case: CaseRow) -> Mapping[str, Text]:
    """As they were asked: by the version of the form the case was filed with."""
    try:
        form = flow.item_get(actor, case.item).file.form if case.item else ""
        if not form:
            return {}
        return {one.key: one.label for one in flow.form_get(actor, form, number=case.form_number).form.questions}
    except NotFound:
        # An item that no longer holds: its answers are still shown, by their keys.
        return {}


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return pick("是", "yes") if value else pick("否", "no")
    if isinstance(value, list):
        return pick("、", ", ").join(_said(one) for one in value)
    if isinstance(value, Mapping):
        return pick("；", "; ").join(f"{key} {_said(one)}" for key, one in value.items())
    return "" if value is None else str(value)


def _suspend(request: HttpRequest, actor: Actor, number: str) -> None:
    reason = posted_needed(request, "reason", REASON)
    service.case_suspend(actor=actor, number=number, reason=reason, text=posted(request, "text"))


def _resume(request: HttpRequest, actor: Actor, number: str) -> None:
    service.case_resume(actor=actor, number=number)


def _withdraw(request: HttpRequest, actor: Actor, number: str) -> None:
    service.case_withdraw(actor=actor, number=number, reason=posted_needed(request, "reason", REASON))


def _extend(request: HttpRequest, actor: Actor, number: str) -> None:
    service.case_extend(
        actor=actor,
        number=number,
        budget=posted_needed(request, "budget", BUDGET),
        reason=posted_needed(request, "reason", REASON),
        basis=posted_needed(request, "basis", BASIS),
    )


def _supervise(request: HttpRequest, actor: Actor, number: str) -> None:
    text = posted_needed(request, "text", TEXT)
    service.case_supervise(actor=actor, number=number, text=text, budget=posted(request, "budget"))


def _note(request: HttpRequest, actor: Actor, number: str) -> None:
    text = posted_needed(request, "text", TEXT)
    service.case_note(actor=actor, number=number, text=text, public=posted(request, "public") == "yes")


def _retry(request: HttpRequest, actor: Actor, number: str) -> None:
    token = posted_needed(request, "token", Text(zh="停住的地方", en="Where it stands"))
    if not token.isdecimal():
        raise InputError(zh=f"没有这个位置：{token}", en=f"there is no such place: {token}", where="token")
    service.action_retry(actor=actor, number=number, token=int(token))


def _duplicate(request: HttpRequest, actor: Actor, number: str) -> None:
    other = posted_needed(request, "other", Text(zh="另一件", en="The other case"))
    service.case_link(actor=actor, number=number, other=other, kind="duplicate", reason=posted(request, "text"))


ACTS: dict[str, tuple[Callable[[HttpRequest, Actor, str], None], Text]] = {
    "suspend": (_suspend, Text(zh="已暂停计时。", en="The clocks stand still.")),
    "resume": (_resume, Text(zh="已恢复计时。", en="The clocks go on.")),
    "withdraw": (_withdraw, Text(zh="已终结这一件。", en="The case was ended.")),
    "extend": (_extend, Text(zh="已延长时限。", en="The limit was extended.")),
    "supervise": (_supervise, Text(zh="已督办，承办部门会收到消息。", en="Supervised; those who have it are told.")),
    "note": (_note, Text(zh="已记下。", en="Noted.")),
    "duplicate": (_duplicate, Text(zh="已并入，申请人会收到消息。", en="Linked; the applicant is told.")),
    "retry": (_retry, Text(zh="已重试。", en="Tried again.")),
}


@require_POST
def case_act(request: HttpRequest, number: str) -> HttpResponse:
    """One thing done to the whole case; a refusal is told on the case's own page."""
    try:
        name = posted(request, "act")
        if name not in ACTS:
            raise InputError(zh=f"没有“{name}”这一步。", en=f"There is no step “{name}”.", where="act")
        act, told = ACTS[name]
        act(request, actor_of_request(request), number)
    except YiwangError as error:
        return case_page(request, number, error)
    messages.success(request, say(told))
    return HttpResponseRedirect(reverse("work:case", args=[number]))


@require_safe
def case_file(request: HttpRequest, number: str, digest: str) -> HttpResponseBase:
    """A file of a case for whoever may read the case, with a line those it is about read; never shown as a page."""
    found, content = flow.case_file_open(actor_of_request(request), number, digest)
    is_picture = found.media_type in ("image/png", "image/jpeg", "image/webp", "image/gif")
    answer = FileResponse(
        content,
        as_attachment=not is_picture,
        filename=found.name,
        content_type=found.media_type if is_picture else "application/octet-stream",
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
