"""Plans on DuckDB.

    relation = duck.open_files(["residents.parquet"])      # or duck.Relation(connection, "residents")
    duck.counts(plan, relation)                            # → [Count]
    duck.hits(plan, relation, out="hits.parquet")          # → reasons; subject, decision, rule, result, amount, reason, violated
    relation = duck.codes(plan, relation, cache="codes", version="…")   # dictionary codes, written once per table version

Every connection has `disabled_optimizers = 'common_subexpressions'`: with it DuckDB adds 30 days where a month was asked. The order of the
small joins is ours too: the optimiser knows nothing of the size of a positional join and would build on the large side.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from yiwang.rules.adapters.population import Coding, Population
from yiwang.rules.core.plan.columns import Column
from yiwang.rules.core.plan.dialects import DUCKDB
from yiwang.rules.core.plan.lookups import Lookup, coded_name
from yiwang.rules.core.plan.plan import Plan
from yiwang.rules.core.plan.profiles import Count
from yiwang.rules.core.plan.refusal import PlanRefused
from yiwang.rules.core.plan.statements import Statements
from yiwang.rules.core.plan.tables import Reason

_SETTINGS = ("common_subexpressions", "join_order", "build_side_probe_side")
_WHOLE = {
    "TINYINT": 3, "SMALLINT": 5, "INTEGER": 10, "BIGINT": 19, "UTINYINT": 3, "USMALLINT": 5, "UINTEGER": 10,
}  # fmt: skip


_SMALL = 500
_TYPES = {
    pa.uint8(): "UTINYINT", pa.uint16(): "USMALLINT", pa.uint32(): "UINTEGER", pa.int8(): "TINYINT", pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER", pa.int64(): "BIGINT", pa.string(): "VARCHAR", pa.bool_(): "BOOLEAN", pa.date32(): "DATE",
}  # fmt: skip


def _type(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision}, {kind.scale})"
    return f"{_type(kind.value_type)}[]" if pa.types.is_list(kind) else _TYPES[kind]


def connect(threads: int = 1) -> duckdb.DuckDBPyConnection:
    """A connection of its own, in memory."""
    return duckdb.connect(config={"threads": threads, "disabled_optimizers": "common_subexpressions"})


@dataclass(frozen=True)
class Relation:
    """A table, view or SELECT in parentheses on a connection; `coding` once its codes are at hand."""

    connection: duckdb.DuckDBPyConnection
    source: str
    coding: Coding | None = None


def open_files(files: Sequence[str | Path], threads: int = 1) -> Relation:
    """Parquet files, as of a Delta table's version; the order given is the order of the rows."""
    listed = ", ".join(DUCKDB.text(str(file)) for file in files)
    return Relation(connect(threads), f"(SELECT * FROM read_parquet([{listed}]))")


def columns(relation: Relation) -> dict[str, Column]:
    """The columns of a relation by name. Raises PlanRefused for a float: FEEL's numbers are decimal."""
    found = {}
    for name, kind, *_ in relation.connection.execute(f"DESCRIBE SELECT * FROM {relation.source} AS b").fetchall():
        column = _column(name, str(kind))
        if column is not None:
            found[name] = column
    return found


def _column(name: str, kind: str) -> Column | None:
    if kind in _WHOLE:
        return Column(name, "number", _WHOLE[kind], 0, whole=True)
    if kind.startswith("DECIMAL"):
        digits, places = kind.removeprefix("DECIMAL(").removesuffix(")").split(",")
        return Column(name, "number", int(digits), int(places))
    if kind in ("FLOAT", "DOUBLE"):
        raise PlanRefused(
            zh=f"列“{name}”是浮点数，决策须用十进制数；请存为 DECIMAL。",
            en=f"The column {name} is a float; decisions are taken on decimals. Store it as DECIMAL.",
        )
    if kind == "VARCHAR" or kind.startswith("ENUM"):
        return Column(name, "string")
    if kind == "VARCHAR[]":
        return Column(name, "strings")
    return Column(name, "boolean") if kind == "BOOLEAN" else Column(name, "date") if kind == "DATE" else None


