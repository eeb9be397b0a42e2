"""Apply to use a resource: the fields to tick, for what, on which basis; the application becomes a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.data import selectors as data
from yiwang.data.answers import ResourceDetail
from yiwang.flow import service
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, YiwangError
from yiwang.trust import selectors as trust
from yiwang.trust.core.purposes import MASKS, METHODS, PURPOSES, mask_for
from yiwang.trust.service import GrantAsk
from yiwang.web.actors import actor_of_request
from yiwang.web.answers import problem_of
from yiwang.web.language import say
from yiwang.web.reading import posted, posted_day

ITEM = "data-sharing"
UNTIL = Text(zh="用到哪天", en="Until which day")
QUOTA = Text(zh="每日最多多少行", en="Rows a day at most")


@dataclass(frozen=True)
class FieldChoice:
    """A field as the page offers it: ticked or not, with the mask chosen for it."""

    id: str
    title: Text
    grade: int
    ticked: bool
    mask: str


@require_http_methods(["GET", "HEAD", "POST"])
def grant_apply(request: HttpRequest, resource_id: str) -> HttpResponse:
    actor = actor_of_request(request)
    demand(actor, "grant.apply", actor.department)
    detail = data.resource_get(actor, resource_id)
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            return HttpResponseRedirect(_filed(request, actor, detail))
        except InputError as error:
            problem = error
    facts = trust.resource_facts(resource_id)
    context = {
        "resource": detail,
        "share": facts.share,
        "is_own": facts.provider == actor.department,
        "fields": [_choice(request, each) for each in facts.fields],
        "methods": [(name, METHODS[name], name in request.POST.getlist("methods")) for name in trust.methods_of(facts)],
        "masks": tuple(MASKS.items()),
        "purposes": tuple(PURPOSES.items()),
        "given": request.POST,
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/grants/apply.html", context, status=problem.status if problem else 200)


def _choice(request: HttpRequest, field: trust.FieldFacts) -> FieldChoice:
    return FieldChoice(
        id=field.id,
        title=field.title,
        grade=field.grade,
        ticked=field.id in request.POST.getlist("fields"),
        mask=posted(request, f"mask-{field.id}") or mask_for(field.grade),
    )


def _filed(request: HttpRequest, actor: Actor, detail: ResourceDetail) -> str:
    """Open the case of the application; where to go on. Raises InputError before a case is opened."""
    answers = _answers(request, detail.row.id)
    until = posted_day(request, "until", UNTIL)
    if until is None:
        raise InputError(zh=f"请填写“{UNTIL.zh}”", en=f"fill in “{UNTIL.en}”", where="until")
    today = timezone.localdate()
    masks = {name: posted(request, f"mask-{name}") for name in request.POST.getlist("fields")}
    trust.grant_ask_check(
        actor,
        GrantAsk(
            resource=detail.row.id,
            fields=request.POST.getlist("fields"),
            methods=answers["methods"],
            purpose_code=answers["purpose_code"],
            purpose=answers["purpose"],
            basis=answers["basis"],
            valid_from=today,
            valid_until=until + timedelta(days=1),
            row_filter=answers["row_filter"],
            masks={name: mask for name, mask in masks.items() if mask},
            quota_per_day=answers["quota"],
        ),
    )
    title = say(Text(zh=f"申请使用：{detail.row.title.zh}", en=f"Apply to use: {detail.row.title.en}"))
    opened = service.case_open(actor=actor, item_id=ITEM, title=title, answers={**answers, "until": str(until)})
    number = trust.grant_of_case(actor, opened.number)
    return reverse("work:grant", args=[number]) if number else reverse("work:case", args=[opened.number])


def _answers(request: HttpRequest, resource: str) -> dict[str, Any]:
    """What the item's form asks, from what was ticked and written."""
    fields = request.POST.getlist("fields")
    masks = [(name, posted(request, f"mask-{name}")) for name in fields]
    return {
        "resource": resource,
        "fields": "\n".join(fields),
        "methods": request.POST.getlist("methods"),
        "row_filter": posted(request, "row_filter"),
        "masks": "\n".join(f"{name}: {mask}" for name, mask in masks if mask),
        "purpose_code": posted(request, "purpose_code"),
        "purpose": posted(request, "purpose"),
        "basis": posted(request, "basis"),
        "quota": _quota(posted(request, "quota")),
        "client": posted(request, "client"),
    }


def _quota(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 9:
        raise InputError(
            zh=f"“{QUOTA.zh}”不是整数：{text}", en=f"“{say(QUOTA)}” is no whole number: {text}", where="quota"
        )
    return int(text)
