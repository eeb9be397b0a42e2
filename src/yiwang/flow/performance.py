"""Tickets as the figures read them, and how departments did: reasonable demands apart from impossible ones.

Which answers say "cannot be done", by which article, and whether the citizen calls it solved, stands in the duty list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q
from django.utils import timezone

from yiwang.flow.clocks import due_of
from yiwang.flow.core.scoring import DEFINITIONS, Definition, Score, Ticket, score_whole, scores
from yiwang.flow.duties import list_known, settings_of
from yiwang.flow.dutyfile import FigureFile, ListSettings
from yiwang.flow.models import Case, CaseClock, CaseStep
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.calendar import Calendar
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError
from yiwang.kernel.selectors import city_calendar, department_names

# A citizen may answer the call back by a message instead of on the telephone.
TELLING = ("work_done", "message_came")
SAID = {True: True, "yes": True, False: False, "no": False}


@dataclass(frozen=True)
class DepartmentScore:
    name: Text
    score: Score


@dataclass(frozen=True)
class Performance:
    """Tickets taken in within [since, until) as they stand now. `definitions` say how each figure is counted; a share of
    fewer than `small` is marked in itself.
    """

    since: datetime
    until: datetime
    departments: tuple[DepartmentScore, ...]
    whole: Score
    definitions: tuple[Definition, ...]
    small: int


def performance(actor: Actor, since: datetime, until: datetime, *, duty_list: str = "") -> Performance:
    """How departments did with the tickets of a span. Raises Refused, NotFound, InputError."""
    demand(actor, "board.view")
    demand_span(since, until)
    settings = settings_of(list_known(duty_list))
    now, names, small = timezone.localtime(), department_names(), settings.figures.small
    tickets = tickets_of(settings, Q(opened_at__gte=since, opened_at__lt=until))
    lines = tuple(DepartmentScore(names[s.department], s) for s in scores(tickets, now, small))
    return Performance(since, until, lines, score_whole(tickets, now, small), DEFINITIONS, small)


def demand_span(since: datetime, until: datetime) -> None:
    if until <= since:
        raise InputError(zh="结束须晚于开始", en="the end must lie after the start", where="until")


def tickets_of(settings: ListSettings, which: Q) -> list[Ticket]:
    """The hotline's tickets among `which`, in the order they came; withdrawn ones are nobody's work and left out."""
    rows = Case.objects.filter(which, item__item_id=settings.intake.item).exclude(status=Case.Status.WITHDRAWN)
    cases = list(
        rows.order_by("opened_at", "id")
        .select_related("rating")
        .prefetch_related("pauses", "refusals", Prefetch("clocks", CaseClock.objects.filter(work=None)))
    )
    if not cases:
        return []
    said, calendar = _answers(cases), city_calendar()
    return [_ticket(case, said.get(case.pk, []), settings.figures, calendar) for case in cases]


def _answers(cases: Iterable[Case]) -> dict[int, list[Mapping[str, Any]]]:
    """What was answered at each finished piece of work and by message, in the order of the case."""
    found: dict[int, list[Mapping[str, Any]]] = {}
    steps = CaseStep.objects.filter(case__in=[case.pk for case in cases], kind__in=TELLING).order_by(
        "case_id", "number"
    )
    for step in steps.only("case_id", "number", "sealed_said"):
        found.setdefault(step.case_id, []).append(step.said.get("values", {}))
    return found


def _ticket(case: Case, said: list[Mapping[str, Any]], figures: FigureFile, calendar: Calendar) -> Ticket:
    clock, rating = next(iter(case.clocks.all()), None), getattr(case, "rating", None)
    outcome, basis = _last(said, figures.outcome), _last(said, figures.basis)
    solved = [one for one in (_solved(values, figures.solved) for values in said) if one is not None]
    if rating is not None and rating.solved is not None:
        solved.append(rating.solved)
    return Ticket(
        number=case.number,
        department=case.department,
        topic=case.topic,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        due_at=due_of(clock, case.pauses.all(), calendar) if clock else None,
        impossible=outcome in figures.impossible,
        basis=basis if isinstance(basis, str) else "",
        solved=solved[-1] if solved else None,
        grade=rating.grade if rating is not None else None,
        refused_by=tuple(refusal.department for refusal in case.refusals.all()),
        # An answer "not solved" with work done after it sent the ticket back to work.
        reopened=_reopened(said, figures.solved),
        channel=case.channel,
        division=case.division,
    )


def _last(said: list[Mapping[str, Any]], question: str) -> Any:
    return next((values[question] for values in reversed(said) if values.get(question) not in (None, "")), None)


def _solved(values: Mapping[str, Any], question: str) -> bool | None:
    answer = values.get(question)
    return SAID.get(answer) if isinstance(answer, bool | str) else None


def _reopened(said: list[Mapping[str, Any]], question: str) -> int:
    return sum(1 for at, values in enumerate(said) if _solved(values, question) is False and at < len(said) - 1)
