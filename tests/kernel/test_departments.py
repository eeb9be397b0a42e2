"""Departments as a dated tree: what was so on a day stays so."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.strictyaml import model_read
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, PackError, Refused
from yiwang.kernel.models import AuditLine, Department, DepartmentSpan, Event
from yiwang.kernel.schema import DepartmentsFile, InstallCount
from yiwang.kernel.selectors import (
    department_below,
    department_chain,
    department_get,
    department_list,
    department_name,
    department_names,
    liaison_history,
    liaison_of,
)
from yiwang.kernel.service import department_dissolve, department_save, departments_install, liaison_assign

pytestmark = pytest.mark.django_db
PACK = Path(__file__).resolve().parents[2] / "packs/foundation/departments"
CITY = PACK / "departments/city.yaml"
BEFORE, LATER = date(2023, 12, 31), date(2024, 1, 1)
NEW_NAME = Text(zh="数据管理局", en="Data Administration")


def rename(actor: Actor, on: date = LATER) -> Department:
    return department_save(actor=actor, code="data", name=NEW_NAME, parent="city", on=on)


def test_the_list_stands_as_a_tree(tree: None) -> None:
    assert [(row.code, row.depth) for row in department_list()] == [
        ("city", 0),
        ("civil", 1),
        ("shelter", 2),
        ("data", 1),
    ]
    assert department_list(date(2019, 12, 31)) == ()


def test_below_and_above_include_the_department_itself(tree: None) -> None:
    assert department_below("civil") == {"civil", "shelter"}
    assert department_below("city") == {"city", "civil", "shelter", "data"}
    assert department_chain("shelter") == ("shelter", "civil", "city")
    assert department_below("civil", date(2019, 1, 1)) == frozenset()


def test_a_new_name_holds_from_its_day_and_the_old_one_before(tree: None, system: Actor) -> None:
    rename(system)
    assert department_get("data", BEFORE).name.zh == "数据局"
    assert department_get("data", LATER).name == NEW_NAME == department_name("data")
    assert department_names()["data"] == NEW_NAME
    line = AuditLine.objects.filter(act="department.save", object_id="data").last()
    assert line.details["what"] == "changed"
    assert Event.objects.filter(name="department.changed").last().payload["code"] == "data"


def test_a_move_changes_the_tree_from_its_day_only(tree: None, system: Actor) -> None:
    department_save(actor=system, code="shelter", name=Text(zh="救助站", en="Shelter"), parent="data", on=LATER)
    assert department_below("civil", BEFORE) == {"civil", "shelter"}
    assert department_below("civil", LATER) == {"civil"}
    assert department_chain("shelter", LATER) == ("shelter", "data", "city")


def test_saving_what_is_already_so_changes_nothing(tree: None, system: Actor) -> None:
    rename(system)
    lines, spans = AuditLine.objects.count(), DepartmentSpan.objects.count()
    rename(system, on=date(2025, 1, 1))
    assert (AuditLine.objects.count(), DepartmentSpan.objects.count()) == (lines, spans)


def test_history_is_not_rewritten(tree: None, system: Actor) -> None:
    rename(system)
    with pytest.raises(Conflict):
        department_save(actor=system, code="data", name=Text(zh="乙", en="B"), parent="city", on=BEFORE)


def test_a_slip_is_corrected_on_its_own_day(tree: None, system: Actor) -> None:
    rename(system)
    department_save(actor=system, code="data", name=Text(zh="大数据局", en="Big Data"), parent="city", on=LATER)
    assert department_get("data", LATER).name.zh == "大数据局"
    assert DepartmentSpan.objects.filter(department__code="data").count() == 2


def test_a_circle_is_refused(tree: None, system: Actor) -> None:
    for parent in ("civil", "shelter"):
        with pytest.raises(InputError):
            department_save(actor=system, code="civil", name=Text(zh="民政局", en="Civil"), parent=parent)


def test_a_dissolved_department_keeps_its_past_and_names_who_took_over(tree: None, system: Actor) -> None:
    department_dissolve(actor=system, code="data", on=LATER, successor="civil")
    assert department_get("data", BEFORE).valid_until == LATER
    assert "data" not in department_below("city", LATER)
    with pytest.raises(NotFound) as gone:
        department_get("data", LATER)
    assert "civil took over" in gone.value.hint_en
    assert department_name("data").zh == "数据局"
    assert AuditLine.objects.get(act="department.dissolve").details["successor"] == "civil"
    with pytest.raises(NotFound):
        department_dissolve(actor=system, code="data", on=date(2025, 1, 1))


def test_a_department_with_others_below_it_cannot_be_dissolved(tree: None, system: Actor) -> None:
    with pytest.raises(Conflict) as refusal:
        department_dissolve(actor=system, code="civil", on=LATER)
    assert "shelter" in refusal.value.en


def test_an_unknown_code_is_refused_with_the_nearest_one(tree: None) -> None:
    with pytest.raises(NotFound) as refusal:
        department_get("civli")
    assert "civil" in refusal.value.hint_en


def test_rights_hold_within_the_department_only(people: Any) -> None:
    lead = people.with_role("lead", Role.DATA_LEAD, "civil")
    department_save(actor=lead, code="civil", name=Text(zh="民政事务局", en="Civil"), parent="city")
    department_save(actor=lead, code="home", name=Text(zh="福利院", en="Home"), parent="civil")
    assert AuditLine.objects.filter(act="department.save", actor_id=lead.id, rule="role:data-lead").count() == 2
    for code, parent in (("data", "city"), ("new", "city"), ("civil", "data"), ("root", None), ("civil", None)):
        with pytest.raises(Refused):
            department_save(actor=lead, code=code, name=Text(zh="甲", en="A"), parent=parent)


def test_a_liaison_and_a_deputy_change_over_time(tree: None, system: Actor) -> None:
    liaison_assign(actor=system, department="civil", name="甲", phone="1", on=date(2021, 1, 1))
    liaison_assign(actor=system, department="civil", name="乙", deputy=True, on=date(2021, 1, 1))
    liaison_assign(actor=system, department="civil", name="丙", on=LATER)
    assert [(row.name, row.is_deputy) for row in liaison_of("civil", BEFORE)] == [("甲", False), ("乙", True)]
    assert [row.name for row in liaison_of("civil", LATER)] == ["丙", "乙"]
    assert [row.name for row in liaison_history("civil")] == ["丙", "甲", "乙"]
    assert AuditLine.objects.filter(act="liaison.assign").count() == 3
    with pytest.raises(Conflict):
        liaison_assign(actor=system, department="civil", name="丁", on=BEFORE)


def test_a_liaison_named_again_on_the_same_day_replaces_the_slip(tree: None, system: Actor) -> None:
    for name in ("甲", "乙"):
        liaison_assign(actor=system, department="civil", name=name, on=LATER)
    assert [row.name for row in liaison_of("civil", LATER)] == ["乙"]


def test_a_liaison_without_name_or_department_or_account_is_refused(tree: None, system: Actor) -> None:
    with pytest.raises(InputError):
        liaison_assign(actor=system, department="civil", name=" ")
    with pytest.raises(NotFound):
        liaison_assign(actor=system, department="nowhere", name="甲")
    with pytest.raises(NotFound):
        liaison_assign(actor=system, department="civil", name="甲", account=99)


def city_file() -> DepartmentsFile:
    return model_read(DepartmentsFile, CITY.read_text(encoding="utf-8"), "city.yaml")


def test_the_built_in_pack_installs_once(system: Actor) -> None:
    size = len(city_file().departments)
    assert departments_install(actor=system, file=city_file()) == InstallCount(size, 0, 0)
    lines = AuditLine.objects.filter(act="department.save").count()
    assert departments_install(actor=system, file=city_file()) == InstallCount(0, 0, size)
    assert AuditLine.objects.filter(act="department.save").count() == lines == size
    assert department_chain("social-insurance") == ("social-insurance", "human-resources", "city-government")
    assert [row.code for row in department_list()] == [entry.id for entry in city_file().departments]


def test_an_upgrade_changes_what_it_says_and_keeps_what_the_city_changed(system: Actor) -> None:
    file = city_file()
    departments_install(actor=system, file=file)
    own = Text(zh="大数据中心", en="Big Data Centre")
    department_save(actor=system, code="data-bureau", name=own, parent="city-government", on=LATER)
    corrected = file.model_copy(
        update={
            "departments": tuple(
                entry.model_copy(update={"name": Text(zh=f"{entry.name.zh}（更正）", en="Corrected")})
                if entry.id in {"data-bureau", "petition"}
                else entry
                for entry in file.departments
            )
        }
    )
    assert departments_install(actor=system, file=corrected).changed == 1
    assert department_name("petition").en == "Corrected"
    assert department_name("data-bureau") == own


@pytest.mark.parametrize(
    "entries",
    [
        "[{id: a, name: {zh: 甲, en: A}}, {id: a, name: {zh: 乙, en: B}}]",
        "[{id: a, name: {zh: 甲, en: A}, parent: b}, {id: b, name: {zh: 乙, en: B}}]",
        "[{id: a, name: {zh: 甲, en: A}, colour: red}]",
        "[{id: 'A b', name: {zh: 甲, en: A}}]",
        "[{id: a, name: {zh: 甲}}]",
        "[]",
    ],
)
def test_a_file_that_is_wrong_is_refused(entries: str) -> None:
    with pytest.raises(PackError):
        model_read(DepartmentsFile, f"valid_from: 2020-01-01\ndepartments: {entries}\n", "x.yaml")


def test_a_code_that_is_not_kebab_case_is_refused(tree: None, system: Actor) -> None:
    with pytest.raises(InputError):
        department_save(actor=system, code="Not Kebab", name=NEW_NAME, parent="city")
