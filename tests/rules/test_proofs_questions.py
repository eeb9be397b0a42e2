"""What else the proofs are asked: parameters over time, what is assumed, what cannot be proved, domains from a model."""

from __future__ import annotations

from typing import Any

from prooftables import Case, case

from yiwang.rules.core.dmn.reading import read
from yiwang.rules.core.feel.values import Date
from yiwang.rules.core.proofs.domains import Domain
from yiwang.rules.core.proofs.findings import Proof
from yiwang.rules.core.proofs.modeldomains import domains_of
from yiwang.rules.core.proofs.proving import prove

AGES: dict[str, Any] = {
    "name": "年龄",
    "inputs": {"年龄": "number 1 [0..120]"},
    "outputs": {"津贴": "number"},
    "rules": ["< 60 | 0", ">= 60 | 100"],
}
LINE: dict[str, Any] = {
    "name": "低保",
    "inputs": {"收入": "number 1 >= 0"},
    "outputs": {"低保": "boolean"},
    "rules": ["< 低保线 | true", ">= 低保线 | false"],
}


def made(said: dict[str, Any], **changed: Any) -> Case:
    return case({**said, **changed})


def proved(said: dict[str, Any], **changed: Any) -> Proof:
    held = made(said, **changed)
    return prove(held.table, held.domains, held.parameters, held.period)


def test_a_parameter_that_ends_without_another_is_told_with_the_day() -> None:
    proof = proved(LINE, parameters={"低保线": {"2020-01-01..2026-07-01": "900"}}, period="2026-01-01..2026-12-31")
    assert [(each.kind, each.since, each.zh) for each in proof.findings] == [
        ("parameter", Date(2026, 7, 1), "参数“低保线”自 2026 年 7 月 1 日起没有取值")
    ]
    assert proof.complete is None


def test_a_hole_between_two_values_is_told_with_both_ends() -> None:
    values = {"2020-01-01..2026-02-01": "900", "2026-03-01": "1000"}
    proof = proved(LINE, parameters={"低保线": values}, period="2026-01-01..2026-12-31")
    assert [each.zh for each in proof.findings] == ["参数“低保线”自 2026 年 2 月 1 日起至 2026 年 3 月 1 日前没有取值"]


def test_a_parameter_the_table_does_not_name_is_none_of_its_business() -> None:
    proof = proved(AGES, parameters={"低保线": {"2020-01-01..2021-01-01": "900"}}, period="2026-01-01..2026-12-31")
    assert proof.findings == ()


def test_a_gap_that_a_parameter_opens_later_has_its_day() -> None:
    values = {"2020-01-01": "900", "2026-07-01": "850"}
    proof = proved(
        LINE,
        rules=["< 低保线 | true", ">= 900 | false"],
        parameters={"低保线": values},
        period="2026-01-01..2026-12-31",
    )
    assert [(each.kind, each.since) for each in proof.findings] == [("gap", Date(2026, 7, 1))]
    assert proof.findings[0].zh == "自 2026 年 7 月 1 日起：当收入大于等于 850 且小于 900（如 850）时没有规则可用"
    assert proof.complete is False


def test_a_default_output_completes_a_table() -> None:
    proof = proved(AGES, rules=[">= 80 | 300"], default="0")
    assert (proof.findings, proof.complete) == ((), True)


def test_what_nobody_said_of_an_empty_input_is_an_assumption() -> None:
    held = made(AGES)
    proof = prove(held.table, {"年龄": Domain("number")})
    assert [note.zh for note in proof.assumptions] == ["没有声明“年龄”可否为空，按不为空证明"]


def test_an_input_some_cell_wants_empty_may_be_empty() -> None:
    held = made(AGES, rules=["< 60 | 0", "null | 1"])
    proof = prove(held.table, {"年龄": Domain("number")})
    assert proof.assumptions == ()
    assert [each.zh for each in proof.findings] == ["当年龄大于等于 60（如 60）时没有规则可用"]


def test_a_gap_that_rests_on_a_function_is_an_error_when_a_row_shows_it() -> None:
    proof = proved(AGES, inputs={"编号": "string"}, rules=['starts with(?, "37") | 1'])
    assert {(each.kind, each.level) for each in proof.findings} == {("gap", "error")}
    assert proof.complete is False


def test_a_pattern_tells_every_text_yes_or_no() -> None:
    proof = proved(AGES, inputs={"编号": "string"}, rules=['matches(?, "[0-9]+") | 1', 'not(matches(?, "[0-9]+")) | 2'])
    assert (proof.findings, proof.complete, proof.disjoint) == ((), True, True)


def test_nothing_to_divide_by_is_a_gap() -> None:
    proof = proved(AGES, inputs={"人数": "number"}, rules=["10 / ? > 2 | 1", "not(10 / ? > 2) | 2"])
    assert ("gap", "error", (("人数", 0),)) in {(each.kind, each.level, each.witness) for each in proof.findings}


