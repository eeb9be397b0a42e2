"""The first steps of a load: source records → raw rows, and raw rows → what is refused or flagged, with every reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from yiwang.data.core import sql
from yiwang.data.core.checks import ROW_REASONS, Checks
from yiwang.data.core.framing import Framed
from yiwang.data.core.reading import read_csv_sql
from yiwang.data.core.rules import DIMENSION_OF_KIND, set_rules
from yiwang.data.core.semantics import semantic_type
from yiwang.data.schema import ResourceFile

PARQUET = f"(FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {sql.ROW_GROUP})"


@dataclass(frozen=True)
class Raw:
    """The raw rows of one load: a Parquet file with `_row`, `_load`, one VARCHAR per field, and `_more` for the rest."""

    path: Path
    rows: int
    # header index -> field id, for the columns that were taken
    mapping: Mapping[int, str]
    headers: tuple[str, ...]
    # a table of the connection instead of a file, for a handful of rows (examples, tests)
    table: str = ""

    @property
    def scan(self) -> str:
        return self.table or f"read_parquet({sql.text(str(self.path))})"


def raw_of_rows(connection: duckdb.DuckDBPyConnection, resource: ResourceFile, rows: list[dict[str, str]]) -> Raw:
    """Rows given by hand (field id -> text) as raw rows, in a table of the connection."""
    fields = [f.id for f in resource.fields]
    columns = ", ".join(f"{sql.name(f)} VARCHAR" for f in fields)
    connection.execute(f"CREATE OR REPLACE TABLE given (_row BIGINT, _load BIGINT, {columns}, _more VARCHAR[])")
    marks = ", ".join("?" for _ in fields)
    for number, row in enumerate(rows, 1):
        values = [None if row.get(f) is None else str(row[f]) for f in fields]
        connection.execute(f"INSERT INTO given VALUES ({number}, 0, {marks}, [])", values)
    return Raw(Path(), len(rows), dict(enumerate(fields)), tuple(fields), "given")


def stage_raw(
    connection: duckdb.DuckDBPyConnection,
    framed: Framed,
    resource: ResourceFile,
    mapping: Mapping[int, str],
    target: Path,
    load: int,
) -> Raw:
    """Write every framed record to `target`. Raises duckdb.Error when the fast reader meets a malformed record."""
    column_of = {field: f"c{index}" for index, field in mapping.items()}
    number = "CAST(_row AS BIGINT)" if framed.numbered else "row_number() OVER ()"
    fields = [f"{column_of.get(f.id, 'CAST(NULL AS VARCHAR)')} AS {sql.name(f.id)}" for f in resource.fields]
    rest = [f"c{i}" for i in range(len(framed.headers)) if i not in mapping]
    more = f"CAST([{', '.join(rest)}] AS VARCHAR[]) AS _more"
    copy = (
        f"COPY (SELECT {number} AS _row, CAST({load} AS BIGINT) AS _load, {', '.join(fields)}, {more} "
        f"FROM {read_csv_sql(framed)}) TO {sql.text(str(target))} {PARQUET}"
    )
    if framed.numbered:
        connection.execute(copy)
    else:
        _execute_alone(connection, copy)
    rows = connection.execute(f"SELECT count(*) FROM read_parquet({sql.text(str(target))})").fetchone()
    assert rows is not None  # an aggregate always returns a row
    return Raw(target, int(rows[0]), dict(mapping), framed.headers)


def _execute_alone(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    """With one thread: rows that are numbered as they come are work for one, and on 1.5.5 a second thread spins beside it."""
    threads = connection.execute("SELECT current_setting('threads')").fetchone()
    assert threads is not None  # a setting is always there
    connection.execute("SET threads = 1")
    try:
        connection.execute(statement)
    finally:
        connection.execute(f"SET threads = {int(threads[0])}")


def sift(
    connection: duckdb.DuckDBPyConnection,
    raw: Raw,
    checks: Checks,
    references: Mapping[str, str],
    target: Path,
    load: int,
) -> tuple[int, Raw]:
    """Write the rows that no check says anything of, typed, to `target`; return how many, and the rows left to judge.

    One pass over everything, so that what follows looks closer at the rest only, most often one row in a hundred. Rows whose
    unique key may stand twice or whose reference may lead nowhere are left to judge. Where that is most of the file
    nothing is written: 0 and all rows.
    """
    unless = [*_perhaps_twice(connection, raw, checks), *_perhaps_nowhere(checks, references)]
    connection.execute(
        f"COPY (SELECT * EXCLUDE (_row), CAST({load} AS BIGINT) AS _load, _row FROM "
        f"({checks.silent_sql(raw.scan, unless)})) TO {sql.text(str(target))} {PARQUET}"
    )
    silent = f"read_parquet({sql.text(str(target))})"
    counted = connection.execute(f"SELECT count(*) FROM {silent}").fetchone()
    assert counted is not None  # an aggregate always returns a row
    written = int(counted[0])
    if written * 2 < raw.rows:
        target.unlink()
        return 0, raw
    connection.execute(
        f"CREATE OR REPLACE TABLE rest AS SELECT * FROM {raw.scan} ANTI JOIN (SELECT _row FROM {silent}) USING (_row)"
    )
    return written, replace(raw, rows=raw.rows - written, table="rest")


def _perhaps_twice(connection: duckdb.DuckDBPyConnection, raw: Raw, checks: Checks) -> list[str]:
    """A condition for each set of unique fields of which some hash stands twice."""
    found = []
    unique = [r.fields for r in set_rules(checks.resource) if r.kind == "unique"]
    for place, fields in enumerate((checks.resource.key, *unique)):
        hashed = f"hash({', '.join(sql.name(f) for f in fields)})"
        present = " AND ".join(f"{sql.name(f)} IS NOT NULL" for f in fields)
        connection.execute(
            f"CREATE OR REPLACE TABLE often_{place} AS SELECT h FROM (SELECT {hashed} AS h FROM "
            f"({checks.typed_sql(raw.scan, outcomes=False)}) WHERE {present}) GROUP BY h HAVING count(*) > 1"
        )
        if connection.execute(f"SELECT h FROM often_{place} LIMIT 1").fetchone():
            found.append(f"({present} AND {hashed} IN (SELECT h FROM often_{place}))")
    return found


def _perhaps_nowhere(checks: Checks, references: Mapping[str, str]) -> list[str]:
    """A condition for each foreign key whose table is there."""
    found = []
    for rule in set_rules(checks.resource):
        other, _, column = rule.references.partition(".")
        if rule.kind == "foreign_key" and other in references:
            field, known = sql.name(rule.fields[0]), sql.name(column)
            values = f"SELECT {known} FROM {references[other]} WHERE {known} IS NOT NULL"
            found.append(f"({field} IS NOT NULL AND {field} NOT IN ({values}))")
    return found


def conditions_asked(connection: duckdb.DuckDBPyConnection, raw: Raw, checks: Checks) -> None:
    """Before anything is sifted or judged: the tables of those conditions that no SQL says exactly. Most resources have none."""
    for rule in checks.row_rules:
        if rule.asked is None:
            continue
        # only here, for the same reason as in rules.py
        from yiwang.data.core.conditions.asking import broken_hold

        asked = rule.asked
        broken_hold(connection, checks.typed_sql(raw.scan, outcomes=False), asked.condition, checks.as_of, asked.table)


@dataclass(frozen=True)
class Judged:
    """What the checks said. Tables `reasons` (_row, code, field, dimension, rejects) and `refused` (_row) stand in the
    connection; `unchecked` lists rules whose reference table does not exist yet."""

    refused: int
    unchecked: tuple[str, ...]


def judge(connection: duckdb.DuckDBPyConnection, raw: Raw, checks: Checks, references: Mapping[str, str]) -> Judged:
    """Run every check over the raw rows. `references` maps resource ids to the SQL that reads their standard table."""
    connection.execute(f"CREATE OR REPLACE TABLE marked AS {checks.marked_sql(raw.scan)}")
    _reasons_from_marks(connection, checks)
    connection.execute("CREATE OR REPLACE TABLE refused AS SELECT _row FROM marked WHERE refused")
    unchecked = _foreign_keys(connection, raw, checks, references)
    _shifted_rows(connection, raw, checks)
    _duplicates(connection, raw, checks, checks.resource.key, "duplicate_key", True)
    for rule in set_rules(checks.resource):
        if rule.kind == "unique":
            _duplicates(connection, raw, checks, rule.fields, rule.id, rule.severity == "reject")
    count = connection.execute("SELECT count(*) FROM refused").fetchone()
    assert count is not None
    return Judged(int(count[0]), unchecked)


def _reasons_from_marks(connection: duckdb.DuckDBPyConnection, checks: Checks) -> None:
    """Turn the mark columns into long form through the legend, so that each reason is a row."""
    connection.execute(
        "CREATE OR REPLACE TABLE reasons (_row BIGINT, code VARCHAR, field VARCHAR, dimension VARCHAR, rejects BOOLEAN)"
    )
    connection.execute(
        "CREATE OR REPLACE TABLE legend (col VARCHAR, val INTEGER, code VARCHAR, field VARCHAR, dimension VARCHAR, "
        "rejects BOOLEAN)"
    )
    legend = [(m.column, m.value, m.code, m.field, m.dimension, m.rejects) for m in checks.marks()]
    connection.executemany("INSERT INTO legend VALUES (?, ?, ?, ?, ?, ?)", legend)
    present = [row[0] for row in connection.execute("DESCRIBE marked").fetchall()]
    columns = [c for c in present if c not in {"_row", "refused"}]
    casts = ", ".join(f"CAST({sql.name(c)} AS INTEGER) AS {sql.name(c)}" for c in columns)
    connection.execute(
        f"INSERT INTO reasons SELECT _row, code, field, dimension, rejects FROM "
        f"(UNPIVOT (SELECT _row, {casts} FROM marked) ON {', '.join(sql.name(c) for c in columns)} "
        f"INTO NAME col VALUE val) JOIN legend USING (col, val)"
    )


def _duplicates(
    connection: duckdb.DuckDBPyConnection,
    raw: Raw,
    checks: Checks,
    fields: tuple[str, ...],
    code: str,
    rejects: bool,
) -> None:
    """Among rows not refused so far, all but the first of each key. Hashes first: most files have no duplicate at all."""
    keys = ", ".join(sql.name(f) for f in fields)
    rows = f"(SELECT _row, {keys} FROM ({checks.typed_sql(raw.scan, outcomes=False)}) ANTI JOIN refused USING (_row))"
    present = " AND ".join(f"{sql.name(f)} IS NOT NULL" for f in fields)
    connection.execute(
        f"CREATE OR REPLACE TABLE twice AS SELECT h FROM (SELECT hash({keys}) AS h FROM {rows} WHERE {present}) "
        "GROUP BY h HAVING count(*) > 1"
    )
    connection.execute(
        f"INSERT INTO reasons SELECT _row, {sql.text(code)}, {sql.text(','.join(fields))}, 'consistency', {rejects} "
        f"FROM (SELECT _row, row_number() OVER (PARTITION BY {keys} ORDER BY _row) AS place FROM {rows} "
        f"WHERE {present} AND hash({keys}) IN (SELECT h FROM twice)) WHERE place > 1"
    )
    if rejects:
        connection.execute(f"INSERT INTO refused SELECT _row FROM reasons WHERE code = {sql.text(code)}")


def _foreign_keys(
    connection: duckdb.DuckDBPyConnection, raw: Raw, checks: Checks, references: Mapping[str, str]
) -> tuple[str, ...]:
    unchecked = []
    for rule in set_rules(checks.resource):
        if rule.kind != "foreign_key":
            continue
        other, column = rule.references.split(".")
        table = references.get(other)
        if not table:
            unchecked.append(rule.id)
            continue
        field = sql.name(rule.fields[0])
        rejects = rule.severity == "reject"
        connection.execute(
            f"INSERT INTO reasons SELECT _row, {sql.text(rule.id)}, {sql.text(rule.fields[0])}, "
            f"{sql.text(DIMENSION_OF_KIND[rule.kind])}, {rejects} "
            f"FROM (SELECT _row, {field} AS value FROM ({checks.typed_sql(raw.scan, outcomes=False)})) "
            f"ANTI JOIN (SELECT DISTINCT {sql.name(column)} AS value FROM {table}) USING (value) "
            "WHERE value IS NOT NULL"
        )
        if rejects:
            connection.execute(
                f"INSERT INTO refused SELECT _row FROM reasons WHERE code = {sql.text(rule.id)} "
                "AND _row NOT IN (SELECT _row FROM refused)"
            )
    return tuple(unchecked)


def _shifted_rows(connection: duckdb.DuckDBPyConnection, raw: Raw, checks: Checks) -> None:
    """Say "shifted" of a refused row whose checked number stands, valid, in the column beside its own."""
    index_of = {field: index for index, field in raw.mapping.items()}
    for field in checks.resource.fields:
        if not semantic_type(field.semantic).evidence or field.id not in index_of:
            continue
        for beside in (index_of[field.id] - 1, index_of[field.id] + 1):
            neighbour = raw.mapping.get(beside)
            if neighbour is None:
                continue
            steps, own = checks.steps(field), sql.name(field.id)
            text = f"SELECT _row, {sql.name(neighbour)} AS {own} FROM {raw.scan}"
            failing = f"SELECT _row FROM marked WHERE {sql.name('fail:' + field.id)} > 0"
            query = f"SELECT _row, {steps.clean} AS {own} FROM ({text}) SEMI JOIN ({failing}) USING (_row)"
            for stage in steps.parse:
                query = f"SELECT *{''.join(f', {e} AS {n}' for n, e in stage.items())} FROM ({query})"
            connection.execute(
                f"INSERT INTO reasons SELECT _row, 'row_shifted', {sql.text(field.id)}, "
                f"{sql.text(ROW_REASONS['row_shifted'][1])}, TRUE "
                f"FROM ({query}) WHERE {own} IS NOT NULL AND ({steps.fail}) = 0"
            )
