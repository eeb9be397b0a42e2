"""In a process of its own: writers and appenders are killed again and again, then one append without a hand; prints what stands.

`python ledgerkills.py ROUNDS`, with a home and a database of its own in the environment.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from yiwang.kernel.core.actor import system_actor  # noqa: E402
from yiwang.trust.models import Entry  # noqa: E402
from yiwang.trust.service import append_until, ledger_append_pending, ledger_verify, use_note  # noqa: E402

CLERK = system_actor("drill")
THREADS = 4


def forked(work: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        work()
    finally:
        os._exit(3)


def writing(acknowledged: int) -> Callable[[], None]:
    """Note uses without end; the id of each goes to the pipe only when `use_note` has returned."""

    def note() -> None:
        while True:
            use = use_note(
                actor=CLERK, resource="residents", version="1", fields=["name"], about=["ab" * 32], purpose="核对"
            )
            os.write(acknowledged, use.encode() + b"\n")

    def work() -> None:
        for _ in range(THREADS - 1):
            threading.Thread(target=note).start()
        note()

    return work


def rounds(count: int, draw: random.Random) -> list[str]:
    """Every round begins both anew beside what the killed ones left, and kills one or both under load; the ids acknowledged."""
    ids: list[str] = []
    for _ in range(count):
        reading, acknowledged = os.pipe()
        writer = forked(writing(acknowledged))
        os.close(acknowledged)
        appender = forked(lambda: append_until(threading.Event(), period=0.001))
        body = os.read(reading, 33)
        time.sleep(draw.uniform(0.02, 0.25))
        for child in draw.sample((writer, appender), 2):
            os.kill(child, signal.SIGKILL)
            time.sleep(draw.uniform(0, 0.02))
        assert os.waitstatus_to_exitcode(os.waitpid(writer, 0)[1]) == -signal.SIGKILL
        assert os.waitstatus_to_exitcode(os.waitpid(appender, 0)[1]) == -signal.SIGKILL
        while more := os.read(reading, 1 << 16):
            body += more
        os.close(reading)
        # what stands in the pipe in half was not told to anybody
        ids += body.decode().split("\n")[:-1]
    return ids


def main() -> None:
    call_command("migrate", verbosity=0)
    ledger_append_pending()
    connections.close_all()
    draw = random.Random(20261123)
    ids = rounds(int(sys.argv[1]), draw)
    midway = Entry.objects.count()
    ledger_append_pending()
    indexes = list(Entry.objects.order_by("index").values_list("index", flat=True))
    found = ledger_verify(CLERK)
    said = {
        "acknowledged": len(ids),
        "appended_before_the_end": midway,
        "missing": len(set(ids) - set(Entry.objects.values_list("use", flat=True))),
        "entries": len(indexes),
        "in_order": indexes == list(range(len(indexes))),
        "uses": Entry.objects.values("use").distinct().count(),
        "fault": found.fault and found.fault.en,
        "verified": found.entries,
    }
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
