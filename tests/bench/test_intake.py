"""The intake benchmark says what it should at a size that takes seconds. Times are never judged here."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from bench.contest import Contender, ContenderFailed, Result, contest
from bench.intake import benchmark, table
from bench.peers import HOME

ROWS = 20_000


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("bench") / "insured.csv"
    table.write(target, ROWS)
    return target


def silent(text: str) -> None:
    assert text


def run_once(contenders: list[Contender], source: Path, folder: Path) -> dict[str, Result]:
    return contest(contenders, source, folder, threads=2, repeat=1, say=silent)


def ours() -> Contender:
    return next(c for c in benchmark.own_contenders() if c.name == benchmark.OURS)


def test_the_file_is_the_same_however_often_it_is_written(source: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.csv"
    table.write(again, ROWS)
    assert again.read_bytes() == source.read_bytes()


def test_every_kind_of_fault_is_in_the_file(source: Path) -> None:
    found = duckdb.sql(f"SELECT DISTINCT fault FROM '{source.with_suffix('.truth.parquet')}'").fetchall()
    assert {fault for (fault,) in found} == set(table.FAULTS)


def test_a_larger_file_begins_with_the_same_right_rows() -> None:
    small = table.clean_block(0, 100, table.np.random.default_rng(1))
    large = table.clean_block(0, 200, table.np.random.default_rng(1))
    assert small["resident_id"].to_pylist() == large["resident_id"].to_pylist()[:100]


def test_the_product_accepts_and_rejects_every_row_once_and_only_the_spoilt_ones(source: Path, tmp_path: Path) -> None:
    results = run_once([ours()], source, tmp_path)
    ran = results[benchmark.OURS].ran
    rejected = duckdb.sql(f"SELECT count(DISTINCT row) FROM '{ran.rejected}'").fetchone()
    assert rejected is not None
    assert ran.rows == ROWS == ran.accepted + rejected[0]
    assert benchmark.differences(source, results) == []


def test_the_peers_reject_the_same_rows(source: Path, tmp_path: Path) -> None:
    python = HOME / "bin/python"
    if not python.exists():
        pytest.skip("the benchmark's peers are not installed; install them with: python -m bench --quick --rows 20000")
    results = run_once(benchmark.peer_contenders(python), source, tmp_path)
    assert [r.ran.rows for r in results.values()] == [ROWS, ROWS]
    assert benchmark.differences(source, results) == []


def test_a_row_rejected_by_mistake_is_shown(source: Path, tmp_path: Path) -> None:
    results = run_once([ours()], source, tmp_path)
    ran = results[benchmark.OURS].ran
    duckdb.sql(f"COPY (SELECT row + 1 AS row FROM '{ran.rejected}' LIMIT 1) TO '{tmp_path / 'wrong.parquet'}'")
    wrong = Result("wrong", (), type(ran)(ROWS, ROWS - 1, str(tmp_path / "wrong.parquet")))
    (difference,) = benchmark.differences(source, {"wrong": wrong})
    spoilt = duckdb.sql(f"SELECT count(*) FROM '{source.with_suffix('.truth.parquet')}'").fetchone()
    assert spoilt is not None
    assert difference.too_few - difference.too_many == spoilt[0] - 1


def test_a_contender_that_fails_stops_the_contest_with_its_own_words(source: Path, tmp_path: Path) -> None:
    broken = Contender("broken", "bench.no_such_module", ours().python)
    with pytest.raises(ContenderFailed, match="no_such_module"):
        contest([broken], source, tmp_path, threads=1, repeat=1, say=silent)


def test_a_missed_limit_is_said_in_words() -> None:
    fine = {"duckdb": 2.9, "pandera": 6.0, "pointblank": 7.0, "best_peer": 6.0}
    assert benchmark.missed(fine, 900.0) == []
    assert len(benchmark.missed({**fine, "duckdb": 3.1, "best_peer": 4.9}, 2100.0)) == 3
