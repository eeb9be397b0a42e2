"""Messages find their readers and are theirs alone."""

from __future__ import annotations

from typing import Any

import pytest

from yiwang.kernel.core.actor import ANONYMOUS, Actor, Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound, Refused
from yiwang.kernel.models import AuditLine
from yiwang.kernel.selectors import account_number, actor_of, message_list, message_unread_count
from yiwang.kernel.service import RoleAt, account_enable, message_read, message_send

TITLE = Text(zh="有 3 行被退回", en="3 rows came back")
BODY = Text(zh="请更正", en="Please correct them")


def number(actor: Actor) -> int:
    found = account_number(actor)
    assert found is not None
    return found


def test_a_message_reaches_its_reader_in_both_languages(people: Any, system: Actor) -> None:
    reader = people.with_role("reader", Role.STEWARD, "civil")
    assert message_send(actor=system, to=[number(reader)], title=TITLE, body=BODY, link="/work/") == (number(reader),)
    (row,) = message_list(reader).items
    assert (row.title, row.body, row.link, row.sender, row.is_read) == (TITLE, BODY, "/work/", "tests", False)
    assert message_unread_count(reader) == 1
    assert AuditLine.objects.get(act="message.send").details["to"] == [number(reader)]


def test_a_role_at_a_department_means_its_holders_there(people: Any, system: Actor) -> None:
    here = people.with_role("here", Role.STEWARD, "civil")
    people.with_role("above", Role.STEWARD, "city")
    people.with_role("other", Role.LEADER, "civil")
    assert message_send(actor=system, to=RoleAt(Role.STEWARD, "civil"), title=TITLE) == (number(here),)


def test_without_a_holder_the_nearest_above_are_told(people: Any, system: Actor) -> None:
    gone = people.with_role("gone", Role.STEWARD, "shelter")
    above = people.with_role("above", Role.STEWARD, "city")
    account_enable(actor=system, account=number(gone), enabled=False)
    assert message_send(actor=system, to=RoleAt(Role.STEWARD, "shelter"), title=TITLE) == (number(above),)
    assert message_send(actor=system, to=RoleAt(Role.AUDITOR, "shelter"), title=TITLE) == ()


def test_reading_marks_ones_own_messages_only(people: Any, system: Actor) -> None:
    one, two = people.with_role("one", Role.STAFF, "civil"), people.with_role("two", Role.STAFF, "civil")
    message_send(actor=system, to=[number(one), number(two)], title=TITLE)
    message_send(actor=system, to=[number(one)], title=TITLE)
    first, second = message_list(one).items
    assert message_read(actor=one, message_ids=[first.id]) == 1
    assert message_read(actor=one, message_ids=[first.id]) == 0
    assert [m.id for m in message_list(one, unread=True).items] == [second.id]
    with pytest.raises(NotFound):
        message_read(actor=two, message_ids=[second.id])
    assert message_read(actor=one) == 1
    assert (message_unread_count(one), message_unread_count(two)) == (0, 1)
    assert AuditLine.objects.filter(act="message.read", rule="own").count() == 3


@pytest.mark.parametrize("link", ["https://elsewhere", "//elsewhere", "/\\elsewhere", "javascript:1", "/" + "a" * 300])
def test_a_link_stays_on_this_site(people: Any, system: Actor, link: str) -> None:
    account = people.account("reader")
    with pytest.raises(InputError):
        message_send(actor=system, to=[account.pk], title=TITLE, link=link)
    assert message_list(actor_of(account)).total == 0


def test_a_long_title_an_unknown_reader_and_no_sender_are_refused(tree: None, system: Actor) -> None:
    with pytest.raises(InputError):
        message_send(actor=system, to=[], title=Text(zh="长" * 201, en="long"))
    with pytest.raises(NotFound):
        message_send(actor=system, to=[99], title=TITLE)
    with pytest.raises(Refused):
        message_send(actor=ANONYMOUS, to=[], title=TITLE)


@pytest.mark.django_db
def test_a_program_has_no_inbox(system: Actor) -> None:
    assert (message_list(system).total, message_unread_count(ANONYMOUS)) == (0, 0)
    with pytest.raises(NotFound):
        message_read(actor=system)
