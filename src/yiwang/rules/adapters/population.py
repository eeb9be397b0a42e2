"""A plan run on an engine: codes, masks, profiles, then what was asked for. The engines only run SQL and hold tables."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from yiwang.rules.core.plan.columns import Column, stored_of, value_of
from yiwang.rules.core.plan.dialects import Dialect
from yiwang.rules.core.plan.hitlist import hit_statement
from yiwang.rules.core.plan.lookups import word_name
from yiwang.rules.core.plan.plan import Looked, Plan, Stage, Taken, Valued
from yiwang.rules.core.plan.profiles import Count, Parts, Profile, counted, profiles_of
from yiwang.rules.core.plan.refusal import PlanRefused
from yiwang.rules.core.plan.statements import Statements, words_table
from yiwang.rules.core.plan.tables import Reasons, arrow_type, output_statement

KEY = "subject"


class Engine(Protocol):
    """`hold` keeps an Arrow table under a name, `keep` the rows of a SELECT; both last until `drop`."""

    dialect: Dialect

    def rows(self, statement: str) -> list[tuple[Any, ...]]: ...

    def arrow(self, statement: str) -> pa.Table: ...

    def hold(self, name: str, table: pa.Table) -> None: ...

    def keep(self, name: str, statement: str) -> None: ...

    def drop(self, names: Iterable[str]) -> None: ...


@dataclass(frozen=True)
class Coding:
    """Codes of the first stage that are there already: a table expression, its rows in the order of the population."""

    alone: str
    beside: str


class Population:
    """One run of a plan over one table: `source` is a table name or a SELECT in parentheses. A context manager: what it kept is dropped."""

    def __init__(self, plan: Plan, engine: Engine, source: str, coding: Coding | None = None) -> None:
        self.plan = plan
        self.engine = engine
        self.source = source
        self.coding = coding
        self.prefix = f"_p{uuid.uuid4().hex[:8]}"
        self.statements = [
            Statements(stage, engine.dialect, f"{self.prefix}s{at}") for at, stage in enumerate(plan.stages)
        ]
        self._kept: list[str] = []
        self._profiles: dict[str, tuple[Profile, ...]] = {}
        self.reasons = Reasons()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.drop(dict.fromkeys(self._kept))

    # What is asked for --------------------------------------------------------------------------------------------------

    def counts(self) -> list[Count]:
        """Rows per outcome, rule and result of every decision."""
        self._run(keyed=False)
        return [counted(taken, self._profiles[taken.asked.id]) for taken in self.plan.taken]

    def masks(self) -> str:
        """The SELECT of key and words."""
        last = self._run(keyed=True)
        words = [self.name(word_name(word)) for stage in self.plan.stages for word in stage.words]
        return f"SELECT {', '.join([self._key(), *words])} FROM {last}"

    def hits(self, results: frozenset[str] | None = None, decisions: Sequence[str] | None = None) -> str:
        """The SELECT of the long hit list: subject, decision, rule, result, amount, reason, violated.

        `results` keeps hits whose constant result is among them. The reasons are in `reasons`.
        """
        last = self._run(keyed=True)
        wanted = [one for one in self.plan.taken if decisions is None or one.asked.id in decisions]
        return hit_statement(self, last, [one for one in wanted if one.judge.table is not None], results)

    def wide(self, decisions: Sequence[str] | None = None) -> str:
        """The SELECT of one column per output, `decision` or `decision.output`."""
        last = self._run(keyed=True)
        wanted = [one for one in self.plan.taken if decisions is None or one.asked.id in decisions]
        for one in wanted:
            if not one.outputs:
                raise PlanRefused(
                    zh=f"决策“{one.asked.id}”的结果是列表，请用命中清单。",
                    en=f"The result of {one.asked.id} is a list; ask for the hit list.",
                )
        return output_statement(self, last, wanted, [self._key()], named=True)

    # The steps ----------------------------------------------------------------------------------------------------------

    def name(self, name: str) -> str:
        return self.engine.dialect.name(name)

    def profiles(self, taken: Taken) -> tuple[Profile, ...]:
        return self._profiles[taken.asked.id]

    def hold(self, name: str, table: pa.Table) -> str:
        self.engine.hold(name, table)
        self._kept.append(name)
        return self.name(name)

    def keep(self, name: str, statement: str) -> str:
        self.engine.keep(name, statement)
        self._kept.append(name)
        return self.name(name)

    def _key(self) -> str:
        return f"{self.name(self.plan.facts.key)} AS {self.name(KEY)}"

    def _run(self, *, keyed: bool) -> str:
        """The table of the last stage: key and carried columns when `keyed`, and the words of all stages."""
        source = self.source
        for at, stage in enumerate(self.plan.stages):
            last = at == len(self.plan.stages) - 1
            kept = self._wanted(at, keyed=keyed)
            if last and not keyed and self._streams(stage):
                self._discover_at_once(stage, self._mask_statement(at, source, kept))
                break
            masks = self._masks(at, source, kept)
            self._discover(stage, masks)
            source = masks
            if not last:
                feeding = [one for one in stage.taken if one.outputs and one.judge.table is not None]
                names = [self.name(name) for name in (*kept, *map(word_name, stage.words))]
                source = self.keep(f"{self.prefix}t{at}", output_statement(self, masks, feeding, names, named=False))
        return source

    def _wanted(self, at: int, *, keyed: bool) -> list[str]:
        """The columns that must outlive a stage: the key, what outputs read, what later stages read, earlier words."""
        found: dict[str, None] = {}
        if keyed:
            found[self.plan.facts.key] = None
            for statements in self.statements[: at + 1]:
                found.update(dict.fromkeys(sorted(statements.carried)))
        elif at < len(self.plan.stages) - 1:
            found.update(dict.fromkeys(sorted(self.statements[at].carried)))
        here = {one.column.name for one in self.plan.stages[at].valued}
        here |= {one.name for one in self.plan.stages[at].universe.columns.values()}
        for later in self.plan.stages[at + 1 :]:
            own = {one.column.name for one in later.valued}
            names = (one.name for one in later.universe.columns.values() if one.name not in own and one.name in here)
            found.update(dict.fromkeys(names))
        for stage in self.plan.stages[:at]:
            found.update(dict.fromkeys(map(word_name, stage.words)))
        return list(found)

    def match(self) -> str:
        """The table of words alone, of the first stage: what matching costs by itself."""
        return self._masks(0, self.source, [])

    def _masks(self, at: int, source: str, kept: list[str]) -> str:
        return self.keep(f"{self.prefix}m{at}", self._mask_statement(at, source, kept))

    def _mask_statement(self, at: int, source: str, kept: list[str]) -> str:
        stage, statements = self.plan.stages[at], self.statements[at]
        for name, table in statements.lookups().items():
            self.hold(name, table)
        for one in stage.valued:
            self._hold_valued(stage, statements, one, source)
        read = {stage.universe.columns[name].name for one in stage.looked for name in one.reads}
        inside = list(dict.fromkeys((*kept, *sorted(read))))
        for looked in stage.looked:
            self._hold_looked(stage, statements, looked, statements.facts(source, kept))
        if at == 0 and self.coding is not None and not stage.valued:
            codes = self._prepared(inside)
        else:
            codes = statements.codes(statements.facts(source, kept), inside, statements.shared)
        return statements.masks(codes, kept)

    def _prepared(self, kept: list[str]) -> str:
        assert self.coding is not None
        return f"SELECT * FROM {self.coding.beside if kept else self.coding.alone}"

    def _streams(self, stage: Stage) -> bool:
        """Whether counts need no table of masks: writing ten words a row costs more than finding them."""
        return self.engine.dialect.sqlglot == "duckdb" and all(len(one.segments) == 1 for one in stage.taken)

    def _discover_at_once(self, stage: Stage, masks: str) -> None:
        names = [self.name(word_name(word)) for word in stage.words]
        sets = ", ".join(f"({name})" for name in names)
        grouped = f"SELECT {', '.join(names)}, count(*) AS n FROM ({masks}) AS m GROUP BY GROUPING SETS ({sets})"
        table = self.engine.arrow(grouped)
        for at, word in enumerate(stage.words):
            # a word is never null: where it is, the row counts another word
            own = table.filter(table.column(at).is_valid())
            held, rows = own.column(at).to_numpy(), own.column("n").to_numpy()
            for taken in stage.taken:
                (segment,) = taken.segments
                if segment.word == word:
                    counts = _segment_counts(held >> segment.shift & segment.mask, rows)
                    self._profiles[taken.asked.id] = profiles_of(taken, counts)

    def _discover(self, stage: Stage, masks: str) -> None:
        """Which profiles there are: each word, or the words of a wide decision, counted once."""
        groups: dict[tuple[int, ...], list[Taken]] = {}
        for taken in stage.taken:
            groups.setdefault(tuple(one.word for one in taken.segments), []).append(taken)
        for words, decisions in groups.items():
            for taken, profiles in zip(decisions, self._counted(masks, words, decisions), strict=True):
                self._profiles[taken.asked.id] = profiles_of(taken, profiles)

    def _counted(self, masks: str, words: tuple[int, ...], decisions: list[Taken]) -> list[list[tuple[Parts, int]]]:
        if not words:
            (rows,) = self.engine.rows(f"SELECT count(*) FROM {masks}")
            return [[((), int(rows[0]))] if rows[0] else [] for _ in decisions]
        names = ", ".join(self.name(word_name(word)) for word in words)
        grouped = f"SELECT {names}, count(*) AS n FROM {masks} GROUP BY {names}"
        if len(words) > 1:
            return [[(tuple(map(int, row[:-1])), int(row[-1])) for row in self.engine.rows(grouped)]]
        table = self.engine.arrow(grouped)
        held, rows = table.column(0).to_numpy(), table.column(1).to_numpy()
        return [_segment_counts(held >> one.segments[0].shift & one.segments[0].mask, rows) for one in decisions]

    # By distinct values -------------------------------------------------------------------------------------------------

    def _tuples(
        self, statement: str, columns: Sequence[Column], names: Sequence[str]
    ) -> tuple[pa.Table, list[dict[str, Any]]]:
        """The distinct tuples and their FEEL values. Raises PlanRefused when there are too many."""
        if not names:
            return pa.table({"_one": pa.array([1])}), [{}]
        table = self.engine.arrow(f"SELECT * FROM ({statement}) AS d LIMIT {self.plan.limit + 1}")
        if table.num_rows > self.plan.limit:
            listed = "、".join(names)
            raise PlanRefused(
                zh=f"{listed} 的不同取值超过 {self.plan.limit} 种，不能逐一计算；请改写表达式，见 rules explain-plan。",
                en=f"{listed} have more than {self.plan.limit} distinct values, too many to take one by one; see rules explain-plan.",
            )
        stored = [table.column(at).to_pylist() for at in range(len(names))]
        kinds = [column.kind for column in columns]
        values = [
            {name: value_of(kind, one) for name, kind, one in zip(names, kinds, row, strict=True)}
            for row in zip(*stored, strict=True)
        ]
        return table, values

    def _hold_looked(self, stage: Stage, statements: Statements, looked: Looked, facts: str) -> None:
        columns = [stage.universe.columns[name] for name in looked.reads]
        table, values = self._tuples(statements.distinct(facts, looked.reads), columns, looked.reads)
        masks = [looked.decide(one) for one in values]
        held = {name: table.column(name) for name in table.column_names}
        self.hold(f"{statements.prefix}{looked.name}", words_table(held, looked.words, masks))

    def _hold_valued(self, stage: Stage, statements: Statements, one: Valued, source: str) -> None:
        columns = [stage.universe.columns[name] for name in one.reads]
        names = ", ".join(self.name(column.name) for column in columns)
        table, values = self._tuples(f"SELECT DISTINCT {names} FROM {source} AS b", columns, one.reads)
        kind = arrow_type(one.column)
        found = pa.array([_stored(one, value) for value in map(one.evaluate, values)], kind)
        self.hold(f"{statements.prefix}{one.column.name}", table.append_column(one.column.name, found))


def _segment_counts(parts: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> list[tuple[Parts, int]]:
    """The distinct bits of one decision and how many rows have them."""
    found, at = np.unique(parts, return_inverse=True)
    counts = np.zeros(len(found), np.int64)
    np.add.at(counts, at, rows)
    return [((int(part),), int(count)) for part, count in zip(found, counts, strict=True)]


def _stored(one: Valued, value: Any) -> Any:
    column = one.column
    if value is None:
        return None
    try:
        kept = stored_of(value)
        if column.kind == "number" and (
            kept != round(kept, column.places) or abs(kept) >= 10 ** (column.digits - column.places)
        ):
            raise ValueError("does not fit")
        pa.scalar(kept, arrow_type(column))
    except (ValueError, TypeError, ArithmeticError, pa.ArrowException) as why:
        raise PlanRefused(
            zh=f"“{one.feel_name}”的结果 {value} 放不进它的列；数字请先用 decimal() 舍入。",
            en=f"The result {value} of {one.feel_name} does not fit its column; round numbers with decimal().",
        ) from why
    return kept
