"""A PostgreSQL of a bench's own: the one the tests start, flushing as in a city unless told otherwise."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.contest import ROOT

sys.path.append(str(ROOT / "tests"))

from machine import PostgresServer, postgres_programs


@contextmanager
def postgres() -> Iterator[str | None]:
    """The address of an empty server; None where PostgreSQL is not installed."""
    programs = postgres_programs()
    if programs is None:
        yield None
        return
    server = PostgresServer(programs)
    try:
        server.start()
        yield server.url
    finally:
        server.stop()


def environment(url: str, home: str) -> dict[str, str]:
    """What a process needs to use it as its city's database."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("YIWANG_")}
    own = {"YIWANG_DATABASE_URL": url, "YIWANG_HOME": home, "DJANGO_SETTINGS_MODULE": "yiwang.config.test"}
    return inherited | own | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
