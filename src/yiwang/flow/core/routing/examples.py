"""Examples from a CSV file with the columns label and text."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from yiwang.flow.core.routing.errors import ExamplesWrong
from yiwang.flow.core.routing.grams import GAP, folded
from yiwang.flow.core.routing.router import Example
from yiwang.kernel.core.text import Text

LABEL, TEXT = "label", "text"


@dataclass(frozen=True)
class Rejected:
    """`line` is where the row ends in the file, counted from 1."""

    line: int
    reason: Text


@dataclass(frozen=True)
class ExampleFile:
    """Every row of the file is in one of the two; empty lines are no rows."""

    accepted: tuple[Example, ...]
    rejected: tuple[Rejected, ...]

    @property
    def source(self) -> int:
        return len(self.accepted) + len(self.rejected)


def examples_read(path: Path) -> ExampleFile:
    """UTF-8, with or without a byte order mark. Raises ExamplesWrong for what is no such file."""
    rows = _rows(path)
    _, header = next(rows, (0, []))
    names = [name.strip().lower() for name in header]
    missing = [name for name in (LABEL, TEXT) if names.count(name) != 1]
    if missing:
        told = "、".join(missing)
        raise ExamplesWrong(
            zh=f"表头里没有（或不止一个）列 {told}",
            en=f"the header has no column, or more than one, named {', '.join(missing)}",
            where=path.name,
            hint_zh="首行须有列名 label（类别）和 text（正文）。",
            hint_en="The first line must name the columns label and text.",
        )
    label, text = names.index(LABEL), names.index(TEXT)
    accepted, rejected = [], []
    for line, row in rows:
        reason = _fault(row, len(names), label, text)
        if reason:
            rejected.append(Rejected(line, reason))
        else:
            accepted.append(Example(row[label].strip(), row[text]))
    return ExampleFile(tuple(accepted), tuple(rejected))


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        data = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ExamplesWrong(
            zh=f"打不开文件（{error.strerror}）",
            en=f"the file cannot be opened ({error.strerror})",
            where=str(path),
            hint_zh="请检查路径和权限。",
            hint_en="Check its path and who may read it.",
        ) from error
    except UnicodeDecodeError as error:
        at = error.start
        raise _unreadable(path, f"不是 UTF-8：第 {at + 1} 个字节", f"not UTF-8 at byte {at + 1}") from error
    # A long petition is a long field; the module's own limit is 128 KiB.
    csv.field_size_limit(max(csv.field_size_limit(), len(data) + 1))
    reader = csv.reader(StringIO(data, newline=""), strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, row
    except csv.Error as error:
        line = reader.line_num
        raise _unreadable(path, f"第 {line} 行不是合规的 CSV：{error}", f"line {line} is no CSV: {error}") from error


def _fault(row: list[str], width: int, label: int, text: int) -> Text | None:
    if len(row) != width:
        return Text(zh=f"有 {len(row)} 个字段，表头有 {width} 个", en=f"{len(row)} fields where the header has {width}")
    if not row[label].strip():
        return Text(zh="没有类别", en="no label")
    if not folded(row[text]).strip(GAP):
        return Text(zh="正文为空", en="no text")
    return None


def _unreadable(path: Path, zh: str, en: str) -> ExamplesWrong:
    return ExamplesWrong(
        zh=zh,
        en=en,
        where=path.name,
        hint_zh="请另存为 UTF-8 的 CSV。",
        hint_en="Save it as CSV in UTF-8.",
    )
