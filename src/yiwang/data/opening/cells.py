"""Counts with small cells hidden so that the totals beside them do not give them back.

A table of counts with its totals is a flow that goes round: row → column is a cell, column → "all rows" a column total,
"all rows" → "all columns" the grand total, "all columns" → row a row total; what enters a node leaves it. Whoever knows
the published numbers and that hidden ones are at least 1 can bound a hidden one exactly by the most that can still be
pushed through it, or away from it, along other hidden ones. A small cell counts as protected when that span is at least
as wide as the threshold; until it is, further numbers are hidden, the smallest neighbours first.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Node = tuple[str, str]
# (from, to); every number of the table is one arc
Arc = tuple[Node, Node]
ALL_ROWS: Node = ("row", "*")
ALL_COLUMNS: Node = ("column", "*")
GRAND: Arc = (ALL_ROWS, ALL_COLUMNS)
MOST_CELLS = 5_000


class TooFine(ValueError):
    """The counts cannot be published at this breakdown without giving small ones away."""


@dataclass(frozen=True)
class Count:
    """One number: `kind` is cell, row-total, column-total or grand-total; `value` is None where it is hidden."""

    keys: tuple[str, ...]
    kind: str
    value: int | None


def protected(counts: Mapping[tuple[str, ...], int], *, threshold: int, rounding: int) -> tuple[Count, ...]:
    """Counts by one or two keys, with totals, safe to publish. Raises TooFine.

    Zeros are published: they count nobody. What is published is rounded to the nearest multiple of `rounding`, every
    number for itself, so totals need not be the sums of what is beside them.
    """
    filled = {key: n for key, n in counts.items() if n}
    if len(filled) > MOST_CELLS:
        raise TooFine(f"{len(filled)} counts; at most {MOST_CELLS}")
    total = sum(filled.values())
    if total < threshold:
        raise TooFine(f"there are fewer than {threshold} altogether")
    if all(len(key) == 1 for key in filled):
        line = hide_line(filled, threshold)
        told = [(key, "cell", n, key in line) for key, n in sorted(filled.items())]
        told.append((("",), "grand-total", total, False))
    else:
        arcs = arcs_of(filled)
        hidden = hide(arcs, threshold)
        told = [(*_said(arc), n, arc in hidden) for arc, n in arcs.items()]
    return tuple(Count(keys, kind, None if away else _rounded(n, rounding)) for keys, kind, n, away in told)


def _said(arc: Arc) -> tuple[tuple[str, ...], str]:
    """A number's keys, empty where it is a total over them, and its kind."""
    names = {side: name[1:] for side, name in arc if name != "*"}
    kind = "cell" if len(names) == 2 else "grand-total" if not names else f"{next(iter(names))}-total"
    return (names.get("row", ""), names.get("column", "")), kind


def _rounded(value: int, base: int) -> int:
    return (2 * value + base) // (2 * base) * base


def hide_line(counts: Mapping[tuple[str, ...], int], threshold: int) -> frozenset[tuple[str, ...]]:
    """As `hide` for one line with its total: each of h hidden numbers that sum to s can be anything from 1 to s - h + 1."""
    order = sorted(counts, key=lambda key: (counts[key], key))
    taken = sum(1 for key in order if counts[key] < threshold)
    while taken and sum(counts[key] for key in order[:taken]) - taken < threshold:
        if taken == len(order):
            raise TooFine("even with everything hidden but the total, small counts can be worked out")
        taken += 1
    return frozenset(order[:taken])


def hide(arcs: Mapping[Arc, int], threshold: int) -> frozenset[Arc]:
    """Which numbers must be hidden: all below the threshold, and what else it takes. Raises TooFine."""
    small = sorted((a for a, n in arcs.items() if 0 < n < threshold), key=lambda a: (arcs[a], a))
    hidden = set(small)
    for arc in small:
        while (low_high := span(arcs, hidden, arc, enough=threshold))[1] - low_high[0] < threshold:
            hidden.add(_next(arcs, hidden, arc))
    return frozenset(hidden)


def _next(arcs: Mapping[Arc, int], hidden: set[Arc], arc: Arc) -> Arc:
    """The smallest number still shown at either end of the arc, else the smallest anywhere; never the grand total."""
    shown = [a for a, n in arcs.items() if n and a not in hidden and a != GRAND]
    if not shown:
        raise TooFine("even with everything hidden but the grand total, small counts can be worked out")
    return min(shown, key=lambda a: (not ({a[0], a[1]} & {arc[0], arc[1]}), arcs[a], a))


def span(arcs: Mapping[Arc, int], hidden: Iterable[Arc], arc: Arc, *, enough: int = 10**9) -> tuple[int, int]:
    """The least and the most a hidden number can be, given the published ones; looks no further than `enough` apart."""
    others: dict[Node, dict[Node, int]] = defaultdict(dict)
    for a in hidden:
        if a != arc:
            # forward without limit; backward what can be taken from it while it stays at least 1
            others[a[0]][a[1]] = enough
            others[a[1]][a[0]] = arcs[a] - 1
    value = arcs[arc]
    down = min(value - 1, _flow({n: dict(to) for n, to in others.items()}, arc[0], arc[1], value - 1))
    up = _flow(others, arc[1], arc[0], enough)
    return value - down, value + up


def _flow(room: dict[Node, dict[Node, int]], source: Node, target: Node, most: int) -> int:
    """The most that goes from source to target, up to `most`, by shortest ways (Edmonds and Karp)."""
    pushed = 0
    while pushed < most:
        came: dict[Node, Node] = {source: source}
        queue = deque([source])
        while queue and target not in came:
            here = queue.popleft()
            for there, left in room.get(here, {}).items():
                if left > 0 and there not in came:
                    came[there] = here
                    queue.append(there)
        if target not in came:
            break
        way, node = [], target
        while node != source:
            way.append((came[node], node))
            node = came[node]
        size = min(most - pushed, *(room[a][b] for a, b in way))
        for a, b in way:
            room[a][b] -= size
            back = room.setdefault(b, {})
            back[a] = back.get(a, 0) + size
        pushed += size
    return pushed


def arcs_of(counts: Mapping[tuple[str, ...], int]) -> dict[Arc, int]:
    """Every number of a table by two keys as an arc: cells, row totals, column totals, the grand total."""
    rows: dict[str, int] = defaultdict(int)
    columns: dict[str, int] = defaultdict(int)
    arcs: dict[Arc, int] = {}
    for (row, column), n in sorted(counts.items()):
        rows[row] += n
        columns[column] += n
        arcs[("row", f"={row}"), ("column", f"={column}")] = n
    arcs |= {(ALL_COLUMNS, ("row", f"={row}")): n for row, n in rows.items()}
    arcs |= {(("column", f"={column}"), ALL_ROWS): n for column, n in columns.items()}
    arcs[GRAND] = sum(rows.values())
    return arcs
