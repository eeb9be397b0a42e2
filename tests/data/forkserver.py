"""A small city in a process of its own that loads each file in a child, so that a child can be killed at any moment.

Everything is imported once; nothing that starts threads is touched before a child is forked. Commands and answers are JSON,
one a line: {"file": …, "name": …, "die": ""} answers {"pid": …}; {"wait": pid, "seconds": …} answers {"status": …}.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import duckdb

django.setup()

from datacity import DEPARTMENT, FOUNDED, SYSTEM, DataCity, resource  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from yiwang.data import loads  # noqa: E402
from yiwang.data.adapters.lake import Table  # noqa: E402
from yiwang.data.models import Load  # noqa: E402
from yiwang.data.service import load_run  # noqa: E402
from yiwang.kernel.core.text import Text  # noqa: E402
from yiwang.kernel.service import department_save  # noqa: E402


def build() -> None:
    call_command("migrate", verbosity=0)
    department_save(actor=SYSTEM, code=DEPARTMENT, name=Text(zh="民政局", en="Civil affairs"), on=FOUNDED, parent=None)
    DataCity(settings.PLACE, Path()).install(resource())


def die(*given: object, **named: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_before(holder: Any, name: str, call: int = 1) -> None:
    """Make the `call`-th call of `holder.name` the last thing this process does."""
    real: Callable[..., Any] = getattr(holder, name)
    made = [0]

    def counted(*given: Any, **named: Any) -> Any:
        made[0] += 1
        return die() if made[0] == call else real(*given, **named)

    setattr(holder, name, counted)


# Where a load has just done something and not yet the next: the moments at which being killed matters most.
MOMENTS: dict[str, Callable[[], None]] = {
    "before its file was kept": lambda: die_before(loads, "file_put"),
    "before it began": lambda: die_before(loads, "_run"),
    "before its rows were framed": lambda: die_before(loads, "prepare"),
    "before its counts were noted": lambda: die_before(loads, "_note_prepared"),
    "before its raw rows were committed": lambda: die_before(loads, "publish"),
    "between its two commits": lambda: die_before(Table, "commit", 2),
    "after its commits": lambda: die_before(loads, "profile_table"),
    "before it was said to be done": lambda: die_before(loads, "load_finish"),
    "before what it said was committed": lambda: die_before(sys.modules["yiwang.data.finishing"], "emit"),
}


def child(file: str, name: str, moment: str) -> None:
    if moment:
        MOMENTS[moment]()
    load_run(actor=SYSTEM, resource_id="people", path=Path(file), file_name=name)


def facts() -> list[dict[str, Any]]:
    """What the database says of every load."""
    names = ("id", "file_name", "state", "stage", "source", "accepted", "rejected", "inserted", "updated", "reasons")
    return list(Load.objects.order_by("id").values(*names))


def tell(**answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def serve() -> None:
    build()
    # the engine's own connection has a thread, and a child must not inherit a thread that is not there
    duckdb.default_connection().close()
    tell(ready=os.getpid())
    for line in sys.stdin:
        asked = json.loads(line)
        if "facts" in asked:
            tell(facts=facts())
        elif "wait" in asked:
            tell(status=ended(asked["wait"], asked["seconds"]))
        else:
            connections.close_all()
            pid = os.fork()
            if not pid:
                os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
                child(asked["file"], asked["name"], asked["die"])
                os._exit(0)
            tell(pid=pid)


def ended(pid: int, seconds: float | None) -> int:
    """How a child ended, by itself or killed after so many seconds."""
    if seconds is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)  # a child that ended keeps its number until it is waited for
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    serve()
