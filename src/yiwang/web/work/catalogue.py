"""The list of what data there is: search, facets, order, pages, CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from yiwang.data import selectors as data
from yiwang.data.answers import CatalogueRow
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.web.actors import actor_of_request
from yiwang.web.csvfile import csv_answer
from yiwang.web.language import pick, say
from yiwang.web.reading import one_of, page_number
from yiwang.web.words import word

GROUPS: dict[str, Text] = {
    "category": Text(zh="资源分类", en="Category"),
    "library": Text(zh="所属库", en="Library"),
    "share_type": Text(zh="共享类型", en="Sharing"),
    "provider": Text(zh="提供部门", en="Provider"),
}
ORDERS: dict[str, Text] = {
    "title": Text(zh="按名称", en="By name"),
    "-updated": Text(zh="最近更新在前", en="Latest update first"),
    "provider": Text(zh="按提供部门", en="By provider"),
    "grade": Text(zh="按分级", en="By grade"),
}
EXPORT_PAGE = 200


@dataclass(frozen=True)
class Option:
    title: Text
    count: int
    address: str
    chosen: bool


@dataclass(frozen=True)
class Group:
    title: Text
    options: tuple[Option, ...]


def _chosen(request: HttpRequest) -> dict[str, str]:
    given = {key: request.GET.get(key, "")[:80] for key in (*GROUPS, "semantic")}
    return {key: value for key, value in given.items() if value}


def _search(request: HttpRequest) -> str:
    return request.GET.get("search", "").strip()[:100]


def _groups(request: HttpRequest, actor: Actor, chosen: dict[str, str]) -> tuple[Group, ...]:
    """Each facet's options; choosing one that is chosen takes it off again."""
    facets = data.catalogue_facets(actor)
    kept = {"search": _search(request), "order": request.GET.get("order", "")}
    here = reverse("work:catalogue")

    def address(key: str, value: str) -> str:
        parts = {**chosen, key: "" if chosen.get(key) == value else value, **kept}
        return f"{here}?{urlencode({name: part for name, part in parts.items() if part})}"

    return tuple(
        Group(
            title,
            tuple(
                Option(one.title, one.count, address(key, one.value), chosen.get(key) == one.value)
                for one in facets.get(key, ())
            ),
        )
        for key, title in GROUPS.items()
    )


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    actor, chosen = actor_of_request(request), _chosen(request)
    order = one_of(request, "order", ORDERS, "title")
    context = {
        "rows": data.catalogue_list(
            actor, search=_search(request), sort=order, page=page_number(request), per_page=20, **chosen
        ),
        "facets": _groups(request, actor, chosen),
        "chosen": chosen,
        "search": _search(request),
        "orders": tuple(ORDERS.items()),
        "order": order,
    }
    return render(request, "yiwang/work/catalogue/list.html", context)


def _all_rows(request: HttpRequest) -> Iterator[CatalogueRow]:
    actor, page = actor_of_request(request), 1
    while True:
        found = data.catalogue_list(
            actor,
            search=_search(request),
            sort=one_of(request, "order", ORDERS, "title"),
            page=page,
            per_page=EXPORT_PAGE,
            **_chosen(request),
        )
        yield from found.items
        if page >= found.pages:
            return
        page += 1


@require_safe
def catalogue_export(request: HttpRequest) -> HttpResponseBase:
    heads = [
        pick("代码", "Code"),
        pick("名称", "Name"),
        pick("摘要", "Summary"),
        pick("提供部门", "Provider"),
        pick("共享类型", "Sharing"),
        pick("是否开放", "Open"),
        pick("分级", "Grade"),
        pick("信息项数", "Fields"),
        pick("行数", "Rows"),
        pick("更新时间", "Updated"),
    ]
    # Read whole before the answer begins: the language of the request is gone once streaming starts.
    rows = [
        (
            row.code,
            say(row.title),
            say(row.summary),
            say(row.provider_name),
            say(word("share", row.share_type).text),
            say(word("open", row.is_open).text),
            row.grade,
            row.fields,
            row.rows,
            row.updated_at.isoformat() if row.updated_at else "",
        )
        for row in _all_rows(request)
    ]
    return csv_answer("catalogue.csv", heads, rows)
