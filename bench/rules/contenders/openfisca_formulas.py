"""openfisca-core: an entity, an input variable per column, for each table a formula over whole columns for the rule and one for the amount.

openfisca knows no null: unknown numbers are NaN (no comparison holds), unknown words a member of their own. It computes in float32.
"""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from importlib.metadata import version
from operator import and_, or_
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum, EnumArray
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from bench.contest import Ran, contend
from bench.rules.stages import MOST, Stages
from bench.rules.tables import Cell, Extreme, Formula, Name, Range, Rule, Sum, Table, UnreadTable, read_tables
from bench.rules.task import COLUMNS, DECISIONS, KEY, TEXT_COLUMNS, column

MONTH = "2026-11"
UNKNOWN = "unknown"
Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]


class Words:
    """The words of the text columns as openfisca's own Enum, one class a column, unknown first."""

    def __init__(self, residents: pa.Table) -> None:
        self.members: dict[str, list[str]] = {
            name: sorted(pc.unique(residents[name]).drop_null().to_pylist()) for name in TEXT_COLUMNS
        }
        self.kinds = {name: Enum(name, [UNKNOWN, *words]) for name, words in self.members.items()}

    def codes(self, name: str, values: pa.ChunkedArray) -> EnumArray:
        places = pc.index_in(values, pa.array(self.members[name]))
        codes = pc.fill_null(pc.add(places, 1), 0).to_numpy().astype(np.int16)
        return EnumArray(codes, self.kinds[name])


class Columns:
    """The inputs one formula reads, each asked for once."""

    def __init__(self, person: Any, period: Any, words: Words) -> None:
        self.person, self.period, self.words = person, period, words
        self.read: dict[str, Array] = {}

    def value(self, what: Formula) -> Any:
        match what:
            case Name(name):
                found = column(name)
                if found not in self.read:
                    self.read[found] = self.person(found, self.period)
                return self.read[found]
            case Sum(sign, left, right):
                a, b = self.value(left), self.value(right)
                return a + b if sign == "+" else a - b if sign == "-" else a * b
            case Extreme(name, items):
                return reduce(np.minimum if name == "min" else np.maximum, [self.value(item) for item in items])
            case Decimal():
                return np.float32(what)
            case _:
                raise UnreadTable(f"no column: {what}")

    def equals(self, what: Formula, constant: str | Decimal) -> Flags:
        if isinstance(constant, str) and isinstance(what, Name):
            flags: Flags = self.value(what) == self.words.kinds[column(what.name)][constant]
            return flags
        numbers: Flags = self.value(what) == np.float32(constant)
        return numbers

    def unknown(self, what: Formula) -> Flags:
        if isinstance(what, Name) and column(what.name) in TEXT_COLUMNS:
            return self.equals(what, UNKNOWN)
        flags: Flags = np.isnan(self.value(what))
        return flags

    def within(self, what: Formula, limits: Range) -> Flags:
        value, parts = self.value(what), []
        if limits.low is not None:
            parts.append(value >= np.float32(limits.low) if limits.low_in else value > np.float32(limits.low))
        if limits.high is not None:
            parts.append(value <= np.float32(limits.high) if limits.high_in else value < np.float32(limits.high))
        flags: Flags = reduce(and_, parts)
        return flags

    def passes(self, what: Formula, cell: Cell) -> Flags:
        parts = [self.within(what, limits) for limits in cell.ranges]
        parts += [self.equals(what, constant) for constant in cell.values]
        parts += [self.unknown(what)] if cell.null else []
        flags: Flags = reduce(or_, parts)
        return ~flags if cell.negated else flags

    def hit(self, table: Table, rule: Rule) -> Flags:
        pairs = zip(table.inputs, rule.cells, strict=True)
        flags: Flags = reduce(and_, [self.passes(what, cell) for what, cell in pairs if not cell.always])
        return flags


def _variable(name: str, kind: Any, formula: Any = None, **more: Any) -> type[Variable]:
    says = {"value_type": kind, "entity": PERSON, "definition_period": DateUnit.MONTH, **more}
    return type(name, (Variable,), says | ({"formula": formula} if formula else {}))


PERSON = build_entity("person", "persons", "A resident", is_person=True)


def name_of(table: Table) -> str:
    return table.id.replace("-", "_")


