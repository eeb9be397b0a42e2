"""Rows written together: on PostgreSQL all statements of a batch make one round trip, elsewhere they follow each other.

The SQL of a kind of row is put together once, from its model; values pass through the model's fields as they always do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.db.models.fields import AutoField, BigAutoField

from yiwang.kernel.models import AppendOnlyError, AuditLine

Where = Mapping[str, Any]


@lru_cache(maxsize=256)
def _fields(model: type[Model]) -> dict[str, Field[Any, Any]]:
    return {field.attname: field for field in model._meta.concrete_fields}


@lru_cache(maxsize=256)
def _given(model: type[Model]) -> tuple[Field[Any, Any], ...]:
    """All but the number that the database gives."""
    return tuple(field for field in model._meta.concrete_fields if not isinstance(field, AutoField | BigAutoField))


def _name(text: str) -> str:
    return f'"{text}"'


@lru_cache(maxsize=1024)
def _insert_sql(model: type[Model], rows: int, numbered: bool) -> str:
    fields = _given(model)
    one = f"({', '.join(['%s'] * len(fields))})"
    names = ", ".join(_name(field.column or "") for field in fields)
    sql = f"INSERT INTO {_name(model._meta.db_table)} ({names}) VALUES {', '.join([one] * rows)}"
    return f"{sql} RETURNING {_name(model._meta.pk.column or '')}" if numbered else sql


def _insert_values(rows: Iterable[Model]) -> list[Any]:
    return [
        field.get_db_prep_save(field.pre_save(row, True), connection) for row in rows for field in _given(type(row))
    ]


def _where(model: type[Model], where: Where) -> tuple[str, list[Any]]:
    """Equal to the value; one of them for a tuple; empty for None. Raises AppendOnlyError for the audit trail."""
    if model is AuditLine:
        raise AppendOnlyError("audit lines cannot be changed or deleted")
    said, values = [], []
    for name, value in where.items():
        field = _fields(model)[name]
        column = _name(field.column or "")
        if value is None:
            said.append(f"{column} IS NULL")
        elif isinstance(value, tuple):
            said.append(f"{column} IN ({', '.join(['%s'] * len(value))})")
            values += [field.get_db_prep_value(one, connection) for one in value]
        else:
            said.append(f"{column} = %s")
            values.append(field.get_db_prep_value(value, connection))
    return " AND ".join(said), values


class Batch:
    """Statements in the order in which they were said; nothing is written before `write`."""

    def __init__(self) -> None:
        self._said: list[tuple[str, list[Any]]] = []

    def insert(self, rows: Iterable[Model]) -> None:
        """New rows of one kind, whose numbers nobody here needs."""
        given = list(rows)
        if given:
            self._said.append((_insert_sql(type(given[0]), len(given), False), _insert_values(given)))

    def update(self, model: type[Model], where: Where, values: Mapping[str, Any]) -> None:
        found, known = _where(model, where)
        fields = _fields(model)
        said = ", ".join(f"{_name(fields[name].column or '')} = %s" for name in values)
        new = [fields[name].get_db_prep_save(value, connection) for name, value in values.items()]
        self._said.append((f"UPDATE {_name(model._meta.db_table)} SET {said} WHERE {found}", new + known))

    def delete(self, model: type[Model], where: Where) -> None:
        """Rows that no other row names."""
        found, known = _where(model, where)
        self._said.append((f"DELETE FROM {_name(model._meta.db_table)} WHERE {found}", known))

    def write(self) -> int:
        """Write all of it; returns how many rows the first statement touched."""
        said, self._said = self._said, []
        if not said:
            return 0
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("; ".join(sql for sql, _ in said), [value for _, values in said for value in values])
                return int(cursor.rowcount)
            counts = []
            for sql, values in said:
                cursor.execute(sql, values)
                counts.append(int(cursor.rowcount))
            return counts[0]

    @staticmethod
    def insert_numbered(rows: Sequence[Model]) -> None:
        """New rows of one kind, written at once because others name them; each then knows its number."""
        if not rows:
            return
        with connection.cursor() as cursor:
            cursor.execute(_insert_sql(type(rows[0]), len(rows), True), _insert_values(rows))
            for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
                row.pk, row._state.adding, row._state.db = number, False, connection.alias
