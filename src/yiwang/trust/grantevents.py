"""What the trust engine tells of grants."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from yiwang.kernel.core.text import Text
from yiwang.kernel.service import event_declare


class GrantChanged(BaseModel):
    model_config = ConfigDict(extra="forbid")

    grant: str
    resource: str
    state: str


GRANT_CHANGED = event_declare("grant.changed", GrantChanged, Text(zh="授权有进展", en="a grant moved on"))
