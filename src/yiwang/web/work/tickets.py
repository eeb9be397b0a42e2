"""What stands beside a ticket: what it is probably about and whose it is, and who refused it before."""

from __future__ import annotations

from typing import Any

from yiwang.flow import selectors as flow
from yiwang.flow.answers import CaseDetail
from yiwang.flow.selectors import SimilarTicket, TicketSuggestion
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import NotFound
from yiwang.web.actors import may


def ticket_parts(actor: Actor, detail: CaseDetail) -> dict[str, Any]:
    is_open = detail.case.closed_at is None
    return {
        "suggestion": suggested(actor, detail) if is_open and may(actor, "duty.read") else None,
        "similar": similar(actor, detail) if is_open and may(actor, "case.read", detail.case.department) else (),
        "refusals": flow.refusal_list(actor, detail.case.number),
        "gap": next((one for one in flow.duty_gap_list(actor) if one.case == detail.case.number), None)
        if may(actor, "duty.read")
        else None,
    }


def suggested(actor: Actor, detail: CaseDetail) -> TicketSuggestion | None:
    """None where the city has no duty list."""
    try:
        return flow.ticket_suggest(actor, words_of(detail), division=detail.case.division)
    except NotFound:
        return None


def similar(actor: Actor, detail: CaseDetail) -> tuple[SimilarTicket, ...]:
    """Earlier tickets like this one; none where the city has no duty list."""
    try:
        return flow.ticket_similar(
            actor,
            words_of(detail),
            topic=detail.case.topic,
            division=detail.case.division,
            place=detail.place,
            at=detail.case.opened_at,
            number=detail.case.number,
        )
    except NotFound:
        return ()


def words_of(detail: CaseDetail) -> str:
    return " ".join([detail.case.title, *(one for one in detail.answers.values() if isinstance(one, str))])
