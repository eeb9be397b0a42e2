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
from yiwang.data.models.fusions import Fusion, FusionRun
from yiwang.data.models.opening import OpenCount, OpenSet, Release
from yiwang.data.models.products import (
    Clause,
    Contract,
    Crossing,
    Operation,
    Product,
    Purchase,
    Reuse,
    Settlement,
)

__all__ = [
    "Clause",
    "Contract",
    "Crossing",
    "Delivery",
    "Demand",
    "ExchangeAnswer",
    "ExchangeBatch",
    "FieldProfile",
    "Fusion",
    "FusionRun",
    "LifecycleRecord",
    "Load",
    "OpenCount",
    "OpenSet",
    "Operation",
    "ParentRun",
    "Product",
    "Projection",
    "Purchase",
    "QualityScore",
    "Record",
    "Release",
    "Resource",
    "Reuse",
    "SensitiveFinding",
    "Settlement",
    "Subscription",
]
