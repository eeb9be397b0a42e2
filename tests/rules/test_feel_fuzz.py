"""Broken texts and files end as they should, and trees written as text are read as the same trees."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

import pytest
from bench.fuzz import ROOT, kit_folder
from bench.fuzzing.bombs import BOMBS
from bench.fuzzing.dmn import fuzz_dmn, sound_files
from bench.fuzzing.feel import FeelCase, Tally, fuzz_feel
from bench.fuzzing.mutating import own_texts
from bench.fuzzing.worlds import NOW, worlds
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.builtins.conversion import is_same
from yiwang.rules.core.feel.comparing import kind
from yiwang.rules.core.feel.interpreter import Run, prepare
from yiwang.rules.core.feel.parser import parse_expression
from yiwang.rules.core.feel.writing import write
from yiwang.rules.errors import BudgetExceeded

SEED = "test of the rules room"


def faults(tally: Tally) -> list[tuple[str, str]]:
    """Without those of time: this machine may be doing something else too."""
    return [(text[:300], what) for text, what in tally.faults if " of processor" not in what]


def test_twenty_thousand_mutated_texts_are_refused_evaluated_or_stopped() -> None:
    tally = Tally()
    expressions, cells = own_texts()
    fuzz_feel(SEED, 20_000, expressions, cells, tally, lambda text: None)
    assert faults(tally) == []
    assert all(tally.counts[what] > 500 for what in ("refused", "read", "null", "values"))


def test_a_hundred_mutated_files_are_refused_or_answer_consistently() -> None:
    tally = Tally()
    files = sound_files([ROOT / "tests/rules/benefits", kit_folder() / "compliance-level-2"])
    fuzz_dmn(SEED, 100, files, own_texts()[0], tally, lambda text: None)
    assert faults(tally) == []
    assert tally.counts["files refused"] >= 50


def test_texts_written_to_hurt_are_stopped_by_their_budgets() -> None:
    tally = Tally()
    case = FeelCase(tally, mixed=0)
    case.scopes = case.scopes[:1]
    for text in BOMBS:
        case.expression(text)
    assert faults(tally) == []
    assert tally.counts["stopped"] > 50


# Trees ------------------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["x", "y", "a", "list", "ctx", "申请人"])
LEAVES: st.SearchStrategy[n.Node] = st.one_of(
    st.just(n.Null(0)),
    st.booleans().map(lambda value: n.Boolean(0, value)),
    st.integers(0, 10**9).map(lambda value: n.Number(0, Decimal(value))),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=5).map(
        lambda text: n.String(0, text)
    ),
    st.sampled_from(["2026-11-22", "P1D", "10:00:00Z", "no date"]).map(lambda text: n.Temporal(0, text)),
    NAMES.map(lambda name: n.Name(0, name)),
)
TYPES = st.sampled_from(["number", "string", "date and time", "Any"]).map(lambda name: n.NamedType(0, name))


def grown(inner: st.SearchStrategy[n.Node]) -> st.SearchStrategy[n.Node]:
    iterators = st.builds(n.Iterator, NAMES, inner, st.none() | inner)
    tests = st.one_of(
        st.builds(n.CompareTest, st.just(0), st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), inner),
        st.builds(n.ExpressionTest, st.just(0), inner),
    )
    return st.one_of(
        st.builds(n.Arithmetic, st.just(0), st.sampled_from(["+", "-", "*", "/", "**"]), inner, inner),
        st.builds(n.Comparison, st.just(0), st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), inner, inner),
        st.builds(n.Logic, st.just(0), st.sampled_from(["and", "or"]), inner, inner),
        st.builds(n.Between, st.just(0), inner, inner, inner),
        st.builds(n.If, st.just(0), inner, inner, inner),
        st.builds(n.Filter, st.just(0), inner, inner),
        st.builds(n.Path, st.just(0), inner, NAMES),
        st.builds(n.InstanceOf, st.just(0), inner, TYPES),
        st.builds(n.For, st.just(0), st.lists(iterators, min_size=1, max_size=2).map(tuple), inner),
        st.builds(n.Quantified, st.just(0), st.sampled_from(["some", "every"]), st.lists(iterators, min_size=1, max_size=2).map(tuple), inner),
        st.builds(n.In, st.just(0), inner, st.lists(tests, min_size=2, max_size=3).map(tuple)),
        st.builds(n.Interval, st.just(0), inner, inner, st.booleans(), st.booleans()),
        st.lists(inner, max_size=3).map(lambda items: n.List(0, tuple(items))),
        st.dictionaries(NAMES | st.just("a key"), inner, max_size=3).map(lambda made: n.Context(0, tuple(made.items()))),
        st.lists(inner, max_size=2).map(lambda items: n.Call(0, n.Name(0, "list"), tuple(items))),
        st.builds(n.FunctionLiteral, st.just(0), st.just((n.Parameter("x", None), n.Parameter("y", n.NamedType(0, "number")))), inner),
    )  # fmt: skip


TREES = st.recursive(LEAVES, grown, max_leaves=12)


def shape(node: Any) -> Any:
    """A tree without its positions, to compare."""
    if isinstance(node, tuple):
        return tuple(map(shape, node))
    if not is_dataclass(node):
        return node
    return type(node).__name__, *(shape(getattr(node, each.name)) for each in fields(node) if each.name != "at")


@settings(max_examples=400, deadline=None)
@given(TREES)
def test_a_tree_written_as_text_is_read_as_the_same_tree(tree: n.Node) -> None:
    assert shape(parse_expression(write(tree))) == shape(tree)


@settings(max_examples=400, deadline=None)
@given(TREES)
def test_evaluating_a_tree_gives_one_answer_and_never_raises(tree: n.Node) -> None:
    expression = prepare(tree)
    for scope in worlds(1):
        try:
            answers = [expression.value(scope, Run(NOW)) for _ in range(2)]
        except BudgetExceeded:
            continue
        assert kind(answers[0]) == kind(answers[1])
        assert kind(answers[0]) == "function" or _same(answers)


def _same(answers: list[Any]) -> bool:
    """Functions inside a value are made anew each time, so texts are compared where values cannot be."""
    return bool(is_same(Run(NOW), *answers)) or repr(answers[0]).count("Function") > 0


def test_the_seed_makes_the_same_texts_again() -> None:
    made: list[list[str]] = [[], []]
    for texts in made:
        fuzz_feel("again", 200, *own_texts(), Tally(), texts.append)
    assert made[0] == made[1]


@pytest.mark.parametrize("text", ["[1..5", "x in (1", "{a: 1"])
def test_a_broken_text_is_a_refusal_with_its_place_in_the_tally(text: str) -> None:
    tally = Tally()
    FeelCase(tally).expression(text)
    assert tally.counts == {"refused": 1}
