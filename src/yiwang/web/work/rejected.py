"""Rejected rows: each beside its reasons, corrected in place and sent again."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from yiwang.data import selectors as data
from yiwang.data import service
from yiwang.data.answers import LoadDetail, RejectedRow
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, YiwangError
from yiwang.web.actors import actor_of_request
from yiwang.web.answers import problem_of
from yiwang.web.reading import page_number
from yiwang.web.work.files import file_answer
from yiwang.web.work.resourceparts import field_titles

# A form may carry a thousand fields; without scripts every cell of the page is one.
MOST_CELLS, MOST_ROWS = 900, 50


@dataclass(frozen=True)
class Cell:
    header: str
    value: str
    reasons: tuple[Text, ...]


@dataclass(frozen=True)
class Line:
    row: int
    cells: tuple[Cell, ...]
    whole: tuple[Text, ...]
    # the record as it stood, when it could not be cut into cells
    text: str


@dataclass(frozen=True)
class Head:
    title: str
    field: Text | None


def _rows_per_page(load: LoadDetail) -> int:
    return max(1, min(MOST_ROWS, MOST_CELLS // max(1, len(load.mapping))))


def _line(row: RejectedRow, headers: tuple[str, ...]) -> Line:
    """Puts each reason beside the cell it is about; the rest are about the whole row."""
    at: dict[str, list[Text]] = {}
    whole: list[Text] = []
    for _code, header, text in row.reasons:
        (at.setdefault(header, []) if header in headers else whole).append(text)
    cells = tuple(
        Cell(header, value, tuple(at.get(header, ())))
        for header, value in zip(headers, _cells(row, headers), strict=True)
    )
    return Line(row.row, cells, tuple(whole), "" if row.values else row.text)


def _cells(row: RejectedRow, headers: tuple[str, ...]) -> tuple[str, ...]:
    """One text per header; a broken record has none of its own, and gets empty cells to be filled in."""
    return (*row.values, *[""] * len(headers))[: len(headers)]


def _page(
    request: HttpRequest, load_id: int, *, reason: str, page: int, problem: YiwangError | None = None
) -> HttpResponse:
    actor = actor_of_request(request)
    load = data.load_get(actor, load_id)
    rows = data.rejected_list(actor, load_id, reason=reason, page=page, per_page=_rows_per_page(load))
    fields = {one.header: one.field for one in load.mapping if one.field}
    titles = field_titles(actor, load.row.resource_id)
    context = {
        "load": load,
        "rows": rows,
        "headers": [Head(header, titles.get(fields.get(header, ""))) for header in rows.headers],
        "lines": [_line(row, rows.headers) for row in rows.items],
        "reason": reason,
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/rejected.html", context, status=problem.status if problem else 200)


@require_safe
def rejected(request: HttpRequest, load_id: int) -> HttpResponse:
    return _page(request, load_id, reason=request.GET.get("reason", "")[:80], page=page_number(request))


@require_safe
def rejected_file(request: HttpRequest, load_id: int) -> HttpResponseBase:
    return file_answer(service.rejected_file(actor=actor_of_request(request), load_id=load_id))


def _corrections(request: HttpRequest, actor: Actor, load_id: int, reason: str, page: int) -> dict[int, dict[str, str]]:
    """The cells that differ from what is kept, by row and header."""
    load = data.load_get(actor, load_id)
    kept = data.rejected_list(actor, load_id, reason=reason, page=page, per_page=_rows_per_page(load))
    changed: dict[int, dict[str, str]] = {}
    for row in kept.items:
        for index, (header, value) in enumerate(zip(kept.headers, _cells(row, kept.headers), strict=True)):
            given = request.POST.get(f"cell-{row.row}-{index}")
            if given is not None and given != value:
                changed.setdefault(row.row, {})[header] = given
    return changed


@require_POST
def correct(request: HttpRequest, load_id: int) -> HttpResponse:
    actor = actor_of_request(request)
    reason = request.POST.get("reason", "")[:80]
    given = request.POST.get("page", "1")
    page = int(given) if given.isdecimal() else 1
    try:
        corrections = _corrections(request, actor, load_id, reason, page)
        if not corrections:
            raise InputError(
                zh="没有改动任何一格。",
                en="no cell was changed.",
                where="cells",
                hint_zh="请先改正再送。",
                hint_en="Correct something, then send.",
            )
        new_load = service.rejected_correct(actor=actor, load_id=load_id, corrections=corrections)
    except InputError as error:
        return _page(request, load_id, reason=reason, page=page, problem=error)
    return HttpResponseRedirect(reverse("work:load", args=[new_load]))
