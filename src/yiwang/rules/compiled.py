"""Decisions for everyone in one pass: put together into plans, run on the engine, read back as counts and hits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from yiwang.kernel.errors import InputError
from yiwang.rules.adapters import duck, spark
from yiwang.rules.adapters.factfile import FactFile, literal
from yiwang.rules.adapters.population import Population
from yiwang.rules.asking import day
from yiwang.rules.core.dmn.boxed import DecisionTable
from yiwang.rules.core.feel.values import Value
from yiwang.rules.core.plan.asked import Asked as Planned
from yiwang.rules.core.plan.asked import asked as planned
from yiwang.rules.core.plan.columns import Column, Facts
from yiwang.rules.core.plan.compiling import compile_population
from yiwang.rules.core.plan.plan import Plan, Taken
from yiwang.rules.core.plan.profiles import counted
from yiwang.rules.core.plan.refusal import PlanRefused
from yiwang.rules.core.plan.typed import text_of
from yiwang.rules.prepared import Prepared
from yiwang.rules.runs import AMOUNT_PLACES, Asked, Tally

DUCKDB, SPARK = "duckdb://", "sc://"
Parameters = Mapping[str, Mapping[str, Value]]


def groups(asked: Sequence[Asked], fixed: Parameters) -> list[list[Asked]]:
    """Decisions that can share a plan: in one plan a name means one thing, be it a fact, a parameter or a decision."""
    found: list[tuple[dict[str, object], list[Asked]]] = []
    for one in asked:
        meanings = _meanings(one, fixed[one.id])
        for known, members in found:
            if all(known.get(name, meaning) == meaning for name, meaning in meanings.items()):
                known.update(meanings)
                members.append(one)
                break
        else:
            found.append((dict(meanings), [one]))
    return [members for _, members in found]


def _meanings(one: Asked, fixed: Mapping[str, Value]) -> dict[str, object]:
    meanings: dict[str, object] = {name: ("fact", column) for name, column in one.names.items()}
    meanings |= {name: ("parameter", value) for name, value in fixed.items()}
    for _, decision in one.found.reach.decisions:
        meanings[decision.variable.name] = ("decision", one.id, decision.id)
    for _, function in one.found.reach.knowledge:
        meanings[function.variable.name] = ("function", one.id, function.id)
    return meanings


def plan_of(group: Sequence[Asked], columns: Mapping[str, Column], key: str, fixed: Parameters, on: date) -> Plan:
    """One plan for decisions that can share it. Raises PlanRefused."""
    names = {name: columns[column] for one in group for name, column in one.names.items()}
    parameters = {name: value for one in group for name, value in fixed[one.id].items()}
    decisions = [each for one in group for each in _planned(one.found)]
    return compile_population(decisions, Facts(key, names), parameters=parameters, as_of=day(on))


def _planned(found: Prepared) -> list[Planned]:
    """The decision and those it rests on, under ids that no other file has."""
    if _default_grants(found):
        raise PlanRefused(
            zh=f"决定 {found.file.id} 没有规则命中时的缺省结果是准予，名单里看不出是哪条规则；请写成一条规则。",
            en=f"{found.file.id} grants by its default output, which names no rule; write it as a rule.",
            where=found.file.id,
        )
    output, top = found.file.output, found.decision.id
    listed = []
    for one in planned(found.model, [top]):
        told = replace(
            one,
            id=_id(found, one.id),
            rests_on=tuple(_id(found, below) for below in one.rests_on),
            result=None,
            amount=None,
        )
        if one.id == top:
            told = replace(told, id=found.file.id, result=output.granted or None, amount=output.amount or None)
        listed.append(told)
    return listed


def _id(found: Prepared, name: str) -> str:
    return f"{found.file.id}/{name}"


def _default_grants(found: Prepared) -> bool:
    logic = found.decision.logic
    if not isinstance(logic, DecisionTable) or all(one.default is None for one in logic.outputs):
        return False
    texts = {one.default.text.strip() for one in logic.outputs if one.default is not None}
    said = {f'"{value}"' if isinstance(value, str) else text_of(value) for value in found.reading.grants or (True,)}
    return bool(texts & said)


def compiled(
    group: Sequence[Asked],
    facts: FactFile,
    db: duckdb.DuckDBPyConnection,
    on: date,
    fixed: Parameters,
    engine: str,
    hits: Path,
) -> dict[str, Tally]:
    """Run a group in one pass; the hits go to a Parquet file. Raises PlanRefused."""
    plan = plan_of(group, facts.columns, facts.key, fixed, on)
    raw = hits.with_suffix(".raw.parquet")
    taken = {one.id: plan.decision(one.id) for one in group}
    for one in group:
        if taken[one.id].judge.table is None:
            raise PlanRefused(
                zh=f"决定 {one.id} 不是决策表，没有命中清单；可用 --engine interpreter:// 逐个计算。",
                en=f"{one.id} is no decision table and has no hit list; use --engine interpreter:// to take it one by one.",
                where=one.id,
            )
    tallies = _run(plan, taken, db, facts, engine, raw)
    db.execute(f"COPY ({_granted(group, raw)}) TO {literal(str(hits))} (FORMAT parquet)")
    raw.unlink()
    found = db.execute(
        f"SELECT decision, count(*), sum(amount) FROM read_parquet({literal(str(hits))}) GROUP BY decision"
    ).fetchall()
    for decision, granted, amount in found:
        tallies[decision].granted, tallies[decision].amount = int(granted), amount
    return tallies


def _run(
    plan: Plan, taken: Mapping[str, Taken], db: duckdb.DuckDBPyConnection, facts: FactFile, engine: str, raw: Path
) -> dict[str, Tally]:
    if engine.startswith(SPARK):
        session = spark.open_files(spark.connect(engine), [facts.path], raw.parent)
        with Population(plan, spark.SparkEngine(session), session.source) as run:
            pq.write_table(run.engine.arrow(run.hits(None, list(taken))), raw)
            return _tallies(run, taken)
    if engine != DUCKDB:
        raise InputError(
            zh=f"没有引擎 {engine}",
            en=f"there is no engine {engine}",
            where="--engine",
            hint_zh="可用：duckdb://、sc://主机:端口、interpreter://",
            hint_en="There are: duckdb://, sc://host:port, interpreter://",
        )
    relation = duck.Relation(db, f"(SELECT * FROM read_parquet({literal(str(facts.path))}))")
    with duck.Taking(plan, relation) as taking:
        db.execute(f"COPY ({taking.hits(None, list(taken))}) TO {literal(str(raw))} (FORMAT parquet)")
        return _tallies(taking, taken)


def _tallies(run: Population, taken: Mapping[str, Taken]) -> dict[str, Tally]:
    """Subjects for each rule; those no rule decided, or whose rules contradict each other, under 0."""
    found = {}
    for name, one in taken.items():
        count, tally = counted(one, run.profiles(one)), Tally()
        tally.subjects = count.rows
        tally.rules.update(count.rules)
        tally.rules[0] = count.none + count.violated + count.unsound
        found[name] = tally
    return found


def _granted(group: Sequence[Asked], raw: Path) -> str:
    """The hits that are grants, one row for each subject: of several the sum of the amounts and the first rule."""
    parts = " OR ".join(f"(decision = {literal(one.id)} AND {_grants(one.found)})" for one in group)
    return (
        f"SELECT decision, subject, sum(amount)::DECIMAL(38, {AMOUNT_PLACES}) AS amount, min(rule)::INTEGER AS rule "
        f"FROM read_parquet({literal(str(raw))}) WHERE NOT violated AND ({parts}) GROUP BY decision, subject"
    )


def _grants(found: Prepared) -> str:
    """Whether a hit says yes, over its result and amount."""
    reading: Any = found.reading
    if not reading.granted and not reading.grants:
        return "amount > 0" if _is_number(found) else "result = 'true'"
    return f"result IN ({', '.join(literal(text_of(value)) for value in reading.grants or (True,))})"


def _is_number(found: Prepared) -> bool:
    """Whether the result, or its amount, is a number; a bare boolean result is not."""
    logic = found.decision.logic
    if found.reading.amount or not isinstance(logic, DecisionTable):
        return True
    return (logic.outputs[0].type or found.decision.variable.type) != "boolean"
