"""Decide: one resident at a time, twenty decisions with their explanation, in process, against zen-engine with its trace.

The limit is held against zen asked decision by decision, as we are, and against its best, all twenty in one graph.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb

from bench.contest import Contender
from bench.machine import machine
from bench.peers import peers_python
from bench.rules import benchmark, task
from bench.rules.benchmark import ONE_THREAD, OURS, WHERE, Ratio, Say

ROWS = QUICK_ROWS = task.QUICK_ROWS
ZEN = "zen"
RATIOS = (
    Ratio("zen_trace", (ZEN, "one_by_one"), (OURS, "explained"), least=1),
    Ratio("zen_trace_one_graph", (ZEN, "one_graph"), (OURS, "explained"), least=1),
    Ratio("zen_one_graph_against_trace_only", (ZEN, "one_graph"), (OURS, "traced")),
    Ratio("zen_plain", (ZEN, "plain"), (OURS, "plain")),
)


def both(python: Path) -> list[Contender]:
    """Ours and zen; `python` has the peers."""
    return [
        Contender(OURS, f"{WHERE}.yiwang_explained", Path(sys.executable), ONE_THREAD),
        Contender(ZEN, f"{WHERE}.zen_trace", python, ONE_THREAD),
    ]


def differing(folder: Path) -> list[str]:
    """Amounts by resident and decision that are not the same, in words."""
    ours, zen = (folder / name / "amounts.parquet" for name in (OURS, ZEN))
    with duckdb.connect(config={"threads": 1}) as connection:
        rows = connection.execute(f"""
            SELECT person, decision, o.amount, z.amount FROM '{ours}' o FULL JOIN '{zen}' z USING (person, decision)
            WHERE (o.amount IS NULL) <> (z.amount IS NULL) OR abs(o.amount - z.amount) > 1e-6 ORDER BY ALL
            """).fetchall()
    return [f"{len(rows)} amounts differ, such as {rows[0]}"] if rows else []


def run(rows: int, repeat: int, say: Say) -> dict[str, Any]:
    """Measure, compare, judge; `rows` is the population the residents are the first of."""
    before = machine()
    source = benchmark.source_file(task.cache(), rows, say)
    folder = Path(tempfile.mkdtemp(prefix="decide-", dir=task.cache()))
    try:
        ran = benchmark.in_turns(both(peers_python(say)), source, folder, repeat, say)
        failed = differing(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    seconds = benchmark.medians(ran)
    ratios, missed = benchmark.told(RATIOS, seconds)
    return {
        "name": "decide",
        "ratios": ratios,
        "limit": {one.name: one.limit for one in RATIOS if one.limit},
        "failed": missed + failed,
        "machine": asdict(before),
        "rows": ran[OURS][0].rows,
        "repeat": repeat,
        "milliseconds": {
            f"{name} {stage}": round(1000 * spent / ran[name][0].rows, 4) for (name, stage), spent in seconds.items()
        },
        "contenders": {
            name: {"versions": dict(done.versions), "seconds": {k: [round(s, 4) for s in v] for k, v in stages.items()}}
            for name, (done, stages) in ran.items()
        },
    }


def table(found: Mapping[str, Any]) -> str:
    """What a person reads."""
    lines = [benchmark.table(found)]
    lines += [f"  {name}: {spent} ms for twenty decisions" for name, spent in found["milliseconds"].items()]
    return "\n".join(lines)
