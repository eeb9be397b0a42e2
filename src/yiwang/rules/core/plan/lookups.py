"""The tables that codes are joined with: several columns share one, so that a row is looked up a few times and not once for each column.

The combined code is what is kept beside a table version: put together at every look-up it would cost more than the joins it saves.
A shared table has a row for every combination of its columns' codes; combinations no row has cost nothing but their place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import pyarrow as pa

from yiwang.rules.core.plan.dialects import Dialect
from yiwang.rules.core.plan.plan import Coded, Flag

CODE = "code"
# Combinations of one table: more would no longer stay in the processor's nearer memory while every row looks into it.
MOST = 4096


def word_name(word: int) -> str:
    return f"_w{word}"


def coded_name(name: str) -> str:
    """The column of codes of a coded column or flag."""
    return f"{name}c"


@dataclass(frozen=True)
class Lookup:
    """Columns that are looked up together, in the order in which their codes are counted up."""

    members: tuple[Coded | Flag, ...]

    @property
    def name(self) -> str:
        return self.members[0].name

    @property
    def size(self) -> int:
        return prod(len(one.masks) for one in self.members)

    @property
    def words(self) -> tuple[int, ...]:
        return tuple(sorted({word for one in self.members for word in one.words}))

    def code(self, dialect: Dialect, codes: Sequence[str]) -> str:
        """The combined code, of the smallest type that holds it, from the codes of the columns."""
        wide, found = dialect.code_type(self.size), ""
        for one, code in zip(self.members, codes, strict=True):
            # the codes themselves are bytes and would overflow
            own = f"CAST({code} AS {wide})"
            found = f"({found} * {len(one.masks)} + {own})" if found else own
        return found

    def table(self, dialect: Dialect, full: Mapping[int, int]) -> pa.Table:
        """Combined code → what it lets pass of each word."""
        found = {CODE: pa.array(range(self.size), dialect.arrow_code(self.size))}
        for word in self.words:
            passed = np.array([full[word]], np.int64)
            for one in self.members:
                masks = [mask[word] for mask in one.masks] if word in one.words else [full[word]] * len(one.masks)
                passed = np.bitwise_and.outer(passed, np.array(masks, np.int64)).ravel()
            found[word_name(word)] = pa.array(passed)
        return pa.table(found)


def lookups_of(columns: Sequence[Coded | Flag], most: int = MOST) -> tuple[Lookup, ...]:
    """Few lookups of at most so many combinations; a column of more than that stands alone. Columns of like words go together."""
    groups: list[list[Coded | Flag]] = []
    for one in sorted(columns, key=lambda one: (-len(one.masks), one.name)):
        fitting = [group for group in groups if Lookup(tuple(group)).size * len(one.masks) <= most]
        if fitting:
            min(fitting, key=lambda group: _apart(group, one)).append(one)
        else:
            groups.append([one])
    return tuple(Lookup(tuple(group)) for group in groups)


def _apart(group: Sequence[Coded | Flag], one: Coded | Flag) -> tuple[int, int]:
    """Words that only one side has; then the fuller group, so that room is left for wide columns."""
    lookup = Lookup(tuple(group))
    return len({*lookup.words} ^ {*one.words}), -lookup.size
