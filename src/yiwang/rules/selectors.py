"""The rules engine's door for reading: decisions, their versions and history, dated parameters."""

from __future__ import annotations

from yiwang.rules.amending import parameter_amended
from yiwang.rules.answers import (
    CaseResult,
    CheckReport,
    DecisionDetail,
    DecisionRow,
    Effect,
    MatchCount,
    MatchResult,
    ParameterRow,
    RuleCount,
    Shift,
    StepRow,
    VersionRow,
)
from yiwang.rules.comparing import TableDifference, VersionDifference, decision_difference
from yiwang.rules.effects import effect_needs
from yiwang.rules.filework import RulesCheck, TableProof, rules_check, rules_plan, rules_prove
from yiwang.rules.parameters import parameter_get, parameter_list
from yiwang.rules.planwork import PlanAccount
from yiwang.rules.population import (
    KEY,
    Population,
    PopulationColumn,
    PopulationNeeds,
    Through,
    population_needs,
)
from yiwang.rules.register import (
    decision_check,
    decision_get,
    decision_history,
    decision_list,
    decision_versions,
)
from yiwang.rules.trying import decision_try

__all__ = [
    "CaseResult",
    "CheckReport",
    "DecisionDetail",
    "DecisionRow",
    "Effect",
    "KEY",
    "MatchCount",
    "MatchResult",
    "ParameterRow",
    "PlanAccount",
    "Population",
    "PopulationColumn",
    "PopulationNeeds",
    "RuleCount",
    "RulesCheck",
    "Shift",
    "StepRow",
    "TableDifference",
    "TableProof",
    "Through",
    "VersionDifference",
    "VersionRow",
    "decision_check",
    "decision_difference",
    "decision_get",
    "decision_history",
    "decision_list",
    "decision_try",
    "decision_versions",
    "effect_needs",
    "parameter_amended",
    "parameter_get",
    "parameter_list",
    "population_needs",
    "rules_check",
    "rules_plan",
    "rules_prove",
]
