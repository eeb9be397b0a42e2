"""Rows of processes and their versions: found by id, told as answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yiwang.flow.core.bpmn.reading import Reading, read
from yiwang.flow.models import Process, ProcessVersion
from yiwang.kernel.core.closest import closest_hint
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound
from yiwang.kernel.selectors import department_names, file_path


@dataclass(frozen=True)
class ProcessVersionRow:
    """One version. `state` is draft, proposed, published, replaced or rejected; `author` begins with pack: for a pack's."""

    process: str
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
class ProcessRow:
    """A process in a list. `waiting` counts versions that are proposed, `drafts` those still being written."""

    id: str
    title: Text
    department: str
    department_title: Text
    pack: str
    published: ProcessVersionRow | None
    drafts: int
    waiting: int


def process_row(process_id: str) -> Process:
    """Raises NotFound with what comes closest."""
    row = Process.objects.select_related("published").filter(pk=process_id).first()
    if row is None:
        hint_zh, hint_en = closest_hint(process_id, Process.objects.values_list("id", flat=True))
        raise NotFound(
            zh=f"没有流程 {process_id}",
            en=f"there is no process {process_id}",
            where="process",
            hint_zh=hint_zh,
            hint_en=hint_en,
        )
    return row


def bpmn_of(version: ProcessVersion) -> bytes:
    """The diagram's bytes as they were saved. Raises NotFound when the file is gone."""
    return file_path(version.digest).read_bytes()


def reading_of(version: ProcessVersion) -> Reading:
    return read(bpmn_of(version), f"{version.process_id}.bpmn")


def version_told(version: ProcessVersion) -> ProcessVersionRow:
    return ProcessVersionRow(
        process=version.process_id,
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


def process_told(row: Process, names: dict[str, Text] | None = None) -> ProcessRow:
    known = department_names() if names is None else names
    states = [version.state for version in row.versions.all()]
    return ProcessRow(
        id=row.pk,
        title=Text(zh=row.title_zh, en=row.title_en),
        department=row.department,
        department_title=known.get(row.department, Text(zh=row.department, en=row.department)),
        pack=row.pack_id,
        published=version_told(row.published) if row.published else None,
        drafts=states.count(ProcessVersion.State.DRAFT),
        waiting=states.count(ProcessVersion.State.PROPOSED),
    )
