"""The weekly report of the hotline: read from the tickets, kept as one frozen value, printed as a page or as PDF.

The same tickets give the same report, the same receipt and the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Q
from django.utils import timezone

import yiwang
from yiwang.flow.clustering import hot_lines
from yiwang.flow.core.scoring import DEFINITIONS
from yiwang.flow.core.weekly import Bounced, GapLine, Named, WeekReport, analyse, week_of
from yiwang.flow.core.weekpage import WeekPage, week_page
from yiwang.flow.duties import list_known, settings_of
from yiwang.flow.models import DutyGap, DutyList, Refusal, Topic
from yiwang.flow.performance import tickets_of
from yiwang.flow.schema import CHANNELS
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError
from yiwang.kernel.selectors import department_names
from yiwang.kernel.service import audit, receipt_write


@dataclass(frozen=True)
class WeekFiled:
    """A report with the receipt that names what it was made from."""

    report: WeekReport
    receipt: str


def week_report(actor: Actor, until: date | None = None, *, duty_list: str = "") -> WeekReport:
    """The seven days before `until` (today by default), beside the seven before them. Raises Refused, NotFound, InputError for days to come."""
    demand(actor, "board.view")
    return _report(list_known(duty_list), until or timezone.localdate())


def week_report_file(*, actor: Actor, until: date | None = None, duty_list: str = "") -> WeekFiled:
    """As week_report, with a receipt and a line in the audit trail: what is printed can be traced to its week."""
    rule = demand(actor, "board.view").rule
    of, day = list_known(duty_list), until or timezone.localdate()
    report = _report(of, day)
    receipt = receipt_write(
        actor=actor,
        kind="weekly-report",
        inputs={"duty_list": of.pk, "since": report.since, "until": report.until},
        outputs={"report": canonical_digest(report)},
        pack_digests={of.pack_id: of.pack_digest},
        as_of=day,
        engine_versions={"yiwang": yiwang.__version__},
    )
    audit(
        actor=actor,
        act="report.write",
        object_kind="duty-list",
        object_id=of.pk,
        rule=rule,
        details={"until": day, "receipt": receipt.id},
    )
    return WeekFiled(report, receipt.id)


def week_report_page(report: WeekReport, language: str) -> WeekPage:
    """The report as sections: lead, chart, table; what the page and the PDF print."""
    return week_page(report, language)


def week_report_pdf(filed: WeekFiled, language: str) -> bytes:
    # read when a report is drawn: what draws takes long to read, and no other process needs it
    from yiwang.flow.adapters.weekpdf import week_pdf

    return week_pdf(week_page(filed.report, language), filed.receipt)


def _report(of: DutyList, until: date) -> WeekReport:
    if until > timezone.localdate():
        raise InputError(
            zh=f"{until} 之前的一周还没有过完",
            en=f"the week before {until} is not over yet",
            where="until",
            hint_zh="最晚可写今天（不含今天）。",
            hint_en="Today is the latest; it is not included.",
        )
    end = timezone.make_aware(datetime.combine(until, time()))
    earlier, since, _ = week_of(end)
    settings, named = settings_of(of), _named(of)
    still = Q(closed_at__isnull=True) | Q(closed_at__gte=earlier)
    tickets = tickets_of(settings, still & Q(opened_at__lt=end))
    return analyse(
        tickets,
        end,
        named=named,
        bounces=_bounces(named, earlier, end),
        gaps=_gaps(of, named, since, end),
        hot=hot_lines(of, since, end, titles=named.topics),
        definitions=DEFINITIONS,
        small=settings.figures.small,
    )


def _named(of: DutyList) -> Named:
    rows = {row.pk: row for row in Topic.objects.filter(of=of)}

    def top(topic_id: str) -> str:
        at = rows[topic_id]
        while at.parent_id:
            at = rows[at.parent_id]
        return str(at.pk)

    titles = {id: Text(zh=row.title_zh, en=row.title_en) for id, row in rows.items()}
    return Named({id: top(id) for id in rows}, titles, department_names(), CHANNELS)


def _bounces(named: Named, since: datetime, until: datetime) -> Sequence[Bounced]:
    rows = Refusal.objects.filter(at__gte=since, at__lt=until).order_by("at", "id")
    return [Bounced(row.topic, row.department, row.at) for row in rows if not row.topic or row.topic in named.topics]


def _gaps(of: DutyList, named: Named, since: datetime, until: datetime) -> Sequence[GapLine]:
    """Those that were open at some moment of the week; one ruled later was open then."""
    open_then = Q(ruled_at__isnull=True) | Q(ruled_at__gte=since)
    rows = DutyGap.objects.filter(open_then, topic__of=of, opened_at__lt=until).select_related("case", "duty")
    lines = []
    for gap in rows.order_by("opened_at", "id"):
        ruled = gap.ruled_at is not None and gap.ruled_at < until
        department = named.department(gap.duty.department) if ruled and gap.duty else None
        lines.append(
            GapLine(
                named.topic(gap.topic_id), gap.case.number, gap.opened_at, gap.ruled_at if ruled else None, department
            )
        )
    return lines
