"""Running cases moved to another version of their process: judged one by one, moved in bulk, and back again exactly.

Each case is a transaction of its own, so that a batch of many holds nobody up and a kill leaves whole cases only.
"""

from __future__ import annotations

import uuid
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from yiwang.flow.casework import RUNNING, case_locked, moment
from yiwang.flow.core.process.comparing import Judgement, Reason, Verdict, carried, judge
from yiwang.flow.core.process.effects import WorkKind
from yiwang.flow.core.process.nodes import Definition, UserTask
from yiwang.flow.core.process.state import State
from yiwang.flow.definitions import definition_of
from yiwang.flow.events import CASE_CHANGED
from yiwang.flow.models import Case, CaseStep, Migration, ProcessVersion, Wait, Work, note_words
from yiwang.flow.processevents import PROCESSES
from yiwang.flow.processrows import process_row
from yiwang.flow.waiting import waits_of
from yiwang.kernel.access import demand, verdict
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound
from yiwang.kernel.service import audit, emit
from yiwang.rules.errors import VersionMoved

MOVED, REVERTED = "migrated", "migration_reverted"
_KINDS = (MOVED, REVERTED)


@dataclass(frozen=True)
class MigrationRow:
    """One case: what was judged of it, and whether it was moved. `reasons` are empty for a safe one."""

    number: str
    from_version: int
    verdict: Verdict
    reasons: tuple[Text, ...]
    moved: bool


@dataclass(frozen=True)
class MigrationReport:
    """`batch` names what was moved, for its return; empty for a dry run and where nothing moved."""

    process: str
    to: int
    batch: str
    rows: tuple[MigrationRow, ...]

    def count(self, wanted: Verdict) -> int:
        return sum(row.verdict is wanted for row in self.rows)


def cases_migrate(
    *,
    actor: Actor,
    process_id: str,
    to: int,
    numbers: Collection[str] | None = None,
    dry_run: bool = True,
    consent: Collection[str] = (),
    batch: str = "",
) -> MigrationReport:
    """Move running cases to version `to`, those of `numbers` or all; a dry run only judges, and is the default.

    Safe cases are moved, others only when `consent` names them, forbidden ones never. An open task takes the form and the role of the
    new version; clocks and timers that run keep their moment. `batch` goes on with one begun before, so that many are moved
    in several calls and taken back together. Raises Refused, NotFound, VersionMoved.
    """
    process = process_row(process_id)
    rule = demand(actor, "case.move", process.department).rule
    target = _target(process_id, to)
    batch = "" if dry_run else _batch(target, batch)
    found = tuple(_each(actor, target, numbers, batch, frozenset(consent), rule))
    moved = [row.number for row in found if row.moved]
    if moved:
        _audit(actor, "case.migrate", batch, rule, {"process": process_id, "to": to, "cases": len(moved)})
    return MigrationReport(
        process_id, to, batch if moved or Migration.objects.filter(batch=batch).exists() else "", found
    )


def _batch(target: ProcessVersion, batch: str) -> str:
    """A new batch, or one of the same target that goes on."""
    if not batch:
        return f"m-{uuid.uuid4().hex[:16]}"
    if not Migration.objects.filter(batch=batch, to_version=target, reverted_at=None).exists():
        raise NotFound(
            zh=f"没有可以接着办的迁移批次 {batch}", en=f"there is no batch {batch} to go on with", where="batch"
        )
    return batch


def _target(process_id: str, number: int) -> ProcessVersion:
    """A version that holds or has held: what nobody approved moves nobody."""
    version = PROCESSES.found(process_row(process_id), number)
    if version.state not in (ProcessVersion.State.PUBLISHED, ProcessVersion.State.REPLACED):
        raise VersionMoved(
            zh=f"第 {number} 版没有生效过，办件不能迁到这一版",
            en=f"version {number} has never held; no case can be moved to it",
            where=process_id,
            hint_zh="先批准这一版。",
            hint_en="Approve it first.",
        )
    return version


