"""pointblank on Polars: the twenty rules as validation steps; failing rows kept by sundering, reasons as counts a step.

A step is native where pointblank has one (required, in a set, between, pattern) and an expression where it has none (check
digits, agreement of fields, first of each key). pointblank keeps which rows failed at all; which rule a row failed is
kept only as an extract per step.
"""

from __future__ import annotations

import time
from importlib.metadata import version
from pathlib import Path

import pointblank as pb
import polars as pl

from bench.contest import Ran, contend
from bench.intake import rules

KEEP_ALL = 1_000_000_000


def plan(frame: pl.DataFrame) -> tuple[pb.Validate, list[str]]:
    """The steps in order, and the rule each stands for."""
    steps, names = pb.Validate(frame), []
    for rule in rules.rules():
        match rule.id.rpartition("_"):
            case (_, _, "required"):
                steps = steps.col_vals_not_null(rule.column)
            case _ if rule.id == "sex_list":
                steps = steps.col_vals_in_set("sex", ["男", "女", None])
            case _ if rule.id == "category_list":
                steps = steps.col_vals_in_set("category", list(rules.CATEGORIES))
            case _ if rule.id == "amount_range":
                steps = steps.col_vals_between("amount_", 0, 50_000)
            case _ if rule.id == "months_range":
                steps = steps.col_vals_between("months_", 1, 600)
            case _:
                steps = steps.col_vals_expr(rule.keeps.fill_null(True))
        names.append(rule.id)
    return steps, names


def run(source: Path, out: Path, threads: int) -> Ran:
    began = time.perf_counter()
    frame = rules.read(source)
    read = time.perf_counter()
    steps, names = plan(frame)
    steps = steps.interrogate(extract_limit=KEEP_ALL)
    checked = time.perf_counter()
    kept, failed = steps.get_sundered_data("pass"), steps.get_sundered_data("fail")
    failed.drop([f"{name}_" for name in rules.TYPED]).write_parquet(out / "rejected.parquet")
    rules.accepted(kept, out / "accepted.parquet")
    counts = steps.n_failed()
    return Ran(
        rows=frame.height,
        accepted=kept.height,
        rejected=str(out / "rejected.parquet"),
        stages={"read": read - began, "check": checked - read, "write": time.perf_counter() - checked},
        versions={name: version(name) for name in ("pointblank", "polars")},
        reasons={name: int(counts[i]) for i, name in enumerate(names, 1)},
    )


if __name__ == "__main__":
    contend(run)
