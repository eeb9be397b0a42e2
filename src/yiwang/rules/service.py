"""The rules engine's door for writing. Every service takes the actor and is one transaction with its audit line."""

from __future__ import annotations

from yiwang.rules.deciding import Outcome, decision_retake, decision_take
from yiwang.rules.effects import decision_effect
from yiwang.rules.installing import decision_install
from yiwang.rules.matching import population_match
from yiwang.rules.parameters import parameter_install
from yiwang.rules.versions import (
    decision_approve,
    decision_draft_save,
    decision_propose,
    decision_reject,
    decision_roll_back,
    decision_withdraw,
)

__all__ = [
    "Outcome",
    "decision_approve",
    "decision_draft_save",
    "decision_effect",
    "decision_install",
    "decision_propose",
    "decision_reject",
    "decision_retake",
    "decision_roll_back",
    "decision_take",
    "decision_withdraw",
    "parameter_install",
    "population_match",
]
