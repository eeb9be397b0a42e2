"""A form is read whole: what it asks is known, and what it may not hold is refused with the component and the reason."""

from __future__ import annotations

from typing import Any

import pytest
from formfiles import body, choice, component, entries, faults, form, group, hidden_when

from yiwang.flow.core.forms.elements import Entries, Kind, Passage
from yiwang.flow.core.forms.reading import form_read
from yiwang.flow.core.forms.vocabulary import COMPONENTS, REFUSED, REFUSED_KEYS


def text(key: str = "name", **more: Any) -> dict[str, Any]:
    return component("textfield", key, **more)


SAMPLES: dict[str, dict[str, Any]] = {
    "textfield": text("q"),
    "textarea": component("textarea", "q"),
    "number": component("number", "q"),
    "datetime": {**component("datetime", "q", dateLabel="哪天", subtype="date"), "label": None},
    "checkbox": component("checkbox", "q"),
    "radio": choice("radio", "q", "a", "b"),
    "select": choice("select", "q", "a", "b"),
    "checklist": choice("checklist", "q", "a", "b"),
    "taglist": choice("taglist", "q", "a", "b"),
    "filepicker": component("filepicker", "q", properties={"yw:accept": "jpg pdf"}),
    "group": group("q", text("inside")),
    "dynamiclist": entries("q", text("inside")),
    "text": {"type": "text", "id": "q", "text": "请如实填写。", "properties": {"yw:en": "Answer truly."}},
    "separator": {"type": "separator", "id": "q"},
    "spacer": {"type": "spacer", "id": "q", "height": 20},
    "button": {"type": "button", "id": "q", "label": "提交", "action": "submit"},
}
SAMPLES["datetime"].pop("label")


@pytest.mark.parametrize("type", COMPONENTS)
def test_every_supported_component_is_read(type: str) -> None:
    assert form(SAMPLES[type], text("another")).id == "a-form"


@pytest.mark.parametrize("type", [*REFUSED, "geolocation"])
def test_every_other_component_is_refused_by_name(type: str) -> None:
    (fault,) = faults(text(), {"type": type, "id": "x"})
    assert fault.startswith(f"{type} x: this component is not supported")


@pytest.mark.parametrize("key", REFUSED_KEYS)
def test_what_would_answer_for_the_applicant_is_refused_with_its_reason(key: str) -> None:
    (fault,) = faults(text(**{key: "x"}))
    assert fault == f"textfield name: {key}: {REFUSED_KEYS[key].en}"


def test_a_key_a_check_and_a_property_that_are_not_known_are_refused() -> None:
    assert faults(text(colour="red", validate={"colour": 1}, properties={"colour": "red"})) == [
        "textfield name: colour: is not supported",
        "textfield name: validate.colour is not supported",
        "textfield name: the property colour is not known",
    ]


def test_a_label_in_chinese_alone_is_refused() -> None:
    bare = {"type": "textfield", "key": "name", "label": "姓名"}
    assert faults(bare) == ["textfield name: “姓名” has no English: write the property yw:en"]


def test_an_option_in_chinese_alone_is_refused() -> None:
    one = component("radio", "kind", values=[{"value": "a", "label": "甲"}])
    assert faults(one) == ["radio kind: “甲” has no English: write the property yw:en.value.a"]


def test_two_questions_under_one_address_are_refused() -> None:
    assert faults(text("name"), {**text("name"), "id": "other"}) == ["textfield name: name stands twice"]


def test_two_options_of_one_value_are_refused() -> None:
    assert faults(choice("radio", "kind", "a", "a")) == ["radio kind: the option a has no label or stands twice"]


@pytest.mark.parametrize("key", ["a.b", "1st", "and", "two words", ""])
def test_a_key_that_no_condition_could_name_is_refused(key: str) -> None:
    (fault,) = faults({**text("x"), "key": key})
    assert "must be one name" in fault


@pytest.mark.parametrize("label", ["=name", "{{name}}"])
def test_a_label_that_is_computed_is_refused(label: str) -> None:
    assert "label must be written out, no template or expression" in faults(text(label=label))[0]


def test_a_question_that_hides_itself_is_refused() -> None:
    assert faults(text("a", **hidden_when('=a = "x"'))) == [
        "textfield a: whether it is asked depends on its own answer"
    ]


