"""Loads: the list, one load with its account, and its progress."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yiwang.data import selectors as data
from yiwang.data import service
from yiwang.data.answers import LoadDetail
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.web.actors import actor_of_request, may
from yiwang.web.reading import one_of, page_number
from yiwang.web.words import WORDS
from yiwang.web.work.resourceparts import field_titles


@dataclass(frozen=True)
class MappingLine:
    header: str
    field: str
    title: Text | None
    how: str


@dataclass(frozen=True)
class StageLine:
    title: Text
    state: str


def stage_lines(stage: str) -> tuple[StageLine, ...]:
    """The stages of a load with where it stands: done, now or to come."""
    codes = tuple(WORDS["load-stage"])
    reached = codes.index(stage) if stage in codes else len(codes) if stage == "done" else -1
    return tuple(
        StageLine(WORDS["load-stage"][code].text, "done" if at < reached else "now" if at == reached else "")
        for at, code in enumerate(codes)
    )


def may_resend(actor: Actor, load: LoadDetail) -> bool:
    return load.row.state == "failed" and may(actor, "resource.load")


@require_safe
def loads(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    state = one_of(request, "state", WORDS["load"])
    mine = request.GET.get("mine") == "1"
    resource_id = request.GET.get("resource", "")[:80]
    context = {
        "loads": data.load_list(actor, resource_id=resource_id, state=state, mine=mine, page=page_number(request)),
        "states": [(value, known.text) for value, known in WORDS["load"].items()],
        "state": state,
        "mine": mine,
        "resource_id": resource_id,
        "may_load": may(actor, "resource.load"),
    }
    return render(request, "yiwang/work/loads.html", context)


@never_cache
@require_safe
def load(request: HttpRequest, load_id: int) -> HttpResponse:
    actor = actor_of_request(request)
    found = data.load_get(actor, load_id)
    titles = field_titles(actor, found.row.resource_id)
    context = {
        "load": found,
        "mapping": [MappingLine(one.header, one.field, titles.get(one.field), one.how) for one in found.mapping],
        "stages": stage_lines(found.row.stage),
        "may_load": may_resend(actor, found),
    }
    return render(request, "yiwang/work/load.html", context)


@require_POST
def retry(request: HttpRequest, load_id: int) -> HttpResponse:
    """A failed load takes up where it stopped."""
    service.load_retry(actor=actor_of_request(request), load_id=load_id)
    return HttpResponseRedirect(reverse("work:load", args=[load_id]))


@never_cache
@require_safe
def progress(request: HttpRequest, load_id: int) -> HttpResponse:
    """The piece that is swapped in every second; once the load has ended it asks for the whole page."""
    row = data.load_get(actor_of_request(request), load_id).row
    ended = row.state not in {"waiting", "running"}
    return render(
        request, "yiwang/work/load_progress.html", {"row": row, "ended": ended, "stages": stage_lines(row.stage)}
    )
