"""Polars: one when/then chain per table for the number of the rule, counts of the numbers; amounts as a hit list.

`hits_counts` on the table as it is read from Parquet (texts, decimals); `hits_counts_prepared` with texts as Enum and decimals as
floats, made beforehand: what a user who knows Polars well keeps in memory.
"""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from operator import and_, or_
from pathlib import Path

import polars as pl

from bench.contest import Ran, contend
from bench.rules.stages import Stages
from bench.rules.tables import Cell, Constant, Extreme, Formula, Name, Range, Rule, Sum, Table, read_tables
from bench.rules.task import DECISIONS, KEY, TEXT_COLUMNS, column

AMOUNT = pl.Decimal(14, 4)
DECIMAL_INPUTS = ("monthly income", "housing area")


def plain(constant: Constant) -> str | int | Decimal:
    """A whole number as an int, so that small columns are not widened."""
    if isinstance(constant, str):
        return constant
    return int(constant) if constant == constant.to_integral_value() else constant


def expression(what: Formula, scaled: bool = False) -> pl.Expr:
    """`scaled`: decimals get four places first, because a product of Polars keeps no more places than its sides have."""
    match what:
        case Name(name):
            value = pl.col(column(name))
            return value.cast(AMOUNT) if scaled and name in DECIMAL_INPUTS else value
        case Sum(sign, left, right):
            a, b = expression(left, scaled), expression(right, scaled)
            return a + b if sign == "+" else a - b if sign == "-" else a * b
        case Extreme(name, items):
            chosen = pl.min_horizontal if name == "min" else pl.max_horizontal
            return chosen([expression(item, scaled).cast(AMOUNT) for item in items])
        case str() | Decimal():
            return pl.lit(plain(what))


def _range(value: pl.Expr, limits: Range) -> pl.Expr:
    parts = []
    if limits.low is not None:
        parts.append(value >= plain(limits.low) if limits.low_in else value > plain(limits.low))
    if limits.high is not None:
        parts.append(value <= plain(limits.high) if limits.high_in else value < plain(limits.high))
    return reduce(and_, parts)


def condition(what: Formula, cell: Cell) -> pl.Expr:
    value, listed = expression(what), [plain(one) for one in cell.values]
    parts = [_range(value, limits) for limits in cell.ranges]
    if len(listed) == 1:
        parts.append(value == listed[0])
    elif listed:
        parts.append(value.is_in(listed))
    if not cell.negated:
        return reduce(or_, [*parts, value.is_null()] if cell.null else parts)
    # not("外地") lets an unknown value pass, not(null) does not
    return value.is_not_null() if cell.null else ~reduce(or_, parts) | value.is_null()


def conditions(table: Table, rule: Rule) -> pl.Expr:
    pairs = zip(table.inputs, rule.cells, strict=True)
    return reduce(and_, [condition(what, cell) for what, cell in pairs if not cell.always])


def number(table: Table) -> pl.Expr:
    """Which rule counts, null where none does."""
    chain = pl.when(False).then(pl.lit(None, pl.UInt8))
    for rule in table.ordered():
        chain = chain.when(conditions(table, rule)).then(pl.lit(rule.number, pl.UInt8))
    return chain.otherwise(None).alias(table.id)


def numbers(tables: tuple[Table, ...], frame: pl.DataFrame) -> pl.DataFrame:
    """A column per table; a table that collects has one for each rule."""
    chosen = []
    for table in tables:
        if table.collects:
            chosen += [conditions(table, r).fill_null(False).alias(f"{table.id}/{r.number}") for r in table.rules]
        else:
            chosen.append(number(table))
    return frame.select(chosen)


def counts(tables: tuple[Table, ...], frame: pl.DataFrame) -> dict[tuple[str, int], int]:
    found, wide = {}, numbers(tables, frame)
    for name in wide.columns:
        table, _, rule = name.partition("/")
        if rule:
            found[table, int(rule)] = int(wide[name].sum())
        else:
            found |= {(table, int(n)): int(hits) for n, hits in wide[name].drop_nulls().value_counts().iter_rows()}
    return found


def _amount(rule: Rule) -> pl.Expr:
    return expression(rule.outputs[-1], scaled=True).cast(AMOUNT)


def hit_list(tables: tuple[Table, ...], frame: pl.DataFrame) -> pl.DataFrame:
    """Rows (person, decision, rule, amount, reason) of everyone a rule speaks of."""
    parts = []
    wide = pl.concat([frame, numbers(tables, frame)], how="horizontal")
    for table in tables:
        for rule in table.rules:
            name = f"{table.id}/{rule.number}" if table.collects else table.id
            hit = pl.col(name) if table.collects else pl.col(name) == rule.number
            parts.append(
                wide.lazy()
                .filter(hit)
                .select(
                    KEY,
                    decision=pl.lit(table.id),
                    rule=pl.lit(rule.number, pl.UInt8),
                    amount=_amount(rule),
                    reason=pl.lit(rule.reason),
                )
            )
    return pl.concat(parts).collect()


def prepared(frame: pl.DataFrame) -> pl.DataFrame:
    kinds = {name: pl.Enum(frame[name].unique().drop_nulls().sort()) for name in TEXT_COLUMNS}
    return frame.with_columns(
        *[pl.col(name).cast(kind) for name, kind in kinds.items()],
        pl.col("monthly_income", "housing_area").cast(pl.Float64),
    )


def run(source: Path, out: Path, threads: int) -> Ran:
    stages, tables = Stages(), read_tables(DECISIONS)
    frame = pl.read_parquet(source).rechunk()
    found = stages.measure("hits_counts", lambda: counts(tables, frame))
    ready = prepared(frame)
    stages.measure("hits_counts_prepared", lambda: counts(tables, ready))
    hits = stages.measure("hit_list", lambda: hit_list(tables, frame))
    hits.write_parquet(out / "hits.parquet")
    return Ran(
        rows=frame.height,
        accepted=hits.height,
        rejected="",
        stages=stages.seconds,
        versions={"polars": pl.__version__},
        reasons={f"{table} {rule}": n for (table, rule), n in sorted(found.items())},
    )


if __name__ == "__main__":
    contend(run)
