"""What changed in a resource since somebody last looked, as its subscriber may see it."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from yiwang.data.exchange.answering import covers
from yiwang.data.exchange.masks import masker
from yiwang.data.exchange.records import FIND, opened
from yiwang.data.exchange.shape import Shape
from yiwang.data.exchange.uses import subjects_in
from yiwang.data.models import Projection
from yiwang.kernel.errors import Conflict, InputError
from yiwang.trust.selectors import Permit, key_secret

MOST = 500
_CURSOR = re.compile(r"([0-9]{1,9})\.([0-9]{1,18})\.([0-9]{1,18})\.([0-9a-f]{32})?")
_READ = (
    "SELECT id, turn, version, is_gone, plain, sealed FROM data_record WHERE resource = %s "
    "AND turn >= %s AND (turn > %s OR id > %s) AND (turn < %s OR (turn = %s AND id <= %s)) ORDER BY turn, id LIMIT %s"
)
# Sorts behind every record.
LAST = "g" * 32


@dataclass(frozen=True)
class Cursor:
    """A place in the changes of a resource: all up to record `record` of turn `turn` is known.

    `epoch` counts destructions; of what was gone at turn `base`, where the reading began, nothing is told.
    """

    epoch: int
    base: int
    turn: int = 0
    record: str = ""

    def __str__(self) -> str:
        return f"{self.epoch}.{self.base}.{self.turn}.{self.record}"


@dataclass(frozen=True)
class Change:
    """`ref` names the record to this subscriber alone. "gone": it went away, or the grant does not cover it any more."""

    ref: str
    change: str
    version: int
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Changes:
    items: tuple[Change, ...]
    cursor: Cursor
    more: bool
    about: tuple[str, ...]
    version: int | None

    @property
    def rows(self) -> int:
        """How many records it gives values of."""
        return sum(one.change == "set" for one in self.items)


def cursor_read(said: str, shape: Shape) -> Cursor:
    """ "" is the beginning. Raises InputError, or Conflict when the data was destroyed since."""
    if not said:
        return Cursor(shape.epoch, turn_of(shape.file.id))
    found = _CURSOR.fullmatch(said)
    if found is None:
        raise InputError(zh="游标不是本接口给出的", en="this is no cursor of ours", where="cursor")
    cursor = Cursor(int(found[1]), int(found[2]), int(found[3]), found[4] or "")
    if cursor.epoch != shape.epoch:
        raise Conflict(
            zh="数据已销毁：请删除已取得的数据，从空游标重新开始",
            en="the data was destroyed: delete what you hold and begin with an empty cursor",
            where="cursor",
        )
    return cursor


def changes_read(
    subscription: str, shape: Shape, permit: Permit, after: Cursor, *, until: Cursor | None = None, most: int = MOST
) -> Changes:
    """The next changes after a place, at most `most` records looked at; of whole fillings only."""
    last = until or Cursor(after.epoch, after.base, turn_of(shape.file.id), LAST)
    with connection.cursor() as cursor:
        cursor.execute(
            _READ, [shape.file.id, after.turn, after.turn, after.record, last.turn, last.turn, last.record, most + 1]
        )
        rows = cursor.fetchall()
    looked, masks = rows[:most], masker(permit, shape)
    secret = hmac.digest(key_secret(FIND), f"refs of {subscription}".encode(), hashlib.sha256)
    items: list[Change] = []
    about: set[str] = set()
    for record, turn, version, gone, plain, sealed in looked:
        values = {} if gone else opened(record, plain, bytes(sealed))
        covered = not gone and covers(permit, values)
        if not covered and turn <= after.base:
            continue
        ref = hmac.digest(secret, record.encode(), hashlib.sha256)[:16].hex()
        items.append(Change(ref, "set" if covered else "gone", version, masks.shown(values) if covered else {}))
        about.update(subjects_in(shape, values) if covered else ())
    place = Cursor(after.epoch, after.base, looked[-1][1], looked[-1][0]) if looked else after
    newest = max((row[2] for row in looked), default=None)
    return Changes(tuple(items), place, len(rows) > most, tuple(sorted(about)), newest)


def turn_of(resource_id: str) -> int:
    """The newest whole filling."""
    return Projection.objects.filter(pk=resource_id).values_list("turn", flat=True).first() or 0