def test_questions_that_hide_each_other_are_refused() -> None:
    found = faults(text("a", **hidden_when('=b = "x"')), text("b", **hidden_when('=a = "x"')))
    assert found == [
        "textfield a: whether it is asked depends on its own answer",
        "textfield b: whether it is asked depends on its own answer",
    ]


def test_a_group_hidden_by_a_question_inside_it_is_refused() -> None:
    found = faults(group("all", text("a"), **hidden_when('=a = "x"')))
    assert "textfield a: whether it is asked depends on its own answer" in found


def test_a_condition_that_names_no_question_is_refused() -> None:
    assert faults(text("a", **hidden_when("=b > 1"))) == [
        "textfield a: the condition names what is no question here: b"
    ]


def test_a_condition_that_cannot_be_read_is_refused() -> None:
    assert faults(text("a"), text("b", **hidden_when("=a >")))[0].startswith(
        "textfield b: the condition cannot be read"
    )


def test_a_question_is_hidden_in_one_way_only() -> None:
    both = text("b", properties={"yw:show": "a = null"}, **hidden_when("=a = null"))
    assert faults(text("a"), both) == ["textfield b: there is hide or yw:show, not both"]


def test_a_list_in_a_list_is_refused() -> None:
    assert faults(entries("a", entries("b", text())))[0] == "dynamiclist b: groups stand too deep, or a list in a list"


def test_a_readonly_question_nobody_can_answer_is_refused() -> None:
    assert faults(text(readonly=True)) == [
        "textfield name: nobody can answer a readonly question unless it is prefilled"
    ]


def test_files_say_their_types_and_no_type_that_cannot_be_told() -> None:
    assert "say the types of file" in faults(component("filepicker", "q"))[0]
    assert "the type exe cannot be told" in faults(component("filepicker", "q", properties={"yw:accept": "exe"}))[0]


def test_a_pattern_says_in_words_what_it_wants() -> None:
    assert "say in yw:pattern" in faults(text(validate={"pattern": "^[0-9]+$"}))[0]
    assert "cannot be used" in faults(text(validate={"pattern": "(?=x)"}, properties={"yw:pattern": "x"}))[0]


def test_the_limits_of_a_question_are_read() -> None:
    files = component(
        "filepicker", "photos", multiple=True, properties={"yw:accept": "jpg, png", "yw:max": "2MB", "yw:count": "3"}
    )
    limits = form(files).questions[0].limits
    assert (limits.accept, limits.max_bytes, limits.max_files) == (("jpg", "png"), 2 << 20, 3)


def test_a_map_point_is_a_question_of_its_own_kind() -> None:
    assert form(text("where", properties={"yw:place": "true"})).questions[0].kind is Kind.PLACE


def test_groups_with_a_path_and_lists_give_addresses() -> None:
    found = form(group("a", text("x", id="1"), path="who"), text("x", id="2"), entries("people", text("x", id="3")))
    assert [q.address for q in found.questions] == [("who", "x"), ("x",), ("people", "*", "x")]
    assert isinstance(found.members[2], Entries)


def test_words_to_read_are_read_and_no_markup_is_taken() -> None:
    said = {
        "type": "text",
        "text": "# 须知\n\n请**如实**填写 [依据](https://example.cn/law)。\n\n- 一\n- <b>二</b>",
        "properties": {"yw:en": "Read this."},
    }
    (passage,) = (e for e in form(said, text()).members if isinstance(e, Passage))
    assert [block.kind for block in passage.zh] == ["heading", "paragraph", "list"]
    assert [(span.words, span.strong, span.link) for span in passage.zh[1].lines[0]] == [
        ("请", False, ""),
        ("如实", True, ""),
        ("填写 ", False, ""),
        ("依据", False, "https://example.cn/law"),
        ("。", False, ""),
    ]
    assert passage.zh[2].lines[1][0].words == "<b>二</b>"


def test_a_form_without_a_question_is_refused() -> None:
    assert faults(SAMPLES["text"]) == [": there is not one question"]


def test_everything_wrong_is_said_at_once() -> None:
    assert len(form_read(body(text("a", colour=1), {"type": "html"}, text("b", size=1))).faults) == 3
