"""Ours, one resident at a time: the twenty decisions interpreted with a trace, and the explanation put together from it.

`explained` gives for each decision the tree a person is shown: value, inputs with their titles and sources, the rules that hit with
their conditions in words and their articles; its values are put into words when they are read. `told` reads them: every sentence of
every explanation, in both languages. `traced` is the trace alone, `plain` the values alone. Of each explanation the value is kept, as of
each of zen's answers, and the rest let go: a counter explains one resident after another.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

import yiwang
from bench.contest import Ran, contend
from bench.rules.hits import write_amounts
from bench.rules.stages import Stages
from bench.rules.task import AS_OF, DECIDED, DECISIONS, INPUTS, KEY, column
from yiwang.rules.core.dmn.boxed import DecisionTable
from yiwang.rules.core.dmn.evaluating import PreparedModel
from yiwang.rules.core.dmn.model import Decision
from yiwang.rules.core.dmn.reading import read
from yiwang.rules.core.dmn.tracing import TracedRun
from yiwang.rules.core.explaining import DecisionNote, Explainer, Term
from yiwang.rules.core.facts import Fact
from yiwang.rules.core.feel.running import Run
from yiwang.rules.core.feel.values import Date, DateTime, Time, Value
from yiwang.rules.core.feel.wording import Words
from yiwang.rules.core.standing import reached

NOW = DateTime(Date(AS_OF.year, AS_OF.month, AS_OF.day), Time(0, 0, 0))
Resident = tuple[int, dict[str, Value]]


class Prepared:
    """One decision, ready to be taken and explained."""

    def __init__(self, path: Path) -> None:
        self.model = read(path.read_bytes(), path.name)
        (self.decision,) = self.model.decisions
        self.engine = PreparedModel(self.model)
        self.explainer = Explainer(self.model, self.decision, reached(self.model, self.decision), _terms(self.decision))

    def explained(self, inputs: dict[str, Value], facts: dict[str, Fact]) -> DecisionNote:
        return self.explainer.explain(self.traced(inputs).decisions, facts)

    def told(self, inputs: dict[str, Value], facts: dict[str, Fact]) -> list[Words]:
        return list(self.explained(inputs, facts).sentences())

    def traced(self, inputs: dict[str, Value]) -> TracedRun:
        run = TracedRun(NOW)
        self.engine.decide(self.decision.id, inputs, run)
        return run

    def plain(self, inputs: dict[str, Value]) -> Value:
        return self.engine.decide(self.decision.id, inputs, Run(NOW))


def _terms(decision: Decision) -> dict[str, Term]:
    logic = decision.logic
    columns = logic.inputs if isinstance(logic, DecisionTable) else ()
    terms = {one.expression.text.strip(): Term(Words(one.label, one.expression.text.strip())) for one in columns}
    return {**terms, decision.name: Term(Words(decision.name, decision.id))}


def residents(source: Path) -> list[Resident]:
    rows = pq.read_table(source).slice(0, DECIDED).to_pylist()
    return [(row[KEY], {name: _fact(row[column(name)]) for name in INPUTS}) for row in rows]


def _fact(value: Any) -> Value:
    return Decimal(value) if isinstance(value, int) else value


def amount(value: Value) -> float | None:
    """A member of the result, or the result itself where a table collects a sum."""
    value = value["amount"] if isinstance(value, dict) else value
    return float(value) if isinstance(value, Decimal) else None


def run(source: Path, out: Path, threads: int) -> Ran:
    stages, people = Stages(), residents(source)
    prepared = [Prepared(path) for path in sorted(DECISIONS.glob("*.dmn"))]
    facts = {person: {name: Fact(name, value) for name, value in inputs.items()} for person, inputs in people}
    found = stages.measure(
        "explained",
        lambda: [
            (person, one.decision.id, one.explained(inputs, facts[person]).value)
            for person, inputs in people
            for one in prepared
        ],
    )
    stages.measure("told", lambda: sum(len(one.told(inputs, facts[p])) for p, inputs in people for one in prepared))
    stages.measure("traced", lambda: sum(len(one.traced(inputs).decisions) for _, inputs in people for one in prepared))
    stages.measure("plain", lambda: [one.plain(inputs) for _, inputs in people for one in prepared])
    rows = [(person, decision, amount(value)) for person, decision, value in found]
    write_amounts(rows, out)
    return Ran(len(people), len(rows), "", stages.seconds, {"yiwang": yiwang.__version__})


if __name__ == "__main__":
    contend(run)