def _each(
    actor: Actor,
    target: ProcessVersion,
    numbers: Collection[str] | None,
    batch: str,
    consent: Collection[str],
    rule: str,
) -> Iterator[MigrationRow]:
    rows = Case.objects.filter(process__process_id=target.process_id).exclude(process=target)
    if numbers is None:
        rows = rows.filter(status__in=RUNNING)
    else:
        rows = rows.filter(number__in=numbers)
        same = Case.objects.filter(process=target, number__in=numbers).values_list("number", flat=True)
        lost = sorted(set(numbers) - set(rows.values_list("number", flat=True)) - set(same))
        if lost:
            said = ", ".join(lost)
            zh, en = f"流程 {target.process_id} 没有办件 {said}", f"process {target.process_id} has no case {said}"
            raise NotFound(zh=zh, en=en, where="case")
    for number in rows.order_by("pk").values_list("number", flat=True).iterator():
        yield _one(actor, number, target, batch, number in consent, rule)


@transaction.atomic
def _one(actor: Actor, number: str, target: ProcessVersion, batch: str, has_consent: bool, rule: str) -> MigrationRow:
    """Judge a case and, in a batch, move it. What was judged is what is moved: the row is locked between."""
    case = case_locked(number=number) if batch else Case.objects.select_related("process").get(number=number)
    found = _judged(actor, case, target)
    moves = found.verdict is Verdict.SAFE or (found.verdict is Verdict.CONSENT and has_consent)
    before = case.process.number
    if batch and moves:
        _move(actor, case, target, batch, found.verdict is Verdict.CONSENT, rule)
    return MigrationRow(
        number, before, found.verdict, tuple(reason.text for reason in found.reasons), bool(batch) and moves
    )


def _judged(actor: Actor, case: Case, target: ProcessVersion) -> Judgement:
    may = verdict(actor, "case.move", case.department)
    if not may:
        return Judgement(Verdict.FORBIDDEN, (Reason(Verdict.FORBIDDEN, case.number, may.reason),))
    passed = {
        element
        for said in CaseStep.objects.filter(case=case).values_list("passed", flat=True)
        for _, element, _ in said
    }
    return judge(State.loads(case.state), definition_of(case.process), definition_of(target), passed)


def _move(actor: Actor, case: Case, target: ProcessVersion, batch: str, had_consent: bool, rule: str) -> None:
    old, new = case.process, definition_of(target)
    state = State.loads(case.state)
    kept = Migration.objects.create(
        batch=batch,
        case=case,
        from_version=old,
        to_version=target,
        before={"state": b64encode(case.sealed_state).decode(), "works": _works_follow(case, state, new)},
        after_events=case.events + 1,
        moved_at=timezone.now(),
        moved_by=actor.id,
    )
    told = {"batch": batch, "from": old.number, "to": target.number, "consent": had_consent}
    _follow(actor, case, target, carried(state, new).dumps(), MOVED, told)
    zh = f"流程由第 {old.number} 版改为第 {target.number} 版"
    en = f"the process changed from version {old.number} to {target.number}"
    _tell(actor, case, kept, Text(zh=zh, en=en), "case.migrate", rule, told)


def _works_follow(case: Case, state: State, new: Definition) -> dict[str, dict[str, str]]:
    """Open tasks take the form and the role of the new version; what they had before is given back, by number."""
    before: dict[str, dict[str, str]] = {}
    for work in Work.objects.filter(case=case, closed_at=None, kind=WorkKind.TASK.value).order_by("number"):
        node = new.nodes.get(work.node)
        if work.number not in state.works or not isinstance(node, UserTask):
            continue
        now = {"form_id": node.form or "", "role": node.role or ""}
        was = {"form_id": work.form_id, "role": work.role}
        if was != now:
            before[str(work.number)] = was
            Work.objects.filter(pk=work.pk).update(**now)
    return before


