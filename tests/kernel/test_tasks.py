"""The delivery loop goes on until it is told to stop, whatever the database does."""

from __future__ import annotations

import threading

import pytest
from django.db import OperationalError

from yiwang.kernel import tasks
from yiwang.kernel.outbox import DeliveryReport


class Rounds:
    """Stands in for delivery: plays its script, then tells the loop to stop."""

    def __init__(self, *script: DeliveryReport | Exception) -> None:
        self.script = list(script)
        self.stop = threading.Event()
        self.waits: list[float] = []
        self.stop.wait = self.waits.append  # type: ignore[assignment]

    def __call__(self, limit: int) -> DeliveryReport:
        step = self.script.pop(0)
        if not self.script:
            self.stop.set()
        if isinstance(step, Exception):
            raise step
        return step


def run(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    monkeypatch.setattr(tasks, "events_deliver", rounds)
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)
    tasks.dispatch_until(rounds.stop, period=7.0, limit=10)
    return rounds.waits


def test_a_full_round_is_followed_at_once_and_a_short_one_after_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = Rounds(DeliveryReport(10, 0), DeliveryReport(6, 4), DeliveryReport(3, 0))
    assert run(rounds, monkeypatch) == [7.0]


def test_a_database_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = Rounds(OperationalError("away"), DeliveryReport(0, 0))
    assert run(rounds, monkeypatch) == [7.0, 7.0]
    assert rounds.script == []
