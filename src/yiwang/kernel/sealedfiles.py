"""Files that lie sealed, piece by piece: neither memory nor the store ever has the whole in the open.

    length of the envelope (4 bytes) · envelope · length · envelope …

Each piece is closed for its digest, its place and whether it is the last, so that none can be changed, moved, left out or
added. How an envelope is closed the kernel does not know: the room that keeps keys says so when the program starts.
"""

from __future__ import annotations

import hashlib
import io
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from yiwang.kernel.errors import InputError, Unavailable

PIECE = 1 << 20
SUFFIX = ".sealed"
_LENGTH = struct.Struct(">I")


@dataclass(frozen=True)
class Sealer:
    """`close` and `open` take bytes and what they belong to; `open` raises for what was changed or closed for another matter."""

    close: Callable[[bytes, str], bytes]
    open: Callable[[bytes, str], bytes]


_declared: list[Sealer] = []


def file_sealer_declare(sealer: Sealer) -> None:
    """Called once when the program starts."""
    _declared[:] = [sealer]


def sealed_write(stream: BinaryIO, path: Path, digest: str) -> None:
    """Write what is left of `stream` sealed and flushed. Raises InputError when it is not what `digest` says."""
    hasher, number = hashlib.sha256(), 0
    with path.open("xb") as out:
        piece = stream.read(PIECE)
        while True:
            following = stream.read(PIECE)
            hasher.update(piece)
            sealed = _sealer().close(piece, _about(digest, number, not following))
            out.write(_LENGTH.pack(len(sealed)) + sealed)
            if not following:
                break
            piece, number = following, number + 1
        out.flush()
        os.fsync(out.fileno())
    if hasher.hexdigest() != digest:
        raise InputError(
            zh="文件在保存时变了，没有保存",
            en="the file changed while it was being kept; it was not kept",
            where="source",
            hint_zh="请重新上传。",
            hint_en="Send it again.",
        )


class SealedStream(io.RawIOBase):
    """The plain bytes of a sealed file, from byte `first` on: the pieces before it are passed over unopened. The piece it
    begins with is opened at once, so that a reader who may not open it is told before the first byte goes out.
    """

    def __init__(self, path: Path, digest: str, first: int = 0) -> None:
        super().__init__()
        self._digest, self._number, self._is_over = digest, 0, False
        self._file = path.open("rb")
        try:
            self._head = self._file.read(_LENGTH.size)
            self._pass(first // PIECE)
            self._held = memoryview(self._piece())[first % PIECE :]
        except BaseException:
            self._file.close()
            raise

    def readable(self) -> bool:
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        if not self._held and not self._is_over:
            self._held = memoryview(self._piece())
        count = min(len(into), len(self._held))
        into[:count] = self._held[:count]
        self._held = self._held[count:]
        return count

    def close(self) -> None:
        self._file.close()
        super().close()

    def _pass(self, pieces: int) -> None:
        """Go to the head of a later piece. Every piece but the last has PIECE bytes; past the last there is nothing to open."""
        for _ in range(pieces):
            length = _LENGTH.unpack(self._head)[0] if len(self._head) == _LENGTH.size else 0
            self._file.seek(min(length, 2 * PIECE), os.SEEK_CUR)
            self._head = self._file.read(_LENGTH.size)
            self._number += 1

    def _piece(self) -> bytes:
        length = _LENGTH.unpack(self._head)[0] if len(self._head) == _LENGTH.size else 0
        # Never as long as a changed head may say.
        sealed = self._file.read(min(length, 2 * PIECE))
        self._head = self._file.read(_LENGTH.size)
        self._is_over = not self._head
        plain = _sealer().open(sealed, _about(self._digest, self._number, self._is_over))
        self._number += 1
        return plain


def _about(digest: str, number: int, is_last: bool) -> str:
    return f"file {digest} {number}{' last' if is_last else ''}"


def _sealer() -> Sealer:
    if not _declared:
        raise Unavailable(
            zh="没有可以封存文件的密钥，文件没有保存",
            en="nothing here can seal files; the file was not kept",
            where="file_sealer_declare",
        )
    return _declared[0]
