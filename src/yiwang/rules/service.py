"""The rules engine's door for writing. Every service takes the actor and is one transaction with its audit line."""

from __future__ import annotations

from yiwang.rules.deciding import Outcome, decision_retake, decision_take
from yiwang.rules.installing import decision_install
from yiwang.rules.parameters import parameter_install
from yiwang.rules.versions import (
    decision_approve,
    decision_draft_save,
    decision_propose,
    decision_reject,
    decision_roll_back,
)

__all__ = [
    "Outcome",
    "decision_approve",
    "decision_draft_save",
    "decision_install",
    "decision_propose",
    "decision_reject",
    "decision_retake",
    "decision_roll_back",
    "decision_take",
    "parameter_install",
]
