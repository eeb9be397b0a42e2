"""One way to write a value as JSON, so that equal values give equal bytes and equal hashes.

Keys sorted, no blanks, UTF-8 as it stands; dates ISO; moments in UTC; a Decimal as the string of its plain notation
(scale kept: 1.50 is not 1.5); floats only when finite. Sets and bytes have no one order or spelling and are refused.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum

from pydantic import BaseModel


class CanonicalError(ValueError):
    """A value that has no one JSON form: a programming error, named by its path."""


def canonical_json(value: object) -> bytes:
    """The canonical bytes of `value`. Raises CanonicalError."""
    text = json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise CanonicalError(f"text that is not Unicode: {error.object[error.start : error.end]!r}") from error


def canonical_digest(value: object) -> str:
    """SHA-256 of the canonical bytes, in hex."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def plain(value: object, path: str = "$") -> object:
    """`value` as what JSON knows: None, bool, int, finite float, str, list and dict with str keys."""
    if isinstance(value, Enum):
        return plain(value.value, path)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float | Decimal | date):
        return _scalar(value, path)
    if isinstance(value, BaseModel):
        return plain({name: getattr(value, name) for name in type(value).model_fields}, path)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain({f.name: getattr(value, f.name) for f in dataclasses.fields(value)}, path)
    if isinstance(value, Mapping):
        return {_key(key, path): plain(item, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [plain(item, f"{path}[{number}]") for number, item in enumerate(value)]
    raise CanonicalError(f"{path}: a {type(value).__name__} has no canonical JSON")


def _key(key: object, path: str) -> str:
    if isinstance(key, Enum):
        key = key.value
    if not isinstance(key, str):
        raise CanonicalError(f"{path}: key {key!r} is not text")
    return key


def _scalar(value: float | Decimal | date, path: str) -> object:
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise CanonicalError(f"{path}: {value!r} has no zone")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if not math.isfinite(value):
        raise CanonicalError(f"{path}: {value!r} is not finite")
    return format(value, "f") if isinstance(value, Decimal) else value
