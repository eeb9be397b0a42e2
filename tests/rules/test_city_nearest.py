"""The smallest change that helps is found, whatever stands between the facts and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from yiwang.rules.core.feel.values import Date, Value
from yiwang.rules.core.nearest import Span, Step, nearest

AGE = Span(Decimal(0), Decimal(130), Decimal(1))
MONEY = Span(Decimal(0), Decimal(20000))


def test_of_two_ways_the_one_with_fewer_facts_is_told() -> None:
    def grants(facts: Mapping[str, Value]) -> bool:
        return facts["age"] >= Decimal(80) or (facts["a"] is True and facts["b"] is True)

    facts = {"age": Decimal(79), "a": False, "b": False}
    found = nearest(facts, {"age": AGE, "a": Span(), "b": Span()}, {"age": [Decimal(80)]}, grants)
    assert found == (Step("age", Decimal(79), Decimal(80)),)


def test_of_two_numbers_the_smaller_step_is_told() -> None:
    def grants(facts: Mapping[str, Value]) -> bool:
        return facts["age"] >= Decimal(80) or facts["income"] < Decimal(100)

    facts = {"age": Decimal(79), "income": Decimal(5000)}
    constants = {"age": [Decimal(80)], "income": [Decimal(100)]}
    found = nearest(facts, {"age": AGE, "income": MONEY}, constants, grants)
    assert found is not None and found[0].name == "age"


def test_a_number_that_is_only_computed_with_is_moved_to_where_the_answer_turns() -> None:
    def grants(facts: Mapping[str, Value]) -> bool:
        return facts["income"] / 3 < Decimal(520)

    found = nearest({"income": Decimal(1800)}, {"income": MONEY}, {}, grants)
    assert found == (Step("income", Decimal(1800), Decimal("1559.99")),)


def test_three_facts_that_must_change_together_are_found() -> None:
    def grants(facts: Mapping[str, Value]) -> bool:
        return facts["held"] is True and facts["late"] == Decimal(0) and facts["level"] == "一级"

    facts = {"held": False, "late": None, "level": None}
    spans = {"held": Span(), "late": Span(nullable=True), "level": Span(values=("一级", "二级"), nullable=True)}
    found = nearest(facts, spans, {"late": [Decimal(0)]}, grants)
    assert found is not None and {s.name: s.after for s in found} == {"held": True, "late": Decimal(0), "level": "一级"}


def test_a_date_moves_by_a_day_beside_its_bound() -> None:
    def grants(facts: Mapping[str, Value]) -> bool:
        return facts["since"] < Date(2020, 1, 1)

    found = nearest({"since": Date(2020, 5, 1)}, {"since": Span()}, {"since": [Date(2020, 1, 1)]}, grants)
    assert found == (Step("since", Date(2020, 5, 1), Date(2019, 12, 31)),)


def test_nothing_outside_what_a_fact_can_be_is_proposed() -> None:
    found = nearest(
        {"age": Decimal(79)}, {"age": AGE}, {"age": [Decimal(200)]}, lambda facts: facts["age"] == Decimal(200)
    )
    assert found is None


def test_where_nothing_helps_nothing_is_proposed() -> None:
    assert nearest({"a": True, "n": Decimal(1)}, {"a": Span(), "n": MONEY}, {}, lambda facts: False) is None
