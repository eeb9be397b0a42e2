"""zen-engine, one resident at a time with `trace=True`: the twenty decisions asked one by one, and all in one graph."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import zen

from bench.contest import Ran, contend
from bench.rules.hits import write_amounts
from bench.rules.jdm import graph
from bench.rules.stages import Stages
from bench.rules.tables import Table, read_tables
from bench.rules.task import DECIDED, DECISIONS, KEY, contexts

TRACE = {"trace": True}


def amount(table: Table, result: dict[str, Any]) -> float | None:
    """What a decision comes to: the sum of what a table collects (null where it collects nothing), else 0 where no rule spoke."""
    said = result.get(table.id.replace("-", "_"))
    if not table.collects:
        return float(said["amount"]) if said else 0.0
    found = [one.get("amount") for one in said or []]
    return sum(map(float, found)) if found and None not in found else None


def run(source: Path, out: Path, threads: int) -> Ran:
    stages, tables = Stages(), read_tables(DECISIONS)
    sample = contexts(pq.read_table(source).slice(0, DECIDED))
    people: list[tuple[int, dict[str, Any]]] = [(one.pop(KEY), one) for one in sample]
    engine = zen.ZenEngine()
    whole = engine.create_decision(zen.ZenDecisionContent(json.dumps(graph(tables))))
    single = [engine.create_decision(zen.ZenDecisionContent(json.dumps(graph((table,))))) for table in tables]
    # the result of each answer is kept and its trace let go, as with ours
    answers = stages.measure("one_graph", lambda: [whole.evaluate(inputs, TRACE)["result"] for _, inputs in people])
    stages.measure(
        "one_by_one", lambda: [one.evaluate(inputs, TRACE)["result"] for _, inputs in people for one in single]
    )
    stages.measure("plain", lambda: [whole.evaluate(inputs) for _, inputs in people])
    pairs = zip(people, answers, strict=True)
    rows = [(person, table.id, amount(table, answer)) for (person, _), answer in pairs for table in tables]
    write_amounts(rows, out)
    return Ran(len(people), len(rows), "", stages.seconds, {"zen-engine": version("zen-engine")})


if __name__ == "__main__":
    contend(run)
