"""What really happened, from the steps of cases: the ways they went, where they waited, how often they bounced."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, Q, QuerySet

from yiwang.flow.answers import BounceRow, PathRow, Paths, WaitingRow
from yiwang.flow.casework import moment
from yiwang.flow.core.process import nodes as n
from yiwang.flow.definitions import definition_of
from yiwang.flow.models import Case, CaseStep, ProcessVersion, Work
from yiwang.flow.scopes import covered
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound

# Steps the diagram does not know: they are the deviations.
ADDED = ("sent_back", "handed_over", "signer_added", "assist_asked", "taken_back", "suspended", "action_failed")
MOST_CASES = 20_000


def paths(actor: Actor, process_id: str, *, since: datetime | None = None, until: datetime | None = None) -> Paths:
    """The real ways of a process's cases through its tasks, against its published diagram. Raises NotFound, Refused."""
    version = _version(process_id)
    definition = definition_of(version)
    cases = _cases(actor, process_id, since, until)
    ways: dict[tuple[str, ...], list[Case]] = defaultdict(list)
    walked: dict[int, list[str]] = defaultdict(list)
    taken: set[str] = set()
    added: Counter[str] = Counter()
    by_case: dict[int, set[str]] = defaultdict(set)
    for number, kind, passed in _steps(cases):
        if kind in ADDED:
            added[kind] += 1
            by_case[number].add(kind)
        for mark, element, _ in passed:
            if mark == "taken":
                taken.add(element)
            elif mark == "entered" and isinstance(definition.nodes.get(element), n.Activity):
                walked[number].append(element)
    for case in cases:
        ways[tuple(walked[case.pk])].append(case)
    rows = [_path(definition, way, found, by_case) for way, found in ways.items()]
    return Paths(
        cases=len(cases),
        rows=tuple(sorted(rows, key=lambda row: (-row.count, row.nodes))),
        unused=tuple(flow for flow in definition.flows if flow not in taken) if cases else (),
        added=dict(sorted(added.items())),
    )


def waiting_by_step(
    actor: Actor, process_id: str, *, since: datetime | None = None, until: datetime | None = None
) -> tuple[WaitingRow, ...]:
    """How long cases of a process stood at each task, the slowest first; open works count until now. Raises Refused."""
    cases = _cases(actor, process_id, since, until)
    now = moment()
    found: dict[str, list[Work]] = defaultdict(list)
    for work in Work.objects.filter(case__in=[case.pk for case in cases]):
        found[work.node].append(work)
    rows = [_waiting(node, works, now) for node, works in found.items()]
    return tuple(sorted(rows, key=lambda row: (-row.median, row.node)))


def bounces(actor: Actor, *, since: datetime | None = None, until: datetime | None = None) -> tuple[BounceRow, ...]:
    """By department: works it had, how often it sent back, how often it handed over; those that did so most first."""
    demand(actor, "case.read")
    where = covered(actor, "case.read")
    works = Work.objects.all() if where is None else Work.objects.filter(department__in=where)
    works = works.filter(_between("opened_at", since, until))
    had = dict(works.values_list("department").annotate(Count("id")))
    steps = CaseStep.objects.filter(kind__in=("sent_back", "handed_over")).filter(_between("at", since, until))
    sent: Counter[str] = Counter()
    handed: Counter[str] = Counter()
    departments = _departments(steps)
    for case, kind, event in steps.values_list("case_id", "kind", "outline"):
        department = event.get("from", "") or departments.get((case, event.get("work", 0)), "")
        (sent if kind == "sent_back" else handed)[department] += 1
    seen = set(had) | ({*sent, *handed} if where is None else ({*sent, *handed} & where))
    rows = [BounceRow(code, had.get(code, 0), sent[code], handed[code]) for code in seen if code]
    return tuple(sorted(rows, key=lambda row: (-(row.sent_back + row.handed_over), row.department)))


def _departments(steps: QuerySet[CaseStep]) -> Mapping[tuple[int, int], str]:
    """Where each work lies that was sent back or handed over."""
    rows = Work.objects.filter(case_id__in=steps.values("case_id")).values_list("case_id", "number", "department")
    return {(case, number): department for case, number, department in rows}


def _version(process_id: str) -> ProcessVersion:
    version = ProcessVersion.objects.filter(process_id=process_id).order_by("-published_at", "-number").first()
    if version is None:
        raise NotFound(zh=f"没有流程 {process_id}", en=f"there is no process {process_id}", where="process")
    return version


def _between(name: str, since: datetime | None, until: datetime | None) -> Q:
    found = Q(**{f"{name}__gte": since}) if since else Q()
    return found & Q(**{f"{name}__lt": until}) if until else found


def _cases(actor: Actor, process_id: str, since: datetime | None, until: datetime | None) -> list[Case]:
    demand(actor, "case.read")
    where = covered(actor, "case.read")
    rows = Case.objects.filter(process__process_id=process_id).filter(_between("opened_at", since, until))
    if where is not None:
        rows = rows.filter(department__in=where)
    return list(rows.only("id", "opened_at", "closed_at").order_by("-opened_at")[:MOST_CASES])


def _steps(cases: Sequence[Case]) -> Iterable[tuple[int, str, list[tuple[str, str, int]]]]:
    rows = CaseStep.objects.filter(case__in=[case.pk for case in cases]).order_by("case_id", "number")
    return rows.values_list("case_id", "kind", "passed").iterator()


def _path(
    definition: n.Definition, way: tuple[str, ...], cases: Sequence[Case], added: Mapping[int, set[str]]
) -> PathRow:
    spent = [case.closed_at - case.opened_at for case in cases if case.closed_at is not None]
    deviates = len(set(way)) < len(way) or any(added.get(case.pk, set()) - {"suspended"} for case in cases)
    return PathRow(way, tuple(_title(definition, node) for node in way), len(cases), not deviates, _median(spent))


def _waiting(node: str, works: Sequence[Work], now: datetime) -> WaitingRow:
    spent = [(work.closed_at or now) - work.opened_at for work in works]
    title = Text(zh=works[-1].title_zh, en=works[-1].title_en)
    still = sum(work.closed_at is None for work in works)
    return WaitingRow(node, title, len(works), still, _median(spent) or timedelta(), max(spent))


def _median(spent: Sequence[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(one.total_seconds() for one in spent)) if spent else None


def _title(definition: n.Definition, node: str) -> Text:
    name = definition.nodes[node].name
    return Text(zh=name.zh, en=name.en) if name else Text(zh=node, en=node)
