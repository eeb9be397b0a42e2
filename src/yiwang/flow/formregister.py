"""Reading the versions of forms: which there are, what one says, what stands against it, what it changes and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yiwang.flow.core.forms.differing import FormDifference, form_differences
from yiwang.flow.core.forms.elements import Form
from yiwang.flow.formchecks import version_findings
from yiwang.flow.formevents import FORMS
from yiwang.flow.formrows import FormRow, FormVersionRow, asked_row, form_told, version_told
from yiwang.flow.forms import FormFile, with_lists
from yiwang.flow.formuses import FormHeld, FormUse, form_held, form_title, form_uses
from yiwang.flow.models import AskedForm, FormVersion
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.pack import Finding
from yiwang.kernel.selectors import department_names


@dataclass(frozen=True)
class FormWritten:
    """One version of a form, whole. `body` is the schema as it was saved; no `form` when it cannot be asked yet."""

    row: FormRow
    version: FormVersionRow
    body: dict[str, Any]
    form: Form | None
    uses: tuple[FormUse, ...]


def form_list(actor: Actor, *, search: str = "", department: str = "") -> tuple[FormRow, ...]:
    """Every form, by id, found by the words of its id and of what asks it."""
    demand(actor, "process.read")
    rows = AskedForm.objects.select_related("published").prefetch_related("versions").order_by("id")
    if department:
        rows = rows.filter(department=department)
    uses, names = form_uses(), department_names()
    told = [form_told(row, form_title(row.pk, uses.get(row.pk, ())), names) for row in rows]
    words = search.casefold().split()
    return tuple(one for one in told if all(w in f"{one.id} {one.title.zh} {one.title.en}".casefold() for w in words))


def form_written(actor: Actor, form_id: str, *, number: int | None = None) -> FormWritten:
    """A version of a form, drafts too; the one that is asked by default. Raises NotFound."""
    demand(actor, "process.read")
    row = asked_row(form_id)
    version = FORMS.found(row, number)
    uses = form_uses().get(form_id, ())
    told = form_told(row, form_title(form_id, uses), department_names())
    form = _read(version)
    return FormWritten(told, version_told(version), version.body, with_lists(form) if form else None, uses)


def form_versions(actor: Actor, form_id: str) -> tuple[FormVersionRow, ...]:
    """Every version, the newest first. Raises NotFound."""
    demand(actor, "process.read")
    return tuple(version_told(version) for version in asked_row(form_id).versions.order_by("-number"))


def form_findings(actor: Actor, form_id: str, *, number: int | None = None) -> tuple[Finding, ...]:
    """What stands against a version: each finding with the element it concerns. Raises NotFound."""
    demand(actor, "process.read")
    return version_findings(actor, FORMS.found(asked_row(form_id), number))


def form_difference(actor: Actor, form_id: str, *, before: int, after: int) -> tuple[FormDifference, ...] | None:
    """What version `after` asks otherwise than `before`, in words; None when one of them cannot be read. Raises NotFound."""
    demand(actor, "process.read")
    row = asked_row(form_id)
    old, new = (_read(FORMS.found(row, number)) for number in (before, after))
    return form_differences(old, new) if old is not None and new is not None else None


def form_standing(actor: Actor, form_id: str) -> tuple[FormHeld, ...]:
    """By version, the drafts being filled in and the running cases that were asked by it. Raises NotFound."""
    demand(actor, "process.read")
    return form_held(asked_row(form_id).pk)


def _read(version: FormVersion) -> Form | None:
    return FormFile(version.form_id, version.body).read.form
