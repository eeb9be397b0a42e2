"""Statements put together once give the rows that the framework gives."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction
from django.utils import timezone

from yiwang.kernel.models import AuditLine, Department, Event
from yiwang.kernel.selectors import columns, fetch, made

pytestmark = pytest.mark.django_db


def test_a_row_is_made_with_the_values_the_framework_reads() -> None:
    Event.objects.create(name="x", payload={"说": [1, None]}, due_at=timezone.now())
    (row,) = fetch(
        f"SELECT 7, {columns(Event, 'e')} FROM kernel_event e WHERE e.name = $1 AND $2 = $3", ["x", "甲", "甲"]
    )
    event, known = made(Event, row, 1), Event.objects.get()
    assert all(getattr(event, field.attname) == getattr(known, field.attname) for field in Event._meta.concrete_fields)
    event.last_error = "改"
    event.save()
    assert Event.objects.get().last_error == "改"


def test_a_column_left_out_is_read_when_it_is_asked_for() -> None:
    Event.objects.create(name="x", payload={"n": 1}, due_at=timezone.now())
    left = frozenset({"payload"})
    (row,) = fetch(f"SELECT {columns(Event, 'e', left)} FROM kernel_event e", [])
    event = made(Event, row, left=left)
    assert event.get_deferred_fields() == {"payload"}
    assert event.payload == {"n": 1}


def test_a_fault_of_the_database_is_the_frameworks_own_error() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        fetch("INSERT INTO kernel_auditline (act) VALUES ($1) RETURNING 1", ["x"])
    wrong = ProgrammingError if connection.vendor == "postgresql" else OperationalError
    with pytest.raises(wrong), transaction.atomic():
        fetch("SELECT nothing FROM kernel_auditline", [])
    assert not AuditLine.objects.exists()


def test_nothing_found_is_an_empty_list() -> None:
    Department.objects.create(code="a", name_zh="甲", name_en="A", valid_from=date(2020, 1, 1))
    assert fetch(f"SELECT {columns(Department, 'd')} FROM kernel_department d WHERE d.code = $1", ["b"]) == []
