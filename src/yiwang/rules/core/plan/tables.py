"""Profiles as tables, and the SELECTs that join them to give columns of outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from yiwang.rules.core.plan.columns import Column, stored_of
from yiwang.rules.core.plan.dialects import Dialect, Written
from yiwang.rules.core.plan.lookups import word_name
from yiwang.rules.core.plan.plan import Plan, Taken
from yiwang.rules.core.plan.profiles import Profile
from yiwang.rules.core.plan.typed import Typed, as_type


class Run(Protocol):
    """What a run offers to those who write its statements."""

    plan: Plan
    prefix: str
    reasons: Reasons

    @property
    def engine(self) -> Speaks: ...

    def name(self, name: str) -> str: ...

    def profiles(self, taken: Taken) -> tuple[Profile, ...]: ...

    def held(self, word: int) -> npt.NDArray[np.int64]: ...

    def hold(self, name: str, table: pa.Table) -> str: ...


class Speaks(Protocol):
    @property
    def dialect(self) -> Dialect: ...


@dataclass(frozen=True, slots=True)
class Reason:
    """The rules (1-based) a hit rests on."""

    decision: str
    rules: tuple[int, ...]


@dataclass
class Reasons:
    """Every set of rules some hit rests on, by the number the hit list gives it."""

    listed: list[Reason] = field(default_factory=list)
    _numbers: dict[Reason, int] = field(default_factory=dict)

    def number(self, decision: str, rules: Sequence[int]) -> int:
        reason = Reason(decision, tuple(rule + 1 for rule in rules))
        if reason not in self._numbers:
            self._numbers[reason] = len(self.listed)
            self.listed.append(reason)
        return self._numbers[reason]


def arrow_type(column: Column) -> pa.DataType:
    if column.kind == "number":
        return pa.decimal128(max(column.digits, 1), column.places)
    return {
        "string": pa.string(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "months": pa.int64(),
        "span": pa.int64(),
        "strings": pa.list_(pa.string()),
    }[column.kind]


class Expressions:
    """Computed values of one output, each written once; profiles name them by number. 0 is none: the constant stands in the table."""

    def __init__(self, run: Run, taken: Taken, column: Column) -> None:
        self.run = run
        self.column = column
        self.stage = next(stage for stage in run.plan.stages if taken in stage.taken)
        self.wide = Typed(column.kind, None, 10**column.digits - 1 if column.kind == "number" else 0, column.places)
        self.found: list[Any] = []

    def number(self, one: Typed) -> int:
        if one.constant:
            return 0
        written = as_type(one, self.wide)
        for at, other in enumerate(self.found):
            if other.equals(written):
                return at + 1
        self.found.append(written)
        return len(self.found)

    def text(self, table: str, constant: str, chosen: str) -> str:
        """The value of a row: the constant, or the expression its profile names."""
        if not self.found:
            return f"{table}.{constant}"
        dialect = self.run.engine.dialect
        named = {f"e{at + 1}": one for at, one in enumerate(self.found)}
        written: dict[str, Written] = dialect.expressions(self.stage.universe.table(), named, self.stage.memo)
        cases = [f"{table}.{constant}", *(written[name].text for name in named)]
        # most rows have the constant; it is asked first, since a CASE asks every row that is left
        asked = " ".join(f"WHEN {at} THEN {text}" for at, text in enumerate(cases[:-1]))
        return f"CAST(CASE {table}.{chosen} {asked} ELSE {cases[-1]} END AS {dialect.type_of(self.column)})"


def constant_of(one: Typed | None) -> Any:
    return None if one is None or not one.constant else stored_of(one.value)


def _parts(run: Run, taken: Taken, masks: str) -> list[str]:
    """The segments of a decision as small numbers."""
    dialect = run.engine.dialect
    return [dialect.shifted(f"{masks}.{run.name(word_name(one.word))}", one.shift, one.mask) for one in taken.segments]


def joined(run: Run, taken: Taken, masks: str, table: str, inside: str = "") -> str:
    """The join with a table of profiles; `inside` is what stands for it, under its name."""
    same = [f"{table}.s{at} = {part}" for at, part in enumerate(_parts(run, taken, masks))]
    return f"JOIN {inside or table} ON {' AND '.join(same) or 'TRUE'}"


def _segments(taken: Taken, chosen: Sequence[Profile]) -> dict[str, pa.Array]:
    return {f"s{at}": pa.array([one.parts[at] for one in chosen], pa.int64()) for at in range(len(taken.segments))}


# Columns of outputs -----------------------------------------------------------------------------------------------------


def output_statement(run: Run, source: str, wanted: Sequence[Taken], kept: Sequence[str], *, named: bool) -> str:
    """`kept` and each output of the decisions as a column: under the names later stages read, or as people call them."""
    columns, joins = [f"m.{one}" if " AS " not in one else f"m.{one}" for one in kept], []
    for taken in wanted:
        held, texts = profile_table(run, taken)
        joins.append(joined(run, taken, "m", held))
        outputs = taken.judge.table.outputs if taken.judge.table is not None else ()
        for place, (text, column) in enumerate(zip(texts, taken.outputs, strict=True)):
            shown = taken.asked.id if len(outputs) < 2 else f"{taken.asked.id}.{outputs[place].name}"
            columns.append(f"{text} AS {run.name(shown if named else column.name)}")
    return f"SELECT {', '.join(columns)} FROM {source} AS m {' '.join(joins)}"


def profile_table(run: Run, taken: Taken) -> tuple[str, list[str]]:
    """Holds profile → outputs; gives its name and the SQL of each output."""
    profiles = run.profiles(taken)
    columns = _segments(taken, profiles)
    made = []
    for place, column in enumerate(taken.outputs):
        expressions = Expressions(run, taken, column)
        values = [None if one.outcome.values is None else one.outcome.values[place] for one in profiles]
        columns[f"v{place}"] = pa.array([constant_of(one) for one in values], arrow_type(column))
        columns[f"e{place}"] = pa.array([0 if one is None else expressions.number(one) for one in values], pa.int32())
        made.append(expressions)
    if not columns:
        columns["one"] = pa.array([1] * len(profiles), pa.int32())
    held = run.hold(f"{run.prefix}o{run.plan.taken.index(taken)}", pa.table(columns))
    return held, [one.text(held, f"v{place}", f"e{place}") for place, one in enumerate(made)]
