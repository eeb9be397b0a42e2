"""Careful reading, one record at a time: for files that are not plain UTF-8 with one kind of line end.

Every record of the source comes out exactly once, numbered: either as a row of the rewritten file or as a broken record
with its reason. An unclosed quote costs its own line, not the rest of the file.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from yiwang.data.core.framing import MAX_LINE, THREE_BYTES, blocks_of

MAX_RECORD = 4 << 20
MAX_RECORD_LINES = 2_000
# Of a broken record so many characters are kept: more than anybody mends by hand; of an endless line its beginning.
KEPT_TEXT, KEPT_OF_ENDLESS = 65_536, 4_000
DAMAGED = "\ufffd"
# A cell may not be longer than this anywhere in the house; a record with a longer one is broken, not cut.
MAX_CELL = 500_000
csv.field_size_limit(MAX_RECORD)


@dataclass(frozen=True)
class Broken:
    """A record that is no row: its number, as much of its text as is kept, and why."""

    number: int
    text: str
    reason: str


@dataclass(frozen=True)
class Line:
    text: str
    fault: str = ""


def lines_of(path: Path, encoding: str) -> Iterator[Line]:
    """Physical lines, decoded, ended by LF, CR LF or CR. One that is endless, undecodable or holds NUL comes with its
    fault."""
    if encoding == "utf-16":
        yield from _utf16_lines(path)
        return
    for raw in _cut(path):
        if len(raw) > MAX_LINE:
            kept = raw[:KEPT_OF_ENDLESS].decode("utf-8" if encoding == "mixed" else encoding, "replace")
            yield Line(kept.replace("\x00", DAMAGED), "line_too_long")
        else:
            yield _decoded(raw, encoding)


def _cut(path: Path) -> Iterator[bytes]:
    """The lines as bytes, without their ends; of an endless one only its beginning, a little longer than MAX_LINE."""
    open_line = b""
    for number, block in enumerate(blocks_of(path)):
        if not number:
            block = block.removeprefix(codecs.BOM_UTF8)
        first, *rest = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        open_line = (open_line + first)[: MAX_LINE + 1]
        if rest:
            yield open_line
            yield from rest[:-1]
            open_line = rest[-1]
    if open_line:
        yield open_line


def _decoded(raw: bytes, encoding: str) -> Line:
    for candidate in _candidates(raw) if encoding == "mixed" else (encoding,):
        try:
            text = raw.decode(candidate)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            return Line(text.replace("\x00", DAMAGED)[:KEPT_TEXT], "nul_character")
        return Line(text)
    return Line(raw.decode("utf-8", "replace")[:KEPT_TEXT], "undecodable")


def _candidates(raw: bytes) -> tuple[str, str]:
    """A GB18030 character of two bytes may also be one in UTF-8, of an alphabet nobody uses here: then it is Chinese."""
    return ("utf-8", "gb18030") if raw.isascii() or THREE_BYTES.search(raw) else ("gb18030", "utf-8")


def _utf16_lines(path: Path) -> Iterator[Line]:
    with open(path, encoding="utf-16", errors="replace", newline=None) as file:
        while text := file.readline(MAX_LINE):
            if len(text) >= MAX_LINE and not text.endswith("\n"):
                while text and not text.endswith("\n"):
                    text = file.readline(MAX_LINE)
                yield Line("", "line_too_long")
            elif "\x00" in text:
                yield Line(text.replace("\x00", DAMAGED)[:KEPT_TEXT], "nul_character")
            else:
                yield Line(text.rstrip("\n"))


class _Lines:
    """Lines that can be put back."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines, self._again = lines, list[Line]()

    def take(self) -> Line | None:
        return self._again.pop() if self._again else next(self._lines, None)

    def put_back(self, lines: list[Line]) -> None:
        self._again.extend(reversed(lines))


