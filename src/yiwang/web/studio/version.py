"""One version: what it changes, what checking it found, what it does to the city, and the steps it can take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yiwang.data import selectors as data
from yiwang.data import service as data_service
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, Refused, YiwangError
from yiwang.rules import selectors as rules
from yiwang.rules import service
from yiwang.rules.selectors import DecisionDetail, VersionDifference, VersionRow
from yiwang.web.actors import actor_of_request, may
from yiwang.web.answers import problem_of
from yiwang.web.language import say
from yiwang.web.reading import posted, posted_day, posted_needed
from yiwang.web.studio.effect import effect_context
from yiwang.web.studio.frame import page
from yiwang.web.studio.tables import logic_view
from yiwang.web.words import WORDS

PURPOSE = Text(zh="用途", en="Purpose")
ON = Text(zh="按哪一天测算", en="As of")
MOVES: dict[str, tuple[Callable[..., VersionRow], Text]] = {
    "propose": (service.decision_propose, Text(zh="已提交，等待批准。", en="Sent for approval.")),
    "approve": (service.decision_approve, Text(zh="已批准，从现在起生效。", en="Approved; it holds from now on.")),
    "reject": (service.decision_reject, Text(zh="已退回，起草人会看到理由。", en="Sent back with the reason.")),
    "withdraw": (service.decision_withdraw, Text(zh="已撤回为草稿。", en="Taken back; it is a draft again.")),
}


@dataclass(frozen=True)
class StepLine:
    title: Text
    state: str


def step_lines(state: str) -> tuple[StepLine, ...]:
    """The way of a version with where it stands."""
    way = ("draft", "proposed", "published")
    at = way.index(state) if state in way else len(way) if state in ("replaced", "rolled-back") else 1
    done = 3 if state == "published" else at
    return tuple(
        StepLine(WORDS["version-step"][code].text, "done" if n < done else "now" if n == at else "")
        for n, code in enumerate(way)
    )


def difference_or_why(
    actor: Actor, detail: DecisionDetail, *, against: int | None = None
) -> tuple[VersionDifference | None, YiwangError | None]:
    """What a version changes, or why that cannot be said."""
    try:
        found = rules.decision_difference(
            actor, detail.row.id, number=detail.version.number, against=against, on=timezone.localdate()
        )
    except YiwangError as error:
        return None, error
    return found, None


def against_of(detail: DecisionDetail) -> int | None:
    """An open version is compared with the one that holds, any other with the one it was made from."""
    if detail.version.state in ("draft", "proposed", "rejected") or detail.version.based_on is None:
        return None
    return detail.version.based_on


@never_cache
@require_safe
def version(request: HttpRequest, decision_id: str, number: int) -> HttpResponse:
    return _shown(request, decision_id, number)


def _shown(request: HttpRequest, decision_id: str, number: int, problem: YiwangError | None = None) -> HttpResponse:
    actor = actor_of_request(request)
    detail = rules.decision_get(actor, decision_id, number=number)
    found, why = difference_or_why(actor, detail, against=against_of(detail))
    report = rules.decision_check(actor, decision_id, number=number)
    logic = logic_view(detail, timezone.localdate())
    return page(
        request,
        detail.row,
        "history",
        "version",
        problem=problem,
        detail=detail,
        version=detail.version,
        steps=step_lines(detail.version.state),
        found=found,
        found_problem=problem_of(why) if why else None,
        report=report,
        cases_broken=[one for one in report.cases if not one.holds],
        cases_held=sum(one.holds for one in report.cases),
        errors=sum(one.level == "error" for one in report.findings),
        logic=logic,
        logic_problem=problem_of(logic.problem) if logic.problem else None,
        given=request.POST,
        **_acts(actor, detail),
        **effect_context(detail, data.effect_get(actor, decision_id, number=number), logic.granting),
    )


def _acts(actor: Actor, detail: DecisionDetail) -> dict[str, Any]:
    """Which steps the reader is shown; the services ask again."""
    one, department = detail.version, detail.row.department
    edits, approves = may(actor, "decision.edit", department), may(actor, "decision.approve", department)
    is_author = one.author == actor.id
    return {
        "is_author": is_author,
        "can_edit": one.state == "draft" and edits and is_author,
        "can_propose": one.state == "draft" and edits,
        "can_decide": one.state == "proposed" and approves and not is_author,
        "can_withdraw": one.state == "proposed" and edits and is_author,
        "can_roll_back": one.state in ("replaced", "rolled-back") and approves,
    }


@require_POST
def effect_start(request: HttpRequest, decision_id: str, number: int) -> HttpResponse:
    """Ask for the effect on the city; it is worked out beside the requests."""
    try:
        data_service.effect_start(
            actor=actor_of_request(request),
            decision_id=decision_id,
            number=number,
            on=posted_day(request, "on", ON) or timezone.localdate(),
            purpose=posted_needed(request, "purpose", PURPOSE),
        )
    except InputError as error:
        return _shown(request, decision_id, number, error)
    return HttpResponseRedirect(reverse("studio:version", args=[decision_id, number]) + "#effect")


@require_POST
def move(request: HttpRequest, decision_id: str, number: int) -> HttpResponse:
    """A step of a version; a refusal is told on the version's own page."""
    name = posted(request, "act")
    try:
        if name not in MOVES:
            raise InputError(zh=f"没有“{name}”这一步。", en=f"There is no step “{name}”.", where="act")
        act, told = MOVES[name]
        act(actor=actor_of_request(request), decision_id=decision_id, number=number, note=posted(request, "note"))
    except (InputError, Conflict, Refused) as error:
        return _shown(request, decision_id, number, error)
    messages.success(request, say(told))
    return HttpResponseRedirect(reverse("studio:version", args=[decision_id, number]))
