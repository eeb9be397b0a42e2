"""Writing versions of a process: draft, propose, approve or reject, roll back. Nobody lets their own version hold.

New cases follow the published version; running cases keep theirs until they are moved (migrating.py).
"""

from __future__ import annotations

import io

from django.db import transaction

from yiwang.flow.core.bpmn.faults import UNREADABLE
from yiwang.flow.core.bpmn.reading import Reading, read
from yiwang.flow.core.process.nodes import Definition
from yiwang.flow.definitions import definition_of, refused
from yiwang.flow.models import AskedForm, Process, ProcessVersion
from yiwang.flow.processchecks import Around, names_check
from yiwang.flow.processevents import PROCESSES
from yiwang.flow.processrows import ProcessVersionRow, process_row, reading_of, version_told
from yiwang.flow.versioning import State, new_content, next_number, not_own, note_kept, note_needed, own
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.pack import Finding, Pack
from yiwang.kernel.errors import InputError
from yiwang.kernel.selectors import department_names
from yiwang.kernel.service import audit, file_put
from yiwang.rules.selectors import decision_get, decision_list


@transaction.atomic
def process_draft_save(
    *, actor: Actor, process_id: str, bpmn: bytes, number: int | None = None, note: str = "", department: str = ""
) -> ProcessVersionRow:
    """Save a draft: a new one, or with `number` the actor's own draft again. `department` makes a process that is not there yet.

    A draft may still be wrong; what is no BPMN file, or does not hold the process at all, is refused. Raises Refused, NotFound,
    DiagramRefused, VersionMoved.
    """
    process = _process(process_id, department)
    rule = demand(actor, "process.edit", process.department).rule
    reading = read(bpmn, f"{process_id}.bpmn")
    _readable(reading, process_id)
    draft = None if number is None else PROCESSES.locked(process, number, State.DRAFT)
    if draft is not None:
        own(actor, draft, process_id)
    else:
        process.save()
        base = process.published
        draft = ProcessVersion(
            process=process,
            number=next_number(process),
            author=actor.id,
            author_name=actor.name,
            based_on=base.number if base else None,
        )
    draft.digest = _keep(actor, bpmn, process_id)
    draft.note = note_kept(note) or draft.note
    draft.save()
    PROCESSES.audited(draft, "edit", actor, note, rule)
    return version_told(draft)


def _process(process_id: str, department: str) -> Process:
    if not department or Process.objects.filter(pk=process_id).exists():
        return process_row(process_id)
    return Process(id=process_id, title_zh=process_id, title_en=process_id, department=department)


def _readable(reading: Reading, process_id: str) -> None:
    if any(finding.code in UNREADABLE for finding in reading.findings):
        raise refused(reading.findings, process_id)
    if process_id not in reading.places:
        raise InputError(
            zh=f"文件里没有编号为 {process_id} 的流程",
            en=f"the file holds no process {process_id}",
            where=process_id,
            hint_zh="流程的编号不能改；要另起一个流程，请新建。",
            hint_en="The id of a process cannot change; make a new process instead.",
        )


@transaction.atomic
def process_propose(*, actor: Actor, process_id: str, number: int, note: str = "") -> ProcessVersionRow:
    """Ask for a draft to hold. From here its content is final. Raises DiagramRefused with the findings."""
    process = process_row(process_id)
    rule = demand(actor, "process.edit", process.department).rule
    draft = PROCESSES.locked(process, number, State.DRAFT)
    new_content(draft, process.published, process_id)
    findings = version_findings(actor, draft)
    if any(finding.level == "error" for finding in findings):
        raise refused(findings, process_id)
    PROCESSES.moved(draft, State.PROPOSED, "propose", actor, note, rule)
    return version_told(draft)


def version_findings(actor: Actor, version: ProcessVersion) -> tuple[Finding, ...]:
    """What stands against a version: what reading it finds, and what it names that the city does not have."""
    reading = reading_of(version)
    if not reading.is_sound:
        return reading.findings
    if not any(one.id == version.process_id for one in reading.definitions):
        zh, en = "流程没有写明 isExecutable", "the process does not say isExecutable"
        return (*reading.findings, Finding(version.process_id, zh, en))
    return (*reading.findings, *names_check(reading, _around(actor)))


def _around(actor: Actor) -> Around:
    decisions = {row.id: decision_get(actor, row.id).file.inputs for row in decision_list(actor) if row.published}
    return Around(
        forms=set(AskedForm.objects.exclude(published=None).values_list("id", flat=True)),
        decisions={name: [one.name for one in inputs] for name, inputs in decisions.items()},
        processes=set(Process.objects.exclude(published=None).values_list("id", flat=True)),
        departments=set(department_names()),
    )


