"""Spreadsheets, unfolded to a CSV file of text by a process of its own with a ceiling over its memory and time.

A workbook of a few kilobytes can ask for any amount of memory (one cell in the last corner is enough), and the reading
library then ends its whole process: that must not be ours.

Numbers keep the digits a person would read: a whole float loses its ".0", a date becomes ISO, nothing is rounded.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from yiwang.data.errors import SourceError

MAX_SHEET_BYTES = 1 << 30
MAX_SHEET_RATIO = 250
MEMORY = 3 << 30
SECONDS = 600


@dataclass(frozen=True)
class Unfolded:
    """The first sheet that holds anything, as a CSV file, and notes on what was not read."""

    path: Path
    notes: tuple[str, ...]

    def rows(self) -> Iterator[list[str]]:
        with self.path.open(encoding="utf-8", newline="") as file:
            yield from csv.reader(file)


def is_sheet(path: Path) -> bool:
    """True for XLSX/ODS (zip) and old XLS (compound file)."""
    with path.open("rb") as file:
        head = file.read(8)
    return head[:4] == b"PK\x03\x04" or head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sheet_unfold(path: Path, scratch: Path) -> Unfolded:
    """Raises SourceError for what is no workbook, is locked, holds nothing, or asks for more than a sheet may."""
    _refuse_bomb(path)
    target = scratch / "sheet.csv"
    command = [sys.executable, "-m", "yiwang.data.core.sheets", str(path), str(target)]
    ran = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL)
    if ran.returncode:
        raise SourceError(
            zh="表格太大，或有单元格落在极远处，规定的内存内读不了",
            en="the workbook is too large, or has a cell far out: it cannot be read within the memory allowed",
            where=path.name,
            hint_zh="请删去表格右侧和下方的空白行列，或另存为 CSV 后上传。",
            hint_en="Delete the blank rows and columns around the table, or save it as CSV and upload that.",
        )
    answer = json.loads(ran.stdout)
    if "error" in answer:
        raise SourceError(
            zh=f"表格文件打不开：{answer['error']}",
            en=f"the workbook cannot be opened: {answer['error']}",
            where=path.name,
            hint_zh="如有密码请先去掉；也可另存为 CSV。",
            hint_en="Take off the password if there is one, or save it as CSV.",
        )
    if answer["sheet"] is None:
        raise SourceError(
            zh="表格文件里没有数据",
            en="the workbook holds no data",
            where=path.name,
            hint_zh="请检查是否选错了文件。",
            hint_en="Check whether it is the right file.",
        )
    return Unfolded(target, tuple(f"sheet not read: {name}" for name in answer["others"]))


def _refuse_bomb(path: Path) -> None:
    """What a workbook says of its own size; one that lies meets the ceiling."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(item.file_size for item in archive.infolist())
    if unpacked > MAX_SHEET_BYTES or unpacked > max(8 << 20, path.stat().st_size * MAX_SHEET_RATIO):
        raise SourceError(
            zh=f"表格文件解开后有 {unpacked >> 20} MB，疑似压缩炸弹，已停止",
            en=f"the workbook unfolds to {unpacked >> 20} MB; stopped as a bomb",
            where=path.name,
            hint_zh="请另存为 CSV 后上传。",
            hint_en="Save it as CSV and upload that.",
        )


def main(path: str, target: str) -> None:
    """In the process of its own: write the rows to `target` and tell the rest on stdout, as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = _unfold(path, target)
    except (CalamineError, zipfile.BadZipFile, ValueError, OSError) as error:
        answer = {"error": " ".join(str(error).split())[:300]}
    sys.stdout.write(json.dumps(answer))


def _unfold(path: str, target: str) -> dict[str, object]:
    book = CalamineWorkbook.from_path(path)
    found, others = None, []
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).iter_rows()
        if found is None:
            found = name if _write(rows, target) else None
        elif any(_text(cell) for row in rows for cell in row):
            others.append(name)
    return {"sheet": found, "others": others}


def _write(rows: Iterable[Sequence[object]], target: str) -> bool:
    """Write the rows as text; answers whether any cell is filled."""
    filled = False
    with open(target, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for row in rows:
            cells = [_text(cell) for cell in row]
            filled = filled or any(cells)
            writer.writerow(cells)
    return filled


def _text(cell: object) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    return str(cell).replace("\x00", "\ufffd")


if __name__ == "__main__":
    main(*sys.argv[1:])
