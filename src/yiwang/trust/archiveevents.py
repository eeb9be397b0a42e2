"""What the archive tells the rooms above."""

from __future__ import annotations

from pydantic import BaseModel

from yiwang.kernel.core.text import Text
from yiwang.kernel.service import event_declare


class ArchivePayload(BaseModel):
    number: str


DESTROYED = event_declare("archive.destroyed", ArchivePayload, Text(zh="档案已销毁", en="an archive was destroyed"))
