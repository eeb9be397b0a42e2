"""Many rows in one go: COPY on PostgreSQL, one prepared statement on SQLite; and commits that outlive a power cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import connection, models


def rows_insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows within the current transaction; `columns` are names of model fields."""
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        spelt = [_spelling(field) for field in fields]
        given = [[value if say is None else say(value) for say, value in zip(spelt, row, strict=True)] for row in rows]
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(fields))})", given)


def _spelling(field: Any) -> Callable[[Any], Any] | None:
    """How SQLite is given a value of this column, where that is not as it stands."""
    special = isinstance(field, models.DateField | models.JSONField | models.BinaryField)
    return partial(field.get_db_prep_save, connection=connection) if special else None


@contextmanager
def durable() -> Iterator[None]:
    """Transactions begun within are on disk when they are committed. PostgreSQL does so anyway; SQLite is told to wait."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = FULL")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = NORMAL")
