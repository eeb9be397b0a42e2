"""In a process of its own, on PostgreSQL: a table of many cases, the list of a department's obligations, and a tick.

`python -m bench.obligations.task ROWS` prints one JSON object.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from datetime import date, timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.contest import ROOT  # noqa: E402
from bench.obligations.race import race  # noqa: E402
from yiwang.flow.models import Case, CaseClock, Due, Process, ProcessVersion  # noqa: E402
from yiwang.flow.selectors import obligation_list  # noqa: E402
from yiwang.flow.service import dues_tick  # noqa: E402
from yiwang.kernel.core.actor import Actor, Role, system_actor  # noqa: E402
from yiwang.kernel.core.text import Text  # noqa: E402
from yiwang.kernel.selectors import actor_of  # noqa: E402
from yiwang.kernel.service import account_create, department_save, pack_install, role_grant  # noqa: E402

SYSTEM = system_actor("bench")
DEPARTMENTS = 50
# One case in ten is open: a city of a million cases has closed most of them.
OPEN_SHARE = 10
CALLS = 200
PER_PAGE = 50
TICKS = (2_500, 5_000, 10_000)
FOUNDED = date(2020, 1, 1)


def build(rows: int) -> Actor:
    call_command("migrate", verbosity=0)
    department_save(actor=SYSTEM, code="city", name=Text(zh="市", en="City"), parent=None, on=FOUNDED)
    for number in range(DEPARTMENTS):
        name = Text(zh=f"部门{number}", en=f"Department {number}")
        department_save(actor=SYSTEM, code=f"d{number}", name=name, parent="city", on=FOUNDED)
    pack_install(actor=SYSTEM, folder=ROOT / "packs/foundation/calendar")
    account = account_create(
        actor=SYSTEM, username="leader", display_name="领导", password="a-long-and-rare-one", department="city"
    )
    for role in (Role.LEADER, Role.STAFF):
        role_grant(actor=SYSTEM, account=account.pk, role=role, department="city", on=FOUNDED)
    process = Process.objects.create(id="bench", title_zh="试", title_en="Bench", department="city", pack_id="bench")
    version = ProcessVersion.objects.create(
        process=process, number=1, state="published", digest="0" * 64, author="bench", author_name="bench"
    )
    _fill(rows, version.pk)
    return actor_of(account)


def _fill(rows: int, version: int) -> None:
    """Cases of the last two hundred days; every tenth is open, with a work, the case's clock and the work's own."""
    open_row = f"n % {OPEN_SHARE} = 0"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO flow_case (number, secret, process_id, title, department, channel, topic, division,
                sealed_applicant, sealed_answers, status, sealed_state, events, opened_by, opened_at, closed_at, key)
            SELECT 'C' || n, '', %s, '办件 ' || n, 'd' || (n / {OPEN_SHARE} %% {DEPARTMENTS}), 'web', 't' || n %% 97, '', '',
                '', CASE WHEN {open_row.replace("%", "%%")} THEN 'open' ELSE 'completed' END, '', 3, 'bench',
                now() - make_interval(hours => n %% 4800),
                CASE WHEN {open_row.replace("%", "%%")} THEN NULL ELSE now() END, ''
            FROM generate_series(1, %s) AS n""",
            [version, rows],
        )
        cursor.execute(
            """INSERT INTO flow_work (case_id, number, token, node, kind, title_zh, title_en, department, role, assignee, form_id,
                round, is_waiting, begun_by, opened_at, closed_at, closed_how, closed_by, sort_due)
            SELECT id, 2, 1, 'handle', 'task', '办理', 'Handle', department, '', '', '', 1, false, '', opened_at, closed_at,
                '', '', CASE WHEN closed_at IS NULL THEN opened_at + interval '14 days' END
            FROM flow_case"""
        )
        for work in ("NULL", "w.id"):
            cursor.execute(
                f"""INSERT INTO flow_caseclock (case_id, work_id, budget, basis, rungs, extended, started_at)
                SELECT w.case_id, {work}, '20wd', '', '[]', '[]', w.opened_at FROM flow_work w WHERE w.closed_at IS NULL"""
            )
        for table in ("flow_case", "flow_work", "flow_caseclock", "flow_pause"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def listing(actor: Actor) -> dict[str, float]:
    """The first page of a department's obligations, drawn at random; milliseconds."""
    draw, spent, processor = random.Random(7), [], 0.0
    for number in range(CALLS + 10):
        department = f"d{draw.randrange(DEPARTMENTS)}"
        began, busy = time.perf_counter(), time.process_time()
        page = obligation_list(actor, department=department, per_page=PER_PAGE)
        if number >= 10:
            spent.append((time.perf_counter() - began) * 1000)
            processor += (time.process_time() - busy) * 1000
        assert len(page.items) == PER_PAGE and page.total > PER_PAGE
    spent.sort()
    p95, each = spent[int(len(spent) * 0.95)], processor / len(spent)
    return {"median_ms": statistics.median(spent), "p95_ms": p95, "processor_ms": each, "owed": float(page.total)}


def ticks() -> dict[str, float]:
    """Every open case has a rung in the far future; then so many of them come due and one tick fires them; seconds."""
    found: dict[str, float] = {}
    rung = {"key": "late", "kind": "breach", "when": "0", "role": "leader", "department": ""}
    CaseClock.objects.filter(work=None).update(rungs=[rung])
    far = timezone.now() + timedelta(days=300)
    clocks = CaseClock.objects.filter(work=None).values_list("pk", "case_id")
    Due.objects.bulk_create(
        (
            Due(case_id=case, kind="rung", key="case:late", clock_id=pk, spec={"rung": "late"}, look_at=far)
            for pk, case in clocks.iterator()
        ),
        batch_size=5000,
    )
    late = timezone.now() - timedelta(days=90)
    found["dues"] = Due.objects.count()
    for size in TICKS:
        due = Due.objects.filter(case__opened_at__lt=late).order_by("id").values_list("pk", flat=True)[:size]
        assert Due.objects.filter(pk__in=list(due)).update(look_at=timezone.now()) == size
        began, busy = time.perf_counter(), time.process_time()
        report = dues_tick(limit=100_000)
        found[f"seconds_{size}"] = time.perf_counter() - began
        found[f"processor_{size}"] = time.process_time() - busy
        assert (report.fired, report.messages, report.failed) == (size, size, 0), report
    return found


def main() -> None:
    rows = int(sys.argv[1])
    began = time.perf_counter()
    actor = build(rows)
    built = time.perf_counter() - began
    found = {"cases": Case.objects.count(), "build_seconds": built, "list": listing(actor), "tick": ticks()}
    found["race"], found["killed"] = race(kill=False), race(kill=True)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
