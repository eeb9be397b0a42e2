"""One resource: what it is, what it holds, how good it is, where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.data import selectors as data
from yiwang.data import service
from yiwang.data.answers import ResourceDetail
from yiwang.kernel.access import verdict
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound, YiwangError
from yiwang.web.actors import actor_of_request, may
from yiwang.web.answers import problem_of
from yiwang.web.reading import posted, posted_needed
from yiwang.web.work.files import file_answer
from yiwang.web.work.resourceparts import entry_pairs, field_lines, history_chart, lineage_chart, rule_lines

PURPOSE = Text(zh="用途", en="Purpose")
FORMATS = ("csv", "xlsx", "parquet")


@dataclass(frozen=True)
class Tab:
    title: Text
    address: str
    icon: str
    current: bool
    count: int = 0


@dataclass(frozen=True)
class KeyQuestion:
    """One field of the key, asked to find a record."""

    name: str
    title: Text
    value: str


TABS: tuple[tuple[str, Text, str], ...] = (
    ("resource", Text(zh="概况", en="Overview"), "info-circle"),
    ("resource-fields", Text(zh="信息项与规则", en="Fields and rules"), "list-details"),
    ("resource-quality", Text(zh="质量", en="Quality"), "gauge"),
    ("resource-profile", Text(zh="画像", en="Profile"), "report-analytics"),
    ("resource-lineage", Text(zh="血缘", en="Lineage"), "schema"),
    ("resource-sample", Text(zh="样例与导出", en="Sample and export"), "eye"),
    ("resource-lifecycle", Text(zh="生命周期", en="Life cycle"), "history"),
)


def _page(
    request: HttpRequest, resource: ResourceDetail, route: str, template: str, status: int = 200, **more: Any
) -> HttpResponse:
    actor = actor_of_request(request)
    tabs = tuple(Tab(title, reverse(f"work:{r}", args=[resource.row.id]), icon, r == route) for r, title, icon in TABS)
    context = {
        "resource": resource,
        "tabs": tabs,
        "may_load": may(actor, "resource.load", resource.row.provider),
        "may_apply": resource.row.share_type == "conditional"
        and actor.department != resource.row.provider
        and may(actor, "grant.apply", actor.department),
        **more,
    }
    return render(request, f"yiwang/work/catalogue/{template}.html", context, status=status)


def _get(request: HttpRequest, resource_id: str) -> ResourceDetail:
    return data.resource_get(actor_of_request(request), resource_id)


@require_safe
def overview(request: HttpRequest, resource_id: str) -> HttpResponse:
    resource = _get(request, resource_id)
    return _page(request, resource, "resource", "overview", entry=entry_pairs(resource))


@require_safe
def fields(request: HttpRequest, resource_id: str) -> HttpResponse:
    resource = _get(request, resource_id)
    lines, rules = field_lines(resource), rule_lines(resource)
    return _page(request, resource, "resource-fields", "fields", fields=lines, rules=rules)


@require_safe
def quality(request: HttpRequest, resource_id: str) -> HttpResponse:
    resource = _get(request, resource_id)
    return _page(request, resource, "resource-quality", "quality", history=history_chart(resource))


@require_safe
def profile(request: HttpRequest, resource_id: str) -> HttpResponse:
    rows = data.resource_profile(actor_of_request(request), resource_id)
    return _page(request, _get(request, resource_id), "resource-profile", "profile", profile=rows)


@require_safe
def lineage(request: HttpRequest, resource_id: str) -> HttpResponse:
    return _lineage_page(request, resource_id)


def _lineage_page(
    request: HttpRequest, resource_id: str, found: object = None, problem: YiwangError | None = None
) -> HttpResponse:
    actor, resource = actor_of_request(request), _get(request, resource_id)
    keys = [
        KeyQuestion(name, resource.definition.field(name).title, posted(request, f"key-{name}"))
        for name in resource.definition.key
    ]
    return _page(
        request,
        resource,
        "resource-lineage",
        "lineage",
        status=problem.status if problem else 200,
        lineage=lineage_chart(data.resource_lineage(actor, resource_id)),
        may_trace=may(actor, "resource.read", resource.row.provider),
        keys=keys,
        purpose=posted(request, "purpose"),
        trace=found,
        problem=problem_of(problem) if problem else None,
    )


@require_POST
def trace(request: HttpRequest, resource_id: str) -> HttpResponse:
    """Where one record came from: its key and a purpose are asked."""
    key = {name: posted(request, f"key-{name}") for name in _get(request, resource_id).definition.key}
    try:
        purpose = posted_needed(request, "purpose", PURPOSE)
        found = data.record_trace(actor_of_request(request), resource_id, key=key, purpose=purpose)
    except (InputError, NotFound) as error:
        return _lineage_page(request, resource_id, problem=error)
    return _lineage_page(request, resource_id, found)


def _version(request: HttpRequest) -> int | None:
    """The chosen version of the table; None is the newest."""
    given = posted(request, "version")
    return int(given) if given.isdecimal() and len(given) < 12 else None


@require_http_methods(["GET", "HEAD", "POST"])
def sample(request: HttpRequest, resource_id: str) -> HttpResponse:
    """The purpose is asked first: a look at rows is a use of data and is written down."""
    found, problem = None, None
    if request.method == "POST":
        try:
            purpose = posted_needed(request, "purpose", PURPOSE)
            version = _version(request)
            found = data.resource_sample(actor_of_request(request), resource_id, purpose=purpose, version=version)
        except (InputError, NotFound) as error:
            problem = error
    return _sample_page(request, resource_id, found, problem)


def _sample_page(
    request: HttpRequest, resource_id: str, found: object = None, problem: YiwangError | None = None
) -> HttpResponse:
    resource = _get(request, resource_id)
    exporting = verdict(actor_of_request(request), "resource.export", resource.row.provider)
    return _page(
        request,
        resource,
        "resource-sample",
        "sample",
        status=problem.status if problem else 200,
        sample=found,
        versions=data.version_list(actor_of_request(request), resource_id),
        version=_version(request),
        purpose=posted(request, "purpose"),
        problem=problem_of(problem) if problem else None,
        may_export=exporting.allowed,
        export_reason=exporting.reason,
        formats=FORMATS,
    )


@require_POST
def export(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    try:
        chosen = posted(request, "format")
        if chosen not in FORMATS:
            raise InputError(
                zh=f"不能导出成 {chosen!r}。",
                en=f"cannot export as {chosen!r}.",
                where="format",
                hint_zh=f"可选：{'、'.join(FORMATS)}。",
                hint_en=f"Choose one of {', '.join(FORMATS)}.",
            )
        purpose = posted_needed(request, "purpose", PURPOSE)
        made = service.export_file(
            actor=actor_of_request(request),
            resource_id=resource_id,
            format=chosen,
            purpose=purpose,
            version=_version(request),
        )
    except (InputError, NotFound) as error:
        return _sample_page(request, resource_id, problem=error)
    return file_answer(made)


@require_safe
def lifecycle(request: HttpRequest, resource_id: str) -> HttpResponse:
    return _lifecycle_page(request, resource_id)


def _lifecycle_page(request: HttpRequest, resource_id: str, problem: YiwangError | None = None) -> HttpResponse:
    resource = _get(request, resource_id)
    return _page(
        request,
        resource,
        "resource-lifecycle",
        "lifecycle",
        status=problem.status if problem else 200,
        may_destroy=may(actor_of_request(request), "resource.destroy", resource.row.provider),
        problem=problem_of(problem) if problem else None,
    )


@require_POST
def destroy(request: HttpRequest, resource_id: str) -> HttpResponse:
    try:
        service.data_destroy(
            actor=actor_of_request(request),
            resource_id=resource_id,
            basis=posted_needed(request, "basis", Text(zh="销毁依据", en="Basis")),
            confirm_code=posted(request, "confirm_code"),
        )
    except InputError as error:
        return _lifecycle_page(request, resource_id, error)
    return HttpResponseRedirect(reverse("work:resource-lifecycle", args=[resource_id]))