def test_a_gap_no_row_shows_is_a_warning_that_says_so() -> None:
    inputs = {"甲": "number", "乙": "number", "丙": "number"}
    proof = proved(
        AGES, policy="F", inputs=inputs, rules=[">= 乙 | - | - | 1", "- | >= 丙 | - | 2", "- | - | >= 甲 | 3"]
    )
    assert [(each.kind, each.level) for each in proof.findings] == [("gap", "warning")]
    assert "可能不会出现" in proof.findings[0].zh
    assert proof.complete is None


def test_a_condition_of_two_inputs_is_shown_with_a_row_that_was_tried() -> None:
    proof = proved(AGES, inputs={"支出": "number", "收入": "number"}, rules=["> 收入 * 2 | - | 1", "<= 收入 | - | 2"])
    gap = next(each for each in proof.findings if each.kind == "gap")
    row = dict(gap.witness)
    assert gap.level == "error"
    assert row["收入"] < row["支出"] <= row["收入"] * 2  # type: ignore[operator]


def test_inputs_worked_out_from_the_same_name_are_not_taken_as_free_of_one_another() -> None:
    inputs = {"收入": "number 1 [0..10]", "收入 / 人数": "number [0..10]"}
    proof = proved(AGES, inputs=inputs, rules=["< 5 | - | 1", ">= 5 | < 5 | 2"])
    assert [(each.kind, each.level) for each in proof.findings] == [("gap", "warning")]


def test_more_work_than_allowed_is_never_called_fine() -> None:
    held = made(AGES, rules=["< 60 | 0"])
    proof = prove(held.table, held.domains, budget=1)
    assert [each.kind for each in proof.findings] == ["unproved"]
    assert (proof.complete, proof.disjoint) == (None, None)


def test_moments_with_and_without_a_zone_are_not_proved() -> None:
    rules = ['< @"2026-01-01T08:00:00" | 0', '>= @"2026-01-01T08:00:00Z" | 1']
    proof = proved(AGES, inputs={"提交": "date and time"}, rules=rules)
    assert [each.kind for each in proof.findings] == ["unproved"]


def test_results_that_are_worked_out_may_differ() -> None:
    inputs = {"收入": "number", "支出": "number"}
    proof = proved(AGES, policy="A", inputs=inputs, rules=["> 0 | - | 收入 - 支出", "- | > 0 | 0", "<= 0 | <= 0 | 0"])
    assert [(each.kind, each.level, each.rules) for each in proof.findings] == [("conflict", "warning", (1, 2))]


def test_one_input_in_two_columns_is_one_input() -> None:
    held = made(AGES, inputs={"年龄": "number 1 [0..120]", "收入": "number"}, rules=["< 60 | - | 0", ">= 60 | - | 1"])
    twice = held.table.inputs[0]
    table = type(held.table)(
        **{name: getattr(held.table, name) for name in held.table.__dataclass_fields__ if name != "inputs"},
        inputs=(twice, twice),
    )
    assert prove(table, held.domains).complete is True


MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="d" name="津贴" namespace="urn:test:proofs">
  <itemDefinition name="tAge"><typeRef>number</typeRef><allowedValues><text>null, [0..130]</text></allowedValues></itemDefinition>
  <itemDefinition name="tPerson"><itemComponent name="age"><typeRef>tAge</typeRef></itemComponent></itemDefinition>
  <inputData id="p" name="person"><variable name="person" typeRef="tPerson"/></inputData>
  <decision id="a" name="津贴">
    <variable name="津贴"/>
    <informationRequirement id="r"><requiredInput href="#p"/></informationRequirement>
    <decisionTable id="t" hitPolicy="UNIQUE">
      <input id="i" label="年龄"><inputExpression><text>person.age</text></inputExpression></input>
      <output id="o" name="津贴"/>
      <annotation name="依据"/>
      <rule id="r1"><inputEntry><text>&lt; 60</text></inputEntry><outputEntry><text>0</text></outputEntry>
        <annotationEntry><text>第一条</text></annotationEntry></rule>
      <rule id="r2"><inputEntry><text>&gt;= 60</text></inputEntry><outputEntry><text>1</text></outputEntry>
        <annotationEntry><text>第二条</text></annotationEntry></rule>
    </decisionTable>
  </decision>
</definitions>"""


def test_the_types_of_a_model_say_what_may_come() -> None:
    model = read(MODEL.encode(), "津贴.dmn")
    table: Any = model.decisions[0].logic
    domains = domains_of(model, table)
    assert domains["年龄"].type == "number"
    assert [each.zh for each in prove(table, domains).findings] == ["当年龄为空时没有规则可用"]
