"""The peer in the place of our engine: it decides what comes next, and an application around it keeps the very rows that ours keeps,
in the same tables, by the framework's own calls. When things are due it is told for nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from bench.process.city import OPEN_WORK, SYSTEM
from bench.process.running import ANSWERS
from yiwang.flow.events import CASE_CHANGED, CASE_CLOSED, CASE_OPENED, WORK_OPENED
from yiwang.flow.models import Case, CaseClock, CaseNote, CaseStep, Due, ItemVersion, ProcessVersion, Work
from yiwang.kernel.models import AuditLine, Event
from yiwang.kernel.selectors import fetch
from yiwang.kernel.service import audit, emit

TABLES: tuple[type[models.Model], ...] = (Case, Work, CaseStep, CaseNote, CaseClock, Due, AuditLine, Event)
Load = Callable[[str], Any]
Save = Callable[[Any], str]


def counts() -> Counter[str]:
    """How many rows there are of each kind."""
    return Counter({model.__name__: model._default_manager.count() for model in TABLES})


@dataclass(frozen=True)
class Peer:
    """`begin` gives a workflow that has come to its first work, `load` and `save` its text, `ready` the task it waits for."""

    begin: Callable[[], Any]
    load: Load
    save: Save
    ready: Callable[[Any], Any]
    next_number: Callable[[], str]

    def live(self) -> None:
        number = self.next_number()
        with transaction.atomic():
            self._open(number)
        done = False
        while not done:
            done = self._step(number)

    def _open(self, number: str) -> None:
        now, workflow = timezone.localtime(), self.begin()
        case = Case(
            number=number,
            secret="0" * 64,
            item=ItemVersion.objects.get(item_id="permit"),
            process=ProcessVersion.objects.get(process_id="permit"),
            title="试",
            department="city",
            channel="counter",
            events=1,
            opened_by=SYSTEM.id,
            opened_at=now,
        )
        case.applicant, case.answers, case.state = {}, {}, self.save(workflow)
        case.save()
        clock = CaseClock.objects.create(case=case, budget="20wd", rungs=[], started_at=now)
        for rung in ("soon", "late"):
            Due.objects.create(
                case=case, kind="rung", key=f"case:{rung}", clock=clock, spec={"rung": rung}, look_at=_later(now)
            )
        _note(case, "opened", f"已受理，编号 {number}", now)
        emit(CASE_OPENED, {**_which(case), "item": "permit", "process": "permit", "topic": "", "channel": "counter"})
        _stepped(case, "started", {"values": {}}, now)
        self._opened(case, workflow, now)
        audit(actor=SYSTEM, act="case.open", object_kind="case", object_id=number, rule="system", details={"step": 1})

    @transaction.atomic
    def _step(self, number: str) -> bool:
        now = timezone.localtime()
        case = Case.objects.select_for_update().get(number=number)
        workflow = self.load(case.state)
        task = self.ready(workflow)
        node, said = task.task_spec.bpmn_id, ANSWERS[task.task_spec.bpmn_id]
        ((found,),) = fetch(OPEN_WORK, [number, node])
        work = Work.objects.get(pk=found)
        task.data.update(said)
        task.run()
        workflow.do_engine_steps()
        case.state, case.events = self.save(workflow), case.events + 1
        work.closed_at, work.closed_how, work.closed_by = now, "done", SYSTEM.id
        work.save(update_fields=["closed_at", "closed_how", "closed_by"])
        _stepped(case, "work_done", {"who": SYSTEM.id, "work": work.number, "values": said}, now)
        ended = workflow.is_completed()
        if node == "examine":
            Due.objects.filter(case=case, kind="timer").delete()
        if ended:
            case.status, case.closed_at = Case.Status.COMPLETED, now
            Due.objects.filter(case=case).delete()
            CaseClock.objects.filter(case=case, stopped_at=None).update(stopped_at=now)
            _note(case, "closed", "已办结", now)
            emit(CASE_CLOSED, {**_which(case), "outcome": "completed"})
        else:
            self._opened(case, workflow, now)
        case.save(update_fields=["sealed_state", "events", "status", "closed_at"])
        details = {"step": case.events, "work": work.pk, "node": node}
        audit(actor=SYSTEM, act="work.done", object_kind="case", object_id=number, rule="system", details=details)
        return bool(ended)

    def _opened(self, case: Case, workflow: Any, now: datetime) -> None:
        node = self.ready(workflow).task_spec.bpmn_id
        work = Work.objects.create(
            case=case,
            number=case.events,
            token=case.events,
            node=node,
            kind="task",
            title_zh=node,
            title_en=node,
            department="city",
            opened_at=now,
            sort_due=_later(now),
        )
        _note(case, "state", f"正在办理：{node}", now)
        if node == "examine":
            spec = {"kind": "duration", "value": "P10D", "node": "warn", "round": 1, "set_at": now.isoformat()}
            Due.objects.create(case=case, kind="timer", key="timer", spec=spec, look_at=_later(now))
        told = {"work": work.pk, "node": node, "kind": "task", "assignee": "", "round": 1}
        emit(WORK_OPENED, _which(case) | told)


def _later(now: datetime) -> datetime:
    return now + timedelta(days=10)


def _which(case: Case) -> dict[str, Any]:
    return {"case": case.pk, "number": case.number, "department": case.department}


def _note(case: Case, kind: str, text: str, now: datetime) -> None:
    CaseNote.objects.create(case=case, at=now, kind=kind, text_zh=text, text_en=text, is_public=True, by=SYSTEM.name)


def _stepped(case: Case, kind: str, event: dict[str, Any], now: datetime) -> None:
    step = CaseStep(
        case=case,
        number=case.events,
        at=now,
        kind=kind,
        actor_id=SYSTEM.id,
        actor_name=SYSTEM.name,
        passed=[],
        process=case.process,
    )
    step.event = event
    step.save()
    emit(CASE_CHANGED, {**_which(case), "kind": kind, "step": case.events})
