"""Forms: the list, one with its questions and who asks it, its versions, the way of a version, and what it looks like."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.flow import selectors as flow
from yiwang.flow import service
from yiwang.flow.core.forms.editing import Line, lines
from yiwang.flow.core.forms.settings import setting_read, settings_of
from yiwang.flow.core.forms.vocabulary import COMPONENTS
from yiwang.flow.selectors import FormVersionRow, FormWritten
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused, YiwangError
from yiwang.kernel.selectors import department_list
from yiwang.web.actors import actor_of_request, may
from yiwang.web.answers import problem_of
from yiwang.web.language import say
from yiwang.web.reading import posted, posted_needed
from yiwang.web.studio.formwords import form_words
from yiwang.web.studio.frame import asked_number
from yiwang.web.studio.version import step_lines

FORM_TEXT = Text(zh="表单的文字", en="Text of the form")
FORM_ID = Text(zh="编号", en="Id")
DEPARTMENT = Text(zh="部门", en="Department")
OPEN = ("draft", "proposed", "rejected")
MOVES: dict[str, tuple[Callable[..., FormVersionRow], Text]] = {
    "propose": (service.form_propose, Text(zh="已提交，等待批准。", en="Sent for approval.")),
    "approve": (
        service.form_approve,
        Text(
            zh="已批准，从现在起按这一版问；已经开始填的照旧。",
            en="Approved; it is asked from now on, who began goes on.",
        ),
    ),
    "reject": (service.form_reject, Text(zh="已退回，起草人会看到理由。", en="Sent back with the reason.")),
    "withdraw": (service.form_withdraw, Text(zh="已撤回为草稿。", en="Taken back; it is a draft again.")),
    "roll-back": (service.form_roll_back, Text(zh="这一版重新生效。", en="This version holds again.")),
}


@dataclass(frozen=True)
class QuestionLine:
    """A component of a form in a list; `show` and `hide` are its conditions as they are written."""

    line: Line
    title: Text | None
    kind: Text
    is_known: bool
    name: str
    required: bool
    show: str
    hide: str
    field: str


@require_safe
def forms(request: HttpRequest) -> HttpResponse:
    return _list(request)


def _list(request: HttpRequest, problem: YiwangError | None = None) -> HttpResponse:
    actor, search = actor_of_request(request), request.GET.get("search", "").strip()[:100]
    department = request.GET.get("department", "")[:64]
    every = flow.form_list(actor)
    context = {
        "rows": flow.form_list(actor, search=search, department=department),
        "every": every,
        "search": search,
        "department": department,
        "departments": sorted({row.department: row.department_title for row in every}.items()),
        "own": [one for one in department_list() if may(actor, "process.edit", one.code)],
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/studio/forms/list.html", context, status=problem.status if problem else 200)


@require_POST
def form_new(request: HttpRequest) -> HttpResponse:
    """A form that is not there yet: its first draft, without a question."""
    actor = actor_of_request(request)
    try:
        form_id = posted_needed(request, "form", FORM_ID)
        if any(row.id == form_id for row in flow.form_list(actor)):
            raise InputError(zh=f"表单 {form_id} 已经有了。", en=f"There is a form {form_id} already.", where="form")
        body = {"id": form_id, "type": "default", "components": []}
        department = posted_needed(request, "department", DEPARTMENT)
        saved = service.form_draft_save(actor=actor, form_id=form_id, body=body, department=department)
    except (InputError, NotFound) as error:
        return _list(request, error)
    return HttpResponseRedirect(reverse("studio:form-questions", args=[form_id, saved.number]))


def page(
    request: HttpRequest, detail: FormWritten, template: str, problem: YiwangError | None = None, **more: Any
) -> HttpResponse:
    """A page of one version; a problem is told above it, with the status it names."""
    actor, department = actor_of_request(request), detail.row.department
    context = {
        "detail": detail,
        "row": detail.row,
        "version": detail.version,
        "may_edit": may(actor, "process.edit", department),
        "may_approve": may(actor, "process.approve", department),
        "problem": problem_of(problem) if problem else None,
        **more,
    }
    status = problem.status if problem else 200
    return render(request, f"yiwang/studio/forms/{template}.html", context, status=status)


def question_lines(detail: FormWritten) -> list[QuestionLine]:
    """Each component with what a list says of it."""
    return [_line(one) for one in lines(detail.body)]


def _line(line: Line) -> QuestionLine:
    known = {one.id: setting_read(line.component, one) for one in settings_of(line.type)}
    said = (known.get(one, "") for one in ("label", "date-label", "time-label", "text"))
    zh, en = next(filter(None, said), "")[:80], (known.get("en") or known.get("text-en") or "")[:80]
    kind = COMPONENTS.get(line.type)
    return QuestionLine(
        line=line,
        title=Text(zh=zh, en=en or zh) if zh else None,
        kind=kind.title if kind else Text(zh=line.type or "—", en=line.type or "—"),
        is_known=kind is not None,
        name=known.get("key") or known.get("path", ""),
        required=bool(known.get("required")),
        show=known.get("show", ""),
        hide=known.get("hide", ""),
        field=known.get("field", ""),
    )


@require_safe
def form(request: HttpRequest, form_id: str) -> HttpResponse:
    actor = actor_of_request(request)
    versions = flow.form_versions(actor, form_id)
    published = any(one.state == "published" for one in versions)
    detail = flow.form_written(actor, form_id, number=None if published else versions[0].number)
    return page(
        request,
        detail,
        "form",
        versions=versions,
        lines=question_lines(detail),
        standing=flow.form_standing(actor, form_id),
    )


@never_cache
@require_safe
def form_version(request: HttpRequest, form_id: str, number: int) -> HttpResponse:
    return _version(request, form_id, number)


def _version(request: HttpRequest, form_id: str, number: int, problem: YiwangError | None = None) -> HttpResponse:
    actor = actor_of_request(request)
    detail = flow.form_written(actor, form_id, number=number)
    one, department = detail.version, detail.row.department
    findings = flow.form_findings(actor, form_id, number=number)
    edits, approves = may(actor, "process.edit", department), may(actor, "process.approve", department)
    is_author = one.author == actor.id
    errors = sum(found.level == "error" for found in findings)
    held = detail.row.published
    against = held.number if one.state in OPEN and held else one.based_on
    return page(
        request,
        detail,
        "version",
        problem,
        lines=question_lines(detail),
        findings=findings,
        errors=errors,
        steps=step_lines(one.state),
        against=against,
        changes=flow.form_difference(actor, form_id, before=against, after=number)
        if against is not None and against != number
        else None,
        standing=flow.form_standing(actor, form_id),
        is_author=is_author,
        can_edit=one.state == "draft" and edits and is_author,
        can_propose=one.state == "draft" and edits and not errors,
        can_decide=one.state == "proposed" and approves and not is_author,
        can_withdraw=one.state == "proposed" and edits and is_author,
        can_roll_back=one.state == "replaced" and approves,
    )


def is_own(actor: Actor, detail: FormWritten) -> bool:
    """Whether a change goes into this version; any other one is changed in a new draft."""
    return detail.version.state == "draft" and detail.version.author == actor.id


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form_edit(request: HttpRequest, form_id: str) -> HttpResponse:
    """The form in the editor; without scripts its text. Each save is a draft, also one that is still wrong."""
    actor = actor_of_request(request)
    detail = flow.form_written(actor, form_id, number=asked_number(request))
    own = is_own(actor, detail)
    source = json.dumps(detail.body, ensure_ascii=False, indent=2)
    problem: YiwangError | None = None
    if request.method == "POST":
        source = request.POST.get("source", "").replace("\r\n", "\n")
        try:
            saved = service.form_draft_save(
                actor=actor,
                form_id=form_id,
                body=_body(posted_needed(request, "source", FORM_TEXT)),
                number=detail.version.number if own else None,
                note=posted(request, "note"),
            )
            return HttpResponseRedirect(reverse("studio:form-version", args=[form_id, saved.number]))
        except (InputError, Conflict) as error:
            problem = error
    return page(
        request, detail, "edit", problem, source=source, own=own, note=posted(request, "note"), words=form_words()
    )


def _body(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(zh=f"不是 JSON：{error}", en=f"This is not JSON: {error}", where="source") from error
    if not isinstance(found, dict):
        raise InputError(zh="表单须是 JSON 对象。", en="A form is a JSON object.", where="source")
    return found


@require_POST
def form_move(request: HttpRequest, form_id: str, number: int) -> HttpResponse:
    """A step of a version; a refusal is told on the version's own page."""
    name = posted(request, "act")
    try:
        if name not in MOVES:
            raise InputError(zh=f"没有“{name}”这一步。", en=f"There is no step “{name}”.", where="act")
        act, told = MOVES[name]
        act(actor=actor_of_request(request), form_id=form_id, number=number, note=posted(request, "note"))
    except (InputError, Conflict, Refused) as error:
        return _version(request, form_id, number, error)
    messages.success(request, say(told))
    return HttpResponseRedirect(reverse("studio:form-version", args=[form_id, number]))
