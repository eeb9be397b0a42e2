"""Every file is looked through before it is kept; a scanner that is named and away is a refusal."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from yiwang.flow.adapters.scanning import EICAR, VirusFound, scan
from yiwang.kernel.errors import Unavailable


@contextmanager
def daemon(reply: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A ClamAV daemon for one question: it takes the stream as the protocol has it and gives this reply."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            line, _ = server.accept()
            with line, line.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                while size := int.from_bytes(stream.read(4), "big"):
                    heard.append(stream.read(size))
                line.sendall(reply)

        worker = threading.Thread(target=answer)
        worker.start()
        try:
            yield f"clamd://127.0.0.1:{server.getsockname()[1]}", heard
        finally:
            worker.join(timeout=10)


def test_without_a_scanner_the_test_virus_is_refused_wherever_it_stands() -> None:
    with pytest.raises(VirusFound, match="carries a virus"):
        scan(io.BytesIO(bytes((1 << 16) - 20) + EICAR), "a.pdf")
    scan(io.BytesIO(b"harmless"), "a.pdf")


def test_a_daemon_is_sent_every_byte_and_its_ok_lets_the_file_pass(settings: Any) -> None:
    content = bytes(range(256)) * 1000
    with daemon(b"stream: OK\0") as (url, heard):
        settings.SCANNER_URL = url
        scan(io.BytesIO(content), "a.pdf")
    assert b"".join(heard) == content


def test_what_a_daemon_finds_is_refused_by_its_name(settings: Any) -> None:
    with daemon(b"stream: Win.Test.EICAR_HDB-1 FOUND\0") as (url, _):
        settings.SCANNER_URL = url
        with pytest.raises(VirusFound, match="Win.Test.EICAR_HDB-1"):
            scan(io.BytesIO(b"x"), "a.pdf")


@pytest.mark.parametrize("reply", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: what?\0"])
def test_an_answer_that_is_no_answer_is_a_refusal(settings: Any, reply: bytes) -> None:
    with daemon(reply) as (url, _):
        settings.SCANNER_URL = url
        with pytest.raises(Unavailable, match="was not kept"):
            scan(io.BytesIO(b"x"), "a.pdf")


def test_a_scanner_that_is_away_is_a_refusal(settings: Any, tmp_path: Path) -> None:
    settings.SCANNER_URL = f"clamd://{tmp_path}/no.sock"
    with pytest.raises(Unavailable, match="was not kept"):
        scan(io.BytesIO(b"x"), "a.pdf")


def test_an_address_that_is_none_is_refused(settings: Any) -> None:
    settings.SCANNER_URL = "http://scanner"
    with pytest.raises(ValueError, match="is no address"):
        scan(io.BytesIO(b"x"), "a.pdf")
