"""How columns are coded and expressions run: edges of buckets, codes kept beside a table, what is refused and why."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from tableworld import AS_OF, literal, model, residents, table

from yiwang.rules.adapters import duck
from yiwang.rules.core.feel.parser import parse_expression
from yiwang.rules.core.feel.values import DateTime, Time
from yiwang.rules.core.plan.buckets import buckets_of
from yiwang.rules.core.plan.columns import Column
from yiwang.rules.core.plan.lowering import Setting, lower
from yiwang.rules.core.plan.plan import explain_plan
from yiwang.rules.core.plan.refusal import PlanRefused
from yiwang.rules.core.plan.typed import Typed, Unlowerable, column_type, column_typed


def setting(*columns: Column) -> Setting:
    import ibis  # only here: the tests of SQL need no more of it

    held = ibis.table({one.name: column_type(one) for one in columns}, name="t")
    return Setting({one.name: column_typed(one, held) for one in columns}, {}, DateTime(AS_OF, Time(0, 0, 0)))


MONEY, COUNT = Column("income", "number", 12, 2), Column("size", "number", 3, 0, whole=True)


def test_a_constant_between_two_steps_of_a_column_divides_it_and_is_no_value() -> None:
    found = buckets_of(Column("n", "number", 3, 0), [Decimal("1.5"), Decimal(3)])
    assert found is not None
    assert dict(found.values) == {0: None, 1: Decimal(1), 3: Decimal(2), 4: Decimal(3), 5: Decimal(4)}


def test_constants_no_row_can_reach_make_no_bucket() -> None:
    found = buckets_of(Column("n", "number", 2, 0), [Decimal(50), Decimal(1000)])
    assert found is not None and len(found.points) == 1


def test_rows_on_the_edges_are_decided_as_the_cells_say(tmp_path: Path) -> None:
    values = ["99.99", "100.00", "100.01", "200.00", "-0.01"]
    town = residents(tmp_path, income=pa.array([Decimal(one) for one in values], pa.decimal128(12, 2)))
    plan = town.plan(model(["income"], d=table(["income"], ["(100..200] | 1", "[0..100] | 2", "< 0 | 3"])))
    assert town.results(plan, "d") == [2, 2, 1, 1, 3]


def test_null_is_decided_by_the_cell_and_not_by_sql(tmp_path: Path) -> None:
    town = residents(tmp_path, hukou=pa.array(["a", None, "b"]))
    rules = ['not("a") | "other"', "null | null", '"a" | "same"']
    plan = town.plan(model(["hukou"], d=table(["hukou"], rules, "FIRST")))
    assert town.results(plan, "d") == ["same", "other", "other"]


def test_codes_are_written_once_and_a_changed_threshold_codes_its_columns_anew(tmp_path: Path) -> None:
    town = residents(tmp_path, age=pa.array([1, 20], pa.int16()), hukou=pa.array(["a", "b"]))
    cache = tmp_path / "codes"

    def files(limit: int) -> set[Path]:
        plan = town.plan(model(["age", "hukou"], d=table(["age", "hukou"], [f'> {limit} | "b" | 1'])))
        coded = duck.codes(plan, town.relation, cache, "version 1")
        assert duck.counts(plan, coded) == duck.counts(plan, town.relation)
        return set(cache.rglob("*.parquet"))

    first = files(10)
    assert files(10) == first and len(first) == 1
    assert len(files(18) - first) == 1


def test_codes_of_another_version_of_the_table_are_not_used(tmp_path: Path) -> None:
    town = residents(tmp_path, age=pa.array([1, 20], pa.int16()))
    plan = town.plan(model(["age"], d=table(["age"], ["> 10 | 1"])))
    for version in ("1", "2"):
        duck.codes(plan, town.relation, tmp_path / "codes", version)
    assert len(list((tmp_path / "codes").rglob("*.parquet"))) == 2


def test_a_float_is_refused(tmp_path: Path) -> None:
    town = residents(tmp_path, income=pa.array([1.5], pa.float64()))
    with pytest.raises(PlanRefused, match="DECIMAL"):
        duck.columns(town.relation)


def test_an_age_in_full_years_turns_on_the_birthday(tmp_path: Path) -> None:
    births = [datetime.date(2008, 11, 1), datetime.date(2008, 11, 2), datetime.date(2008, 2, 29), None]
    town = residents(tmp_path, born=pa.array(births, pa.date32()))
    age = parse_expression("years and months duration(born, today()).years")
    plan = town.plan(model(["age"], d=table(["age"], [">= 18 | 1", "< 18 | 2", "null | 3"])), derived={"age": age})
    assert town.results(plan, "d") == [1, 2, 1, 3]


def test_a_parameter_is_a_constant_of_its_day(tmp_path: Path) -> None:
    town = residents(tmp_path, age=pa.array([59, 60], pa.int16()))
    decisions = model(["age", "pension age"], d=table(["age"], [">= pension age | 1", "< pension age | 0"]))
    for value, expected in ((60, [0, 1]), (61, [0, 0])):
        assert town.results(town.plan(decisions, parameters={"pension age": Decimal(value)}), "d") == expected


def test_a_month_is_added_as_the_calendar_does(tmp_path: Path) -> None:
    town = residents(tmp_path, born=pa.array([datetime.date(2024, 1, 31)], pa.date32()))
    decisions = model(["born"], month=literal('born + @"P1M"'), days=literal('born + @"P30D"'))
    plan = town.plan(decisions)
    assert town.results(plan, "month") == [datetime.date(2024, 2, 29)]
    assert town.results(plan, "days") == [datetime.date(2024, 3, 1)]


def test_every_expression_says_how_it_runs(tmp_path: Path) -> None:
    town = residents(tmp_path, age=pa.array([1], pa.int16()), size=pa.array([1], pa.int16()), name=pa.array(["a"]))
    rules = ["> size | - | age * 2", '< 18 | matches(?, "^a") | 1']
    plan = town.plan(model(["age", "size", "name"], d=table(["age", "name"], rules, "FIRST")))
    ways = {one.text: one.how for one in explain_plan(plan, "d")}
    assert ways["age > size"] == "computed boolean"
    assert ways["age"] == "coded column"
    assert ways["age * 2"] == "lowered" and ways["1"] == "constant"
    looked = next(one for one in explain_plan(plan) if one.how == "by distinct values")
    assert "matches" in looked.en and "matches" in looked.zh


def test_too_many_distinct_values_are_refused_and_not_worked_out(tmp_path: Path) -> None:
    town = residents(tmp_path, name=pa.array([f"n{at}" for at in range(50)]))
    plan = town.plan(model(["name"], d=table(["name"], ['matches(?, "^n1") | 1'])), limit=20)
    with pytest.raises(PlanRefused, match="more than 20"):
        duck.counts(plan, town.relation)


def test_a_quotient_that_does_not_end_is_refused_and_not_rounded(tmp_path: Path) -> None:
    town = residents(tmp_path, n=pa.array([1, 3], pa.int16()))
    with pytest.raises(PlanRefused, match="round"):
        town.results(town.plan(model(["n"], d=table(["n"], ["- | n / 3"], kind="number"))), "d")
    rounded = town.plan(model(["n"], d=table(["n"], ["- | decimal(n / 3, 2)"], kind="number")))
    assert town.results(rounded, "d") == [Decimal("0.33"), 1]


@pytest.mark.parametrize(
    "text", ["income ** 2", "income / size", 'upper case("a") = income', "income = true", "sqrt(income)"]
)
def test_what_sql_would_not_compute_exactly_is_not_lowered(text: str) -> None:
    with pytest.raises(Unlowerable):
        lower(parse_expression(text), setting(MONEY, COUNT))


@pytest.mark.parametrize(
    ("text", "digits", "places"),
    [
        ("income + size", 13, 2),
        ("income * size", 15, 2),
        ("income / 4", 14, 4),
        ("floor(income)", 11, 0),
        ("size * 2", 4, 0),
    ],
)
def test_a_number_is_as_wide_as_its_largest_value(text: str, digits: int, places: int) -> None:
    found = lower(parse_expression(text), setting(MONEY, COUNT))
    assert isinstance(found, Typed) and (found.digits, found.places) == (digits, places)


def test_a_product_wider_than_feel_keeps_is_not_lowered() -> None:
    wide = Column("w", "number", 30, 2)
    with pytest.raises(Unlowerable, match="34"):
        lower(parse_expression("w * income"), setting(wide, MONEY))


def test_a_decision_that_is_a_constant_may_be_read_by_others(tmp_path: Path) -> None:
    town = residents(tmp_path, n=pa.array([1, 3], pa.int16()))
    plan = town.plan(model(["n"], limit=literal("2"), most=literal("max(limit, 1)"), d=literal("min(n, most)")))
    assert town.results(plan, "most") == [2, 2]
    assert town.results(plan, "d") == [1, 2]


@pytest.mark.parametrize("sign", ["", "-"], ids=["above zero", "below zero"])
def test_a_tiny_constant_stays_exact(tmp_path: Path, sign: str) -> None:
    town = residents(tmp_path, n=pa.array([1, 2], pa.int16()))
    plan = town.plan(model(["n"], d=literal(f"n + {sign}0.000000123456789012345678")))
    tiny = Decimal(f"{sign}1.23456789012345678E-7")
    assert town.results(plan, "d") == [1 + tiny, 2 + tiny]
