"""Tables of the flow engine. Definitions and runs never mix."""

from __future__ import annotations

from yiwang.flow.models.cases import (
    Case,
    CaseClock,
    CaseFile,
    CaseNote,
    CaseStep,
    Draft,
    Due,
    Leave,
    Migration,
    Pause,
    Rating,
    Work,
)
from yiwang.flow.models.definitions import FormVersion, ItemVersion, Process, ProcessVersion

__all__ = [
    "Case",
    "CaseClock",
    "CaseFile",
    "CaseNote",
    "CaseStep",
    "Draft",
    "Due",
    "FormVersion",
    "ItemVersion",
    "Leave",
    "Migration",
    "Pause",
    "Process",
    "ProcessVersion",
    "Rating",
    "Work",
]
