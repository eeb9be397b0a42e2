"""zen-engine: the twenty tables in one graph, `evaluate_batch` over some residents, told for all of them."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import zen

from bench.contest import Ran, contend
from bench.rules.hits import Hit, write_hits
from bench.rules.jdm import graph
from bench.rules.stages import Stages
from bench.rules.tables import Table, read_tables
from bench.rules.task import DECISIONS, KEY, contexts

SAMPLE = 5_000


def hits(tables: tuple[Table, ...], person: int, answer: dict[str, Any]) -> list[Hit]:
    """The rules that spoke, as zen answered them."""
    found: list[Hit] = []
    for table in tables:
        said = answer.get(table.id.replace("-", "_")) or []
        for one in said if isinstance(said, list) else [said]:
            amount = one.get("amount")
            found.append((person, table.id, int(one["rule"]), None if amount is None else float(amount)))
    return found


def run(source: Path, out: Path, threads: int) -> Ran:
    stages, tables = Stages(), read_tables(DECISIONS)
    residents = pq.read_table(source)
    sample = contexts(residents.slice(0, SAMPLE))
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"all": graph(tables)}}})
    requests = [{"key": "all", "context": {k: v for k, v in one.items() if k != KEY}} for one in sample]
    answers = stages.scaled(
        "hits_counts", lambda: engine.evaluate_batch(requests), ran=len(sample), rows=residents.num_rows
    )
    found = [
        hit
        for one, answer in zip(sample, answers, strict=True)
        for hit in hits(tables, one[KEY], answer["data"]["result"])
    ]
    write_hits(found, out)
    return Ran(len(sample), len(found), "", stages.seconds, {"zen-engine": version("zen-engine")})


if __name__ == "__main__":
    contend(run)
