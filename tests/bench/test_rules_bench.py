"""The bench of rules says what it should at a size that takes seconds. Times are never judged here."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pyarrow.parquet as pq
import pytest
from bench.contest import Contender, Ran, measure
from bench.peers import PYTHON, installed
from bench.rules import benchmark, deciding, population, task, variants
from bench.rules.agreement import Agreement, Reference
from bench.rules.benchmark import Ratio
from bench.rules.tables import Cell, Range, Table, UnreadTable, cell, read_tables

ROWS = 4_000


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("rules") / "residents.parquet"
    population.write(target, ROWS)
    return target


@pytest.fixture(scope="module")
def tables() -> tuple[Table, ...]:
    return read_tables(task.DECISIONS)


@pytest.fixture(scope="module")
def sql(source: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    """What CASE SQL did, and its hit list."""
    out = tmp_path_factory.mktemp("case_sql")
    _, ran = measure(own("case_sql"), source, out, 1)
    return ran, out / "hits.parquet"


@pytest.fixture(autouse=True, scope="module")
def each_stage_once() -> Iterator[None]:
    """Answers are wanted here, not times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIWANG_BENCH_RUNS", "0")
        yield


def own(module: str) -> Contender:
    return next(one for one in benchmark.contenders(Path("python"), Path("none")) if one.module.endswith(module))


def peer(name: str) -> Contender:
    if not installed():
        pytest.skip("the benchmark's peers are not installed; install them with: python -m bench rules --quick")
    return next(one for one in benchmark.contenders(PYTHON, Path("none")) if one.name == name)


def test_residents_are_the_same_however_often_they_are_drawn(source: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.parquet"
    population.write(again, ROWS)
    assert pq.read_table(again).equals(pq.read_table(source))


def test_every_column_may_be_unknown_but_the_key(source: Path) -> None:
    residents = pq.read_table(source)
    assert residents.column_names == [task.KEY, *task.COLUMNS]
    unknown = {name for name in residents.column_names if residents[name].null_count}
    assert unknown == set(task.COLUMNS)


def test_incomes_are_decimals_of_cents(source: Path) -> None:
    rows = duckdb.sql(
        f"SELECT min(monthly_income), max(monthly_income), avg(monthly_income) FROM '{source}'"
    ).fetchall()
    least, most, mean = rows[0]
    assert (least, most.as_tuple().exponent) == (Decimal("0.00"), -2)
    assert 1500 < mean < 2500


def test_the_pack_has_twenty_tables_of_four_to_twelve_rules(tables: tuple[Table, ...]) -> None:
    assert len(tables) == 20
    assert all(4 <= len(table.rules) <= 12 for table in tables)
    assert {table.policy for table in tables} == {"FIRST", "UNIQUE", "PRIORITY", "COLLECT"}


def test_every_rule_of_the_pack_names_its_invented_article(tables: tuple[Table, ...]) -> None:
    reasons = [rule.reason for table in tables for rule in table.rules]
    assert all("（虚构）》第" in reason for reason in reasons)
    assert len(set(reasons)) == len(reasons)


def test_every_table_decides_something(sql: tuple[Ran, Path], tables: tuple[Table, ...]) -> None:
    ran, _ = sql
    assert {name.split()[0] for name in ran.reasons} == {table.id for table in tables}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("-", Cell()),
        ("null", Cell(null=True)),
        ('"失业", null', Cell(values=("失业",), null=True)),
        ('not("外地")', Cell(values=("外地",), negated=True)),
        ("[300..800)", Cell(ranges=(Range(Decimal(300), True, Decimal(800), False),))),
        ("<= 36", Cell(ranges=(Range(None, False, Decimal(36), True),))),
    ],
)
def test_the_peers_reader_reads_the_cells_of_the_pack(text: str, wanted: Cell) -> None:
    assert cell(text) == wanted


def test_the_peers_reader_refuses_what_it_does_not_know() -> None:
    with pytest.raises(UnreadTable, match="starts with"):
        cell('starts with(?, "外")')


def test_moving_a_threshold_moves_ranges_and_leaves_values() -> None:
    assert variants.moved("[80..90)", Decimal(2)) == "[82..92)"
    assert variants.moved("< 18, >= 60", Decimal(1)) == "< 19, >= 61"
    assert variants.moved("null, 3, 4", Decimal(1)) == "null, 3, 4"
    assert variants.moved("[0..3)", Decimal(1)) == "[0..4)"


