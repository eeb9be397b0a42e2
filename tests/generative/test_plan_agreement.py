"""Interpreter and plans over random worlds. `python -m bench agreement` does the same at length."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bench.agreement.comparing import Executor, compare
from bench.agreement.engines import NoSail, on_duckdb, on_spark
from bench.agreement.worlds import world
from hypothesis import given, note, settings
from hypothesis import strategies as st

SEEDS = st.integers(0, 10**9)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=SEEDS)
def test_a_plan_on_duckdb_gives_what_the_interpreter_gives(seed: int) -> None:
    note(f"world {seed}")
    found = compare(world(seed, rows=60, decisions=8), on_duckdb)
    assert found.pairs > 0
    assert found.differences == []


@pytest.fixture(scope="module")
def sail() -> Iterator[Executor]:
    try:
        with on_spark() as executor:
            yield executor
    except NoSail:
        pytest.skip("pysail is not installed: the Spark extra is left out")


@pytest.mark.parametrize("seed", [3, 14, 159])
def test_a_plan_on_spark_gives_what_the_interpreter_gives(seed: int, sail: Executor) -> None:
    found = compare(world(seed, rows=40), sail)
    assert found.pairs > 0
    assert found.differences == []


def test_the_same_seed_is_the_same_world() -> None:
    assert world(7).dmn == world(7).dmn
    assert world(7).rows.equals(world(7).rows)
    assert world(7).dmn != world(8).dmn
