"""An answer is read as the kind of thing it is, and what is wrong with it is said at its question, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from formfiles import asked, choice, component, entries, form, shown_when

from yiwang.flow.core.forms.checking import answer_read, problems


def problem(said: dict[str, Any], value: object) -> str:
    """What is wrong with an answer to one question, in English; empty when nothing is."""
    found = problems(asked(form(said), **({} if value is None else {said["key"]: value})))
    return found[said["key"]].en if found else ""


def checked(type: str, properties: Any = None, more: Any = None, **validate: Any) -> dict[str, Any]:
    return component(type, "q", validate=validate, properties=properties, **(more or {}))


def moment(subtype: str, **more: Any) -> dict[str, Any]:
    label = {"time": "timeLabel"}.get(subtype, "dateLabel")
    said = component("datetime", "q", subtype=subtype, timeSerializingFormat="no_timezone", **{label: "何时"}, **more)
    del said["label"]
    return said


@pytest.mark.parametrize("value", [None, "", []])
@pytest.mark.parametrize(
    ("said", "words"),
    [
        (checked("textfield", required=True), "Answer this"),
        (choice("radio", "q", "a", validate={"required": True}), "Choose one"),
        (checked("filepicker", {"yw:accept": "jpg"}, required=True), "Give a file"),
    ],
)
def test_what_is_required_must_be_answered(said: dict[str, Any], words: str, value: object) -> None:
    assert problem(said, value) == words


def test_a_box_that_is_required_must_be_ticked() -> None:
    assert problem(checked("checkbox", required=True), False) == "This must be ticked"
    assert problem(checked("checkbox", required=True), True) == ""


CASES = [
    (checked("textfield"), "x" * 501, "At most 500 characters; there are 501"),
    (checked("textarea", maxLength=600), "x" * 600, ""),
    (checked("textfield", minLength=2), "x", "At least 2 characters; there are 1"),
    (checked("textfield", validationType="email"), "a@b", "This is no e-mail address, such as name@example.cn"),
    (checked("textfield", validationType="email"), "a@b.cn", ""),
    (checked("textfield", validationType="phone"), "call me", "This is no telephone number, such as 13800000000"),
    (checked("textfield", validationType="phone"), "0454-8220000", ""),
    (checked("textfield", {"yw:pattern": "six digits"}, pattern="^[0-9]{6}$"), "12345", "six digits"),
    (checked("textfield", {"yw:pattern": "six digits"}, pattern="^[0-9]{6}$"), "123456", ""),
    (checked("number"), "many", "This must be a number"),
    (checked("number"), True, "This must be a number"),
    (checked("number", min=1, max=5), 0, "No less than 1"),
    (checked("number", min=1, max=5), 6, "No more than 5"),
    (checked("number", more={"decimalDigits": 2}), 1.234, "At most 2 decimals"),
    (checked("number", more={"decimalDigits": 2}), 1000, ""),
    (checked("number", more={"increment": "0.5"}), 0.7, "This must be a multiple of 0.5"),
    (moment("date"), "2026-02-30", "This is no date, such as 2026-11-22"),
    (moment("date", disallowPassedDates=True), "2026-11-21", "This must not lie in the past"),
    (moment("date", disallowPassedDates=True), "2026-11-22", ""),
    (moment("time"), "25:00", "This is no time of day, such as 09:30"),
    (moment("datetime"), "2026-11-22", "This is no date and time, such as 2026-11-22T09:30"),
    (moment("datetime"), "2026-11-22T09:30", ""),
    (choice("select", "q", "a", "b"), "c", "Choose one"),
    (choice("checklist", "q", "a", "b"), ["a", "c"], "Choose from what is listed"),
    (choice("checklist", "q", "a", "b"), ["a", "a"], "Choose from what is listed"),
    (choice("checklist", "q", "a", "b"), ["a", "b"], ""),
    (checked("textfield", {"yw:place": "true"}), "here", "Point on the map, or write longitude,latitude"),
    (checked("textfield", {"yw:place": "true"}), [132.5, 47.6], ""),
    (checked("filepicker", {"yw:accept": "jpg"}), [{}, {}], "At most 1 files"),
]


@pytest.mark.parametrize(("said", "value", "words"), CASES)
def test_an_answer_is_judged_by_what_the_question_wants(said: dict[str, Any], value: object, words: str) -> None:
    assert problem(said, value) == words


def test_what_is_not_asked_has_no_problem() -> None:
    hidden = component("textfield", "b", validate={"required": True}, properties=shown_when('a = "x"'))
    found = form(component("textfield", "a"), hidden)
    assert problems(asked(found, a="y")) == {}
    assert set(problems(asked(found, a="x"))) == {"b"}


def test_a_problem_in_a_list_names_the_entry() -> None:
    found = form(entries("people", component("textfield", "name", validate={"required": True})))
    assert set(problems(asked(found, people=[{"name": "a"}, {}]))) == {"people.1.name"}


@pytest.mark.parametrize(
    ("said", "sent", "value"),
    [
        (checked("textfield"), [" a "], "a"),
        (checked("textarea"), ["a\r\nb"], "a\nb"),
        (checked("textfield"), [], None),
        (checked("textfield"), [""], ""),
        (checked("number"), ["1,234.50"], 1234.5),
        (checked("number"), ["7"], 7),
        (checked("number"), ["seven"], "seven"),
        (checked("number"), ["1e9"], "1e9"),
        (checked("number"), ["12345678901234567890"], "12345678901234567890"),
        (checked("number", more={"serializeToString": True}), ["12345678901234567890.10"], "12345678901234567890.10"),
        (checked("checkbox"), [], False),
        (checked("checkbox"), ["on"], True),
        (choice("checklist", "q", "a", "b"), ["a", "b"], ["a", "b"]),
        (choice("checklist", "q", "a", "b"), [], []),
        (checked("textfield", {"yw:place": "true"}), ["132.51，47.65"], [132.51, 47.65]),
        (checked("textfield", {"yw:place": "true"}), ["200,1"], "200,1"),
    ],
)
def test_what_was_sent_becomes_an_answer_of_the_right_kind(
    said: dict[str, Any], sent: list[str], value: object
) -> None:
    found = answer_read(form(said).questions[0], sent)
    assert (type(found), found) == (type(value), value)


def test_a_number_is_the_number_that_was_written() -> None:
    assert repr(answer_read(form(checked("number")).questions[0], ["0.1"])) == "0.1"
