"""Reading processes: which there are, what a version says, what stands against it, what differs between two."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from yiwang.flow.core.process.differing import Difference, differences
from yiwang.flow.core.process.nodes import Definition
from yiwang.flow.definitions import definition_of
from yiwang.flow.models import Process
from yiwang.flow.processes import version_findings
from yiwang.flow.processevents import PROCESSES
from yiwang.flow.processrows import (
    ProcessRow,
    ProcessVersionRow,
    bpmn_of,
    process_row,
    process_told,
    reading_of,
    version_told,
)
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.pack import Finding
from yiwang.kernel.selectors import department_names


@dataclass(frozen=True)
class ProcessDetail:
    """One version of a process, whole. `bpmn` are the bytes as they were saved; no `definition` when it cannot run yet."""

    row: ProcessRow
    version: ProcessVersionRow
    bpmn: bytes
    definition: Definition | None


def process_list(actor: Actor, *, search: str = "", department: str = "") -> tuple[ProcessRow, ...]:
    """Every process, by id. Processes are public: anybody signed in may read them."""
    demand(actor, "process.read")
    rows = Process.objects.select_related("published").prefetch_related("versions").order_by("id")
    for word in search.split():
        rows = rows.filter(Q(id__icontains=word) | Q(title_zh__icontains=word) | Q(title_en__icontains=word))
    if department:
        rows = rows.filter(department=department)
    names = department_names()
    return tuple(process_told(row, names) for row in rows)


def process_get(actor: Actor, process_id: str, *, number: int | None = None) -> ProcessDetail:
    """A version of a process, the one that new cases follow by default. Raises NotFound."""
    demand(actor, "process.read")
    process = process_row(process_id)
    version = PROCESSES.found(process, number)
    found = [one for one in reading_of(version).definitions if one.id == process_id]
    return ProcessDetail(process_told(process), version_told(version), bpmn_of(version), found[0] if found else None)


def process_versions(actor: Actor, process_id: str) -> tuple[ProcessVersionRow, ...]:
    """Every version, the newest first. Raises NotFound."""
    demand(actor, "process.read")
    return tuple(version_told(version) for version in process_row(process_id).versions.order_by("-number"))


def process_check(actor: Actor, process_id: str, *, number: int | None = None) -> tuple[Finding, ...]:
    """What stands against a version: each finding with the element it concerns. Raises NotFound."""
    demand(actor, "process.read")
    return version_findings(actor, PROCESSES.found(process_row(process_id), number))


def process_difference(actor: Actor, process_id: str, *, before: int, after: int) -> tuple[Difference, ...]:
    """What version `after` says otherwise than `before`, in words. Raises NotFound, DiagramRefused."""
    demand(actor, "process.read")
    process = process_row(process_id)
    old, new = (definition_of(PROCESSES.found(process, number)) for number in (before, after))
    return differences(old, new)
