"""A decision is checked before it may hold: every planted fault is found, with what and where."""

from __future__ import annotations

import pytest
from decisioncity import COMPANION, RATE, ROWS, content, table

from yiwang.rules.checking import content_check
from yiwang.rules.content import Content


def told(found: Content) -> list[str]:
    return [f"{finding.level} {finding.where} {finding.en}" for finding in content_check(found)]


def one(found: Content, *words: str) -> None:
    """Some finding holds all of the words, in both languages something is said."""
    findings = list(content_check(found))
    assert any(all(word in f"{f.level} {f.where} {f.en}" for word in words) for f in findings), told(found)
    assert all(finding.zh and finding.en for finding in findings)


def test_a_sound_decision_has_no_finding() -> None:
    assert told(content()) == []


def test_text_that_is_not_dmn_is_a_finding_and_no_crash() -> None:
    assert told(content(b"<html/>"))
    assert told(content(b"\x00\xff"))


def test_a_cell_that_is_not_feel_is_named_with_file_and_element() -> None:
    broken = table([(("< 80 <", "-"), ('"不符合"', "0"), "某办法 第三条"), *ROWS[1:]])
    one(content(broken), "error", "decisions/allowance.dmn", "inputEntry")


def test_a_gap_is_shown_by_a_row() -> None:
    one(content(table(ROWS[:2])), "error", "农村")


def test_an_overlap_is_shown_by_a_row() -> None:
    doubled = table([*ROWS, (("> 100", '"农村"'), ('"符合"', "标准"), "某办法 第三条")])
    one(content(doubled), "error", "3", "4")


def test_a_rule_that_cites_no_article_is_found() -> None:
    silent = table([*ROWS[:2], (*ROWS[2][:2], "")])
    one(content(silent), "error", "Rule 3", "law")


def test_a_parameter_that_ends_before_another_is_found() -> None:
    companion = COMPANION.replace("parameters: [", "parameters: [{name: 上限, parameter: cap}, ")
    dmn = table().replace(b"&gt;= 80", "&gt;= 上限".encode())
    dmn = dmn.replace(
        b'<decision id="allowance"',
        '<inputData id="cap" name="上限"><variable name="上限" typeRef="number"/></inputData><decision id="allowance"'.encode(),
    ).replace(
        b"<decisionTable",
        b'<informationRequirement><requiredInput href="#cap"/></informationRequirement><decisionTable',
    )
    cap = (
        RATE.replace("id: rate", "id: cap")
        .replace("until: 2028-01-01", "until: 2027-01-01")
        .replace("value: 100", "value: 80")
    )
    found = Content(dmn, companion, {"rate": RATE, "cap": cap}, "decisions/allowance")
    one(found, "error", "上限", "2027-01-01")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: 户籍", "name: 户口", "says nothing of the input “户籍”"),
        ("name: 户籍", "name: 户口", "takes no input “户口”"),
        ("parameter: rate", "parameter: other", "no parameter other"),
        ("granted: 结论", "granted: 结果", "output.granted"),
        ("{金额} yuan", "{amout} yuan", "{amout}"),
        ("as: age", "as: present", "gives a boolean"),
        ("id: allowance", "id: allowance\nelse: 1", "Extra inputs"),
        ("department: civil", "department: civil\ndecision: 别的", "no decision 别的"),
    ],
)
def test_a_companion_that_does_not_fit_its_table_is_found(old: str, new: str, said: str) -> None:
    one(content(companion=COMPANION.replace(old, new)), said)


def test_a_parameter_of_another_type_than_its_input_is_found() -> None:
    one(content(rate=RATE.replace("value: 80", "value: a").replace("value: 100", "value: b")), "is a string", "number")


def test_an_input_without_a_type_cannot_run_over_everyone_and_that_is_a_warning() -> None:
    untyped = table().replace(' name="户籍" typeRef="string"'.encode(), ' name="户籍"'.encode())
    one(content(untyped), "warning", "户籍", "type")
