"""The weekly report as PDF, drawn with reportlab. The same page gives the same bytes: no date, no random id goes in.

Chinese is set in STSong-Light, a font every PDF reader brings along, so none is embedded.
"""

from __future__ import annotations

from io import BytesIO
from math import ceil
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.charts.barcharts import HorizontalBarChart
from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from yiwang.flow.core.weekpage import Bars, Section, WeekPage

FONT = "STSong-Light"
INK, RULE, SHADE = HexColor("#1d2733"), HexColor("#b8c2cc"), HexColor("#eef2f6")
COLOURS = (HexColor("#1f5fa8"), HexColor("#c46a1b"))
WIDTH = A4[0] - 36 * mm
BAR = 15
LABELS = 62 * mm


def week_pdf(page: WeekPage, receipt: str) -> bytes:
    """`receipt` is printed at the foot of each page."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=16 * mm,
        title=page.title,
        author="Yiwang",
        subject=page.subtitle,
        invariant=1,
    )

    def foot(canvas: Any, _: object) -> None:
        canvas.setFont(FONT, 8)
        canvas.setFillColor(INK)
        canvas.drawString(18 * mm, 9 * mm, receipt)
        canvas.drawRightString(A4[0] - 18 * mm, 9 * mm, str(canvas.getPageNumber()))

    flowables: list[Flowable] = [
        Paragraph(escape(page.title), _style(18, 24)),
        Paragraph(escape(page.subtitle), _style(11, 16)),
    ]
    for section in page.sections:
        flowables += _section(section)
    document.build(flowables, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _style(size: float, leading: float, **more: Any) -> ParagraphStyle:
    # wordWrap CJK breaks lines between Chinese characters.
    return ParagraphStyle("s", fontName=FONT, fontSize=size, leading=leading, textColor=INK, wordWrap="CJK", **more)


def _section(section: Section) -> list[Flowable]:
    parts: list[Flowable] = [
        Spacer(1, 5 * mm),
        Paragraph(escape(section.title), _style(13, 19, keepWithNext=1)),
        Paragraph(escape(section.lead), _style(9.5, 14, keepWithNext=1, spaceAfter=2 * mm)),
    ]
    if section.chart is not None:
        parts.append(_drawing(section.chart))
    if section.rows:
        parts.append(_table(section))
    if section.note:
        parts.append(Paragraph(escape(section.note), _style(8, 11)))
    return parts


def _table(section: Section) -> LongTable:
    small = _style(7.5 if len(section.heads) > 6 else 8.5, 11)
    cells = [[Paragraph(escape(cell), small) for cell in row] for row in (section.heads, *section.rows)]
    table = LongTable(cells, colWidths=_widths(section), repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, 0), SHADE),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return table


def _widths(section: Section) -> list[float]:
    """By the longest cell of each column, within bounds, so that a long text does not squeeze the numbers."""
    columns = list(zip(section.heads, *section.rows, strict=True))
    need = [min(44, max(6, *(_measure(cell) for cell in column))) for column in columns]
    return [WIDTH * n / sum(need) for n in need]


def _measure(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def _drawing(bars: Bars) -> Drawing:
    """Horizontal bars, the first label on top, with the figures at their ends."""
    count, many = len(bars.labels), len(bars.series)
    height = count * BAR * many + 24
    drawing = Drawing(WIDTH, height + 16)
    chart = HorizontalBarChart()
    chart.x, chart.y, chart.width, chart.height = LABELS, 18, WIDTH - LABELS - 34, height - 22
    # The chart counts from below.
    chart.data = [tuple(reversed(series.values)) for series in reversed(bars.series)]
    chart.categoryAxis.categoryNames = [_short(label) for label in reversed(bars.labels)]
    chart.categoryAxis.labels.fontName = FONT
    chart.categoryAxis.labels.fontSize = 8
    chart.valueAxis.valueMin = 0
    # Tickets are whole: never half a one on the axis.
    chart.valueAxis.valueStep = max(1, ceil(max(max(series.values) for series in bars.series) / 6))
    chart.valueAxis.labels.fontName = FONT
    chart.valueAxis.labels.fontSize = 7
    chart.barLabelFormat = "%0.0f"
    chart.barLabels.fontName = FONT
    chart.barLabels.fontSize = 7
    chart.barLabels.nudge = 9
    for at in range(many):
        chart.bars[at].fillColor = COLOURS[many - 1 - at]
        chart.bars[at].strokeColor = None
    drawing.add(chart)
    for at, series in enumerate(bars.series):
        drawing.add(Rect(LABELS + at * 90, height + 4, 8, 8, fillColor=COLOURS[at], strokeColor=None))
        drawing.add(String(LABELS + at * 90 + 12, height + 5, series.title, fontName=FONT, fontSize=8, fillColor=INK))
    return drawing


def _short(label: str) -> str:
    return label if len(label) <= 18 else label[:17] + "…"
