"""A condition that cannot run is refused when its pack is checked: with file, rule, place and reason in both languages."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from yiwang.data.core.conditions.reading import MAX_TEST
from yiwang.data.kinds import resource_check
from yiwang.data.schema import DUTIES, ResourceFile
from yiwang.kernel.core.pack import Finding, Manifest, Pack, View
from yiwang.kernel.core.text import Text

TITLE = {"zh": "试验", "en": "Trial"}
WHERE = "trial/resources/trial.yaml rule r"
FIELDS = {"a": "text", "n": "integer", "day": "date", "at": "datetime", "person": "resident-id", "date": "text"}


def condition(test: str, id: str = "r", **more: Any) -> dict[str, Any]:
    return {"id": id, "title": TITLE, "kind": "feel", "test": test, "bad": [{"n": "0"}]} | more


def found(*rules: dict[str, Any]) -> list[Finding]:
    file = ResourceFile.model_validate(
        {
            "id": "trial",
            "code": "TEST/trial",
            "title": TITLE,
            "summary": TITLE,
            "category": "department",
            "provider": "civil",
            "share": {"type": "unconditional"},
            "update": {"cycle": "daily"},
            "published": date(2026, 1, 1),
            "duties": dict.fromkeys(DUTIES, "civil"),
            "key": ["a"],
            "fields": [{"id": name, "title": TITLE, "semantic": kind} for name, kind in FIELDS.items()],
            "rules": list(rules),
        }
    )
    text = Text(zh="试验", en="Trial")
    pack = Pack(Manifest(id="trial", version="1.0.0", title=text, summary=text, department="civil"), Path(), {})
    return list(resource_check("resources/trial.yaml", file, View(pack, {"resources": {"x": file}}, {})))


@pytest.mark.parametrize(
    ("test", "place", "zh", "en"),
    [
        ("n > m", 5, "没有信息项“m”", "no field “m”"),
        ("n > 1 and persn != null", 11, "是否指：person？", "Did you mean person?"),
        ("n > size(a)", 5, "没有函数“size”", "no function “size”"),
        ("n > sex of is(a)", 9, "名称未知", "a name is not known"),
        ("valid resident ids(a)", 7, "名称未知", "a name is not known"),
        ("n >", 4, "表达式在此中断", "breaks off here"),
        ("(n > 1", 7, "此处应为“)”", "“)” is expected"),
        ("n + 1", 3, "条件的结果是 number", "The test gives a number"),
        ("a", 1, "条件的结果是 string", "The test gives a string"),
        ("[n > 1]", 1, "条件的结果是 list", "The test gives a list"),
        ("[n > 1][1]", 8, "不一定是真假", "does not surely give true or false"),
        ("if n > 1 then true else 5", 1, "不一定是真假", "does not surely give true or false"),
        ('n > "5"', 3, "number 与 string 不能比较", "number and string cannot be compared"),
        ("day = at", 5, "date 与 date and time 不能比较", "date and date and time cannot be compared"),
        ('n in ["1"]', 7, "number 与 string 不能比较", "number and string cannot be compared"),
        ('n in ["1".."5"]', 6, "number 与 string 不能比较", "number and string cannot be compared"),
        ('day + "P1D" > day', 5, "不能相加", "have no +"),
        ("n and a = null", 1, "此处应为真假", "True or false is expected here"),
        ("n > null", 3, "不能比较", "cannot be compared"),
        ("day.hour > 1", 4, "没有属性 hour", "no property hour"),
        ('day > @"2026-02-30"', 7, "不是日期", "is no date"),
        ("sex of id(n) = null", 1, "要一个文本参数", "takes one text"),
        ("valid resident id(a, a)", 1, "要一个文本参数", "takes one text"),
        ('substring(a, "1") = a', 1, "不接受这些参数", "does not take these arguments"),
        ('contains(a) = true', 1, "不接受这些参数", "does not take these arguments"),
        ('date(date) > day', 1, "是信息项，不是函数", "is a field, no function"),
        ("1 < 2", 3, "没有提到任何信息项", "names no field"),
        ("n > 1 " + " " * MAX_TEST, MAX_TEST + 1, f"最多 {MAX_TEST} 个", f"at most {MAX_TEST}"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_place(test: str, place: int, zh: str, en: str) -> None:
    (finding,) = found(condition(test))
    assert (finding.where, finding.level) == (WHERE, "error")
    assert f"第 {place} 个字符" in finding.zh and zh in finding.zh
    assert f"at character {place}" in finding.en.lower() and en in finding.en


def test_a_sound_condition_says_which_way_it_runs() -> None:
    said = [(f.level, f.en) for f in found(condition("n > 0"), condition('matches(string(n), "[1-9]")', "s"))]
    assert said == [
        ("info", "runs in the database with the other rules"),
        (
            "info",
            "judged once for each distinct combination of values: The function matches is taken by distinct values.",
        ),
    ]


def test_an_unsound_condition_does_not_keep_the_other_rules_from_being_tried() -> None:
    weak = {"id": "weak", "title": TITLE, "kind": "in_list", "fields": ["a"], "values": ["y"], "bad": [{"a": "y"}]}
    told = [(f.where.rpartition(" ")[2], f.en) for f in found(condition("n >"), weak)]
    assert [rule for rule, _ in told] == ["r", "weak"]
    assert told[1][1] == "the rule does not catch its bad example"


def test_a_condition_must_catch_its_bad_example_and_pass_its_good_one() -> None:
    said = [f.en for f in found(condition("n > 5", bad=[{"n": "6"}], good=[{"n": "5"}])) if f.level == "error"]
    assert said == ["the rule does not catch its bad example", "the rule refuses its good example"]


def test_an_example_that_asks_for_too_much_work_is_a_finding() -> None:
    test = "count(for i in 1..n return i) < 0"
    said = [f for f in found(condition(test, bad=[{"n": "1000000000"}])) if f.level == "error"]
    assert [(f.where, "计算量超过上限" in f.zh, "more work" in f.en) for f in said] == [(WHERE, True, True)]
