"""Parts of a file as a player asks for them (RFC 9110, 14): one range of bytes; several at once are answered with the whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

CHUNK = 1 << 16
_RANGE = re.compile(r"bytes=([0-9]{0,19})-([0-9]{0,19})")


def range_asked(said: str, size: int) -> tuple[int, int] | None:
    """The first byte and the one after the last; None when no range is asked, or none that is answered with a part.

    Raises ValueError for a range that lies outside the file.
    """
    found = _RANGE.fullmatch(said.replace(" ", ""))
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        first, end = max(0, size - int(found[2])), size
    else:
        first, end = int(found[1]), size if not found[2] else min(size, int(found[2]) + 1)
        if found[2] and int(found[2]) < first:
            return None
    if first >= size or first >= end:
        raise ValueError(said)
    return first, end


class _Part:
    """`count` bytes of a stream, which is closed with the answer, also when nothing of it was sent."""

    def __init__(self, stream: BinaryIO, count: int) -> None:
        self._stream, self._left = stream, count

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk = self._stream.read(min(CHUNK, self._left))
        if not chunk:
            raise StopIteration
        self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        self._stream.close()


def ranged_answer(
    request: HttpRequest, open_at: Callable[[int], BinaryIO], *, size: int, digest: str, media_type: str
) -> HttpResponseBase:
    """What was asked of a file that `open_at` opens from a byte on: 206 for a part, 416 for one outside it, else the whole."""
    tag = f'"{digest}"'
    said = request.headers.get("Range", "") if request.method == "GET" else ""
    if request.headers.get("If-Range", tag) != tag:
        said = ""
    answer: HttpResponseBase
    try:
        part = range_asked(said, size)
    except ValueError:
        answer = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        first, end = part or (0, size)
        answer = StreamingHttpResponse(_Part(open_at(first), end - first), status=206 if part else 200)
        answer.headers["Content-Type"] = media_type
        answer.headers["Content-Length"] = str(end - first)
        if part:
            answer.headers["Content-Range"] = f"bytes {first}-{end - 1}/{size}"
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["ETag"] = tag
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
