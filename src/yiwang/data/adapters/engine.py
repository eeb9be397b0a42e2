"""DuckDB in process: one short-lived connection per piece of work, bounded in memory, cut off from the network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb


@contextmanager
def engine(scratch: Path, *, memory: str = "1GB", threads: int = 2) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that spills to `scratch` beyond `memory`.

    The common-subexpression optimiser is off: it answers `date + 1 month` with 30 days when a query also holds
    `date + 30 days` (measured on 1.5.5), and legal deadlines must not depend on what else is asked.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        config={
            "temp_directory": str(scratch),
            "memory_limit": memory,
            "threads": threads,
            "disabled_optimizers": "common_subexpressions",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    try:
        yield connection
    finally:
        connection.close()
