"""Process: a case of five works, reloaded from JSON at six points, against SpiffWorkflow doing the same in the same run.

Processor seconds of one thread, in turns; the median of the turns counts. Both must meet the same works in the same order.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from bench.machine import machine
from bench.process.running import ANSWERS, Engine, Lived, spiffworkflow, yiwang

ROWS, QUICK_ROWS = 2_000, 200
PEER_SHARE = 10  # the peer lives one case for every ten of ours
POINTS = len(ANSWERS) + 1
LEAST_RATIO, MOST_BYTES = 20.0, 0.1
Say = Callable[[str], None]


def run(rows: int, repeat: int, say: Say) -> dict[str, Any]:
    """`failed` lists what was not held: the ratio of speed, that of bytes, the same works in the same order."""
    before = machine()
    engines: dict[str, tuple[Engine, int]] = {
        "yiwang": (yiwang(), rows),
        "spiffworkflow": (spiffworkflow(), max(1, rows // PEER_SHARE)),
    }
    lived = {name: engine() for name, (engine, _) in engines.items()}
    speeds: dict[str, list[float]] = {name: [] for name in engines}
    for turn in range(repeat):
        for name, (engine, cases) in engines.items() if turn % 2 == 0 else reversed(engines.items()):
            speeds[name].append(_speed(engine, cases))
            say(f"{name}: {speeds[name][-1]:,.0f} cases a core-second")
    return told(lived, {name: statistics.median(each) for name, each in speeds.items()}, rows, repeat) | {
        "machine": asdict(before)
    }


def _speed(engine: Engine, cases: int) -> float:
    began = time.process_time()
    for _ in range(cases):
        engine()
    return cases / (time.process_time() - began)


def told(lived: Mapping[str, Lived], speeds: Mapping[str, float], rows: int, repeat: int) -> dict[str, Any]:
    """The ratios and what they miss."""
    ours, peer = lived["yiwang"], lived["spiffworkflow"]
    ratio = speeds["yiwang"] / speeds["spiffworkflow"]
    bytes_ratio = max(ours.sizes) / max(peer.sizes)
    failed = []
    if ours.works != peer.works or ours.works != tuple(ANSWERS):
        failed.append(f"works {ours.works}, the peer's {peer.works}, wanted {tuple(ANSWERS)}")
    failed += [f"{name} reloaded {len(each.sizes)} times" for name, each in lived.items() if len(each.sizes) != POINTS]
    if ratio < LEAST_RATIO:
        failed.append(f"speed {ratio:.1f} times the peer's, wanted at least {LEAST_RATIO}")
    if bytes_ratio > MOST_BYTES:
        failed.append(f"state {bytes_ratio:.3f} of the peer's bytes, allowed {MOST_BYTES}")
    return {
        "name": "process",
        "failed": failed,
        "limit": {"speed": LEAST_RATIO, "bytes": MOST_BYTES},
        "rows": rows,
        "repeat": repeat,
        "cases_per_core_second": dict(speeds),
        "state_bytes": {name: list(each.sizes) for name, each in lived.items()},
        "ratio": {"speed": ratio, "bytes": bytes_ratio},
    }


def table(found: Mapping[str, Any]) -> str:
    """What a person reads."""
    lines = [f"process: {found['rows']:,} cases of five works, reloaded from JSON at {POINTS} points"]
    lines.append(f"{'':<16}{'cases/core·s':>14}{'state bytes (least … most)':>30}")
    for name, speed in found["cases_per_core_second"].items():
        sizes = found["state_bytes"][name]
        lines.append(f"{name:<16}{speed:>14,.0f}{f'{min(sizes):,} … {max(sizes):,}':>30}")
    ratio = found["ratio"]
    lines.append(
        f"speed {ratio['speed']:.1f} times the peer's (wanted {LEAST_RATIO}), bytes {ratio['bytes']:.3f} of it"
    )
    lines += [f"MISSED: {text}" for text in found["failed"]] or ["all limits held"]
    return "\n".join(lines)
