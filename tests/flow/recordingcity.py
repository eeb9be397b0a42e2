"""An inspection with a step the law wants recorded, and recordings of every kind a browser plays."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from casecity import CaseCity, straight, task
from django.utils import timezone

from yiwang.flow.models import Case
from yiwang.flow.recordingrows import RecordingRow
from yiwang.flow.service import Taken, recording_add
from yiwang.kernel.core.actor import Actor

HEADS = {
    "a.mp4": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
    "a.webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm",
    "a.m4a": b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A mp42",
    "a.mp3": b"ID3\x04\x00\x00\x00\x00\x00\x00",
    "a.wav": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "a.ogg": b"OggS\x00\x02" + b"\x00" * 22 + b"OpusHead",
}
RULES = {"days_after": 5, "officers": 2, "basis": {"law": "行政处罚法", "article": "第四十七条"}}


def film(mark: bytes = b"1", size: int = 200) -> io.BytesIO:
    return io.BytesIO((HEADS["a.mp4"] + mark * size)[:size])


class Inspection:
    """A case an hour old at its first step, two officers of its department and one of another."""

    def __init__(self, city: CaseCity, rules: dict[str, Any] | None = RULES) -> None:
        city.process("check", straight(task("visit", requiresRecording="true"), task("decide")))
        city.item("check", "check", recordings=rules)
        self.case: Case = city.opened("", item_id="check")
        Case.objects.filter(pk=self.case.pk).update(opened_at=timezone.now() - timedelta(hours=1))
        self.case.refresh_from_db()
        self.anna, self.ben = city.person("anna", "civil"), city.person("ben", "civil")
        self.stranger = city.person("wang", "water")

    def taken(self, **changes: Any) -> Taken:
        now = timezone.now()
        said: dict[str, Any] = {
            "started_at": now - timedelta(minutes=30),
            "ended_at": now - timedelta(minutes=20),
            "device": "ZF-0107",
            "officers": (self.anna.id, self.ben.id),
            "place": "通江街 12 号",
            "basis": "行政处罚法 第四十七条",
            "step": "visit",
        }
        return Taken(**(said | changes))

    def add(self, mark: bytes = b"1", actor: Actor | None = None, **changes: Any) -> RecordingRow:
        return recording_add(
            actor=actor or self.anna,
            number=self.case.number,
            source=film(mark),
            name="a.mp4",
            taken=self.taken(**changes),
        )
