"""A service item is refused where it names what is not there, promises more time than the law gives, or gives no law."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from formfiles import body, choice, component
from packfolder import departments, field, item, pack, reasons, resource, said

FORM = body(
    choice("radio", "urgency", "urgent", "plain"),
    component("filepicker", "photo", properties={"yw:accept": "jpg"}),
    id="allowance",
)
LAW = {"law": "某办法", "article": "第五条"}


def checked(tmp_path: Path, **more: Any) -> list[str]:
    """What checking a pack with one item says; the item's file is called by its id."""
    made = pack(
        tmp_path,
        departments__city=departments(),
        resources__register=resource("register", "399999/001", field("no", "编号")),
        forms__allowance=FORM,
        processes__allowance="<definitions/>",
        items__allowance=item(**more),
    )
    return reasons(made)


def limit(budget: str, legal: str = "", **more: Any) -> dict[str, Any]:
    return {"limit": {"budget": budget, **({"legal": legal} if legal else {}), **LAW, **more}}


def by(field: str, **values: dict[str, Any]) -> dict[str, Any]:
    return {"limits_by": {"field": field, "values": values}}


def test_an_item_whose_names_all_lead_somewhere_is_sound(tmp_path: Path) -> None:
    held = {"id": "proof", "title": said("证明", "Proof"), "source": "register"}
    photo = {"id": "photo", "title": said("照片", "Photo"), "question": "photo", "required_when": 'urgency = "urgent"'}
    assert checked(tmp_path, materials=[held, photo], **by("urgency", urgent={"budget": "4h"})) == []


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"department": "nobody"}, "there is no department nobody"),
        ({"process": "nothing"}, "there is no process nothing"),
        ({"form": "nothing"}, "there is no form nothing"),
        ({"decision": "nothing"}, "there is no decision nothing"),
        ({"follow_up": "nothing"}, "there is no item nothing"),
        (
            {"materials": [{"id": "m", "title": said("材料", "Material"), "source": "nothing"}]},
            "there is no resource nothing",
        ),
    ],
)
def test_what_an_item_names_must_be_there(tmp_path: Path, wrong: dict[str, Any], reason: str) -> None:
    (found,) = checked(tmp_path, **wrong)
    assert found.startswith(f"items/allowance.yaml: {reason}")


@pytest.mark.parametrize(
    ("budget", "legal", "words"),
    [
        ("20wd", "15wd", "may exceed the legal limit"),
        ("15d", "10wd", "may exceed the legal limit"),
        ("40wd", "60d", "may exceed the legal limit"),
        ("49h", "2d", "may exceed the legal limit"),
        ("8wh", "1wd", "cannot be compared"),
    ],
)
def test_a_promise_beyond_the_law_is_refused(tmp_path: Path, budget: str, legal: str, words: str) -> None:
    assert words in checked(tmp_path, **limit(budget, legal))[0]


@pytest.mark.parametrize(("budget", "legal"), [("15wd", "15wd"), ("10d", "10wd"), ("30wd", "60d"), ("48h", "2wd")])
def test_a_promise_within_the_law_is_right(tmp_path: Path, budget: str, legal: str) -> None:
    assert checked(tmp_path, **limit(budget, legal)) == []


def test_the_promise_to_each_class_lies_within_the_law(tmp_path: Path) -> None:
    (found,) = checked(tmp_path, **by("urgency", urgent={"budget": "30wd"}))
    assert found.startswith("items/allowance.yaml urgent: the promise (30 working days) may exceed")


def test_classes_are_options_of_a_question_that_is_asked(tmp_path: Path) -> None:
    assert checked(tmp_path, **by("urgency", slow={"budget": "1wd"})) == [
        "items/allowance.yaml limits_by: the question urgency has no option slow"
    ]


def test_classes_by_a_question_nobody_asks_are_refused(tmp_path: Path) -> None:
    assert checked(tmp_path, **by("colour", red={"budget": "1wd"})) == [
        "items/allowance.yaml limits_by: the form has no question colour"
    ]


def test_classes_by_topic_need_no_question(tmp_path: Path) -> None:
    assert checked(tmp_path, **by("topic", heating={"budget": "1wd"})) == []


@pytest.mark.parametrize(
    ("material", "words"),
    [
        ({"question": "urgency"}, "the form has no file question urgency"),
        ({"required_when": "colour = 1"}, "the condition names what is no question here: colour"),
    ],
)
def test_a_material_asks_where_the_form_asks(tmp_path: Path, material: dict[str, str], words: str) -> None:
    (found,) = checked(tmp_path, materials=[{"id": "m", "title": said("材料", "Material"), **material}])
    assert found == f"items/allowance.yaml material m: {words}"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"limit": {"budget": "5wd"}}, "limit"),
        (limit("soon"), "budget"),
        ({"legal_basis": []}, "must cite its law"),
        ({"open_to": ["staff"]}, "need open_to: public"),
        ({"colour": "red"}, "colour"),
        ({"kind": "favour"}, "kind"),
        ({"valid_until": "2025-01-01"}, "valid_until lies after valid_from"),
        (limit("5wd", rungs=[{"key": "late", "kind": "breach", "when": "-1wd", "role": "leader"}]), "breach"),
        (
            {"materials": [{"id": "m", "title": said("材料", "Material"), "source": "register", "question": "photo"}]},
            "must not ask for it",
        ),
    ],
)
def test_an_item_that_says_too_little_or_too_much_is_refused(tmp_path: Path, wrong: dict[str, Any], words: str) -> None:
    (found,) = checked(tmp_path, **wrong)
    assert words in found


def test_an_item_is_called_by_its_id(tmp_path: Path) -> None:
    assert "items/allowance.yaml: the file must be called other.yaml" in checked(tmp_path, id="other")
