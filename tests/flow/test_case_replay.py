"""The public messages with their replies, replayed as cases with their own dates: who was late, by law and by class.

The calendar's notices reach back to 2024 and these messages lie before: working days of those years are not known here and not
guessed. The limit replayed is that of 信访工作条例 art. 34 as natural days, 60, its last day not moved; an independent count checks it.
"""

from __future__ import annotations

import csv
import gzip
import statistics
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from casecity import SYSTEM, CaseCity, straight, task
from django.db import connection

from yiwang.flow.models import Case, CaseClock, CaseNote, CaseStep, Due, Work
from yiwang.flow.selectors import case_list
from yiwang.flow.service import case_open, work_done
from yiwang.kernel.core.calendar import ZONE
from yiwang.kernel.core.clock import Standing
from yiwang.kernel.paging import MOST_PER_PAGE

FILE = "complaints/tipdm2020_a4_replies_2816.csv.gz"
MESSAGES = 2816
LIMIT = 60
# By what is written in the subject; whatever names none of these is the last.
CLASSES = {
    "housing": ("小区", "物业", "房", "楼盘", "业主"),
    "roads": ("路", "公交", "交通", "地铁", "停车"),
    "schooling": ("学校", "小学", "中学", "学位", "幼儿园", "教师"),
    "other": ("",),
}
FORMS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d", "%Y-%m-%d")
Row = tuple[str, datetime, datetime]


def moment_of(text: str) -> datetime:
    for form in FORMS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=ZONE)
        except ValueError:
            continue
    raise AssertionError(f"no moment: {text}")


def class_of(subject: str) -> str:
    return next(name for name, words in CLASSES.items() if any(word in subject for word in words))


@pytest.fixture
def messages(shared_data: Path) -> list[Row]:
    with gzip.open(shared_data / FILE, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == MESSAGES
    return [(row["留言主题"], moment_of(row["留言时间"]), moment_of(row["答复时间"])) for row in rows]


def expected(messages: list[Row]) -> dict[str, tuple[int, int, float]]:
    """By class: how many, how many late, the median of days. Plain dates: the day of intake does not count."""
    found: dict[str, list[tuple[bool, float]]] = defaultdict(list)
    for subject, came, answered in messages:
        days = (answered - came).total_seconds() / 86400
        last: date = came.date() + timedelta(days=LIMIT)
        found[class_of(subject)].append((answered.date() > last, days))
    return {
        name: (len(several), sum(late for late, _ in several), statistics.median(days for _, days in several))
        for name, several in found.items()
    }


def replay(cases: CaseCity, messages: list[Row]) -> None:
    cases.process("reply", straight(task("answer")))
    limit = {"budget": f"{LIMIT}d,exact", "law": "信访工作条例", "article": "第三十四条"}
    cases.item("petition", "reply", limit=limit, valid_from="2010-01-01")
    for subject, came, answered in messages:
        opened = case_open(
            actor=SYSTEM, item_id="petition", title=subject.strip() or "-", topic=class_of(subject), opened_at=came
        )
        work = Work.objects.only("pk").get(case__number=opened.number, closed_at=None)
        work_done(actor=SYSTEM, work_id=work.pk, at=answered)


def test_replayed_with_their_own_dates_the_messages_give_what_an_independent_count_gives(
    cases: CaseCity, messages: list[Row]
) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("inside one test's transaction the planner knows no sizes; the other tests of cases run there")
    replay(cases, messages)
    found: dict[str, list[tuple[bool, float]]] = defaultdict(list)
    pages = -(-MESSAGES // MOST_PER_PAGE)
    rows = [row for page in range(pages) for row in case_list(SYSTEM, page=page + 1, per_page=MOST_PER_PAGE).items]
    for row in rows:
        assert row.status == Case.Status.COMPLETED and row.closed_at is not None
        assert row.clock is not None and row.clock.due is not None and row.clock.stopped_at == row.closed_at
        days = (row.closed_at - row.opened_at).total_seconds() / 86400
        found[row.topic].append((row.clock.standing == Standing.BREACHED, days))
    wanted = expected(messages)
    assert set(found) == set(wanted) == set(CLASSES)
    for name, (count, late, median) in wanted.items():
        assert (len(found[name]), sum(one for one, _ in found[name])) == (count, late), name
        assert statistics.median(days for _, days in found[name]) == pytest.approx(median, abs=1e-6), name
    assert sum(late for _, late, _ in wanted.values()) > 0
    assert Due.objects.count() == 0 and CaseClock.objects.count() == MESSAGES
    assert CaseStep.objects.count() == 2 * MESSAGES and CaseNote.objects.filter(kind="closed").count() == MESSAGES
