"""Two workers race for ten thousand due rungs, and one of two is killed midway: every rung is told exactly once.

`python -m bench.obligations.race` is one worker: it ticks until nothing is due.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from yiwang.flow.models import Due  # noqa: E402
from yiwang.flow.service import dues_tick  # noqa: E402
from yiwang.kernel.models import Message  # noqa: E402

SIZE = 10_000
PORTION = 500


def _come_due() -> set[str]:
    """Make ten thousand rungs due that were never looked at; the links their messages will carry."""
    late = timezone.now() - timedelta(days=90)
    waiting = Due.objects.filter(look_at__gt=timezone.now(), case__opened_at__lt=late)
    chosen = dict(waiting.order_by("id").values_list("pk", "case__number")[:SIZE])
    assert len(chosen) == SIZE
    Due.objects.filter(pk__in=list(chosen)).update(look_at=timezone.now())
    return {f"/work/cases/{number}/" for number in chosen.values()}


def _worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "bench.obligations.race"], env=os.environ)


def _told() -> int:
    connection.close()
    return Message.objects.count()


def race(kill: bool) -> dict[str, float]:
    """Seconds, and how many of the rungs were told other than once (which must be none)."""
    wanted, before = _come_due(), _told()
    began = time.perf_counter()
    workers = [_worker(), _worker()]
    killed_at = 0
    if kill:
        midway = before + random.Random(11).randrange(SIZE // 4, SIZE // 2)
        while (now := _told()) < midway:
            assert any(worker.poll() is None for worker in workers), (
                f"ended too early: {now - before}, {[w.poll() for w in workers]}"
            )
        workers[0].send_signal(signal.SIGKILL)
        killed_at = now - before
    codes = [worker.wait() for worker in workers]
    assert codes == [-signal.SIGKILL if kill else 0, 0], codes
    seconds = time.perf_counter() - began
    links = list(Message.objects.filter(link__in=wanted).values_list("link", flat=True))
    wrong = len(links) - len(set(links)) + len(wanted - set(links))
    return {"rungs": SIZE, "seconds": seconds, "killed_after": killed_at, "not_once": wrong + _told() - before - SIZE}


def main() -> None:
    while dues_tick(limit=PORTION).fired:
        continue


if __name__ == "__main__":
    main()
