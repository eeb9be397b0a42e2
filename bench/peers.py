"""The peers' own virtualenv, so that the product's stays small. Made when it is wanted and not there."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.contest import ROOT

LOCK = ROOT / "bench/requirements.lock"
HOME = ROOT / ".venv-bench"
PYTHON, MARK = HOME / "bin/python", HOME / "lock.sha256"


def installed() -> bool:
    """Whether the peers are there, of exactly the versions of bench/requirements.lock."""
    return MARK.is_file() and MARK.read_text() == _wanted()


def peers_python(say: Callable[[str], None]) -> Path:
    """The interpreter that has the peers, of exactly the versions of bench/requirements.lock."""
    if installed():
        return PYTHON
    say(f"installing the peers into {HOME.name} from bench/requirements.lock …")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(HOME)], check=True)
    pip = [str(PYTHON), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(LOCK)]
    subprocess.run(pip, check=True, stdout=sys.stderr)
    MARK.write_text(_wanted())
    return PYTHON


def _wanted() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()
