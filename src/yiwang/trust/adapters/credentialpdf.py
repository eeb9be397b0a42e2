"""The page of a credential, drawn with reportlab, with a code that leads to its verification."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from xml.sax.saxutils import escape

import segno
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.colors import HexColor, black
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

FONT = "STSong-Light"
INK, RULE = HexColor("#1d2733"), HexColor("#b8c2cc")
# Where the seal goes, in points from the lower left: the signature's field is put over it.
SEAL_BOX = (380, 90, 545, 150)


@dataclass(frozen=True)
class CredentialPage:
    """Everything that stands on it, already in words. `link` is what the code says."""

    heading: str
    number: str
    lines: tuple[tuple[str, str], ...]
    note: str
    issuer: str
    dates: str
    basis: str
    link: str


def credential_pdf(page: CredentialPage) -> bytes:
    """One A4 page; the seal is put on afterwards."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=24 * mm,
        rightMargin=24 * mm,
        topMargin=28 * mm,
        bottomMargin=24 * mm,
        title=f"{page.heading} {page.number}",
        author=page.issuer,
    )
    parts: list[Flowable] = [
        Paragraph(escape(page.heading), _style(22, 30, alignment=1)),
        Spacer(1, 4 * mm),
        Paragraph(escape(page.number), _style(11, 16, alignment=1)),
        Spacer(1, 10 * mm),
        _lines(page.lines),
        Spacer(1, 8 * mm),
    ]
    parts += [Paragraph(escape(text), _style(10, 16)) for text in (page.dates, page.basis, page.note) if text]
    parts += [
        Spacer(1, 8 * mm),
        _code(page.link),
        Paragraph(escape(page.link), _style(8, 11)),
        Spacer(1, 6 * mm),
        Paragraph(escape(page.issuer), _style(13, 20, alignment=2)),
    ]
    document.build(parts)
    return out.getvalue()


def _lines(lines: tuple[tuple[str, str], ...]) -> Table:
    style = _style(11.5, 17)
    cells = [[Paragraph(escape(title), style), Paragraph(escape(value), style)] for title, value in lines]
    table = Table(cells, colWidths=(48 * mm, 114 * mm))
    table.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def _code(text: str) -> Drawing:
    """The code as squares: sharp at any size."""
    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=4))
    side = 32 * mm / len(rows)
    drawing = Drawing(32 * mm, 32 * mm)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                top = 32 * mm - (down + 1) * side
                drawing.add(Rect(across * side, top, side, side, fillColor=black, strokeColor=None))
    return drawing


def _style(size: float, leading: float, alignment: int = 0) -> ParagraphStyle:
    return ParagraphStyle(
        "s", fontName=FONT, fontSize=size, leading=leading, textColor=INK, wordWrap="CJK", alignment=alignment
    )
