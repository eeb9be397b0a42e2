"""The hit list: one row per subject, decision and rule that counts, with result, amount and the rules it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from yiwang.rules.core.plan.columns import Column
from yiwang.rules.core.plan.lookups import word_name
from yiwang.rules.core.plan.outcomes import Row
from yiwang.rules.core.plan.plan import Taken
from yiwang.rules.core.plan.profiles import Profile, amount_place, result_place
from yiwang.rules.core.plan.refusal import PlanRefused
from yiwang.rules.core.plan.tables import Expressions, Run, arrow_type, constant_of, joined
from yiwang.rules.core.plan.typed import Typed, Unlowerable, common, digits_of, text_of


@dataclass(frozen=True)
class _Hit:
    parts: tuple[int, ...]
    rule: int
    reason: int
    result: Typed | None
    amount: Typed | None
    violated: bool


def hit_statement(run: Run, source: str, wanted: Sequence[Taken], results: frozenset[str] | None) -> str:
    """One SELECT per decision, joined end to end. Amounts of all decisions share one DECIMAL type.

    `results` keeps hits whose constant result is among them.
    """
    try:
        amount = Column("amount", "number", *_amount_type(wanted))
    except Unlowerable as why:
        raise PlanRefused(
            zh="各决策的金额位数相差太大，不能放进一列；请分开列出。",
            en="The amounts of these decisions differ too much in size for one column; list them separately.",
        ) from why
    if not wanted:
        return _no_hits(run, source, amount)
    chosen = [_chosen(run, taken, results) for taken in wanted]
    shown = {_shown(hit.result) for hits in chosen for hit in hits if _shown(hit.result) is not None}
    computed = any(hit.result is not None and not hit.result.constant for hits in chosen for hit in hits)
    dialect = run.engine.dialect
    listing = _Listing(
        run,
        source,
        amount,
        dialect.one_of([taken.asked.id for taken in wanted]),
        dialect.type_of(Column("", "string"))
        if computed
        else dialect.one_of(sorted(one for one in shown if one is not None)),
    )
    return " UNION ALL ".join(listing.of(taken, hits) for taken, hits in zip(wanted, chosen, strict=True))


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


@dataclass(frozen=True)
class _Listing:
    """What the SELECTs of all decisions share; few texts are kept as an enumeration, a byte a row."""

    run: Run
    source: str
    amount: Column
    decision_type: str
    result_type: str

    def of(self, taken: Taken, hits: Sequence[_Hit]) -> str:
        run = self.run
        amounts = Expressions(run, taken, self.amount)
        texts = Expressions(run, taken, Column("result", "string"))
        table = {f"s{at}": pa.array([hit.parts[at] for hit in hits], pa.int64()) for at in range(len(taken.segments))}
        table["rule"] = pa.array([hit.rule for hit in hits], pa.int32())
        table["reason"] = pa.array([hit.reason for hit in hits], pa.int32())
        table["violated"] = pa.array([hit.violated for hit in hits], pa.bool_())
        table["amount"] = pa.array([constant_of(hit.amount) for hit in hits], arrow_type(self.amount))
        table["result"] = pa.array([_shown(hit.result) for hit in hits], pa.string())
        table["ea"] = pa.array([0 if hit.amount is None else amounts.number(hit.amount) for hit in hits], pa.int32())
        table["er"] = pa.array([_text_number(texts, hit.result) for hit in hits], pa.int32())
        held = run.hold(f"{run.prefix}h{run.plan.taken.index(taken)}", pa.table(table))
        named = f"CAST({run.engine.dialect.text(taken.asked.id)} AS {self.decision_type})"
        columns = ", ".join(
            [*(f"s{at}" for at in range(len(taken.segments))), "rule", "reason", "violated", "amount", "ea", "er"]
        )
        # the few results are cast before the join, not once a row
        inside = f"(SELECT {columns}, CAST(result AS {self.result_type}) AS result FROM {held}) AS {held}"
        return (
            f"SELECT m.{run.name(run.plan.facts.key)} AS subject, {named} AS decision, {held}.rule, "
            f"{texts.text(held, 'result', 'er')} AS result, {amounts.text(held, 'amount', 'ea')} AS amount, "
            f"{held}.reason, {held}.violated FROM {_touched(run, self.source, taken)} AS m "
            f"{joined(run, taken, 'm', held, inside)}"
        )


def _chosen(run: Run, taken: Taken, results: frozenset[str] | None) -> list[_Hit]:
    result_at, amount_at = result_place(taken), amount_place(taken)
    return [
        hit
        for profile in run.profiles(taken)
        for hit in _hits(run, taken, profile, result_at, amount_at)
        if results is None or _shown(hit.result) in results
    ]


def _touched(run: Run, source: str, taken: Taken) -> str:
    """The rows some rule of a decision applies to: few, and told by one AND, where the join costs more."""
    tests = [f"({run.name(word_name(one.word))} & {one.mask << one.shift}) <> 0" for one in taken.segments]
    return f"(SELECT * FROM {source} WHERE {' OR '.join(tests)})" if tests else source


def _text_number(texts: Expressions, one: Typed | None) -> int:
    return 0 if one is None or one.kind != "string" else texts.number(one)


def _shown(one: Typed | None) -> str | None:
    return None if one is None or not one.constant or one.value is None else text_of(one.value)


def _hits(run: Run, taken: Taken, profile: Profile, result_at: int | None, amount_at: int | None) -> list[_Hit]:
    outcome = profile.outcome
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
