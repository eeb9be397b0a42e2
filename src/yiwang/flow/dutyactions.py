"""What a diagram may ask of the duty list: find who answers, suggest a topic, make a ruling effective."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from yiwang.flow.bouncing import duty_basis, duty_rule
from yiwang.flow.duties import DutyRow, duty_of
from yiwang.flow.suggesting import reasons_said, ticket_suggest
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound
from yiwang.kernel.service import action_declare


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FindDuty(_Arguments):
    topic: str = ""
    division: str = ""


class SuggestTicket(_Arguments):
    text: str = ""
    division: str = ""


class RuleDuty(_Arguments):
    """`case` is the number of the duty gap case, `case.number` in its diagram."""

    topic: str
    department: str
    law: str = Field(min_length=1)
    article: str = Field(min_length=1)
    case: str
    division: str = ""


NOBODY: dict[str, Any] = {"found": False, "department": "", "co_departments": [], "basis": "", "ruling": ""}


def _find(actor: Actor, said: FindDuty) -> dict[str, Any]:
    """Without a topic, or with one nobody answers for, `found` is false and a person decides."""
    try:
        return _told(duty_of(said.topic, None, said.division)) if said.topic else NOBODY
    except NotFound:
        return NOBODY


def _told(duty: DutyRow) -> dict[str, Any]:
    return {
        "found": True,
        "department": duty.department,
        "co_departments": list(duty.co_departments),
        "basis": duty.basis.say().zh,
        "ruling": duty.ruling,
    }


def _suggest(actor: Actor, said: SuggestTicket) -> dict[str, Any]:
    found = ticket_suggest(actor, said.text, division=said.division)
    best = found.best
    return {
        "sure": found.sure,
        "why": found.why.zh,
        "topic": best.topic if best else "",
        "confidence": found.confidence,
        "department": best.duty.department if best and best.duty else "",
        "reasons": reasons_said(found.reasons),
    }


def _rule(actor: Actor, said: RuleDuty) -> dict[str, Any]:
    basis = duty_basis(law=said.law, article=said.article)
    return _told(
        duty_rule(
            actor=actor,
            topic=said.topic,
            department=said.department,
            basis=basis,
            case=said.case,
            division=said.division,
        )
    )


def duty_actions_register() -> None:
    """Called once when the program starts."""
    action_declare(
        "duty.find", FindDuty, _find, Text(zh="查主题的负责部门", en="find who answers for a topic"), act="duty.read"
    )
    action_declare(
        "ticket.suggest",
        SuggestTicket,
        _suggest,
        Text(zh="提示诉求的主题和部门", en="suggest a ticket's topic and department"),
        act="duty.read",
    )
    action_declare(
        "duty.rule", RuleDuty, _rule, Text(zh="使职责裁定生效", en="make a ruling on a duty effective"), act="duty.rule"
    )
