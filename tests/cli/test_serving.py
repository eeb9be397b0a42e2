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


def test_a_served_city_answers_and_ends_on_many_signals_at_once(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("YIWANG_", "DJANGO_"))}
    environment |= {"YIWANG_HOME": str(tmp_path), "YIWANG_LANGUAGE": "en"}
    command = [sys.executable, "-c", "from yiwang.cli import main; main()"]
    subprocess.run([*command, "init"], env=environment, check=True, capture_output=True)
    port = free_port()
    log = (tmp_path / "log").open("wb")
    server = subprocess.Popen([*command, "up", "--port", str(port)], env=environment, stdout=log, stderr=log)
    try:
        until = time.monotonic() + PATIENCE
        while not answers(port):
            assert server.poll() is None and time.monotonic() < until, (tmp_path / "log").read_text()
            time.sleep(0.2)
        for _ in range(20):
            server.send_signal(signal.SIGTERM)
            time.sleep(0.01)
        assert server.wait(PATIENCE) == 0
        assert not answers(port)
    finally:
        server.kill()
        log.close()
