"""The last steps of a load: accepted rows → standard table, rejected rows → their own file.

The table changes in one commit. Rows that were there before and did not change are left alone, so that loading the same
content twice makes no new version.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from yiwang.data.core import sql
from yiwang.data.core.checks import Checks
from yiwang.data.core.framing import Framed
from yiwang.data.core.staging import PARQUET, Raw


@dataclass(frozen=True)
class Change:
    """What a load does to its table: files to add, files to take out, and the rows behind them."""

    add: tuple[Path, ...]
    remove: tuple[str, ...]
    inserted: int
    updated: int
    removed: int


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None  # aggregates always return a row
    return int(row[0] or 0)


def write_accepted(connection: duckdb.DuckDBPyConnection, raw: Raw, checks: Checks, load: int, target: Path) -> int:
    """Write the accepted rows, typed, with `_load` and `_row` as their lineage. Returns how many there are."""
    columns = ", ".join(sql.name(name) for name, _ in checks.output_columns())
    connection.execute(
        f"COPY (SELECT {columns}, CAST({load} AS BIGINT) AS _load, _row FROM "
        f"({checks.typed_sql(raw.scan, outcomes=False)}) ANTI JOIN refused USING (_row)) "
        f"TO {sql.text(str(target))} {PARQUET}"
    )
    return _one(connection, f"SELECT count(*) FROM {sql.rows_of([str(target)])}")


def write_rejected(connection: duckdb.DuckDBPyConnection, raw: Raw, framed: Framed, target: Path) -> int:
    """Write every rejected row whole: `row`, `cells` in header order, `text` of a broken record, `reasons`."""
    rest = [i for i in range(len(raw.headers)) if i not in raw.mapping]
    cells = ", ".join(
        f"raw.{sql.name(raw.mapping[i])}" if i in raw.mapping else f"raw._more[{rest.index(i) + 1}]"
        for i in range(len(raw.headers))
    )
    broken = (
        f"read_csv({sql.text(str(framed.broken))}, header = false, auto_detect = false, delim = ',', quote = '\"', "
        "columns = {'row': 'BIGINT', 'code': 'VARCHAR', 'text': 'VARCHAR'}, max_line_size = 16777216)"
        if framed.broken is not None and framed.broken_count
        else "(SELECT 0::BIGINT AS row, '' AS code, '' AS text LIMIT 0)"
    )
    connection.execute(
        "COPY (SELECT * FROM ("
        f"SELECT raw._row AS row, CAST([{cells}] AS VARCHAR[]) AS cells, '' AS text, why.reasons "
        f"FROM {raw.scan} raw JOIN (SELECT _row, list({{'code': code, 'field': field}} ORDER BY field, code) AS reasons "
        "FROM reasons WHERE rejects GROUP BY _row) why USING (_row) SEMI JOIN refused USING (_row) UNION ALL "
        f"SELECT row, CAST([] AS VARCHAR[]), text, [{{'code': code, 'field': ''}}] FROM {broken}) ORDER BY row) "
        f"TO {sql.text(str(target))} {PARQUET}"
    )
    return _one(connection, f"SELECT count(*) FROM {sql.rows_of([str(target)])}")


def plan_change(
    connection: duckdb.DuckDBPyConnection, checks: Checks, accepted: list[Path], current: list[str], new_file: Path
) -> Change:
    """Compare accepted rows with the table's files (`current`) and prepare the smallest change.

    merge: new keys are added, changed rows replace their old ones (only the files that hold them are written again).
    replace: the table becomes the accepted rows. append: all rows are added.
    `new_file` is where rows are written when the accepted files cannot be taken as they are.
    """
    given = [str(path) for path in accepted]
    rows = _one(connection, f"SELECT count(*) FROM {sql.rows_of(given)}")
    if not current or checks.resource.load.mode == "append":
        return Change(tuple(accepted) if rows else (), (), rows, 0, 0)
    columns = [name for name, _ in checks.output_columns()]
    keys = ", ".join(sql.name(k) for k in checks.resource.key)
    old, new = sql.table_of(current, checks.output_columns()), sql.rows_of(given)
    connection.execute(
        f"CREATE OR REPLACE TABLE compared AS SELECT new._row, "
        f"{' AND '.join(f'old.{sql.name(k)} IS NULL' for k in checks.resource.key[:1])} AS is_new, "
        f"{' OR '.join(f'old.{sql.name(c)} IS DISTINCT FROM new.{sql.name(c)}' for c in columns)} AS differs "
        f"FROM {new} new LEFT JOIN {old} old USING ({keys})"
    )
    inserted = _one(connection, "SELECT count(*) FROM compared WHERE is_new")
    updated = _one(connection, "SELECT count(*) FROM compared WHERE NOT is_new AND differs")
    if checks.resource.load.mode == "replace":
        removed = _one(connection, f"SELECT count(*) FROM {old} ANTI JOIN (SELECT {keys} FROM {new}) USING ({keys})")
        if not (inserted or updated or removed):
            return Change((), (), 0, 0, 0)
        return Change(tuple(accepted) if rows else (), tuple(current), inserted, updated, removed)
    if not inserted and not updated:
        return Change((), (), 0, 0, 0)
    if inserted == rows:
        return Change(tuple(accepted), (), inserted, 0, 0)
    return _merge(connection, checks.output_columns(), keys, current, accepted, new_file, inserted, updated)


def _merge(
    connection: duckdb.DuckDBPyConnection,
    columns: list[tuple[str, str]],
    keys: str,
    current: list[str],
    accepted: list[Path],
    new_file: Path,
    inserted: int,
    updated: int,
) -> Change:
    new = sql.rows_of([str(path) for path in accepted])
    moved = (
        f"(SELECT {keys} FROM {new} SEMI JOIN (SELECT _row FROM compared WHERE NOT is_new AND differs) USING (_row))"
    )
    listed = f"read_parquet([{', '.join(sql.text(f) for f in current)}], union_by_name = true, filename = true)"
    touched = [
        row[0]
        for row in connection.execute(
            f"SELECT DISTINCT filename FROM {listed} SEMI JOIN {moved} USING ({keys})"
        ).fetchall()
    ]
    every = ", ".join([*(sql.name(c) for c, _ in columns), "_load", "_row"])
    old = sql.table_of(touched, columns) if touched else ""
    kept = f"SELECT {every} FROM {old} ANTI JOIN {moved} USING ({keys}) UNION ALL " if touched else ""
    connection.execute(
        f"COPY ({kept}SELECT {every} FROM {new} SEMI JOIN "
        "(SELECT _row FROM compared WHERE is_new OR differs) USING (_row)) "
        f"TO {sql.text(str(new_file))} {PARQUET}"
    )
    return Change((new_file,), tuple(touched), inserted, updated, 0)
