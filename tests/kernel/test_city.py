"""Demo accounts exist in synthetic cities only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.strictyaml import model_read
from yiwang.kernel.errors import Conflict, Refused
from yiwang.kernel.models import AuditLine
from yiwang.kernel.schema import DepartmentsFile
from yiwang.kernel.selectors import actor_of, city_is_synthetic, demo_accounts
from yiwang.kernel.service import city_mark_synthetic, demo_accounts_create, departments_install, sign_in

pytestmark = pytest.mark.django_db
CITY = Path(__file__).resolve().parents[2] / "packs/foundation/departments/departments/city.yaml"


@pytest.fixture
def departments(system: Actor) -> None:
    departments_install(actor=system, file=model_read(DepartmentsFile, CITY.read_text("utf-8"), "city.yaml"))


def test_a_city_is_real_until_it_is_marked(system: Actor) -> None:
    assert not city_is_synthetic()
    assert demo_accounts() == ()
    with pytest.raises(Conflict):
        demo_accounts_create(actor=system)
    city_mark_synthetic(actor=system)
    city_mark_synthetic(actor=system)
    assert city_is_synthetic()
    assert AuditLine.objects.filter(act="city.mark-synthetic").count() == 1


def test_a_city_in_use_cannot_become_a_demo(people: Any, system: Actor) -> None:
    people.with_role("lead", Role.DATA_LEAD, "city")
    with pytest.raises(Conflict):
        city_mark_synthetic(actor=system)


def test_only_who_governs_the_city_marks_it(people: Any) -> None:
    with pytest.raises(Refused):
        city_mark_synthetic(actor=people.with_role("steward", Role.STEWARD, "city"))


def test_every_shown_demo_account_signs_in_and_holds_its_role(departments: None, system: Actor) -> None:
    city_mark_synthetic(actor=system)
    created = demo_accounts_create(actor=system)
    assert {demo.role for demo in created} == {*Role, None}
    for demo in created:
        actor = actor_of(sign_in(username=demo.username, password=demo.password, address=""))
        assert actor.holds(demo.role, demo.scope) if demo.role else not actor.scopes
    assert demo_accounts_create(actor=system) == demo_accounts() == created
