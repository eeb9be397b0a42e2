"""Rows of many kinds in one batch: written in order, together, and nothing before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from yiwang.kernel import batch as batching
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.models import AppendOnlyError, AuditLine, Department, Event
from yiwang.kernel.selectors import fetch
from yiwang.kernel.service import Batch, audit

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")


@contextmanager
def statements() -> Iterator[list[str]]:
    said: list[str] = []

    def seen(execute, sql, params, many, context):
        said.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(seen):
        yield said


def department(code: str, name: str = "某局") -> Department:
    return Department(code=code, name_zh=name, name_en="Bureau", valid_from=date(2020, 1, 1))


def test_nothing_is_written_before_the_batch_is() -> None:
    batch = Batch()
    batch.insert([department("a"), department("b")])
    assert not Department.objects.exists()
    batch.write()
    assert set(Department.objects.values_list("code", flat=True)) == {"a", "b"}


def test_statements_come_in_the_order_in_which_they_were_said_and_the_first_is_counted() -> None:
    batch = Batch()
    batch.insert([department("a"), department("b"), department("c")])
    assert batch.write() == 3
    batch.update(Department, {"code": ("a", "b")}, {"name_zh": "改"})
    batch.update(Department, {"name_zh": "改"}, {"name_zh": "再改"})
    batch.delete(Department, {"code": "c"})
    assert batch.write() == 2
    assert sorted(Department.objects.values_list("code", "name_zh")) == [("a", "再改"), ("b", "再改")]
    assert batch.write() == 0


def test_rows_written_at_once_know_their_numbers() -> None:
    rows = [department("a"), department("b")]
    batch = Batch()
    batch.insert_numbered(rows)
    batch.write()
    assert [Department.objects.get(pk=row.pk).code for row in rows] == ["a", "b"]
    rows[0].name_zh = "改"
    rows[0].save()
    assert Department.objects.count() == 2


def test_an_empty_value_is_found_and_json_comes_back_as_it_was() -> None:
    batch = Batch()
    batch.insert([Event(name="x", payload={"说": ["%s", "a'b;"]}, due_at="2026-01-01T00:00:00+00:00")])
    batch.update(Event, {"claimed_until": None}, {"last_error": "100% ; DROP"})
    batch.write()
    event = Event.objects.get()
    assert (event.payload, event.last_error, event.done_by) == ({"说": ["%s", "a'b;"]}, "100% ; DROP", [])
    assert event.created_at is not None


def test_an_audit_line_of_a_batch_is_like_any_other() -> None:
    batch = Batch()
    assert audit(actor=SYSTEM, act="x.y", object_kind="x", object_id=1, details={"n": 1}, batch=batch) == 0
    audit(actor=SYSTEM, act="x.z", object_kind="x", object_id=2)
    batch.write()
    assert sorted(AuditLine.objects.values_list("act", "object_id")) == [("x.y", "1"), ("x.z", "2")]


def test_a_batch_appends_to_the_audit_trail_and_changes_nothing_in_it() -> None:
    with pytest.raises(AppendOnlyError):
        Batch().update(AuditLine, {"act": "x.y"}, {"act": "z"})
    with pytest.raises(AppendOnlyError):
        Batch().delete(AuditLine, {"act": "x.y"})


def test_a_batch_that_fails_leaves_nothing() -> None:
    batch = Batch()
    batch.insert([department("a")])
    batch.insert([department("a")])
    with pytest.raises(IntegrityError), transaction.atomic():
        batch.write()
    assert not Department.objects.exists()


def test_on_postgresql_a_batch_is_one_statement_to_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = Batch()
    batch.insert([department("a")])
    batch.insert([department("b"), department("c")])
    said: list[str] = []
    monkeypatch.setattr(batching, "fetch", lambda sql, values: said.append(sql) or fetch(sql, values))
    with statements() as followed:
        batch.write()
    assert (len(said), len(followed)) == ((1, 0) if connection.vendor == "postgresql" else (0, 2))
    assert Department.objects.count() == 3


def test_a_new_row_may_have_the_key_of_one_that_goes_in_the_same_batch() -> None:
    first = Batch()
    first.insert([department("a", "旧")])
    first.write()
    batch = Batch()
    batch.delete(Department, {"code": "a"})
    batch.insert([department("a", "新")])
    batch.update(Department, {"code": "a"}, {"name_en": "New"})
    batch.insert([department("b")])
    assert batch.write() == 1
    assert sorted(Department.objects.values_list("code", "name_zh", "name_en")) == [
        ("a", "新", "New"),
        ("b", "某局", "Bureau"),
    ]
    batch.update(Department, {"code": "a"}, {"code": "c"})
    batch.insert([department("a")])
    batch.write()
    assert set(Department.objects.values_list("code", flat=True)) == {"a", "b", "c"}


def test_a_row_that_waits_to_be_written_is_written_as_it_is_then() -> None:
    batch, row = Batch(), department("a")
    batch.insert([row])
    assert batch.holds(row) and not batch.holds(department("a"))
    row.name_zh = "改"
    batch.write()
    assert not batch.holds(row)
    assert Department.objects.get().name_zh == "改"
