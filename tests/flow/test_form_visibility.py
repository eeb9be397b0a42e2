"""What is asked follows from the answers, here and not in the browser; what is not asked counts for nothing and is not handed in."""

from __future__ import annotations

from formfiles import asked, choice, component, entries, form, group, hidden_when, keys_asked, shown_when

from yiwang.flow.core.forms.asked import Standing, answer_put

CAR = choice("radio", "car", "yes", "no")
PLATE = component("textfield", "plate", properties=shown_when('car = "yes"'))


def test_a_question_is_asked_only_when_its_condition_holds() -> None:
    found = form(CAR, PLATE)
    assert keys_asked(found) == ["car"]
    assert keys_asked(found, car="no") == ["car"]
    assert keys_asked(found, car="yes") == ["car", "plate"]


def test_a_question_with_hide_is_asked_until_the_answers_say_otherwise() -> None:
    found = form(component("number", "age"), component("textfield", "school", **hidden_when("=age >= 18")))
    assert keys_asked(found) == ["age", "school"]
    assert keys_asked(found, age=18) == ["age"]


def test_an_answer_that_is_hidden_decides_nothing_any_more() -> None:
    colour = component("textfield", "colour", properties=shown_when('plate = "A1"'))
    found = form(CAR, PLATE, colour)
    assert keys_asked(found, car="yes", plate="A1") == ["car", "plate", "colour"]
    assert keys_asked(found, car="no", plate="A1") == ["car"]


def test_what_is_asked_does_not_hang_on_the_order_of_the_questions() -> None:
    found = form(PLATE, CAR)
    assert keys_asked(found, car="yes") == ["plate", "car"]


def test_hiding_a_group_hides_what_stands_in_it() -> None:
    found = form(CAR, group("details", component("textfield", "plate"), **hidden_when('=car != "yes"')))
    assert keys_asked(found, car="no") == ["car"]
    assert keys_asked(found, car="yes") == ["car", "plate"]


def test_in_a_list_each_entry_is_asked_by_its_own_answers() -> None:
    people = entries(
        "people",
        choice("radio", "works", "yes", "no"),
        component("textfield", "employer", properties=shown_when('works = "yes"')),
    )
    found = form(people)
    assert keys_asked(found, people=[{"works": "yes"}, {"works": "no"}]) == [
        "people.0.works",
        "people.1.works",
        "people.0.employer",
    ]


def test_a_condition_sees_a_whole_list_and_the_answers_around_it() -> None:
    people = entries(
        "people", component("number", "age"), component("textfield", "plate", properties=shown_when('car = "yes"'))
    )
    guardian = component("textfield", "guardian", properties=shown_when("some p in people satisfies p.age < 18"))
    found = form(CAR, people, guardian)
    assert keys_asked(found, car="yes", people=[{"age": 30}]) == ["car", "people.0.age", "people.0.plate"]
    assert keys_asked(found, car="no", people=[{"age": 30}, {"age": 3}])[-1] == "guardian"


def test_a_condition_names_what_stands_under_a_path() -> None:
    who = group("applicant", component("number", "age"), path="who")
    found = form(who, component("textfield", "school", properties=shown_when("who.age < 18")))
    assert keys_asked(found, who={"age": 9}) == ["who.age", "school"]


def test_a_list_begins_with_as_many_entries_as_the_form_says() -> None:
    found = form(entries("people", component("textfield", "name"), defaultRepetitions=2))
    assert keys_asked(found) == ["people.0.name", "people.1.name"]
    assert keys_asked(found, people=[]) == []


def test_not_asked_unanswered_and_empty_are_three_things() -> None:
    found = form(CAR, PLATE, component("textfield", "colour"))
    question = {q.key: q for q in found.questions}
    world = asked(found, car="no", plate="A1", colour="")
    assert world.standing(question["plate"], ("plate",)) is Standing.NOT_ASKED
    assert world.standing(question["colour"], ("colour",)) is Standing.EMPTY
    assert world.standing(question["car"], ("car",)) is Standing.ANSWERED
    assert asked(found).standing(question["car"], ("car",)) is Standing.UNANSWERED


def test_what_is_handed_in_keeps_the_three_apart() -> None:
    found = form(CAR, PLATE, component("textfield", "colour"), component("textfield", "make"))
    assert asked(found, car="no", plate="A1", colour="").told() == {"car": "no", "colour": "", "make": None}


def test_what_is_handed_in_has_nothing_the_form_does_not_ask() -> None:
    found = form(CAR, entries("people", component("textfield", "name")))
    assert asked(found, car="no", is_admin=True, people=[{"name": "a", "x": 1}]).told() == {
        "car": "no",
        "people": [{"name": "a"}],
    }


def test_an_empty_number_is_nothing_to_a_condition() -> None:
    found = form(component("number", "age"), component("textfield", "why", properties=shown_when("age = null")))
    assert keys_asked(found, age="") == ["age", "why"]


def test_an_answer_finds_its_place_in_groups_and_entries() -> None:
    answers: dict[str, object] = {}
    answer_put(answers, ("people", "1", "name"), "b")
    answer_put(answers, ("people", "0", "name"), "a")
    answer_put(answers, ("who", "age"), 3)
    answer_put(answers, ("people", "1", "name"), None)
    assert answers == {"people": [{"name": "a"}, {}], "who": {"age": 3}}
