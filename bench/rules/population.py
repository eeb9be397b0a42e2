"""Synthetic residents for the bench of rules: the same number of rows gives the same values, nulls included.

    python -m bench.rules.population FILE ROWS

writes one Parquet file: `person` (1-based) and the eleven inputs of the tables. Incomes are DECIMAL(12,2), areas DECIMAL(6,1).
Nobody's data: every value is drawn; shares of ages, work and incomes are assumptions of a poor county.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.rules.task import KEY, SEED

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
GROUP = 125_000
HUKOU = (("本地农业", 0.55), ("本地非农", 0.37), ("外地", 0.08))
REGIONS = (
    ("城东", 0.2), ("城西", 0.18), ("临江", 0.08), ("三村", 0.07), ("乐业", 0.1), ("青河", 0.08),
    ("向阳", 0.08), ("金川", 0.06), ("银川", 0.05), ("街津口", 0.04), ("八岔", 0.02), ("秀山", 0.04),
)  # fmt: skip
SIZES = (0.14, 0.27, 0.29, 0.16, 0.08, 0.04, 0.015, 0.005)
WORKERS = (("在职", 0.33), ("务农", 0.34), ("灵活就业", 0.16), ("失业", 0.07), ("无业", 0.07), ("学生", 0.03))
RETIRED = (("退休", 0.45), ("务农", 0.33), ("无业", 0.22))
SCHOOLS = (
    ("初中", 0.4),
    ("高中", 0.18),
    ("中专", 0.08),
    ("大专", 0.14),
    ("本科", 0.11),
    ("研究生", 0.02),
    ("小学", 0.07),
)
MARRIED = (("已婚", 0.78), ("未婚", 0.13), ("离异", 0.06), ("丧偶", 0.03))
MARRIED_OLD = (("已婚", 0.64), ("未婚", 0.03), ("离异", 0.04), ("丧偶", 0.29))
GRADES = (0.15, 0.3, 0.27, 0.28)
# share of each column that is not known, beside what cannot be known (the work of a child)
UNKNOWN = {
    "age": 0.005, "monthly_income": 0.04, "household_size": 0.02, "hukou": 0.01, "employment": 0.03,
    "marital_status": 0.02, "education": 0.04, "insured_months": 0.05, "housing_area": 0.06, "region": 0.01,
}  # fmt: skip


def _drawn(rng: np.random.Generator, shares: tuple[tuple[str, float], ...], rows: int) -> npt.NDArray[np.object_]:
    names = np.array([name for name, _ in shares], dtype=object)
    weights = np.array([share for _, share in shares])
    picked: npt.NDArray[np.object_] = names[rng.choice(len(names), rows, p=weights / weights.sum())]
    return picked


def _ages(rng: np.random.Generator, rows: int) -> Ints:
    ages = np.where(rng.random(rows) < 0.22, rng.normal(70, 9, rows), rng.uniform(0, 62, rows))
    return np.clip(ages, 0, 106).astype(np.int64)


def _employment(rng: np.random.Generator, age: Ints) -> npt.NDArray[np.object_]:
    rows = len(age)
    work = _drawn(rng, WORKERS, rows)
    work[age >= 60] = _drawn(rng, RETIRED, rows)[age >= 60]
    work[(age >= 6) & (age < 18)] = "学生"
    students = (age >= 18) & (age < 23) & (rng.random(rows) < 0.6)
    work[students] = "学生"
    work[age < 6] = None
    return work


def _education(rng: np.random.Generator, age: Ints) -> npt.NDArray[np.object_]:
    school = _drawn(rng, SCHOOLS, len(age))
    old = (age >= 60) & (rng.random(len(age)) < 0.7)
    school[old] = "小学"
    school[age < 19] = "高中"
    school[age < 15] = "初中"
    school[age < 12] = "小学"
    school[age < 6] = None
    return school


def _marital(rng: np.random.Generator, age: Ints) -> npt.NDArray[np.object_]:
    marital = _drawn(rng, MARRIED, len(age))
    marital[age >= 65] = _drawn(rng, MARRIED_OLD, len(age))[age >= 65]
    marital[age < 22] = "未婚"
    return marital


def _decimal(scaled: Ints, digits: int, places: int) -> pa.Array:
    """Whole numbers of the last place as decimals: 12345, two places → 123.45. None is below zero."""
    words = np.zeros((len(scaled), 2), np.int64)  # a decimal128 is 16 bytes, the low half first
    words[:, 0] = scaled
    return pa.Array.from_buffers(pa.decimal128(digits, places), len(scaled), [None, pa.py_buffer(words.tobytes())])


def columns(rows: int) -> pa.Table:
    """All residents. Every column is drawn from one generator in a fixed order, so rows decide everything."""
    rng = np.random.default_rng([SEED, rows])
    age = _ages(rng, rows)
    income = np.exp(rng.normal(np.log(1600), 0.7, rows)) * 100
    income[rng.random(rows) < 0.02] = 0
    months = np.clip(rng.integers(0, 420, rows), 0, np.maximum(age - 17, 0) * 12)
    months[rng.random(rows) < 0.12] = 0
    area = np.clip(np.exp(rng.normal(np.log(72), 0.5, rows)) * 10, 60, 9999)
    grade = rng.choice([1, 2, 3, 4], rows, p=GRADES)
    able = rng.random(rows) >= np.where(age >= 60, 0.14, 0.05)
    size = rng.choice(np.arange(1, 9), rows, p=SIZES)
    found = {
        "age": pa.array(age, pa.int16()),
        "monthly_income": _decimal(np.round(income).astype(np.int64), 12, 2),
        "household_size": pa.array(size, pa.int16()),
        "hukou": pa.array(_drawn(rng, HUKOU, rows), pa.string()),
        "employment": pa.array(_employment(rng, age), pa.string()),
        "disability_grade": pa.array(grade, pa.int16(), mask=able),
        "marital_status": pa.array(_marital(rng, age), pa.string()),
        "education": pa.array(_education(rng, age), pa.string()),
        "insured_months": pa.array(months, pa.int16()),
        "housing_area": _decimal(np.round(area).astype(np.int64), 6, 1),
        "region": pa.array(_drawn(rng, REGIONS, rows), pa.string()),
    }
    for name, share in UNKNOWN.items():
        unknown = pa.array(rng.random(rows) < share)
        found[name] = pc.if_else(unknown, pa.scalar(None, found[name].type), found[name])
    return pa.table({KEY: pa.array(np.arange(1, rows + 1), pa.int64()), **found})


def write(target: Path, rows: int) -> None:
    """Write the file under its name last, so a cut-off run leaves none."""
    part = target.with_suffix(".part")
    pq.write_table(columns(rows), part, row_group_size=GROUP)
    part.rename(target)


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
