"""Whose data somebody may look at: their own once a clerk has bound them, and what others let them see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from yiwang.config.place import Place
from yiwang.kernel.core.actor import ANONYMOUS, Actor, Role, system_actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.models import Account, AuditLine, Message
from yiwang.kernel.selectors import actor_again
from yiwang.kernel.service import account_create, account_enable, department_save, role_grant
from yiwang.trust import bindings, delegations
from yiwang.trust.models import Delegation, SubjectLink
from yiwang.trust.subjects import subject_hash

pytestmark = pytest.mark.django_db
SHELL = system_actor("test")
CLERK = Actor(id="account:999", name="clerk", scopes={Role.STAFF: frozenset({"civil"})})
MOTHER, SON = "230881195001011234", "230881197802022345"
TODAY = timezone.localdate


@pytest.fixture(autouse=True)
def own_home(home: Place, db: None) -> Place:
    department_save(actor=SHELL, code="civil", name=Text(zh="民政", en="Civil"), parent=None)
    return home


def person(username: str) -> Actor:
    row = account_create(actor=SHELL, username=username, display_name=username, password="a-long-and-rare-one")
    return actor_again(f"account:{row.pk}", "")


def number(actor: Actor) -> int:
    return int(actor.id.partition(":")[2])


def bound(username: str, identifier: str, kind: str = "resident") -> Actor:
    actor = person(username)
    bindings.subject_bind(
        actor=CLERK, account=number(actor), kind=kind, identifier=identifier, assurance="counter", title="王*江"
    )
    return actor


def lend(actor: Actor, to: str, scope: str = "look", days: int = 7) -> delegations.DelegationRow:
    return delegations.delegation_give(
        actor=actor,
        link=bindings.subjects_of(actor)[0].link,
        to=to,
        scope=scope,
        until=TODAY() + timedelta(days=days),
        reason="代办养老手续",
    )


def test_whoever_is_bound_may_look_at_themselves_and_nobody_else() -> None:
    mother = bound("mother", MOTHER)
    (row,) = bindings.subjects_of(mother)
    assert (row.kind, row.hash, row.title) == ("resident", subject_hash("resident", MOTHER), "王*江")
    assert row.acting_for == "" and row.scope == "act"
    assert bindings.subject_identifier(mother, "resident", row.hash) == MOTHER
    with pytest.raises(Refused):
        bindings.subject_identifier(mother, "resident", subject_hash("resident", SON))
    assert bindings.subjects_of(ANONYMOUS) == bindings.subjects_of(SHELL) == ()


def test_the_number_is_kept_sealed_and_stands_in_no_line() -> None:
    bound("mother", MOTHER)
    assert MOTHER.encode() not in bytes(SubjectLink.objects.get().sealed_identifier)
    assert not AuditLine.objects.filter(details__icontains=MOTHER).exists()


def test_only_a_clerk_binds_and_never_themselves_nor_a_work_account() -> None:
    mother = person("mother")
    clerk = person("clerk")
    role_grant(actor=SHELL, account=number(clerk), role=Role.STAFF, department="civil")
    clerk = actor_again(clerk.id, "")
    for actor, account in ((mother, mother), (clerk, clerk), (CLERK, clerk)):
        with pytest.raises(Refused):
            bindings.subject_bind(
                actor=actor, account=number(account), kind="resident", identifier=MOTHER, assurance="counter"
            )


def test_a_person_has_one_account_but_a_firm_may_have_several() -> None:
    bound("mother", MOTHER)
    with pytest.raises(Conflict):
        bound("other", MOTHER)
    bound("boss", "91230881MA00000001", "firm")
    bound("bookkeeper", "91230881MA00000001", "firm")
    name = subject_hash("firm", "91230881MA00000001")
    assert bindings.subject_account("firm", name) is None
    assert bindings.subject_account("resident", subject_hash("resident", MOTHER)) is not None


def test_binding_twice_changes_nothing() -> None:
    mother = bound("mother", MOTHER)
    again = bindings.subject_bind(
        actor=CLERK, account=number(mother), kind="resident", identifier=MOTHER.lower(), assurance="counter"
    )
    assert again == bindings.subjects_of(mother)[0]
    assert SubjectLink.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"kind": "ghost"}, {"identifier": " "}, {"assurance": "hearsay"}, {"title": "长" * 81}]
)
def test_what_cannot_be_a_binding_is_refused(wrong: dict[str, str]) -> None:
    said = {"kind": "resident", "identifier": MOTHER, "assurance": "counter", "title": ""} | wrong
    with pytest.raises(InputError):
        bindings.subject_bind(actor=CLERK, account=number(person("mother")), **said)


def test_a_delegation_lets_look_or_act_and_both_see_it() -> None:
    mother, son = bound("mother", MOTHER), bound("son", SON)
    lend(mother, "son")
    own, lent = bindings.subjects_of(son)
    assert own.hash == subject_hash("resident", SON)
    assert lent.hash == subject_hash("resident", MOTHER) and lent.acting_for == f"resident:{lent.hash}"
    bindings.subject_demand(son, "resident", lent.hash)
    with pytest.raises(Refused):
        bindings.subject_demand(son, "resident", lent.hash, "act")
    assert [row.given for row in delegations.delegation_list(mother)] == [True]
    assert [row.given for row in delegations.delegation_list(son)] == [False]
    assert Message.objects.get(recipient_id=number(son)).link == delegations.PAGE


def test_whom_something_was_lent_to_cannot_lend_it_on() -> None:
    mother, son = bound("mother", MOTHER), bound("son", SON)
    person("stranger")
    lend(mother, "son", "act")
    lent = bindings.subjects_of(son)[1]
    with pytest.raises(NotFound):
        delegations.delegation_give(
            actor=son, link=lent.link, to="stranger", scope="look", until=TODAY(), reason="转托"
        )


@pytest.mark.parametrize("who", ["mother", "son"])
def test_either_side_ends_it_and_it_holds_no_more(who: str) -> None:
    people = {"mother": bound("mother", MOTHER), "son": bound("son", SON)}
    made = lend(people["mother"], "son")
    delegations.delegation_end(actor=people[who], delegation=made.id)
    assert len(bindings.subjects_of(people["son"])) == 1
    with pytest.raises(NotFound):
        delegations.delegation_end(actor=people[who], delegation=made.id)
    assert delegations.delegation_list(people["mother"])[0].state == "ended"


def test_a_stranger_ends_no_delegation_of_others() -> None:
    mother, _ = bound("mother", MOTHER), bound("son", SON)
    made = lend(mother, "son")
    with pytest.raises(NotFound):
        delegations.delegation_end(actor=person("stranger"), delegation=made.id)


def test_a_delegation_ends_with_its_last_day_with_the_binding_and_with_either_account() -> None:
    mother, son = bound("mother", MOTHER), bound("son", SON)
    made = lend(mother, "son", days=0)
    assert len(bindings.subjects_of(son)) == 2
    account_enable(actor=SHELL, account=number(mother), enabled=False)
    assert len(bindings.subjects_of(son)) == 1
    account_enable(actor=SHELL, account=number(mother), enabled=True)
    Delegation.objects.filter(pk=made.id).update(valid_until=TODAY())
    assert len(bindings.subjects_of(son)) == 1
    lend(mother, "son")
    assert len(bindings.subjects_of(son)) == 2
    bindings.subject_unbind(actor=mother, link=bindings.subjects_of(mother)[0].link)
    assert len(bindings.subjects_of(son)) == 1 and bindings.subjects_of(mother) == ()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"to": "nobody"}, NotFound),
        ({"to": "mother"}, InputError),
        ({"scope": "own"}, InputError),
        ({"reason": ""}, InputError),
        ({"days": -1}, InputError),
        ({"days": 400}, InputError),
    ],
)
def test_what_cannot_be_a_delegation_is_refused(wrong: dict, error: type[Exception]) -> None:
    mother = bound("mother", MOTHER)
    person("son")
    days = wrong.pop("days", 3)
    said = {"to": "son", "scope": "look", "reason": "看病", "until": TODAY() + timedelta(days=days)} | wrong
    with pytest.raises(error):
        delegations.delegation_give(actor=mother, link=bindings.subjects_of(mother)[0].link, **said)


def test_the_same_account_does_not_get_the_same_thing_twice() -> None:
    mother = bound("mother", MOTHER)
    person("son")
    lend(mother, "son")
    with pytest.raises(Conflict):
        lend(mother, "son", "act")


def test_a_clerk_sees_the_bindings_of_an_account_and_a_stranger_does_not() -> None:
    mother = bound("mother", MOTHER)
    assert bindings.link_list(CLERK, number(mother)) == bindings.link_list(mother, number(mother))
    with pytest.raises(Refused):
        bindings.link_list(person("stranger"), number(mother))
    assert Account.objects.count() == 2
