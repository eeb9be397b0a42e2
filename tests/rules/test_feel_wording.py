"""FEEL in words, and FEEL written back as text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prooftables import stripped, value_of

from yiwang.rules.core.feel import wording
from yiwang.rules.core.feel.parser import parse_expression, parse_tests
from yiwang.rules.core.feel.wording import expression_words, glued, value_words
from yiwang.rules.core.feel.writing import quoted, write

NAMES = frozenset({"收入", "支出", "家庭 人口", "a", "b", "f", "x"})
MEMBERS = frozenset({"年龄", "y"})

CELLS = [
    ("-", "不限", "is anything"),
    ("60", "为 60", "is 60"),
    ("60.00", "为 60", "is 60"),
    ("> 60", "大于 60", "greater than 60"),
    ("(60..80]", "大于 60 且小于等于 80", "greater than 60 and at most 80"),
    ("[60..80)", "大于等于 60 且小于 80", "at least 60 and less than 80"),
    ("(< 5)", "小于 5", "less than 5"),
    ('"A", "B"', "为“A”或“B”", 'is "A" or "B"'),
    ('["A", "B"]', "为“A”或“B”", 'is "A" or "B"'),
    ('not("A", "B")', "不为“A”或“B”", 'is not "A" or "B"'),
    ("null", "为空", "is empty"),
    ("not(null)", "不为空", "is not empty"),
    ("? = null", "为空", "is empty"),
    ("!= 5", "不为 5", "is not 5"),
    ("null, < 5", "为空，或小于 5", "is empty, or less than 5"),
    ("true", "为是", "is yes"),
    ('< @"2026-01-01"', "早于 2026 年 1 月 1 日", "before 2026-01-01"),
    ('>= date("2026-01-01")', "不早于 2026 年 1 月 1 日", "not before 2026-01-01"),
    ('>= @"P1Y6M"', "大于等于 1 年 6 个月", "at least 1 year 6 months"),
    ('< @"PT36H"', "小于 1 天 12 小时", "less than 1 day 12 hours"),
    ("> 收入", "大于收入", "greater than 收入"),
    ('starts with(?, "37")', "满足“该值以“37”开头”", 'satisfies: the value starts with "37"'),
]

EXPRESSIONS = [
    ("收入 > 支出 and a < 3", "收入大于支出，且a 小于 3", "收入 is greater than 支出 and a is less than 3"),
    ("收入 - 支出", "收入 减 支出", "收入 minus 支出"),
    ("count(x)", "x的个数", "the number of x"),
    ("a between 1 and 2", "a 大于等于 1 且小于等于 2", "a is at least 1 and at most 2"),
    ("floor(a)", "floor(a)", "floor(a)"),
]

VALUES = [
    ("-0.50", "-0.50", "-0.50"),
    ("1000000", "1000000", "1000000"),
    ("null", "空", "empty"),
    ("false", "否", "no"),
    ('@"2026-01-05T08:30:00+08:00"', "2026 年 1 月 5 日 08:30 (UTC+08:00)", "2026-01-05 08:30 (UTC+08:00)"),
    ('@"-P3M"', "负 3 个月", "minus 3 months"),
    ('@"PT0S"', "0 天", "0 days"),
    ('@"PT90S"', "1 分钟 30 秒", "1 minute 30 seconds"),
    ("[1, 2]", "[1、2]", "[1, 2]"),
    ("[1..2)", "大于等于 1 且小于 2", "at least 1 and less than 2"),
    ('{人数: 2, 类: "甲"}', "{人数 为 2，类 为 “甲”}", '{人数 is 2, 类 is "甲"}'),
]

TEXTS = [
    "1 + 2 * 3", "(1 + 2) * 3", "a - b - x", "a - (b - x)", "a / (b * x)", "(-2) ** 2", "-(2 ** 2)", "2 ** (-2)", "-x.y", "x.y.年龄",
    "(a or b) and x", "a or b and x", "not(x)", "(a = b) = x", "x in (< 5, > 10)", "x in [1..5)", "x in (1, 2)", "x in < 5",
    "x between 1 and 2 and b", "if a then b else x", "(if a then b else x) + 1", "for i in 1..3, j in [1, 2] return i * j",
    "some i in x satisfies i > 1", "every i in x satisfies i > 1 and a", "function(p: number, q) p + q", "f(a: 1, b: 2)",
    '{a: 1, "b c": "x\\"y", "if": 2}', "x[1].y", "x[item > 1]", "(< 5)", "(>= a)", "[a + b..x * 2]", '@"2026-01-01"', '"\\u0001\\n中\\\\"',
    "x instance of list<number>", "x instance of context<y: number>", "x instance of function<number> -> string", "家庭 人口 + 1",
    "x instance of range<date>", "-5", "date and time(a, b)",
]  # fmt: skip


@pytest.mark.parametrize(("text", "zh", "en"), CELLS, ids=[cell[0] for cell in CELLS])
def test_a_cell_in_words(text: str, zh: str, en: str) -> None:
    said = wording.tests_words(parse_tests(text, NAMES))
    assert (said.zh, said.en) == (zh, en)


@pytest.mark.parametrize(("text", "zh", "en"), EXPRESSIONS, ids=[each[0] for each in EXPRESSIONS])
def test_an_expression_in_words(text: str, zh: str, en: str) -> None:
    said = expression_words(parse_expression(text, NAMES, MEMBERS))
    assert (said.zh, said.en) == (zh, en)


@pytest.mark.parametrize(("text", "zh", "en"), VALUES, ids=[value[0] for value in VALUES])
def test_a_value_in_words(text: str, zh: str, en: str) -> None:
    said = value_words(value_of(text))
    assert (said.zh, said.en) == (zh, en)


def test_a_blank_stands_between_chinese_and_digits_only() -> None:
    assert glued("年龄为", "18", "时") == "年龄为 18 时"
    assert glued("当", "户籍", "为“本地”", "时") == "当户籍为“本地”时"


@pytest.mark.parametrize("text", TEXTS)
def test_an_expression_is_written_as_it_is_best_read(text: str) -> None:
    tree = parse_expression(text, NAMES, MEMBERS)
    assert write(tree) == text
    assert stripped(parse_expression(write(tree), NAMES, MEMBERS)) == stripped(tree)


@pytest.mark.parametrize(
    "text", [*(cell[0] for cell in CELLS), "(not(?))", "not(< 5, [7..9])", "[1..5], null", "? in ([1..2], 5)"]
)
def test_a_cell_is_written_as_it_was_read(text: str) -> None:
    tree = parse_tests(text, NAMES)
    assert write(tree) == text
    assert stripped(parse_tests(write(tree), NAMES)) == stripped(tree)


atoms = st.one_of(
    st.sampled_from(
        ["a", "b", "x.y", "null", "true", '"文"', "1", "2.5", '@"P1D"', "家庭 人口", "f(a, 1)", "[1, a]", "x[1]"]
    ),
    st.integers(0, 10**20).map(str),
    st.text(max_size=5).map(quoted),
)


def compounds(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["+", "-", "*", "/", "**", "and", "or", "=", "!=", "<", ">="])
    return st.one_of(
        st.builds("({}) {} ({})".format, inner, signs, inner),
        st.builds("-({})".format, inner),
        st.builds("if {} then {} else {}".format, inner, inner, inner),
        st.builds("({}) between ({}) and ({})".format, inner, inner, inner),
        st.builds("({}) in [({})..({})]".format, inner, inner, inner),
        st.builds("({})[{}]".format, inner, inner),
        st.builds("some i in ({}) satisfies {}".format, inner, inner),
        st.builds("for i in ({}) return {}".format, inner, inner),
        st.builds("({}).y".format, inner),
        st.builds("({}) instance of number".format, inner),
        st.builds("{{a: {}, b: {}}}".format, inner, inner),
    )


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.recursive(atoms, compounds, max_leaves=8))
def test_reading_what_was_written_gives_the_tree_again(text: str) -> None:
    tree: Any = parse_expression(text, NAMES | {"i"}, MEMBERS)
    assert stripped(parse_expression(write(tree), NAMES | {"i"}, MEMBERS)) == stripped(tree)
