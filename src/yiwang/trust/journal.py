"""What was acknowledged but has no place in the tree yet: lines on disk, flushed before a use is answered.

Each process writes segments of its own, holding a lock on the one it writes; callers at the same moment share one flush. A line is
`crc32 length body`. The reader takes whole lines only: a torn last line was never acknowledged. A segment whose lock is free
belongs to a process that has ended or moved on; read to its end it is deleted.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from yiwang.trust.core.disk import folder_flush
from yiwang.trust.errors import ProofWrong

SEGMENT_BYTES = 64 << 20
SUFFIX = ".journal"


def journal_folder() -> Path:
    return Path(settings.PLACE.home) / "ledger" / "journal"


@dataclass
class _Batch:
    """Lines that go to disk together, and what became of them."""

    lines: list[bytes] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)
    is_written: bool = False
    error: OSError | None = None


class Journal:
    """The segment a process writes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.pid = folder, os.getpid()
        self._writing, self._flushing = threading.Lock(), threading.Lock()
        self._batch = _Batch()
        self._file = -1
        self._size = 0

    def append(self, bodies: Sequence[bytes]) -> None:
        """Return once the bodies are on disk. When they cannot be written (disk full) every caller concerned gets the OSError."""
        if not bodies:
            return
        lines = [framed(body) for body in bodies]
        with self._writing:
            batch = self._batch
            is_first = not batch.lines
            batch.lines += lines
        if is_first:
            self._flush(batch)
        else:
            batch.done.wait()
        if not batch.is_written:
            code = batch.error.errno if batch.error else errno.EIO
            raise OSError(code, "the use could not be written down") from batch.error

    def _flush(self, batch: _Batch) -> None:
        """By whoever came first to a batch: all who come while the one before it goes to disk join it."""
        with self._flushing:
            with self._writing:
                self._batch = _Batch()
            try:
                self._write(b"".join(batch.lines))
                batch.is_written = True
            except OSError as error:
                # what was half written is torn and counts for nothing; the next caller begins a new segment
                self._close()
                batch.error = error
            finally:
                batch.done.set()

    def _write(self, lines: bytes) -> None:
        if self._file < 0 or self._size > SEGMENT_BYTES:
            self._open()
        done = 0
        while done < len(lines):
            done += os.write(self._file, lines[done:])
        os.fdatasync(self._file)
        self._size += len(lines)

    def _open(self) -> None:
        self._close()
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{time.time_ns():020d}-{self.pid}-{secrets.token_hex(4)}{SUFFIX}"
        fresh = path.with_suffix(".new")
        self._file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        # locked before it has its name: a segment without a lock may be deleted
        fcntl.flock(self._file, fcntl.LOCK_EX)
        fresh.rename(path)
        self._size = 0
        folder_flush(self.folder)

    def close(self) -> None:
        """Let the segment go; the next append begins another."""
        with self._flushing:
            self._close()

    def _close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


_journals: dict[tuple[Path, int], Journal] = {}
_making = threading.Lock()


def journal() -> Journal:
    """This process's own journal in the city of the settings."""
    key = (settings.PLACE.home, os.getpid())
    found = _journals.get(key)
    if found is None:
        with _making:
            for other in [one for one in _journals if one != key]:
                # another city, or the parent's before a fork: neither is written from here any more
                _journals.pop(other).close()
            found = _journals.setdefault(key, Journal(journal_folder()))
    return found


def framed(body: bytes) -> bytes:
    return b"%08x %d " % (zlib.crc32(body), len(body)) + body + b"\n"


@dataclass(frozen=True)
class Read:
    """Bodies of a segment from an offset on; `end` is the offset behind the last of them. `over`: nobody writes it any more.

    `fault`: a line that is damaged although more follows; it is neither passed over nor in the way of other segments.
    """

    name: str
    bodies: tuple[bytes, ...]
    end: int
    over: bool
    fault: ProofWrong | None = None


def segments(folder: Path) -> list[Path]:
    """In the order they were begun."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def segment_read(path: Path, start: int, most: int) -> Read:
    """At most `most` bodies, up to the first damaged line."""
    free = _is_free(path)
    with path.open("rb") as file:
        file.seek(start)
        bodies: list[bytes] = []
        end = start
        for line in file:
            if len(bodies) == most:
                return Read(path.name, tuple(bodies), end, False)
            body = _body(line)
            if body is None:
                if line.endswith(b"\n") or file.read(1):
                    return Read(path.name, tuple(bodies), end, False, damaged(path, end))
                break
            bodies.append(body)
            end += len(line)
    return Read(path.name, tuple(bodies), end, free)


def segment_drop(path: Path) -> None:
    path.unlink(missing_ok=True)


def _body(line: bytes) -> bytes | None:
    if not line.endswith(b"\n"):
        return None
    checksum, _, rest = line[:-1].partition(b" ")
    length, _, body = rest.partition(b" ")
    if not length.isdigit() or int(length) != len(body) or checksum != b"%08x" % zlib.crc32(body):
        return None
    return body


def _is_free(path: Path) -> bool:
    """True when no process holds the segment: asked before reading, so that what is read after a yes is all there will ever be."""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def pending(folder: Path, marks: dict[str, int], most: int) -> Iterator[Read]:
    """What no entry stands for yet, segment by segment, at most `most` bodies in all."""
    left = most
    for path in segments(folder):
        if left <= 0:
            return
        found = segment_read(path, int(marks.get(path.name, 0)), left)
        left -= len(found.bodies)
        yield found


def damaged(path: Path, offset: int) -> ProofWrong:
    """A line that cannot have been written by a use, and what follows it in its segment."""
    return ProofWrong(
        zh=f"账本日志 {path.name} 在第 {offset} 字节处损坏",
        en=f"the journal {path.name} is damaged at byte {offset}",
        where=f"{path.name}:{offset}",
        hint_zh="磁盘可能有问题；请保留此文件并联系维护人员，其他日志照常入账。",
        hint_en="The disk may be failing: keep the file and ask for help; other journals go on.",
    )
