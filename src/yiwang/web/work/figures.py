"""How the hotline does: departments, hot topics, and the week as a page and a PDF."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from yiwang.flow import selectors as flow
from yiwang.flow import service
from yiwang.kernel.errors import NotFound
from yiwang.web.actors import actor_of_request
from yiwang.web.language import active_language
from yiwang.web.weekreport import week_html, week_policy

DAYS = 30


def _until(request: HttpRequest) -> date | None:
    """The day in the address; what is no day is today."""
    try:
        return date.fromisoformat(request.GET.get("until", ""))
    except ValueError:
        return None


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The last thirty days. A city without a duty list has nothing to count, and the page says so."""
    actor, now = actor_of_request(request), timezone.localtime()
    since = timezone.make_aware(datetime.combine(now.date() - timedelta(days=DAYS), time()))
    try:
        context = {
            "performance": flow.performance(actor, since, now),
            "hot": flow.hot_topics(actor, since, now),
            "bounces": flow.bounces(actor, since=since, until=now),
        }
    except NotFound:
        context = {}
    return render(request, "yiwang/work/cases/figures.html", {**context, "days": DAYS, "today": now.date()})


@require_safe
def week(request: HttpRequest) -> HttpResponse:
    filed = service.week_report_file(actor=actor_of_request(request), until=_until(request))
    language = active_language()
    page = flow.week_report_page(filed.report, language)
    html = week_html(page, filed.receipt, language)
    return HttpResponse(html, headers={"Content-Security-Policy": week_policy(html)})


@require_safe
def week_pdf(request: HttpRequest) -> HttpResponse:
    filed = service.week_report_file(actor=actor_of_request(request), until=_until(request))
    answer = HttpResponse(flow.week_report_pdf(filed, active_language()), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="week-{filed.report.until:%Y-%m-%d}.pdf"'
    return answer
