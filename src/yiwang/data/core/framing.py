"""From the bytes a department brings to records: encoding, delimiter, record ends.

A well-formed UTF-8 file is read where it lies. Everything else is rewritten once, record by record, into a plain UTF-8
file whose first column is the record's number; what is not a record is kept in a side file with its reason. No input can
make this hold more than a few megabytes or run longer than one pass a step.
"""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from yiwang.data.errors import SourceError

BLOCK = 8 << 20
MAX_LINE = 4 << 20
MAX_UNPACKED = 40 << 30
MAX_RATIO = 200
DELIMITERS = ",\t;|"
# Chinese characters as UTF-8 writes them.
THREE_BYTES = re.compile(rb"[\xe3-\xe9][\x80-\xbf][\x80-\xbf]")
TWO_CHARACTERS = re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf][\x80-\xbf]){2}")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Framed:
    """Records ready to be read as delimited UTF-8 text.

    `skip` lines stand before the first record. With `numbered`, the first column is the record's number (1-based, broken
    records counted) and the file is this program's own; otherwise records are numbered as they come.
    """

    path: Path
    headers: tuple[str, ...]
    delimiter: str
    skip: int
    encoding: str
    numbered: bool
    broken: Path | None = None
    broken_count: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Look:
    """What one pass over the bytes showed."""

    encoding: str
    regular: bool
    size: int


def unpack(path: Path, scratch: Path) -> Path:
    """Gunzip beside the work; refuses what unfolds beyond all measure (a bomb) or is damaged."""
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return path
    target = scratch / "unpacked"
    limit = min(MAX_UNPACKED, max(64 << 20, path.stat().st_size * MAX_RATIO))
    written = 0
    try:
        with gzip.open(path) as packed, target.open("wb") as out:
            while block := packed.read(BLOCK):
                written += len(block)
                if written > limit:
                    raise SourceError(
                        zh=f"压缩文件解开后超过原来的 {MAX_RATIO} 倍，疑似压缩炸弹，已停止",
                        en=f"the compressed file unfolds to more than {MAX_RATIO} times its size; stopped as a bomb",
                        where=path.name,
                        hint_zh="请解压后检查，再分成小文件上传。",
                        hint_en="Unpack and check it, then upload smaller files.",
                    )
                out.write(block)
    except (EOFError, zlib.error, OSError) as error:
        raise SourceError(
            zh=f"压缩文件已损坏：{error}",
            en=f"the compressed file is damaged: {error}",
            where=path.name,
            hint_zh="请重新压缩或直接上传原文件。",
            hint_en="Pack it again, or upload the plain file.",
        ) from error
    return target


def look(path: Path, progress: Progress | None = None) -> Look:
    """One pass: which encoding, and whether the file is regular (no NUL, one kind of line end, no endless line)."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(4)
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return Look("utf-16", False, size)
    regular, waiting, returns, newlines, pairs = True, 0, 0, 0, 0
    utf8, held = True, b""
    for block in blocks_of(path):
        cut = _unfinished_utf8(held + block)
        if cut is None:
            utf8 = False
            break
        held = cut
        if found := block.count(b"\r"):
            returns += found
            pairs += block.count(b"\r\n")
        newlines += block.count(b"\n")
        waiting = _longest_wait(block, waiting)
        regular = regular and waiting < MAX_LINE and b"\x00" not in block
        if progress:
            progress(min(size, newlines), size)
    if held or not utf8:
        pure = _decodes(path, "gb18030") and not _holds_utf8_lines(path)
        return Look("gb18030" if pure else "mixed", False, size)
    regular = regular and returns == pairs and pairs in (0, newlines)
    return Look("utf-8-sig" if head[:3] == codecs.BOM_UTF8 else "utf-8", regular, size)


def _unfinished_utf8(block: bytes) -> bytes | None:
    """The start of a character that the end of a block cuts off, or None where the block is not UTF-8."""
    starts = (back for back in range(1, min(4, len(block) + 1)) if block[-back] & 0xC0 != 0x80)
    back = next(starts, 0)
    lead = block[-back] if back else 0
    cut = back if lead >= 0xC0 and back < 2 + (lead >= 0xE0) + (lead >= 0xF0) else 0
    whole = block[: len(block) - cut]
    # Arrow looks at the bytes three times as fast as Python turns them into text that nobody reads
    text = pa.StringArray.from_buffers(1, pa.array([0, len(whole)], pa.int32()).buffers()[1], pa.py_buffer(whole))
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return None
    return block[len(block) - cut :] if cut else b""


def blocks_of(path: Path) -> Iterator[bytes]:
    """The bytes in large pieces, none of which ends between CR and LF."""
    held = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            block = held + block
            held = b"\r" if block.endswith(b"\r") else b""
            yield block.removesuffix(b"\r")
    if held:
        yield held


def _longest_wait(block: bytes, waiting: int) -> int:
    """Bytes since the last line end after `block`, or MAX_LINE as soon as one line is longer than that."""
    start = -waiting
    while len(block) - start > MAX_LINE:
        end = block.rfind(b"\n", max(start, 0), start + MAX_LINE)
        if end < 0:
            return MAX_LINE
        start = end + 1
    return len(block) - max(start, block.rfind(b"\n") + 1)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in blocks_of(path):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _holds_utf8_lines(path: Path) -> bool:
    """Does a file that can be read as GB18030 hold lines that are UTF-8? Read as GB18030 those would be nonsense.

    Two Chinese characters in UTF-8 make three of GB18030, of which the first and the third are rare ones; a whole line
    that reads as UTF-8 and holds such a pair is taken for what it reads as.
    """
    rest = b""
    for block in blocks_of(path):
        *lines, rest = (rest + block).replace(b"\r", b"\n").rsplit(b"\n", 1)
        if lines and _utf8_line(lines[0]):
            return True
        rest = rest[: MAX_LINE + 1]
    return _utf8_line(rest)


def _utf8_line(text: bytes) -> bool:
    at = 0
    while found := TWO_CHARACTERS.search(text, at):
        start, end = text.rfind(b"\n", 0, found.start()) + 1, text.find(b"\n", found.end())
        at = len(text) if end < 0 else end
        try:
            text[start:at].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return True
    return False


def first_lines(path: Path, encoding: str, count: int = 160) -> list[str]:
    """The first physical lines as text, cut the way `lines_of` cuts them."""
    with path.open("rb") as file:
        head = file.read(1 << 20)
    text = head.decode("utf-8" if encoding == "mixed" else encoding, errors="replace").removeprefix("\ufeff")
    # str.splitlines would also cut at form feeds and the like, which stand inside cells
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:count]


def delimiters(lines: list[str]) -> list[str]:
    """The candidates, the one first that cuts the most lines into the same number (two or more) of cells."""
    scores = {}
    for candidate in DELIMITERS:
        counts = Counter(n for line in lines if (n := line.count(candidate)))
        scores[candidate] = max((times * n for n, times in counts.items()), default=0)
    return sorted(DELIMITERS, key=lambda d: -scores[d])
