"""Lines are added, never changed or taken away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.errors import InputError, Refused
from yiwang.kernel.models import AppendOnlyError, AuditLine
from yiwang.kernel.selectors import audit_list
from yiwang.kernel.service import audit

pytestmark = pytest.mark.django_db


def line(actor: Actor, act: str = "thing.do", object_id: str = "1") -> int:
    return audit(actor=actor, act=act, object_kind="thing", object_id=object_id, rule="r", purpose="p")


def test_a_line_keeps_who_what_rule_purpose_and_details(system: Actor) -> None:
    number = audit(
        actor=system,
        act="thing.do",
        object_kind="thing",
        object_id=7,
        rule="role:admin",
        purpose="核对",
        details={"amount": Decimal("1.50"), "on": timezone.localdate()},
    )
    row = audit_list(system).items[0]
    assert (row.id, row.actor_id, row.act, row.object_id) == (number, "system:tests", "thing.do", "7")
    assert (row.rule, row.purpose, row.details["amount"]) == ("role:admin", "核对", "1.50")


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: AuditLine.objects.update(act="other"),
        lambda: AuditLine.objects.filter(act="thing.do").delete(),
        lambda: AuditLine.objects.all().delete(),
        lambda: AuditLine.objects.get().delete(),
        lambda: AuditLine.objects.get().save(),
        lambda: AuditLine.objects.update_or_create(act="thing.do", defaults={"act": "other"}),
        lambda: AuditLine.objects.bulk_update([AuditLine.objects.get()], ["act"]),
        lambda: AuditLine.objects.bulk_create(
            [AuditLine.objects.get()], update_conflicts=True, update_fields=["act"], unique_fields=["id"]
        ),
    ],
)
def test_no_way_through_the_models_changes_or_deletes_a_line(system: Actor, attempt: Callable[[], Any]) -> None:
    line(system)
    with pytest.raises(AppendOnlyError), transaction.atomic():
        attempt()
    assert AuditLine.objects.get().act == "thing.do"


def test_a_purpose_that_is_too_long_is_refused_and_not_cut(system: Actor) -> None:
    with pytest.raises(InputError):
        audit(actor=system, act="a", object_kind="b", object_id="c", purpose="长" * 401)


def test_only_auditors_and_administrators_read_lines(people: Any) -> None:
    auditor = people.with_role("auditor", Role.AUDITOR, "city")
    steward = people.with_role("steward", Role.STEWARD, "city")
    assert audit_list(auditor).total > 0
    with pytest.raises(Refused) as refusal:
        audit_list(steward)
    assert "审计员" in refusal.value.zh and "Auditor" in refusal.value.en


def test_lines_are_found_by_act_object_actor_and_time(system: Actor) -> None:
    line(system, "thing.do")
    line(system, "thing.undo", "2")
    line(system, "thingummy", "3")
    now = timezone.now()
    assert [r.act for r in audit_list(system, act="thing").items] == ["thing.undo", "thing.do"]
    assert [r.act for r in audit_list(system, object_id="3").items] == ["thingummy"]
    assert audit_list(system, actor_id="account:9").total == 0
    assert audit_list(system, since=now + timedelta(hours=1)).total == 0
    assert audit_list(system, until=now + timedelta(hours=1)).total == 3


def test_pages_count_from_one_and_stop_at_the_last(system: Actor) -> None:
    for number in range(5):
        line(system, object_id=str(number))
    second = audit_list(system, page=2, per_page=2)
    assert ([r.object_id for r in second.items], second.total, second.pages) == (["2", "1"], 5, 3)
    assert audit_list(system, page=99, per_page=2).page == 3
    assert audit_list(system, page=-1, per_page=0).per_page == 1
