"""One process that keeps some connections busy, each with the next request as soon as the last was answered."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Pounded:
    """`bad`: answers that were not 200. `p99` in milliseconds."""

    per_second: float
    p50: float
    p99: float
    answers: int
    bad: int
    first: bytes


class _Line:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.held, self.since = b"", 0.0

    def send(self, request: bytes) -> None:
        self.held, self.since = b"", time.perf_counter()
        self.socket.sendall(request)

    def answered(self) -> bool:
        """Take what has come; True when the answer is whole."""
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the server hung up")
        self.held += part
        head, found, body = self.held.partition(b"\r\n\r\n")
        if not found:
            return False
        lower = head.lower()
        if b"transfer-encoding: chunked" in lower:
            return body.endswith(b"0\r\n\r\n")
        length = lower.partition(b"content-length:")[2].partition(b"\r\n")[0]
        return len(body) >= int(length or 0)


def first_answer(port: int, request: bytes) -> None:
    """Wait for one answer: a server that has just started has much to read first."""
    line = _Line(port)
    line.socket.settimeout(60)
    line.send(request)
    while not line.answered():
        continue
    line.socket.close()


def pound(port: int, requests: Sequence[bytes], *, seconds: float, connections: int) -> Pounded:
    """Send `requests` round and round for some seconds."""
    lines = [_Line(port) for _ in range(connections)]
    took: list[float] = []
    bad, place, first = 0, 0, b""
    with selectors.DefaultSelector() as ready:
        for line in lines:
            ready.register(line.socket, selectors.EVENT_READ, line)
            line.send(requests[place % len(requests)])
            place += 1
        began = time.perf_counter()
        until = began + seconds
        while (now := time.perf_counter()) < until:
            for key, _ in ready.select(1.0):
                line = key.data
                if not line.answered():
                    continue
                took.append(time.perf_counter() - line.since)
                first = first or line.held
                bad += not line.held.startswith(b"HTTP/1.1 200")
                line.send(requests[place % len(requests)])
                place += 1
    for line in lines:
        line.socket.close()
    took.sort()
    return Pounded(
        per_second=len(took) / (now - began),
        p50=took[len(took) // 2] * 1000,
        p99=took[int(len(took) * 0.99)] * 1000,
        answers=len(took),
        bad=bad,
        first=first,
    )
