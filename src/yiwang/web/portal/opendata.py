"""Open data for everybody: the list with its search and facets, one set whole, its files."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from yiwang.data import selectors as data
from yiwang.data.answers import Facet
from yiwang.data.selectors import OpenRow
from yiwang.data.service import open_count
from yiwang.kernel.core.text import Text
from yiwang.web.actors import CITIZEN
from yiwang.web.charts import Chart, Series, figure_chart
from yiwang.web.reading import one_of, page_number

GROUPS: tuple[tuple[str, Text], ...] = (
    ("theme", Text(zh="主题", en="Theme")),
    ("department", Text(zh="提供部门", en="Department")),
    ("licence", Text(zh="开放条款", en="Licence")),
    ("keyword", Text(zh="关键词", en="Keyword")),
)
SORTS: dict[str, Text] = {
    "-updated": Text(zh="最近更新", en="Newest first"),
    "-downloads": Text(zh="下载最多", en="Most fetched"),
    "title": Text(zh="名称", en="Title"),
}
MOST_BARS = 15


@dataclass(frozen=True)
class Choice:
    title: Text
    count: int
    address: str
    chosen: bool


@require_safe
def opendata(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "")[:80] for name, _ in GROUPS}
    search, sort = request.GET.get("search", "").strip()[:100], one_of(request, "sort", SORTS, "-updated")
    found, facets = data.open_list(CITIZEN, search=search, sort=sort, page=page_number(request), **asked)  # type: ignore[arg-type]

    def choice(name: str, facet: Facet) -> Choice:
        chosen = asked[name] == facet.value
        wanted = {**asked, "search": search, "sort": sort, name: "" if chosen else facet.value}
        kept = urlencode({key: value for key, value in wanted.items() if value})
        return Choice(facet.title, facet.count, f"?{kept}", chosen)

    context = {
        "rows": found,
        "groups": [(title, [choice(name, facet) for facet in facets[name]]) for name, title in GROUPS],
        "chosen": {name: value for name, value in asked.items() if value},
        "search": search,
        "sort": sort,
        "sorts": list(SORTS.items()),
        "licences": list(data.LICENCES.values()),
    }
    return render(request, "yiwang/portal/opendata.html", context)


@require_safe
def open_set(request: HttpRequest, set_id: str) -> HttpResponse:
    row = data.open_get(CITIZEN, set_id)
    context = {
        "row": row,
        "history": data.open_history(CITIZEN, set_id),
        "usage": data.open_usage(CITIZEN, set_id),
        "chart": _bars(row),
    }
    return render(request, "yiwang/portal/open_set.html", context)


def _bars(row: OpenRow) -> Chart | None:
    """Counts by one field as bars, as far as they can be seen at a glance."""
    plan = row.release.plan
    if not plan.counts or len(plan.fields) != 1:
        return None
    shown = [(str(r[0]), int(r[2])) for r in row.release.preview if r[1] == "cell" and r[2] is not None][:MOST_BARS]
    if not shown:
        return None
    count = Text(zh="数量", en="Count")
    return figure_chart(
        "open-bars",
        "bars",
        row.title,
        label_title=row.release.columns[0].title,
        labels=[label for label, _ in shown],
        series=[Series(count, tuple(value for _, value in shown))],
    )


@require_safe
def open_file(request: HttpRequest, set_id: str, format: str) -> HttpResponseBase:
    row, file, path = data.open_file(CITIZEN, set_id, format)
    name = f"{row.id}-{row.release.number}.{file.format}"
    answer: HttpResponseBase
    if request.method == "GET":
        open_count(set_id=set_id, way=format)
        answer = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=file.media_type)
    else:
        answer = HttpResponse(content_type=file.media_type)
        answer.headers["Content-Length"] = str(file.size)
    page = request.build_absolute_uri(reverse("portal:open-set", args=[set_id]))
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["ETag"] = f'"{file.digest}"'
    answer.headers["Link"] = f'<{page}>; rel="describedby"'
    return answer
