"""DuckDB with the tables written as CASE: hits and counts, totals, the hit list; and scans of the columns they read.

`hits_counts` keeps result and reason of each person, one CASE each, and counts the reasons. `…_numbered` writes one CASE a table, for the
number of the rule, as a practised person might; `…_enum` does so over ENUM columns. `counts_only` keeps nothing by person.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from bench.contest import Ran, contend
from bench.rules import casesql
from bench.rules.stages import Stages
from bench.rules.tables import Table, read_tables
from bench.rules.task import COLUMNS, DECISIONS, KEY, TEXT_COLUMNS

Row = tuple[str, str, int]


def decide(connection: duckdb.DuckDBPyConnection, tables: tuple[Table, ...], source: str, numbered: bool) -> list[Row]:
    """Hits by person into a table, then the counts."""
    chosen = casesql.decided(tables, source, numbered=numbered)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE decided AS {chosen}")
    return connection.execute(casesql.decided_counts(tables, "decided")).fetchall()


def numbers(tables: tuple[Table, ...], rows: list[Row]) -> dict[str, int]:
    """Counts by decision and number of rule, from counts by reason."""
    known = {(table.id, rule.reason): rule.number for table in tables for rule in table.rules}
    return {f"{decision} {known[decision, reason]}": hits for decision, reason, hits in sorted(rows) if hits}


def run(source: Path, out: Path, threads: int) -> Ran:
    stages, tables = Stages(), read_tables(DECISIONS)
    with duckdb.connect(config={"threads": threads}) as connection:
        connection.execute(f"CREATE TABLE residents AS SELECT * FROM '{source}'")
        found = stages.measure("hits_counts", lambda: decide(connection, tables, "residents", False))
        stages.measure("hits_counts_numbered", lambda: decide(connection, tables, "residents", True))
        stages.measure("counts_only", lambda: connection.execute(casesql.counts(tables, "residents")).fetchall())
        stages.measure("totals", lambda: connection.execute(casesql.totals(tables, "residents")).fetchall())
        written = f"CREATE OR REPLACE TEMP TABLE hits AS {casesql.hits(tables, 'residents')}"
        stages.measure("hit_list", lambda: connection.execute(written))
        listed = ", ".join(f"max({name})" for name in COLUMNS)
        stages.measure("scan_text", lambda: connection.execute(f"SELECT {listed} FROM residents").fetchall())
        for name in TEXT_COLUMNS:
            connection.execute(
                f"CREATE TYPE kind_{name} AS ENUM (SELECT DISTINCT {name} FROM residents WHERE {name} IS NOT NULL)"
            )
        kinds = ", ".join(f"{name}::kind_{name} AS {name}" for name in TEXT_COLUMNS)
        connection.execute(f"CREATE TABLE coded AS SELECT * REPLACE ({kinds}) FROM residents ORDER BY {KEY}")
        stages.measure("hits_counts_enum", lambda: decide(connection, tables, "coded", True))
        stages.measure("scan_enum", lambda: connection.execute(f"SELECT {listed} FROM coded").fetchall())
        total = connection.execute("SELECT count(*) FROM residents").fetchall()[0][0]
        hits = connection.execute("SELECT count(*) FROM hits").fetchall()[0][0]
        connection.execute(f"COPY hits TO '{out / 'hits.parquet'}' (FORMAT parquet)")
    return Ran(total, hits, "", stages.seconds, {"duckdb": duckdb.__version__}, numbers(tables, found))


if __name__ == "__main__":
    contend(run)
