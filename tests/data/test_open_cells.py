"""Small counts are hidden so that nobody can work them out from what stands beside them."""

from __future__ import annotations

import random
from itertools import product

import pytest

from yiwang.data.opening.cells import GRAND, Arc, TooFine, arcs_of, hide, hide_line, protected, span

THRESHOLD = 10
SMALLER = 4


def table(seed: int, rows: int, columns: int, most: int) -> dict[tuple[str, ...], int]:
    draw = random.Random(seed)
    return {(f"r{i}", f"c{j}"): draw.choice([0, draw.randint(1, most)]) for i in range(rows) for j in range(columns)}


def filled(counts: dict[tuple[str, ...], int]) -> dict[tuple[str, ...], int]:
    return {key: n for key, n in counts.items() if n}


def possible(arcs: dict[Arc, int], hidden: frozenset[Arc], most: int) -> dict[Arc, set[int]]:
    """Every value a hidden number can have in some table of positive counts with the published ones: by trying all."""
    cells = [a for a in hidden if a[0][0] == "row" and a[0][1] != "*"]
    shown = {a: n for a, n in arcs.items() if a not in hidden}
    seen: dict[Arc, set[int]] = {a: set() for a in hidden}
    for values in product(range(1, most + 1), repeat=len(cells)):
        counts = {(a[0][1][1:], a[1][1][1:]): n for a, n in arcs.items() if a[0][0] == "row" and a[0][1] != "*"}
        counts |= {(a[0][1][1:], a[1][1][1:]): n for a, n in zip(cells, values, strict=True)}
        again = arcs_of(counts)
        if all(again[a] == n for a, n in shown.items()):
            for a in hidden:
                seen[a].add(again[a])
    return seen


def test_what_is_said_to_be_possible_is_what_trying_every_table_finds() -> None:
    compared = 0
    for seed in range(40):
        counts = filled(table(seed, 2, 3, 6))
        if len(counts) < 4:
            continue
        arcs = arcs_of(counts)
        hidden = frozenset(a for a, n in arcs.items() if n < SMALLER and a != GRAND)
        cells = [a for a in hidden if a[0][0] == "row" and a[0][1] != "*"]
        if not 0 < len(cells) <= 4:
            continue
        for arc, values in possible(arcs, hidden, 12).items():
            assert span(arcs, hidden, arc) == (min(values), max(values)), (seed, arc)
            compared += 1
    assert compared > 40


def test_a_total_does_not_give_one_hidden_cell_back() -> None:
    counts = {("a", "x"): 3, ("a", "y"): 50, ("b", "x"): 40, ("b", "y"): 60}
    arcs = arcs_of(counts)
    small: Arc = (("row", "=a"), ("column", "=x"))
    assert span(arcs, {small}, small) == (3, 3), "alone it is the total less the others"
    hidden = hide(arcs, THRESHOLD)
    assert len(hidden) > 1
    low, high = span(arcs, hidden, small)
    assert high - low >= THRESHOLD


def test_two_small_ones_in_a_row_are_not_enough_when_their_sum_tells() -> None:
    assert hide_line({("a",): 2, ("b",): 3, ("c",): 40, ("d",): 90}, THRESHOLD) == {("a",), ("b",), ("c",)}


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    told = protected({("a",): 10, ("b",): 11}, threshold=THRESHOLD, rounding=1)
    assert [c.value for c in told] == [10, 11, 21]


def test_every_small_number_of_random_tables_stays_wide() -> None:
    hidden_ones = refused = 0
    for seed in range(60):
        counts = filled(table(seed, 5, 6, 60))
        arcs = arcs_of(counts)
        try:
            hidden = hide(arcs, THRESHOLD)
        except TooFine:
            refused += 1
            continue
        assert GRAND not in hidden
        for arc, n in arcs.items():
            if n < THRESHOLD:
                low, high = span(arcs, hidden, arc)
                assert low <= n <= high and high - low >= THRESHOLD
                hidden_ones += 1
    assert hidden_ones > 100 and refused < 10


def test_so_few_that_nothing_can_be_said_is_refused() -> None:
    with pytest.raises(TooFine, match="fewer than 10"):
        protected({("a",): 4, ("b",): 5}, threshold=THRESHOLD, rounding=1)
    with pytest.raises(TooFine, match="worked out"):
        protected({(f"v{n}",): 2 for n in range(6)}, threshold=THRESHOLD, rounding=1)


def test_what_is_shown_is_rounded_and_totals_need_not_add_up() -> None:
    told = protected({("a", "x"): 12, ("a", "y"): 12, ("b", "x"): 12, ("b", "y"): 12}, threshold=10, rounding=5)
    assert {c.kind: c.value for c in told} == {
        "cell": 10,
        "row-total": 25,
        "column-total": 25,
        "grand-total": 50,
    }


def test_a_hidden_number_has_no_value_and_its_kind_is_told() -> None:
    told = protected({("a",): 2, ("b",): 30, ("c",): 40}, threshold=10, rounding=1)
    assert [(c.keys, c.kind, c.value) for c in told] == [
        (("a",), "cell", None),
        (("b",), "cell", None),
        (("c",), "cell", 40),
        (("",), "grand-total", 72),
    ]
