"""Service items (事项) for everybody: the list with its search and facets, and one item whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from yiwang.data import selectors as data
from yiwang.flow import selectors as flow
from yiwang.flow.answers import Cut, FourCuts
from yiwang.flow.schema import APPLICANTS, CHANNELS, MATERIAL_FORMS, RESULT_KINDS, ItemFile, LimitFile, MaterialFile
from yiwang.flow.selectors import Facet, ItemList
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.budget import Budget
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound, Refused
from yiwang.web.actors import CITIZEN, actor_of_request, may
from yiwang.web.csvfile import csv_answer
from yiwang.web.language import pick, say
from yiwang.web.reading import page_number
from yiwang.web.words import word

GROUPS: tuple[tuple[str, str, Text], ...] = (
    ("applicant", "applicants", Text(zh="谁来办", en="Who applies")),
    ("kind", "kinds", Text(zh="事项类型", en="Kind")),
    ("department", "departments", Text(zh="办理部门", en="Department")),
    ("channel", "channels", Text(zh="办理渠道", en="Channel")),
)
MOST_EXPORTED = 500
CUTS = (
    Text(zh="环节", en="Steps"),
    Text(zh="材料", en="Materials"),
    Text(zh="时限", en="Time limit"),
    Text(zh="费用", en="Fee"),
)


@dataclass(frozen=True)
class Choice:
    title: Text
    count: int
    address: str
    chosen: bool


@dataclass(frozen=True)
class Group:
    title: Text
    options: tuple[Choice, ...]


@dataclass(frozen=True)
class Held:
    """A material that is not asked for, with the name of the register that holds it."""

    title: Text
    register: Text


@dataclass(frozen=True)
class LimitLine:
    title: Text | None
    budget: Text
    legal: Text | None
    basis: str


@dataclass(frozen=True)
class CutLine:
    """`saved` is less than nothing where it now takes more."""

    title: Text
    cut: Cut
    saved: float | None


@dataclass(frozen=True)
class CutTable:
    """`cases` is how many ended cases the last column is the median of; only staff are told."""

    lines: tuple[CutLine, ...]
    source: Text
    cases: int
    is_staff: bool
    is_known: bool


def reader(request: HttpRequest) -> Actor:
    """Somebody who is signed in sees what staff may; everybody else what is public."""
    actor = actor_of_request(request)
    return actor if actor.id else CITIZEN


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "")[:80] for name, _, _ in GROUPS}


def _groups(found: ItemList, asked: dict[str, str], search: str) -> tuple[Group, ...]:
    def choice(name: str, facet: Facet) -> Choice:
        chosen = asked[name] == facet.value
        wanted = {**asked, "search": search, name: "" if chosen else facet.value}
        kept = urlencode({key: value for key, value in wanted.items() if value})
        return Choice(facet.title, facet.count, f"?{kept}" if kept else reverse("portal:items"), chosen)

    return tuple(
        Group(title, tuple(choice(name, facet) for facet in getattr(found, plural))) for name, plural, title in GROUPS
    )


def _found(request: HttpRequest, asked: dict[str, str], search: str, *, page: int = 1, per_page: int = 20) -> ItemList:
    return flow.item_list(
        reader(request),
        search=search,
        kind=asked["kind"],
        department=asked["department"],
        channel=asked["channel"],
        applicant=asked["applicant"],
        page=page,
        per_page=per_page,
    )


@require_safe
def items(request: HttpRequest) -> HttpResponse:
    asked, search = _asked(request), request.GET.get("search", "").strip()[:100]
    found = _found(request, asked, search, page=page_number(request))
    context = {
        "rows": found.page,
        "groups": _groups(found, asked, search),
        "chosen": {name: value for name, value in asked.items() if value},
        "search": search,
    }
    return render(request, "yiwang/portal/items.html", context)


@require_safe
def items_export(request: HttpRequest) -> HttpResponseBase:
    search = request.GET.get("search", "").strip()[:100]
    found = _found(request, _asked(request), search, per_page=MOST_EXPORTED)
    heads = [
        pick("标识", "Id"),
        pick("事项", "Item"),
        pick("类型", "Kind"),
        pick("办理部门", "Department"),
        pick("渠道", "Channels"),
    ]
    lines = (
        (
            row.id,
            say(row.title),
            say(row.kind_title),
            say(row.department_title),
            " ".join(say(word("channel", one).text) for one in row.channels),
        )
        for row in found.page.items
    )
    return csv_answer("items.csv", heads, lines)


@require_safe
def item(request: HttpRequest, item_id: str) -> HttpResponse:
    actor = reader(request)
    detail = flow.item_get(actor, item_id)
    context = {
        "detail": detail,
        "file": detail.file,
        "cuts": cut_table(flow.four_cuts(actor, item_id), is_staff=may(actor, "process.read")),
        **item_parts(detail.file),
    }
    return render(request, "yiwang/portal/item.html", context)


def cut_table(found: FourCuts, *, is_staff: bool) -> CutTable | None:
    """The four cuts as a table. Whoever applies sees them only where something is known of before: there is a cut to show."""
    lines = tuple(
        CutLine(title, cut, None if cut.before is None or cut.after is None else cut.before - cut.after)
        for title, cut in zip(CUTS, (found.steps, found.materials, found.days, found.fee), strict=True)
    )
    if not is_staff and all(line.saved is None for line in lines):
        return None
    return CutTable(lines, found.source, found.cases, is_staff, any(line.cut.before is not None for line in lines))


def item_parts(file: ItemFile) -> dict[str, Any]:
    """What an item says, in the words of a page."""
    return {
        "to_bring": [(one, MATERIAL_FORMS[one.form]) for one in file.materials if not one.source],
        "held": [Held(one.title, _register(one)) for one in file.materials if one.source],
        "limits": _limits(file),
        "applicants": [APPLICANTS[one] for one in file.applicants],
        "channels": [CHANNELS[one] for one in file.channels],
        "results": [(one.title, RESULT_KINDS[one.kind]) for one in file.results],
        "can_file": "web" in file.channels and "public" in file.open_to,
    }


def _register(one: MaterialFile) -> Text:
    try:
        return data.resource_get(CITIZEN, one.source).row.title
    except (NotFound, Refused):
        return Text(zh=one.source, en=one.source)


def _limits(file: ItemFile) -> tuple[LimitLine, ...]:
    own = [_line(None, file.limit, file.limit.budget, file.limit.legal)]
    if file.limits_by is not None:
        for value, one in file.limits_by.values.items():
            title = one.title or Text(zh=value, en=value)
            own.append(_line(title, file.limit, one.budget, one.legal or file.limit.legal))
    return tuple(own)


def _line(title: Text | None, limit: LimitFile, budget: str, legal: str) -> LimitLine:
    return LimitLine(title, _said(budget), _said(legal) if legal else None, limit.basis)


def _said(budget: str) -> Text:
    name = Budget.parse(budget).name
    return Text(zh=name.zh, en=name.en)
