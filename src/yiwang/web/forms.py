"""A form as a page sends it: read into answers, kept in a draft, shown again. Nothing sent decides what is asked.

A page says which questions it showed (`asked`) and how many entries each list had (`held`): a box that is not ticked sends
nothing, and so does a question that was not there. `act` is what the person wants: submit, save, refresh, add:LIST,
remove:LIST.N or drop:QUESTION.DIGEST.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yiwang.flow.core.forms.asked import MAX_ENTRIES, Asked, answer_at, answer_put
from yiwang.flow.core.forms.checking import answer_read, problems
from yiwang.flow.core.forms.elements import Entries, Form, Kind
from yiwang.flow.core.forms.viewing import FormView, Shown, form_view, fresh_questions
from yiwang.flow.selectors import DraftRow, draft_get
from yiwang.flow.service import draft_file_add, draft_file_drop, draft_save
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, Unavailable

ACTS = ("submit", "save", "refresh", "add", "remove", "drop")
# A page never shows more questions than this; what sends more was not made by one.
MOST_ASKED = 2_000


@dataclass(frozen=True)
class Filled:
    """What a page sent. `target` is what an act with one speaks of: the list, the entry, the file."""

    answers: dict[str, Any]
    files: tuple[tuple[str, UploadedFile], ...]
    seen: frozenset[str]
    act: str
    target: str = ""


@dataclass(frozen=True)
class Step:
    """Where a form stands after a page was sent. `is_done`: everything asked was seen and nothing is wrong."""

    draft: DraftRow
    view: FormView
    is_done: bool


def form_filled(request: HttpRequest, form: Form, before: Mapping[str, Any]) -> Filled:
    """The answers so far with those of the page laid over them: what was not on the page stays as it was."""
    act, _, target = request.POST.get("act", "submit").partition(":")
    answers = deepcopy(dict(before))
    seen = frozenset(request.POST.getlist("asked")[:MOST_ASKED])
    _entries(request, form, answers)
    files: list[tuple[str, UploadedFile]] = []
    for address in sorted(seen):
        here = tuple(address.split("."))
        question = form.question(here)
        if question is None or question.readonly:
            continue
        if question.kind is Kind.FILES:
            files += [(address, one) for one in request.FILES.getlist(f"q.{address}") if isinstance(one, UploadedFile)]
            continue
        answer_put(answers, here, answer_read(question, request.POST.getlist(f"q.{address}")))
    if act in ("add", "remove"):
        _changed(form, answers, act, target)
    return Filled(answers, tuple(files), seen, act if act in ACTS else "refresh", target)


def _lists(form: Form) -> dict[str, Entries]:
    return {".".join(e.address[:-1]): e for e in form.elements() if isinstance(e, Entries)}


def _entries(request: HttpRequest, form: Form, answers: dict[str, Any]) -> None:
    """Make room for the entries the page had, also those in which nothing was answered."""
    known = _lists(form)
    for said in request.POST.getlist("held")[:MAX_ENTRIES]:
        address, _, count = said.partition("=")
        if address not in known or not count.isdecimal() or len(count) > 3:
            continue
        rows = answer_at(answers, address.split("."))
        rows = list(rows) if isinstance(rows, list) else []
        wanted = min(int(count), MAX_ENTRIES)
        answer_put(answers, address.split("."), rows + [{} for _ in range(wanted - len(rows))])


def _changed(form: Form, answers: dict[str, Any], act: str, target: str) -> None:
    """An entry more, or one less."""
    known = _lists(form)
    address, _, number = (target, "", "") if act == "add" else target.rpartition(".")
    entries = known.get(address)
    rows = answer_at(answers, address.split(".")) if entries is not None else None
    if entries is None or not entries.can_add or not isinstance(rows, list):
        return
    if act == "add" and len(rows) < MAX_ENTRIES:
        rows.append({})
    elif act == "remove" and number.isdecimal() and int(number) < len(rows):
        rows.pop(int(number))


def form_step(request: HttpRequest, actor: Actor, draft_id: int, now: datetime, *, token: str = "") -> Step:
    """Keep what a page sent in its draft and say where the form stands. Files are kept at once, each problem at its question.

    Raises NotFound for a draft that is not this actor's.
    """
    draft = draft_get(actor, draft_id, token=token)
    filled = form_filled(request, draft.form, draft.answers)
    draft = draft_save(actor=actor, form_id=draft.form.id, draft_id=draft_id, token=token, answers=filled.answers)
    wrong = _files_kept(actor, draft_id, token, filled)
    draft = draft_get(actor, draft_id, token=token)
    asked = Asked(draft.form, draft.answers, now)
    fresh = fresh_questions(asked, filled.seen) if filled.act == "submit" else ()
    found = problems(asked) if filled.act == "submit" and not fresh else {}
    shown = Shown({**found, **wrong}, draft.sources, draft.form_number)
    is_done = filled.act == "submit" and not fresh and not shown.problems
    return Step(draft, form_view(asked, shown, fresh), is_done)


def _files_kept(actor: Actor, draft_id: int, token: str, filled: Filled) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    question, _, digest = filled.target.rpartition(".")
    if filled.act == "drop" and question:
        draft_file_drop(actor=actor, draft_id=draft_id, token=token, question=question, digest=digest)
    for address, upload in filled.files:
        source = cast(BinaryIO, upload)
        name = upload.name or ""
        try:
            draft_file_add(actor=actor, draft_id=draft_id, token=token, question=address, source=source, name=name)
        except (InputError, Unavailable) as error:
            wrong[address] = Text(zh=f"{error.zh} {error.hint_zh}".strip(), en=f"{error.en} {error.hint_en}".strip())
    return wrong


def draft_view(draft: DraftRow, now: datetime, wrong: Mapping[str, Text] | None = None) -> FormView:
    """A draft as it is opened: nothing is wrong yet, unless it was judged already."""
    shown = Shown(wrong or {}, draft.sources, draft.form_number)
    return form_view(Asked(draft.form, draft.answers, now), shown)


def form_part(request: HttpRequest, view: FormView, action: str, filing: Any = None) -> HttpResponse:
    """The form alone, for a page that swaps it in; a whole page includes `yiwang/parts/form.html` with the same names."""
    return render(request, "yiwang/parts/form.html", {"form": view, "action": action, "filing": filing})
