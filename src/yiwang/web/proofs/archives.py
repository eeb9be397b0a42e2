"""The archive at the desk: what is kept, what was checked, and what two people let go."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, YiwangError
from yiwang.trust import selectors as trust
from yiwang.trust import service
from yiwang.web.actors import actor_of_request, may
from yiwang.web.answers import problem_of
from yiwang.web.language import say
from yiwang.web.reading import one_of, page_number, posted_needed

PURPOSE = Text(zh="调阅的用途", en="What you read it for")
OFFICE = Text(zh="接收的档案馆", en="The archive office")
RECEIPT = Text(zh="回执编号", en="Number of the receipt")
REASON = Text(zh="销毁的理由", en="Why it is to be destroyed")
STATES: dict[str, Text] = {
    "packed": Text(zh="在库", en="kept here"),
    "transferred": Text(zh="已移交", en="handed over"),
    "proposed": Text(zh="待批准销毁", en="proposed for destruction"),
    "destroyed": Text(zh="已销毁", en="destroyed"),
}


@require_safe
def archives(request: HttpRequest) -> HttpResponse:
    state, over = one_of(request, "state", STATES), request.GET.get("over") == "1"
    actor = actor_of_request(request)
    rows = trust.archive_list(actor, state=state, over=over, page=page_number(request))
    told = [(row, STATES[row.state]) for row in rows.items]
    context = {"rows": rows, "told": told, "state": state, "over": over, "states": STATES.items()}
    return render(request, "yiwang/proofs/archives.html", context)


@never_cache
@require_safe
def archive(request: HttpRequest, number: str) -> HttpResponse:
    return _shown(request, number)


@never_cache
@require_POST
def package(request: HttpRequest, number: str) -> HttpResponse | FileResponse:
    """The package itself, for a purpose that is kept."""
    try:
        purpose = posted_needed(request, "purpose", PURPOSE)
    except InputError as error:
        return _shown(request, number, error)
    tar = trust.archive_file(actor_of_request(request), number, purpose=purpose)
    return FileResponse(tar, as_attachment=True, filename=f"{number}.tar", content_type="application/x-tar")


@require_POST
def act(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of_request(request)

    def transfer() -> object:
        office = posted_needed(request, "office", OFFICE)
        return service.archive_transfer(actor=actor, number=number, office=office)

    def receipt() -> None:
        service.archive_received(actor=actor, number=number, receipt=posted_needed(request, "receipt", RECEIPT))

    def propose() -> None:
        reason = posted_needed(request, "reason", REASON)
        service.archive_destroy_propose(actor=actor, number=number, reason=reason)

    acts: dict[str, Callable[[], object]] = {
        "check": lambda: service.archive_check(actor=actor, number=number),
        "transfer": transfer,
        "receipt": receipt,
        "propose": propose,
        "approve": lambda: service.archive_destroy_approve(actor=actor, number=number),
    }
    asked = request.POST.get("act", "")
    try:
        if asked not in acts:
            raise InputError(zh=f"没有这个动作：{asked[:20]}", en=f"there is no act {asked[:20]}", where="act")
        acts[asked]()
    except YiwangError as error:
        return _shown(request, number, error)
    messages.success(request, say(Text(zh="已办。", en="Done.")))
    return HttpResponseRedirect(reverse("proofs:archive", args=[number]))


def _shown(request: HttpRequest, number: str, problem: YiwangError | None = None) -> HttpResponse:
    actor = actor_of_request(request)
    found = trust.archive_get(actor, number)
    context = {
        "found": found,
        "state": STATES[found.row.state],
        "may_keep": may(actor, "archive.keep", found.row.department),
        "may_destroy": may(actor, "archive.destroy", found.row.department),
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/proofs/archive.html", context, status=problem.status if problem else 200)
