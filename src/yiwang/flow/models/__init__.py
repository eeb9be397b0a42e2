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
    note_words,
)
from yiwang.flow.models.definitions import (
    AskedForm,
    FormVersion,
    ItemBefore,
    ItemVersion,
    Process,
    ProcessVersion,
    Version,
)
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
from yiwang.flow.models.recordings import CaseRecording, RecordingCustody

__all__ = [
    "AskedForm",
    "Case",
    "CaseClock",
    "CaseFile",
    "CaseLink",
    "CaseNote",
    "note_words",
    "CaseRecording",
    "CaseStep",
    "ClientKey",
    "Draft",
    "Due",
    "Duty",
    "DutyGap",
    "DutyList",
    "FormVersion",
    "ItemBefore",
    "ItemVersion",
    "Leave",
    "Migration",
    "Pause",
    "Process",
    "ProcessVersion",
    "Rating",
    "RecordingCustody",
    "Refusal",
    "RouterModel",
    "Topic",
    "Version",
    "Wait",
    "Work",
]
