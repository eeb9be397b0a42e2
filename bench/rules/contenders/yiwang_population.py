"""Ours: the decisions compiled to a plan and run on DuckDB over the whole population.

The codes of the columns are kept with the version of the table, as in the product; `coding_…` stages work from the table itself.
`hits_counts` works out the masks of every resident, in the order of the table, and counts; `hits_keyed` keeps them with the resident's key;
`match` is the masks alone, from the codes, and `scan_coded` reads the same codes and adds them up.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

import yiwang
from bench.contest import Ran, contend
from bench.rules.stages import Stages
from bench.rules.task import AS_OF, DECISIONS, INPUTS, KEY, column
from yiwang.rules.adapters import duck
from yiwang.rules.adapters.duck import Relation, Taking
from yiwang.rules.core.dmn.reading import read
from yiwang.rules.core.feel.values import Date
from yiwang.rules.core.plan.asked import asked
from yiwang.rules.core.plan.columns import Facts
from yiwang.rules.core.plan.compiling import compile_population
from yiwang.rules.core.plan.plan import Plan, explain_plan
from yiwang.rules.core.plan.profiles import Count, counted
from yiwang.rules.core.plan.tables import Reason

VERSION = "bench"
DAY = Date(AS_OF.year, AS_OF.month, AS_OF.day)


def compiled(folder: Path, relation: Relation) -> Plan:
    """All decisions of a folder of DMN files as one plan."""
    found = duck.columns(relation)
    facts = Facts(KEY, {name: found[column(name)] for name in INPUTS})
    models = [read(path.read_bytes(), path.name) for path in sorted(folder.glob("*.dmn"))]
    return compile_population([one for model in models for one in asked(model)], facts, as_of=DAY)


def keyed(plan: Plan, relation: Relation) -> list[Count]:
    """Key and masks of every resident kept as a table, and the counts."""
    with Taking(plan, relation) as taking:
        relation.connection.execute(f"CREATE OR REPLACE TEMP TABLE kept AS {taking.masks()}")
        return [counted(taken, taking.profiles(taken)) for taken in plan.taken]


def hit_list(plan: Plan, relation: Relation) -> Sequence[Reason]:
    """The long hit list as a table: subject, decision, rule, result, amount, reason."""
    with Taking(plan, relation) as taking:
        relation.connection.execute(f"CREATE OR REPLACE TEMP TABLE hits AS {taking.hits()}")
        return tuple(taking.reasons.listed)


def match(plan: Plan, relation: Relation) -> None:
    """The masks alone, from the codes."""
    with Taking(plan, relation) as taking:
        # no door gives the masks without the columns that outputs read
        taking._masks(0, taking.source, [])


def scan(relation: Relation) -> None:
    """Every code read once."""
    assert relation.coding is not None
    source = relation.coding.alone
    names = [row[0] for row in relation.connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    relation.connection.execute(f"SELECT {', '.join(f'sum({name})' for name in names)} FROM {source}").fetchall()


def write_answers(connection: duckdb.DuckDBPyConnection, reasons: Sequence[Reason], target: Path) -> None:
    """`person`, `decision`, `rules`, `result`, `amount` of every hit."""
    table = pa.table({
        "reason": pa.array(range(len(reasons)), pa.int32()),
        "rules": pa.array([one.rules for one in reasons], pa.list_(pa.int16())),
    })  # fmt: skip
    connection.register("listed", table)
    connection.execute(
        f"COPY (SELECT subject AS {KEY}, decision, rules, result, amount FROM hits JOIN listed USING (reason)) "
        f"TO '{target}' (FORMAT parquet)"
    )


def how(plan: Plan) -> str:
    """How the expressions run, as many of each."""
    return ", ".join(
        f"{count} {kind}" for kind, count in sorted(Counter(one.how for one in explain_plan(plan)).items())
    )


def run(source: Path, out: Path, threads: int) -> Ran:
    stages = Stages()
    connection = duck.connect(threads)
    connection.execute(f"CREATE TABLE residents AS SELECT * FROM '{source}'")
    plain = Relation(connection, "residents")
    plan = stages.measure("compile", lambda: compiled(DECISIONS, plain))
    # each coding is a first one, into a folder of its own
    folders = (out / f"codes-{at}" for at in range(100))
    coded = stages.measure("coding", lambda: duck.codes(plan, plain, next(folders), VERSION))
    found = stages.measure("hits_counts", lambda: duck.counts(plan, coded))
    stages.measure("coding_hits_counts", lambda: duck.counts(plan, plain))
    stages.measure("hits_keyed", lambda: keyed(plan, coded))
    stages.measure("match", lambda: match(plan, coded))
    stages.measure("scan_coded", lambda: scan(coded))
    reasons = stages.measure("hit_list", lambda: hit_list(plan, coded))
    stages.measure("coding_hit_list", lambda: hit_list(plan, plain))
    write_answers(connection, reasons, out / "answers.parquet")
    began = time.process_time()
    hundred = compiled(Path(os.environ["YIWANG_BENCH_HUNDRED"]), plain)
    stages.seconds["compile_100"] = time.process_time() - began
    coded_hundred = duck.codes(hundred, plain, next(folders), VERSION)
    stages.measure("hits_counts_100", lambda: duck.counts(hundred, coded_hundred))
    rows = connection.execute("SELECT count(*) FROM residents").fetchall()[0][0]
    hits = connection.execute("SELECT count(*) FROM hits").fetchall()[0][0]
    counts = {f"{one.decision} {rule}": hit for one in found for rule, hit in sorted(one.rules.items())}
    versions = {"yiwang": yiwang.__version__, "duckdb": duckdb.__version__, "plan": how(plan)}
    return Ran(rows, hits, "", stages.seconds, versions, counts)


if __name__ == "__main__":
    contend(run)
