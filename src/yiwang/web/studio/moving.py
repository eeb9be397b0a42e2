"""Running cases moved to another version: judged first, moved some hundreds at a time, taken back together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yiwang.flow import selectors as flow
from yiwang.flow import service
from yiwang.flow.core.process.comparing import Verdict
from yiwang.flow.selectors import BatchRow, ProcessVersionRow
from yiwang.flow.service import MigrationReport, MigrationRow
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, YiwangError
from yiwang.web.actors import actor_of_request
from yiwang.web.answers import problem_of
from yiwang.web.language import say
from yiwang.web.people import said_hands
from yiwang.web.reading import posted, posted_needed

# A dry run on a page judges so many and says how many are left; each press, or turn of the page, moves so many.
MOST_JUDGED, AT_ONCE = 1_000, 200
HELD = ("published", "replaced")
VERSION, BATCH = Text(zh="迁到哪一版", en="Version to follow"), Text(zh="批次", en="Batch")


@dataclass(frozen=True)
class BatchLine:
    row: BatchRow
    by: str
    can_revert: bool


@dataclass(frozen=True)
class Progress:
    """How far a move has come: `last` is the case judged last, `left` how many wait to be judged."""

    to: int
    batch: str
    moved: int
    stayed: int
    last: str
    left: int
    consent: tuple[str, ...]

    @property
    def judged(self) -> int:
        return self.moved + self.stayed

    @property
    def total(self) -> int:
        return self.judged + self.left


def _number(given: str) -> int | None:
    return int(given) if given.isdecimal() and len(given) < 9 else None


def _targets(actor: Actor, process_id: str) -> tuple[ProcessVersionRow, ...]:
    return tuple(one for one in flow.process_versions(actor, process_id) if one.state in HELD)


@never_cache
@require_safe
def moving(request: HttpRequest, process_id: str) -> HttpResponse:
    return _moving(request, process_id, _number(request.GET.get("to", "")))


def _moving(
    request: HttpRequest,
    process_id: str,
    to: int | None,
    problem: YiwangError | None = None,
    stayed: tuple[MigrationRow, ...] = (),
) -> HttpResponse:
    """The dry run against a version that holds or has held, by default the one that holds."""
    actor = actor_of_request(request)
    targets = _targets(actor, process_id)
    held = next((one.number for one in targets if one.state == "published"), None)
    chosen = to if to in {one.number for one in targets} else held
    batches = flow.migration_list(actor, process_id)
    # A process nobody ever published has no version to show otherwise.
    newest = flow.process_versions(actor, process_id)[0].number
    context: dict[str, Any] = {
        "row": flow.process_get(actor, process_id, number=chosen or newest).row,
        "targets": targets,
        "chosen": chosen,
        "batches": [BatchLine(one, said_hands(one.moved_by), one.back < one.cases) for one in batches],
        "stayed": stayed,
        "problem": problem_of(problem) if problem else None,
    }
    if chosen is not None:
        context |= _judged(actor, process_id, chosen)
    status = problem.status if problem else 200
    return render(request, "yiwang/studio/processes/moving.html", context, status=status)


def _judged(actor: Actor, process_id: str, to: int) -> dict[str, Any]:
    waiting = flow.migration_waiting(actor, process_id, to, most=MOST_JUDGED)
    report = service.cases_migrate(actor=actor, process_id=process_id, to=to, numbers=waiting.numbers)
    return {
        "report": report,
        "counts": [(one.value, report.count(one)) for one in Verdict],
        "unjudged": waiting.total - len(waiting.numbers),
        "can_move": report.count(Verdict.SAFE) + report.count(Verdict.CONSENT) > 0 or waiting.total > MOST_JUDGED,
        "asks_consent": report.count(Verdict.CONSENT) > 0,
    }


@never_cache
@require_POST
def move(request: HttpRequest, process_id: str) -> HttpResponse:
    """The next some hundreds. Whoever stops here has moved whole cases and may go on later."""
    actor = actor_of_request(request)
    to = _number(posted(request, "to"))
    try:
        if to is None:
            raise InputError(zh="请选择迁到哪一版。", en="Choose the version to follow.", where="to")
        done = _turn(request, actor, process_id, to)
    except (InputError, Conflict, NotFound) as error:
        return _moving(request, process_id, to, error)
    detail = flow.process_get(actor, process_id, number=to)
    context = {"row": detail.row, "progress": done}
    part = "moving_progress" if getattr(request, "htmx", False) else "moving_on"
    return render(request, f"yiwang/studio/processes/{part}.html", context)


def _turn(request: HttpRequest, actor: Actor, process_id: str, to: int) -> Progress:
    consent = tuple(dict.fromkeys(request.POST.getlist("consent")))[:MOST_JUDGED]
    moved, stayed = _number(posted(request, "moved")) or 0, _number(posted(request, "stayed")) or 0
    last, batch = posted(request, "last")[:40], posted(request, "batch")[:40]
    waiting = flow.migration_waiting(actor, process_id, to, after=last, most=AT_ONCE)
    report = MigrationReport(process_id, to, batch, ())
    if waiting.numbers:
        report = service.cases_migrate(
            actor=actor,
            process_id=process_id,
            to=to,
            numbers=waiting.numbers,
            dry_run=False,
            consent=consent,
            batch=batch,
        )
    now = sum(row.moved for row in report.rows)
    return Progress(
        to=to,
        batch=report.batch,
        moved=moved + now,
        stayed=stayed + len(report.rows) - now,
        last=waiting.numbers[-1] if waiting.numbers else last,
        left=waiting.total - len(waiting.numbers),
        consent=consent,
    )


@require_POST
def revert(request: HttpRequest, process_id: str) -> HttpResponse:
    """Take a batch back; those that went on since are listed with the reason and stay."""
    actor = actor_of_request(request)
    try:
        batch = posted_needed(request, "batch", BATCH)
        if batch not in {one.batch for one in flow.migration_list(actor, process_id)}:
            raise NotFound(zh=f"没有迁移批次 {batch}", en=f"there is no batch {batch}", where="batch")
        report = service.migration_revert(actor=actor, batch=batch)
    except (InputError, Conflict, NotFound) as error:
        return _moving(request, process_id, None, error)
    stayed = tuple(row for row in report.rows if not row.moved)
    back = len(report.rows) - len(stayed)
    messages.success(request, say(Text(zh=f"已原样退回 {back} 件。", en=f"{back} cases went back exactly.")))
    if stayed:
        return _moving(request, process_id, None, stayed=stayed)
    return HttpResponseRedirect(reverse("studio:process-cases", args=[process_id]))
