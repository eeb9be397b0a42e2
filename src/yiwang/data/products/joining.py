"""Two tables joined in a temporary place, and the figures of groups that come of it: never a row, never a key.

Why a second run gives nobody away. Whoever holds two results can subtract them, so a run is compared, at the pinned
versions, with every earlier run over the same pair of resources:
 1. of each side the keys whose used fields changed are none, or at least the threshold. This is looked at before the
    two sides meet, so that the refusal does not depend on whether one changed person is on the other side;
 2. of each cell of the join the keys that changed are none, or at least the threshold;
 3. a number whose keys did not change stays told, or hidden, as it was: else a hidden one could be had from the other
    result's totals.
Refusing is the simpler sound way: noise or rounding alone, however seeded, still moves when one person does. Sums and
averages are told for cells only, never for totals, so that no sum can be subtracted from another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb

from yiwang.data.core import sql
from yiwang.data.core.checks import output_columns
from yiwang.data.errors import Block
from yiwang.data.opening.cells import Count, TooFine, protected
from yiwang.data.opening.writing import COUNT_COLUMNS
from yiwang.data.products.fusions import SIDES, FusionFile, blocks_stop, column_of
from yiwang.data.schema import ResourceFile
from yiwang.kernel.core.text import Text

# A sum is not told when one contributor makes more than half of it: the second largest could work it out.
DOMINANT = 2
Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Side:
    """One side at a pinned version."""

    file: ResourceFile
    version: int
    files: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """An earlier result: its sides as they were, and which of its numbers were hidden."""

    sides: Mapping[str, Side]
    hidden: Mapping[Key, bool]


def _stop(rule: str, zh: str, en: str, where: str, element: str = "versions") -> None:
    blocks_stop((Block(element, rule, Text(zh=zh, en=en)),), where)


def sides_take(
    connection: duckdb.DuckDBPyConnection, fusion: FusionFile, sides: Mapping[str, Side], prefix: str
) -> None:
    """Only the fields that are used, as tables named by prefix and side. The order of rows is nobody's."""
    for name, side in sides.items():
        listed = ", ".join(sql.name(field) for field in fusion.used(name))
        source = sql.table_of(side.files, output_columns(side.file))
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {prefix}_{name} AS SELECT {listed} FROM {source}")


def rows_in(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0


def _join(connection: duckdb.DuckDBPyConnection, fusion: FusionFile, prefix: str) -> str:
    table = f"{prefix}_joined"
    parts = [f"public.{sql.name(fusion.public.key)} AS key"]
    parts += [
        f"coalesce(CAST({one.side}.{sql.name(one.field)} AS VARCHAR), '') AS {sql.name(column_of(one))}"
        for one in fusion.by
    ]
    parts += [f"{one.side}.{sql.name(one.field)} AS {sql.name(one.id)}" for one in fusion.measures]
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {', '.join(parts)} FROM {prefix}_public AS public "
        f"JOIN {prefix}_purchased AS purchased "
        f"ON public.{sql.name(fusion.public.key)} = purchased.{sql.name(fusion.purchased.key)}"
    )
    return table


def _by(fusion: FusionFile) -> str:
    return ", ".join(sql.name(column_of(one)) for one in fusion.by)


def _changed(now: str, then: str, key: str) -> str:
    """The keys, each once, whose rows are not the same in both tables."""
    return (
        f"SELECT DISTINCT {key} FROM ((SELECT * FROM {now} EXCEPT SELECT * FROM {then}) "
        f"UNION ALL (SELECT * FROM {then} EXCEPT SELECT * FROM {now}))"
    )


def compared(
    connection: duckdb.DuckDBPyConnection,
    fusion: FusionFile,
    before: Sequence[Told],
    counts: Iterable[Count],
    where: str,
) -> None:
    """Raises FusionRefused when this result and an earlier one together would give somebody away."""
    now = {(c.kind, c.keys): c.value is None for c in counts}
    for told in before:
        sides_take(connection, fusion, told.sides, "then")
        _join(connection, fusion, "then")
        moved = _cells_moved(connection, fusion)
        few = any(n < fusion.threshold for n in moved.values())
        still = {k for k in now.keys() | told.hidden.keys() if not any(_within(cell, k) for cell in moved)}
        if few or any(now.get(k) != told.hidden.get(k) for k in still):
            _too_close(fusion, where)


def inputs_compared(
    connection: duckdb.DuckDBPyConnection, fusion: FusionFile, before: Sequence[Told], where: str
) -> None:
    """The first rule: of either side alone, before they meet. Raises FusionRefused."""
    for told in before:
        sides_take(connection, fusion, told.sides, "then")
        moved = [
            rows_in(connection, f"({_changed(f'now_{name}', f'then_{name}', sql.name(fusion.side(name).key))})")
            for name in SIDES
        ]
        if any(0 < n < fusion.threshold for n in moved):
            _too_close(fusion, where)
        if not any(moved):
            zh, en = (
                "两边用到的数据都没有变化，已有结果",
                "nothing that is used has changed: the result is there already",
            )
            _stop("same", zh, en, where)


def _too_close(fusion: FusionFile, where: str) -> None:
    n = fusion.threshold
    # the same words for every reason, and no cell named
    _stop(
        "difference",
        f"与以前某次结果相差不足 {n} 个，相减会看出个人；请等数据变化更多后再做",
        f"this result and an earlier one differ by fewer than {n}: subtracting them would show somebody",
        where,
    )


