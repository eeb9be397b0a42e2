"""What runs beside the requests: the loop that delivers events."""

from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, close_old_connections

from yiwang.kernel.outbox import events_deliver

log = logging.getLogger(__name__)


def dispatch_until(stop: threading.Event, *, period: float = 2.0, limit: int = 100) -> None:
    """Deliver events until `stop` is set, looking every `period` seconds and at once after a full round.

    The server runs this in a thread; any number of processes may. A database that is away is asked again.
    """
    while not stop.is_set():
        close_old_connections()
        try:
            report = events_deliver(limit)
        except DatabaseError:
            log.exception("events could not be delivered; trying again")
            stop.wait(period)
            continue
        if report.delivered + report.failed < limit:
            stop.wait(period)
    close_old_connections()
