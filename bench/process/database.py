"""The same case of five works with everything kept in PostgreSQL: ours with all rows (case, steps, works, clocks, notes, audit lines,
events), the peer with its JSON read and saved in a transaction at each step, nothing else.

Seconds on the clock count here, since the database works too; processor seconds of the program are told beside them.
`python -m bench.process.database CASES TURNS` is the task itself, in a process of its own.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from bench.contest import ROOT
from bench.database import environment, postgres
from bench.machine import machine
from bench.process.running import ANSWERS, FILE

ROWS, QUICK_ROWS = 100, 20
LEAST_RATIO = 2.0
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
    ratio = {unit: found["spiffworkflow"][unit] / found["yiwang"][unit] for unit in ("wall", "processor")}
    missed = ratio["wall"] < LEAST_RATIO
    failed = [f"{ratio['wall']:.2f} times as fast as the peer, wanted {LEAST_RATIO}"] if missed else []
    return {
        "name": "process-database",
        "failed": failed,
        "limit": LEAST_RATIO,
        "ratios": ratio,
        "machine": before,
        **found,
    }


def table(found: Mapping[str, Any]) -> str:
    """What a person reads."""
    if "ratios" not in found:
        return f"process-database: {'; '.join(found['failed'])}"
    lines = [f"process-database: a case of five works, everything in PostgreSQL (load {found['machine']['load']})"]
    for name in ("yiwang", "spiffworkflow"):
        lines.append(f"  {name:<14}{found[name]['wall']:8.1f} ms a case, processor {found[name]['processor']:.1f} ms")
    lines.append(f"  {found['ratios']['wall']:.2f} times as fast as the peer (wanted {LEAST_RATIO})")
    return "\n".join([*lines, *(f"  missed: {one}" for one in found["failed"])])


def task(cases: int, turns: int) -> dict[str, dict[str, float]]:
    """Milliseconds a case, the median of the turns."""
    engines = {"yiwang": _ours(), "spiffworkflow": _peer()}
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in engines}
    for engine in engines.values():
        engine()
    for turn in range(turns):
        for name, engine in engines.items() if turn % 2 == 0 else reversed(engines.items()):
            wall, busy = time.perf_counter(), time.process_time()
            for _ in range(cases):
                engine()
            spent[name].append((time.perf_counter() - wall, time.process_time() - busy))
    return {
        name: {
            "wall": statistics.median(wall for wall, _ in found) * 1000 / cases,
            "processor": statistics.median(busy for _, busy in found) * 1000 / cases,
        }
        for name, found in spent.items()
    }


def _ours() -> Callable[[], None]:
    # only this process has a city
    from bench.process.city import SYSTEM, build, live

    build(FILE.read_bytes().replace(b"TIMER", b"P10D"))
    return lambda: live(SYSTEM, ANSWERS)


def _peer() -> Callable[[], None]:
    # only the peer's own process needs them
    import io

    from django.db import connection, transaction
    from SpiffWorkflow.bpmn import BpmnWorkflow
    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.util.task import TaskState

    parser = BpmnParser()
    parser.add_bpmn_io(io.BytesIO(FILE.read_bytes().replace(b"TIMER", b'"P10D"')))
    spec, serializer = parser.get_spec("permit"), BpmnWorkflowSerializer()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE peer (id bigserial PRIMARY KEY, state text NOT NULL)")

    def live() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            workflow = BpmnWorkflow(spec)
            workflow.do_engine_steps()
            text = serializer.serialize_json(workflow)
            cursor.execute("INSERT INTO peer (state) VALUES (%s) RETURNING id", [text])
            (number,) = cursor.fetchone()
        done = False
        while not done:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT state FROM peer WHERE id = %s FOR UPDATE", [number])
                workflow = serializer.deserialize_json(cursor.fetchone()[0])
                (ready,) = workflow.get_tasks(state=TaskState.READY, manual=True)
                ready.data.update(ANSWERS[ready.task_spec.bpmn_id])
                ready.run()
                workflow.do_engine_steps()
                cursor.execute(
                    "UPDATE peer SET state = %s WHERE id = %s", [serializer.serialize_json(workflow), number]
                )
                done = workflow.is_completed()

    return live


if __name__ == "__main__":
    sys.stdout.write(json.dumps(task(int(sys.argv[1]), int(sys.argv[2]))) + "\n")
