"""How FEEL is read: what binds first, names, ranges, comments, cells and refusals (DMN 1.5, 10.3.1)."""

from __future__ import annotations

import pytest

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.parser import parse_expression, parse_tests, parse_type
from yiwang.rules.core.feel.writing import write
from yiwang.rules.errors import FeelSyntaxError

NAMES = frozenset({"a", "b", "c", "a-b", "monthly income", "income", "rate/100", "profit and loss", "家庭 收入", "x"})


def read(text: str, names: frozenset[str] = frozenset()) -> str:
    """The text written back with only the parentheses it needs."""
    return write(parse_expression(text, names))


def refusal(text: str) -> FeelSyntaxError:
    with pytest.raises(FeelSyntaxError) as caught:
        parse_expression(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "parenthesised"),
    [
        ("a or b and c", "a or (b and c)"),
        ("a and b = c", "a and (b = c)"),
        ("a = b + c", "a = (b + c)"),
        ("a + b * c", "a + (b * c)"),
        ("a * b ** c", "a * (b ** c)"),
        ("a - b - c", "(a - b) - c"),
        ("a / b / c", "(a / b) / c"),
        ("a ** b ** c", "(a ** b) ** c"),
        ("-a ** b", "(-a) ** b"),
        ("-a.b", "-(a.b)"),
        ("a + b between c and 5 and true", "((a + b) between c and 5) and true"),
        ("a in (1, 2) and b", "(a in (1, 2)) and b"),
        ("not(a) and b", "(not(a)) and b"),
        ("a instance of number and b", "(a instance of number) and b"),
        ("if a then b else c + 1", "if a then b else (c + 1)"),
        ("for x in a return x + 1", "for x in a return (x + 1)"),
        ("some x in a satisfies x = 1 or b", "some x in a satisfies ((x = 1) or b)"),
        ("function(x) x + 1", "function(x) (x + 1)"),
        ("a.b[1].c(2)", "(((a.b)[1]).c)(2)"),
    ],
)
def test_operators_bind_as_the_standard_says(text: str, parenthesised: str) -> None:
    assert read(text) == read(parenthesised)


def test_a_name_may_hold_blanks_when_it_is_declared() -> None:
    node = parse_expression("monthly   income * 12", NAMES)
    assert isinstance(node, n.Arithmetic) and node.left == n.Name(0, "monthly income")


def test_the_longest_declared_name_is_meant() -> None:
    assert parse_expression("monthly income", NAMES | {"monthly"}) == n.Name(0, "monthly income")


def test_a_name_may_hold_a_sign_when_it_is_declared_so_and_else_it_is_an_operation() -> None:
    assert parse_expression("a-b", NAMES) == n.Name(0, "a-b")
    assert isinstance(parse_expression("a-b"), n.Arithmetic)
    assert isinstance(parse_expression("a-c", NAMES), n.Arithmetic)


def test_a_name_may_hold_a_word_of_the_language() -> None:
    assert parse_expression("profit and loss", NAMES) == n.Name(0, "profit and loss")
    assert isinstance(parse_expression("profit and loss"), n.Logic)


def test_names_may_be_chinese_with_blanks() -> None:
    assert parse_expression("家庭 收入", NAMES) == n.Name(0, "家庭 收入")


def test_a_longer_word_is_not_the_keyword_it_begins_with() -> None:
    assert parse_expression("format") == n.Name(0, "format")
    assert parse_expression("order") == n.Name(0, "order")
    assert parse_expression("nullable") == n.Name(0, "nullable")


def test_a_key_with_blanks_is_a_name_for_the_entries_after_it() -> None:
    node = parse_expression("{monthly income: 1, yearly: monthly income * 12}")
    assert isinstance(node, n.Context)
    yearly = dict(node.entries)["yearly"]
    assert isinstance(yearly, n.Arithmetic) and isinstance(yearly.left, n.Name)
    assert yearly.left.name == "monthly income"


def test_comments_stand_wherever_blanks_may() -> None:
    assert read("1 /* one */ + // and\n 2") == "1 + 2"
    assert read("/* a */ monthly /* b */ income", NAMES) == "monthly income"


