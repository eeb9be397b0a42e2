"""A decision tried on facts that somebody typed in: any version, nothing kept, no receipt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_json
from yiwang.rules.core.facts import said
from yiwang.rules.deciding import Outcome, granted_with, taken
from yiwang.rules.prepared import prepared
from yiwang.rules.proposing import change_for
from yiwang.rules.rows import content_of, decision_row, version_row


def decision_try(
    actor: Actor, decision_id: str, *, facts: Mapping[str, Any], on: date, number: int | None = None
) -> Outcome:
    """What a version, the one that holds by default, says of these facts. It decides nothing: the outcome has no receipt.

    Raises NotFound, PackError for a version that cannot be read, FactsWrong, NotCovered, BudgetExceeded.
    """
    demand(actor, "decision.read")
    version = version_row(decision_row(decision_id), number)
    answer = taken(prepared(content_of(version)), facts, on)
    return Outcome(
        decision=decision_id,
        version=version.number,
        digest=version.digest,
        on=on,
        value=said(answer.value),
        granted=answer.granted,
        amount=answer.amount,
        sentence=answer.sentence,
        explanation=answer.note,
        change=None if answer.granted else change_for(answer, granted_with),
        basis=answer.note.bases(),
        receipt="",
        data=canonical_json(answer.body()),
    )
