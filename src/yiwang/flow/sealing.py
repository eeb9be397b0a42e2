"""What people say in a case, closed in the row it stands in: an envelope that is moved to another row does not open.

A column is opened when it is asked for and not before, so that a list of cases opens nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db import models

from yiwang.trust.selectors import open_bytes, seal_bytes

PURPOSE = "case"


def sealed_json(column: str) -> Any:
    """A property over a binary column of a model with `about()`: set it and it is sealed, read it and it is opened.

    Reading raises SealBroken for an envelope that was changed, moved or emptied, KeysLocked without the key.
    """
    return _property(column, json_closed, json.loads)


def sealed_text(column: str) -> Any:
    """The same for text."""
    return _property(column, text_closed, bytes.decode)


def column_sealed() -> models.BinaryField[bytes, bytes]:
    """Never empty where something was said; a row made without it cannot be read."""
    return models.BinaryField(default=b"")


def json_closed(said: Any, about: str) -> bytes:
    return text_closed(json.dumps(said, ensure_ascii=False, separators=(",", ":")), about)


def text_closed(said: str, about: str) -> bytes:
    return seal_bytes(PURPOSE, said.encode(), about)


def _property(column: str, close: Callable[[Any, str], bytes], read: Callable[[bytes], Any]) -> Any:
    def value(row: Any) -> Any:
        return read(open_bytes(PURPOSE, bytes(getattr(row, column)), f"{row.about()}/{column}"))

    def put(row: Any, said: Any) -> None:
        setattr(row, column, close(said, f"{row.about()}/{column}"))

    return property(value, put)
