"""Regular expressions of FEEL: XPath and XQuery Functions and Operators 7.6, XML Schema part 2 appendix F; DMN 1.5, table 74."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from librarycases import assert_gives, assert_null, evaluated

from yiwang.rules.core.feel import patterns
from yiwang.rules.core.feel.values import NoValue
from yiwang.rules.errors import BudgetExceeded


@pytest.mark.parametrize(
    ("text", "pattern", "flags"),
    [
        ("foobar", "^fo*b", ""),
        ("a\nb", "a.b", "s"),
        ("a\nb", "^b$", "m"),
        ("abcd\n\nefg", "^$", "m"),
        ("ABC", "abc", "i"),
        ("K", "[a-z]", "i"),
        ("a b", "a\\ sb", "x"),
        ("ab", "a b", "x"),
        ("a b", "a[ ]b", "x"),
        ("ab", " \\p{ IsBasic Latin }+ ", "x"),
        ("a#b", "a#b", "x"),
        ("a.b", ".b", "q"),
        ("A.B", "a.b", "qi"),
        ("_x:1", "^\\i\\c*$", ""),
        ("中文", "^\\c+$", ""),
        ("1", "^\\I$", ""),
        (" ", "^\\C$", ""),
        ("é1＄", "^\\w+$", ""),
        ("-_ ", "^\\W+$", ""),
        ("٣", "^\\d$", ""),
        ("α", "^\\p{IsGreek}$", ""),
        ("é", "^\\p{IsLatin-1Supplement}$", ""),
        ("é", "^\\P{IsBasicLatin}$", ""),
        ("一网", "^[\\p{IsCJKUnifiedIdeographs}]+$", ""),
        ("A", "\\p{Lu}", ""),
        ("a", "^\\P{Lu}$", "i"),
        ("a", "^[^\\p{Lu}]$", "i"),
        ("A", "^[\\p{Lu}x]$", "i"),
        ("b", "^[a-z-[aeiou]]$", ""),
        ("y", "^[a-z-[a-x-[b]]]$", ""),
        ("5", "^[^a-z-[0-4]]$", ""),
        ("x", "^[A-Z-[OI]]$", "i"),
        ("]-^", "^[\\]\\-\\^]+$", ""),
        ("-", "^[-a]$", ""),
        ("-", "^[a-]$", ""),
        ("^", "^[a^]$", ""),
        ("&~|", "^[a&&b~~c||d]+$", ""),
        ("abab", "^(ab)\\1$", ""),
        ("aA", "^(a)\\1$", "i"),
        ("aa0", "^(a)\\10$", ""),
        ("abcdefghijkkb", "^(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)\\11\\2$", ""),
        ("b", "^((a)|b)\\2$", ""),
        ("aab", "^a{2}b{1,}c{0,3}$", ""),
        ("aaa", "^a{2,}?$", ""),
        ("ab", "^(?:a)b$", ""),
        ("$a", "\\$a", ""),
        ("", "", ""),
        ("\U0001f40e", "^.$", ""),
    ],
)
def test_a_pattern_is_found(text: str, pattern: str, flags: str) -> None:
    assert patterns.matches(text, pattern, flags)


@pytest.mark.parametrize(
    ("text", "pattern", "flags"),
    [
        ("a\nb", "a.b", ""),
        ("a\rb", "a.b", ""),
        ("a\n", "a$", ""),
        ("a\nb", "^b", ""),
        ("abc\n", "^$", "m"),
        ("ABC", "abc", ""),
        ("axb", "a.b", "q"),
        ("a", "\\p{Lu}", "i"),
        ("a", "[\\p{Lu}]", "i"),
        ("A", "[^\\p{Lu}]", "i"),
        ("q", "[^Q]", "i"),
        ("e", "[a-z-[aeiou]]", ""),
        ("o", "[A-Z-[OI]]", "i"),
        ("_", "\\w", ""),
        ("ß", "^ss$", "i"),
    ],
)
def test_a_pattern_is_not_found(text: str, pattern: str, flags: str) -> None:
    assert not patterns.matches(text, pattern, flags)


@pytest.mark.parametrize(
    "pattern",
    [
        *("[", "]", "(", ")", "{", "}", "*a", "a**", "a++", "a*+", "a???", "a{,2}", "a{2,1}", "a{x}", "\\"),
        *("[]", "[^]", "[z-a]", "[a-\\d]", "[\\d-z]", "[--z]", "[a-c-e]", "[a[b]]", "[a-z-[b]c]", "[\\1]", "[a"),
        *("\\1", "(a)\\2", "(a\\1)", "\\0", "\\b", "\\B", "\\A", "\\Z", "\\z", "\\G", "\\u0061", "\\x61", "\\&", "\\_"),
        *("(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?>a)", "(?P<n>a)", "(?<n>a)", "(?i)a", "(?i:a)", "(?#a)", "(?|a)"),
        *("\\p", "\\pL", "\\p{}", "\\p{Foo}", "\\p{Cs}", "\\p{IsFoo}", "\\p{ Lu}", "\\p{Script=Latin}", "\\p{lu}"),
        *("a{1000001}", "a{5001}", "((a{100}){100}){100}", "(" * 60 + ")" * 60, "[a-[" * 60, "a" * 10_001),
    ],
)
def test_what_the_grammar_does_not_know_is_refused(pattern: str) -> None:
    with pytest.raises(NoValue):
        patterns.matches("a", pattern)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('replace("banana", "a", "o")', '"bonono"'),
        ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', '"[1=ab][2=]cd"'),
        ('replace("abracadabra", "a.*?a", "*")', '"*c*bra"'),
        ('replace("abc", "b", "[$0]")', '"a[b]c"'),
        ('replace("abc", "(b)", "<$12$3>")', '"a<b2>c"'),
        ('replace("abc", "b", "$1")', '"ac"'),
        ('replace("abc", "b", "\\\\$\\\\\\\\")', '"a$\\\\c"'),
        ('replace("a.c", ".", "$", "q")', '"a$c"'),
        ('replace("ABC", "b", "x", "i")', '"AxC"'),
        ('replace("abc", "x", "y")', '"abc"'),
        ('replace("", "x", "y")', '""'),
        ('replace("abc", "b", "", null)', '"ac"'),
        ('split("John Doe", "\\\\s")', '["John", "Doe"]'),
        ('split("a;b;c;;", ";")', '["a", "b", "c", "", ""]'),
        ('split("a1b22c", "[0-9]+")', '["a", "b", "c"]'),
        ('split("abc", ";")', '["abc"]'),
        ('split("", ";")', '[""]'),
        ('split("一，二、三", "[，、]")', '["一", "二", "三"]'),
        ('matches("foobar", "^fo*b")', "true"),
        ('matches("FOO", "foo", "i")', "true"),
        ('matches("foo", "o", null)', "true"),
        ('matches("foo", "x", "")', "false"),
        ('matches(input: "foo", pattern: "o$")', "true"),
    ],
)
def test_texts_are_replaced_split_and_matched(text: str, expected: str) -> None:
    assert_gives(text, expected)


@pytest.mark.parametrize(
    "text",
    [
        'replace("abc", "b", "$")',
        'replace("abc", "b", "$x")',
        'replace("abc", "b", "a\\\\b")',
        'replace("abc", "b", "\\\\")',
        'replace("abc", "x*", "y")',
        'replace("abc", "", "y")',
        'replace("abc", "", "y", "q")',
        'replace("abc", "[", "y")',
        'replace("abc", "b")',
        'replace(null, "b", "c")',
        'replace("abc", null, "c")',
        'replace("abc", "b", null)',
        'replace("abc", "b", "c", "g")',
        'split("abc", "")',
        'split("abc", "b*")',
        'split("abc", "(")',
        'split(null, "b")',
        'split("abc", null)',
        'matches("abc", "b", "u")',
        'matches("abc", "b", "I")',
        'matches("abc", "b", " ")',
        'matches("abc", "(?=b)")',
        'matches(null, "b")',
        'matches("abc", null)',
        "matches(1, 2)",
        'matches("abc", "b", 1)',
    ],
)
def test_a_wrong_pattern_replacement_or_flag_gives_null(text: str) -> None:
    assert_null(text)


def test_a_pattern_that_needs_too_long_gives_null() -> None:
    assert_null(f'matches("{"a" * 60}b", "^(a|aa)+$")')


def test_a_loop_over_slow_patterns_is_stopped_by_the_budget() -> None:
    with pytest.raises(BudgetExceeded):
        evaluated(f'for i in 1..1000 return matches("{"a" * 60}b", "^(a|aa)+$")')


def test_a_replacement_that_grows_without_bound_is_stopped_by_the_budget() -> None:
    values = {"long": "a" * 10_000}
    with pytest.raises(BudgetExceeded):
        evaluated('replace(long, "a", long)', values, steps=100_000)


@given(
    st.text(alphabet="ab01.*+?()[]{}|^$\\-pPLuIs&~,< >!:=#iwdc\n", max_size=30),
    st.sampled_from(["", "i", "x", "m", "s", "q"]),
)
def test_any_text_is_a_pattern_or_is_refused(pattern: str, flags: str) -> None:
    try:
        answer = patterns.matches("ab10.*\n-Is", pattern, flags)
    except NoValue as refused:
        assert refused.zh and refused.en
    else:
        assert isinstance(answer, bool)


@given(st.text(max_size=20), st.text(min_size=1, max_size=5))
def test_a_literal_pattern_is_found_where_the_text_is(text: str, part: str) -> None:
    assert patterns.matches(text, part, "q") == (part in text)
    assert part.join(patterns.split(text, part, "q")) == text
