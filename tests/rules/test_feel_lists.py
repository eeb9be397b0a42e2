"""The list functions of FEEL, from the standard: DMN 1.5, table 75, and `sort`, 10.3.4.8."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from librarycases import assert_gives, assert_null, evaluated

from yiwang.rules.errors import BudgetExceeded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("list contains([1,2,3], 2)", "true"),
        ("list contains([1,2,3], 4)", "false"),
        ("list contains([1,null], null)", "true"),
        ("list contains([1], null)", "false"),
        ("list contains([[1],[2]], [2])", "true"),
        ('list contains([1], "1")', "false"),
        ("count([1,2,3])", "3"),
        ("count([])", "0"),
        ("count([null])", "1"),
        ("count([1,[2,3]])", "2"),
        ("count(5)", "1"),
        ("index of([1,2,3,2], 2)", "[2,4]"),
        ("index of([1,2], 3)", "[]"),
        ("index of([1,null,null], null)", "[2,3]"),
        ("reverse([1,2,3])", "[3,2,1]"),
        ("reverse([])", "[]"),
        ("sublist([4,5,6], 1, 2)", "[4,5]"),
        ("sublist([4,5,6], 2)", "[5,6]"),
        ("sublist([4,5,6], -2)", "[5,6]"),
        ("sublist([4,5,6], -1, 1)", "[6]"),
        ("sublist([4,5,6], 1, null)", "[4,5,6]"),
        ("append([1], 2, 3)", "[1,2,3]"),
        ("append([1], null)", "[1,null]"),
        ("append([1], [2])", "[1,[2]]"),
        ("append([], 1)", "[1]"),
        ("append(1, 2)", "[1,2]"),
        ("concatenate([1,2],[3])", "[1,2,3]"),
        ("concatenate([1],[],[2],[null])", "[1,2,null]"),
        ("concatenate([1], 2)", "[1,2]"),
        ("insert before([1,3], 1, 2)", "[2,1,3]"),
        ("insert before([1,3], 2, 2)", "[1,2,3]"),
        ("insert before([1,3], -1, 2)", "[1,2,3]"),
        ("insert before([1,3], 1, null)", "[null,1,3]"),
        ("remove([1,2,3], 2)", "[1,3]"),
        ("remove([1,2,3], -1)", "[1,2]"),
        ("list replace([2,4,7,8], 3, 6)", "[2,4,6,8]"),
        ("list replace([2,4,7,8], -1, 6)", "[2,4,7,6]"),
        ("list replace([2,4], 1, null)", "[null,4]"),
        ("list replace([2,4,7,8], function(item, newItem) item < newItem, 5)", "[5,5,7,8]"),
        ("list replace([], function(item, newItem) true, 5)", "[]"),
        ("list replace(list: [1,2], match: function(item, newItem) item = 2, newItem: 9)", "[1,9]"),
        ("union([1,2],[2,3])", "[1,2,3]"),
        ("union([1,null],[null,1.0])", "[1,null]"),
        ("distinct values([1,2,3,2,1])", "[1,2,3]"),
        ("distinct values([null,1,null,true,1.0])", "[null,1,true]"),
        ('distinct values([1,"1",[1],[1],{a:1},{a:1.0}])', '[1,"1",[1],{a:1}]'),
        ('distinct values([@"10:00:00Z",@"11:00:00+01:00"])', '[@"10:00:00Z"]'),
        ("flatten([[1,2],[[3]],4])", "[1,2,3,4]"),
        ("flatten([1,[],[null,[[]]]])", "[1,null]"),
        ("sort([3,1,4,5,2], function(x,y) x < y)", "[1,2,3,4,5]"),
        ("sort([3,1,2], function(x,y) x > y)", "[3,2,1]"),
        ("sort([{k:1,n:1},{k:0,n:2},{k:1,n:3}], function(x,y) x.k < y.k).n", "[2,1,3]"),
        ("sort([], function(x,y) x < y)", "[]"),
        ("sort(list: [2,1], precedes: function(x,y) x < y)", "[1,2]"),
    ],
)
def test_lists_are_searched_and_made(text: str, expected: str) -> None:
    assert_gives(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("min([1,2,3])", "1"),
        ("min(1)", "1"),
        ("max(1,2,3)", "3"),
        ('max("a","c","b")', '"c"'),
        ('min([@"2026-01-02",@"2026-01-01"])', '@"2026-01-01"'),
        ('max(@"P1D",@"PT25H")', '@"PT25H"'),
        ("sum([1,2,3])", "6"),
        ("sum(1,2,3)", "6"),
        ("sum(1)", "1"),
        ("sum(0.1,0.2)", "0.3"),
        ("mean([1,2,3])", "2"),
        ("mean(1,2)", "1.5"),
        ("product([2,3,4])", "24"),
        ("product(2,3,4)", "24"),
        ("median(8,2,5,3,4)", "4"),
        ("median([6,1,2,3])", "2.5"),
        ("stddev(2,4,7,5)", "2.081665999466132735282297706979931"),
        ("stddev([1,1])", "0"),
        ("mode(6,3,9,6,6)", "[6]"),
        ("mode([6,1,9,6,1])", "[1,6]"),
        ("mode([1,1.0,2])", "[1]"),
        ("mode([])", "[]"),
        ("all([false,null,true])", "false"),
        ("all([true,true])", "true"),
        ("all(true)", "true"),
        ("all([])", "true"),
        ("all(true,1,false)", "false"),
        ("any([false,null,true])", "true"),
        ("any([false,false])", "false"),
        ("any(false)", "false"),
        ("any([])", "false"),
        ("any(1,true)", "true"),
        ("any(list: [true])", "true"),
    ],
)
def test_lists_are_reduced_to_one_value(text: str, expected: str) -> None:
    assert_gives(text, expected)


REDUCING = ["min", "max", "sum", "mean", "product", "median", "stddev", "mode"]


@pytest.mark.parametrize("name", REDUCING)
@pytest.mark.parametrize("arguments", ["null", "[1,null,2]", "1, null", "[null]", '[1,"2"]', "1, true", "", "[[1,2]]"])
def test_a_list_with_a_null_or_a_stranger_reduces_to_null(name: str, arguments: str) -> None:
    assert_null(f"{name}({arguments})")


@pytest.mark.parametrize("name", [name for name in REDUCING if name != "mode"])
def test_an_empty_list_reduces_to_null(name: str) -> None:
    assert_null(f"{name}([])")


@pytest.mark.parametrize(
    "text",
    [
        "all([true,null])",
        "all([true,1])",
        "all(0)",
        "all(null)",
        "all()",
        "any([false,null])",
        "any(0)",
        "any(null)",
        "any()",
        "count(null)",
        "count()",
        "count(1, 2)",
        "min({a:1})",
        "min([[1],[2]])",
        "max(true, false)",
        'min([1, @"P1D"])',
        'sum([@"P1D"])',
        "sum(list: null)",
        "product(10**6000, 10**6000)",
        "stddev(47)",
        "stddev([47])",
        "list contains(null, 1)",
        "reverse(null)",
        "sublist([1,2], 0)",
        "sublist([1,2], 3)",
        "sublist([1,2], -3)",
        "sublist([1,2], 1, 3)",
        "sublist([1,2], 1, 0)",
        "sublist([], 1)",
        "append(null, 1)",
        "append([1])",
        "append()",
        "concatenate()",
        "concatenate([1], null)",
        "insert before([1,3], 0, 2)",
        "insert before([1,3], 3, 2)",
        "insert before([1,3], 1.5, 2)",
        "insert before([], 1, 2)",
        "insert before(null, 1, 2)",
        "insert before([1], null, 2)",
        "remove([1,2], 0)",
        "remove([1,2], 3)",
        "remove([1,2], null)",
        "list replace([1,2], 0, 4)",
        "list replace([1,2], 3, 4)",
        "list replace([1,2], 1.5, 4)",
        "list replace(null, 1, 4)",
        "list replace([1,2], null, 4)",
        'list replace([1,2], "1", 4)',
        "list replace([1,2], function(item) true, 4)",
        "list replace([1,2], function(item, newItem) item, 4)",
        "union([1], null)",
        "distinct values(null)",
        "flatten(null)",
        "index of(null, 1)",
        "sort([2,1], function(x) true)",
        "sort([2,1], function(x,y) 1)",
        "sort([2,null], function(x,y) x < y)",
        "sort(null, function(x,y) x < y)",
        "sort([2,1], null)",
        "sort([2,1])",
    ],
)
def test_outside_its_domain_a_list_function_is_null(text: str) -> None:
    assert_null(text)


def test_a_list_given_to_a_function_stays_as_it_was() -> None:
    values = {"given": [Decimal(2), Decimal(1)]}
    for text in ("sort(given, function(x,y) x < y)", "reverse(given)", "append(given, 3)", "remove(given, 1)"):
        evaluated(text, values)
    assert values == {"given": [Decimal(2), Decimal(1)]}


def doubled(times: int) -> str:
    """A context whose last entry holds one list twice, that one another list twice, and so on."""
    return "l0: [1,2]" + "".join(f", l{n}: [l{n - 1}, l{n - 1}]" for n in range(1, times))


@pytest.mark.parametrize(
    "text",
    [
        "flatten(l39)",
        "list contains([l39], l39)",
        "distinct values([l39, l38])",
        "index of([l39], l39)",
        "is(l39, l39)",
        "string(l39)",
    ],
)
def test_a_list_that_holds_others_many_times_is_stopped_by_the_budget(text: str) -> None:
    with pytest.raises(BudgetExceeded):
        evaluated(f"{{{doubled(40)}, found: {text}}}.found")


numbers = st.lists(st.integers(-50, 50).map(Decimal), min_size=1, max_size=12)


@given(numbers)
def test_sorting_agrees_with_the_order_of_numbers(items: list[Decimal]) -> None:
    found, _ = evaluated("sort(items, function(a, b) a < b)", {"items": items})
    assert found == sorted(items)


@given(numbers)
def test_distinct_values_are_the_union_of_a_list_with_itself(items: list[Decimal]) -> None:
    once, _ = evaluated("distinct values(items)", {"items": items})
    assert once == evaluated("union(items, items)", {"items": items})[0] == list(dict.fromkeys(items))
