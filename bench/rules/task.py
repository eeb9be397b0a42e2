"""What all contenders are given: the pack of tables, the day, the names of the columns."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from bench.contest import ROOT

AS_OF = date(2026, 11, 1)
# part of the name of the generated file: change it whenever bench/rules/population.py writes other bytes
SEED = 20261123
ROWS = 1_000_000
QUICK_ROWS = 100_000
# residents that are decided one at a time, with an explanation
DECIDED = 500
PACK = ROOT / "tests/rules/benefits"
DECISIONS = PACK / "decisions"
KEY = "person"
INPUTS = (
    "age",
    "monthly income",
    "household size",
    "hukou",
    "employment",
    "disability grade",
    "marital status",
    "education",
    "insured months",
    "housing area",
    "region",
)


def column(name: str) -> str:
    """The column that holds an input: names of columns have no blanks."""
    return name.replace(" ", "_")


COLUMNS = tuple(column(name) for name in INPUTS)
TEXT_COLUMNS = ("hukou", "employment", "marital_status", "education", "region")


def cache() -> Path:
    """Where the generated files are kept between runs."""
    folder = Path(os.environ.get("YIWANG_BENCH_CACHE", ROOT / "bench/.cache"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def contexts(residents: pa.Table) -> list[dict[str, Any]]:
    """The residents one by one, for engines that judge one at a time. Decimals as floats, which those engines read."""
    plain = [field.with_type(pa.float64()) if pa.types.is_decimal(field.type) else field for field in residents.schema]
    found: list[dict[str, Any]] = residents.cast(pa.schema(plain)).to_pylist()
    return found
