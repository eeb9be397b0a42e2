"""The engines a plan is compared on. Spark is Sail in this process, when it is installed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.agreement.comparing import Executor
from yiwang.rules.adapters import duck, spark
from yiwang.rules.core.plan.plan import Plan


class NoSail(Exception):
    """Sail or the Spark client is not installed here."""


def _shown(plan: Plan) -> list[str]:
    """Decisions whose result a wide table can hold."""
    return [one.asked.id for one in plan.taken if one.outputs]


def _listed(plan: Plan) -> list[str]:
    """The others: several hits are several results."""
    return [one.asked.id for one in plan.taken if not one.outputs]


def on_duckdb(plan: Plan, rows: pa.Table) -> tuple[pa.Table, dict[str, pa.Table]]:
    with tempfile.TemporaryDirectory() as folder:
        file, wide, hits = (Path(folder) / name for name in ("rows.parquet", "wide.parquet", "hits.parquet"))
        pq.write_table(rows, file)
        relation = duck.open_files([file])
        with relation.connection:
            # half of the worlds by codes that were written before
            if plan.digest < "8":
                relation = duck.codes(plan, relation, Path(folder) / "codes", "1")
            duck.wide(plan, relation, wide, _shown(plan))
            found = {}
            for name in _listed(plan):
                duck.hits(plan, relation, hits, decisions=[name])
                found[name] = pq.read_table(hits)
        return pq.read_table(wide), found


@contextmanager
def on_spark() -> Iterator[Executor]:
    """An executor on a Sail server of its own. Raises NoSail."""
    try:
        from pysail.spark import SparkConnectServer  # an extra: only who runs on Spark has it
    except ImportError as why:
        raise NoSail("pysail is not installed") from why
    server = SparkConnectServer(port=0)
    server.start(background=True)
    _, port = server.listening_address
    session = spark.connect(f"sc://localhost:{port}")

    def run(plan: Plan, rows: pa.Table) -> tuple[pa.Table, dict[str, pa.Table]]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "rows.parquet"
            pq.write_table(rows, file)
            relation = spark.open_files(session, [file], folder)
            listed = {name: spark.hits(plan, relation, decisions=[name])[0] for name in _listed(plan)}
            return spark.wide(plan, relation, _shown(plan)), listed

    try:
        yield run
    finally:
        session.stop()
        server.stop()
