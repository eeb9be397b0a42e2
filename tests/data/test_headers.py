"""A column is taken without a question only where its wording is the field's own."""

from __future__ import annotations

import pytest
from datacity import one_field, resource

from yiwang.data.core.headers import find_header, fold, match_headers, open_fields
from yiwang.data.schema import ResourceFile


def firms() -> ResourceFile:
    fields = [
        {"id": "credit_code", "title": {"zh": "统一社会信用代码", "en": "Credit code"}, "aliases": ["信用代码"]},
        {"id": "name", "title": {"zh": "企业名称", "en": "Name"}, "required": True},
        {"id": "capital", "title": {"zh": "注册资本", "en": "Capital"}},
        {"id": "address", "title": {"zh": "注册地址", "en": "Address"}},
    ]
    return resource(key=["credit_code"], fields=fields, rules=[])


def matched(*headers: str) -> list[tuple[str, str]]:
    return [(m.field, m.how) for m in match_headers(headers, firms())]


@pytest.mark.parametrize(
    "header",
    [
        "企业名称",
        " 企业 名称 ",
        "*企业名称",
        "企业名称*",
        "企业名称:",
        "企业名称：",
        "NAME",
        "ｎａｍｅ",
        "name",
        '"企业名称"',
    ],
)
def test_the_fields_own_wording_is_sure_whatever_stands_around_it(header: str) -> None:
    assert matched(header) == [("name", "exact")]


@pytest.mark.parametrize("header", ["注册资本（万元）", "注册资本(万元人民币)", "注册资本[元]", "注册资本【必填】"])
def test_a_unit_or_a_note_in_brackets_leaves_it_sure(header: str) -> None:
    assert matched(header) == [("capital", "unit")]


def test_an_alias_is_as_good_as_a_title() -> None:
    assert matched("信用代码", "企业名称") == [("credit_code", "exact"), ("name", "exact")]


def test_a_like_wording_is_only_a_suggestion_and_must_be_confirmed() -> None:
    assert matched("注册地址栏", "名字") == [("address", "like"), ("", "none")]
    assert open_fields(match_headers(["信用代码", "企业名称", "注册地址栏"], firms()), firms()) == ("address",)


def test_required_fields_and_the_key_that_no_column_surely_holds_are_asked_for() -> None:
    assert open_fields(match_headers(["注册资本"], firms()), firms()) == ("credit_code", "name")


def test_columns_nobody_asked_for_are_left_out_without_a_question() -> None:
    found = match_headers(["信用代码", "企业名称", "备注"], firms())
    assert found[2].field == "" and open_fields(found, firms()) == ()


def test_no_field_is_given_to_two_columns_and_the_best_match_wins() -> None:
    assert matched("注册资本（万元）", "注册资本") == [("", "none"), ("capital", "exact")]


def test_the_same_header_twice_is_a_question_and_not_a_guess() -> None:
    found = match_headers(["信用代码", "企业名称", "企业名称 (2)"], firms())
    assert [(m.field, m.how) for m in found[1:]] == [("name", "like"), ("", "none")]
    assert open_fields(found, firms()) == ("name",)


def test_a_title_wins_over_an_alias_another_column_carries() -> None:
    assert matched("信用代码", "统一社会信用代码") == [("", "none"), ("credit_code", "exact")]


def test_a_wording_two_fields_share_decides_nothing() -> None:
    fields = [one_field("code"), one_field("a", aliases=["日期"]), one_field("b", aliases=["日期"])]
    found = match_headers(["code", "日期"], resource(fields=fields, rules=[]))
    assert [(m.field, m.how) for m in found] == [("code", "exact"), ("", "none")]


def test_the_header_is_the_line_with_the_most_sure_names() -> None:
    rows = [["企业名称登记表", ""], ["填报", "2026"], ["信用代码", "企业名称"], ["1", "注册资本"]]
    assert find_header(rows, firms()) == (2, 2)


def test_where_no_name_is_known_the_first_line_with_two_cells_is_offered() -> None:
    assert find_header([["标题"], ["甲", "乙"], ["1", "2"]], resource()) == (0, 0)
    assert find_header([["标题", ""], ["甲", "乙"]], resource()) == (1, 0)


def test_text_that_is_too_long_or_too_wide_is_no_header() -> None:
    assert find_header([["x" * 5_000], ["a"] * 5_000, []], resource()) == (-1, 0)


def test_folding_drops_width_case_blanks_and_punctuation_and_nothing_else() -> None:
    assert fold(" ＡＢｃ-_·:*名 称 ") == "abc名称"
    assert fold("a(1)") == "a(1)"
