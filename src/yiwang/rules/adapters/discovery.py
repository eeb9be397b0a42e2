"""Which profiles a stage has: each word of its masks counted once, and cut into the bits of each decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from yiwang.rules.core.plan.lookups import word_name
from yiwang.rules.core.plan.plan import Stage, Taken
from yiwang.rules.core.plan.profiles import Parts, profiles_of

if TYPE_CHECKING:
    from yiwang.rules.adapters.population import Population


def discover_at_once(population: Population, stage: Stage, masks: str) -> None:
    names = [population.name(word_name(word)) for word in stage.words]
    sets = ", ".join(f"({name})" for name in names)
    grouped = f"SELECT {', '.join(names)}, count(*) AS n FROM ({masks}) AS m GROUP BY GROUPING SETS ({sets})"
    table = population.engine.arrow(grouped)
    for at, word in enumerate(stage.words):
        # a word is never null: where it is, the row counts another word
        own = table.filter(table.column(at).is_valid())
        held, rows = own.column(at).to_numpy(), own.column("n").to_numpy()
        for taken in stage.taken:
            (segment,) = taken.segments
            if segment.word == word:
                counts = _segment_counts(held >> segment.shift & segment.mask, rows)
                population.found[taken.asked.id] = profiles_of(taken, counts)


def discover(population: Population, stage: Stage, masks: str) -> None:
    """Which profiles there are: each word, or the words of a wide decision, counted once."""
    groups: dict[tuple[int, ...], list[Taken]] = {}
    for taken in stage.taken:
        groups.setdefault(tuple(one.word for one in taken.segments), []).append(taken)
    for words, decisions in groups.items():
        for taken, profiles in zip(decisions, _counted(population, masks, words, decisions), strict=True):
            population.found[taken.asked.id] = profiles_of(taken, profiles)


def _counted(
    population: Population, masks: str, words: tuple[int, ...], decisions: list[Taken]
) -> list[list[tuple[Parts, int]]]:
    if not words:
        (rows,) = population.engine.rows(f"SELECT count(*) FROM {masks}")
        return [[((), int(rows[0]))] if rows[0] else [] for _ in decisions]
    names = ", ".join(population.name(word_name(word)) for word in words)
    grouped = f"SELECT {names}, count(*) AS n FROM {masks} GROUP BY {names}"
    if len(words) > 1:
        return [[(tuple(map(int, row[:-1])), int(row[-1])) for row in population.engine.rows(grouped)]]
    table = population.engine.arrow(grouped)
    held, rows = table.column(0).to_numpy(), table.column(1).to_numpy()
    population.words[words[0]] = held
    return [_segment_counts(held >> one.segments[0].shift & one.segments[0].mask, rows) for one in decisions]


def _segment_counts(parts: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> list[tuple[Parts, int]]:
    """The distinct bits of one decision and how many rows have them."""
    found, at = np.unique(parts, return_inverse=True)
    counts = np.zeros(len(found), np.int64)
    np.add.at(counts, at, rows)
    return [((int(part),), int(count)) for part, count in zip(found, counts, strict=True)]
