"""The facts of a day for everyone, as one typed Parquet file: what every engine reads the same."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from yiwang.rules.core.facts import derived_sql
from yiwang.rules.core.feel.values import Date
from yiwang.rules.core.plan.columns import Column

_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_WHOLE = {
    "TINYINT": 3,
    "SMALLINT": 5,
    "INTEGER": 10,
    "BIGINT": 19,
    "UTINYINT": 3,
    "USMALLINT": 5,
    "UINTEGER": 10,
    "UBIGINT": 20,
    "HUGEINT": 38,
}
BATCH = 20_000


@dataclass(frozen=True)
class FactColumn:
    """An input as it is asked for: the population's column `source`, derived by `derive`."""

    name: str
    source: str
    derive: str


@dataclass(frozen=True)
class FactFile:
    """`columns` by input name, as plans read them; the subjects are in the column `key`."""

    path: Path
    key: str
    columns: Mapping[str, Column]
    rows: int


class WrongColumn(ValueError):
    """A column of a type no fact can have; says which."""

    def __init__(self, name: str, kind: str) -> None:
        super().__init__(f"{name}: {kind}")
        self.name, self.kind = name, kind


@contextmanager
def connected(scratch: Path, *, memory: str = "1GB", threads: int = 2) -> Iterator[duckdb.DuckDBPyConnection]:
    """One short-lived connection. The common-subexpression optimiser is off: it gets months wrong (measured on 1.5.5)."""
    scratch.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        config={
            "temp_directory": str(scratch),
            "memory_limit": memory,
            "threads": threads,
            "disabled_optimizers": "common_subexpressions",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    try:
        yield connection
    finally:
        connection.close()


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def facts_write(
    db: duckdb.DuckDBPyConnection, files: Iterable[str], key: str, columns: Iterable[FactColumn], on: Date, folder: Path
) -> FactFile:
    """Write the facts of a day beside each other, in the order of the population. Raises WrongColumn."""
    listed = list(columns)
    shown = [quoted(key)] + [
        f"{derived_sql(one.derive, quoted(one.source), on)} AS {quoted(one.name)}" for one in listed
    ]
    source = ", ".join(literal(file) for file in files)
    query = f"SELECT {', '.join(shown)} FROM read_parquet([{source}])"
    kinds = {name: kind for name, kind, *_ in db.execute(f"DESCRIBE {query}").fetchall()}
    path = folder / f"facts-{uuid.uuid4().hex}.parquet"
    typed = {one.name: _column(one.name, kinds[one.name]) for one in listed}
    db.execute(f"COPY ({query}) TO {literal(str(path))} (FORMAT parquet, ROW_GROUP_SIZE 122880)")
    count = db.execute(f"SELECT count(*) FROM {literal(str(path))}").fetchone()
    return FactFile(path, key, typed, int(count[0]) if count else 0)


def _column(name: str, kind: str) -> Column:
    found = _DECIMAL.fullmatch(kind)
    if found is not None:
        return Column(name, "number", int(found[1]), int(found[2]))
    if kind in _WHOLE:
        return Column(name, "number", min(_WHOLE[kind], 38), 0, whole=True)
    simple = {"VARCHAR": "string", "BOOLEAN": "boolean", "DATE": "date"}.get(kind)
    if simple is None:
        raise WrongColumn(name, kind)
    return Column(name, simple)  # type: ignore[arg-type]


def facts_rows(db: duckdb.DuckDBPyConnection, facts: FactFile) -> Iterator[tuple[Any, ...]]:
    """(key, each column in order) for every subject."""
    listed = ", ".join(quoted(name) for name in (facts.key, *facts.columns))
    found = db.execute(f"SELECT {listed} FROM {literal(str(facts.path))}")
    while batch := found.fetchmany(BATCH):
        yield from batch
