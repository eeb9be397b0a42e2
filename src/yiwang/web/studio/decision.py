"""One decision: its rules as a table, its parameters, and a try-out with facts typed in by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import YiwangError
from yiwang.rules import selectors as rules
from yiwang.rules.selectors import DecisionDetail
from yiwang.web.actors import actor_of_request
from yiwang.web.answers import problem_of
from yiwang.web.reading import posted_day
from yiwang.web.studio.frame import asked_number, page
from yiwang.web.studio.questions import facts, questions, types_of
from yiwang.web.studio.tables import logic_view
from yiwang.web.templatetags.say import amount

ON = Text(zh="决定日", en="Day of the decision")


@dataclass(frozen=True)
class ValueLine:
    first: date
    value: str
    basis: str
    is_assumption: bool
    state: str
    assumption: Text | None


@dataclass(frozen=True)
class ParameterCard:
    """`now` is the value in force on the day, None when nothing is set for it."""

    id: str
    title: Text
    unit: Text
    now: ValueLine | None
    lines: tuple[ValueLine, ...]
    until: date | None


def parameter_cards(detail: DecisionDetail, on: date) -> tuple[ParameterCard, ...]:
    cards = []
    for file in detail.parameters:
        held = file.find(on)
        lines = tuple(
            ValueLine(
                first=one.first,
                value=amount(one.value),
                basis=one.reference.say() if one.reference else "",
                is_assumption=one.reference is None,
                state="held" if one is held else "coming" if one.first > on else "past",
                assumption=one.assumption,
            )
            for one in reversed(file.values)
        )
        now = next((line for line in lines if line.state == "held"), None)
        cards.append(ParameterCard(file.id, file.title, file.unit, now, lines, file.until))
    return tuple(cards)


@require_safe
def overview(request: HttpRequest, decision_id: str) -> HttpResponse:
    actor = actor_of_request(request)
    detail = rules.decision_get(actor, decision_id)
    logic = logic_view(detail, timezone.localdate())
    open_versions = [one for one in rules.decision_versions(actor, decision_id) if one.state in ("draft", "proposed")]
    return page(
        request,
        detail.row,
        "decision",
        "decision",
        detail=detail,
        logic=logic,
        logic_problem=problem_of(logic.problem) if logic.problem else None,
        parameters=parameter_cards(detail, timezone.localdate()),
        open_versions=open_versions,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: HttpRequest, decision_id: str) -> HttpResponse:
    """Facts are typed in here, used once and kept nowhere; `version` tries another version than the one that holds."""
    actor, outcome = actor_of_request(request), None
    problem: YiwangError | None = None
    number = asked_number(request)
    detail = rules.decision_get(actor, decision_id, number=number)
    asked, on = questions(detail, request), timezone.localdate()
    if request.method == "POST":
        try:
            on = posted_day(request, "on", ON) or on
            outcome = rules.decision_try(actor, decision_id, facts=facts(asked, types_of(detail)), on=on, number=number)
        except YiwangError as error:
            problem = error
    return page(
        request,
        detail.row,
        "try",
        "try",
        problem=problem,
        detail=detail,
        number=number,
        asked=asked,
        on=on,
        outcome=outcome,
    )
