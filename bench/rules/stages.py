"""How a contender's stages are measured: CPU seconds of this process, after one run that warms caches and is not counted."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
# a stage is run again until so much was measured, but not oftener than this; 0 runs it once, cold, where only answers are wanted
ENOUGH, MOST = 1.0, int(os.environ.get("YIWANG_BENCH_RUNS", "5"))


class Stages:
    """CPU seconds (user and system, all threads) by stage: the median of up to five runs, of one where a run is long."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def measure(self, stage: str, act: Callable[[], Answer]) -> Answer:
        """The answer of the last run."""
        began = time.process_time()
        answer = act()
        found = [] if MOST else [time.process_time() - began]
        while len(found) < MOST and sum(found) < ENOUGH:
            del answer
            gc.collect()
            began = time.process_time()
            answer = act()
            found.append(time.process_time() - began)
        self.seconds[stage] = statistics.median(found)
        return answer

    def scaled(self, stage: str, act: Callable[[], Answer], *, ran: int, rows: int) -> Answer:
        """Run on `ran` rows, told for `rows`."""
        answer = self.measure(stage, act)
        self.seconds[stage] *= rows / ran
        return answer
