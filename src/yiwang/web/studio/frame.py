"""What every page of one decision shares: its head, its tabs and what the reader may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import YiwangError
from yiwang.rules.selectors import DecisionRow
from yiwang.web.actors import actor_of_request, may
from yiwang.web.answers import problem_of

TABS: tuple[tuple[str, Text, str], ...] = (
    ("decision", Text(zh="规则", en="The rules"), "table"),
    ("try", Text(zh="试算", en="Try it"), "calculator"),
    ("history", Text(zh="版本与历史", en="Versions and history"), "history"),
)


@dataclass(frozen=True)
class Tab:
    title: Text
    address: str
    icon: str
    current: bool
    count: int = 0


def page(
    request: HttpRequest,
    row: DecisionRow,
    tab: str,
    template: str,
    *,
    problem: YiwangError | None = None,
    **more: Any,
) -> HttpResponse:
    """A page under the decision's head; a problem is told above it, with the status it names."""
    actor = actor_of_request(request)
    waiting = row.drafts + row.waiting
    context = {
        "row": row,
        "tabs": tuple(
            Tab(title, reverse(f"studio:{name}", args=[row.id]), icon, name == tab, waiting if name == "history" else 0)
            for name, title, icon in TABS
        ),
        "may_edit": may(actor, "decision.edit", row.department),
        "may_approve": may(actor, "decision.approve", row.department),
        "may_match": may(actor, "decision.match", row.department),
        "problem": problem_of(problem) if problem else None,
        **more,
    }
    return render(request, f"yiwang/studio/{template}.html", context, status=problem.status if problem else 200)


def asked_number(request: HttpRequest, key: str = "version") -> int | None:
    """A version's number from the form or the address; None when there is none."""
    given = request.POST.get(key) or request.GET.get(key) or ""
    return int(given) if given.isdecimal() and len(given) < 9 else None
