"""Who lives together: kinds of household, their members and the days they were born, consistent by construction.

A block holds a fixed number of residents. Members stand in six slots: man, woman, two children, the man's father and mother.
Children are drawn first and their parents' birthdays follow, so nobody is younger than their child.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yiwang.data.synth.draws import F64, I64, Bool, generator, spans, weighted
from yiwang.data.synth.figures import figure

KINDS = (
    "single",
    "elder_single",
    "couple",
    "elder_couple",
    "one_child",
    "two_children",
    "single_parent",
    "adult_child",
    "three_generations",
)
MAN, WOMAN, CHILD, SECOND_CHILD, GRANDFATHER, GRANDMOTHER = range(6)
YEAR = 365.2425


@dataclass(frozen=True)
class Families:
    """Households of one block; two-dimensional columns are households × six slots."""

    kind: I64
    present: Bool
    born: I64  # days since 1970-01-01, meaningful where present
    man_heads: Bool
    child_male: Bool  # households × 2


def _kinds(rng: np.random.Generator, residents: int) -> tuple[I64, Bool]:
    """Kinds of household whose sizes add up to exactly `residents`, and whether a grandfather lives with them."""
    mix = figure("household.mix").shares
    drawn = weighted(rng.random(residents), [mix[kind] for kind in KINDS])
    with_grandfather = rng.random(residents) < 0.6
    size = np.asarray([1, 1, 2, 2, 3, 4, 2, 3, 4])[drawn] + ((drawn == 8) & with_grandfather)
    filled = np.cumsum(size)
    whole = int(np.searchsorted(filled, residents, side="right"))
    rest = residents - (int(filled[whole - 1]) if whole else 0)
    kinds: I64 = np.concatenate([drawn[:whole], np.zeros(rest, dtype=np.int64)])
    return kinds, with_grandfather[: whole + rest]


def _years(rng: np.random.Generator, low: float, high: float, count: int) -> F64:
    drawn: F64 = low + rng.random(count) * (high - low)
    return drawn


def _ages(rng: np.random.Generator, kind: I64) -> F64:
    """Ages in years, households × slots, for every slot whether present or not."""
    count = len(kind)
    tables = {name: [[float(x) for x in row] for row in rows] for name, rows in figure("household.ages").value.items()}
    child = np.where(
        kind == KINDS.index("adult_child"), spans(rng, count, tables["grown_child"]), spans(rng, count, tables["child"])
    )
    two = kind == KINDS.index("two_children")
    child = np.where(two & (child < 2.5), child + 2.5, child)
    woman = child + spans(rng, count, figure("household.mother_age_at_birth").rows)
    for name in KINDS[:4]:
        of_kind = kind == KINDS.index(name)
        woman[of_kind] = spans(rng, int(of_kind.sum()), tables[name])
    alone = kind <= 1
    man = np.where(alone, woman, woman + np.clip(rng.normal(1.8, 2.5, count), -3, 9))
    # Nobody is married or a parent before twenty.
    man = np.where(alone, man, np.maximum(man, np.where(np.isin(kind, [2, 3]), 22.0, child + 20)))
    second = np.maximum(child - _years(rng, 1.2, 6, count), 0.05)
    grandmother = man + _years(rng, 20, 33, count)
    grandfather = np.maximum(grandmother + np.clip(rng.normal(1.8, 2.5, count), -3, 8), man + 20)
    ages: F64 = np.stack([man, woman, child, second, grandfather, grandmother], axis=1)
    return ages


def families_draw(seed: int, block: int, residents: int, today: int) -> Families:
    """The households of one block; `today` in days since 1970-01-01."""
    rng = generator(seed, "families", block)
    kind, with_grandfather = _kinds(rng, residents)
    count = len(kind)
    chance = rng.random(count)
    alone_man = np.where(kind == 1, chance < 0.40, chance < 0.55)
    parent_man = chance < 0.35
    present = np.zeros((count, 6), dtype=np.bool_)
    pair = np.isin(kind, [2, 3, 4, 5, 7, 8])
    present[:, MAN] = pair | ((kind <= 1) & alone_man) | ((kind == 6) & parent_man)
    present[:, WOMAN] = pair | ((kind <= 1) & ~alone_man) | ((kind == 6) & ~parent_man)
    present[:, CHILD] = np.isin(kind, [4, 5, 6, 7, 8])
    present[:, SECOND_CHILD] = kind == 5
    present[:, GRANDMOTHER] = kind == 8
    present[:, GRANDFATHER] = (kind == 8) & with_grandfather
    born = today - np.ceil(_ages(rng, kind) * YEAR).astype(np.int64)
    man_heads = np.where(
        present[:, MAN] & present[:, WOMAN], rng.random(count) < figure("household.father_head").number, present[:, MAN]
    ) | (kind == 8)
    return Families(kind, present, born, man_heads, rng.random((count, 2)) < 0.512)
