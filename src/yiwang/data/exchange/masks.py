"""What of a value is shown: the masks of a grant, or of the field's grade where no grant says more."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yiwang.data.exchange.shape import Column, Shape
from yiwang.data.masking import KEPT
from yiwang.trust.core.purposes import mask_for
from yiwang.trust.selectors import Permit, key_secret

DATES = {"date", "datetime", "month"}
HIDDEN = "****"


@dataclass(frozen=True)
class Masker:
    """The columns a permit lets out and how each is shown. `salt` keeps equal hashes of two departments apart."""

    columns: tuple[tuple[Column, str], ...]
    salt: bytes

    def shown(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {c.name: self._one(c, mask, values.get(c.name)) for c, mask in self.columns}

    def _one(self, column: Column, mask: str, value: Any) -> Any:
        if value is None or mask == "plain":
            return value
        if mask == "hash":
            said = f"{column.field.semantic}\x1f{value}".encode()
            return hmac.digest(self.salt, said, hashlib.sha256)[:16].hex()
        if mask == "year":
            return str(value)[:4]
        return partly(column.field.semantic, str(value))


def masker(permit: Permit, shape: Shape) -> Masker:
    """Worked out once for each way a resource is shown."""
    name = (permit.department, permit.fields, tuple(permit.masks.items()))
    found = shape.held.get(name)
    if not isinstance(found, Masker):
        found = shape.held[name] = _masker(permit, shape)
    return found


def _masker(permit: Permit, shape: Shape) -> Masker:
    fields: Sequence[str] = permit.fields or tuple(f.id for f in shape.file.fields)
    masks = {f.id: permit.masks.get(f.id) or mask_for(f.effective_grade) for f in shape.file.fields}
    columns = tuple((c, masks[c.field.id]) for c in shape.of_fields(fields) if masks[c.field.id] != "none")
    salt = b""
    if any(mask == "hash" for _, mask in columns):
        # The same department finds the same person in two resources; two departments cannot lay theirs side by side.
        salt = hmac.digest(key_secret("search"), f"hash of {permit.department}".encode(), hashlib.sha256)
    return Masker(columns, salt)


def partly(semantic: str, text: str) -> str:
    """As `masked_sql` does for whole tables."""
    if semantic in DATES:
        return f"{text[:4]}-**-**"
    head, tail = KEPT.get(semantic, (0, 0))
    if len(text) <= head + tail:
        return HIDDEN
    return f"{text[:head]}{HIDDEN}{text[len(text) - tail :] if tail else ''}"
