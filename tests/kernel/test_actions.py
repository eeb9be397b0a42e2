"""Actions: a closed list, each run once by its key."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from yiwang.kernel import actions
from yiwang.kernel.core.actor import ANONYMOUS, Actor, Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.models import ActionRun, AuditLine, CityFact
from yiwang.kernel.service import action_declare, action_run

pytestmark = pytest.mark.django_db
TEXT = Text(zh="写一条事实", en="write a fact")


class Fact(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    value: int = 0


def write(actor: Actor, fact: Fact) -> dict[str, Any]:
    if fact.value < 0:
        raise NotFound(zh="没有", en="nothing there")
    CityFact.objects.create(pk=fact.name, value=fact.value)
    return {"by": actor.id, "runs": CityFact.objects.count()}


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "KINDS", {})
    action_declare("fact.write", Fact, write, TEXT)
    action_declare("fact.govern", Fact, write, TEXT, act="city.edit")


def test_the_same_key_runs_once_and_gives_the_same_result(system: Actor) -> None:
    first = action_run(name="fact.write", arguments={"name": "a"}, actor=system, key="case-1")
    again = action_run(name="fact.write", arguments={"name": "a", "value": 0}, actor=system, key="case-1")
    assert first == again == {"by": "system:tests", "runs": 1}
    assert AuditLine.objects.filter(act="action.run", object_id="case-1").count() == 1


def test_one_key_cannot_stand_for_two_requests(system: Actor) -> None:
    action_run(name="fact.write", arguments={"name": "a"}, actor=system, key="k")
    with pytest.raises(Conflict):
        action_run(name="fact.write", arguments={"name": "b"}, actor=system, key="k")
    with pytest.raises(Conflict):
        action_run(name="fact.govern", arguments={"name": "a"}, actor=system, key="k")


def test_an_unknown_name_is_refused_with_the_nearest_ones(system: Actor) -> None:
    with pytest.raises(InputError) as refusal:
        action_run(name="fact.wirte", arguments={}, actor=system, key="k")
    assert "fact.write" in refusal.value.hint_en and "fact.write" in refusal.value.hint_zh


def test_wrong_arguments_are_refused_with_the_field_and_the_known_ones(system: Actor) -> None:
    with pytest.raises(InputError) as refusal:
        action_run(name="fact.write", arguments={"name": "a", "colour": 1}, actor=system, key="k")
    assert refusal.value.where == "fact.write.colour" and "name, value" in refusal.value.hint_en


def test_a_failed_run_leaves_nothing_and_may_be_tried_again(system: Actor) -> None:
    with pytest.raises(NotFound):
        action_run(name="fact.write", arguments={"name": "a", "value": -1}, actor=system, key="k")
    assert not ActionRun.objects.exists() and not AuditLine.objects.exists()
    action_run(name="fact.write", arguments={"name": "a", "value": 1}, actor=system, key="k")
    assert CityFact.objects.get().value == 1


def test_an_action_that_takes_a_right_is_refused_without_it(people: Any) -> None:
    steward = people.with_role("steward", Role.STEWARD, "civil")
    with pytest.raises(Refused):
        action_run(name="fact.govern", arguments={"name": "a"}, actor=steward, key="k")


def test_nobody_runs_nothing() -> None:
    with pytest.raises(Refused):
        action_run(name="fact.write", arguments={"name": "a"}, actor=ANONYMOUS, key="k")


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_has_a_length(system: Actor, key: str) -> None:
    with pytest.raises(InputError):
        action_run(name="fact.write", arguments={"name": "a"}, actor=system, key=key)


def test_a_name_means_one_thing_and_needs_a_right_that_exists() -> None:
    with pytest.raises(ValueError, match="already declared"):
        action_declare("fact.write", Text, write, TEXT)
    with pytest.raises(ValueError, match="no right"):
        action_declare("fact.fly", Fact, write, TEXT, act="city.fly")
