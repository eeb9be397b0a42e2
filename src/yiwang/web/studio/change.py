"""Changing a decision as a draft: a parameter's value from a day on, or the table itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound, YiwangError
from yiwang.rules import selectors as rules
from yiwang.rules import service
from yiwang.rules.selectors import DecisionDetail, VersionRow
from yiwang.web.actors import actor_of_request
from yiwang.web.language import pick
from yiwang.web.reading import posted, posted_day, posted_needed
from yiwang.web.studio.decision import parameter_cards
from yiwang.web.studio.editorwords import editor_words
from yiwang.web.studio.frame import asked_number, page

VALUE = Text(zh="新的值", en="New value")
FROM = Text(zh="自何日起", en="From")
LAW = Text(zh="依据的文件", en="Law or notice")
ARTICLE = Text(zh="条款", en="Article")
UNTIL = Text(zh="有效期至", en="Until")
TABLE = Text(zh="规则表", en="The table")


def _base(actor: Actor, decision_id: str, number: int | None) -> tuple[DecisionDetail, tuple[VersionRow, ...]]:
    """What the change starts from, and the actor's own drafts. Raises Refused without the right to edit."""
    detail = rules.decision_get(actor, decision_id, number=number)
    demand(actor, "decision.edit", detail.row.department)
    own = tuple(
        one for one in rules.decision_versions(actor, decision_id) if one.state == "draft" and one.author == actor.id
    )
    return detail, own


def _saved(request: HttpRequest, version: VersionRow) -> HttpResponseRedirect:
    messages.success(
        request, pick(f"已存为草稿：第 {version.number} 版。", f"Saved as a draft: version {version.number}.")
    )
    return HttpResponseRedirect(reverse("studio:version", args=[version.decision, version.number]))


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, decision_id: str) -> HttpResponse:
    """A form for each parameter; what is saved goes into the draft `version`, or a new one."""
    actor, number = actor_of_request(request), asked_number(request)
    problem: YiwangError | None = None
    detail, own = _base(actor, decision_id, number)
    if request.method == "POST":
        try:
            return _saved(request, _amend(request, actor, detail, number))
        except InputError as error:
            problem = error
    today = timezone.localdate()
    return page(
        request,
        detail.row,
        "decision",
        "change",
        problem=problem,
        detail=detail,
        number=number,
        own=own,
        parameters=parameter_cards(detail, today),
        given=request.POST,
        today=today,
    )


def _amend(request: HttpRequest, actor: Actor, detail: DecisionDetail, number: int | None) -> VersionRow:
    name = posted(request, "parameter")
    if name not in detail.parameter_texts:
        raise NotFound(zh=f"没有参数 {name}", en=f"there is no parameter {name}", where="parameter")
    first = posted_day(request, "from", FROM)
    if first is None:
        posted_needed(request, "from", FROM)
    text = rules.parameter_amended(
        detail.parameter_texts[name],
        value=posted_needed(request, "value", VALUE),
        first=first or timezone.localdate(),
        law=posted_needed(request, "law", LAW),
        article=posted_needed(request, "article", ARTICLE),
        until=posted_day(request, "until", UNTIL),
    )
    return service.decision_draft_save(
        actor=actor,
        decision_id=detail.row.id,
        dmn=detail.dmn,
        parameters={name: text},
        number=number,
        note=posted(request, "note"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def table(request: HttpRequest, decision_id: str) -> HttpResponse:
    """The table in the editor; without scripts its text."""
    actor, number = actor_of_request(request), asked_number(request)
    problem: YiwangError | None = None
    detail, own = _base(actor, decision_id, number)
    source = detail.dmn.decode("utf-8", "replace")
    if request.method == "POST":
        # A form sends line ends as two characters; a table that was not touched keeps its digest.
        source = request.POST.get("dmn", "").replace("\r\n", "\n")
        try:
            posted_needed(request, "dmn", TABLE)
            return _saved(
                request,
                service.decision_draft_save(
                    actor=actor,
                    decision_id=decision_id,
                    dmn=source.encode("utf-8"),
                    number=number,
                    note=posted(request, "note"),
                ),
            )
        except InputError as error:
            problem = error
    return page(
        request,
        detail.row,
        "decision",
        "change_table",
        problem=problem,
        detail=detail,
        number=number,
        own=own,
        source=source,
        words=editor_words(),
        note=posted(request, "note"),
    )
