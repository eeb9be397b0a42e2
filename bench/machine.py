"""What a measurement was made on: a number without its machine means nothing."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Machine:
    """`cores` are those this process may use; `load` is the number of others that wanted one when the run began."""

    cores: int
    memory_gb: float
    processor: str
    system: str
    python: str
    load: float


def machine() -> Machine:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        memory_gb=round(memory, 1),
        processor=_processor(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        python=platform.python_version(),
        load=round(os.getloadavg()[0], 2),
    )


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    if not listed.exists():
        return platform.processor() or "unknown"
    named = (line.split(":", 1)[1].strip() for line in listed.read_text().splitlines() if line.startswith("model name"))
    return next(named, "unknown")
