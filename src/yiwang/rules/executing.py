"""Running prepared decisions over a file of facts: in one pass by the compiler, or by the interpreter, subject after subject.

Both give the same: counts for each rule, and the hits (who is granted what, by which rule) as Parquet files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from yiwang.rules.adapters.factfile import FactFile, facts_rows, literal
from yiwang.rules.answers import MatchCount
from yiwang.rules.asking import parameter_value, parameters_on
from yiwang.rules.core.feel.values import Value
from yiwang.rules.core.plan.columns import value_of
from yiwang.rules.deciding import granted_with
from yiwang.rules.prepared import Prepared
from yiwang.rules.runs import HITS, Asked, Tally, stored_amount

INTERPRETER = "interpreter://"


@dataclass(frozen=True)
class Executed:
    """Counts in the order asked; `hits` is one file with those of every decision."""

    counts: tuple[MatchCount, ...]
    hits: Path


def execute(
    asked: Sequence[Asked], facts: FactFile, db: duckdb.DuckDBPyConnection, on: date, engine: str, folder: Path
) -> Executed:
    """Run the decisions on the engine of that URL; `interpreter://` is the slow, simple reference.

    Raises PlanRefused for a decision that cannot be taken for everyone in one pass.
    """
    fixed = {one.id: _parameters(one.found, on) for one in asked}
    tallies: dict[str, Tally] = {}
    parts: list[Path] = []
    if engine == INTERPRETER:
        tallies = interpret(asked, facts, db, on, fixed, folder / "interpreted.parquet")
        parts.append(folder / "interpreted.parquet")
    else:
        # only here: the compiler takes longer to import than most commands take
        from yiwang.rules.compiled import compiled, groups

        for number, group in enumerate(groups(asked, fixed)):
            part = folder / f"hits-{number}.parquet"
            tallies |= compiled(group, facts, db, on, fixed, engine, part)
            parts.append(part)
    hits = folder / "hits.parquet"
    listed = ", ".join(literal(str(part)) for part in parts)
    db.execute(
        f"COPY (SELECT * FROM read_parquet([{listed}]) ORDER BY decision, subject) TO {literal(str(hits))} (FORMAT parquet)"
    )
    return Executed(tuple(tallies[one.id].told(one) for one in asked), hits)


def interpret(
    asked: Sequence[Asked],
    facts: FactFile,
    db: duckdb.DuckDBPyConnection,
    on: date,
    fixed: Mapping[str, Mapping[str, Value]],
    hits: Path,
) -> dict[str, Tally]:
    """What each decision says of one subject, for each of them."""
    columns = list(facts.columns.items())
    tallies = {one.id: Tally() for one in asked}
    with pq.ParquetWriter(hits, HITS) as writer:
        for row in facts_rows(db, facts):
            values = {
                name: value_of(column.kind, stored) for (name, column), stored in zip(columns, row[1:], strict=True)
            }
            lines = []
            for one in asked:
                inputs = {**fixed[one.id], **{name: values[column] for name, column in one.names.items()}}
                rules, granted, amount = _decided(one.found, inputs, on)
                tallies[one.id].add(rules, granted, amount)
                if granted:
                    said = (one.id, row[0], stored_amount(amount), rules[0] if rules else 0)
                    lines.append(dict(zip(HITS.names, said, strict=True)))
            if lines:
                writer.write_table(pa.Table.from_pylist(lines, HITS))
    return tallies


def _parameters(found: Prepared, on: date) -> dict[str, Value]:
    return {name: parameter_value(value) for name, value in parameters_on(found, on).items()}


def _decided(found: Prepared, inputs: Mapping[str, Value], on: date) -> tuple[list[int], bool, Decimal | None]:
    """(numbers of the rules that made the result, granted, amount); no rules where the table gave no answer."""
    granted, value, traces = granted_with(found, inputs, on)
    if value is None:
        return [], granted, None
    rules = [rule.number for table in traces[-1].tables for rule in found.explainer.rules_of(table)]
    return rules, granted, found.reading.amount_of(value)
