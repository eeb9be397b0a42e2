"""The weekly report as one HTML file that needs nothing else: drawn bars beside their tables, no script, nothing fetched."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from django.template.loader import render_to_string

from yiwang.flow.core.weekpage import Bars, Section, WeekPage
from yiwang.web.middleware import CONTENT_POLICY

WIDTH, LABELS, BAR, GAP = 720, 210, 14, 8
# Room for the figure at the end of the longest bar.
END = 50


@dataclass(frozen=True)
class Bar:
    """A drawn bar; places are those of an SVG of WIDTH by the drawing's height."""

    y: int
    width: float
    shade: int
    text: str
    text_x: float
    text_y: int


@dataclass(frozen=True)
class Label:
    y: int
    text: str


@dataclass(frozen=True)
class Drawing:
    height: int
    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]
    series: tuple[str, ...]


@dataclass(frozen=True)
class Drawn:
    section: Section
    drawing: Drawing | None


def drawing_of(chart: Bars) -> Drawing:
    """Horizontal bars, grouped by label in the order of the series."""
    most = max((value for series in chart.series for value in series.values), default=0) or 1
    group = BAR * len(chart.series) + GAP
    bars, labels = [], []
    for at, label in enumerate(chart.labels):
        labels.append(Label(at * group + group // 2, label))
        for shade, series in enumerate(chart.series):
            y = at * group + shade * BAR + GAP // 2
            width = round(series.values[at] / most * (WIDTH - LABELS - END), 1)
            bars.append(Bar(y, width, shade, f"{series.values[at]:.0f}", LABELS + width + 4, y + BAR - 3))
    return Drawing(group * len(chart.labels), tuple(bars), tuple(labels), tuple(s.title for s in chart.series))


def week_html(page: WeekPage, receipt: str, language: str) -> str:
    """The same page gives the same text."""
    drawn = [Drawn(one, drawing_of(one.chart) if one.chart else None) for one in page.sections]
    context = {"page": page, "drawn": drawn, "receipt": receipt, "language": language, "width": WIDTH, "start": LABELS}
    return render_to_string("yiwang/report/week.html", context)


def week_policy(html: str) -> str:
    """The site's content policy with the report's own style sheet let in, by its digest; no other."""
    styles = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    named = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in styles]
    allowed = " ".join(f"'sha256-{digest}'" for digest in named)
    return CONTENT_POLICY.replace("style-src 'self'", f"style-src 'self' {allowed}")
