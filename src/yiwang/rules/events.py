"""What the rules engine tells the rest of the house."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from yiwang.kernel.core.text import Text
from yiwang.kernel.service import event_declare


class _Payload(BaseModel):
    model_config = ConfigDict(extra="forbid")


class VersionMoved(_Payload):
    decision: str
    version: int
    digest: str


class PopulationMatched(_Payload):
    decisions: list[str]
    resource: str
    receipt: str


DECISION_PROPOSED = event_declare(
    "decision.proposed", VersionMoved, Text(zh="决定的新版本待批准", en="a new version of a decision awaits approval")
)
DECISION_PUBLISHED = event_declare(
    "decision.published", VersionMoved, Text(zh="决定的新版本生效", en="a new version of a decision holds")
)
DECISION_REJECTED = event_declare(
    "decision.rejected", VersionMoved, Text(zh="决定的新版本被退回", en="a new version of a decision was rejected")
)
DECISION_WITHDRAWN = event_declare(
    "decision.withdrawn", VersionMoved, Text(zh="决定的新版本被起草人撤回", en="the author took a new version back")
)
DECISION_ROLLED_BACK = event_declare(
    "decision.rolled-back",
    VersionMoved,
    Text(zh="决定退回到从前的版本", en="a decision went back to an earlier version"),
)
POPULATION_MATCHED = event_declare(
    "decision.matched", PopulationMatched, Text(zh="决定已对全体比对", en="decisions ran over a population")
)