def test_a_hundred_decisions_are_the_twenty_with_their_thresholds_moved(tmp_path: Path) -> None:
    variants.write(tmp_path, 5)
    found = read_tables(tmp_path)
    assert len(found) == len({table.id for table in found}) == 100
    assert sum(len(table.rules) for table in found) == 5 * sum(len(t.rules) for t in read_tables(task.DECISIONS))
    for path in tmp_path.glob("*.dmn"):
        ids = [element.get("id") for element in ElementTree.parse(path).iter() if element.get("id")]
        assert len(ids) == len(set(ids)), path.name


@pytest.mark.parametrize("name", ["polars", "openfisca", "zen", "spiff"])
def test_a_peer_gives_the_answers_of_case_sql(
    name: str, source: Path, sql: tuple[Ran, Path], tables: tuple[Table, ...], tmp_path: Path
) -> None:
    _, ran = measure(peer(name), source, tmp_path / name, 1)
    found = Reference(sql[1], tables).against(name, tmp_path / name / "hits.parquet", ran.rows)
    assert found.rules == 0
    assert found.largest < (0.01 if name in benchmark.FLOAT32 else 1e-9)


def test_another_rule_and_another_amount_are_told(
    sql: tuple[Ran, Path], tables: tuple[Table, ...], tmp_path: Path
) -> None:
    reference = Reference(sql[1], tables)
    spoilt = tmp_path / "spoilt.parquet"
    reference.connection.execute(f"""
        COPY (SELECT person, decision, CASE row_number() OVER (ORDER BY person, decision) WHEN 1 THEN [99::SMALLINT] ELSE rules END AS rules, result,
            CASE row_number() OVER (ORDER BY person, decision) WHEN 2 THEN amount + 1 ELSE amount END AS amount
            FROM reference) TO '{spoilt}' (FORMAT parquet)
        """)
    found = reference.against_answers("spoilt", spoilt, ROWS)
    assert (found.rules, found.amounts, found.largest) == (1, 1, 1.0)
    assert not found.equal


def test_float32_amounts_are_told_and_not_held_against_a_peer() -> None:
    float32 = Agreement("openfisca", 10, 20, 0, 0, 3, 1e-4, "")
    doubles = Agreement("zen", 10, 20, 0, 0, 3, 1e-4, "one")
    assert benchmark.differing([float32]) == []
    assert benchmark.differing([doubles]) == ["zen: 0 other rules, 0 other results, 3 other amounts, such as one"]


def test_a_missed_limit_is_told_in_words() -> None:
    seconds = {("a", "x"): 6.0, ("b", "x"): 2.0}
    ratios = (
        Ratio("fast", ("a", "x"), ("b", "x"), least=2),
        Ratio("slow", ("a", "x"), ("b", "x"), least=4),
        Ratio("wide", ("a", "x"), ("b", "x"), most=2.5),
        Ratio("told", ("b", "x"), ("a", "x")),
    )
    values, missed = benchmark.told(ratios, seconds)
    assert values == {"fast": 3.0, "slow": 3.0, "wide": 3.0, "told": 0.33}
    assert missed == ["slow: 3.00, wanted >= 4", "wide: 3.00, wanted <= 2.5"]


def test_our_plan_gives_the_answers_of_case_sql(
    source: Path, sql: tuple[Ran, Path], tables: tuple[Table, ...], tmp_path: Path
) -> None:
    variants.write(tmp_path / "hundred", benchmark.COPIES)
    ours = benchmark.contenders(Path("python"), tmp_path / "hundred")[0]
    _, ran = measure(ours, source, tmp_path / "out", 1)
    found = Reference(sql[1], tables).against_answers(ours.name, tmp_path / "out/answers.parquet", ran.rows)
    assert found.equal, found.example
    assert dict(ran.reasons) == dict(sql[0].reasons)


def test_one_at_a_time_we_and_zen_come_to_the_same_amounts(source: Path, tmp_path: Path) -> None:
    if not installed():
        pytest.skip("the benchmark's peers are not installed; install them with: python -m bench rules --quick")
    for one in deciding.both(PYTHON):
        measure(one, source, tmp_path / one.name, 1)
    assert deciding.differing(tmp_path) == []
