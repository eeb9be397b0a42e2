"""A small city in a process of its own that works in children, so that a child can be killed at any moment.

Commands and answers are JSON, one a line: {"do": "work"|"tick", "die": moment} answers {"pid": …}, {"wait": pid, "seconds": …}
how it ended, {"check": true} everything that does not fit together, {"count": true} what there is.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import django

django.setup()

from bpmnfiles import flow  # noqa: E402
from casecity import SYSTEM, CaseCity, task  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.db.models import QuerySet  # noqa: E402

from yiwang.flow import casework, recording, rungs, ticking  # noqa: E402
from yiwang.flow.core.process.reducing import begin, step  # noqa: E402
from yiwang.flow.core.process.state import State  # noqa: E402
from yiwang.flow.definitions import definition_of  # noqa: E402
from yiwang.flow.models import Case, CaseClock, CaseStep, Due, Work  # noqa: E402
from yiwang.flow.service import dues_tick, work_done  # noqa: E402
from yiwang.flow.steps import event_of  # noqa: E402
from yiwang.kernel.core.actor import Role  # noqa: E402
from yiwang.kernel.core.calendar import ZONE  # noqa: E402
from yiwang.kernel.selectors import audit_list, message_list  # noqa: E402

CASES = int(os.environ.get("YIWANG_KILL_CASES", "12"))
INTAKE = datetime(2026, 3, 2, 10, tzinfo=ZONE)
LATER = datetime(2026, 6, 1, tzinfo=ZONE)
BODY = (
    '<startEvent id="start"/><exclusiveGateway id="way" default="way-end"/><endEvent id="end"/><endEvent id="told"/>'
    + "".join(task(name, budget="2wd") for name in ("one", "two", "three"))
    + task("warn")
    + '<boundaryEvent id="late" attachedToRef="two" cancelActivity="false"><timerEventDefinition>'
    + "<timeDuration>P2D</timeDuration></timerEventDefinition></boundaryEvent>"
    + flow("start", "one")
    + flow("one", "two")
    + flow("two", "way")
    + flow("way", "three", "more = true")
    + flow("way", "end")
    + flow("three", "end")
    + flow("late", "warn")
    + flow("warn", "told")
)
CITY = CaseCity()


def build() -> None:
    call_command("migrate", verbosity=0)
    CITY.build()
    CITY.person("staff", "civil")
    CITY.person("leader", "civil", Role.LEADER)
    CITY.process("killed", BODY)
    CITY.item("lamp", "killed")
    for number in range(CASES):
        CITY.opened(item_id="lamp", opened_at=INTAKE, answers={"more": number % 2 == 0})


def die(*given: object, **named: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_before(holder: Any, name: str, call: int = 2) -> None:
    """Make the `call`-th call of `holder.name` the last thing this process does."""
    real: Callable[..., Any] = getattr(holder, name)
    made = [0]

    def counted(*given: Any, **named: Any) -> Any:
        made[0] += 1
        return die() if made[0] == call else real(*given, **named)

    setattr(holder, name, counted)


# Where a write has just done something and not yet the next: the moments at which being killed matters most.
MOMENTS: dict[str, Callable[[], None]] = {
    "before the event is taken": lambda: die_before(casework, "step"),
    "before the case is written": lambda: die_before(recording, "_case"),
    "before its step is written": lambda: die_before(recording, "_closed_works"),
    "before its works are written": lambda: die_before(recording, "_new_works"),
    "before its timers are written": lambda: die_before(recording, "_timers"),
    "before the audit line": lambda: die_before(casework, "audit"),
    "before its events": lambda: die_before(casework, "emit"),
    "before all of it is written": lambda: die_before(casework, "write"),
    "before the commit": lambda: die_before(casework, "Changes"),
    "before a rung is told": lambda: die_before(rungs, "message_send"),
    "before the told rungs are deleted": lambda: die_before(QuerySet, "delete", 1),
    "before the round of a tick is written down": lambda: die_before(ticking, "audit", 1),
}


def work() -> None:
    """Finish whatever is open, the oldest first."""
    while (owed := Work.objects.filter(closed_at=None).order_by("id").first()) is not None:
        work_done(actor=SYSTEM, work_id=owed.pk, answers={"by": owed.node})


def tick() -> None:
    dues_tick(now=LATER, limit=10_000)


DOING: dict[str, Callable[[], None]] = {"work": work, "tick": tick}


def faults() -> list[str]:
    """Everything that does not fit together: state and history, works, timers, clocks, audit lines."""
    found: list[str] = []
    for case in Case.objects.select_related("process"):
        steps = list(CaseStep.objects.filter(case=case).order_by("number"))
        if [one.number for one in steps] != list(range(1, case.events + 1)):
            found.append(f"{case}: steps {[one.number for one in steps]} of {case.events}")
        definition = definition_of(case.process)
        state = begin(definition)
        for one in steps:
            state = step(definition, state, event_of(one.kind, one.event), one.at).state
        if state.dumps() != case.state:
            found.append(f"{case}: the history gives another state")
        found += _rows(case, State.loads(case.state))
    done = CaseStep.objects.filter(kind="work_done").count()
    lines = audit_list(SYSTEM, act="work.done").total
    return [*found, f"{done} works done, {lines} audit lines"] if done != lines else found


def _rows(case: Case, state: State) -> list[str]:
    found = []
    open_works = set(case.works.filter(closed_at=None).values_list("number", flat=True))
    if open_works != set(state.works_open):
        found.append(f"{case}: works {open_works}, state {set(state.works_open)}")
    timers = set(case.dues.filter(kind=Due.Kind.TIMER).values_list("key", flat=True))
    wanted = {f"{t.id}:{node}" for t in state.tokens.values() for node in t.timers or ()}
    if timers != wanted:
        found.append(f"{case}: timers {timers}, state {wanted}")
    running = CaseClock.objects.filter(case=case, stopped_at=None).exclude(work=None)
    if set(running.values_list("work__number", flat=True)) != open_works:
        found.append(f"{case}: clocks run that should not, or do not run")
    return found


def count() -> dict[str, Any]:
    messages = [row.title.en for who in CITY.people.values() for row in message_list(who, per_page=500).items]
    return {
        "messages": dict(Counter(title.partition(":")[0] for title in messages)),
        "rungs": Due.objects.filter(kind=Due.Kind.RUNG).count(),
        "timers": CaseStep.objects.filter(kind="timer_fired").count(),
        "statuses": dict(Counter(Case.objects.values_list("status", flat=True))),
    }


def tell(**answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def serve() -> None:
    build()
    tell(ready=os.getpid())
    for line in sys.stdin:
        asked = json.loads(line)
        if "check" in asked:
            tell(faults=faults())
        elif "count" in asked:
            tell(**count())
        elif "wait" in asked:
            tell(status=ended(asked["wait"], asked["seconds"]))
        else:
            connections.close_all()
            pid = os.fork()
            if not pid:
                os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
                if asked["die"]:
                    MOMENTS[asked["die"]]()
                DOING[asked["do"]]()
                os._exit(0)
            tell(pid=pid)


def ended(pid: int, seconds: float | None) -> int:
    """How a child ended, by itself or killed after so many seconds."""
    if seconds is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)  # a child that ended keeps its number until it is waited for
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    serve()
