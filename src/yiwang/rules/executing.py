"""Running prepared decisions over a file of facts: by the interpreter, subject after subject, or by the compiler, in one pass.

Both give the same: counts for each rule, and the hits (who is granted what, by which rule) as one Parquet file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from yiwang.rules.adapters.factfile import FactFile, facts_rows
from yiwang.rules.answers import MatchCount, RuleCount
from yiwang.rules.asking import parameter_value, parameters_on
from yiwang.rules.core.feel.values import ARITHMETIC, Value
from yiwang.rules.core.plan.columns import value_of
from yiwang.rules.deciding import granted_with
from yiwang.rules.prepared import Prepared

INTERPRETER = "interpreter://"
# Amounts in a hit list: money and areas need no more, and every engine has it.
AMOUNT_PLACES = 6
AMOUNT = pa.decimal128(38, AMOUNT_PLACES)
HITS = pa.schema(
    [
        ("decision", pa.string()),
        ("subject", pa.string()),
        ("granted", pa.bool_()),
        ("amount", AMOUNT),
        ("rule", pa.int32()),
    ]
)


@dataclass(frozen=True)
class Asked:
    """A decision to run: the version it is in, and the input names its facts have in the file."""

    found: Prepared
    version: int
    names: Mapping[str, str]

    @property
    def id(self) -> str:
        return self.found.file.id


@dataclass(frozen=True)
class Executed:
    counts: tuple[MatchCount, ...]
    hits: Path


class Tally:
    """Counts of one decision while it runs."""

    def __init__(self) -> None:
        self.subjects = self.granted = 0
        self.rules: Counter[int] = Counter()
        self.amounts: defaultdict[int, Decimal] = defaultdict(Decimal)
        self.amount: Decimal | None = None

    def add(self, rule: int, granted: bool, amount: Decimal | None) -> None:
        self.subjects += 1
        self.granted += granted
        self.rules[rule] += 1
        if granted and amount is not None:
            self.amounts[rule] = ARITHMETIC.add(self.amounts[rule], amount)
            self.amount = ARITHMETIC.add(self.amount or Decimal(0), amount)

    def told(self, asked: Asked) -> MatchCount:
        bases = rule_bases(asked.found)
        return MatchCount(
            decision=asked.id,
            version=asked.version,
            digest=asked.found.content.digest,
            subjects=self.subjects,
            granted=self.granted,
            amount=self.amount,
            rules=tuple(
                RuleCount(number, bases.get(number, ""), count, self.amounts.get(number))
                for number, count in sorted(self.rules.items())
            ),
        )


def rule_bases(found: Prepared) -> dict[int, str]:
    """The article behind each rule of the decision's own table."""
    return {rule.number: rule.basis for rule in found.explainer.own_rules()}


def interpret(asked: Sequence[Asked], facts: FactFile, db: duckdb.DuckDBPyConnection, on: date, hits: Path) -> Executed:
    """The slow, simple reference: what the decision says of one subject, for each of them."""
    columns = list(facts.columns.items())
    tallies = [Tally() for _ in asked]
    fixed = [_parameters(one.found, on) for one in asked]
    with pq.ParquetWriter(hits, HITS) as writer:
        for row in facts_rows(db, facts):
            values = {
                name: value_of(column.kind, stored) for (name, column), stored in zip(columns, row[1:], strict=True)
            }
            lines = []
            for one, tally, known in zip(asked, tallies, fixed, strict=True):
                inputs = known | {name: values[column] for name, column in one.names.items()}
                rule, granted, amount = _decided(one.found, inputs, on)
                tally.add(rule, granted, amount)
                if granted:
                    lines.append((one.id, row[0], True, stored_amount(amount), rule))
            if lines:
                writer.write_table(
                    pa.Table.from_pylist([dict(zip(HITS.names, line, strict=True)) for line in lines], HITS)
                )
    return Executed(tuple(t.told(one) for t, one in zip(tallies, asked, strict=True)), hits)


def _parameters(found: Prepared, on: date) -> dict[str, Value]:
    return {name: parameter_value(value) for name, value in parameters_on(found, on).items()}


def _decided(found: Prepared, inputs: Mapping[str, Value], on: date) -> tuple[int, bool, Decimal | None]:
    """(number of the first rule that counted, 0 for none; granted; amount)."""
    granted, value, traces = granted_with(found, inputs, on)
    top = traces[-1]
    rules = [rule.number for table in top.tables for rule in found.explainer.rules_of(table)]
    return (rules[0] if rules else 0), granted, found.reading.amount_of(value)


def stored_amount(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(Decimal(1).scaleb(-AMOUNT_PLACES), context=ARITHMETIC)


def execute(
    asked: Sequence[Asked], facts: FactFile, db: duckdb.DuckDBPyConnection, on: date, engine: str, folder: Path
) -> Executed:
    """Run the decisions on the engine of that URL."""
    return interpret(asked, facts, db, on, folder / "hits.parquet")
