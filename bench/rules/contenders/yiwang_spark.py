"""Ours on Spark Connect (a Sail server of this process): the same plan, for its answers. What it costs is told and held to nothing."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import yiwang
from bench.contest import Ran, contend
from bench.rules.contenders.yiwang_population import compiled, write_answers
from bench.rules.stages import Stages
from bench.rules.task import DECISIONS
from yiwang.rules.adapters import duck, spark


def run(source: Path, out: Path, threads: int) -> Ran:
    # an extra: without it the benchmark says that Spark was not run
    from pysail.spark import SparkConnectServer

    stages = Stages()
    plan = compiled(DECISIONS, duck.open_files([source]))
    server = SparkConnectServer(port=0)
    server.start(background=True)
    session = spark.connect(f"sc://localhost:{server.listening_address[1]}")
    try:
        relation = spark.open_files(session, [source], out)
        stages.measure("hits_counts", lambda: spark.counts(plan, relation))
        hits, reasons = stages.measure("hit_list", lambda: spark.hits(plan, relation))
    finally:
        session.stop()
        server.stop()
    connection = duck.connect(threads)
    connection.register("found", pa.table(hits))
    connection.execute("CREATE TABLE hits AS SELECT * FROM found")
    write_answers(connection, reasons, out / "answers.parquet")
    rows = pq.read_metadata(source).num_rows
    return Ran(rows, hits.num_rows, "", stages.seconds, {"yiwang": yiwang.__version__})


if __name__ == "__main__":
    contend(run)
