"""A stage as SQL: facts, codes, masks. Each step is one SELECT over the step before, and can be looked at by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from yiwang.rules.core.plan.dialects import Dialect, Written
from yiwang.rules.core.plan.lookups import CODE, Lookup, coded_name, lookups_of, word_name
from yiwang.rules.core.plan.plan import Coded, Flag, Masks, Stage
from yiwang.rules.core.plan.typed import plain


@dataclass(frozen=True)
class Statements:
    """The SQL of one stage in one dialect. `prefix` tells the tables of this run from those of others."""

    stage: Stage
    dialect: Dialect
    prefix: str

    @cached_property
    def written(self) -> dict[str, Written]:
        """The expressions that codes and flags are made from."""
        wanted: dict[str, Any] = {one.name: one.expression for one in self.stage.coded if one.expression is not None}
        wanted |= {one.name: one.expression for one in self.stage.flags}
        return self.dialect.expressions(self.stage.universe.table(), wanted, self.stage.memo)

    @cached_property
    def shared(self) -> tuple[Lookup, ...]:
        """The tables that codes are joined with."""
        return lookups_of(self.stage.sources)

    @cached_property
    def outputs(self) -> dict[tuple[int, int, int], Written]:
        """The computed outputs of rules: (decision, rule, output) → SQL; the default is rule -1."""
        wanted: dict[str, Any] = {}
        for number, taken in enumerate(self.stage.taken):
            rows = list(enumerate(taken.rows.rules))
            for rule, row in [*rows, (-1, taken.rows.default)]:
                for place, one in enumerate(row or ()):
                    if not one.constant:
                        wanted[f"{number}|{rule}|{place}"] = plain(one)
        found = self.dialect.expressions(self.stage.universe.table(), wanted, self.stage.memo)
        return {tuple(int(part) for part in name.split("|")): text for name, text in found.items()}  # type: ignore[misc]

    @cached_property
    def carried(self) -> frozenset[str]:
        """The columns that computed outputs read."""
        return frozenset().union(*(one.columns for one in self.outputs.values()))

    def name(self, name: str) -> str:
        return self.dialect.name(name)

    def lookup(self, name: str) -> str:
        """The table a coded, looked or valued column is joined with."""
        return self.dialect.name(f"{self.prefix}{name}")

    # Facts --------------------------------------------------------------------------------------------------------------

    def facts(self, source: str, kept: Iterable[str] = ()) -> str:
        """Every column an expression may name; `kept` are further columns of the source."""
        valued = {one.column.name for one in self.stage.valued}
        names = dict.fromkeys((*kept, *(one.name for one in self.stage.universe.columns.values())))
        columns = ", ".join(f"b.{self.name(name)}" for name in names if name not in valued)
        if not valued:
            return f"SELECT {columns} FROM {source} AS b"
        joins = []
        for one in self.stage.valued:
            table = self.lookup(one.column.name)
            columns += f", {table}.{self.name(one.column.name)}"
            joins.append(self.joined(table, (self.stage.universe.columns[read].name for read in one.reads)))
        return f"SELECT {columns} FROM {source} AS b {' '.join(joins)}"

    def joined(self, table: str, columns: Iterable[str]) -> str:
        same = [self.dialect.same(f"b.{self.name(one)}", f"{table}.{self.name(one)}") for one in columns]
        return f"JOIN {table} ON {' AND '.join(same) or 'TRUE'}"

    def distinct(self, facts: str, names: Sequence[str]) -> str:
        """The different tuples of some columns (FEEL names)."""
        columns = ", ".join(self.name(self.stage.universe.columns[name].name) for name in names)
        return f"SELECT DISTINCT {columns} FROM ({facts}) AS f"

    # Codes --------------------------------------------------------------------------------------------------------------

    def code(self, one: Lookup) -> str:
        """The code of some columns together."""
        return one.code(self.dialect, [self._code(member) for member in one.members])

    def _code(self, one: Coded | Flag) -> str:
        """The code of a column, a computed one under its own name."""
        if isinstance(one, Flag):
            return f"CAST(CASE WHEN {self.written[one.name].text} THEN 1 ELSE 0 END AS {self.dialect.code_type(2)})"
        column = self.name(one.name if one.expression is not None else one.buckets.column.name)
        return self.dialect.code(one.buckets, column)

    def codes(self, facts: str, kept: Iterable[str], wanted: Sequence[Lookup]) -> str:
        """The codes wanted, beside the columns kept."""
        members = [member for one in wanted for member in one.members]
        computed = [one for one in members if isinstance(one, Coded) and one.expression is not None]
        source = f"({facts}) AS f"
        if computed:
            # worked out once, then halved: the same text in every branch would be worked out in every branch
            listed = ", ".join(f"{self.written[one.name].text} AS {self.name(one.name)}" for one in computed)
            source = f"(SELECT *, {listed} FROM {source}) AS g"
        columns = [self.name(name) for name in dict.fromkeys(kept)]
        columns += [f"{self.code(one)} AS {self.name(coded_name(one.name))}" for one in wanted]
        return f"SELECT {', '.join(columns)} FROM {source}"

    # Masks --------------------------------------------------------------------------------------------------------------

    def masks(self, codes: str, kept: Iterable[str]) -> str:
        """The words of every row, beside the columns kept: an AND over a few small joins."""
        by_word: dict[int, list[str]] = {word: [] for word in self.stage.words}
        joins = []
        for one in self.shared:
            table = self.lookup(one.name)
            joins.append(f"JOIN {table} ON {table}.{CODE} = b.{self.name(coded_name(one.name))}")
            for word in one.words:
                by_word[word].append(f"{table}.{self.name(word_name(word))}")
        for looked in self.stage.looked:
            table = self.lookup(looked.name)
            joins.append(self.joined(table, (self.stage.universe.columns[read].name for read in looked.reads)))
            for word in looked.words:
                by_word[word].append(f"{table}.{self.name(word_name(word))}")
        columns = [f"b.{self.name(name)}" for name in dict.fromkeys(kept)]
        for word, parts in by_word.items():
            every = " & ".join(parts) or f"CAST({self.stage.full[word]} AS BIGINT)"
            columns.append(f"{every} AS {self.name(word_name(word))}")
        return f"SELECT {', '.join(columns) or '1'} FROM ({codes}) AS b {' '.join(joins)}"

    def lookups(self) -> dict[str, pa.Table]:
        """The tables bucket → words, by the names the masks join them under."""
        key = (self.dialect.sqlglot, "lookups")
        if key not in self.stage.memo:
            self.stage.memo[key] = [(one.name, one.table(self.dialect, self.stage.full)) for one in self.shared]
        return {f"{self.prefix}{name}": table for name, table in self.stage.memo[key]}


def words_table(columns: Mapping[str, pa.Array], words: Sequence[int], masks: Sequence[Masks]) -> pa.Table:
    """Tuples of columns and the words each lets pass."""
    found = dict(columns)
    for word in words:
        found[word_name(word)] = pa.array([mask[word] for mask in masks], pa.int64())
    return pa.table(found)
