"""Statements that are asked often, put together once: on PostgreSQL the server keeps them prepared.

Marks are $1, $2 … in the order of the values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

Kind = TypeVar("Kind", bound=Model)
_MARK = re.compile(r"\$\d+")


def fetch(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Every row of an answer, as the database gives its values."""
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_MARK.sub("%s", sql), values)
            return list(cursor.fetchall())
    # only a city on PostgreSQL needs its driver
    from psycopg import RawCursor

    connection.validate_no_broken_transaction()
    connection.ensure_connection()
    with connection.wrap_database_errors, RawCursor(connection.connection) as cursor:
        cursor.execute(sql, values, prepare=True)
        return cursor.fetchall()


@lru_cache(maxsize=256)
def columns(model: type[Model], alias: str) -> str:
    """All columns of a table by the name it has in the statement, in the order in which `made` takes them."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


@lru_cache(maxsize=256)
def _reading(model: type[Model], vendor: str) -> tuple[tuple[str, ...], tuple[tuple[int, Any, Any], ...]]:
    found = []
    for index, field in enumerate(model._meta.concrete_fields):
        column = field.get_col(model._meta.db_table)
        converters = connection.ops.get_db_converters(column) + column.get_db_converters(connection)
        found += [(index, column, converter) for converter in converters]
    return tuple(field.attname for field in model._meta.concrete_fields), tuple(found)


def made(model: type[Kind], row: Sequence[Any], start: int = 0) -> Kind:
    """The row whose columns stand in an answer from `start` on; where an outer join found none its first is None."""
    names, converters = _reading(model, connection.vendor)
    values = list(row[start : start + len(names)])
    for index, column, converter in converters:
        values[index] = converter(values[index], column, connection)
    found: Kind = model.from_db(connection.alias, names, values)
    return found
