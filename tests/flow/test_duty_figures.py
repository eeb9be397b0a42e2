"""Figures and the weekly report from real cases: what was answered, called back, rated, refused, in the week it happened."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from casecity import SYSTEM, CaseCity, at, finish
from django.utils import timezone
from hotlinecity import Hotline
from typer.testing import CliRunner

from yiwang.cli.app import app
from yiwang.flow.models import Case, CaseClock, Rating, Refusal
from yiwang.flow.selectors import Performance, performance, week_report, week_report_page, week_report_pdf
from yiwang.flow.service import case_suspend, case_withdraw, week_report_file
from yiwang.kernel.core.actor import Role
from yiwang.kernel.errors import InputError, NotFound, Refused
from yiwang.kernel.selectors import audit_list, receipt_get
from yiwang.web.weekreport import week_html

MONDAY = date(2026, 11, 16)


@pytest.fixture
def hotline(cases: CaseCity) -> Hotline:
    made = Hotline(cases)
    made.build()
    return made


def on(case: Case, day: str, closed: str = "") -> Case:
    """As if it had come in on that day (and been closed on another)."""
    opened = at(day)
    Case.objects.filter(pk=case.pk).update(opened_at=opened)
    CaseClock.objects.filter(case=case).update(started_at=opened)
    if closed:
        Case.objects.filter(pk=case.pk).update(closed_at=at(closed))
    return case


def held(hotline: Hotline, case: Case, department: str) -> Case:
    Case.objects.filter(pk=case.pk).update(department=department)
    return case


def told(actor: object = SYSTEM) -> Performance:
    now = timezone.now()
    return performance(actor, now - timedelta(days=400), now + timedelta(days=1))  # type: ignore[arg-type]


def test_a_solved_and_rated_ticket_counts_for_its_department(hotline: Hotline) -> None:
    case = held(hotline, hotline.solved("lamp", "urban"), "urban")
    Rating.objects.create(case=case, grade=4, channel="web", at=timezone.now())
    (line,) = told().departments
    assert (line.name.zh, line.score.tickets) == ("urban局", 1)
    assert (line.score.solved.value, line.score.satisfied.value, line.score.in_time.value) == (1.0, 1.0, 1.0)
    assert told().whole.tickets == 1


def test_not_solved_reopens_and_the_last_answer_counts(hotline: Hotline) -> None:
    case = hotline.solved("lamp", "urban", solved=False)
    finish(case, "handle")
    finish(case, "callback", solved="yes")
    score = told().whole
    assert (score.reopened.hits, score.solved.hits, score.solved.n) == (1, 1, 1)


def test_what_the_law_does_not_allow_counts_apart_when_it_names_the_article(hotline: Hotline) -> None:
    hotline.solved("lamp", "urban", outcome="cannot", outcome_basis="城乡规划法 第四十条")
    hotline.solved("lamp", "urban", outcome="cannot")
    score = told().whole
    assert (score.tickets, score.impossible, score.unfounded, score.reasonable) == (2, 1, 1, 1)


def test_a_refusal_counts_for_who_refused(hotline: Hotline) -> None:
    hotline.refused(hotline.at("lamp", "urban"), "housing")
    lines = {line.score.department: line.score for line in told().departments}
    assert (lines["urban"].bounced.hits, lines["urban"].bounced.n, lines["hotline"].bounced.hits) == (1, 1, 0)


def test_the_time_a_case_stood_still_is_not_late(hotline: Hotline) -> None:
    case = on(hotline.ticket(), "2026-01-05T09:00")
    assert told().whole.in_time.n == 1
    case_suspend(actor=SYSTEM, number=case.number, reason="testing")
    case.pauses.update(begin=at("2026-01-06T09:00"))
    assert told().whole.in_time.n == 0


def test_withdrawn_tickets_and_other_items_are_left_out(hotline: Hotline) -> None:
    case_withdraw(actor=SYSTEM, number=hotline.ticket().number, reason="已自行解决")
    for _ in range(2):
        hotline.refused(hotline.at("lamp", "urban"), "housing")
    assert told().whole.tickets == 2


def test_performance_is_for_those_who_see_boards(hotline: Hotline) -> None:
    assert told(hotline.city.person("leader", "hotline", Role.LEADER)).whole.tickets == 0
    with pytest.raises(Refused):
        told(hotline.city.person("staff", "hotline"))
    with pytest.raises(InputError, match="after the start"):
        performance(SYSTEM, timezone.now(), timezone.now() - timedelta(days=1))


@pytest.fixture
def week(hotline: Hotline) -> Hotline:
    """Two weeks of tickets before Monday the sixteenth of November 2026."""
    for day in (10, 11, 12):
        on(hotline.solved("heat-cold", "housing"), f"2026-11-{day}T09:00", f"2026-11-{day + 1}T09:00")
    on(hotline.solved("lamp", "urban"), "2026-11-04T09:00", "2026-11-05T09:00")
    case = on(hotline.at("lamp", "urban"), "2026-11-09T08:00")
    hotline.refused(case, "housing")
    Refusal.objects.update(at=at("2026-11-12T09:00"))
    on(hotline.ticket("road"), "2026-11-16T00:00")
    on(hotline.ticket("road"), "2026-09-01T09:00")
    return hotline


def test_the_week_ends_before_its_day_and_is_compared_with_the_one_before(week: Hotline) -> None:
    report = week_report(SYSTEM, MONDAY)
    assert (report.opened.now, report.opened.before) == (4, 1)
    assert (report.closed.now, report.closed.before) == (3, 1)
    assert [(one.id, one.count.now, one.count.before) for one in report.classes] == [("heat", 3, 0), ("lamp", 1, 1)]
    assert (report.waiting, report.late_total, report.late_lines[0].topic.en) == (2, 1, "Broken roads")
    assert [(one.topic.en, one.count) for one in report.bounces] == [("Dark street lamps", 1)]


def test_a_hot_topic_stands_in_the_report_by_its_words(week: Hotline) -> None:
    for day, where in ((10, "东风路"), (11, "建设街"), (12, "中心小区")):
        case = week.ticket("heat-cold", text=f"{where}供热管道爆裂停暖，家里暖气冰凉", applicant={"name": where})
        on(case, f"2026-11-{day}T10:00")
    hot = [one for one in week_report(SYSTEM, MONDAY).hot if any("供热" in word for word in one.words)]
    assert [(one.count, one.topic.en if one.topic else "") for one in hot] == [(3, "Too cold at home")]


def test_the_same_week_gives_the_same_receipt_and_the_same_bytes(week: Hotline) -> None:
    first, second = (week_report_file(actor=SYSTEM, until=MONDAY) for _ in range(2))
    assert first == second and receipt_get(first.receipt).body["kind"] == "weekly-report"
    assert week_report_pdf(first, "zh") == week_report_pdf(second, "zh")
    page = week_report_page(first.report, "zh")
    assert week_html(page, first.receipt, "zh") == week_html(page, first.receipt, "zh")
    assert len(audit_list(SYSTEM, act="report.write").items) == 2


def test_another_week_gives_another_receipt(week: Hotline) -> None:
    first = week_report_file(actor=SYSTEM, until=MONDAY)
    on(week.ticket("road"), "2026-11-11T09:00")
    assert week_report_file(actor=SYSTEM, until=MONDAY).receipt != first.receipt


def test_a_week_that_is_not_over_is_refused(week: Hotline) -> None:
    with pytest.raises(InputError, match="not over"):
        week_report(SYSTEM, timezone.localdate() + timedelta(days=1))
    with pytest.raises(NotFound):
        week_report(SYSTEM, MONDAY, duty_list="none")


def test_the_page_is_whole_without_script_and_every_chart_has_its_table(week: Hotline) -> None:
    filed = week_report_file(actor=SYSTEM, until=MONDAY)
    text = week_html(week_report_page(filed.report, "en"), filed.receipt, "en")
    assert filed.receipt in text and "<script" not in text and "http" not in text
    assert text.count("<table>") >= text.count('aria-hidden="true" focusable') >= 4


def test_the_report_is_written_from_the_shell(week: Hotline, tmp_path: Path) -> None:
    for name, start in (("w.pdf", b"%PDF"), ("w.html", b"<!doctype html>")):
        target = tmp_path / name
        said = CliRunner().invoke(app, ["report", "weekly", "--until", "2026-11-16", "--out", str(target), "--json"])
        assert said.exit_code == 0, said.output
        assert target.read_bytes().startswith(start) and json.loads(said.stdout)["opened"] == 4


def test_the_shell_tells_a_wrong_day_and_a_wrong_file(week: Hotline, tmp_path: Path) -> None:
    for words in (["--until", "monday", "--out", "w.pdf"], ["--until", "2026-11-16", "--out", "w.doc"]):
        said = CliRunner().invoke(app, ["report", "weekly", *words])
        assert isinstance(said.exception, InputError)


def test_the_router_is_trained_and_keys_are_made_from_the_shell(hotline: Hotline) -> None:
    said = CliRunner().invoke(app, ["routing", "train", "--from-history", "--json"])
    assert said.exit_code == 0 and json.loads(said.stdout)["topics"] == 4
    made = CliRunner().invoke(app, ["open311", "key", "随手拍", "--department", "hotline", "--json"])
    assert made.exit_code == 0 and len(json.loads(made.stdout)["key"]) >= 32
    assert CliRunner().invoke(app, ["open311", "revoke", str(json.loads(made.stdout)["id"])]).exit_code == 0
