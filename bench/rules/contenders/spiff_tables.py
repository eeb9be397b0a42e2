"""SpiffWorkflow's DMN engine on some residents, told for all of them.

It evaluates Python, not FEEL, knows UNIQUE (the first that matches) and COLLECT only, and its cells fail on null: they are rewritten here
as Python that asks for None first. Its own reader of DMN files is passed over: the tables are built as its reader builds them.
"""

from __future__ import annotations

from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.specs.model import DecisionTable, Input, InputEntry, Output, OutputEntry
from SpiffWorkflow.dmn.specs.model import Rule as SpiffRule

from bench.contest import Ran, contend
from bench.rules.hits import Hit, write_hits
from bench.rules.jdm import names
from bench.rules.stages import Stages
from bench.rules.tables import Cell, Constant, Extreme, Formula, Name, Range, Sum, Table, read_tables
from bench.rules.task import DECISIONS, KEY, column, contexts

SAMPLE = 300


def literal(constant: Constant) -> str:
    return str(constant) if isinstance(constant, Decimal) else repr(constant)


def formula(what: Formula) -> str:
    match what:
        case Name(name):
            return column(name)
        case Sum(sign, left, right):
            return f"({formula(left)} {sign} {formula(right)})"
        case Extreme(name, items):
            return f"{name}({', '.join(map(formula, items))})"
        case str() | Decimal():
            return literal(what)


def guarded(what: Formula) -> str:
    read = list(dict.fromkeys(names(what)))
    if not read or isinstance(what, Name):
        return formula(what)
    return f"({formula(what)} if {' and '.join(f'{name} is not None' for name in read)} else None)"


def _range(limits: Range) -> str:
    low = f"{limits.low} {'<=' if limits.low_in else '<'} " if limits.low is not None else ""
    high = f" {'<=' if limits.high_in else '<'} {limits.high}" if limits.high is not None else ""
    return f"({low}?{high})"


def cell(what: Cell) -> str:
    listed = ", ".join(map(literal, what.values))
    if what.negated:
        return "? is not None" if what.null else f"? not in ({listed},)"
    parts = [f"? is not None and ({' or '.join(map(_range, what.ranges))})"] if what.ranges else []
    if what.values:
        parts.append(f"? in ({listed},)")
    if what.null:
        parts.append("? is None")
    return " or ".join(parts)


def spiff_table(table: Table) -> DecisionTable:
    built = DecisionTable(table.id, table.title, "COLLECT" if table.collects else "UNIQUE")
    for at, what in enumerate(table.inputs):
        built.inputs.append(Input(f"in{at}", f"in{at}", f"in{at}", guarded(what), "any"))
    for name in ("rule", *table.outputs):
        built.outputs.append(Output(name, name, name, "any"))
    for rule in table.ordered():
        row = SpiffRule(f"{table.id}-{rule.number}")
        row.row_number = rule.number
        for at, one in enumerate(rule.cells):
            entry = InputEntry(f"{row.id}-in{at}", built.inputs[at])
            entry.lhs = [] if one.always else [cell(one)]
            row.inputEntries.append(entry)
        texts = [str(rule.number), *map(guarded, rule.outputs)]
        for output, text in zip(built.outputs, texts, strict=True):
            said = OutputEntry(f"{row.id}-{output.name}", output)
            said.text = text
            row.outputEntries.append(said)
        built.rules.append(row)
    return built


def decide(engines: list[tuple[Table, DMNEngine]], workflow: Any, resident: dict[str, Any]) -> list[Hit]:
    task = SimpleNamespace(data=resident, workflow=workflow)
    found: list[Hit] = []
    for table, engine in engines:
        said = engine.result(task)
        if not said:
            continue
        rules, amounts = said["rule"], said["amount"]
        pairs = zip(rules, amounts, strict=True) if table.collects else [(rules, amounts)]
        found += [(resident[KEY], table.id, rule, None if a is None else float(a)) for rule, a in pairs]
    return found


def run(source: Path, out: Path, threads: int) -> Ran:
    stages, tables = Stages(), read_tables(DECISIONS)
    residents = pq.read_table(source)
    sample = contexts(residents.slice(0, SAMPLE))
    engines = [(table, DMNEngine(spiff_table(table))) for table in tables]
    workflow = SimpleNamespace(script_engine=PythonScriptEngine())
    found = stages.scaled(
        "hits_counts",
        lambda: [hit for one in sample for hit in decide(engines, workflow, one)],
        ran=len(sample),
        rows=residents.num_rows,
    )
    write_hits(found, out)
    return Ran(len(sample), len(found), "", stages.seconds, {"SpiffWorkflow": version("SpiffWorkflow")})


if __name__ == "__main__":
    contend(run)
