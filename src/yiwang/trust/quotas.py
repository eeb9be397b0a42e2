"""How much a grant gave today, across processes: each reserves a block of rows in the table and serves from it in memory.

`reserved` is raised by one conditional update, so the processes together never give more than the quota. What a process had
left of a block when it died is lost for that day: at most a twentieth of the quota. Inside a transaction of the caller
nothing is kept in memory: what is rolled back was never taken.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date
from time import monotonic

from django.db import connection
from django.db.models import F

from yiwang.trust.models import Grant, GrantDay

LARGEST_BLOCK = 1000
BLOCKS = 20
# For so long a process may go on with what it knows of a grant: the longest a revocation elsewhere takes to reach it.
HOLD_SECONDS = 1.0
MOST_HELD = 4096
# How far the figures on the pages may lag behind a process that goes on serving.
WRITE_SECONDS = 5.0


@dataclass
class _Block:
    day: date
    left: int
    # given since it was last written down, and when that was
    given: int = 0
    written: float = 0.0


_LOCK = threading.Lock()
_BLOCKS: dict[int, _Block] = {}
_HELD: dict[str, tuple[float, Grant]] = {}


def grant_held(number: str) -> Grant | None:
    """A grant, from memory when it was read within the last second. Never written to."""
    found = _HELD.get(number)
    if found is not None and monotonic() - found[0] < HOLD_SECONDS:
        return found[1]
    row = Grant.objects.filter(number=number).first()
    if row is not None and not connection.in_atomic_block:
        if len(_HELD) >= MOST_HELD:
            _HELD.clear()
        _HELD[number] = (monotonic(), row)
    return row


def held_forget(number: str) -> None:
    """This process must read the grant again."""
    _HELD.pop(number, None)


def quota_take(grant_id: int, quota: int | None, day: date, rows: int) -> bool:
    """Take `rows` from the day's quota; False when they are not there, and then none is taken."""
    if connection.in_atomic_block:
        return _reserved(grant_id, quota, day, rows, rows, given=rows) is not None
    with _LOCK:
        block = _BLOCKS.get(grant_id)
        if block is not None and (block.day != day or monotonic() - block.written > WRITE_SECONDS):
            _write(grant_id, block)
        if block is None or block.day != day:
            block = _BLOCKS[grant_id] = _Block(day, 0)
        if block.left < rows:
            least = rows - block.left
            size = LARGEST_BLOCK if quota is None else min(LARGEST_BLOCK, max(1, quota // BLOCKS))
            taken = _reserved(grant_id, quota, day, least, max(least, size), given=block.given)
            if taken is None:
                return False
            block.left += taken
            block.given = 0
        block.left -= rows
        block.given += rows
    return True


def quota_back(grant_id: int, day: date, rows: int) -> None:
    """Rows that were taken and not given after all."""
    if connection.in_atomic_block:
        GrantDay.objects.filter(grant_id=grant_id, day=day, used__gte=rows).update(
            reserved=F("reserved") - rows, used=F("used") - rows
        )
        return
    with _LOCK:
        block = _BLOCKS.get(grant_id)
        if block is not None and block.day == day and block.given >= rows:
            block.left += rows
            block.given -= rows


def quotas_write() -> int:
    """Write down what this process gave since it last did, for the figures on the pages; how many grants it was."""
    with _LOCK:
        waiting = [(number, block) for number, block in _BLOCKS.items() if block.given]
        for grant_id, block in waiting:
            _write(grant_id, block)
    return len(waiting)


def _write(grant_id: int, block: _Block) -> None:
    if block.given:
        GrantDay.objects.filter(grant_id=grant_id, day=block.day).update(used=F("used") + block.given)
    block.given, block.written = 0, monotonic()


def blocks_forget() -> None:
    """As a process that dies: what it had reserved and not given is lost for the day."""
    with _LOCK:
        _BLOCKS.clear()
        _HELD.clear()


def _reserved(grant_id: int, quota: int | None, day: date, least: int, wanted: int, *, given: int) -> int | None:
    """Between `least` and `wanted` rows of what is left, or None. `given` is written down by the way."""
    while True:
        row, _ = GrantDay.objects.get_or_create(grant_id=grant_id, day=day)
        free = wanted if quota is None else min(wanted, quota - row.reserved)
        if free < least:
            return None
        # Only when nobody reserved in between: otherwise look again.
        changed = GrantDay.objects.filter(pk=row.pk, reserved=row.reserved).update(
            reserved=F("reserved") + free, used=F("used") + given
        )
        if changed:
            return free
