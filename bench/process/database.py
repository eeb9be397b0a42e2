"""The same case of five works with everything kept in PostgreSQL, state read and written at each step in a transaction of its own.

Ours stores case, steps, works, clocks, dues, notes, audit lines and events. The peer doing the same (`spiffworkflow`) stores the same
rows by the framework's ordinary calls; beside it the peer that keeps its JSON and nothing else (`spiffworkflow-json`). Seconds on the
clock count, since the database works too; processor seconds of the program and of its server process are told.
`python -m bench.process.database CASES TURNS` is the task itself, in a process of its own.
"""

from __future__ import annotations

import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.contest import ROOT
from bench.database import environment, postgres
from bench.machine import machine
from bench.process.running import ANSWERS, FILE

ROWS, QUICK_ROWS = 100, 20
LEAST_RATIO = 2.0
SAME, JSON_ONLY = "spiffworkflow", "spiffworkflow-json"
# The database keeps a statement prepared after its first few times.
WARM = 10
Say = Callable[[str], None]


def run(rows: int, repeat: int, say: Say) -> dict[str, Any]:
    """`failed` names the ratio when it is missed."""
    before = asdict(machine())
    with postgres() as url, tempfile.TemporaryDirectory(prefix="yiwang-bench-") as home:
        if url is None:
            return {
                "name": "process-database",
                "failed": ["not measured: PostgreSQL is not installed"],
                "machine": before,
            }
        say(f"process-database: {rows} cases of each, {repeat} turns")
        ran = subprocess.run(
            [sys.executable, "-m", "bench.process.database", str(rows), str(repeat)],
            cwd=ROOT,
            env=environment(url, home),
            capture_output=True,
            text=True,
        )
    if ran.returncode:
        return {"name": "process-database", "failed": [ran.stderr[-2000:]], "machine": before}
    found = json.loads(ran.stdout.splitlines()[-1])
    ratios = {name: found[name]["wall"] / found["yiwang"]["wall"] for name in (SAME, JSON_ONLY)}
    missed = ratios[SAME] < LEAST_RATIO
    failed = [f"{ratios[SAME]:.2f} times as fast as the peer doing the same, wanted {LEAST_RATIO}"] if missed else []
    return {
        "name": "process-database",
        "failed": failed,
        "limit": LEAST_RATIO,
        "ratios": ratios,
        "machine": before,
        **found,
    }


def table(found: Mapping[str, Any]) -> str:
    """What a person reads."""
    if "ratios" not in found:
        return f"process-database: {'; '.join(found['failed'])}"
    lines = [f"process-database: a case of five works, everything in PostgreSQL (load {found['machine']['load']})"]
    for name in ("yiwang", SAME, JSON_ONLY):
        one = found[name]
        lines.append(
            f"  {name:<20}{one['wall']:8.1f} ms a case, processor {one['processor']:.1f} ms and its server {one['server']:.1f}"
        )
    lines.append(
        f"  {found['ratios'][SAME]:.2f} times as fast as the peer that keeps the same rows (wanted {LEAST_RATIO})"
    )
    lines.append(f"  {found['ratios'][JSON_ONLY]:.2f} times as fast as the peer that keeps only its JSON (no limit)")
    return "\n".join([*lines, *(f"  missed: {one}" for one in found["failed"])])


def task(cases: int, turns: int) -> dict[str, dict[str, float]]:
    """Milliseconds a case, the median of the turns."""
    engines = {"yiwang": _ours(), SAME: _peer_with_rows(), JSON_ONLY: _peer_alone()}
    spent: dict[str, list[tuple[float, float, float]]] = {name: [] for name in engines}
    for engine in engines.values():
        for _ in range(WARM):
            engine()
    server = _server()
    for turn in range(turns):
        for name, engine in engines.items() if turn % 2 == 0 else reversed(engines.items()):
            wall, busy, served = time.perf_counter(), time.process_time(), server()
            for _ in range(cases):
                engine()
            spent[name].append((time.perf_counter() - wall, time.process_time() - busy, server() - served))
    return {
        name: {
            unit: statistics.median(one[index] for one in found) * 1000 / cases
            for index, unit in enumerate(("wall", "processor", "server"))
        }
        for name, found in spent.items()
    }


def _server() -> Callable[[], float]:
    """Processor seconds so far of the server process that serves this connection; 0 where the system does not tell."""
    # only this process has a city
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (number,) = cursor.fetchone()
    told = Path(f"/proc/{number}/schedstat")
    return lambda: int(told.read_text().split()[0]) / 1e9 if told.exists() else 0.0


def _ours() -> Callable[[], None]:
    # only this process has a city
    from bench.process.city import SYSTEM, build, live

    build(FILE.read_bytes().replace(b"TIMER", b"P10D"))
    return lambda: live(SYSTEM, ANSWERS)


def _spiff() -> dict[str, Callable[..., Any]]:
    """What the peer does: a workflow begun, its text, a workflow of a text, the task it waits for."""
    # only the peer's own process needs them
    import io

    from SpiffWorkflow.bpmn import BpmnWorkflow
    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.util.task import TaskState

    parser = BpmnParser()
    parser.add_bpmn_io(io.BytesIO(FILE.read_bytes().replace(b"TIMER", b'"P10D"')))
    spec, serializer = parser.get_spec("permit"), BpmnWorkflowSerializer()

    def begin() -> Any:
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()
        return workflow

    def ready(workflow: Any) -> Any:
        (task,) = workflow.get_tasks(state=TaskState.READY, manual=True)
        return task

    return {"begin": begin, "load": serializer.deserialize_json, "save": serializer.serialize_json, "ready": ready}


def _peer_with_rows() -> Callable[[], None]:
    # only this process has a city
    from bench.process.keeping import Peer, counts

    numbers = itertools.count(1)
    peer = Peer(**_spiff(), next_number=lambda: f"peer-{next(numbers)}")
    # The first of all makes the city's keys.
    _live_once()
    before = counts()
    _live_once()
    middle = counts()
    peer.live()
    after = counts()
    # Compared whole: a count that fell would not show in a difference of counters.
    if {name: after[name] - middle[name] for name in after} != {name: middle[name] - before[name] for name in after}:
        raise SystemExit(f"the peer keeps other rows than ours: {after - middle} and {middle - before}")
    return peer.live


def _live_once() -> None:
    from bench.process.city import SYSTEM, live

    live(SYSTEM, ANSWERS)


def _peer_alone() -> Callable[[], None]:
    # only this process has a city
    from django.db import connection, transaction

    spiff = _spiff()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE peer (id bigserial PRIMARY KEY, state text NOT NULL)")

    def live() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO peer (state) VALUES (%s) RETURNING id", [spiff["save"](spiff["begin"]())])
            (number,) = cursor.fetchone()
        done = False
        while not done:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT state FROM peer WHERE id = %s FOR UPDATE", [number])
                workflow = spiff["load"](cursor.fetchone()[0])
                task = spiff["ready"](workflow)
                task.data.update(ANSWERS[task.task_spec.bpmn_id])
                task.run()
                workflow.do_engine_steps()
                cursor.execute("UPDATE peer SET state = %s WHERE id = %s", [spiff["save"](workflow), number])
                done = workflow.is_completed()

    return live


if __name__ == "__main__":
    sys.stdout.write(json.dumps(task(int(sys.argv[1]), int(sys.argv[2]))) + "\n")
