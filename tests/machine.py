"""What tests ask of the machine: a throw-away PostgreSQL, and plain words where something is not installed."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NoReturn

import pytest

# Workers are done together when what takes longest begins first: `make test` hands files out in this order.
LONGEST = (
    "house/test_postgres.py",
    "house/test_access_matrix.py",
    "journeys/test_pages.py",
    "journeys/test_ways.py",
    "journeys/test_flow_way.py",
    "journeys/test_trust_way.py",
    "data/test_kill.py",
    "cli/test_serving.py",
    "trust/test_backup_drill.py",
    "trust/test_ledger_kills.py",
    "data/test_bad_inputs.py",
    "kernel/test_packs.py",
    "flow/test_case_kill.py",
    "flow/test_case_replay.py",
    "data/test_open_releases.py",
)
START_SECONDS = 60
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def absent(what: str, install: str) -> NoReturn:
    """Skip, naming what is absent and the line that installs it; with CI=true that is a failure."""
    said = f"{what} is not installed; install it with: {install}"
    if os.environ.get("CI") == "true":
        pytest.fail(said, pytrace=False)
    pytest.skip(said)


def postgres_programs() -> Path | None:
    """The folder with initdb and postgres, None where there is none."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if config := shutil.which("pg_config"):
        said = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=True).stdout.strip()
        candidates.insert(0, Path(said))
    return next((c for c in candidates if (c / "initdb").is_file() and (c / "postgres").is_file()), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _with_parent() -> None:
    """In the child: a server must not outlive tests that were killed."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def turn(path: Path) -> int:
    """The place of a test file among those that begin first; all others come after them, as they were found."""
    name = "/".join(path.parts[-2:])
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)


class PostgresServer:
    """A server with an empty database of its own in a temporary folder, on a free port of the loopback."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="yiwang-test-postgres-"))
        self.port = free_port()
        # The server refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else None
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgres://yiwang@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        if self.user:
            shutil.chown(self.folder, self.user)
        data = self.folder / "data"
        made = subprocess.run(
            [self.programs / "initdb", "-D", data, "-U", "yiwang", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            capture_output=True,
            text=True,
            cwd=self.folder,
            user=self.user,
        )
        assert made.returncode == 0, made.stderr
        # Nothing here must survive a power cut, so nothing is flushed.
        quick = [f"-c{name}=off" for name in ("fsync", "synchronous_commit", "full_page_writes")]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    self.programs / "postgres",
                    "-D",
                    data,
                    "-k",
                    self.folder,
                    "-h",
                    "127.0.0.1",
                    f"-p{self.port}",
                    *quick,
                ],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                user=self.user,
                preexec_fn=_with_parent,
            )
        self._wait()

    def _wait(self) -> None:
        ready = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", f"-p{self.port}"]
        deadline = time.monotonic() + START_SECONDS
        while subprocess.run(ready).returncode:
            assert self.process is not None and self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline, "PostgreSQL did not get ready"
            time.sleep(0.1)

    def stop(self) -> None:
        """Fast shutdown; the folder goes with it. May be called more than once."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
