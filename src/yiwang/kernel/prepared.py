"""Statements that are asked often, put together once: on PostgreSQL the server keeps them prepared.

Marks are $1, $2 … in the order of the values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model

Kind = TypeVar("Kind", bound=Model)
_MARK = re.compile(r"\$\d+")


def fetch(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Every row of an answer, as the database gives its values."""
    here = connections[DEFAULT_DB_ALIAS]
    if here.vendor != "postgresql":
        with here.cursor() as cursor:
            cursor.execute(_MARK.sub("%s", sql), values)
            return list(cursor.fetchall())
    # only a city on PostgreSQL needs its driver
    from psycopg import RawCursor

    here.validate_no_broken_transaction()
    here.ensure_connection()
    with here.wrap_database_errors, RawCursor(here.connection) as cursor:
        cursor.execute(sql, values, prepare=True)
        return cursor.fetchall()


@lru_cache(maxsize=256)
def columns(model: type[Model], alias: str, left: frozenset[str] = frozenset()) -> str:
    """A table's columns by the name it has in the statement, in the order in which `made` takes them.

    Those `left` out are read when somebody asks for them.
    """
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields if field.attname not in left)


@lru_cache(maxsize=256)
def _reading(
    model: type[Model], left: frozenset[str], vendor: str
) -> tuple[tuple[str, ...], tuple[tuple[int, Any, Any], ...]]:
    found = []
    fields = [field for field in model._meta.concrete_fields if field.attname not in left]
    here = connections[DEFAULT_DB_ALIAS]
    for index, field in enumerate(fields):
        column = field.get_col(model._meta.db_table)
        converters = here.ops.get_db_converters(column) + column.get_db_converters(here)
        found += [(index, column, converter) for converter in converters]
    return tuple(field.attname for field in fields), tuple(found)


def made(model: type[Kind], row: Sequence[Any], start: int = 0, left: frozenset[str] = frozenset()) -> Kind:
    """The row whose columns stand in an answer from `start` on; where an outer join found none its first is None."""
    here = connections[DEFAULT_DB_ALIAS]
    names, converters = _reading(model, left, here.vendor)
    values = list(row[start : start + len(names)])
    for index, column, converter in converters:
        values[index] = converter(values[index], column, here)
    found: Kind = model.from_db(DEFAULT_DB_ALIAS, names, values)
    return found
