"""A list as a CSV file that a spreadsheet opens rightly and cannot be tricked by."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    def write(self, line: str) -> str:
        return line


def safe_cell(value: object) -> str:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe; numbers stay numbers."""
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, int | float) or not text.startswith(FORMULA_STARTS):
        return text
    return f"'{text}"


def csv_answer(name: str, heads: Iterable[str], rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """Streams, so that a long list is never held whole. The mark at the start makes spreadsheets read UTF-8."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff"
        yield writer.writerow(list(heads))
        for row in rows:
            yield writer.writerow([safe_cell(cell) for cell in row])

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
