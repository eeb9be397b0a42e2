"""Plans on Spark Connect (Apache Spark or Sail): the same statements as on DuckDB, in Spark's words.

    relation = spark.open_files("sc://localhost:50051", ["residents.parquet"], folder="/shared/scratch")
    spark.counts(plan, relation);  spark.hits(plan, relation)  → (Arrow table, reasons)

Small tables reach the cluster as Parquet files in `folder`, which it must be able to read: sending them in the call loses nulls in
decimals and lists. Integers are cast to the width the plan knows, since Spark's ANSI arithmetic raises where they overflow.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yiwang.kernel.errors import Unavailable
from yiwang.rules.adapters.population import Population
from yiwang.rules.core.plan.dialects import SPARK
from yiwang.rules.core.plan.plan import Plan
from yiwang.rules.core.plan.profiles import Count
from yiwang.rules.core.plan.tables import Reason


@dataclass(frozen=True)
class Relation:
    """A table name or a SELECT in parentheses on a session; `folder` is for the small tables of a run."""

    session: Any
    source: str
    folder: Path


def connect(url: str) -> Any:
    """A session on a server. Raises Unavailable when the Spark extra is not installed."""
    try:
        from pyspark.sql import SparkSession  # the extra: only who runs on Spark has it
    except ImportError as why:
        raise Unavailable(
            zh="没有安装 Spark 客户端（pyspark-client）。", en="The Spark client (pyspark-client) is not installed."
        ) from why
    return SparkSession.builder.remote(url).getOrCreate()


def open_files(session: Any, files: Sequence[str | Path], folder: str | Path) -> Relation:
    """Parquet files as one table."""
    listed = [str(Path(file).absolute()) for file in files]
    view = f"_r{uuid.uuid4().hex[:8]}"
    session.read.parquet(*listed).createOrReplaceTempView(view)
    return Relation(session, view, Path(folder))


class SparkEngine:
    dialect = SPARK

    def __init__(self, relation: Relation) -> None:
        self.session = relation.session
        self.folder = relation.folder / f"run-{uuid.uuid4().hex[:12]}"
        self.folder.mkdir(parents=True)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        table = self.arrow(statement)
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def arrow(self, statement: str) -> pa.Table:
        return self.session.sql(statement).toArrow()

    def hold(self, name: str, table: pa.Table) -> None:
        # a file whose name begins with _ is not there for Spark
        file = self.folder / f"t{name}.parquet"
        pq.write_table(table, file)
        self.session.read.parquet(str(file)).createOrReplaceTempView(name)

    def keep(self, name: str, statement: str) -> None:
        """The rows as Parquet: a view would be worked out anew by every query on it."""
        file = self.folder / f"t{name}"
        self.session.sql(statement).write.mode("overwrite").parquet(str(file))
        self.session.read.parquet(str(file)).createOrReplaceTempView(name)

    def drop(self, names: Iterable[str]) -> None:
        for name in names:
            self.session.catalog.dropTempView(name)
        shutil.rmtree(self.folder, ignore_errors=True)


def _taking(plan: Plan, relation: Relation) -> Population:
    return Population(plan, SparkEngine(relation), relation.source)


def counts(plan: Plan, relation: Relation) -> list[Count]:
    """Rows per outcome, rule and result of every decision."""
    with _taking(plan, relation) as taking:
        return taking.counts()


def hits(
    plan: Plan, relation: Relation, results: Iterable[str] | None = None, decisions: Sequence[str] | None = None
) -> tuple[pa.Table, tuple[Reason, ...]]:
    """The long hit list, and what each number in `reason` stands for."""
    with _taking(plan, relation) as taking:
        kept = None if results is None else frozenset(results)
        return taking.engine.arrow(taking.hits(kept, decisions)), tuple(taking.reasons.listed)


def masks(plan: Plan, relation: Relation) -> pa.Table:
    """Key and words of every row."""
    with _taking(plan, relation) as taking:
        return taking.engine.arrow(taking.masks())


def wide(plan: Plan, relation: Relation, decisions: Sequence[str] | None = None) -> pa.Table:
    """One column per output."""
    with _taking(plan, relation) as taking:
        return taking.engine.arrow(taking.wide(decisions))