def records_of(lines: Iterator[Line], delimiter: str, width: int) -> Iterator[list[str] | Broken]:
    """Records of exactly `width` cells, or Broken. Blank lines are not records."""
    number, source = 0, _Lines(lines)
    while (line := source.take()) is not None:
        if not line.fault and not line.text.strip():
            continue
        number += 1
        if line.fault:
            yield Broken(number, line.text, line.fault)
        elif '"' not in line.text:
            yield checked(number, line.text.split(delimiter), width, line.text)
        else:
            yield _quoted(number, line, source, delimiter, width)


def first_rows(lines: Sequence[str], delimiter: str, count: int = 40) -> list[tuple[list[str], int]]:
    """The first records, whatever their width, each with the number of physical lines up to its end.

    A line that is no record, such as a title with one quote, is cut at the delimiters as it is.
    """
    source, end = _Lines(Line(text) for text in lines), 0
    found: list[tuple[list[str], int]] = []
    while len(found) < count and (line := source.take()) is not None:
        cells, held = _parsed(line, source, delimiter)
        end += len(held)
        found.append((line.text.split(delimiter) if isinstance(cells, str) else cells, end))
    return found


def _quoted(number: int, line: Line, source: _Lines, delimiter: str, width: int) -> list[str] | Broken:
    cells, held = _parsed(line, source, delimiter)
    if isinstance(cells, str):
        return Broken(number, line.text[:KEPT_TEXT], cells)
    return checked(number, cells, width, "\n".join(part.text for part in held))


def _parsed(line: Line, source: _Lines, delimiter: str) -> tuple[list[str] | str, list[Line]]:
    """The cells of the record that begins in `line` and its lines; or a reason and this line alone, the rest put back."""
    held = [line]

    def feed() -> Iterator[str]:
        yield line.text + "\n"
        size = len(line.text)
        while len(held) < MAX_RECORD_LINES and size < MAX_RECORD and (following := source.take()) is not None:
            held.append(following)
            if following.fault:
                return
            size += len(following.text) + 1
            yield following.text + "\n"

    try:
        cells = next(csv.reader(feed(), delimiter=delimiter, strict=True))
    except csv.Error as error:
        source.put_back(held[1:])
        unclosed = len(held) > 1 or "unexpected end" in str(error)
        return "unclosed_quote" if unclosed else "bad_quote", [line]
    return cells, held


def checked(number: int, cells: list[str], width: int, text: str) -> list[str] | Broken:
    """The cells as a numbered row, or why they are none; `text` is what is kept of the record then."""
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if len(cells) != width:
        return Broken(number, text[:KEPT_TEXT], "too_few_cells" if len(cells) < width else "too_many_cells")
    if len(text) > MAX_CELL:
        if max(map(len, cells)) > MAX_CELL:
            return Broken(number, text[:KEPT_TEXT], "cell_too_long")
        if len(text.encode("utf-8", "replace")) > MAX_RECORD:
            return Broken(number, text[:KEPT_TEXT], "line_too_long")
    return [str(number), *cells]


class Rewriter:
    """Writes rows and broken records side by side and counts both."""

    def __init__(self, scratch: Path) -> None:
        self.rows_path, self.broken_path = scratch / "rows.csv", scratch / "broken.csv"
        self._rows = self.rows_path.open("w", encoding="utf-8", newline="")
        self._broken = self.broken_path.open("w", encoding="utf-8", newline="")
        self._row_writer, self._broken_writer = (
            csv.writer(self._rows, lineterminator="\n"),
            csv.writer(self._broken, lineterminator="\n"),
        )
        self.rows = self.broken = 0

    def put(self, record: list[str] | Broken) -> None:
        if isinstance(record, Broken):
            self.broken += 1
            self._broken_writer.writerow([record.number, record.reason, record.text.replace("\x00", "\ufffd")])
        else:
            self.rows += 1
            self._row_writer.writerow(record)

    def close(self) -> None:
        self._rows.close()
        self._broken.close()