class DuckEngine:
    dialect = DUCKDB

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        found = connection.execute("SELECT current_setting('disabled_optimizers')").fetchone()
        self._before = str(found[0]) if found else ""
        names = {*filter(None, self._before.split(",")), *_SETTINGS}
        connection.execute(f"SET disabled_optimizers = '{','.join(sorted(names))}'")

    def close(self) -> None:
        self.connection.execute(f"SET disabled_optimizers = '{self._before}'")

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(statement).fetchall()

    def arrow(self, statement: str) -> pa.Table:
        return self.connection.execute(statement).to_arrow_table()

    def hold(self, name: str, table: pa.Table) -> None:
        if table.num_rows <= _SMALL:
            # several times cheaper than scanning an Arrow table, and a run holds dozens of small ones
            listed = ", ".join(
                f"unnest(${at + 1}::{_type(one.type)}[]) AS {DUCKDB.name(one.name)}"
                for at, one in enumerate(table.schema)
            )
            values = [column.to_pylist() for column in table.columns]
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {DUCKDB.name(name)} AS SELECT {listed}", values)
            return
        view = f"{name}_view"
        self.connection.register(view, table)
        try:
            # a copy: the engine knows the range of its keys and joins by position
            self.connection.execute(
                f"CREATE OR REPLACE TEMP TABLE {DUCKDB.name(name)} AS SELECT * FROM {DUCKDB.name(view)}"
            )
        finally:
            self.connection.unregister(view)

    def keep(self, name: str, statement: str) -> None:
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {DUCKDB.name(name)} AS {statement}")

    def drop(self, names: Iterable[str]) -> None:
        for name in names:
            self.connection.execute(f"DROP TABLE IF EXISTS {DUCKDB.name(name)}")


class Taking(Population):
    """A run on DuckDB; the connection's settings are as they were when it ends."""

    def __init__(self, plan: Plan, relation: Relation) -> None:
        self.duck = DuckEngine(relation.connection)
        super().__init__(plan, self.duck, relation.source, relation.coding)

    def __exit__(self, *_: object) -> None:
        super().__exit__(*_)
        self.duck.close()


def counts(plan: Plan, relation: Relation) -> list[Count]:
    """Rows per outcome, rule and result of every decision."""
    with Taking(plan, relation) as taking:
        return taking.counts()


def hits(
    plan: Plan,
    relation: Relation,
    out: str | Path,
    results: Iterable[str] | None = None,
    decisions: Sequence[str] | None = None,
) -> tuple[Reason, ...]:
    """The long hit list as a Parquet file; the answer is what each number in `reason` stands for."""
    with Taking(plan, relation) as taking:
        kept = None if results is None else frozenset(results)
        _copy(taking, taking.hits(kept, decisions), out)
        return tuple(taking.reasons.listed)


def masks(plan: Plan, relation: Relation, out: str | Path) -> None:
    """Key and words of every row as a Parquet file."""
    with Taking(plan, relation) as taking:
        _copy(taking, taking.masks(), out)


def wide(plan: Plan, relation: Relation, out: str | Path, decisions: Sequence[str] | None = None) -> None:
    """One column per output as a Parquet file."""
    with Taking(plan, relation) as taking:
        _copy(taking, taking.wide(decisions), out)


def _copy(taking: Taking, statement: str, out: str | Path) -> None:
    taking.duck.connection.execute(f"COPY ({statement}) TO {DUCKDB.text(str(out))} (FORMAT parquet)")


# Codes ------------------------------------------------------------------------------------------------------------------


def codes(plan: Plan, relation: Relation, cache: str | Path, version: str) -> Relation:
    """The relation with the codes of its columns at hand: a small file per few columns, written when it is not there yet.

    A file is named by the version of the table, its columns and their constants, so a changed threshold codes those anew.
    """
    stage = plan.stages[0]
    if stage.valued:
        return relation
    statements = Statements(stage, DUCKDB, "_codes")
    folder = Path(cache) / hashlib.sha256(version.encode()).hexdigest()[:24]
    folder.mkdir(parents=True, exist_ok=True)
    wanted = statements.shared
    files = {one.name: folder / f"{_digest(statements, one)}.parquet" for one in wanted}
    missing = [one for one in wanted if not files[one.name].exists()]
    if missing:
        _write(statements, relation, missing, files)
    if not wanted:
        return relation
    alone = " POSITIONAL JOIN ".join(
        f"(SELECT code AS {DUCKDB.name(coded_name(one.name))} FROM read_parquet({DUCKDB.text(str(files[one.name]))}))"
        for one in wanted
    )
    return replace(relation, coding=Coding(f"({alone})", f"({relation.source} POSITIONAL JOIN {alone})"))


def _digest(statements: Statements, one: Lookup) -> str:
    said = statements.code(one)
    for member in one.members:
        if member.expression is not None:
            said += statements.written[member.name].text
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def _write(statements: Statements, relation: Relation, missing: list[Lookup], files: dict[str, Path]) -> None:
    connection, table = relation.connection, f"_c{uuid.uuid4().hex[:8]}"
    select = statements.codes(statements.facts(relation.source), (), missing)
    connection.execute(f"CREATE TEMP TABLE {table} AS {select}")
    try:
        for one in missing:
            file = files[one.name]
            part = file.with_name(f"{file.stem}.{uuid.uuid4().hex[:8]}.part")
            name = DUCKDB.name(coded_name(one.name))
            connection.execute(
                f"COPY (SELECT {name} AS code FROM {table}) TO {DUCKDB.text(str(part))} (FORMAT parquet)"
            )
            os.replace(part, file)
    finally:
        connection.execute(f"DROP TABLE {table}")