@pytest.mark.parametrize(
    ("text", "low_closed", "high_closed"),
    [
        ("[1..5]", True, True),
        ("(1..5)", False, False),
        ("]1..5[", False, False),
        ("[1..5)", True, False),
        ("[1..5[", True, False),
        ("(1..5]", False, True),
        ("]1..5]", False, True),
    ],
)
def test_a_range_is_open_or_closed_in_every_spelling(text: str, low_closed: bool, high_closed: bool) -> None:
    node = parse_expression(text)
    assert isinstance(node, n.Interval)
    assert (node.low_closed, node.high_closed) == (low_closed, high_closed)


def test_a_range_may_end_in_a_filter_and_be_closed_by_a_bracket() -> None:
    node = parse_expression("[1..x[2][")
    assert isinstance(node, n.Interval) and isinstance(node.high, n.Filter) and not node.high_closed


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">=", "=", "!="])
def test_a_comparison_in_parentheses_is_a_range(sign: str) -> None:
    node = parse_expression(f"({sign} 5)")
    assert isinstance(node, n.UnaryRange) and node.sign == sign


@pytest.mark.parametrize(
    ("text", "value"),
    [(r'"a\"b"', 'a"b'), (r'"\u4e2d"', "中"), (r'"\U01F600"', "😀"), (r'"\ud83d\ude00"', "😀"), (r'"a\tb"', "a\tb"), (r'"\d+"', r"\d+")],
)  # fmt: skip
def test_a_string_may_hold_escapes(text: str, value: str) -> None:
    assert parse_expression(text) == n.String(0, value)


def test_the_high_end_of_a_loop_may_be_an_expression() -> None:
    node = parse_expression("for i in 1..count(x) return i")
    assert isinstance(node, n.For) and isinstance(node.iterators[0].end, n.Call)


# Cells ------------------------------------------------------------------------------------------------------------------


def test_a_dash_is_any_value() -> None:
    assert isinstance(parse_tests(" - ").tests[0], n.AnyTest)


def test_a_cell_is_a_list_of_tests() -> None:
    tests = parse_tests('< 5, [10..20), "a", > x').tests
    assert [type(each) for each in tests] == [n.CompareTest, n.ExpressionTest, n.ExpressionTest, n.CompareTest]


def test_a_negated_cell_negates_all_its_tests() -> None:
    cell = parse_tests('not("a", < 5)')
    assert cell.negated and len(cell.tests) == 2


def test_not_followed_by_more_is_an_expression_and_no_negated_cell() -> None:
    cell = parse_tests("not(?) and x")
    assert not cell.negated and isinstance(cell.tests[0], n.ExpressionTest)


@pytest.mark.parametrize(
    "text",
    [
        "list<number>",
        "context<a: number, b: list<string>>",
        "function<number, string> -> boolean",
        "range<date>",
        "days and time duration",
    ],
)
def test_a_type_is_read_as_it_is_written(text: str) -> None:
    assert write(parse_type(text)) == text


# Refusals ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", 0),
        ("1 +", 3),
        ("(1", 2),
        ("[1, 2", 5),
        ("{a: }", 4),
        ("1 2", 2),
        ("if x then 1", 11),
        ("for x in y", 10),
        ('"abc', 0),
        ("a b", 2),
        ("x in (1, ", 9),
        ("f(a: 1, 2)", 8),
        ("1 ≤ 2", 2),
    ],
)
def test_a_refusal_says_where_and_why_in_both_languages(text: str, at: int) -> None:
    error = refusal(text)
    assert error.at == at
    assert f"第 {at + 1} 个字符" in error.zh and f"At character {at + 1}" in error.en


def test_a_key_given_twice_is_refused() -> None:
    assert "twice" in refusal("{a: 1, a: 2}").en


def test_an_external_function_is_refused_with_advice() -> None:
    error = refusal('function(x) external {java: {class: "java.lang.Math", method signature: "cos(double)"}}')
    assert "外部函数" in error.zh and "External functions" in error.en and error.hint_en


def test_a_text_that_is_too_long_is_refused() -> None:
    assert "100000" in refusal(" " * 100_000 + "1").en
