"""Options that come from a list of the city: shown and judged by what the list holds that day, refused where they cannot be."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from casecity import SYSTEM, CaseCity
from formfiles import NOW, body, component, faults, group

from yiwang.flow.core.forms.asked import Asked
from yiwang.flow.core.forms.checking import problems
from yiwang.flow.core.forms.reading import form_read
from yiwang.flow.forms import form_of
from yiwang.flow.models import AskedForm, FormVersion
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.core.text import Text
from yiwang.kernel.service import department_save


def asks(type: str = "select", source: Any = "departments", **more: Any) -> dict[str, Any]:
    return component(type, "office", "哪个部门", properties={"yw:options": source}, **more)


def kept(*components: dict[str, Any]) -> None:
    said = body(*components)
    form = AskedForm.objects.create(id=said["id"], department="civil")
    form.published = FormVersion.objects.create(
        form=form,
        number=1,
        digest=canonical_digest(said),
        body=said,
        state=FormVersion.State.PUBLISHED,
        published_at=NOW,
    )
    form.save()


def options(number: int = 1) -> dict[str, str]:
    said = body()
    (question,) = form_of(said["id"], number).questions
    return {one.value: one.label.zh for one in question.options}


@pytest.mark.parametrize("type", ["select", "radio", "checklist", "taglist"])
def test_a_choice_may_take_its_options_from_a_list_of_the_city(type: str) -> None:
    found = form_read(body(asks(type)))
    assert found.faults == () and found.form is not None
    (question,) = found.form.questions
    assert (question.options_from, question.options) == ("departments", ())


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (asks(source="people"), "must be one of departments, divisions"),
        (asks(source=""), "must be one of"),
        (asks(source=["departments"]), "must be one of"),
        (asks("textfield"), "belongs to a choice"),
        (asks(values=[{"value": "a", "label": "a"}]), "not both"),
    ],
)
def test_a_list_that_cannot_be_is_refused_where_the_form_is_read(said: dict[str, Any], why: str) -> None:
    assert any(why in one for one in faults(said))


def test_the_options_are_the_departments_of_the_day_also_inside_a_group(cases: CaseCity) -> None:
    kept(group("where", asks()))
    assert options()["water"] == "水务局"
    department_save(actor=SYSTEM, code="parks", name=Text(zh="园林局", en="Parks"), parent="city", on=date(2020, 1, 1))
    assert options()["parks"] == "园林局"


def test_an_answer_is_judged_by_the_list(cases: CaseCity) -> None:
    kept(asks(validate={"required": True}))
    form = form_of(body()["id"], 1)
    assert problems(Asked(form, {"office": "water"}, NOW)) == {}
    for wrong in ("nowhere", "", None, "Water", ["water"]):
        assert "office" in problems(Asked(form, {"office": wrong}, NOW))


def test_a_city_without_divisions_offers_none_and_takes_none(cases: CaseCity) -> None:
    kept(asks(source="divisions"))
    assert options() == {}
    assert problems(Asked(form_of(body()["id"], 1), {"office": "230881"}, NOW))
