"""Processes: the list, one with its drawing, its versions, the way of a version, and where time really goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.flow import selectors as flow
from yiwang.flow import service
from yiwang.flow.core.process.nodes import Definition, Named, Node, UserTask
from yiwang.flow.errors import DiagramRefused
from yiwang.flow.selectors import CaseFilter, ProcessDetail, ProcessVersionRow
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.pack import Finding
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, Refused, YiwangError
from yiwang.web.actors import actor_of_request, may
from yiwang.web.answers import problem_of
from yiwang.web.charts import Series, figure_chart
from yiwang.web.language import say
from yiwang.web.reading import posted, posted_needed
from yiwang.web.studio.diagramwords import diagram_words
from yiwang.web.studio.version import step_lines

DIAGRAM = Text(zh="流程图", en="Diagram")
OPEN = ("draft", "proposed", "rejected")
MOVES: dict[str, tuple[Callable[..., ProcessVersionRow], Text]] = {
    "propose": (service.process_propose, Text(zh="已提交，等待批准。", en="Sent for approval.")),
    "approve": (
        service.process_approve,
        Text(zh="已批准，新的办件从现在起按这一版走。", en="Approved; new cases follow it from now on."),
    ),
    "reject": (service.process_reject, Text(zh="已退回，起草人会看到理由。", en="Sent back with the reason.")),
    "withdraw": (service.process_withdraw, Text(zh="已撤回为草稿。", en="Taken back; it is a draft again.")),
    "roll-back": (service.process_roll_back, Text(zh="这一版重新生效。", en="This version holds again.")),
}


@dataclass(frozen=True)
class StepLine:
    """A task of a process as the table beside its drawing tells it."""

    id: str
    title: Text
    kind: str
    form: str
    role: str
    department: str
    budget: str


@require_safe
def processes(request: HttpRequest) -> HttpResponse:
    actor, search = actor_of_request(request), request.GET.get("search", "").strip()[:100]
    rows = flow.process_list(actor, search=search, department=request.GET.get("department", "")[:64])
    every = flow.process_list(actor)
    context = {
        "rows": rows,
        "every": every,
        "search": search,
        "department": request.GET.get("department", ""),
        "departments": sorted({row.department: row.department_title for row in every}.items()),
    }
    return render(request, "yiwang/studio/processes/list.html", context)


def _page(
    request: HttpRequest, detail: ProcessDetail, template: str, problem: YiwangError | None = None, **more: Any
) -> HttpResponse:
    actor, department = actor_of_request(request), detail.row.department
    context = {
        "detail": detail,
        "row": detail.row,
        "version": detail.version,
        "may_edit": may(actor, "process.edit", department),
        "may_approve": may(actor, "process.approve", department),
        "problem": problem_of(problem) if problem else None,
        **more,
    }
    status = problem.status if problem else 200
    return render(request, f"yiwang/studio/processes/{template}.html", context, status=status)


def _lines(definition: Definition | None) -> tuple[StepLine, ...]:
    if definition is None:
        return ()
    return tuple(_line(one, one.name) for one in definition.nodes.values() if one.name is not None)


def _line(node: Node, name: Named) -> StepLine:
    title, kind = Text(zh=name.zh, en=name.en), type(node).__name__
    if not isinstance(node, UserTask):
        return StepLine(node.id, title, kind, "", "", "", "")
    budget = say((node.budget.name.zh, node.budget.name.en)) if node.budget else ""
    return StepLine(node.id, title, kind, node.form or "", node.role or "", node.department or "", budget)


def _marks(findings: tuple[Finding, ...]) -> dict[str, dict[str, str]]:
    """Findings where the drawing can show them: at their element."""
    found: dict[str, dict[str, str]] = {}
    for one in findings:
        element = getattr(one, "element", "") or one.where
        said = say((one.zh, one.en))
        before = found.get(element)
        tone = "bad" if one.level == "error" else "warn"
        if before is None:
            found[element] = {"tone": tone, "short": "!", "text": said}
        else:
            worst = "bad" if "bad" in (tone, before["tone"]) else "warn"
            found[element] = {"tone": worst, "short": "!", "text": f"{before['text']} · {said}"}
    return found


def _running(actor: Actor, process_id: str) -> tuple[tuple[int, int], ...]:
    """Running cases by the version they follow, among those the reader may read; of very many the newest."""
    if not may(actor, "case.read"):
        return ()
    counts = Counter(
        row.version
        for status in ("open", "suspended")
        for row in flow.case_list(actor, CaseFilter(process=process_id, status=status), per_page=500).items
    )
    return tuple(sorted(counts.items()))


@require_safe
def process(request: HttpRequest, process_id: str) -> HttpResponse:
    actor = actor_of_request(request)
    versions = flow.process_versions(actor, process_id)
    published = any(one.state == "published" for one in versions)
    detail = flow.process_get(actor, process_id, number=None if published else versions[0].number)
    return _page(
        request,
        detail,
        "process",
        versions=versions,
        running=_running(actor, process_id),
        may_move=may(actor, "case.move", detail.row.department),
        source=detail.bpmn.decode("utf-8", "replace"),
        lines=_lines(detail.definition),
        words=diagram_words(),
    )


@never_cache
@require_safe
def version(request: HttpRequest, process_id: str, number: int) -> HttpResponse:
    return _version(request, process_id, number)


def _version(request: HttpRequest, process_id: str, number: int, problem: YiwangError | None = None) -> HttpResponse:
    actor = actor_of_request(request)
    detail = flow.process_get(actor, process_id, number=number)
    one, department = detail.version, detail.row.department
    findings = flow.process_check(actor, process_id, number=number)
    edits, approves = may(actor, "process.edit", department), may(actor, "process.approve", department)
    is_author = one.author == actor.id
    errors = sum(found.level == "error" for found in findings)
    return _page(
        request,
        detail,
        "version",
        problem,
        source=detail.bpmn.decode("utf-8", "replace"),
        lines=_lines(detail.definition),
        findings=findings,
        errors=errors,
        marks=_marks(findings),
        words=diagram_words(),
        steps=step_lines(one.state),
        changes=_changes(actor, detail),
        is_author=is_author,
        can_edit=one.state == "draft" and edits and is_author,
        can_propose=one.state == "draft" and edits and not errors,
        can_decide=one.state == "proposed" and approves and not is_author,
        can_withdraw=one.state == "proposed" and edits and is_author,
        can_roll_back=one.state == "replaced" and approves,
    )


def _changes(actor: Actor, detail: ProcessDetail) -> Any:
    """What it says otherwise than the version that holds, or than the one it was made from; None when there is none."""
    one = detail.version
    held = detail.row.published
    against = held.number if one.state in OPEN and held else one.based_on
    if against is None or against == one.number:
        return None
    try:
        return flow.process_difference(actor, detail.row.id, before=against, after=one.number)
    except (DiagramRefused, InputError):
        # A draft that cannot be read yet: its findings say why.
        return None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, process_id: str) -> HttpResponse:
    """The diagram in the editor; without scripts its text. Each save is a draft, also one that is still wrong."""
    actor = actor_of_request(request)
    asked = request.POST.get("version") or request.GET.get("version") or ""
    number = int(asked) if asked.isdecimal() and len(asked) < 9 else None
    detail = flow.process_get(actor, process_id, number=number)
    own = detail.version.state == "draft" and detail.version.author == actor.id
    source = detail.bpmn.decode("utf-8", "replace")
    problem: YiwangError | None = None
    if request.method == "POST":
        # A form sends line ends as two characters; a diagram that was not touched keeps its digest.
        source = request.POST.get("bpmn", "").replace("\r\n", "\n")
        try:
            posted_needed(request, "bpmn", DIAGRAM)
            saved = service.process_draft_save(
                actor=actor,
                process_id=process_id,
                bpmn=source.encode("utf-8"),
                number=detail.version.number if own else None,
                note=posted(request, "note"),
            )
            return HttpResponseRedirect(reverse("studio:process-version", args=[process_id, saved.number]))
        except (InputError, Conflict) as error:
            problem = error
    findings = flow.process_check(actor, process_id, number=detail.version.number)
    return _page(
        request,
        detail,
        "edit",
        problem,
        source=source,
        own=own,
        findings=findings,
        marks=_marks(findings),
        words=diagram_words(),
        note=posted(request, "note"),
    )


@require_POST
def move(request: HttpRequest, process_id: str, number: int) -> HttpResponse:
    """A step of a version; a refusal is told on the version's own page."""
    name = posted(request, "act")
    try:
        if name not in MOVES:
            raise InputError(zh=f"没有“{name}”这一步。", en=f"There is no step “{name}”.", where="act")
        act, told = MOVES[name]
        act(actor=actor_of_request(request), process_id=process_id, number=number, note=posted(request, "note"))
    except (InputError, Conflict, Refused) as error:
        return _version(request, process_id, number, error)
    messages.success(request, say(told))
    return HttpResponseRedirect(reverse("studio:process-version", args=[process_id, number]))


@require_safe
def insight(request: HttpRequest, process_id: str) -> HttpResponse:
    """Where cases really went and how long they stood, from their history."""
    actor = actor_of_request(request)
    detail = flow.process_get(actor, process_id)
    waited = flow.waiting_by_step(actor, process_id)
    hours = tuple(round(row.median.total_seconds() / 3600, 1) for row in waited)
    chart = figure_chart(
        "waiting",
        "bars",
        Text(zh="每一步等了多久（中位数，小时）", en="How long each step waited (median, hours)"),
        label_title=Text(zh="步骤", en="Step"),
        labels=[row.title for row in waited],
        series=[Series(Text(zh="小时", en="hours"), hours)],
        flat=True,
    )
    return _page(request, detail, "insight", waited=waited, chart=chart, paths=flow.paths(actor, process_id))
