"""Decisions into a plan: who rests on whom, what is coded, where the bits lie, what each bucket lets pass."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from yiwang.rules.core.dmn.boxed import DecisionTable, Literal
from yiwang.rules.core.feel.values import Date, DateTime, Time, Value
from yiwang.rules.core.plan import places
from yiwang.rules.core.plan.asked import Asked
from yiwang.rules.core.plan.buckets import buckets_of
from yiwang.rules.core.plan.clauses import Clause, Reader
from yiwang.rules.core.plan.columns import Column, Facts
from yiwang.rules.core.plan.places import Segment
from yiwang.rules.core.plan.plan import Account, Coded, Flag, Looked, Masks, Plan, Stage, Taken
from yiwang.rules.core.plan.results import Results, results_of
from yiwang.rules.core.plan.stages import Opening, Openings
from yiwang.rules.core.plan.universe import Universe

# How many distinct tuples of columns are worked out one by one before a plan is refused.
LIMIT = 100_000
_MIDNIGHT = Time(0, 0, 0)


def compile_population(
    decisions: Sequence[Asked],
    facts: Facts,
    *,
    as_of: Date,
    parameters: Mapping[str, Value] | None = None,
    limit: int = LIMIT,
) -> Plan:
    """The plan that takes all decisions for every row of a table with those facts, as of a day.

    `parameters` are the dated parameters as they stand on that day. Raises PlanRefused.
    """
    bound = dict(parameters or {})
    for one in decisions:
        bound.update(one.functions or {})
    now = DateTime(as_of, _MIDNIGHT)
    stages, accounts = [], list[Account]()
    word = 0
    openings = Openings(decisions, facts, bound, now)
    earlier: dict[str, Column] = {}
    for number in range(max(openings.levels.values(), default=0) + 1):
        stage, said = _stage(openings.open(number, earlier), word)
        stages.append(stage)
        accounts += said
        word += len(stage.words)
        earlier.update(_named_outputs(stage))
    return Plan(facts, tuple(stages), now, tuple(accounts), limit, _digest(stages))


def _named_outputs(stage: Stage) -> dict[str, Column]:
    """The columns a stage leaves behind, as expressions name them."""
    found = {}
    for one in stage.taken:
        if not isinstance(one.asked.logic, DecisionTable):
            continue
        names = [output.name for output in one.asked.logic.outputs] if len(one.outputs) > 1 else [""]
        for name, column in zip(names, one.outputs, strict=False):
            found[f"{one.asked.variable}.{name}" if name else one.asked.variable] = column
    return found


@dataclass
class _Reading:
    """One table half-way: its clauses are read, its bits not yet placed."""

    asked: Asked
    reader: Reader
    clauses: list[Clause]
    width: int
    sound: int | None
    results: Results


def _stage(opening: Opening, word: int) -> tuple[Stage, list[Account]]:
    results, valued = results_of(opening)
    universe = opening.universe if not valued else opening.widened(valued)
    setting = universe.setting()
    readings = [_read(one, universe, results[one.id], setting) for one in opening.decisions]
    columns = [frozenset(_keys(one)) for one in readings]
    segments, count = places.pack([one.width for one in readings], columns)
    segments = [tuple(Segment(s.word + word, s.shift, s.width, s.first) for s in each) for each in segments]
    full: dict[int, int] = defaultdict(int)
    for each in segments:
        for one in each:
            full[one.word] |= one.mask << one.shift
    builder = _Builder(universe, full)
    for reading, placed in zip(readings, segments, strict=True):
        builder.add(reading, placed)
    taken = tuple(
        Taken(r.asked, s, r.results.judge(r.asked, r.sound), r.results.rows, r.results.columns)
        for r, s in zip(readings, segments, strict=True)
    )
    stage = Stage(
        universe,
        (*opening.valued, *valued),
        tuple(builder.coded()),
        tuple(builder.flags()),
        tuple(builder.looked()),
        taken,
        tuple(range(word, word + count)),
        dict(full),
    )
    accounts = [
        *opening.accounts,
        *(said for one in readings for said in (*one.reader.accounts, *one.results.accounts)),
    ]
    return stage, accounts


def _read(asked: Asked, universe: Universe, results: Results, setting: object) -> _Reading:
    reader = Reader(asked, universe, setting)  # type: ignore[arg-type]
    if isinstance(asked.logic, Literal):
        return _Reading(asked, reader, [], 0, None, results)
    table = asked.logic
    sound = len(table.rules) if any(one.values is not None for one in table.inputs) else None
    clauses = reader.clauses(table, sound)
    return _Reading(asked, reader, clauses, len(table.rules) + (sound is not None), sound, results)


def _keys(reading: _Reading) -> list[str]:
    found = []
    for clause in reading.clauses:
        if clause.coded and clause.source:
            found.append(clause.source.key)
        found += [f"{reading.asked.id}:{id(cell)}" for cell, _ in clause.flags]
        if clause.looked:
            found.append(f"{reading.asked.id}:{id(clause)}")
    return found


Fails = dict[int, int]


class _Builder:
    """Collects what the cells of all tables ask of each source."""

    def __init__(self, universe: Universe, full: Mapping[int, int]) -> None:
        self.universe = universe
        self.full = full
        self._by_source: dict[str, list[tuple[_Reading, Clause, tuple[Segment, ...]]]] = defaultdict(list)
        self._flags: list[Flag] = []
        self._looked: dict[
            tuple[str, ...], list[tuple[Fails, Callable[[Mapping[str, Value]], list[bool]], list[Fails]]]
        ]
        self._looked = defaultdict(list)

    def add(self, reading: _Reading, segments: tuple[Segment, ...]) -> None:
        for clause in reading.clauses:
            if clause.coded and clause.source is not None:
                self._by_source[clause.source.key].append((reading, clause, segments))
            for cell, expression in clause.flags:
                off = _bits(segments, cell.bits)
                masks = (self._without(off), {word: self.full[word] for word in off})
                self._flags.append(Flag(f"_f{len(self._flags)}", expression, tuple(sorted(off)), masks))
            if clause.looked:
                sources, passes = reading.reader.looker(clause)
                each = [_bits(segments, cell.bits) for cell in clause.looked]
                self._looked[sources].append(({}, passes, each))

    def _without(self, off: Fails) -> Masks:
        return {word: self.full[word] & ~bits for word, bits in off.items()}

    def flags(self) -> list[Flag]:
        return self._flags

    def coded(self) -> list[Coded]:
        return [self._coded(number, uses) for number, uses in enumerate(self._by_source.values())]

    def _coded(self, number: int, uses: list[tuple[_Reading, Clause, tuple[Segment, ...]]]) -> Coded:
        source = uses[0][1].source
        assert source is not None
        found = buckets_of(source.column, [value for _, clause, _ in uses for value in clause.constants])
        assert found is not None
        fails: list[Fails] = [defaultdict(int) for _ in range(found.size)]
        touched: set[int] = set()
        for reading, clause, segments in uses:
            judge = reading.reader.judge(clause, clause.coded)
            bits = [_bits(segments, cell.bits) for cell in clause.coded]
            touched.update(word for each in bits for word in each)
            for code, value in found.values:
                for passed, off in zip(judge(value), bits, strict=True):
                    for word, mask in off.items() if not passed else ():
                        fails[code][word] |= mask
        words = tuple(sorted(touched))
        masks = tuple({word: self.full[word] & ~off.get(word, 0) for word in words} for off in fails)
        return Coded(f"_k{number}", found, source.expression, words, masks)

    def looked(self) -> list[Looked]:
        found = []
        for number, (reads, parts) in enumerate(self._looked.items()):
            words = tuple(sorted({word for _, _, each in parts for off in each for word in off}))
            found.append(Looked(f"_l{number}", reads, words, self._decider(words, parts)))
        return found

    def _decider(
        self,
        words: tuple[int, ...],
        parts: list[tuple[Fails, Callable[[Mapping[str, Value]], list[bool]], list[Fails]]],
    ) -> Callable[[Mapping[str, Value]], Masks]:
        full = {word: self.full[word] for word in words}

        def decide(values: Mapping[str, Value]) -> Masks:
            found = dict(full)
            for _, passes, each in parts:
                for passed, off in zip(passes(values), each, strict=True):
                    for word, mask in off.items() if not passed else ():
                        found[word] &= ~mask
            return found

        return decide


def _bits(segments: tuple[Segment, ...], numbers: Sequence[int]) -> Fails:
    found: Fails = defaultdict(int)
    for number in numbers:
        word, mask = places.bit(segments, number)
        found[word] |= mask
    return dict(found)


def _digest(stages: Sequence[Stage]) -> str:
    said = hashlib.sha256()
    for stage in stages:
        for one in stage.coded:
            said.update(repr((one.name, one.buckets, one.masks)).encode())
    return said.hexdigest()[:16]
