"""Folders for work in progress. What a killed process left behind goes when the next one asks for a folder."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "work-"
LOCK = "lock"


@contextmanager
def scratch_folder(root: Path) -> Iterator[Path]:
    """A folder of one's own under `root`, gone when it is left. Held by a lock, which a killed process loses."""
    root.mkdir(parents=True, exist_ok=True)
    with _locked(root / f"{PREFIX[:-1]}.lock"):
        _sweep(root)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
        handle = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR)
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def _sweep(root: Path) -> None:
    """Only whoever holds the root's lock may look: a folder that is being made has no lock of its own yet."""
    for folder in root.glob(f"{PREFIX}*/"):
        try:
            with _locked(folder / LOCK, wait=False):
                shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            continue  # somebody is at work in it


@contextmanager
def _locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    handle = os.open(path, os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
