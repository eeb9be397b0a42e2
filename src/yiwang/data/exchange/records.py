"""Reading one record: by a primary key, from memory as far as definitions go, without a model in between."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.db import connection

from yiwang.data.exchange.shape import Shape, key_said, record_id
from yiwang.data.models import LifecycleRecord
from yiwang.data.resources import definition, resource_row
from yiwang.trust.selectors import key_secret, open_bytes

# The purposes of keys: the one finds records, the other seals them.
FIND, SEAL = "search", "sealed"
# For so long a process goes on with what it knows of a definition.
HOLD_SECONDS = 2.0
MOST_HELD = 1000
_READ = "SELECT plain, sealed, version FROM data_record WHERE id = %s AND NOT is_gone"


@dataclass(frozen=True)
class Held:
    """A record as it stands; `values` by column name."""

    id: str
    version: int
    values: Mapping[str, Any]


_HELD: dict[str, tuple[float, Shape, bytes]] = {}


def about_record(record: str) -> str:
    """What a record's envelope is bound to."""
    return f"record {record}"


def shape_of(resource_id: str) -> Shape:
    """The resource as it is now. Raises NotFound."""
    row = resource_row(resource_id)
    return Shape(definition(row), LifecycleRecord.objects.filter(resource=row, stage="destroy").count())


def shape_held(resource_id: str) -> Shape:
    """As `shape_of`, from memory for some seconds."""
    return _held(resource_id)[0]


def shapes_forget() -> None:
    """This process must read definitions again."""
    _HELD.clear()


def _held(resource_id: str) -> tuple[Shape, bytes]:
    found = _HELD.get(resource_id)
    if found is not None and monotonic() - found[0] < HOLD_SECONDS:
        return found[1], found[2]
    shape, secret = shape_of(resource_id), key_secret(FIND)
    if not connection.in_atomic_block:
        if len(_HELD) >= MOST_HELD:
            _HELD.clear()
        _HELD[resource_id] = (monotonic(), shape, secret)
    return shape, secret


def opened(record: str, plain: str, sealed: bytes) -> dict[str, Any]:
    """All values of a record. Raises SealBroken when its sealed part was changed or is another's."""
    values: dict[str, Any] = json.loads(plain) if plain else {}
    if sealed:
        values |= json.loads(open_bytes(SEAL, sealed, about_record(record)))
    return values


def record_get(resource_id: str, key: Mapping[str, object]) -> Held | None:
    """The record with exactly this key, None when there is none.

    Raises NotFound for an unknown resource, InputError for what is no key of it.
    """
    shape, secret = _held(resource_id)
    record = record_id(secret, resource_id, key_said(shape.file, key))
    with connection.cursor() as cursor:
        cursor.execute(_READ, [record])
        row = cursor.fetchone()
    if row is None:
        return None
    return Held(record, row[2], opened(record, row[0], bytes(row[1])))
