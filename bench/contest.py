"""Contenders over one task: each run in a process of its own, in turns, so that all meet the same moods of the machine.

A contender is a module that is run as `python -m MODULE SOURCE OUT THREADS` and ends with `contend(run)`; what it did
comes back as OUT/ran.json, what it cost is read from the kernel when it has ended.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Ran:
    """What a contender did. `rejected`: a Parquet file with a column `row` (1-based), "" where nothing is rejected.

    `stages` in seconds, `reasons` in rows.
    """

    rows: int
    accepted: int
    rejected: str
    stages: Mapping[str, float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, seconds of processor (user and system), most memory held at once in MB."""

    wall: float
    cpu: float
    peak_mb: float


@dataclass(frozen=True)
class Contender:
    name: str
    module: str
    python: Path
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """Every run of one contender and what the last one did."""

    name: str
    costs: tuple[Cost, ...]
    ran: Ran

    @property
    def median(self) -> Cost:
        return Cost(
            statistics.median(c.wall for c in self.costs),
            statistics.median(c.cpu for c in self.costs),
            max(c.peak_mb for c in self.costs),
        )


class ContenderFailed(Exception):
    """A contender ended badly; its own words follow."""


def contend(run: Callable[[Path, Path, int], Ran]) -> None:
    """The end of a contender's module: run with the arguments of the command line, leave what was done behind."""
    source, out, threads = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    ran = run(source, out, threads)
    (out / "ran.json").write_text(json.dumps(asdict(ran), ensure_ascii=False), encoding="utf-8")


def measure(contender: Contender, source: Path, out: Path, threads: int) -> tuple[Cost, Ran]:
    """Run once into an empty folder. Raises ContenderFailed."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    command = [str(contender.python), "-m", contender.module, str(source), str(out), str(threads)]
    env = {**os.environ, **contender.env, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    began = time.perf_counter()
    with (out / "said.txt").open("wb") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=said, stderr=said)
        # wait4 gives the usage of this one child; RUSAGE_CHILDREN would give the highest peak of all so far
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    if process.returncode:
        raise ContenderFailed(f"{contender.name}: exit {process.returncode}\n{(out / 'said.txt').read_text()[-4000:]}")
    ran = Ran(**json.loads((out / "ran.json").read_text(encoding="utf-8")))
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), ran


def contest(
    contenders: Sequence[Contender],
    source: Path,
    folder: Path,
    *,
    threads: int,
    repeat: int,
    say: Callable[[str], None],
) -> dict[str, Result]:
    """Every contender `repeat` times, in turns; the order is reversed in each second round."""
    costs: dict[str, list[Cost]] = {c.name: [] for c in contenders}
    last: dict[str, Ran] = {}
    for turn in range(repeat):
        for contender in contenders if turn % 2 == 0 else reversed(contenders):
            cost, last[contender.name] = measure(contender, source, folder / contender.name, threads)
            costs[contender.name].append(cost)
            say(f"{contender.name}: {cost.wall:.1f} s, processor {cost.cpu:.1f} s, peak {cost.peak_mb:.0f} MB")
    return {c.name: Result(c.name, tuple(costs[c.name]), last[c.name]) for c in contenders}
