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
    Wait,
    Work,
)
from yiwang.flow.models.definitions import FormVersion, ItemVersion, Process, ProcessVersion
from yiwang.flow.models.duties import (
    CaseLink,
    ClientKey,
    Duty,
    DutyGap,
    DutyList,
    Refusal,
    RouterModel,
    Topic,
)

__all__ = [
    "Case",
    "CaseClock",
    "CaseFile",
    "CaseLink",
    "CaseNote",
    "CaseStep",
    "ClientKey",
    "Draft",
    "Due",
    "Duty",
    "DutyGap",
    "DutyList",
    "FormVersion",
    "ItemVersion",
    "Leave",
    "Migration",
    "Pause",
    "Process",
    "ProcessVersion",
    "Rating",
    "Refusal",
    "RouterModel",
    "Topic",
    "Wait",
    "Work",
]
