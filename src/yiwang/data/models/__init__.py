"""Tables of the data engine."""

from __future__ import annotations

from yiwang.data.models.catalogue import (
    Demand,
    FieldProfile,
    LifecycleRecord,
    Load,
    QualityScore,
    Resource,
    SensitiveFinding,
)

__all__ = [
    "Demand",
    "FieldProfile",
    "LifecycleRecord",
    "Load",
    "QualityScore",
    "Resource",
    "SensitiveFinding",
]
