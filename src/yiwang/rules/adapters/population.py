"""A plan run on an engine: codes, masks, profiles, then what was asked for. The engines only run SQL and hold tables."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from yiwang.rules.adapters.discovery import discover, discover_at_once
from yiwang.rules.adapters.distinct import hold_looked, hold_valued
from yiwang.rules.core.plan.dialects import Dialect
from yiwang.rules.core.plan.hitlist import hit_statement
from yiwang.rules.core.plan.lookups import word_name
from yiwang.rules.core.plan.plan import Plan, Stage, Taken
from yiwang.rules.core.plan.profiles import Count, Profile, counted
from yiwang.rules.core.plan.refusal import PlanRefused
from yiwang.rules.core.plan.statements import Statements
from yiwang.rules.core.plan.tables import Reasons, output_statement

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
        # the profiles of each decision, once its stage has been run
        self.found: dict[str, tuple[Profile, ...]] = {}
        # what a word holds on some row, once the rows of its stage are kept
        self.words: dict[int, npt.NDArray[np.int64]] = {}
        self.reasons = Reasons()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.drop(dict.fromkeys(self._kept))

    # What is asked for --------------------------------------------------------------------------------------------------

    def counts(self) -> list[Count]:
        """Rows per outcome, rule and result of every decision."""
        self._run(keyed=False)
        return [counted(taken, self.found[taken.asked.id]) for taken in self.plan.taken]

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
        return self.found[taken.asked.id]

    def held(self, word: int) -> npt.NDArray[np.int64]:
        return self.words[word]

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
                discover_at_once(self, stage, self._mask_statement(at, source, kept))
                break
            masks = self._masks(at, source, kept)
            discover(self, stage, masks)
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
            hold_valued(self, stage, statements, one, source)
        read = {stage.universe.columns[name].name for one in stage.looked for name in one.reads}
        inside = list(dict.fromkeys((*kept, *sorted(read))))
        for looked in stage.looked:
            hold_looked(self, stage, statements, looked, statements.facts(source, kept))
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
