"""The rules engine's door for reading: decisions, their versions and history, dated parameters."""

from __future__ import annotations

from yiwang.rules.answers import (
    CaseResult,
    CheckReport,
    DecisionDetail,
    DecisionRow,
    ParameterRow,
    StepRow,
    VersionRow,
)
from yiwang.rules.parameters import parameter_get, parameter_list
from yiwang.rules.register import (
    decision_check,
    decision_get,
    decision_history,
    decision_list,
    decision_versions,
)

__all__ = [
    "CaseResult",
    "CheckReport",
    "DecisionDetail",
    "DecisionRow",
    "ParameterRow",
    "StepRow",
    "VersionRow",
    "decision_check",
    "decision_get",
    "decision_history",
    "decision_list",
    "decision_versions",
    "parameter_get",
    "parameter_list",
]
