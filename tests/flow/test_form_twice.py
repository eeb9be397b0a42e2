"""One field, one source: a question whose answer the city holds is refused with the source named, unless prefilled or explained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from formfiles import body, component
from packfolder import field, pack, reasons, resource

from yiwang.kernel.core.pack import Pack

BOUND = {"yw:field": "own-register.mobile"}
REASON = {"yw:reason": "来电人未必是本市居民", "yw:en.reason": "A caller need not live here."}


@pytest.fixture
def population(tmp_path: Path) -> Pack:
    people = resource(
        "people",
        "101001/001",
        field("number", "公民身份号码", semantic="resident-id", aliases=["身份证号"]),
        field("mobile", "联系电话", semantic="mobile", aliases=["手机号"]),
        category="base",
        library="population",
    )
    return pack(tmp_path, "people-pack", resources__people=people)


def asks(tmp_path: Path, question: dict[str, Any], population: Pack, *fields: dict[str, Any]) -> list[str]:
    own = resource("own-register", "399999/001", *(fields or (field("case_no", "编号"),)))
    made = pack(tmp_path, needs=("people-pack",), forms__a_form=body(question), resources__own_register=own)
    return reasons(made, population)


def test_a_question_whose_label_a_base_library_has_is_refused_with_the_source(tmp_path: Path, population: Pack) -> None:
    (reason,) = asks(tmp_path, component("textfield", "id_no", "申请人的身份证号："), population)
    assert reason.startswith(
        "forms/a-form.form textfield id_no: “Question id_no” is held already: Number of Resource people"
    )
    assert "provided by police" in reason and "yw:field people.number" in reason


@pytest.mark.parametrize(
    "question",
    [
        component("textfield", "call", "怎么找到您", validate={"validationType": "phone"}),
        component("textfield", "call", "怎么找到您", properties={"yw:autocomplete": "tel"}),
        component("textfield", "call", "怎么找到您", en="Your mobile"),
        component("textfield", "call", "手机号（必填）"),
    ],
)
def test_it_is_found_by_what_a_browser_fills_in_and_by_the_english_label_too(
    tmp_path: Path, population: Pack, question: dict[str, Any]
) -> None:
    assert "yw:field people.mobile" in asks(tmp_path, question, population)[0]


def test_a_question_bound_to_a_field_whose_source_is_elsewhere_is_refused(tmp_path: Path, population: Pack) -> None:
    own = field("mobile", "电话", semantic="mobile", authoritative="people.mobile")
    (reason,) = asks(tmp_path, component("textfield", "call", properties=BOUND), population, field("no", "编号"), own)
    assert "bind it with yw:field people.mobile" in reason


def test_a_question_bound_to_another_packs_field_is_refused(tmp_path: Path, population: Pack) -> None:
    question = component("textfield", "call", properties={"yw:field": "people.mobile"})
    assert "is held already" in asks(tmp_path, question, population)[0]


@pytest.mark.parametrize("right", [{"yw:field": "people.mobile", "yw:prefill": "true"}, REASON])
def test_prefilling_it_or_giving_a_reason_makes_it_right(
    tmp_path: Path, population: Pack, right: dict[str, str]
) -> None:
    assert asks(tmp_path, component("textfield", "call", "联系电话", properties=right), population) == []


def test_a_question_that_fills_a_register_of_the_pack_itself_is_right(tmp_path: Path, population: Pack) -> None:
    own = field("mobile", "值班电话", semantic="mobile")
    assert asks(tmp_path, component("textfield", "call", properties=BOUND), population, field("no", "编号"), own) == []


def test_a_question_of_which_the_city_knows_nothing_is_right(tmp_path: Path, population: Pack) -> None:
    assert asks(tmp_path, component("textarea", "what", "发生了什么"), population) == []


def test_a_binding_that_leads_nowhere_is_refused(tmp_path: Path, population: Pack) -> None:
    question = component("textfield", "call", properties={"yw:field": "people.fax"})
    assert asks(tmp_path, question, population) == [
        "forms/a-form.form textfield call: the catalogue has no field people.fax"
    ]


def test_what_the_city_holds_does_not_hang_on_what_a_pack_needs(tmp_path: Path) -> None:
    made = pack(tmp_path, forms__a_form=body(component("textfield", "id_no", "公民身份号码")))
    assert "yw:field resident-register.resident_id" in reasons(made)[0]


def test_a_form_is_called_by_its_id(tmp_path: Path) -> None:
    made = pack(tmp_path, forms__other=body(component("textarea", "what", "发生了什么")))
    assert reasons(made) == ["forms/other.form: the file must be called a-form.form"]


def test_every_fault_of_a_form_is_a_finding(tmp_path: Path) -> None:
    made = pack(
        tmp_path, forms__a_form=body(component("textarea", "what"), {"type": "html", "id": "x"}, {"type": "table"})
    )
    assert [reason.partition(":")[0] for reason in reasons(made)] == [
        "forms/a-form.form html x",
        "forms/a-form.form table table",
    ]


def test_a_form_that_is_no_json_is_refused(tmp_path: Path) -> None:
    assert "not JSON" in reasons(pack(tmp_path, forms__a_form="{"))[0]
