"""Spreadsheets and JSON, unfolded to rows of text.

Numbers keep the digits a person would read: a whole float loses its ".0", a date becomes ISO, nothing is rounded.
"""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from yiwang.data.core.records import Broken, Line
from yiwang.data.errors import SourceError

MAX_SHEET_BYTES = 1 << 30
MAX_SHEET_RATIO = 250
MAX_JSON = 512 << 20


def is_sheet(path: Path) -> bool:
    """True for XLSX/ODS (zip) and old XLS (compound file)."""
    with path.open("rb") as file:
        head = file.read(8)
    return head[:4] == b"PK\x03\x04" or head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _refuse_bomb(path: Path) -> None:
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


def sheet_rows(path: Path) -> tuple[list[list[str]], list[str]]:
    """Rows of the first sheet that holds anything, and notes on what was not read."""
    _refuse_bomb(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (CalamineError, zipfile.BadZipFile, ValueError, OSError) as error:
        raise SourceError(
            zh=f"表格文件打不开：{error}",
            en=f"the workbook cannot be opened: {error}",
            where=path.name,
            hint_zh="如有密码请先去掉；也可另存为 CSV。",
            hint_en="Take off the password if there is one, or save it as CSV.",
        ) from error
    filled = [(name, rows) for name, rows in sheets.items() if any(_text(c) for row in rows for c in row)]
    if not filled:
        raise SourceError(zh="表格文件里没有数据", en="the workbook holds no data", where=path.name)
    notes = [f"sheet not read: {name}" for name, _ in filled[1:]]
    return [[_text(cell) for cell in row] for row in filled[0][1]], notes


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
    return str(cell)


def is_json(path: Path, name: str) -> bool:
    """JSON by its name, or by a first character that no header line starts with."""
    if any(suffix in {".json", ".jsonl", ".ndjson"} for suffix in Path(name).suffixes):
        return True
    with path.open("rb") as file:
        return file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:2] in {b'{"', b"[{"}


def json_items(path: Path, lines: Iterator[Line]) -> Iterator[dict[str, str] | Broken]:
    """Objects of a JSON-lines file, a JSON array, or a tree whose nodes hold `children`."""
    with path.open("rb") as file:
        first = file.read(1 << 16).removeprefix(b"\xef\xbb\xbf").lstrip()
    if first[:1] == b"[" or not _is_object(first.split(b"\n", 1)[0]):
        yield from _whole_document(path)
        return
    number = 0
    for line in lines:
        if not line.fault and not line.text.strip():
            continue
        number += 1
        if line.fault:
            yield Broken(number, line.text, line.fault)
            continue
        try:
            item = json.loads(line.text, parse_float=str, parse_int=str, parse_constant=str)
        except (json.JSONDecodeError, RecursionError):
            yield Broken(number, line.text[:4000], "bad_json")
            continue
        yield _cells(item) if isinstance(item, dict) else Broken(number, line.text[:4000], "not_an_object")


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        return False


def _whole_document(path: Path) -> Iterator[dict[str, str] | Broken]:
    if path.stat().st_size > MAX_JSON:
        raise SourceError(
            zh="单个 JSON 文档过大",
            en="a single JSON document of this size is not read",
            where=path.name,
            hint_zh="请改为每行一个对象的 JSON Lines。",
            hint_en="Write it as JSON lines, one object a line.",
        )
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=str, parse_int=str, parse_constant=str)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(zh=f"JSON 写法有误：{error}", en=f"not valid JSON: {error}", where=path.name) from error
    waiting = list(reversed(data)) if isinstance(data, list) else [data]
    number = 0
    while waiting:
        item = waiting.pop()
        number += 1
        if not isinstance(item, dict):
            yield Broken(number, json.dumps(item, ensure_ascii=False)[:4000], "not_an_object")
            continue
        children = item.pop("children", None)
        yield _cells(item)
        if isinstance(children, list):
            waiting.extend(reversed(children))


def _cells(item: dict[str, object]) -> dict[str, str]:
    """Nested values keep their JSON text; null is an empty cell."""
    return {
        str(k): v if isinstance(v, str) else "" if v is None else json.dumps(v, ensure_ascii=False)
        for k, v in item.items()
    }
