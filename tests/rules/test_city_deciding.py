"""One decision for one subject: typed facts, the rate of the day, reasons, and the same bytes again."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from decisioncity import APPROVER, AUTHOR, DAY, DECISION, SYSTEM, Row, content, earlier_table, install, table

from yiwang.config.place import Place
from yiwang.kernel.core.actor import ANONYMOUS
from yiwang.kernel.errors import InputError, NotFound, Refused
from yiwang.kernel.models import AuditLine
from yiwang.kernel.selectors import receipt_get
from yiwang.kernel.service import receipt_write
from yiwang.rules.deciding import Answer, granted_with, taken
from yiwang.rules.errors import FactsWrong, NotCovered
from yiwang.rules.prepared import prepared
from yiwang.rules.proposing import change_for
from yiwang.rules.service import (
    decision_approve,
    decision_draft_save,
    decision_propose,
    decision_retake,
    decision_roll_back,
    decision_take,
)

OLD = {"年龄": 82, "户籍": "城镇"}


def ask(on: date = DAY, **facts: Any) -> Answer:
    return taken(prepared(content()), facts, on)


def refusal(**facts: Any) -> FactsWrong:
    with pytest.raises(FactsWrong) as refused:
        ask(**facts)
    return refused.value


def test_the_result_the_amount_and_the_sentence_are_told() -> None:
    answer = ask(年龄=82, 户籍="农村")
    assert (answer.granted, answer.amount) == (True, 150)
    assert answer.sentence.zh == "82 周岁，每月 150 元。" and answer.sentence.en == "Aged 82: 150 yuan a month."
    assert answer.note.bases() == ("某办法 第三条第二项",)


def test_the_rate_is_that_of_the_day() -> None:
    assert ask(date(2025, 6, 1), 年龄=82, 户籍="城镇").amount == 80
    with pytest.raises(NotCovered):
        ask(date(2024, 6, 1), 年龄=82, 户籍="城镇")


def test_an_age_is_that_of_the_day() -> None:
    born = {"people.born": "1946-11-01", "people.kind": "城镇"}
    assert [ask(on, **born).granted for on in (date(2026, 10, 31), date(2026, 11, 1))] == [False, True]


def test_every_wrong_fact_is_told_at_once_with_where_it_would_come_from() -> None:
    refused = refusal(年龄="八十", 户口="城镇")
    assert "“年龄”" in refused.en and "must be a number" in refused.en
    assert "“户籍” is missing (it comes from people.kind)" in refused.en
    assert "unknown fact “户口” (near: 户籍)" in refused.en
    assert "缺少“户籍”（来自 people.kind）" in refused.zh


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"年龄": 82.5, "户籍": "城镇"}, "whole number"),
        ({"年龄": 131, "户籍": "城镇"}, "between 0 and 130"),
        ({"年龄": True, "户籍": "城镇"}, "must be a number"),
        ({"年龄": None, "户籍": "城镇"}, "cannot be empty"),
        ({"年龄": 82, "户籍": "外地"}, 'one of "城镇", "农村"'),
        ({"年龄": 82, "户籍": 5}, "must be a string"),
        ({"people.born": "1946-13-01", "户籍": "城镇"}, "must be a date"),
        ({"年龄": {"value": 82, "version": "x"}, "户籍": "城镇"}, "version must be a whole number"),
        ({"年龄": 82, "户籍": "城镇", "标准": 999}, "unknown fact “标准”"),
    ],
)
def test_a_fact_that_cannot_be_is_refused(facts: dict[str, Any], said: str) -> None:
    assert said in refusal(**facts).en


def test_a_number_keeps_its_digits() -> None:
    assert str(ask(年龄="82", 户籍="城镇").facts["年龄"].value) == "82"


def test_an_explanation_names_inputs_sources_rules_and_articles() -> None:
    note = ask(**{"people.born": {"value": "1940-01-01", "version": 7}, "户籍": "农村"}).note
    told = note.as_dict()
    age = next(one for one in told["inputs"] if one["name"] == "年龄")
    assert (age["value"], age["source"], age["version"]) == (86, "people.born", 7)
    rate = next(one for one in told["inputs"] if one["name"] == "标准")
    assert rate["parameter"] and rate["reference"]["zh"] == "自 2026-01-01 起，依据 某办法 第三条"
    assert [(rule["number"], rule["basis"]) for rule in told["rules"]] == [(3, "某办法 第三条第二项")]
    lines = list(note.sentences())
    assert lines[0].zh == "年龄：86 周岁（来自 people.born，第 7 版）。"
    assert lines[0].en == "Age: 86 years (from people.born, version 7)."
    assert "第 3 条规则：年龄大于等于 80，户籍为“农村”；依据：某办法 第三条第二项" in lines[-1].zh
    assert all(line.zh and line.en for line in lines)


def test_a_parameter_that_did_not_matter_is_left_out_of_the_sentences() -> None:
    lines = [line.zh for line in ask(年龄=50, 户籍="城镇").note.sentences()]
    assert not any("标准" in line for line in lines)


def test_a_refusal_says_what_would_have_to_change_and_that_holds() -> None:
    answer = ask(年龄=78, 户籍="农村")
    change = change_for(answer, granted_with)
    assert change is not None and [(s.name, s.after) for s in change.steps] == [("年龄", 80)]
    assert change.words.zh == "如果年龄由 78 周岁 变为 80 周岁，就可得 150 元/月（第 3 条规则）。"
    assert ask(年龄=80, 户籍="农村").amount == change.amount == 150


@pytest.mark.parametrize(("policy", "rules"), [("FIRST", [1]), ("PRIORITY", [2]), ("RULE ORDER", [1, 2])])
def test_only_the_rules_that_made_the_result_are_told(policy: str, rules: list[int]) -> None:
    both: list[Row] = [
        ((">= 0", "-"), ('"不符合"', "0"), "某办法 第四条"),
        ((">= 80", "-"), ('"符合"', "标准"), "某办法 第三条"),
    ]
    dmn = table(both, policy).replace(
        '<output name="结论" typeRef="string"/>'.encode(),
        '<output name="结论" typeRef="string"><outputValues><text>"符合", "不符合"</text></outputValues></output>'.encode(),
    )
    answer = taken(prepared(content(dmn)), OLD, DAY)
    assert [rule.number for rule in answer.note.rules] == rules
    assert answer.granted == (policy != "FIRST")


@pytest.fixture
def city(db: None, home: Place) -> None:
    install()


def test_a_decision_leaves_a_receipt_and_a_line(city: None) -> None:
    outcome = decision_take(actor=SYSTEM, decision_id=DECISION, facts=OLD, on=DAY, purpose="本人申请")
    body = receipt_get(outcome.receipt).body
    assert (body["kind"], body["as_of"], body["inputs"]["digest"]) == ("decision", "2026-11-01", outcome.digest)
    line = AuditLine.objects.filter(act="decision.take").get()
    assert (line.object_id, line.purpose, line.details["receipt"]) == (DECISION, "本人申请", outcome.receipt)
    assert "82" not in json.dumps(body), "a receipt names facts by digest and does not hold them"


def test_the_same_question_has_the_same_receipt(city: None) -> None:
    first, again = (decision_take(actor=SYSTEM, decision_id=DECISION, facts=OLD, on=DAY) for _ in range(2))
    assert (first.receipt, first.data) == (again.receipt, again.data)


def test_yesterdays_decision_is_taken_again_with_the_same_bytes_whatever_holds_today(city: None) -> None:
    facts = {"年龄": 79, "户籍": "城镇"}
    outcome = decision_take(actor=SYSTEM, decision_id=DECISION, facts=facts, on=DAY)
    number = decision_draft_save(actor=AUTHOR, decision_id=DECISION, dmn=earlier_table()).number
    decision_propose(actor=AUTHOR, decision_id=DECISION, number=number)
    decision_approve(actor=APPROVER, decision_id=DECISION, number=number)
    newer = decision_take(actor=SYSTEM, decision_id=DECISION, facts=facts, on=DAY)
    assert (outcome.granted, newer.granted) == (False, True)
    for receipt, data in ((outcome.receipt, outcome.data), (newer.receipt, newer.data)):
        retaken, same = decision_retake(actor=SYSTEM, receipt_id=receipt)
        assert same and retaken.data == data
    decision_roll_back(actor=APPROVER, decision_id=DECISION, number=1, note="数额有误")
    assert decision_retake(actor=SYSTEM, receipt_id=newer.receipt)[1]


def test_an_answer_that_is_not_what_it_was_is_said(city: None) -> None:
    outcome = decision_take(actor=SYSTEM, decision_id=DECISION, facts=OLD, on=DAY)
    body = receipt_get(outcome.receipt).body
    forged = receipt_write(
        actor=SYSTEM,
        kind="decision",
        inputs=body["inputs"],
        outputs={"sha256": "0" * 64, "size": 1},
        pack_digests={},
        as_of=DAY,
        engine_versions={},
    )
    assert decision_retake(actor=SYSTEM, receipt_id=forged.id)[1] is False


def test_a_receipt_of_something_else_is_refused(city: None) -> None:
    other = receipt_write(
        actor=SYSTEM, kind="load", inputs={}, outputs={}, pack_digests={}, as_of=DAY, engine_versions={}
    )
    with pytest.raises(InputError, match="of kind load"):
        decision_retake(actor=SYSTEM, receipt_id=other.id)
    with pytest.raises(NotFound):
        decision_retake(actor=SYSTEM, receipt_id="r-000000000000000000000000")


def test_nobody_decides_without_a_right(city: None) -> None:
    with pytest.raises(Refused):
        decision_take(actor=ANONYMOUS, decision_id=DECISION, facts=OLD, on=DAY)
