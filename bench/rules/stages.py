"""How a contender's stages are measured: CPU seconds of this process, after one run that warms caches and is not counted."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")


class Stages:
    """CPU seconds (user and system, all threads) by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def measure(self, stage: str, act: Callable[[], Answer], *, warm: bool = True) -> Answer:
        """The answer of the last run. `warm=False` for what is too slow to run twice."""
        if warm:
            act()
        began = time.process_time()
        answer = act()
        self.seconds[stage] = time.process_time() - began
        return answer

    def scaled(self, stage: str, act: Callable[[], Answer], *, ran: int, rows: int) -> Answer:
        """Run on `ran` rows, told for `rows`."""
        answer = self.measure(stage, act)
        self.seconds[stage] *= rows / ran
        return answer
