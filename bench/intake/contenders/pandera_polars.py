"""pandera on Polars: the twenty rules as checks of a schema, all failures collected (`lazy=True`), kept rows written.

Rules over several columns are checks of one column that read the whole frame, which pandera runs faster than checks of the
frame (those keep every failing row as JSON).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData
from pandera.errors import SchemaErrors

from bench.contest import Ran, contend
from bench.intake import rules


def _check(rule: rules.Rule) -> pa.Check:
    keeps: Callable[[PolarsData], pl.LazyFrame] = lambda data: data.lazyframe.select(rule.keeps)  # noqa: E731
    return pa.Check(keeps, name=rule.id, error=rule.id)


def schema() -> pa.DataFrameSchema:
    by_column = groupby(rules.rules(), key=lambda rule: rule.column)
    return pa.DataFrameSchema(
        {column: pa.Column(pl.String, [_check(r) for r in found], nullable=True) for column, found in by_column}
    )


def run(source: Path, out: Path, threads: int) -> Ran:
    began = time.perf_counter()
    frame = rules.read(source)
    read = time.perf_counter()
    failures = None
    try:
        schema().validate(frame, lazy=True)
    except SchemaErrors as errors:
        failures = errors.failure_cases
    checked = time.perf_counter()
    if failures is None:
        failures = pl.DataFrame({"index": [], "check": []}, {"index": pl.Int32, "check": pl.String})
    places = failures["index"].unique().cast(pl.UInt32)
    failed = frame.filter(pl.col("row").is_in((places + 1).implode()))
    failed.drop([f"{name}_" for name in rules.TYPED]).write_parquet(out / "rejected.parquet")
    rules.accepted(frame.filter(~pl.col("row").is_in((places + 1).implode())), out / "accepted.parquet")
    return Ran(
        rows=frame.height,
        accepted=frame.height - failed.height,
        rejected=str(out / "rejected.parquet"),
        stages={"read": read - began, "check": checked - read, "write": time.perf_counter() - checked},
        versions={name: version(name) for name in ("pandera", "polars")},
        reasons=dict(failures.group_by("check").len().sort("check").iter_rows()),
    )


if __name__ == "__main__":
    contend(run)
