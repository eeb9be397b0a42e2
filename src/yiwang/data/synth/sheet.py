"""A workbook written row by row, the same bytes for the same rows (no clock, no shared strings)."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

import numpy as np

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EARLIEST = (1980, 1, 1, 0, 0, 0)
# Style 0 plain, style 1 a date.
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/>'
    '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_PARTS = {
    "[Content_Types].xml": (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": _STYLES,
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBER = re.compile(r"-?\d{1,14}(\.\d+)?")


def _serial(text: str) -> int | None:
    """The Excel serial of an ISO date, None where there is no such day."""
    try:
        return int((np.datetime64(text) - np.datetime64("1899-12-30")).astype(np.int64))
    except ValueError:
        return None


def _column(place: int) -> str:
    return (chr(64 + place // 26) if place >= 26 else "") + chr(65 + place % 26)


class Sheet:
    """One worksheet: merged heading lines, a header, then rows. Cells are text unless their column is a date or number."""

    def __init__(self, path: Path, header: Sequence[str], heading: Sequence[str], kinds: Sequence[str]) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        for name, text in _PARTS.items():
            self._zip.writestr(zipfile.ZipInfo(name, _EARLIEST), text, zipfile.ZIP_DEFLATED)
        info = zipfile.ZipInfo("xl/worksheets/sheet1.xml", _EARLIEST)
        info.compress_type = zipfile.ZIP_DEFLATED
        self._part: IO[bytes] = self._zip.open(info, "w", force_zip64=True)
        self._letters = [_column(place) for place in range(len(header))]
        self._kinds = kinds
        self._line = 0
        self._merged = [f"A{line}:{self._letters[-1]}{line}" for line in range(1, len(heading) + 1)]
        self._part.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
        for text in heading:
            self._write([self._text("A", text)])
        self._write([self._text(letter, text) for letter, text in zip(self._letters, header, strict=True)])

    def _text(self, letter: str, text: str) -> str:
        space = ' xml:space="preserve"' if text != text.strip() else ""
        return f'<c r="{letter}{self._line + 1}" t="inlineStr"><is><t{space}>{escape(text)}</t></is></c>'

    def _cell(self, letter: str, kind: str, text: str) -> str:
        if not text:
            return ""
        if kind == "date" and _DATE.fullmatch(text) and (serial := _serial(text)) is not None:
            return f'<c r="{letter}{self._line + 1}" s="1"><v>{serial}</v></c>'
        if kind in ("integer", "decimal", "money") and _NUMBER.fullmatch(text):
            return f'<c r="{letter}{self._line + 1}"><v>{text}</v></c>'
        return self._text(letter, text)

    def _write(self, cells: Sequence[str]) -> None:
        self._line += 1
        self._part.write(f'<row r="{self._line}">{"".join(cells)}</row>'.encode())

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        for row in rows:
            self._write([self._cell(*part) for part in zip(self._letters, self._kinds, row, strict=True)])

    def close(self) -> None:
        merged = "".join(f'<mergeCell ref="{area}"/>' for area in self._merged)
        tail = f'<mergeCells count="{len(self._merged)}">{merged}</mergeCells>' if merged else ""
        self._part.write(f"</sheetData>{tail}</worksheet>".encode())
        self._part.close()
        self._zip.close()
