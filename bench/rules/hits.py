"""What a contender leaves behind for the comparison."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.rules.task import KEY

Hit = tuple[int, str, int, float | None]
Amount = tuple[int, str, float | None]


def _write(rows: Sequence[tuple[object, ...]], kinds: dict[str, pa.DataType], target: Path) -> None:
    columns = [pa.array(values, kind) for values, kind in zip(zip(*rows, strict=True), kinds.values(), strict=True)]
    pq.write_table(pa.table(dict(zip(kinds, columns, strict=True))), target)


def write_hits(rows: Sequence[Hit], out: Path) -> None:
    """Person, decision, number of the rule, amount: a row for each rule that counted."""
    kinds = {KEY: pa.int64(), "decision": pa.string(), "rule": pa.int16(), "amount": pa.float64()}
    _write(rows, kinds, out / "hits.parquet")


def write_amounts(rows: Sequence[Amount], out: Path) -> None:
    """Person, decision, amount: a row for each decision taken, whether a rule spoke or not."""
    _write(rows, {KEY: pa.int64(), "decision": pa.string(), "amount": pa.float64()}, out / "amounts.parquet")