@transaction.atomic
def process_withdraw(*, actor: Actor, process_id: str, number: int, note: str = "") -> ProcessVersionRow:
    """Take one's own version back before anybody decided on it; it is a draft again."""
    process = process_row(process_id)
    rule = demand(actor, "process.edit", process.department).rule
    version = PROCESSES.locked(process, number, State.PROPOSED)
    own(actor, version, process_id)
    PROCESSES.moved(version, State.DRAFT, "withdraw", actor, note, rule)
    return version_told(version)


@transaction.atomic
def process_approve(*, actor: Actor, process_id: str, number: int, note: str = "") -> ProcessVersionRow:
    """Let a proposed version hold from now on; the one before is replaced. Raises SelfApproval for its author."""
    process = process_row(process_id)
    rule = demand(actor, "process.approve", process.department).rule
    version = PROCESSES.locked(process, number, State.PROPOSED)
    not_own(actor, version, process_id)
    return _publish(process, version, "approve", actor, note, rule)


@transaction.atomic
def process_reject(*, actor: Actor, process_id: str, number: int, note: str) -> ProcessVersionRow:
    """Send a proposed version back, with the reason."""
    process = process_row(process_id)
    rule = demand(actor, "process.approve", process.department).rule
    version = PROCESSES.locked(process, number, State.PROPOSED)
    not_own(actor, version, process_id)
    note_needed(note)
    version.approver, version.approver_name = actor.id, actor.name
    PROCESSES.moved(version, State.REJECTED, "reject", actor, note, rule)
    return version_told(version)


@transaction.atomic
def process_roll_back(*, actor: Actor, process_id: str, number: int, note: str) -> ProcessVersionRow:
    """Let an earlier version hold again, with the reason. Running cases keep the version they follow."""
    process = process_row(process_id)
    rule = demand(actor, "process.approve", process.department).rule
    version = PROCESSES.locked(process, number, State.REPLACED)
    note_needed(note)
    return _publish(process, version, "roll-back", actor, note, rule)


@transaction.atomic
def process_install(*, actor: Actor, path: str, pack: Pack) -> tuple[ProcessVersionRow, ...]:
    """Make the processes of a pack's file effective. The same content changes nothing; a new one holds at once unless the city
    holds a version of its own: then it is proposed. Raises DiagramRefused."""
    demand(actor, "pack.install")
    bpmn = pack.files[path]
    reading = read(bpmn, f"{pack.manifest.id}/{path}")
    if not reading.is_sound:
        raise refused(reading.findings, path)
    digest = _keep(actor, bpmn, path.removeprefix("processes/").removesuffix(".bpmn"))
    return tuple(_installed(actor, definition, digest, pack) for definition in reading.definitions)


def _installed(actor: Actor, definition: Definition, digest: str, pack: Pack) -> ProcessVersionRow:
    names = {"title_zh": definition.name.zh, "title_en": definition.name.en}
    process, created = Process.objects.get_or_create(
        id=definition.id, defaults={**names, "department": pack.manifest.department, "pack_id": pack.manifest.id}
    )
    process.department, process.pack_id = pack.manifest.department, pack.manifest.id
    process.save()
    audit(
        actor=actor,
        act="pack.install",
        object_kind="process",
        object_id=process.pk,
        details={"pack": pack.manifest.id, "new": created, "digest": digest},
    )
    before = process.versions.exclude(pack_digest="").order_by("-number").first()
    if before is not None and before.digest == digest:
        return version_told(before)
    version = ProcessVersion(
        process=process,
        number=next_number(process),
        digest=digest,
        pack_digest=pack.digest,
        author=f"pack:{pack.manifest.id}",
        author_name=pack.manifest.id,
        based_on=before.number if before else None,
        state=State.PROPOSED,
    )
    version.save()
    if process.published is None or process.published.pack_digest:
        return _publish(process, version, "install", actor, "", "pack.install")
    PROCESSES.moved(version, State.PROPOSED, "propose", actor, "", "pack.install")
    return version_told(version)


def _publish(
    process: Process, version: ProcessVersion, act: str, actor: Actor, note: str, rule: str
) -> ProcessVersionRow:
    """The process goes by the name its diagram has."""
    name = definition_of(version).name
    process.title_zh, process.title_en = name.zh, name.en
    PROCESSES.published(process, version, act, actor, note, rule)
    return version_told(version)


def _keep(actor: Actor, bpmn: bytes, name: str) -> str:
    """Store the diagram's bytes and return their digest."""
    kept = file_put(actor=actor, source=io.BytesIO(bpmn), name=f"{name}.bpmn", media_type="application/xml")
    return str(kept.digest)
