"""Many rows in one go: COPY on PostgreSQL, one prepared statement on SQLite; and commits that outlive a power cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models


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
        # a column at a time: most need no other spelling
        spelt = [
            map(_spelling(field), column) if _is_special(field) else column
            for field, column in zip(fields, zip(*rows, strict=True), strict=False)
        ]
        marks = ", ".join(["%s"] * len(fields))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(zip(*spelt, strict=True)))


def _is_special(field: Any) -> bool:
    return isinstance(field, models.DateField | models.JSONField)


def _spelling(field: Any) -> Callable[[Any], Any]:
    """How SQLite is given a value of this column. Moments and days, which every entry has, are spelt without a look at the city."""
    if isinstance(field, models.DateTimeField):
        return _moment
    if isinstance(field, models.DateField):
        return _day
    # the proxy of the connection costs more than the spelling
    return partial(field.get_db_prep_save, connection=connections[DEFAULT_DB_ALIAS])


def _moment(value: datetime | None) -> str | None:
    """In UTC without saying so, as the framework writes and reads it."""
    return None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


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