def _follow(actor: Actor, case: Case, version: ProcessVersion, state: str, kind: str, told: dict[str, Any]) -> None:
    """The case's row and its history; what it waits to hear is worked out anew."""
    case.process, case.state, case.events = version, state, case.events + 1
    case.save(update_fields=["process", "sealed_state", "events"])
    step = CaseStep(
        case=case,
        number=case.events,
        at=moment(),
        kind=kind,
        actor_id=actor.id,
        actor_name=actor.name[:120],
        passed=[],
        process=version,
    )
    step.event = told
    step.save()
    Wait.objects.filter(case=case).delete()
    heard = sorted(waits_of(definition_of(version), State.loads(state)))
    Wait.objects.bulk_create(Wait(case=case, kind=kind, name=name, key=key) for kind, name, key in heard)


def _tell(actor: Actor, case: Case, row: Migration, text: Text, act: str, rule: str, told: dict[str, Any]) -> None:
    case.notes.create(at=moment(), kind="migration", **note_words(zh=text.zh, en=text.en), by=actor.name[:120])
    audit(actor=actor, act=act, object_kind="case", object_id=case.number, rule=rule, details=told)
    kind = MOVED if row.reverted_at is None else REVERTED
    payload = {"case": case.pk, "number": case.number, "kind": kind, "step": case.events}
    emit(CASE_CHANGED, payload | {"department": case.department})


def migration_revert(*, actor: Actor, batch: str) -> MigrationReport:
    """Take a batch back: each case as it was, byte by byte, unless it has moved on since; those are told and stay.

    Raises Refused, NotFound.
    """
    rows = Migration.objects.filter(batch=batch).select_related("to_version")
    first = rows.first()
    if first is None:
        raise NotFound(zh=f"没有迁移批次 {batch}", en=f"there is no batch {batch}", where="batch")
    target = first.to_version
    rule = demand(actor, "case.move", target.process.department).rule
    pks = rows.filter(reverted_at=None).order_by("-pk").values_list("pk", flat=True)
    found = tuple(_back(actor, pk, rule) for pk in list(pks))
    back = sum(row.moved for row in found)
    _audit(actor, "case.migration-revert", batch, rule, {"process": target.process_id, "cases": back})
    return MigrationReport(target.process_id, target.number, batch, found)


@transaction.atomic
def _back(actor: Actor, pk: int, rule: str) -> MigrationRow:
    row = Migration.objects.select_related("from_version", "to_version").get(pk=pk)
    case = case_locked(pk=row.case_id)
    why = _stays(actor, case, row)
    if why is not None:
        return MigrationRow(case.number, row.to_version.number, Verdict.FORBIDDEN, (why,), False)
    row.reverted_at = timezone.now()
    row.save(update_fields=["reverted_at"])
    for number, was in row.before["works"].items():
        Work.objects.filter(case=case, number=int(number)).update(**was)
    told = {"batch": row.batch, "from": row.to_version.number, "to": row.from_version.number}
    case.sealed_state = b64decode(row.before["state"])
    _follow(actor, case, row.from_version, case.state, REVERTED, told)
    zh = f"撤销迁移，流程回到第 {row.from_version.number} 版"
    en = f"the move was taken back; the process is version {row.from_version.number} again"
    _tell(actor, case, row, Text(zh=zh, en=en), "case.migration-revert", rule, told)
    return MigrationRow(case.number, row.to_version.number, Verdict.SAFE, (), True)


def _stays(actor: Actor, case: Case, row: Migration) -> Text | None:
    """Why a case cannot go back: nothing may have happened to it since but moves that were taken back again."""
    may = verdict(actor, "case.move", case.department)
    if not may:
        return may.reason
    later = CaseStep.objects.filter(case=case, number__gt=row.after_events)
    moved_again = Migration.objects.filter(case=case, pk__gt=row.pk, reverted_at=None).exists()
    if row.reverted_at is not None or moved_again or later.exclude(kind__in=_KINDS).exists():
        return Text(
            zh="迁移之后办件又有进展，不能原样退回", en="the case has moved on since; it cannot go back exactly"
        )
    return None


def _audit(actor: Actor, act: str, batch: str, rule: str, details: dict[str, Any]) -> None:
    audit(actor=actor, act=act, object_kind="migration", object_id=batch, rule=rule, details=details)
