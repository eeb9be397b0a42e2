"""Profiles as tables, and the SELECTs that join them: the hit list and columns of outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pyarrow as pa

from yiwang.rules.core.plan.columns import Column, stored_of
from yiwang.rules.core.plan.dialects import Dialect, Written
from yiwang.rules.core.plan.outcomes import Outcome, Row
from yiwang.rules.core.plan.plan import Plan, Taken
from yiwang.rules.core.plan.profiles import Profile, amount_place, result_place
from yiwang.rules.core.plan.statements import word_name
from yiwang.rules.core.plan.typed import Typed, as_type, common, digits_of, text_of


class Run(Protocol):
    """What a run offers to those who write its statements."""

    plan: Plan
    prefix: str
    reasons: Reasons

    @property
    def engine(self) -> Speaks: ...

    def name(self, name: str) -> str: ...

    def profiles(self, taken: Taken) -> tuple[Profile, ...]: ...

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
        written: dict[str, Written] = dialect.expressions(self.stage.universe.table(), named)
        if len(self.found) == 1 and dialect.sqlglot == "duckdb":
            only = f"CASE WHEN {table}.{chosen} = 0 THEN {table}.{constant} ELSE {written['e1'].text} END"
            return f"CAST({only} AS {dialect.type_of(self.column)})"
        cases = " ".join(f"WHEN {at + 1} THEN {written[f'e{at + 1}'].text}" for at in range(len(self.found)))
        return f"CAST(CASE {table}.{chosen} {cases} ELSE {table}.{constant} END AS {dialect.type_of(self.column)})"


def _constant(one: Typed | None) -> Any:
    return None if one is None or not one.constant else stored_of(one.value)


def _parts(run: Run, taken: Taken, masks: str) -> list[str]:
    """The segments of a decision as small numbers."""
    dialect = run.engine.dialect
    return [dialect.shifted(f"{masks}.{run.name(word_name(one.word))}", one.shift, one.mask) for one in taken.segments]


def _join(run: Run, taken: Taken, masks: str, table: str) -> str:
    same = [f"{table}.s{at} = {part}" for at, part in enumerate(_parts(run, taken, masks))]
    return f"JOIN {table} ON {' AND '.join(same) or 'TRUE'}"


def _segments(taken: Taken, chosen: Sequence[Profile]) -> dict[str, pa.Array]:
    return {f"s{at}": pa.array([one.parts[at] for one in chosen], pa.int64()) for at in range(len(taken.segments))}


# Columns of outputs -----------------------------------------------------------------------------------------------------


def output_statement(run: Run, source: str, wanted: Sequence[Taken], kept: Sequence[str], *, named: bool) -> str:
    """`kept` and each output of the decisions as a column: under the names later stages read, or as people call them."""
    columns, joins = [f"m.{one}" if " AS " not in one else f"m.{one}" for one in kept], []
    for taken in wanted:
        held, texts = profile_table(run, taken)
        joins.append(_join(run, taken, "m", held))
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
        columns[f"v{place}"] = pa.array([_constant(one) for one in values], arrow_type(column))
        columns[f"e{place}"] = pa.array([0 if one is None else expressions.number(one) for one in values], pa.int32())
        made.append(expressions)
    if not columns:
        columns["one"] = pa.array([1] * len(profiles), pa.int32())
    held = run.hold(f"{run.prefix}o{run.plan.taken.index(taken)}", pa.table(columns))
    return held, [one.text(held, f"v{place}", f"e{place}") for place, one in enumerate(made)]


# The hit list -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Hit:
    parts: tuple[int, ...]
    rule: int
    reason: int
    result: Typed | None
    amount: Typed | None
    violated: bool


def hit_statement(run: Run, source: str, wanted: Sequence[Taken], results: frozenset[str] | None) -> str:
    """One SELECT per decision, joined end to end. Amounts of all decisions share one DECIMAL type."""
    amount = Column("amount", "number", *_amount_type(wanted))
    if not wanted:
        return _no_hits(run, source, amount)
    parts = [_hits_of(run, source, taken, amount, results) for taken in wanted]
    return " UNION ALL ".join(parts)


def _no_hits(run: Run, source: str, amount: Column) -> str:
    """The hit list where no table was asked for."""
    dialect = run.engine.dialect
    text, number = dialect.type_of(Column("", "string")), dialect.type_of(amount)
    return (
        f"SELECT m.{run.name(run.plan.facts.key)} AS subject, '' AS decision, 0 AS rule, CAST(NULL AS {text}) AS result, "
        f"CAST(NULL AS {number}) AS amount, 0 AS reason, FALSE AS violated FROM {source} AS m WHERE FALSE"
    )


def _amount_type(wanted: Sequence[Taken]) -> tuple[int, int]:
    numbers = [Typed("number", None, 1, 0)]
    for taken in wanted:
        place = amount_place(taken)
        if place is None:
            continue
        if taken.outputs:
            column = taken.outputs[place]
            numbers.append(Typed("number", None, 10**column.digits - 1, column.places))
        else:
            numbers += [row[place] for row in taken.rows.rules if row is not None and row[place].kind == "number"]
    top, places = common(numbers)
    return digits_of(top, places), places


def _hits_of(run: Run, source: str, taken: Taken, amount: Column, results: frozenset[str] | None) -> str:
    result_at, amount_at = result_place(taken), amount_place(taken)
    hits = [
        hit
        for profile in run.profiles(taken)
        for hit in _hits(run, taken, profile, result_at, amount_at)
        if results is None or _shown(hit.result) in results
    ]
    amounts = Expressions(run, taken, amount)
    texts = Expressions(run, taken, Column("result", "string"))
    table = {f"s{at}": pa.array([hit.parts[at] for hit in hits], pa.int64()) for at in range(len(taken.segments))}
    table["rule"] = pa.array([hit.rule for hit in hits], pa.int32())
    table["reason"] = pa.array([hit.reason for hit in hits], pa.int32())
    table["violated"] = pa.array([hit.violated for hit in hits], pa.bool_())
    table["amount"] = pa.array([_constant(hit.amount) for hit in hits], arrow_type(amount))
    table["result"] = pa.array([_shown(hit.result) for hit in hits], pa.string())
    table["ea"] = pa.array([0 if hit.amount is None else amounts.number(hit.amount) for hit in hits], pa.int32())
    table["er"] = pa.array([_text_number(texts, hit.result) for hit in hits], pa.int32())
    held = run.hold(f"{run.prefix}h{run.plan.taken.index(taken)}", pa.table(table))
    name = run.engine.dialect.text(taken.asked.id)
    return (
        f"SELECT m.{run.name(run.plan.facts.key)} AS subject, {name} AS decision, {held}.rule, "
        f"{texts.text(held, 'result', 'er')} AS result, {amounts.text(held, 'amount', 'ea')} AS amount, "
        f"{held}.reason, {held}.violated FROM {source} AS m {_join(run, taken, 'm', held)}"
    )


def _text_number(texts: Expressions, one: Typed | None) -> int:
    return 0 if one is None or one.kind != "string" else texts.number(one)


def _shown(one: Typed | None) -> str | None:
    return None if one is None or not one.constant or one.value is None else text_of(one.value)


def _hits(run: Run, taken: Taken, profile: Profile, result_at: int | None, amount_at: int | None) -> list[_Hit]:
    outcome: Outcome = profile.outcome
    if outcome.state not in ("hit", "violated") or not outcome.rules:
        return []
    violated = outcome.state == "violated"

    def hit(rules: Sequence[int], row: Row | None) -> _Hit:
        result = None if row is None or result_at is None else row[result_at]
        amount = None if row is None or amount_at is None else row[amount_at]
        reason = run.reasons.number(taken.asked.id, rules)
        return _Hit(profile.parts, rules[0] + 1, reason, result, amount, violated)

    if outcome.listed:
        return [hit((rule,), row) for rule, row in zip(outcome.rules, outcome.listed, strict=True)]
    return [hit(outcome.rules, outcome.values)]
