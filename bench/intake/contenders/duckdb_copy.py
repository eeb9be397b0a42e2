"""DuckDB alone: the file in, Parquet out, types guessed, nothing checked. The floor that any intake stands on."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb

from bench.contest import Ran, contend


def run(source: Path, out: Path, threads: int) -> Ran:
    began = time.perf_counter()
    with duckdb.connect(config={"threads": threads}) as connection:
        connection.execute(f"COPY (SELECT * FROM read_csv('{source}')) TO '{out / 'all.parquet'}' (FORMAT parquet)")
        rows = connection.execute(f"SELECT count(*) FROM '{out / 'all.parquet'}'").fetchone()
    assert rows is not None  # an aggregate always returns a row
    return Ran(
        rows=int(rows[0]),
        accepted=int(rows[0]),
        rejected="",
        stages={"copy": time.perf_counter() - began},
        versions={"duckdb": duckdb.__version__},
    )


if __name__ == "__main__":
    contend(run)
