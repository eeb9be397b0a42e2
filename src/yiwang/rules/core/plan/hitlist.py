"""The hit list: one row per subject, decision and rule that counts, with result, amount and the rules it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa

from yiwang.rules.core.plan.bundles import Bundle, Whole, bundles
from yiwang.rules.core.plan.columns import Column
from yiwang.rules.core.plan.lookups import word_name
from yiwang.rules.core.plan.outcomes import Row
from yiwang.rules.core.plan.plan import Taken
from yiwang.rules.core.plan.profiles import Profile, amount_place, result_place
from yiwang.rules.core.plan.refusal import PlanRefused
from yiwang.rules.core.plan.tables import Expressions, Run, arrow_type, constant_of
from yiwang.rules.core.plan.typed import Typed, Unlowerable, common, digits_of, text_of, worded


@dataclass(frozen=True)
class _Hit:
    decision: str
    rule: int
    reason: int
    result: Typed | None
    amount: Typed | None
    violated: bool


def hit_statement(run: Run, source: str, wanted: Sequence[Taken], results: frozenset[str] | None) -> str:
    """One SELECT per bundle of decisions, joined end to end. Amounts of all decisions share one DECIMAL type.

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
    chosen = {taken.asked.id: _chosen(run, taken, results) for taken in wanted}
    dialect = run.engine.dialect
    found = [hit.result for hit in chain(*chain(*chosen.values())) if hit.result is not None]
    shown = sorted({text for one in found if (text := _shown(one)) is not None})
    computed = any(not one.constant for one in found)
    kinds = {
        "decision": dialect.one_of(list(chosen)),
        "result": dialect.type_of(Column("", "string")) if computed else dialect.one_of(shown),
    }
    listing = _Listing(run, source, amount, kinds, chosen)
    return " UNION ALL ".join(listing.of(bundle) for bundle in bundles(run, wanted))


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
    """What the SELECTs of all bundles share. `kinds`: columns of few texts, kept as an enumeration, a byte a row."""

    run: Run
    source: str
    amount: Column
    kinds: Mapping[str, str]
    chosen: Mapping[str, Sequence[Sequence[_Hit]]]

    def of(self, bundle: Bundle) -> str:
        """The hits of each key are held as a table, which the rows are joined with once."""
        run, first = self.run, bundle.taken[0]
        amounts = Expressions(run, first, self.amount)
        texts = Expressions(run, first, Column("result", "string"))
        table = self._table(bundle, amounts, texts)
        held = run.hold(f"{run.prefix}h{run.plan.taken.index(first)}", table)
        # texts are cast before the join, not once a row
        inside = [
            f"CAST({name} AS {self.kinds[name]}) AS {name}" if name in self.kinds else name
            for name in table.column_names
        ]
        same = [
            f"{held}.k{at} = (m.{run.name(word_name(word))} & {mask})" for at, (word, mask) in enumerate(bundle.masks)
        ]
        return (
            f"SELECT m.{run.name(run.plan.facts.key)} AS subject, {held}.decision, {held}.rule, "
            f"{texts.text(held, 'result', 'er')} AS result, {amounts.text(held, 'amount', 'ea')} AS amount, "
            f"{held}.reason, {held}.violated FROM {self.source} AS m "
            f"JOIN (SELECT {', '.join(inside)} FROM {held}) AS {held} ON {' AND '.join(same) or 'TRUE'}"
        )

    def _table(self, bundle: Bundle, amounts: Expressions, texts: Expressions) -> pa.Table:
        """A row for each key of the bundle and each hit it stands for."""
        hits, keys, rows = self._rows(bundle)
        columns = {
            "decision": pa.array([hit.decision for hit in hits], pa.string()),
            "rule": pa.array([hit.rule for hit in hits], pa.int32()),
            "result": pa.array([_shown(hit.result) for hit in hits], pa.string()),
            "amount": pa.array([constant_of(hit.amount) for hit in hits], arrow_type(self.amount)),
            "reason": pa.array([hit.reason for hit in hits], pa.int32()),
            "violated": pa.array([hit.violated for hit in hits], pa.bool_()),
            "ea": pa.array([0 if hit.amount is None else amounts.number(hit.amount) for hit in hits], pa.int32()),
            "er": pa.array([0 if hit.result is None else texts.number(hit.result) for hit in hits], pa.int32()),
        }
        table = pa.table(columns).take(pa.array(rows))
        for at, held in enumerate(bundle.keys):
            table = table.append_column(f"k{at}", pa.array(held[keys]))
        return table

    def _rows(self, bundle: Bundle) -> tuple[list[_Hit], Whole, Whole]:
        """The hits of all profiles, and pairs (key, hit) by their places."""
        hits: list[_Hit] = []
        keys, rows = [], []
        for taken, profiles in zip(bundle.taken, bundle.profiles, strict=True):
            found = self.chosen[taken.asked.id]
            many = np.array([len(one) for one in found], np.int64)
            first, many = (len(hits) + np.cumsum(many) - many)[profiles], many[profiles]
            within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
            keys.append(np.repeat(np.arange(len(profiles)), many))
            rows.append(np.repeat(first, many) + within)
            hits += chain(*found)
        return hits, np.concatenate(keys), np.concatenate(rows)


def _chosen(run: Run, taken: Taken, results: frozenset[str] | None) -> list[list[_Hit]]:
    """The hits wanted of each profile."""
    result_at, amount_at = result_place(taken), amount_place(taken)
    found = [_hits(run, taken, profile, result_at, amount_at) for profile in run.profiles(taken)]
    if results is None:
        return found
    if any(hit.result is not None and not hit.result.constant for hit in chain(*found)):
        raise PlanRefused(
            zh=f"决策 {taken.asked.id} 的结果要逐人计算，不能按结果挑选名单；请列出全部再筛选。",
            en=f"Results of {taken.asked.id} are computed for each; a list cannot be kept to some of them: list all and filter.",
        )
    return [[hit for hit in one if _shown(hit.result) in results] for one in found]


def _worded(taken: Taken, one: Typed) -> Typed:
    try:
        return worded(one)
    except Unlowerable as why:
        raise PlanRefused(
            zh=f"决策 {taken.asked.id} 的结果不能列成名单：{why.zh}",
            en=f"The result of {taken.asked.id} cannot be listed: {why.en}",
        ) from why


def _shown(one: Typed | None) -> str | None:
    return None if one is None or not one.constant or one.value is None else text_of(one.value)


def _hits(run: Run, taken: Taken, profile: Profile, result_at: int | None, amount_at: int | None) -> list[_Hit]:
    outcome = profile.outcome
    if outcome.state not in ("hit", "violated") or not outcome.rules:
        return []
    name, violated = taken.asked.id, outcome.state == "violated"

    def hit(rules: Sequence[int], row: Row | None) -> _Hit:
        result = None if row is None or result_at is None else _worded(taken, row[result_at])
        amount = None if row is None or amount_at is None else row[amount_at]
        return _Hit(name, rules[0] + 1, run.reasons.number(name, rules), result, amount, violated)

    if outcome.listed:
        return [hit((rule,), row) for rule, row in zip(outcome.rules, outcome.listed, strict=True)]
    return [hit(outcome.rules, outcome.values)]
