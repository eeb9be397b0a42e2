"""The server process: it answers, and it ends when asked, however often."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 90


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as response:
            return response.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def descendants(pid: int) -> list[int]:
    said = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [one for child in map(int, said) for one in (child, *descendants(child))]


def runs(pid: int) -> bool:
    """Still there, and no mere entry that nobody has collected yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@contextmanager
def served(home: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A city of its own that answers, and its port."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("YIWANG_", "DJANGO_"))}
    environment |= {"YIWANG_HOME": str(home), "YIWANG_LANGUAGE": "en"}
    command = [sys.executable, "-c", "from yiwang.cli import main; main()"]
    subprocess.run([*command, "init"], env=environment, check=True, capture_output=True)
    port = free_port()
    with (home / "log").open("wb") as log:
        server = subprocess.Popen([*command, "up", "--port", str(port)], env=environment, stdout=log, stderr=log)
        try:
            until = time.monotonic() + PATIENCE
            while not answers(port):
                assert server.poll() is None and time.monotonic() < until, (home / "log").read_text()
                time.sleep(0.2)
            yield server, port
        finally:
            server.kill()
            server.wait()


def test_nothing_outlives_a_server_that_was_killed(tmp_path: Path) -> None:
    with served(tmp_path) as (server, port):
        children = descendants(server.pid)
        # the web server, its worker process, the worker of tasks
        assert len(children) >= 3 and all(map(runs, children))
        server.kill()
        server.wait()
        try:
            until = time.monotonic() + PATIENCE
            while any(map(runs, children)) and time.monotonic() < until:
                time.sleep(0.2)
            assert [one for one in children if runs(one)] == []
            assert not answers(port)
        finally:
            for one in filter(runs, children):
                os.kill(one, signal.SIGKILL)


def test_a_served_city_answers_and_ends_on_many_signals_at_once(tmp_path: Path) -> None:
    with served(tmp_path) as (server, port):
        kept = [path for path in tmp_path.rglob("*") if path != tmp_path / "log" and not path.is_symlink()]
        assert len(kept) > 50
        # nobody else on the machine may read what is about people
        assert [path for path in kept if path.exists() and path.stat().st_mode & 0o077] == []
        for _ in range(20):
            server.send_signal(signal.SIGTERM)
            time.sleep(0.01)
        assert server.wait(PATIENCE) == 0
        assert not answers(port)
