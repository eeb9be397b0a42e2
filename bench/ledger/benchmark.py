"""Ledger: lines from the journal to places in the tree, on PostgreSQL and SQLite, and the proof of one entry among ten millions.

There is no peer: the limits are 20,000 entries a second in batches (rows, hashes, tiles, checkpoint) and 5 ms for a proof.
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

ROWS, QUICK_ROWS = 200_000, 40_000
# proofs are asked for in a tree so many times larger than the batch that is appended
TIMES = 50
LEAST, MOST_MS = 20_000, 5.0
Say = Callable[[str], None]


def run(rows: int, repeat: int, say: Say) -> dict[str, Any]:
    """Medians over `repeat` runs would hide a slow one: the slowest of each counts."""
    found: dict[str, Any] = {"name": "ledger", "machine": asdict(machine()), "entries": [], "failed": []}
    for turn in range(repeat):
        say(f"ledger: {rows} entries, run {turn + 1}")
        with postgres() as url:
            for address in (url, ""):
                if address is not None:
                    found["entries"].append(_task("entries", rows, address))
    say(f"ledger: proofs among {rows * TIMES}")
    found["proofs"] = _task("proofs", rows * TIMES, "")
    for database in sorted({one["database"] for one in found["entries"]}):
        slowest = min(one["a_second"] for one in found["entries"] if one["database"] == database)
        if slowest < LEAST:
            found["failed"].append(f"{database}: {slowest:.0f} entries a second < {LEAST}")
    if len({one["database"] for one in found["entries"]}) < 2:
        found["failed"].append("not measured: PostgreSQL is not installed")
    if found["proofs"]["p99_ms"] > MOST_MS:
        found["failed"].append(f"p99 of a proof {found['proofs']['p99_ms']:.2f} ms > {MOST_MS} ms")
    return found


def _task(what: str, rows: int, address: str) -> Any:
    """`address` empty: an SQLite file of its own."""
    with tempfile.TemporaryDirectory(prefix="yiwang-bench-") as home:
        env = environment(address or f"sqlite:///{home}/city.sqlite3", home)
        ran = subprocess.run(
            [sys.executable, "-m", "bench.ledger.task", what, str(rows)],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
        )
    if ran.returncode:
        raise RuntimeError(ran.stderr[-2000:])
    return json.loads(ran.stdout.splitlines()[-1])


def table(found: Mapping[str, Any]) -> str:
    proofs = found["proofs"]
    lines = [f"ledger (load {found['machine']['load']})"]
    for one in found["entries"]:
        lines += [
            f"  {one['database']}: {one['entries']} entries in {one['seconds']:.1f} s, {one['a_second']:.0f} a second "
            f"(limit {LEAST}), {one['processor_us']:.0f} µs of processor each",
            f"    a line of its own in the journal, eight threads: {one['lines']['processor_us']:.0f} µs of processor, "
            f"{one['lines']['a_second']:.0f} a second",
        ]
    lines.append(
        f"  a proof among {proofs['size']}: median {proofs['median_ms']:.2f} ms, p99 {proofs['p99_ms']:.2f} ms "
        f"(limit {MOST_MS:.0f}), at most {proofs['most_ms']:.2f} ms; "
        f"p99 of processor {proofs['processor_p99_ms']:.2f} ms"
    )
    return "\n".join([*lines, *(f"  missed: {one}" for one in found["failed"])])
