"""Rows of forms and their versions: found by id, told as answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from yiwang.flow.models import AskedForm, FormVersion
from yiwang.kernel.core.closest import closest_hint
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound


@dataclass(frozen=True)
class FormVersionRow:
    """One version. `state` is draft, proposed, published, replaced or rejected; `author` begins with pack: for a pack's."""

    form: str
    number: int
    state: str
    digest: str
    author: str
    author_name: str
    approver: str
    approver_name: str
    note: str
    based_on: int | None
    created_at: datetime
    published_at: datetime | None


@dataclass(frozen=True)
class FormRow:
    """A form in a list, under the name of what asks it. `waiting` counts versions that are proposed, `drafts` those being written."""

    id: str
    title: Text
    department: str
    department_title: Text
    pack: str
    published: FormVersionRow | None
    drafts: int
    waiting: int


def asked_row(form_id: str) -> AskedForm:
    """Raises NotFound with what comes closest."""
    row = AskedForm.objects.select_related("published").filter(pk=form_id).first()
    if row is None:
        hint_zh, hint_en = closest_hint(form_id, AskedForm.objects.values_list("id", flat=True))
        raise NotFound(
            zh=f"没有表单 {form_id}",
            en=f"there is no form {form_id}",
            where="form",
            hint_zh=hint_zh,
            hint_en=hint_en,
        )
    return row


def version_told(version: FormVersion) -> FormVersionRow:
    return FormVersionRow(
        form=version.form_id,
        number=version.number,
        state=version.state,
        digest=version.digest,
        author=version.author,
        author_name=version.author_name,
        approver=version.approver,
        approver_name=version.approver_name,
        note=version.note,
        based_on=version.based_on,
        created_at=version.created_at,
        published_at=version.published_at,
    )


def form_told(row: AskedForm, title: Text, names: Mapping[str, Text]) -> FormRow:
    states = [version.state for version in row.versions.all()]
    return FormRow(
        id=row.pk,
        title=title,
        department=row.department,
        department_title=names.get(row.department, Text(zh=row.department, en=row.department)),
        pack=row.pack_id,
        published=version_told(row.published) if row.published else None,
        drafts=states.count(FormVersion.State.DRAFT),
        waiting=states.count(FormVersion.State.PROPOSED),
    )
