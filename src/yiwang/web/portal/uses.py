"""Who used my data: every use in plain words, its proof, and a question to the office that made it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.flow import service as flow
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound, YiwangError
from yiwang.kernel.paging import Page
from yiwang.trust import selectors as trust
from yiwang.trust import service
from yiwang.trust.core.purposes import PURPOSES
from yiwang.trust.core.verifier import check_proof, cosigners
from yiwang.trust.errors import ProofWrong
from yiwang.web.actors import CITIZEN, actor_of_request
from yiwang.web.answers import problem_of
from yiwang.web.brake import public_demand
from yiwang.web.language import say
from yiwang.web.people import said_department, said_hands
from yiwang.web.portal.tracking import code_kept
from yiwang.web.reading import page_number, posted_needed

ITEM = "data-question"
WHY = Text(zh="您的疑问", en="Your question")
CASE = Text(zh="办件", en="a case")
CREDENTIAL = Text(zh="证照", en="a credential")


@dataclass(frozen=True)
class Shown:
    """A use as its subject reads it."""

    id: str
    at: datetime
    office: str
    who: str
    what: str
    fields: str
    purpose: str
    basis: str
    via: str
    about: int
    acting_for: str


@never_cache
@require_safe
def uses(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    subjects = trust.subjects_of(actor)
    asked = request.GET.get("who", "")
    chosen = next((one for one in subjects if one.hash == asked), subjects[0] if subjects else None)
    found: Page[trust.UseRow] | None = None
    hidden = 0
    if chosen is not None:
        found = trust.use_list(actor, subject=chosen.hash, page=page_number(request))
        hidden = trust.hidden_count(actor, chosen.hash)
    context = {
        "subjects": subjects,
        "chosen": chosen,
        "list": found,
        "rows": [_shown(row, actor) for row in found.items] if found else [],
        "hidden": hidden,
        "cosigned": trust.ledger_cosigned(),
    }
    return render(request, "yiwang/portal/uses.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def use(request: HttpRequest, use_id: str) -> HttpResponse:
    """One use: its proof, looked through here and by the browser, and the question about it."""
    actor = actor_of_request(request)
    row = trust.use_get(actor, use_id)
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            return _question(request, row)
        except InputError as wrong:
            problem = wrong
    bundle, waiting = _bundle(actor, use_id)
    context = {
        "use": _shown(row, actor),
        "row": row,
        "bundle": json.dumps(bundle) if bundle else "",
        "fault": check_proof(bundle) if bundle else None,
        "witnesses": _witnesses(bundle),
        "size": bundle["size"] if bundle else 0,
        "waiting": problem_of(waiting) if waiting else None,
        "may_ask": any(one.hash for one in trust.subjects_of(actor)),
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/portal/use.html", context, status=problem.status if problem else 200)


@never_cache
@require_safe
def use_proof(request: HttpRequest, use_id: str) -> HttpResponse:
    """The proof as a file that `yiwang verify` reads, here or anywhere else."""
    bundle = service.proof_bundle(trust.use_proof(actor_of_request(request), use_id))
    answer = JsonResponse(bundle, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="proof-{bundle["index"]}.json"'
    return answer


def _bundle(actor: Actor, use_id: str) -> tuple[dict[str, Any], YiwangError | None]:
    try:
        return service.proof_bundle(trust.use_proof(actor, use_id)), None
    except ProofWrong as early:
        return {}, early


def _witnesses(bundle: dict[str, Any]) -> list[tuple[str, datetime]]:
    """Who else signed the checkpoint of a proof, and when."""
    held = cosigners(bundle["checkpoint"], bundle["witnesses"])[0] if bundle else []
    return [(name, datetime.fromtimestamp(at, UTC)) for name, at in held]


def _question(request: HttpRequest, row: trust.UseRow) -> HttpResponse:
    """A case for the office that used the data; asked twice about one use it is the same case."""
    public_demand(request)
    doubt = posted_needed(request, "doubt", WHY)
    shown = _shown(row, actor_of_request(request))
    opened = flow.case_open(
        actor=CITIZEN,
        item_id=ITEM,
        title=say(Text(zh=f"数据使用疑问：{shown.what}", en=f"Question about a use: {shown.what}"))[:120],
        answers={
            "use": row.id,
            "office": row.department or "data-bureau",
            "about": f"{timezone.localtime(row.at):%Y-%m-%d %H:%M} {shown.what}：{shown.purpose}"[:400],
            "doubt": doubt[:1000],
        },
        channel="web",
        key=f"use:{row.id}:{actor_of_request(request).id}",
    )
    answer = HttpResponseRedirect(reverse("portal:receipt", args=[opened.number]))
    return code_kept(answer, request, opened.number, opened.code) if opened.code else answer


def _office(row: trust.UseRow, actor: Actor) -> str:
    """A department, or whoever is none: oneself, somebody one let act, the system."""
    if row.department:
        return said_department(row.department)
    if row.who == actor.id:
        return say(Text(zh="您本人", en="you yourself"))
    return say(Text(zh="受委托的人", en="somebody let act") if row.acting_for else Text(zh="本系统", en="this system"))


def _shown(row: trust.UseRow, actor: Actor) -> Shown:
    what, fields = _named(row)
    return Shown(
        id=row.id,
        at=row.at,
        office=_office(row, actor),
        who=said_hands(row.who) if row.who.startswith("account:") else "",
        what=what,
        fields=say(Text(zh="、".join(fields), en=", ".join(fields))) if fields else "",
        purpose=_why(row),
        basis=row.basis,
        via=row.via,
        about=row.about,
        acting_for=row.acting_for,
    )


def _why(row: trust.UseRow) -> str:
    """The exchange notes the code of a purpose and the words of the grant; pages and cases note words alone."""
    kind = say(PURPOSES.get(row.purpose)) or row.purpose
    return say(Text(zh=f"{kind}：{row.words}", en=f"{kind}: {row.words}")) if row.words else kind


def _named(row: trust.UseRow) -> tuple[str, tuple[str, ...]]:
    """The resource and its fields by their titles; what the catalogue does not know stands for itself."""
    if row.resource.startswith("case:"):
        return f"{say(CASE)} {row.resource.removeprefix('case:')}", row.fields
    if row.resource.startswith("credential:"):
        return f"{say(CREDENTIAL)} {row.resource.removeprefix('credential:')}", row.fields
    try:
        facts = trust.resource_facts(row.resource)
    except NotFound:
        return row.resource, row.fields
    titles = {one.id: say(one.title) for one in facts.fields}
    return say(facts.title), tuple(titles.get(name, name) for name in row.fields)
