"""Intake: five million synthetic rows of twelve fields under twenty rules, as ratios against peers in one run.

(a) DuckDB reading and writing the same file with nothing checked; (b) pandera and (c) pointblank running the same rules.
All must reject the same rows, which are the rows that were spoilt; a difference fails the run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from bench.contest import ROOT, Contender, ContenderFailed, Result, contest
from bench.intake.task import PACK, SEED
from bench.machine import machine
from bench.peers import peers_python

ROWS = QUICK_ROWS = 5_000_000
THREADS = 2
WHERE = "bench.intake.contenders"
OURS, FLOOR, PEERS, CLI = "yiwang", "duckdb", ("pandera", "pointblank"), "cli"
# Our time is at most this many times that of (a); the best peer's is at least this many times ours; our memory.
LIMITS = {"duckdb": 3.0, "best_peer": 5.0, "peak_mb": 2048.0}
Say = Callable[[str], None]


@dataclass(frozen=True)
class Difference:
    """Rows that a contender rejected and should not have, and the other way round; `examples` are row numbers."""

    contender: str
    too_many: int
    too_few: int
    examples: tuple[int, ...]


def cache() -> Path:
    """Where the generated files are kept between runs."""
    folder = Path(os.environ.get("YIWANG_BENCH_CACHE", ROOT / "bench/.cache"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def source_file(folder: Path, rows: int, say: Say) -> Path:
    """The file of so many rows, made when it is not there."""
    target = folder / f"insured-{SEED}-{rows}.csv"
    if not target.exists():
        say(f"writing {rows:,} rows …")
        subprocess.run([sys.executable, "-m", "bench.intake.table", str(target), str(rows)], cwd=ROOT, check=True)
    return target


def own_contenders() -> list[Contender]:
    """The floor and ours, which run in this virtualenv."""
    own = Path(sys.executable)
    return [Contender(FLOOR, f"{WHERE}.duckdb_copy", own), Contender(OURS, f"{WHERE}.yiwang_load", own)]


def peer_contenders(python: Path) -> list[Contender]:
    """The peers, by the interpreter that has them, held to the same number of threads."""
    threads = {"POLARS_MAX_THREADS": str(THREADS)}
    return [Contender(name, f"{WHERE}.{name}_polars", python, threads) for name in PEERS]


def run_cli(source: Path, folder: Path, say: Say) -> Result:
    """One whole `yiwang load` in a throw-away city; making the city is not counted."""
    program, home = str(Path(sys.executable).with_name("yiwang")), str(folder / "city")
    env = {**os.environ, "YIWANG_HOME": home}
    for words in (["init"], ["pack", "install", str(PACK)]):
        done = subprocess.run([program, *words], env=env, capture_output=True, text=True)
        if done.returncode:
            raise ContenderFailed(f"yiwang {' '.join(words)}: exit {done.returncode}\n{done.stderr}")
    contender = Contender(CLI, f"{WHERE}.yiwang_cli", Path(sys.executable), {"YIWANG_HOME": home})
    return contest([contender], source, folder, threads=THREADS, repeat=1, say=say)[CLI]


def differences(source: Path, results: Mapping[str, Result]) -> list[Difference]:
    """Every contender that checks, against the rows that were spoilt."""
    found = []
    truth = source.with_suffix(".truth.parquet")
    with duckdb.connect() as connection:
        for name, result in results.items():
            if not result.ran.rejected:
                continue
            rows = connection.execute(
                f"SELECT t.row, r.row FROM '{truth}' t FULL JOIN (SELECT row FROM '{result.ran.rejected}') r USING (row) "
                "WHERE t.row IS NULL OR r.row IS NULL ORDER BY ALL"
            ).fetchall()
            if rows:
                many = [r for t, r in rows if t is None]
                few = [t for t, r in rows if r is None]
                found.append(Difference(name, len(many), len(few), tuple((many + few)[:10])))
    return found


def ratios(results: Mapping[str, Result], take: Callable[[Result], float]) -> dict[str, float]:
    """Ours over the floor; each peer over ours; the better peer over ours."""
    ours = take(results[OURS])
    peers = {name: take(results[name]) / ours for name in PEERS}
    found = {FLOOR: ours / take(results[FLOOR]), **peers, "best_peer": min(peers.values())}
    return {name: round(value, 2) for name, value in found.items()}


def missed(found: Mapping[str, float], peak_mb: float) -> list[str]:
    """Which limits were missed, in words."""
    said = []
    if found[FLOOR] > LIMITS["duckdb"]:
        said.append(f"{found[FLOOR]} times the time of plain DuckDB, allowed {LIMITS['duckdb']}")
    if found["best_peer"] < LIMITS["best_peer"]:
        said.append(f"{found['best_peer']} times as fast as the best peer, wanted {LIMITS['best_peer']}")
    if peak_mb > LIMITS["peak_mb"]:
        said.append(f"peak memory {peak_mb:.0f} MB, allowed {LIMITS['peak_mb']:.0f}")
    return said


def run(rows: int, repeat: int, say: Say) -> dict[str, Any]:
    """Measure, compare, judge. `failed` lists the limits missed and the answers that differ; empty means all is well."""
    before = machine()
    source = source_file(cache(), rows, say)
    folder = Path(tempfile.mkdtemp(prefix="intake-", dir=cache()))
    try:
        results = contest(
            [*own_contenders(), *peer_contenders(peers_python(say))],
            source,
            folder,
            threads=THREADS,
            repeat=repeat,
            say=say,
        )
        results[CLI] = run_cli(source, folder, say)
        differing = differences(source, results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for result in results.values():
        assert result.ran.rows == rows, (result.name, result.ran.rows)
    wall = ratios(results, lambda r: r.median.wall)
    failed = missed(wall, results[OURS].median.peak_mb)
    failed += [f"{d.contender} rejects {d.too_many} rows too many, {d.too_few} too few" for d in differing]
    return {
        "name": "intake",
        "ratios": wall,
        "limit": LIMITS,
        "failed": failed,
        "machine": asdict(before),
        "ratios_processor": ratios(results, lambda r: r.median.cpu),
        "rows": rows,
        "repeat": repeat,
        "file_mb": round(source.stat().st_size / 1e6, 1),
        "same_rows_rejected": not differing,
        "differences": [asdict(d) for d in differing],
        "contenders": {name: _told(result) for name, result in results.items()},
    }


def _told(result: Result) -> dict[str, Any]:
    median = result.median
    return {
        "seconds": round(median.wall, 2),
        "processor_seconds": round(median.cpu, 2),
        "peak_mb": round(median.peak_mb),
        "runs": [[round(c.wall, 2), round(c.cpu, 2), round(c.peak_mb)] for c in result.costs],
        "accepted": result.ran.accepted,
        "rejected": result.ran.rows - result.ran.accepted,
        "stages": {name: round(seconds, 2) for name, seconds in result.ran.stages.items()},
        "reasons": dict(result.ran.reasons),
        "versions": dict(result.ran.versions),
    }


def table(found: Mapping[str, Any]) -> str:
    """What a person reads."""
    lines = [f"{found['name']}: {found['rows']:,} rows, {found['file_mb']} MB, median of {found['repeat']}"]
    lines.append(f"{'':<12}{'seconds':>10}{'processor':>11}{'peak MB':>10}{'rejected':>11}")
    for name, cost in found["contenders"].items():
        rejected = cost["rejected"] if cost["reasons"] else ""
        lines.append(
            f"{name:<12}{cost['seconds']:>10}{cost['processor_seconds']:>11}{cost['peak_mb']:>10}{rejected:>11}"
        )
    lines.append(f"ratios: {found['ratios']} (by processor time: {found['ratios_processor']})")
    lines += [f"MISSED: {text}" for text in found["failed"]] or ["all limits held"]
    return "\n".join(lines)
