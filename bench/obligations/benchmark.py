"""Obligations: the list of what a department owes, out of a million cases on PostgreSQL, and the tick over the open ones.

There is no peer: the limits are 50 ms for the 95th percentile of the list, and a tick whose time grows no faster than what fires.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from bench.contest import ROOT
from bench.database import environment, postgres
from bench.machine import machine

ROWS, QUICK_ROWS = 1_000_000, 100_000
MOST_MS = 50.0
# Four times as many rungs may take five times as long.
MOST_GROWTH = 5.0
Say = Callable[[str], None]


def run(rows: int, repeat: int, say: Say) -> dict[str, Any]:
    """One table; the list is asked for two hundred times, so `repeat` adds nothing."""
    before = machine()
    with postgres() as url, tempfile.TemporaryDirectory(prefix="yiwang-bench-") as home:
        if url is None:
            missing = "not measured: PostgreSQL is not installed"
            return {"name": "obligations", "failed": [missing], "machine": asdict(before)}
        say(f"obligations: filling a table with {rows} cases")
        ran = subprocess.run(
            [sys.executable, "-m", "bench.obligations.task", str(rows)],
            cwd=ROOT,
            env=environment(url, home),
            capture_output=True,
            text=True,
        )
    if ran.returncode:
        return {"name": "obligations", "failed": [ran.stderr[-2000:]], "machine": asdict(before)}
    found = json.loads(ran.stdout.splitlines()[-1])
    growth = found["tick"]["processor_10000"] / found["tick"]["processor_2500"]
    failed = []
    if found["list"]["p95_ms"] > MOST_MS:
        failed.append(f"p95 {found['list']['p95_ms']:.1f} ms > {MOST_MS} ms")
    if growth > MOST_GROWTH:
        failed.append(f"four times the rungs took {growth:.1f} times as long")
    for name in ("race", "killed"):
        if found[name]["not_once"]:
            failed.append(f"{name}: {found[name]['not_once']} rungs were told other than once")
    return {"name": "obligations", "failed": failed, "limit_ms": MOST_MS, "machine": asdict(before), **found}


def table(found: Mapping[str, Any]) -> str:
    if "list" not in found:
        return f"obligations: {'; '.join(found['failed'])}"
    listed, tick = found["list"], found["tick"]
    lines = [
        f"obligations: {found['cases']} cases, {listed['owed']:.0f} open works in a department (load {found['machine']['load']})",
        f"  first page of a department: median {listed['median_ms']:.1f} ms, p95 {listed['p95_ms']:.1f} ms (limit {MOST_MS:.0f}), "
        f"processor {listed['processor_ms']:.1f} ms",
        *(
            f"  a tick that fires {size}: {tick[f'seconds_{size}']:.1f} s, processor {tick[f'processor_{size}']:.1f} s"
            for size in (2500, 5000, 10000)
        ),
        f"  two workers race for {found['race']['rungs']}: {found['race']['seconds']:.1f} s, told other than once: "
        f"{found['race']['not_once']}",
        f"  one of two killed after {found['killed']['killed_after']:.0f}: {found['killed']['seconds']:.1f} s, told other than once: "
        f"{found['killed']['not_once']}",
    ]
    return "\n".join([*lines, *(f"  missed: {one}" for one in found["failed"])])
