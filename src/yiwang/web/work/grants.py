"""Grants of data: those my department asked for and those it answers for, one at a time, revoked or confirmed with a reason."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from yiwang.data import selectors as data
from yiwang.data import service as data_service
from yiwang.flow import selectors as flow
from yiwang.flow.answers import WorkRow
from yiwang.kernel import selectors as kernel
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound, Refused, YiwangError
from yiwang.kernel.paging import Page
from yiwang.trust import selectors as trust
from yiwang.trust import service
from yiwang.trust.answers import GrantDetail, GrantRow
from yiwang.trust.core.purposes import MASKS, METHODS
from yiwang.web.actors import actor_of_request
from yiwang.web.answers import problem_of
from yiwang.web.csvfile import csv_answer
from yiwang.web.language import pick, say
from yiwang.web.reading import one_of, page_number, posted, posted_needed
from yiwang.web.words import WORDS, word

SIDES: dict[str, Text] = {
    "": Text(zh="全部", en="All"),
    "applicant": Text(zh="我们申请的", en="We applied"),
    "owner": Text(zh="我们提供的", en="We provide"),
}
REASON = Text(zh="理由", en="Reason")
BASIS = Text(zh="依据", en="Basis")
MOST_EXPORTED = 500


def _found(request: HttpRequest, *, page: int, per_page: int) -> Page[GrantRow]:
    return trust.grant_list(
        actor_of_request(request),
        side=one_of(request, "side", SIDES),
        state=one_of(request, "state", WORDS["grant"]),
        resource=request.GET.get("resource", "")[:80],
        page=page,
        per_page=per_page,
    )


@require_safe
def grants(request: HttpRequest) -> HttpResponse:
    context = {
        "rows": _found(request, page=page_number(request), per_page=30),
        "side": one_of(request, "side", SIDES),
        "sides": tuple(SIDES.items()),
        "state": one_of(request, "state", WORDS["grant"]),
        "states": [("", SIDES[""]), *((value, known.text) for value, known in WORDS["grant"].items())],
    }
    return render(request, "yiwang/work/grants/list.html", context)


@require_safe
def grants_export(request: HttpRequest) -> HttpResponseBase:
    names = kernel.department_names()
    heads = [
        pick("授权", "Grant"),
        pick("资源", "Resource"),
        pick("申请部门", "Applicant"),
        pick("提供部门", "Owner"),
        pick("信息项", "Fields"),
        pick("方式", "Methods"),
        pick("用途", "Purpose"),
        pick("状态", "State"),
        pick("自", "From"),
        pick("至（不含）", "Until (exclusive)"),
    ]
    lines = (
        (
            row.number,
            row.resource,
            say(names.get(row.department)) or row.department,
            say(names.get(row.provider)) or row.provider,
            " ".join(row.fields),
            " ".join(row.methods),
            row.purpose,
            say(word("grant", row.state).text),
            str(row.valid_from),
            str(row.valid_until),
        )
        for row in _found(request, page=1, per_page=MOST_EXPORTED).items
    )
    return csv_answer("grants.csv", heads, lines)


@require_safe
def grant(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, trust.grant_get(actor_of_request(request), number))


def _page(request: HttpRequest, detail: GrantDetail, problem: YiwangError | None = None) -> HttpResponse:
    actor, row = actor_of_request(request), detail.row
    context = {
        "detail": detail,
        "row": row,
        "title": _resource_title(actor, row.resource),
        "fields": _fields(actor, detail),
        "methods": [METHODS[name] for name in row.methods],
        "works": _works(actor, row.case_number),
        "given": request.POST,
        "may_export": row.state == "active" and "export" in row.methods and actor.department == row.department,
        "once": secrets.token_hex(8),
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/grants/grant.html", context, status=problem.status if problem else 200)


def _resource_title(actor: Actor, resource: str) -> Text:
    try:
        return data.resource_get(actor, resource).row.title
    except NotFound:
        # A resource may leave the catalogue; what was granted of it stays on record.
        return Text(zh=resource, en=resource)


def _fields(actor: Actor, detail: GrantDetail) -> list[tuple[str, Text, Text]]:
    """(id, title, how its value is shown), as the catalogue calls them today."""
    try:
        titles = {field.id: field.title for field in data.resource_get(actor, detail.row.resource).definition.fields}
    except NotFound:
        titles = {}
    return [(name, titles.get(name, Text(zh=name, en=name)), MASKS[detail.masks[name]]) for name in detail.row.fields]


def _works(actor: Actor, case: str) -> tuple[WorkRow, ...]:
    """What the case of an application waits for, for those who may look at the case."""
    try:
        return tuple(one for one in flow.case_works(actor, case) if one.closed_at is None) if case else ()
    except (NotFound, Refused):
        return ()


def _revoke(actor: Actor, number: str, request: HttpRequest) -> None:
    reason, basis = posted_needed(request, "reason", REASON), posted_needed(request, "basis", BASIS)
    service.grant_revoke(actor=actor, number=number, reason=reason, basis=basis)


def _confirm(actor: Actor, number: str, request: HttpRequest) -> None:
    service.grant_confirm(actor=actor, number=number, reason=posted_needed(request, "reason", REASON))


def _export(actor: Actor, number: str, request: HttpRequest) -> str:
    """Order a file of what the grant covers; where it will be."""
    row = trust.grant_get(actor, number).row
    call = data_service.Call(row.resource, row.purpose_code, number)
    made = data_service.batch_start(actor=actor, call=call, format="csv", once=posted(request, "once")[:64] or number)
    return reverse("work:grant-file", args=[number, made.id])


ACTS: Mapping[str, Callable[[Actor, str, HttpRequest], str | None]] = {
    "revoke": _revoke,
    "confirm": _confirm,
    "export": _export,
}


@require_POST
def grant_act(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of_request(request)
    detail = trust.grant_get(actor, number)
    try:
        chosen = ACTS.get(posted(request, "act"))
        if chosen is None:
            raise InputError(zh="没有这种操作", en="there is no such act", where="act")
        onward = chosen(actor, number, request)
    except InputError as error:
        return _page(request, detail, error)
    return HttpResponseRedirect(onward or reverse("work:grant", args=[number]))


@require_safe
def grant_file(request: HttpRequest, number: str, batch: str) -> HttpResponseBase:
    """The file that was ordered, masked as the grant says; until it is made, how it stands."""
    actor = actor_of_request(request)
    row, made = trust.grant_get(actor, number).row, data.batch_get(actor, batch)
    if made.state != "done":
        context = {"row": row, "made": made}
        return render(request, "yiwang/work/grants/file.html", context, status=200 if made.error is None else 409)
    found, parts = data_service.batch_read(actor=actor, name=batch)
    answer = StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.resource}-{number}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
