"""How a decision came to be what it is: versions with who wrote and who approved them, any two compared, and the way back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.kernel.access import demand
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, YiwangError
from yiwang.rules import selectors as rules
from yiwang.rules import service
from yiwang.web.actors import actor_of_request
from yiwang.web.answers import problem_of
from yiwang.web.language import pick
from yiwang.web.reading import posted, posted_needed
from yiwang.web.studio.frame import asked_number, page
from yiwang.web.studio.version import difference_or_why

REASON = Text(zh="理由", en="Reason")


@require_safe
def history(request: HttpRequest, decision_id: str) -> HttpResponse:
    actor = actor_of_request(request)
    detail = rules.decision_get(actor, decision_id)
    versions = rules.decision_versions(actor, decision_id)
    return page(
        request,
        detail.row,
        "history",
        "history",
        versions=versions,
        current=detail.version.number,
        newest=versions[0].number,
        steps=rules.decision_history(actor, decision_id),
    )


@require_safe
def compare(request: HttpRequest, decision_id: str) -> HttpResponse:
    """Two versions chosen in the address: `a` before, `b` after. Without a choice: the one that holds and the newest."""
    actor = actor_of_request(request)
    versions = rules.decision_versions(actor, decision_id)
    held = rules.decision_get(actor, decision_id).version.number
    before = asked_number(request, "a") or held
    detail = rules.decision_get(actor, decision_id, number=asked_number(request, "b") or versions[0].number)
    found, why = difference_or_why(actor, detail, against=before)
    return page(
        request,
        detail.row,
        "history",
        "compare",
        versions=versions,
        before=before,
        after=detail.version.number,
        found=found,
        found_problem=problem_of(why) if why else None,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def roll_back(request: HttpRequest, decision_id: str, number: int) -> HttpResponse:
    """Asks once more, with what will be different, before an earlier version holds again."""
    actor = actor_of_request(request)
    detail = rules.decision_get(actor, decision_id, number=number)
    demand(actor, "decision.approve", detail.row.department)
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            service.decision_roll_back(
                actor=actor, decision_id=decision_id, number=number, note=posted_needed(request, "note", REASON)
            )
            messages.success(request, pick(f"第 {number} 版重新生效。", f"Version {number} holds again."))
            return HttpResponseRedirect(reverse("studio:history", args=[decision_id]))
        except (InputError, Conflict) as error:
            problem = error
    found, why = difference_or_why(actor, detail)
    return page(
        request,
        detail.row,
        "history",
        "roll_back",
        problem=problem,
        detail=detail,
        version=detail.version,
        can_roll_back=detail.version.state in ("replaced", "rolled-back"),
        current=detail.row.published,
        found=found,
        found_problem=problem_of(why) if why else None,
        note=posted(request, "note"),
    )
