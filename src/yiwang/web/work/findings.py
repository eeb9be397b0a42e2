"""Fields that look sensitive: the evidence, and a person's decision."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from yiwang.data import selectors as data
from yiwang.data import service
from yiwang.data.answers import FindingRow
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError
from yiwang.web.actors import actor_of_request, may
from yiwang.web.reading import one_of, page_number, posted
from yiwang.web.words import WORDS, word


@dataclass(frozen=True)
class Sign:
    title: Text
    hits: int
    of: int
    example: str


@dataclass(frozen=True)
class Shown:
    """A finding as the page shows it."""

    id: int
    resource_id: str
    resource_title: Text
    field: str
    semantic_title: Text
    grade: int
    declared_grade: int
    evidence: tuple[Sign, ...]
    state: str
    decided_by: str
    note: str
    may_decide: bool


@dataclass(frozen=True)
class Shelf:
    """A page of findings, with what the pager needs."""

    items: tuple[Shown, ...]
    total: int
    page: int
    pages: int


def _sign(raw: dict[str, object]) -> Sign:
    hits, of = raw.get("hits", 0), raw.get("of", 0)
    title = word("sign", raw.get("kind", "")).text
    return Sign(
        title, hits if isinstance(hits, int) else 0, of if isinstance(of, int) else 0, str(raw.get("example", ""))
    )


def _shown(row: FindingRow, actor: Actor) -> Shown:
    return Shown(
        id=row.id,
        resource_id=row.resource_id,
        resource_title=row.resource_title,
        field=row.field,
        semantic_title=row.semantic_title,
        grade=row.grade,
        declared_grade=row.declared_grade,
        evidence=tuple(_sign(dict(one)) for one in row.evidence),
        state=row.state,
        decided_by=row.decided_by,
        note=row.note,
        may_decide=row.state == "open" and may(actor, "resource.classify"),
    )


@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    actor, state = actor_of_request(request), one_of(request, "state", WORDS["finding"], "open")
    found = data.finding_list(actor, state=state, page=page_number(request))
    context = {
        "rows": Shelf(tuple(_shown(row, actor) for row in found.items), found.total, found.page, found.pages),
        "states": [(value, known.text) for value, known in WORDS["finding"].items()],
        "state": state,
    }
    return render(request, "yiwang/work/findings.html", context)


@require_POST
def decide(request: HttpRequest, finding_id: int) -> HttpResponse:
    decision = posted(request, "decision")
    if decision not in {"confirm", "dismiss"}:
        raise InputError(
            zh="请选择确认或排除。",
            en="choose to confirm or to dismiss.",
            where="decision",
            hint_zh="请返回后再选。",
            hint_en="Go back and choose.",
        )
    service.finding_decide(
        actor=actor_of_request(request),
        finding_id=finding_id,
        confirm=decision == "confirm",
        note=posted(request, "note"),
    )
    return HttpResponseRedirect(reverse("work:findings"))
