"""The questions of a form changed one by one without scripts, and the form as whoever is asked sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yiwang.flow import selectors as flow
from yiwang.flow import service
from yiwang.flow.core.forms.asked import Asked
from yiwang.flow.core.forms.checking import problems
from yiwang.flow.core.forms.editing import (
    NoSuchPlace,
    component_added,
    component_at,
    component_changed,
    component_moved,
    component_removed,
)
from yiwang.flow.core.forms.settings import Setting, setting_read, settings_of
from yiwang.flow.core.forms.viewing import Shown, form_view, fresh_questions
from yiwang.flow.core.forms.vocabulary import COMPONENTS
from yiwang.flow.selectors import FormVersionRow, FormWritten
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused, YiwangError
from yiwang.rules.errors import VersionMoved
from yiwang.web.actors import actor_of_request, may
from yiwang.web.forms import form_filled, form_part
from yiwang.web.language import CHINESE, ENGLISH
from yiwang.web.reading import one_of, posted, posted_needed
from yiwang.web.studio.forms import is_own, page, question_lines

KEY = Text(zh="答案的名称", en="Name of the answer")
LANGUAGES = {"zh": CHINESE, "en": ENGLISH}
# Each step makes the next schema and says where to go on: a component's place, or empty for the list.
Step = Callable[[HttpRequest, dict[str, Any]], tuple[dict[str, Any], str]]


@dataclass(frozen=True)
class Field:
    """A setting with what stands there now."""

    setting: Setting
    value: str


def _added(request: HttpRequest, body: dict[str, Any]) -> tuple[dict[str, Any], str]:
    kind, key = posted(request, "type"), posted(request, "key")
    if kind in COMPONENTS and ("key" in COMPONENTS[kind].keys or kind == "dynamiclist"):
        key = posted_needed(request, "key", KEY)
    return component_added(body, kind, key, posted(request, "within"))


def _moved(request: HttpRequest, body: dict[str, Any]) -> tuple[dict[str, Any], str]:
    return component_moved(body, posted(request, "place"), -1 if posted(request, "act") == "up" else 1), ""


def _removed(request: HttpRequest, body: dict[str, Any]) -> tuple[dict[str, Any], str]:
    return component_removed(body, posted(request, "place")), ""


STEPS: dict[str, Step] = {"add": _added, "up": _moved, "down": _moved, "remove": _removed}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form_questions(request: HttpRequest, form_id: str, number: int) -> HttpResponse:
    """The list of what is asked: add, move, remove. A version that is not one's own draft is changed in a new one."""
    actor = actor_of_request(request)
    detail = flow.form_written(actor, form_id, number=number)
    problem: YiwangError | None = None
    if request.method == "POST":
        act = posted(request, "act")
        try:
            _unmoved(request, detail)
            if act not in STEPS:
                raise InputError(zh=f"没有“{act}”这一步。", en=f"There is no step “{act}”.", where="act")
            body, place = _placed(lambda: STEPS[act](request, detail.body))
            return _go_on(form_id, _saved(actor, detail, body), place)
        except (InputError, Conflict, Refused) as error:
            problem = error
    rows = question_lines(detail)
    return page(
        request,
        detail,
        "questions",
        problem,
        lines=rows,
        own=is_own(actor, detail),
        types=[(kind, one.title) for kind, one in COMPONENTS.items() if kind != "button"],
        groups=[one for one in rows if one.line.is_group],
        given=request.POST,
        can_change=may(actor, "process.edit", detail.row.department),
        findings=flow.form_findings(actor, form_id, number=number),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form_question(request: HttpRequest, form_id: str, number: int, place: str) -> HttpResponse:
    """One question with everything that can be said of it."""
    actor = actor_of_request(request)
    detail = flow.form_written(actor, form_id, number=number)
    component = _placed(lambda: component_at(detail.body, place))
    kind, problem = str(component.get("type", "")), None
    settings = settings_of(kind)
    given = {one.id: setting_read(component, one) for one in settings}
    if request.method == "POST":
        given = {one.id: request.POST.get(one.id, "") for one in settings}
        try:
            _unmoved(request, detail)
            return _go_on(form_id, _saved(actor, detail, component_changed(detail.body, place, given)), "")
        except (InputError, Conflict, Refused) as error:
            problem = error
    return page(
        request,
        detail,
        "question",
        problem,
        place=place,
        kind=COMPONENTS[kind].title if kind in COMPONENTS else Text(zh=kind or "—", en=kind or "—"),
        name=component.get("key") or component.get("path") or component.get("id") or kind,
        fields=[Field(one, given[one.id]) for one in settings],
        own=is_own(actor, detail),
    )


def _unmoved(request: HttpRequest, detail: FormWritten) -> None:
    """A place counts in the schema the page showed, and in no other. Raises VersionMoved."""
    if posted(request, "digest") != detail.version.digest:
        raise VersionMoved(
            zh="这份草稿在另一个窗口改过，请看过再改",
            en="this draft was changed in another window; look at it again",
            where=detail.row.id,
        )


def _placed(find: Callable[[], Any]) -> Any:
    try:
        return find()
    except NoSuchPlace as error:
        raise NotFound(zh="表单里没有这一项", en="the form has nothing there", where=str(error)) from error


def _saved(actor: Actor, detail: FormWritten, body: dict[str, Any]) -> FormVersionRow:
    number = detail.version.number if is_own(actor, detail) else None
    return service.form_draft_save(actor=actor, form_id=detail.row.id, body=body, number=number)


def _go_on(form_id: str, saved: FormVersionRow, place: str) -> HttpResponse:
    if place:
        return HttpResponseRedirect(reverse("studio:form-question", args=[form_id, saved.number, place]))
    return HttpResponseRedirect(reverse("studio:form-questions", args=[form_id, saved.number]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form_preview(request: HttpRequest, form_id: str, number: int) -> HttpResponse:
    """As whoever is asked sees it, in either language; it can be filled in and judged, and nothing of it is kept."""
    actor = actor_of_request(request)
    detail = flow.form_written(actor, form_id, number=number)
    spoken, now = one_of(request, "in", LANGUAGES, "zh"), timezone.localtime()
    drawn = ""
    if detail.form is not None:
        answers: dict[str, Any] = {}
        wrong: dict[str, Text] = {}
        fresh: tuple[Text, ...] = ()
        if request.method == "POST":
            filled = form_filled(request, detail.form, {})
            answers, asked = filled.answers, Asked(detail.form, filled.answers, now)
            fresh = fresh_questions(asked, filled.seen) if filled.act == "submit" else ()
            wrong = problems(asked) if filled.act == "submit" and not fresh else {}
        view = form_view(Asked(detail.form, answers, now), Shown(wrong, {}, number), fresh)
        action = f"{request.path}?in={spoken}"
        with translation.override(LANGUAGES[spoken]):
            if getattr(request, "htmx", False):
                return form_part(request, view, action)
            words = {"form": view, "action": action, "language": spoken}
            drawn = render_to_string("yiwang/parts/form.html", words, request)
    return page(request, detail, "preview", drawn=drawn, spoken=spoken, sent=request.method == "POST")