def variables(table: Table, words: Words) -> list[type[Variable]]:
    """`…_rule` and `…_amount`; a table that collects has a flag per rule instead, and amounts are asked of the rules hit."""
    if table.collects:
        return [
            _variable(
                f"{name_of(table)}_rule_{rule.number}",
                bool,
                lambda person, period, _=None, rule=rule: Columns(person, period, words).hit(table, rule),
            )
            for rule in table.rules
        ]

    def number(person: Any, period: Any) -> Array:
        columns = Columns(person, period, words)
        hits = [columns.hit(table, rule) for rule in table.ordered()]
        return np.select(hits, [rule.number for rule in table.ordered()], 0)

    def amount(person: Any, period: Any) -> Array:
        columns, rules = Columns(person, period, words), person(f"{name_of(table)}_rule", period)
        amounts = [columns.value(rule.outputs[-1]) for rule in table.rules]
        return np.select([rules == rule.number for rule in table.rules], amounts, 0)

    return [_variable(f"{name_of(table)}_rule", int, number), _variable(f"{name_of(table)}_amount", float, amount)]


def system(tables: tuple[Table, ...], words: Words) -> TaxBenefitSystem:
    found = TaxBenefitSystem([PERSON])
    for name in COLUMNS:
        kind = words.kinds.get(name)
        if kind is None:
            found.add_variable(_variable(name, float, default_value=float("nan")))
        else:
            found.add_variable(_variable(name, Enum, possible_values=kind, default_value=kind[UNKNOWN]))
    for table in tables:
        for variable in variables(table, words):
            found.add_variable(variable)
    return found


def numbers(values: pa.ChunkedArray) -> Array:
    return pc.cast(values, pa.float64()).to_numpy(zero_copy_only=False).astype(np.float32)


def simulation(law: TaxBenefitSystem, residents: pa.Table, words: Words) -> Any:
    found = SimulationBuilder().build_default_simulation(law, residents.num_rows)
    for name in COLUMNS:
        values = residents[name]
        found.set_input(name, MONTH, words.codes(name, values) if name in TEXT_COLUMNS else numbers(values))
    return found


def counts(tables: tuple[Table, ...], case: Any) -> dict[tuple[str, int], int]:
    found: dict[tuple[str, int], int] = {}
    for table in tables:
        if table.collects:
            for rule in table.rules:
                found[table.id, rule.number] = int(case.calculate(f"{name_of(table)}_rule_{rule.number}", MONTH).sum())
        else:
            hits = np.bincount(case.calculate(f"{name_of(table)}_rule", MONTH), minlength=len(table.rules) + 1)
            found |= {(table.id, rule.number): int(hits[rule.number]) for rule in table.rules}
    return found


def hit_list(tables: tuple[Table, ...], case: Any, people: Array) -> pa.Table:
    """Rows (person, decision, rule, amount) from the variables computed before."""
    parts = []
    for table in tables:
        for rule in table.rules:
            if table.collects:
                hit = case.calculate(f"{name_of(table)}_rule_{rule.number}", MONTH)
                size = case.get_array("household_size", MONTH)
                whole = rule.outputs[0]
                amount = size * np.float32(whole.left) if isinstance(whole, Sum) else np.full(len(hit), whole, float)
            else:
                hit = case.calculate(f"{name_of(table)}_rule", MONTH) == rule.number
                amount = case.calculate(f"{name_of(table)}_amount", MONTH)
            rows = int(hit.sum())
            parts.append(
                pa.table({
                    KEY: people[hit],
                    "decision": pa.array([table.id] * rows, pa.string()),
                    "rule": pa.array([rule.number] * rows, pa.int16()),
                    "amount": pa.array(amount[hit].astype(np.float64), from_pandas=True),
                })
            )  # fmt: skip
    return pa.concat_tables(parts)


def run(source: Path, out: Path, threads: int) -> Ran:
    stages, tables = Stages(), read_tables(DECISIONS)
    residents = pq.read_table(source)
    words = Words(residents)
    law = system(tables, words)
    # a simulation remembers what it computed: each run gets one that has computed nothing
    fresh = [simulation(law, residents, words) for _ in range(MOST + 1)]
    cases = iter(fresh)
    found = stages.measure("hits_counts", lambda: counts(tables, next(cases)))
    hits = hit_list(tables, fresh[0], residents[KEY].to_numpy())
    pq.write_table(hits, out / "hits.parquet")
    return Ran(
        rows=residents.num_rows,
        accepted=hits.num_rows,
        rejected="",
        stages=stages.seconds,
        versions={"openfisca-core": version("openfisca-core"), "numpy": np.__version__},
        reasons={f"{table} {rule}": n for (table, rule), n in sorted(found.items())},
    )


if __name__ == "__main__":
    contend(run)
