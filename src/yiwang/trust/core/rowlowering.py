"""A row filter as one SQL condition, or the reason why it has no exact equal there."""

from __future__ import annotations

import ibis
from ibis.common.exceptions import IbisError

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.values import DateTime
from yiwang.rules.core.plan.columns import Column, Kind
from yiwang.rules.core.plan.dialects import DUCKDB
from yiwang.rules.core.plan.lowering import Setting, lower, truth
from yiwang.rules.core.plan.typed import Unlowerable, column_type, column_typed
from yiwang.rules.errors import BudgetExceeded
from yiwang.trust.core.rowfilter import FilterWrong

_KINDS: dict[str, Kind] = {"VARCHAR": "string", "BOOLEAN": "boolean", "DATE": "date"}


def lowered(node: n.Node, types: tuple[tuple[str, str], ...], now: DateTime) -> str:
    """Raises FilterWrong."""
    columns = {name: _column(name, kind) for name, kind in types}
    table = ibis.table({name: column_type(column) for name, column in columns.items()}, name="records")
    setting = Setting({name: column_typed(column, table) for name, column in columns.items()}, {}, now)
    try:
        return DUCKDB.expressions(table, {"test": truth(lower(node, setting))})["test"].text
    except Unlowerable as why:
        raise FilterWrong(f"筛选条件不能用于整表：{why.zh}", f"it cannot be asked of a whole table: {why.en}") from why
    except (IbisError, ValueError, BudgetExceeded) as why:
        raise FilterWrong(f"筛选条件不能用于整表：{why}", f"it cannot be asked of a whole table: {why}") from why


def _column(name: str, kind: str) -> Column:
    if kind.startswith("DECIMAL"):
        digits, places = kind.removeprefix("DECIMAL(").removesuffix(")").split(",")
        return Column(name, "number", int(digits), int(places))
    if kind in ("BIGINT", "INTEGER", "SMALLINT"):
        return Column(name, "number", 19, 0, whole=True)
    if kind not in _KINDS:
        raise FilterWrong(f"{name}（{kind}）不能用于筛选", f"{name} ({kind}) cannot stand in a row filter")
    return Column(name, _KINDS[kind])