def _cells_moved(connection: duckdb.DuckDBPyConnection, fusion: FusionFile) -> dict[tuple[str, ...], int]:
    """By cell, how many keys are in it in one join only or with other values."""
    by = _by(fusion)
    found = connection.execute(
        f"SELECT {by}, count(DISTINCT key) FROM ((SELECT * FROM now_joined EXCEPT SELECT * FROM then_joined) "
        f"UNION ALL (SELECT * FROM then_joined EXCEPT SELECT * FROM now_joined)) GROUP BY {by}"
    ).fetchall()
    return {tuple(row[:-1]): int(row[-1]) for row in found}


def _within(cell: tuple[str, ...], key: Key) -> bool:
    """Whether a number counts the keys of a cell."""
    kind, keys = key
    if kind == "grand-total":
        return True
    if kind == "row-total":
        return cell[0] == keys[0]
    return cell[1] == keys[1] if kind == "column-total" else cell == keys


def counted(connection: duckdb.DuckDBPyConnection, fusion: FusionFile, where: str) -> tuple[Count, ...]:
    """Join what `sides_take` took as "now" and count it by group, small counts hidden. Raises FusionRefused."""
    table = _join(connection, fusion, "now")
    for name in SIDES:
        key = sql.name(fusion.side(name).key)
        twice = connection.execute(f"SELECT count({key}) - count(DISTINCT {key}) FROM now_{name}").fetchone()
        if twice and twice[0]:
            zh, en = "同一主键有多行，不能对接", "a key stands in several rows"
            _stop("key", zh, en, where, f"{name}.key")
    found = connection.execute(f"SELECT {_by(fusion)}, count(*) FROM {table} GROUP BY ALL").fetchall()
    try:
        return protected(
            {tuple(row[:-1]): int(row[-1]) for row in found}, threshold=fusion.threshold, rounding=fusion.rounding
        )
    except TooFine as error:
        zh = f"分组太细，小于 {fusion.threshold} 的数会被推算出来；请换更粗的分组"
        _stop("cells", zh, f"the groups are too fine: {error}; use broader ones", where, "by")
        raise


def leaving_make(
    connection: duckdb.DuckDBPyConnection,
    fusion: FusionFile,
    files: Mapping[str, ResourceFile],
    counts: Sequence[Count],
) -> list[dict[str, Any]]:
    """The table `leaving`: groups, counts and, of cells that are told, sums and averages. Answers its columns."""
    measured = _measured(connection, fusion)
    names = [column_of(one) for one in fusion.by]
    kinds = [f"{sql.name(n)} VARCHAR" for n in names] + ["kind VARCHAR", "count BIGINT", "hidden BOOLEAN"]
    kinds += [f"{sql.name(m.id)} DECIMAL(38, 6)" for m in fusion.measures]
    connection.execute(f"CREATE OR REPLACE TEMP TABLE leaving ({', '.join(kinds)})")
    nothing = (None,) * len(fusion.measures)
    rows = [
        [*c.keys[: len(names)], c.kind, c.value, c.value is None]
        + list(measured.get(c.keys, nothing) if c.kind == "cell" and c.value is not None else nothing)
        for c in counts
    ]
    connection.executemany(f"INSERT INTO leaving VALUES ({', '.join('?' * len(kinds))})", rows)
    fields = [(column_of(b), files[b.side].field(b.field)) for b in fusion.by]
    columns = [{"id": id, "title": f.title.model_dump(), "type": "VARCHAR", "unit": ""} for id, f in fields]
    figures = [
        {"id": m.id, "title": m.title.model_dump(), "type": "DECIMAL", "unit": files[m.side].field(m.field).unit}
        for m in fusion.measures
    ]
    return [*columns, *COUNT_COLUMNS, *figures]


def _measured(connection: duckdb.DuckDBPyConnection, fusion: FusionFile) -> dict[tuple[str, ...], tuple[Any, ...]]:
    if not fusion.measures:
        return {}
    parts = []
    for one in fusion.measures:
        m = f"CAST({sql.name(one.id)} AS DECIMAL(38, 6))"
        parts += [f"sum({m})", f"count({m})", f"max(abs({m}))", f"sum(abs({m}))"]
    found = connection.execute(f"SELECT {_by(fusion)}, {', '.join(parts)} FROM now_joined GROUP BY ALL").fetchall()
    wide = len(fusion.by)
    said = {}
    for row in found:
        figures = [row[wide + 4 * n : wide + 4 * n + 4] for n in range(len(fusion.measures))]
        said[tuple(row[:wide])] = tuple(
            _figure(one.kind, one.rounding, fusion.threshold, *four)
            for one, four in zip(fusion.measures, figures, strict=True)
        )
    return said


def _figure(
    kind: str, rounding: Decimal, threshold: int, total: Decimal | None, given: int, largest: Decimal, weight: Decimal
) -> Decimal | None:
    """None where too few gave a value, or one of them is most of it."""
    if total is None or given < threshold or largest * DOMINANT > weight:
        return None
    value = total if kind == "sum" else total / given
    return (value / rounding).quantize(Decimal(1), ROUND_HALF_UP) * rounding
