"""Recordings as they are told: frozen, with their chain of custody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yiwang.flow.custody import CustodyRow, custody_rows
from yiwang.flow.models import CaseRecording


@dataclass(frozen=True)
class Taken:
    """What is said of a recording when it comes in. `officers` are accounts (`account:7`); `step` is a task of the diagram."""

    started_at: datetime
    ended_at: datetime
    device: str
    officers: tuple[str, ...]
    place: str
    basis: str
    step: str = ""
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True)
class RecordingRow:
    """`superseded_by` and `supersedes` are numbers in the same case; 0 when there is none."""

    number: int
    step: str
    digest: str
    name: str
    media_type: str
    size: int
    started_at: datetime
    ended_at: datetime
    device: str
    officers: tuple[str, ...]
    place: str
    at_place: tuple[float, float] | None
    basis: str
    received_at: datetime
    received_by: str
    supersedes: int
    superseded_by: int
    custody: tuple[CustodyRow, ...]

    @property
    def is_video(self) -> bool:
        return self.media_type.startswith("video/")

    @property
    def is_sound(self) -> bool:
        """The chain of custody holds."""
        return all(row.is_sound for row in self.custody)


# What a row is told from: asked along, so that a list costs no more for being long.
PARTS = ("supersedes", "superseded_by")


def recording_row(row: CaseRecording) -> RecordingRow:
    follower = getattr(row, "superseded_by", None)
    return RecordingRow(
        number=row.number,
        step=row.step,
        digest=row.digest,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        started_at=row.started_at,
        ended_at=row.ended_at,
        device=row.device,
        officers=tuple(row.officers),
        place=row.place,
        at_place=None if row.longitude is None or row.latitude is None else (row.longitude, row.latitude),
        basis=row.basis,
        received_at=row.received_at,
        received_by=row.received_by,
        supersedes=row.supersedes.number if row.supersedes else 0,
        superseded_by=follower.number if follower else 0,
        custody=custody_rows(row),
    )
