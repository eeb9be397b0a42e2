"""Who asks a form: the items people apply for, and the tasks and messages of the processes that run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count

from yiwang.flow.core.forms.elements import Form
from yiwang.flow.core.process.nodes import Definition, Message, UserTask
from yiwang.flow.definitions import definition_of
from yiwang.flow.itemchecks import over_answers
from yiwang.flow.items import item_file, items_on
from yiwang.flow.models import Case, Draft, Process
from yiwang.flow.processrows import bpmn_of
from yiwang.kernel.core.pack import Finding
from yiwang.kernel.core.text import Text


@dataclass(frozen=True)
class FormUse:
    """One place that asks a form. `kind` is item, task or message; `of` the item, or the process the element stands in."""

    kind: str
    of: str
    element: str
    title: Text
    of_title: Text


@dataclass(frozen=True)
class FormHeld:
    """What still stands on a version: drafts that are being filled in, cases that were asked by it."""

    number: int
    drafts: int
    cases: int


def form_uses() -> dict[str, tuple[FormUse, ...]]:
    """Every form that is asked, with who asks it today: items first."""
    found: dict[str, list[FormUse]] = {}
    for row in items_on(None):
        if row.body.get("form"):
            title = Text(zh=row.title_zh, en=row.title_en)
            found.setdefault(row.body["form"], []).append(FormUse("item", row.item_id, "", title, title))
    for process in Process.objects.exclude(published=None).select_related("published").order_by("id"):
        assert process.published is not None
        title = Text(zh=process.title_zh, en=process.title_en)
        for form_id, kind, element, name in _asked_in(definition_of(process.published)):
            found.setdefault(form_id, []).append(FormUse(kind, process.pk, element, name, title))
    return {form_id: tuple(uses) for form_id, uses in found.items()}


def _asked_in(definition: Definition) -> Iterator[tuple[str, str, str, Text]]:
    for node in definition.nodes.values():
        name = Text(zh=node.name.zh, en=node.name.en) if node.name else Text(zh=node.id, en=node.id)
        if isinstance(node, UserTask) and node.form:
            yield node.form, "task", node.id, name
        heard = getattr(node, "trigger", None) or getattr(node, "message", None)
        if isinstance(heard, Message) and heard.form:
            yield heard.form, "message", node.id, name


def form_title(form_id: str, uses: tuple[FormUse, ...]) -> Text:
    """A form bears the name of what asks it: form-js knows none."""
    return uses[0].title if uses else Text(zh=form_id, en=form_id)


def form_held(form_id: str) -> tuple[FormHeld, ...]:
    """By version, those something stands on; the newest first."""
    drafts = dict(
        Draft.objects.filter(form_id=form_id).values_list("form_number").annotate(n=Count("id")).order_by("form_number")
    )
    running = Case.objects.filter(item__body__form=form_id, form_number__isnull=False)
    running = running.filter(status__in=(Case.Status.OPEN, Case.Status.SUSPENDED))
    cases = dict(running.values_list("form_number").annotate(n=Count("id")).order_by("form_number"))
    numbers = sorted({*drafts, *cases}, reverse=True)
    return tuple(FormHeld(one, drafts.get(one, 0), cases.get(one, 0)) for one in numbers)


def uses_check(form_id: str, form: Form, before: Form | None) -> Iterator[Finding]:
    """What the items that ask the form say about answers it would not give, and which diagrams name a question that goes."""
    items = [item_file(row) for row in items_on(None) if row.body.get("form") == form_id]
    for item in items:
        yield from over_answers(item.id, item, form)
    known = {question.address[0] for question in form.questions}
    gone = sorted({question.address[0] for question in before.questions} - known) if before else []
    if not gone:
        return
    named = {item.process for item in items} | {use.of for use in form_uses().get(form_id, ()) if use.kind != "item"}
    for process in Process.objects.filter(pk__in=named).exclude(published=None).select_related("published"):
        text = bpmn_of(process.published).decode("utf-8", "replace") if process.published else ""
        for name in gone:
            if re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text):
                zh = f"流程 {process.pk} 的图里还用到“{name}”，这个问题不再问"
                en = f"the diagram of {process.pk} still names {name}, which is no longer asked"
                yield Finding(process.pk, zh, en, level="warning")
