"""The weekly report: counts against the week before, sections in two languages, the same bytes for the same week."""

from __future__ import annotations

import zlib
from base64 import a85decode
from dataclasses import replace
from datetime import UTC
from re import DOTALL, findall

import pytest
from weektickets import report

from yiwang.flow.adapters.weekpdf import week_pdf
from yiwang.flow.core.weekly import Compared
from yiwang.flow.core.weekpage import Section, WeekPage, week_page


def section(page: WeekPage, id: str) -> Section:
    return next(one for one in page.sections if one.id == id)


def test_the_week_is_counted_beside_the_week_before() -> None:
    week = report()
    assert (week.opened, week.closed) == (Compared(6, 2), Compared(5, 1))
    assert (week.since.date().isoformat(), len(week.days)) == ("2026-11-16", 7)
    assert sum(day.opened for day in week.days) == 6


def test_what_was_closed_later_was_open_the_week_before() -> None:
    # B2 came in nine days before the end and was closed eight days later, so it was open and not late a week earlier.
    week = report()
    assert week.waiting == 3
    assert week.late == Compared(2, 1)
    assert [line.number for line in week.late_lines] == ["C1", "A4"]


def test_classes_are_the_topics_above() -> None:
    assert [(c.id, c.count) for c in report().classes] == [("heat", Compared(4, 2)), ("road", Compared(2, 0))]


def test_a_change_from_nothing_is_no_percentage() -> None:
    assert Compared(3, 0).change is None
    assert "—" in [row[3] for row in section(week_page(report(), "zh"), "classes").rows]


def test_refusals_of_the_week_are_told_by_topic() -> None:
    week = report()
    assert week.refusals == Compared(1, 1)
    assert [(line.topic.en, line.count) for line in week.bounces] == [("Broken roads", 1)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_chart_always_has_its_table(language: str) -> None:
    page = week_page(report(), language)
    drawn = [one for one in page.sections if one.chart is not None]
    assert {one.id for one in drawn} >= {"days", "classes", "hot", "bounces", "departments", "channels"}
    for one in drawn:
        for series in one.chart.series if one.chart else ():
            told = [set(row) for row in one.rows]
            assert all(f"{value:.0f}" in told[at] for at, value in enumerate(series.values)), one.id


def test_the_sections_are_in_the_readers_language() -> None:
    assert section(week_page(report(), "zh"), "gaps").rows[0][3] == "待裁定"
    assert section(week_page(report(), "en"), "gaps").rows[0][3] == "not ruled yet"


def test_moments_are_told_in_the_citys_time() -> None:
    stored = replace(report(), gaps=tuple(replace(g, opened_at=g.opened_at.astimezone(UTC)) for g in report().gaps))
    assert section(week_page(stored, "zh"), "gaps").rows[0][2] == "2026-11-20 00:00"


def test_small_numbers_are_marked_in_the_table() -> None:
    told = section(week_page(report(), "en"), "departments")
    assert told.rows[0][4].endswith("*") and told.note.startswith("* n is less than 10")


def text_of(pdf: bytes) -> bytes:
    streams = findall(rb"stream\r?\n(.*?)endstream", pdf, DOTALL)
    return b"".join(zlib.decompress(a85decode(s.strip().removesuffix(b"~>"))) for s in streams)


def test_the_pdf_is_the_same_for_the_same_week_and_carries_the_receipt() -> None:
    page = week_page(report(), "zh")
    first, second = (week_pdf(page, "r-0123") for _ in range(2))
    assert first == second and first.startswith(b"%PDF") and b"STSong-Light" in first
    # Each letter of the footer stands as two bytes of UCS-2 in the CID font.
    assert b"\\000r\\000-\\0000\\0001\\0002\\0003" in text_of(first)
    assert first != week_pdf(page, "r-4567")
