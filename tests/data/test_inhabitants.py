"""Whom the demo accounts are: people of a made-up city, and of no other."""

from __future__ import annotations

import pytest

from yiwang.config.place import Place
from yiwang.data import inhabitants
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.errors import Conflict
from yiwang.kernel.service import city_mark_synthetic

pytestmark = pytest.mark.django_db
TABLES = {
    inhabitants.RESIDENTS: "VALUES ('9','张伟','H2'), ('3','李桂兰','H1'), ('5','李冬','H1')) t(resident_id, name, household_id",
    inhabitants.ALLOWANCE: "VALUES ('9'), ('3')) t(resident_id",
    inhabitants.FIRMS: "VALUES ('B','乙公司'), ('A','甲公司')) t(credit_code, name",
}


def test_they_are_an_elder_with_an_allowance_another_of_the_household_and_a_firm(
    home: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    city_mark_synthetic(actor=system_actor("test"))
    monkeypatch.setattr(inhabitants, "_table", lambda name: f"(SELECT * FROM ({TABLES[name]}))")
    found = inhabitants.city_inhabitants()
    assert [(one.kind, one.identifier, one.title) for one in found] == [
        ("resident", "3", "李**"),
        ("resident", "5", "李*"),
        ("firm", "A", "甲公司"),
    ]


def test_in_a_real_city_nobody_is_anybodys_demo(home: Place) -> None:
    with pytest.raises(Conflict):
        inhabitants.city_inhabitants()
