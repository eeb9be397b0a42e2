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
from yiwang.data.models.exchange import (
    Delivery,
    ExchangeAnswer,
    ExchangeBatch,
    ParentRun,
    Projection,
    Record,
    Subscription,
)

__all__ = [
    "Delivery",
    "Demand",
    "ExchangeAnswer",
    "ExchangeBatch",
    "FieldProfile",
    "LifecycleRecord",
    "Load",
    "ParentRun",
    "Projection",
    "QualityScore",
    "Record",
    "Resource",
    "SensitiveFinding",
    "Subscription",
]
