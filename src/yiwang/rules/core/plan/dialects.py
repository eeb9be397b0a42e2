"""The few words in which the engines differ, and the text of Ibis expressions in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa
from ibis.backends.sql.compilers import DuckDBCompiler, PySparkCompiler
from sqlglot import expressions as sql

from yiwang.rules.core.feel import calendar
from yiwang.rules.core.plan.buckets import Buckets
from yiwang.rules.core.plan.columns import Column

_COMPILERS: dict[str, Any] = {"duckdb": DuckDBCompiler(), "pyspark": PySparkCompiler()}


@dataclass(frozen=True)
class Written:
    """An expression as SQL, and the columns it reads."""

    text: str
    columns: frozenset[str]


# Ibis operation in a dialect → its text.
Memo = dict[tuple[str, Any], Written]


@dataclass(frozen=True)
class Dialect:
    """`ibis` and `sqlglot` are what the two call it."""

    ibis: str
    sqlglot: str
    quote: str

    def name(self, name: str) -> str:
        return f"{self.quote}{name.replace(self.quote, self.quote * 2)}{self.quote}"

    def text(self, value: str) -> str:
        written = value.replace("'", "''")
        if self.sqlglot == "spark":
            written = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{written}'"

    def type_of(self, column: Column) -> str:
        if column.kind == "number":
            return f"DECIMAL({max(column.digits, 1)}, {column.places})"
        text, texts = ("VARCHAR", "VARCHAR[]") if self.sqlglot == "duckdb" else ("STRING", "ARRAY<STRING>")
        return {"string": text, "boolean": "BOOLEAN", "date": "DATE", "strings": texts}.get(column.kind, "BIGINT")

    def one_of(self, texts: Sequence[str]) -> str:
        """A type for columns that hold one of a few texts."""
        if self.sqlglot != "duckdb" or not texts:
            return self.type_of(Column("", "string"))
        return f"ENUM({', '.join(map(self.text, texts))})"

    def same(self, left: str, right: str) -> str:
        return f"{left} IS NOT DISTINCT FROM {right}" if self.sqlglot == "duckdb" else f"{left} <=> {right}"

    def shifted(self, word: str, shift: int, mask: int) -> str:
        """Some bits of a word as a small number."""
        if not shift:
            return f"({word} & {mask})"
        moved = f"({word} >> {shift})" if self.sqlglot == "duckdb" else f"shiftright({word}, {shift})"
        return f"({moved} & {mask})"

    def expressions(self, table: Any, wanted: Mapping[str, Any], memo: Memo | None = None) -> dict[str, Written]:
        """The text of Ibis expressions over a table, its columns by their bare names; what `memo` holds is not written again."""
        known = {} if memo is None else memo
        keys = {name: (self.ibis, one.op()) for name, one in wanted.items()}
        fresh = {keys[name]: (name, one) for name, one in wanted.items() if keys[name] not in known}
        written = self._written(table, dict(fresh.values()))
        known.update({key: written[name] for key, (name, _) in fresh.items()})
        return {name: known[key] for name, key in keys.items()}

    def _written(self, table: Any, wanted: Mapping[str, Any]) -> dict[str, Written]:
        if not wanted:
            return {}
        tree = _COMPILERS[self.ibis].to_sqlglot(table.select(**wanted))
        if not isinstance(tree, sql.Select) or tree.find(sql.Subquery):
            raise ValueError("an expression became more than one SELECT")
        found = {}
        for each in tree.selects:
            columns = list(each.find_all(sql.Column))
            for column in columns:
                column.set("table", None)
            inside = each.this if isinstance(each, sql.Alias) else each
            _spell_out(inside)
            text = inside.sql(dialect=self.sqlglot)
            found[each.alias_or_name] = Written(text, frozenset(column.name for column in columns))
        return found

    def code(self, buckets: Buckets, value: str) -> str:
        """The code of a value, never null."""
        column = buckets.column
        if column.kind == "boolean":
            coded = f"CASE WHEN {value} THEN 2 WHEN NOT {value} THEN 1 ELSE 0 END"
        elif column.kind == "string":
            coded = self._texts(buckets.texts, value)
        else:
            coded = f"CASE WHEN {value} IS NULL THEN 0 ELSE {self._tree(buckets, value, 0, len(buckets.points))} END"
        return f"CAST({coded} AS {self.code_type(buckets.size)})"

    def code_type(self, size: int) -> str:
        """The smallest type that holds so many codes."""
        if self.sqlglot != "duckdb":
            return "INT"
        return "UTINYINT" if size <= 256 else "USMALLINT" if size <= 65_536 else "UINTEGER"

    def arrow_code(self, size: int) -> pa.DataType:
        """The same type in Arrow: DuckDB joins by position only where both sides are of one type."""
        types = {"INT": pa.int32(), "UTINYINT": pa.uint8(), "USMALLINT": pa.uint16(), "UINTEGER": pa.uint32()}
        return types[self.code_type(size)]

    def _texts(self, texts: Sequence[str], value: str) -> str:
        other = len(texts) + 1
        if not texts:
            return f"CASE WHEN {value} IS NULL THEN 0 ELSE 1 END"
        if self.sqlglot == "duckdb":
            # a function of one column is worked out once per entry of its dictionary, a CASE once per row
            listed = ", ".join(map(self.text, texts))
            return f"CASE WHEN {value} IS NULL THEN 0 ELSE coalesce(list_position([{listed}], {value}), {other}) END"
        cases = " ".join(f"WHEN {self.text(text)} THEN {code + 1}" for code, text in enumerate(texts))
        return f"CASE WHEN {value} IS NULL THEN 0 ELSE CASE {value} {cases} ELSE {other} END END"

    def _tree(self, buckets: Buckets, value: str, low: int, high: int) -> str:
        """The code of a value known to lie between points `low - 1` and `high`, by halving."""
        if low == high:
            return str(2 * low + 1)
        middle = (low + high) // 2
        at = buckets.points[middle]
        above = self._point(buckets.column, -(-at.numerator // at.denominator))
        below, beyond = self._tree(buckets, value, low, middle), self._tree(buckets, value, middle + 1, high)
        on = f"WHEN {value} = {above} THEN {2 * middle + 2} " if at.denominator == 1 else ""
        return f"CASE WHEN {value} < {above} THEN {below} {on}ELSE {beyond} END"

    def _point(self, column: Column, point: int) -> str:
        """A grid point of an ordered column as a literal of the column's own type."""
        if column.kind == "date":
            day = calendar.date_of(point)
            return f"DATE '{day.year:04d}-{day.month:02d}-{day.day:02d}'"
        if column.kind == "number" and not column.whole:
            number = Fraction(point, 10**column.places)
            sign, whole = "-" if number < 0 else "", abs(point)
            digits = str(whole).rjust(column.places + 1, "0")
            cut = len(digits) - column.places
            written = f"{sign}{digits[:cut]}" + (f".{digits[cut:]}" if column.places else "")
            return f"CAST('{written}' AS DECIMAL({column.digits}, {column.places}))"
        return str(point)


def _spell_out(tree: sql.Expression) -> None:
    """Small decimals as digits: with an exponent DuckDB reads them as doubles, and Sail does not read them at all."""
    for cast in tree.find_all(sql.Cast):
        literal = cast.this.this if isinstance(cast.this, sql.Neg) else cast.this
        if isinstance(literal, sql.Literal) and cast.to.is_type("decimal") and "E" in literal.name.upper():
            literal.set("this", format(Decimal(literal.name), "f"))


DUCKDB = Dialect("duckdb", "duckdb", '"')
SPARK = Dialect("pyspark", "spark", "`")
