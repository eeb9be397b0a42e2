"""JSON unfolded to rows of text: JSON lines, an array of objects, or a tree whose nodes hold `children`."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

from yiwang.data.core.framing import look
from yiwang.data.core.records import DAMAGED, KEPT_TEXT, Broken, lines_of
from yiwang.data.errors import SourceError

# A document is held whole, at about eight times its size; JSON lines are read one by one.
MAX_DOCUMENT = 128 << 20
LINES = {".jsonl", ".ndjson"}
_BEGINNING = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*"|\[\s*\{)')
# NUL and halves of characters, which JSON can spell and no store keeps.
_UNKEPT = re.compile("[\x00\ud800-\udfff]")


def is_json(path: Path, name: str) -> bool:
    """JSON by its name, or by a beginning that no header line has."""
    if any(suffix in {".json", *LINES} for suffix in Path(name).suffixes):
        return True
    with path.open("rb") as file:
        return _BEGINNING.match(file.read(256)) is not None


def json_items(path: Path, name: str) -> Iterator[dict[str, str] | Broken]:
    """Every object of the file once, as texts by key, and what is none as Broken, in the order of the file."""
    encoding = look(path).encoding
    if not _is_lines(path, name, encoding):
        yield from _of_document(path, encoding)
        return
    number = 0
    for line in lines_of(path, encoding):
        if not line.fault and not line.text.strip():
            continue
        number += 1
        if line.fault:
            yield Broken(number, line.text, line.fault)
            continue
        try:
            item = _read(line.text)
        except (ValueError, RecursionError):
            yield Broken(number, line.text[:KEPT_TEXT], "bad_json")
            continue
        yield _cells(item) if isinstance(item, dict) else Broken(number, line.text[:KEPT_TEXT], "not_an_object")


def _read(text: str) -> object:
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)


def _is_lines(path: Path, name: str, encoding: str) -> bool:
    """By the name, or when one of the first lines is a whole object; the first may be the broken one.

    A single line is a document: it may be a tree.
    """
    if any(suffix in LINES for suffix in Path(name).suffixes):
        return True
    filled = (line.text for line in lines_of(path, encoding) if line.text.strip())
    first = list(itertools.islice(filled, 5))
    return len(first) > 1 and not first[0].lstrip().startswith("[") and any(_is_object(text) for text in first)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _of_document(path: Path, encoding: str) -> Iterator[dict[str, str] | Broken]:
    if path.stat().st_size > MAX_DOCUMENT:
        raise SourceError(
            zh=f"单个 JSON 文档超过 {MAX_DOCUMENT >> 20} MB",
            en=f"a single JSON document of more than {MAX_DOCUMENT >> 20} MB is not read",
            where=path.name,
            hint_zh="请改为每行一个对象的 JSON Lines，大小不限。",
            hint_en="Write it as JSON lines, one object a line; those may be of any size.",
        )
    try:
        data = _read(path.read_bytes().decode("utf-8-sig" if encoding in {"utf-8", "mixed"} else encoding))
    except (ValueError, RecursionError) as error:
        raise SourceError(
            zh=f"不是有效的 JSON：{error}",
            en=f"not valid JSON: {error}",
            where=path.name,
            hint_zh="请改正这一处，或改为每行一个对象的 JSON Lines。",
            hint_en="Mend that place, or write it as JSON lines, one object a line.",
        ) from error
    waiting = list(reversed(data)) if isinstance(data, list) else [data]
    number = 0
    while waiting:
        item = waiting.pop()
        number += 1
        if not isinstance(item, dict):
            yield Broken(number, _kept(json.dumps(item, ensure_ascii=False))[:KEPT_TEXT], "not_an_object")
            continue
        children = item.pop("children", None)
        yield _cells(item)
        if isinstance(children, list):
            waiting.extend(reversed(children))


def _cells(item: dict[str, object]) -> dict[str, str]:
    """Nested values keep their JSON text; null is an empty cell."""
    return {_kept(key): _kept(_text(value)) for key, value in item.items()}


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _kept(text: str) -> str:
    return _UNKEPT.sub(DAMAGED, text)
